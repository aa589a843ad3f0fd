"""What mappings make of cells: numbers, flags, money, words, parts."""

from pathlib import Path
from typing import Any

import pytest

from community_sdk.adapters.tables import (
    Refusal,
)
from community_sdk.events import Event, MessagePosted, PurchaseMade
from community_sdk.model import Money, Severity
from tests.unit.adapters.tables.foreign import (
    one,
    one_rule,
    refused,
)


@pytest.mark.parametrize(
    ("cell", "length"),
    [
        ("3", 3),
        ("+4", 4),
        ("12.0", 12),
        (" 7 ", 7),
        ("", 0),
        (str(10**15), 10**15),
    ],
)
def test_whole_numbers(tmp_path: Path, cell: str, length: int) -> None:
    """Whole is what is whole; an empty cell leaves the default."""
    found = one(tmp_path, one_rule("message", length="n"), n=cell)
    assert isinstance(found, MessagePosted)
    assert found.length == length


@pytest.mark.parametrize(
    ("cell", "code"),
    [("-3", "event.negative"), (str(2**63 - 1), "event.too_great")],
)
def test_whole_numbers_that_no_field_bears(
    tmp_path: Path, cell: str, code: str
) -> None:
    """They are read, and the event refuses them."""
    found = one(tmp_path, one_rule("message", length="n"), n=cell)
    assert isinstance(found, Refusal)
    assert found.code == code


@pytest.mark.parametrize(
    "cell",
    ["3.5", "1e3", "three", "٣", "1,000", str(2**63), "9" * 30, "true", "0x10", "1_0"],
)
def test_what_is_no_whole_number(tmp_path: Path, cell: str) -> None:
    """Nothing is rounded or guessed; column and cell are named."""
    found = one(tmp_path, one_rule("message", length="n"), n=cell)
    assert isinstance(found, Refusal)
    assert (found.code, found.figures["column"]) == ("table.whole", "n")
    assert "column `n`" in found.message


@pytest.mark.parametrize(
    ("cell", "reply"),
    [
        ("1", True),
        ("yes", True),
        ("TRUE", True),
        ("是", True),
        ("0", False),
        ("No", False),
        ("否", False),
        ("", False),
    ],
)
def test_flags(tmp_path: Path, cell: str, *, reply: bool) -> None:
    """Flags are read in the spellings of tables."""
    found = one(tmp_path, one_rule("message", reply="f"), f=cell)
    assert isinstance(found, MessagePosted)
    assert found.reply is reply
    assert refused(one(tmp_path, one_rule("message", reply="f"), f="yess")) == (
        "table.flag",
        "did you mean `yes`?",
    )


def test_severities_are_words(tmp_path: Path) -> None:
    """Ordered words are read by name."""
    rules = one_rule("rule_broken", rule="r", severity="s", weight="w")
    found = one(tmp_path, rules, r="ads", s="Serious", w="2")
    assert isinstance(found, Event)
    assert getattr(found, "severity", None) is Severity.SERIOUS
    assert refused(one(tmp_path, rules, r="ads", s="sever", w="")) == (
        "table.word",
        "did you mean `severe`?",
    )
    assert refused(one(tmp_path, rules, r="", s="", w=""))[0] == "table.absent"
    empty = one(tmp_path, rules, r="ads", s="", w="")
    assert getattr(empty, "severity", 0) is None


@pytest.mark.parametrize(
    ("rule", "cells", "money"),
    [
        ({"column": "n", "currency": "CNY"}, {"n": "12.50"}, Money(1250, "CNY")),
        ({"column": "n", "currency": "JPY"}, {"n": "12.0"}, Money(12, "JPY")),
        (
            {"column": "n", "currency": "CNY", "minor": True},
            {"n": "1250"},
            Money(1250, "CNY"),
        ),
        (
            {"column": "n", "currency": "GBP", "absolute": True},
            {"n": "-1.5"},
            Money(150, "GBP"),
        ),
        (
            {"column": "n", "currency": {"column": "c"}},
            {"n": "1", "c": "EUR"},
            Money(100, "EUR"),
        ),
        (
            {"column": "n", "currency": {"column": "c", "default": "CNY"}},
            {"n": "1", "c": ""},
            Money(100, "CNY"),
        ),
        (
            {"column": "n", "currency": {"column": "c", "values": {"元": "CNY"}}},
            {"n": "1", "c": "元"},
            Money(100, "CNY"),
        ),
        ({"column": "n"}, {"n": "12.50 CNY"}, Money(1250, "CNY")),
    ],
)
def test_money(
    tmp_path: Path, rule: dict[str, Any], cells: dict[str, str], money: Money
) -> None:
    """Amounts keep every unit and their currency."""
    found = one(tmp_path, one_rule("purchase", money=rule), **cells)
    assert isinstance(found, PurchaseMade)
    assert found.money == money


