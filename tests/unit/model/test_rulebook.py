"""Rulebooks by version: which rule held when, whatever is amended since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from community_sdk.errors import DefinitionError, HistoryError
from community_sdk.model import (
    SANCTIONS,
    Amendment,
    Rule,
    Rulebook,
    RuleChange,
    RuleCode,
    Severity,
)

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
ADS = RuleCode("ads")


def rule(code: str = "ads", **given: Any) -> Rule:
    """A rule of few words."""
    return Rule(code=RuleCode(code), **given)


def later(*hours: int, first: int = 2) -> tuple[Amendment, ...]:
    """Versions from *first* on, each from so many hours after the start."""
    return tuple(
        Amendment(version=first + n, since=START + h * HOUR)
        for n, h in enumerate(hours)
    )


BOOK = Rulebook(
    amendments=later(0, 5),
    rules=(
        rule(until=2),
        rule(weight=3, since=2, until=3),
        rule("links", since=3),
        rule("respect"),
    ),
)


@pytest.mark.parametrize(
    ("at", "version", "weights"),
    [
        (START - TICK, 1, {"ads": 1, "respect": 1}),
        (START, 2, {"ads": 3, "respect": 1}),
        (START + 5 * HOUR - TICK, 2, {"ads": 3, "respect": 1}),
        (START + 5 * HOUR, 3, {"links": 1, "respect": 1}),
    ],
)
def test_the_first_instant_belongs_to_the_new_version(
    at: datetime, version: int, weights: dict[str, int]
) -> None:
    """The last before it to the old one."""
    assert BOOK.version_at(at) == version
    assert {r.code: r.weight for r in BOOK.rules_at(at)} == weights
    for code in BOOK.codes:
        found = BOOK.rule_at(code, at)
        assert (None if found is None else found.weight) == weights.get(code)


def test_a_book_knows_its_codes_and_the_latest_wording() -> None:
    """Each code once, in the order of the file."""
    assert BOOK.codes == ("ads", "links", "respect")
    found = BOOK.rule("ads")
    assert found is not None
    assert (found.weight, found.until) == (3, 3)
    assert BOOK.rule("nothing") is None
    assert (BOOK.newest, Rulebook(version=4).newest) == (3, 4)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"amendments": later(1, 0)}, "rulebook.order"),
        ({"amendments": (*later(0), *later(0))}, "rulebook.order"),
        ({"version": 5, "amendments": later(0)}, "rulebook.order"),
        ({"rules": (rule(since=2),)}, "rulebook.version"),
        ({"rules": (rule(until=3),), "amendments": later(0)}, "rulebook.version"),
        (
            {"rules": (rule(since=2, until=2),), "amendments": later(0)},
            "rulebook.never",
        ),
        ({"rules": (rule(), rule())}, "rulebook.twice"),
        ({"rules": (rule(), rule(since=2)), "amendments": later(0)}, "rulebook.twice"),
    ],
)
def test_what_contradicts_itself_is_refused(given: dict[str, Any], code: str) -> None:
    """Versions out of order, versions that nobody declared, a rule twice at a time."""
    with pytest.raises(DefinitionError) as caught:
        Rulebook(**given)
    assert caught.value.code == code


def test_the_first_version_is_no_amendment() -> None:
    """It holds from the beginning."""
    with pytest.raises(ValueError, match="version"):
        later(0, first=1)


def test_two_versions_may_begin_at_one_instant() -> None:
    """The later one holds."""
    book = Rulebook(amendments=later(0, 0))
    assert book.version_at(START) == 3


def test_an_instant_has_a_zone() -> None:
    """Else nobody knows when the version holds."""
    with pytest.raises(HistoryError):
        Amendment(version=2, since=START.replace(tzinfo=None))


def test_a_change_keeps_what_it_does_not_say() -> None:
    """Category, severity, weight, text, the sanction at once."""
    old = rule(
        category="trade", weight=4, immediate=SANCTIONS["mute"], text={"en": "x"}
    )
    change = RuleChange(code=ADS, severity=Severity.SEVERE)
    book = Rulebook(rules=(old,)).amended([change], START)
    found = book.rule_at("ads", START)
    assert found == evolve(old, severity=Severity.SEVERE, since=2)
    assert book.rule_at("ads", START - TICK) == evolve(old, until=2)


def test_a_rule_may_be_retired_and_come_back() -> None:
    """As it was when it was last in force."""
    book = Rulebook(rules=(rule(weight=4), rule("respect")))
    gone = book.amended([RuleChange(code=ADS, retired=True)], START)
    back = gone.amended([RuleChange(code=ADS)], START + HOUR, version=7)
    assert gone.rule_at("ads", START) is None
    assert (back.newest, back.version_at(START + HOUR)) == (7, 7)
    found = back.rule_at("ads", START + HOUR)
    assert found is not None
    assert (found.weight, found.since) == (4, 7)
    nothing = gone.amended([RuleChange(code=ADS, retired=True)], START + HOUR)
    assert nothing.rules == gone.rules


def test_an_amendment_never_holds_before_one_decided_earlier() -> None:
    """What was announced for later is not overtaken."""
    book = Rulebook(amendments=later(5)).amended([RuleChange(code=ADS)], START)
    assert [a.since for a in book.amendments] == [START + 5 * HOUR] * 2


def test_changes_come_back_from_builtins() -> None:
    """With and without what they leave open."""
    for change in (
        RuleChange(code=ADS, retired=True),
        RuleChange(code=ADS, category="c", severity=Severity.SERIOUS, weight=0),
    ):
        assert RuleChange.restore(change.plain()) == change


@frozen
class Drawn:
    """A history of a rulebook: what was in force from each instant on."""

    book: Rulebook
    tables: list[tuple[datetime, dict[str, int]]]


CHANGES = st.lists(
    st.builds(
        RuleChange,
        code=st.sampled_from("abc").map(RuleCode),
        retired=st.booleans(),
        weight=st.integers(0, 9),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda change: change.code,
)


@st.composite
def histories(draw: st.DrawFn) -> Drawn:
    """Amend a book a few times, keeping by hand what holds when."""
    book, table = Rulebook(rules=(rule("a"), rule("b"))), {"a": 1, "b": 1}
    tables = [(START - 9 * HOUR, dict(table))]
    hours = sorted(draw(st.lists(st.integers(0, 6), max_size=6)))
    for hour in hours:
        changes = draw(CHANGES)
        book = book.amended(changes, START + hour * HOUR)
        for change in changes:
            table.pop(change.code, None)
            if not change.retired:
                table[change.code] = change.weight or 0
        tables.append((START + hour * HOUR, dict(table)))
    return Drawn(book, tables)


@given(histories(), st.integers(-2, 14))
def test_the_version_in_force_is_that_of_the_brute_force(
    drawn: Drawn, half_hours: int
) -> None:
    """INVARIANT: at each instant the rules of the last amendment before it hold."""
    at = START + half_hours * HOUR / 2
    known = [(n, table) for n, (since, table) in enumerate(drawn.tables) if since <= at]
    nth, table = known[-1]
    assert drawn.book.version_at(at) == nth + 1
    assert {r.code: r.weight for r in drawn.book.rules_at(at)} == table


VERSIONS = st.none() | st.integers(1, 6)
SPANS = st.lists(st.tuples(st.sampled_from(["ads", "rude"]), VERSIONS, VERSIONS))


@given(SPANS, st.integers(1, 3), st.integers(0, 3))
def test_a_book_is_refused_for_the_reason_of_the_brute_force(
    spans: list[tuple[str, int | None, int | None]], first: int, more: int
) -> None:
    """Every rule in some version, in none of them twice, from and to known ones."""
    rules = [
        rule(code, since=since, until=until and until + 1)
        for code, since, until in spans
    ]
    known = range(first, first + more + 1)
    book: dict[str, Any] = {
        "version": first,
        "amendments": later(*range(more), first=first + 1),
    }
    expected = why_not(rules, known)
    if expected is None:
        assert Rulebook(rules=tuple(rules), **book).rules == tuple(rules)
        return
    with pytest.raises(DefinitionError) as caught:
        Rulebook(rules=tuple(rules), **book)
    assert caught.value.code == expected


def why_not(rules: list[Rule], known: range) -> str | None:
    """The code of the first mistake, looking at every version."""
    for place, one in enumerate(rules):
        if any(v and v not in known for v in (one.since, one.until)):
            return "rulebook.version"
        mine = [v for v in known if one.holds_in(v)]
        if not mine:
            return "rulebook.never"
        others = [r for r in rules[:place] if r.code == one.code]
        if any(r.holds_in(v) for r in others for v in mine):
            return "rulebook.twice"
    return None


@given(histories(), CHANGES, st.integers(0, 9), st.integers(-2, 14))
def test_an_amendment_changes_nothing_before_it(
    drawn: Drawn, changes: list[RuleChange], since: int, half_hours: int
) -> None:
    """INVARIANT: before its instant, version and rules are what they were."""
    more = drawn.book.amended(changes, START + since * HOUR)
    at = START + half_hours * HOUR / 2
    if at < more.amendments[-1].since:
        assert more.version_at(at) == drawn.book.version_at(at)
        for code in "abc":
            was, now = drawn.book.rule_at(code, at), more.rule_at(code, at)
            assert (was is None) == (now is None)
            assert was is None or (now is not None and was.weight == now.weight)
