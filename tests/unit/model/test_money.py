"""Money is whole minor units; reading it never rounds."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk.errors import DefinitionError
from community_sdk.model import Money

PLACES = {"CNY": 2, "USD": 2, "JPY": 0, "KRW": 0, "KWD": 3, "TND": 3}
AMOUNTS = st.builds(
    Money, st.integers(-(10**15), 10**15), st.sampled_from(sorted(PLACES))
)


@given(AMOUNTS)
def test_what_is_printed_reads_back(money: Money) -> None:
    """INVARIANT: `of` undoes `str`; the printed number is the amount."""
    number, currency = str(money).split()
    assert Money.of(number, currency) == money
    exact = Decimal(money.amount).scaleb(-PLACES[currency])
    assert Decimal(number) == exact


@given(AMOUNTS, st.integers(0, 5))
def test_noughts_at_the_end_say_nothing(money: Money, noughts: int) -> None:
    """``12.5000`` is 12.50; a point is not needed."""
    number, currency = str(money).split()
    point = "" if "." in number else "."
    assert Money.of(f" {number}{point}{'0' * noughts} ", currency) == money


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("12.50", "CNY", 1250),
        ("+12.5", "CNY", 1250),
        ("-0.01", "USD", -1),
        (".5", "USD", 50),
        (".0", "JPY", 0),
        ("7.", "USD", 700),
        ("-0", "USD", 0),
        ("120", "JPY", 120),
        ("1.234", "KWD", 1234),
        ("00012.30", "CNY", 1230),
    ],
)
def test_amounts_are_read_in_minor_units(text: str, currency: str, amount: int) -> None:
    """Two decimals, or as many as the currency has."""
    assert Money.of(text, currency) == Money(amount, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("12.505", "CNY"),
        ("0.5", "JPY"),
        ("1.2345", "KWD"),
        ("999999999999999.99000000000000001", "CNY"),
        ("", "CNY"),
        (".", "CNY"),
        ("-", "CNY"),
        ("1e3", "CNY"),
        ("1e999999999", "CNY"),
        ("NaN", "CNY"),
        ("sNaN", "CNY"),
        ("Infinity", "CNY"),
        ("1,50", "CNY"),
        ("1_000", "CNY"),
        ("１２", "CNY"),
        ("1 2", "CNY"),
        ("9" * 10**5, "CNY"),
    ],
)
def test_nothing_is_guessed_or_rounded(text: str, currency: str) -> None:
    """More decimals than the currency has, words and bombs are refused."""
    with pytest.raises(DefinitionError) as caught:
        Money.of(text, currency)
    assert caught.value.code == "money.decimals"
    assert caught.value.figures["currency"] == currency


def test_a_host_may_count_as_it_likes() -> None:
    """The precision that the host set for its own decimals changes nothing."""
    with localcontext() as context:
        context.prec = 3
        assert Money.of("123456.78", "CNY").amount == 12_345_678
        assert str(Money(12_345_678, "CNY")) == "123456.78 CNY"


@pytest.mark.parametrize(
    "code", ["", "cny", "CN", "CNYX", "C1Y", "U$D", "ＣＮＹ", "ÄÖÜ"]
)
def test_currencies_are_three_capital_letters(code: str) -> None:
    """A symbol or a lower-case code is no ISO 4217 code."""
    with pytest.raises(DefinitionError) as caught:
        Money(1, code)
    assert caught.value.code == "money.currency"
    assert f"found `{code}`" in str(caught.value)


@pytest.mark.parametrize("amount", [10**15 + 1, -(10**15) - 1])
def test_amounts_have_an_end(amount: int) -> None:
    """Beyond 10^15 units it is a mistake in the source."""
    with pytest.raises(DefinitionError) as caught:
        Money(amount, "CNY")
    assert caught.value.code == "money.amount"
    assert Money(10**15, "CNY").amount == 10**15