@pytest.mark.parametrize(
    ("rule", "cells", "code"),
    [
        ({"column": "n", "currency": "CNY"}, {"n": "12.505"}, "money.decimals"),
        ({"column": "n", "currency": "JPY"}, {"n": "12.5"}, "money.decimals"),
        ({"column": "n", "currency": "CNY"}, {"n": "1,250"}, "money.decimals"),
        ({"column": "n", "currency": "CNY"}, {"n": "NaN"}, "money.decimals"),
        (
            {"column": "n", "currency": "CNY", "minor": True},
            {"n": "12.5"},
            "table.whole",
        ),
        ({"column": "n", "currency": "CNY"}, {"n": ""}, "table.absent"),
        (
            {"column": "n", "currency": {"column": "c"}},
            {"n": "1", "c": ""},
            "table.currency",
        ),
        (
            {"column": "n", "currency": {"column": "c"}},
            {"n": "", "c": ""},
            "table.absent",
        ),
        (
            {"column": "n", "currency": {"column": "c"}},
            {"n": "1", "c": "yuan"},
            "money.currency",
        ),
        ({"column": "n"}, {"n": "12.50"}, "table.money"),
        ({"column": "n"}, {"n": ""}, "table.absent"),
    ],
)
def test_money_is_never_guessed(
    tmp_path: Path, rule: dict[str, Any], cells: dict[str, str], code: str
) -> None:
    """Excess decimals, missing currencies and odd numbers are refused."""
    assert refused(one(tmp_path, one_rule("purchase", money=rule), **cells))[0] == code


def test_words_that_stand_for_others(tmp_path: Path) -> None:
    """`values` translates; what it does not know is refused, or the default."""
    rule = {"column": "x", "values": {"kick": "kicked", "ban": "banned"}}
    assert (
        getattr(one(tmp_path, one_rule("custom", word=rule), x="ban"), "word", "")
        == "banned"
    )
    assert refused(one(tmp_path, one_rule("custom", word=rule), x="bann")) == (
        "table.value",
        "did you mean `ban`?",
    )
    assert (
        refused(one(tmp_path, one_rule("custom", word=rule), x=""))[0] == "table.absent"
    )
    rule["default"] = "other"
    for cell in ("bann", ""):
        assert (
            getattr(one(tmp_path, one_rule("custom", word=rule), x=cell), "word", "")
            == "other"
        )


def test_parts_of_a_cell(tmp_path: Path) -> None:
    """`split` and `part` take one piece; where there is none, the cell is empty."""
    rule = {"column": "x", "split": "/", "part": 1}
    assert (
        getattr(one(tmp_path, one_rule("custom", word=rule), x="a/b/c"), "word", "")
        == "b"
    )
    assert (
        refused(one(tmp_path, one_rule("custom", word=rule), x="a"))[0]
        == "table.absent"
    )


def test_cells_of_json(tmp_path: Path) -> None:
    """Dotted paths lead into a cell of JSON; absent keys are empty cells."""
    rules = one_rule("message", reply_to="extra.to.id", length={"json": "extra.n"})
    found = one(tmp_path, rules, extra='{"to": {"id": "bo"}, "n": 4}')
    assert isinstance(found, MessagePosted)
    assert (found.reply_to, found.length) == ("bo", 4)
    for cell in ("", "{}", "[]", '{"to": 1}', '{"to": null}'):
        assert isinstance(one(tmp_path, rules, extra=cell), MessagePosted)
    assert refused(one(tmp_path, rules, extra="{to: 1}"))[0] == "table.cell_json"
    assert refused(one(tmp_path, rules, extra='{"n": 4.5}'))[0] == "table.whole"


def test_properties_are_named_scalars(tmp_path: Path) -> None:
    """Own properties get names and kinds; empty ones are left out."""
    rule = {
        "city": "c",
        "age": {"column": "a", "kind": "whole"},
        "vip": {"column": "v", "kind": "flag"},
        "from": {"const": "shop"},
    }
    rules = one_rule("custom", word={"const": "bought"}, properties=rule)
    found = one(tmp_path, rules, c="上海", a="31", v="是")
    assert getattr(found, "properties", None) == {
        "city": "上海",
        "age": 31,
        "vip": True,
        "from": "shop",
    }
    found = one(tmp_path, rules, c="", a="", v="")
    assert getattr(found, "properties", None) == {"from": "shop"}
    assert refused(one(tmp_path, rules, c="", a="x", v=""))[0] == "table.whole"


def test_what_the_event_itself_refuses(tmp_path: Path) -> None:
    """Validators and times of the event are refusals too."""
    assert (
        refused(one(tmp_path, one_rule("head_counted", count="n"), n="-1"))[0]
        == "event.negative"
    )
    early = one_rule("left", recorded_at="r")
    assert (
        refused(one(tmp_path, early, r="2020-01-01T00:00:00Z"))[0]
        == "event.recorded_before"
    )
