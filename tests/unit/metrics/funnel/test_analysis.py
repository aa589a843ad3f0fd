"""Funnels over whole histories: figures, groups, and one member's story in words."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.errors import DefinitionError
from community_sdk.events import Event
from community_sdk.metrics.funnel import (
    Exclusion,
    FieldTest,
    FunnelAnalysis,
    FunnelRules,
    FunnelStep,
    Seen,
    window_level,
)
from community_sdk.model import MemberId, Money
from community_sdk.wording import say
from tests.unit.desk import HOUR, START, head

STEPS = tuple(FunnelStep(event=word) for word in ("a:a", "a:b", "a:c"))
WEEK = Duration.parse("7d")


def told(*acts: tuple[str, float], member: str = "ann", **more: Any) -> list[Event]:
    """Events by name and hour."""
    return [
        ev.Custom(
            **head(f"{member}{nth}", START + hour * HOUR, member),
            word=f"a:{name}",
            properties=more,
        )
        for nth, (name, hour) in enumerate(acts)
    ]


def rules(**more: Any) -> FunnelRules:
    """A funnel of three steps and a week."""
    asked: dict[str, Any] = {"steps": STEPS, "window": WEEK, **more}
    return FunnelRules(**asked)


def test_who_stopped_and_who_may_still_convert() -> None:
    """A new attempt keeps the door open; the figures of both denominators."""
    events = [
        *told(("a", 0), ("b", 1), ("a", 300)),
        *told(("a", 0), ("b", 1), member="ben"),
        *told(("a", 0), ("b", 2), ("c", 4), member="cat"),
        *told(("x", 0), member="dan"),
    ]
    report = FunnelAnalysis(rules(), events).report()
    assert report.counts == (3, 3, 1)
    first, second, third = report.steps
    assert (second.still_open, second.dropped_off) == (1, 1)
    assert (first.share_of_all, second.share_of_first) == (Fraction(3, 4), Fraction(1))
    assert third.share_of_previous == Fraction(1, 3)
    assert (second.mean_seconds, second.median_seconds) == (
        Fraction(4800),
        Fraction(3600),
    )
    nobody = FunnelAnalysis(rules(), []).report()
    assert nobody.steps[0].share_of_all is None
    assert nobody.steps[0].mean_seconds is None
    assert nobody.histogram() == []


@pytest.mark.parametrize(
    ("asked", "acts", "en", "zh"),
    [
        ({}, [("x", 0)], "Not in the funnel yet", "尚未进入漏斗"),
        ({}, [("a", 0), ("b", 1)], "until", "即可前进"),
        ({"window": None}, [("a", 0)], "leads on", "即可前进"),
        ({}, [("a", 0), ("x", 999)], "the time was over", "时限已于"),
        ({}, [("a", 0), ("b", 1), ("c", 2)], "All the way", "已走完漏斗"),
        ({"order": "strict"}, [("a", 0), ("x", 1), ("x", 2)], "any more", "已无法"),
        (
            {"exclusions": (Exclusion(event="a:x", after=0, before=2),)},
            [("a", 0), ("x", 1), ("b", 2)],
            "No attempt counts",
            "没有一次尝试计入",
        ),
        ({"order": "unordered"}, [("c", 0), ("a", 1)], "2 of 3", "已完成 2 步"),
        (
            {"order": "unordered"},
            [("c", 0), ("x", 999)],
            "1 of 3 steps done; the time was over",
            "时限已于",
        ),
    ],
)
def test_the_story_of_a_member(
    asked: dict[str, Any], acts: list[tuple[str, float]], en: str, zh: str
) -> None:
    """Which attempt, which events, why it stopped; in both languages."""
    analysis = FunnelAnalysis(rules(**asked), told(*acts))
    why = analysis.explain("ann")
    assert en in say(why, "en")
    assert zh in say(why, "zh")
    steps = [f"ann{nth}" for nth, (name, _) in enumerate(acts) if name != "x"]
    assert [part.source for part in why.parts] == steps
    assert analysis.explain("nobody").key == "funnel.not_entered"


def test_chains_of_one_value() -> None:
    """What bears no value is no step, and excludes everywhere."""
    asked = rules(same=("order",), exclusions=(Exclusion(event="a:x", before=2),))
    one = told(("a", 0), ("c", 3), order=1)
    two = told(("b", 1), order=2, member="ann2")
    loose = told(("a", 0), ("b", 1), ("c", 2), member="ben")
    mixed = [
        ev.Custom(**head(f"e{n}", e.at), word=e.name, properties=p)
        for n, (e, p) in enumerate(
            [(one[0], {"order": 1}), (two[0], {"order": 2}), (one[1], {"order": 1})]
        )
    ]
    assert FunnelAnalysis(asked, mixed).report().counts == (1, 0, 0)
    assert FunnelAnalysis(asked, loose).report().counts == (0, 0, 0)
    stop = ev.Custom(**head("x", START + HOUR), word="a:x")
    assert FunnelAnalysis(asked, [*mixed, stop]).report().counts == (0, 0, 0)


def test_a_trend_tells_which_periods_are_complete() -> None:
    """A day is, when a window opened at its last instant is over."""
    events = told(("a", 0), ("b", 1), ("a", 30), ("x", 24 * 8 + 12))
    trend = FunnelAnalysis(rules(), events, where="Europe/London").trend(until_step=1)
    assert [(p.reached_from, p.reached_to) for p in trend[:3]] == [
        (1, 1),
        (1, 0),
        (0, 0),
    ]
    assert [p.complete for p in trend[:3]] == [True, True, False]
    assert trend[0].start == START.replace(hour=0)
    endless = FunnelAnalysis(rules(window=None), events).trend("week")
    assert not any(p.complete for p in endless)


def test_a_trend_tells_who_did_an_optional_step() -> None:
    """Who went past it did not; a report says the same."""
    steps = (STEPS[0], FunnelStep(event="a:b", optional=True), STEPS[2])
    events = [
        *told(("a", 0), ("c", 1)),
        *told(("a", 0), ("b", 1), ("c", 2), member="ben"),
    ]
    analysis = FunnelAnalysis(rules(steps=steps), events)
    reached = [analysis.trend("week", until_step=n)[0].reached_to for n in range(3)]
    assert tuple(reached) == analysis.report().counts == (2, 1, 2)
    (week,) = analysis.trend("week", since_step=1)
    assert (week.reached_from, week.reached_to) == (1, 2)


@pytest.mark.parametrize(
    ("test", "found"),
    [
        (FieldTest(field="n", value=5), [True, False, False]),
        (FieldTest(field="n", op="!=", value=5), [False, True, True]),
        (FieldTest(field="n", op="<=", value=5), [True, False, False]),
        (FieldTest(field="n", op=">=", value="5.0"), [True, False, False]),
        (FieldTest(field="n", op=">=", value="4 CNY"), [False, False, False]),
        (FieldTest(field="n", op="contains", value="FI"), [False, True, False]),
        (FieldTest(field="event", value="a:a"), [True, True, True]),
        (FieldTest(field="n", value=True), [False, False, False]),
    ],
)
def test_tests_of_fields(test: FieldTest, found: list[bool]) -> None:
    """As text or as numbers; what is missing is neither."""
    given: list[dict[str, Any]] = [{"n": 5}, {"n": "five"}, {}]
    events = [told(("a", 0), **more)[0] for more in given]
    assert [test.holds(event) for event in events] == found


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": STEPS * 11},
        {"exclusions": (Exclusion(event="x", after=1, before=1),)},
        {"steps": (FunnelStep(optional=True), FunnelStep())},
        {"steps": (FunnelStep(), FunnelStep(optional=True))},
        {"steps": (FunnelStep(within=WEEK),) * 2, "order": "unordered"},
    ],
)
def test_what_cannot_be_followed_is_refused(wrong: dict[str, Any]) -> None:
    """At construction, with the place."""
    with pytest.raises(DefinitionError):
        rules(**wrong)


def test_amounts_are_compared_in_one_currency() -> None:
    """With all their decimals; another currency is another thing."""
    events = [
        ev.PurchaseMade(**head(f"{n}{code}", START), money=Money(n, code))
        for n, code in ((999, "CNY"), (1000, "CNY"), (1000, "EUR"), (1000, "JPY"))
    ]
    dear = FieldTest(field="money", op=">=", value="10.00 CNY")
    cheap = FieldTest(field="money", op="<=", value="10 CNY")
    assert [dear.holds(event) for event in events] == [False, True, False, False]
    assert [cheap.holds(event) for event in events] == [True, True, False, False]


@pytest.mark.parametrize("value", ["x", True, "nan", "inf", "CNY 10"])
def test_an_order_is_asked_of_numbers(value: Any) -> None:
    """What would never hold is refused where it is written."""
    with pytest.raises(DefinitionError, match="expected a number or an amount"):
        FieldTest(field="n", op="<=", value=value)


@pytest.mark.parametrize(
    "tests",
    [
        [(">=", 30), ("<=", 3)],
        [("=", 1), ("=", 2)],
        [(">=", 3), ("<=", "9 CNY")],
    ],
)
def test_tests_that_exclude_each_other_are_refused(tests: list[Any]) -> None:
    """No event could ever be that step."""
    asked = tuple(FieldTest(field="n", op=op, value=value) for op, value in tests)
    other = FieldTest(field="m", op=">=", value=99)
    with pytest.raises(DefinitionError, match="tests of `n` that some value passes"):
        FunnelStep(tests=(other, *asked))
    assert FunnelStep(tests=(other, *asked[:1])).tests[0] is other


def test_a_value_and_a_test_that_exclude_each_other_are_refused() -> None:
    """Whichever way they are written; the same twice is no contradiction."""
    test = FieldTest(field="n", value=5)
    assert FunnelStep(where=(("n", 5),), tests=(test,)).where
    with pytest.raises(DefinitionError, match="some value passes"):
        FunnelStep(where=(("n", 6),), tests=(test,))


def test_levels_as_databases_count_them() -> None:
    """An unknown mode is refused; months are those of the zone."""
    with pytest.raises(DefinitionError, match="strict_orders"):
        window_level([], 1, None, ["strict_orders"])
    assert window_level([Seen(0, (0, 1))], 2, None) == 2
    events = told(("a", 0), ("b", 24 * 30), ("c", 24 * 31 + 1))
    month = rules(window=Duration.parse("1 month"))
    assert FunnelAnalysis(month, events).levels() == {"ann": 2}


@pytest.mark.parametrize("other", ["alt", "ben"])
@pytest.mark.parametrize("back", [False, True])
def test_accounts_of_accounts_are_one_person(other: str, *, back: bool) -> None:
    """Alt is ben's, then either is ann's; a link told the other way round is known."""
    links = [("ben", "alt"), ("ann", other), *([("ben", "ann")] if back else ())]
    events = [
        *told(("a", 0), member="alt"),
        *told(("b", 1), member="ben"),
        *told(("c", 2), member="ann"),
        *(
            ev.IdentityLinked(
                **head(f"l{nth}", START + (3 + nth) * HOUR, who), alias=MemberId(to)
            )
            for nth, (who, to) in enumerate(links)
        ),
    ]
    analysis = FunnelAnalysis(rules(), reversed(events))
    (outcome,) = analysis.report().outcomes
    assert (outcome.subject, outcome.done) == ("ann", True)
