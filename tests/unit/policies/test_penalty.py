"""Ladders: equal records lead to equal steps; mercy keeps a strike, a mistake frees."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.errors import DefinitionError
from community_sdk.model import (
    Community,
    CommunityId,
    LadderStep,
    RoleName,
    RuleCode,
    Severity,
)
from community_sdk.policies import PenaltyLadder, Trigger
from community_sdk.wording import say
from tests.unit.desk import DAY, HOUR, START, TICK, Book, Desk, at
from tests.unit.policies.ladders import (
    KEY,
    breach,
    desk,
    imposed,
    ladder,
    rung,
)


def test_between_two_steps_the_lower_holds_and_the_last_repeats() -> None:
    """Below the first nothing is done."""
    one = desk(rung(2, "reminder"), rung(4, "warning"), rung(5, "mute"))
    told = [breach(one, START + n * HOUR) for n in range(7)]
    assert told == [None, "reminder", "reminder", "warning", "mute", "mute", "mute"]


def test_a_step_is_taken_for_a_reason() -> None:
    """Which strikes counted, which did not and why not, and what comes next."""
    one = desk(window="30d", per="category")
    breach(one, START - 40 * DAY)
    breach(one, START - DAY, "quiet")
    breach(one, START - HOUR)
    step = one.tell(ev.RuleBroken, START, rule=RuleCode("caps"), group="hall")
    (sanction,) = imposed(step)
    assert (sanction.member, sanction.group) == ("ann", "hall")
    assert sanction.strikes == ("e4", "e3")
    why = sanction.because
    assert (why.key, why["rule"], why["category"]) == ("penalty.step", "caps", "noise")
    assert (why["total"], why["stands"], why["window"]) == (2, 2, "30d")
    assert [(p.key, p.source) for p in why.parts] == [
        ("penalty.counted", "e3"),
        ("penalty.counted", "e4"),
        ("penalty.left_out", "e1"),
        ("penalty.left_out", "e2"),
        ("penalty.next", ""),
    ]
    assert [p["reason"] for p in why.parts[2:4]] == ["too_old", "other_category"]
    assert (why.parts[4]["at"], why.parts[4]["measure"]) == (3, "warning")


def test_who_may_undo_it_and_until_when_to_appeal_is_said() -> None:
    """With the level of a warning first, and in words that a member understands."""
    mine = ladder(
        rung(1, "warning", level=2),
        undone_by=(RoleName("host"), RoleName("owner")),
        appeal_within=Duration.parse("20d"),
    )
    (sanction,) = imposed(Desk(mine).tell(ev.RuleBroken, START, rule="flood"))
    keys = [part.key for part in sanction.because.parts]
    assert keys == [
        "penalty.level",
        "penalty.counted",
        "penalty.undone_by",
        "penalty.appeal",
    ]
    until = sanction.because.parts[-1]["until"]
    assert until == (START + 20 * DAY).isoformat()
    told = say(sanction.because, "zh", style="lines")
    assert "第 2 级警告" in told
    assert "申诉" in told
    assert "may lift" in say(sanction.because, "en", style="lines")


def test_the_standing_has_a_part_for_each_scope() -> None:
    """By category or by rule, each with its own count."""
    for per, key, names in (
        ("category", "penalty.of_category", ["quiet", "noise"]),
        ("rule", "penalty.of_rule", ["quiet", "flood", "caps"]),
    ):
        mine = ladder(rung(9, "mute"), per=per)
        one = Desk(mine)
        for hour, rule in enumerate(("quiet", "flood", "caps")):
            breach(one, START + hour * HOUR, rule)
        parts = mine.standing(one.view()).parts
        assert [(part.key, part["name"]) for part in parts] == [
            (key, name) for name in names
        ]
    some = ladder(rung(9, "mute"), categories=("quiet",))
    one = Desk(some)
    breach(one, START, "flood")
    assert not some.standing(one.view()).parts


def test_at_the_top_there_is_no_next_step() -> None:
    """Nothing harder to announce."""
    one = desk(rung(1, "warning"))
    (sanction,) = imposed(one.tell(ev.RuleBroken, START, rule=RuleCode("flood")))
    assert [part.key for part in sanction.because.parts] == ["penalty.counted"]


@pytest.mark.parametrize(
    ("window", "edge", "age", "counts"),
    [
        ("30d", "inclusive", 30 * DAY, True),
        ("30d", "inclusive", 30 * DAY + TICK, False),
        ("30d", "exclusive", 30 * DAY, False),
        ("30d", "exclusive", 30 * DAY - TICK, True),
        ("1 month", "inclusive", 31 * DAY, True),
        ("1 month", "inclusive", 31 * DAY + TICK, False),
        ("1 month", "exclusive", 31 * DAY, False),
        (None, "inclusive", 360 * DAY, True),
    ],
)
def test_strikes_count_up_to_the_age_of_the_window(
    window: str | None, edge: str, age: timedelta, counts: object
) -> None:
    """The border is said; the month before 5 January has 31 days."""
    one = desk(rung(1, "reminder"), rung(2, "warning"), window=window, window_edge=edge)
    breach(one, START - age)
    assert breach(one) == ("warning" if counts else "reminder")


@pytest.mark.parametrize(
    ("new", "old", "counts"),
    [
        ("2026-03-31 12:00", "2026-02-28 12:00", True),
        ("2026-03-31 12:00", "2026-02-28 11:59", False),
        ("2024-03-31 12:00", "2024-02-29 12:00", True),
        ("2026-03-30 12:00", "2026-02-28 12:00", True),
        ("2026-03-29 12:00", "2026-02-28 12:00", True),
        ("2026-03-28 12:00", "2026-02-28 11:59", False),
        ("2026-05-31 12:00", "2026-04-30 12:00", True),
    ],
)
def test_a_month_ago_is_clamped(new: str, old: str, counts: object) -> None:
    """A month before 31 March is the last of February, by the local clock."""
    home = Community(key=CommunityId("home"), zone="Europe/London")
    mine = ladder(rung(1, "reminder"), rung(2, "warning"), window="1 month")
    one = Desk(mine, community=home)
    breach(one, at(old, "Europe/London"))
    found = breach(one, at(new, "Europe/London"))
    assert found == ("warning" if counts else "reminder")


@pytest.mark.parametrize(
    ("per", "found"),
    [
        ("member", ["reminder", "warning", "mute", "ban"]),
        ("category", ["reminder", "reminder", "warning", "mute"]),
        ("rule", ["reminder", "reminder", "reminder", "warning"]),
    ],
)
def test_what_strikes_must_share(per: str, found: list[str]) -> None:
    """The member, the category of the rule, or the rule itself."""
    steps = [
        rung(n + 1, k) for n, k in enumerate(("reminder", "warning", "mute", "ban"))
    ]
    one = desk(*steps, per=per)
    rules = ("quiet", "flood", "caps", "flood")
    assert [breach(one, START + n * HOUR, r) for n, r in enumerate(rules)] == found


def test_a_ladder_may_answer_some_categories_only() -> None:
    """What it does not answer, it does not count either."""
    one = desk(
        rung(1, "reminder"), rung(2, "warning"), categories=("noise",), per="member"
    )
    rules = ("quiet", "flood", "quiet", "caps")
    found = [breach(one, START + n * HOUR, rule) for n, rule in enumerate(rules)]
    assert found == [None, "reminder", None, "warning"]


def test_points_add_up() -> None:
    """By the weight of the rule, or of the breach itself."""
    steps = (rung(2, "reminder"), rung(4, "warning"), rung(9, "ban"))
    one = desk(*steps, measure="points")
    told = [("flood", None), ("caps", None), ("flood", 0), ("flood", 5)]
    found = [
        breach(one, START + n * HOUR, rule, weight=weight)
        for n, (rule, weight) in enumerate(told)
    ]
    assert found == [None, "warning", "warning", "ban"]


def test_on_crossing_a_step_is_taken_once() -> None:
    """Only where the total was below it before; jumped steps are not made up for."""
    steps = (rung(2, "reminder"), rung(4, "warning"), rung(9, "ban"))
    one = desk(*steps, measure="points", trigger=Trigger.ON_CROSSING)
    weights = (1, 1, 1, 4, 0, 1, 1, 1)
    found = [breach(one, START + n * HOUR, weight=w) for n, w in enumerate(weights)]
    assert found == [None, "reminder", None, "warning", None, None, "ban", None]


def test_on_crossing_again_after_strikes_have_aged() -> None:
    """Who fell below a step crosses it anew."""
    steps = (rung(1, "reminder"), rung(2, "warning"))
    one = desk(*steps, trigger=Trigger.ON_CROSSING, window="10d")
    days = (0, 1, 2, 12, 13)
    found = [breach(one, START + day * DAY) for day in days]
    assert found == ["reminder", "warning", None, "warning", "warning"]


def test_an_immediate_breach_ignores_the_record_but_is_recorded() -> None:
    """Its own step at once; the next ordinary breach counts it."""
    steps = (rung(1, "reminder"), rung(2, "warning"))
    one = desk(*steps, per="member", immediate={"quiet": rung(1, "mute", "7d")})
    assert breach(one, START, "quiet") == "mute"
    assert breach(one, START + HOUR, "flood") == "warning"
    step = one.tell(ev.RuleBroken, START + 2 * HOUR, rule=RuleCode("quiet"))
    (sanction,) = imposed(step)
    assert (sanction.because.key, sanction.strikes) == ("penalty.immediate", ("e3",))
    assert breach(one, START - 20 * DAY, "quiet") == "mute"


@pytest.mark.parametrize(
    ("severity", "found"),
    [
        (Severity.MINOR, "reminder"),
        (Severity.SERIOUS, "mute"),
        (Severity.SEVERE, "mute"),
    ],
)
def test_what_is_not_tolerated_gets_the_last_step(
    severity: Severity, found: str
) -> None:
    """From the severity that is named, also for a breach that is known late."""
    one = desk(zero_tolerance=Severity.SERIOUS, window="10d")
    assert breach(one, severity=severity) == found
    late = breach(one, START - 20 * DAY, severity=severity)
    assert late == (None if severity is Severity.MINOR else "mute")
    if severity is Severity.SEVERE:
        step = one.tell(ev.RuleBroken, START, rule=RuleCode("flood"), severity=severity)
        assert imposed(step)[0].because.key == "penalty.zero_tolerance"
        assert len(imposed(step)[0].strikes) == 1


def test_a_category_may_enter_the_ladder_higher() -> None:
    """The record then stands there; the next breach takes the step that follows."""
    kinds = ("reminder", "education", "phone_call", "warning", "ban")
    steps = [rung(n + 1, kind) for n, kind in enumerate(kinds)]
    one = desk(*steps, per="member", enter_at={"quiet": 4})
    assert breach(one, START, "quiet") == "warning"
    assert breach(one, START + HOUR, "flood") == "ban"
    one = desk(*steps, per="member", enter_at={"quiet": 3})
    rules = ("flood", "flood", "flood", "quiet")
    found = [breach(one, START + n * HOUR, rule) for n, rule in enumerate(rules)]
    assert found == ["reminder", "education", "phone_call", "warning"]


def test_entering_higher_crosses_what_lies_between() -> None:
    """With points: at least that number, not that number on top."""
    steps = (rung(2, "reminder"), rung(5, "warning"), rung(8, "ban"))
    one = desk(
        *steps, measure="points", trigger=Trigger.ON_CROSSING, enter_at={"noise": 5}
    )
    found = [
        breach(one, START + n * HOUR, weight=w) for n, w in enumerate((2, 2, 1, 1))
    ]
    assert found == ["warning", None, "ban", None]


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ((rung(2, "warning"), rung(2, "ban")), "ladder.order"),
        ((rung(3, "warning"), rung(2, "ban")), "ladder.order"),
        ((rung(1, "ban"), rung(2, "warning")), "ladder.order"),
    ],
)
def test_a_ladder_rises(steps: tuple[LadderStep, ...], code: str) -> None:
    """In numbers and in severity."""
    with pytest.raises(DefinitionError) as caught:
        PenaltyLadder(key=KEY, steps=steps)
    assert caught.value.code == code
    assert ladder(rung(1, "mute", "1d"), rung(2, "mute", "3d")).steps[1].at == 2


def test_a_ladder_names_categories_that_no_rule_has() -> None:
    """Each where it stands."""
    mine = ladder(
        categories=("noise", "nose"),
        immediate={"hate": rung(1, "ban")},
        enter_at={"quiet": 2, "quite": 3},
        undone_by=(RoleName("host"), RoleName("ghost")),
    )
    found = [(where, word) for where, word, _ in mine.problems(Book())]
    assert found == [
        ("categories", "nose"),
        ("immediate", "hate"),
        ("enter_at", "quite"),
        ("undone_by", "ghost"),
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from(["flood", "caps", "quiet"]), st.integers(0, 40)),
        max_size=12,
    )
)
def test_sanctions_never_get_milder_while_nothing_ages(
    acts: list[tuple[str, int]],
) -> None:
    """INVARIANT: without a window every next answer is at least as harsh."""
    one, last = desk(per="member"), 0
    for rule, day in sorted(acts, key=lambda act: act[1]):
        step = one.tell(ev.RuleBroken, START + day * DAY, rule=RuleCode(rule))
        for sanction in imposed(step):
            assert sanction.step.kind.order >= last
            last = sanction.step.kind.order
