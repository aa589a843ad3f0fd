"""Mistakes taken back: what they led to is undone, what rested on them is named."""

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration, micros
from community_sdk.decisions import EndSanction, Recommend
from community_sdk.engine import Step
from community_sdk.model import (
    DecisionId,
    EventId,
    LaterSanctions,
    Overlap,
    RuleCode,
    SanctionState,
)
from community_sdk.policies import Trigger
from tests.unit.desk import DAY, HOUR, START, Desk
from tests.unit.policies.ladders import (
    active,
    both,
    breach,
    desk,
    imposed,
    order,
    overturn,
    reviews,
    rung,
    total,
)

RISING = (rung(1, "warning"), rung(2, "mute", "10d"), rung(3, "suspend", "30d"))


def three(**given: object) -> Desk:
    """A warning, a mute and a suspension, a day apart."""
    one = desk(*RISING, **given)
    for day in range(3):
        breach(one, START + day * DAY)
    return one


def states(one: Desk) -> list[tuple[str, str]]:
    """Return every sanction with its state."""
    return [(s.measure, s.state) for s in one.member().sanctions]


def retell(one: Desk, strike: str, later: LaterSanctions) -> Step:
    """Overturn a strike, saying what becomes of later sanctions."""
    when = START + 3 * DAY
    return one.tell(ev.StrikeOverturned, when, strike=EventId(strike), later=later)


def test_later_sanctions_stand_and_are_flagged() -> None:
    """Each with the step that it would have been."""
    one = three()
    step = overturn(one, "e1", START + 3 * DAY)
    assert reviews(step) == [("mute", "warning"), ("suspend", "mute")]
    assert states(one) == [
        ("warning", "overturned"),
        ("mute", "active"),
        ("suspend", "active"),
    ]


def test_what_would_have_been_the_same_is_not_flagged() -> None:
    """The last step repeats: one strike fewer changes nothing."""
    one = desk(rung(1, "warning"), rung(2, "mute", "1d"))
    for day in range(4):
        breach(one, START + day * DAY)
    step = overturn(one, "e3", START + 5 * DAY)
    assert reviews(step) == []
    assert reviews(overturn(one, "e1", START + 5 * DAY)) == [("mute", "warning")]


def test_without_it_there_may_have_been_nothing() -> None:
    """Then the flag names no measure."""
    one = desk(rung(2, "mute", "1d"))
    breach(one, START)
    breach(one, START + HOUR)
    step = overturn(one, "e1", START + 2 * HOUR)
    (review,) = [d for d in step.decisions if isinstance(d, Recommend)]
    assert review.properties["would_be"] == ""
    assert review.because["would_be"] is None


def test_later_sanctions_may_be_counted_again() -> None:
    """Each is replaced by the step that it would have been, counted from its time."""
    one = three(later=LaterSanctions.RECOMPUTE)
    step = overturn(one, "e1", START + 3 * DAY)
    assert reviews(step) == []
    assert [(d.step.kind.word, d.since) for d in imposed(step)] == [
        ("warning", START + DAY),
        ("mute", START + 2 * DAY),
    ]
    assert states(one) == [
        *(("warning", "overturned"), ("mute", "overturned")),
        *(("suspend", "overturned"), ("warning", "active"), ("mute", "active")),
    ]
    assert active(one) == ["mute"]
    assert one.member().sanctions[-1].until == micros(START + 12 * DAY)


def test_what_is_counted_again_may_be_over() -> None:
    """It goes on record as expired, and holds nobody."""
    one = three(later=LaterSanctions.RECOMPUTE)
    step = overturn(one, "e1", START + 20 * DAY)
    assert imposed(step)[1].state is SanctionState.EXPIRED
    assert active(one) == []
    assert states(one)[-1] == ("mute", "expired")


def test_what_was_lifted_stays_lifted() -> None:
    """Mercy is not taken back by a correction in favour of the member."""
    one = three(later=LaterSanctions.RECOMPUTE)
    held = one.member().sanctions[-1].id
    one.tell(ev.SanctionLifted, START + 2 * DAY + HOUR, sanction=DecisionId(held))
    step = overturn(one, "e1", START + 3 * DAY)
    assert imposed(step)[1].state is SanctionState.LIFTED
    assert active(one) == []


def test_counting_again_may_leave_nothing() -> None:
    """Then the later sanction is overturned alone."""
    one = desk(rung(2, "mute", "9d"), later=LaterSanctions.RECOMPUTE)
    breach(one, START)
    breach(one, START + HOUR)
    step = overturn(one, "e1", START + 2 * HOUR)
    assert not imposed(step)
    assert states(one) == [("mute", "overturned")]
    (ended,) = [d for d in step.decisions if isinstance(d, EndSanction)]
    assert ended.because.key == "penalty.recomputed"


@pytest.mark.parametrize(
    ("own", "said", "flagged"),
    [
        (LaterSanctions.RECOMPUTE, LaterSanctions.STAND_AND_FLAG, 2),
        (LaterSanctions.STAND_AND_FLAG, LaterSanctions.RECOMPUTE, 0),
    ],
)
def test_who_overturns_may_say_what_becomes_of_the_rest(
    own: LaterSanctions, said: LaterSanctions, flagged: int
) -> None:
    """The ladder's own setting holds where nothing is said."""
    one = three(later=own)
    assert len(reviews(retell(one, "e1", said))) == flagged


def test_a_corrected_sanction_uses_up_its_strikes() -> None:
    """And sets free those that only the mistake had used up."""
    steps = (rung(1, "warning", level=1), rung(2, "mute", "9d"))
    one = desk(*steps, later=LaterSanctions.RECOMPUTE, trigger=Trigger.EACH_STRIKE)
    breach(one, START)
    breach(one, START + HOUR)
    overturn(one, "e1", START + 2 * HOUR)
    assert [s.consumed for s in one.member().strikes] == ["", ""]
    both_used = desk(
        rung(2, "mute", "9d"),
        rung(3, "suspend"),
        consume_on_trigger=True,
        between="none",
        enter_at={"quiet": 3},
        per="member",
        later=LaterSanctions.RECOMPUTE,
    )
    breach(both_used, START)
    breach(both_used, START + HOUR, "flood")
    overturn(both_used, "e1", START + 2 * HOUR)
    assert total(both_used) == 1


def test_immediate_sanctions_rest_on_nothing_else() -> None:
    """Overturning an earlier strike neither flags nor changes them."""
    one = desk(*RISING, per="member", immediate={"quiet": rung(1, "suspend", "9d")})
    breach(one, START)
    breach(one, START + HOUR, "quiet")
    assert reviews(overturn(one, "e1", START + 2 * HOUR)) == []


def test_crossings_are_counted_again_as_crossings() -> None:
    """A threshold that would not have been passed then."""
    one = desk(rung(3, "mute", "9d"), measure="points", trigger=Trigger.ON_CROSSING)
    breach(one, START, weight=2)
    breach(one, START + HOUR, weight=2)
    assert reviews(overturn(one, "e1", START + 2 * HOUR)) == [("mute", "")]


def test_counts_of_sanctions_are_counted_again() -> None:
    """Without the sanction that the mistake itself had led to."""
    one = both(*RISING, measure="sanctions", per="member")
    for day in range(3):
        breach(one, START + day * DAY)
    step = overturn(one, "e2", START + 4 * DAY)
    assert reviews(step) == [("suspend", "mute")]


@pytest.mark.parametrize("rule", [Overlap.REPLACE, Overlap.LONGEST])
def test_sanctions_that_were_replaced_stood_then(rule: Overlap) -> None:
    """What was in force is counted as of the time of the sanction."""
    one = both(
        rung(1, "mute", "30d"),
        rung(2, "mute", "60d"),
        active_only=True,
        per="member",
        overlap={"mute": rule},
    )
    for day in range(2):
        breach(one, START + day * DAY)
    step = overturn(one, "e1", START + 3 * DAY)
    assert [measure for measure, _ in reviews(step)] == ["mute"]


# -- below the threshold -------------------------------------------------------------


def test_what_is_above_the_lowered_total_may_be_lifted() -> None:
    """Others stay, also what the strike itself led to."""
    steps = (rung(3, "mute"), rung(5, "suspend"))
    one = desk(*steps, measure="points", per="member", below_threshold="lift")
    for hour, weight in enumerate((1, 2, 2, 1)):
        breach(one, START + hour * HOUR, weight=weight)
    assert set(active(one)) == {"mute", "suspend"}
    step = overturn(one, "e4", START + DAY)
    assert not step.decisions
    overturn(one, "e1", START + DAY)
    assert set(active(one)) == {"mute"}
    overturn(one, "e3", START + DAY)
    assert active(one) == []


def test_below_the_threshold_each_end_has_its_reason() -> None:
    """Overturned where the strike led to it, lifted where others did."""
    steps = (rung(2, "mute"), rung(3, "suspend"))
    one = desk(*steps, per="member", below_threshold="lift")
    for hour in range(3):
        breach(one, START + hour * HOUR)
    step = overturn(one, "e3", START + DAY)
    (ended,) = [d for d in step.decisions if isinstance(d, EndSanction)]
    assert (ended.state, ended.because.key) == (
        SanctionState.OVERTURNED,
        "penalty.overturned",
    )
    step = overturn(one, "e1", START + DAY)
    (ended,) = [d for d in step.decisions if isinstance(d, EndSanction)]
    assert (ended.state, ended.because.key) == (SanctionState.LIFTED, "penalty.below")


def test_below_the_threshold_only_the_ladder_concerned() -> None:
    """Another category, another policy, an unknown strike: nothing."""
    one = both(rung(1, "mute"), below_threshold="lift")
    breach(one, START)
    order(one, START, "suspend", "9d")
    breach(one, START + HOUR, "quiet")
    overturn(one, "e3", START + 2 * HOUR)
    assert sorted(active(one)) == ["mute", "suspend"]
    assert not overturn(one, "unknown", START + 3 * HOUR).decisions


# -- told late -----------------------------------------------------------------------


def test_a_late_strike_names_what_it_had_changed() -> None:
    """Nothing issued is rewritten; each difference is listed in the reason."""
    one = desk(*RISING)
    breach(one, START)
    late = START + 2 * DAY
    step = one.tell(
        ev.RuleBroken, START - DAY, rule=RuleCode("flood"), recorded_at=late
    )
    (sanction,) = imposed(step)
    told = [p for p in sanction.because.parts if p.key == "penalty.told_late"]
    assert [(p["measure"], p["would_be"]) for p in told] == [("warning", "mute")]
    assert states(one)[0] == ("warning", "active")


def test_a_late_strike_that_changes_nothing_names_nothing() -> None:
    """The same step, another policy, or a sanction that was a mistake."""
    one = both(rung(1, "mute", "1d"))
    breach(one, START)
    order(one, START, "warning")
    breach(one, START + HOUR)
    overturn(one, "e3", START + 2 * HOUR)
    step = one.tell(ev.RuleBroken, START - DAY, rule="flood", recorded_at=START + DAY)
    keys = {p.key for p in imposed(step)[0].because.parts}
    assert "penalty.told_late" not in keys


def test_what_cannot_be_undone_is_overturned_on_paper() -> None:
    """And said so."""
    one = desk(rung(1, "delete_content"))
    breach(one, START)
    (ended,) = overturn(one, "e1", START + HOUR).decisions
    assert ended.because["effect_undone"] is False
    assert states(one) == [("delete_content", "overturned")]


def test_an_expired_sanction_is_a_mistake_all_the_same() -> None:
    """On the record; the platform is not told twice."""
    one = desk(rung(1, "mute", "1d"))
    breach(one, START)
    one.advance(START + 2 * DAY)
    step = overturn(one, "e1", START + 3 * DAY)
    assert [d.kind for d in step.decisions] == ["end_sanction"]
    assert states(one) == [("mute", "overturned")]


def test_months_are_counted_again_by_the_calendar() -> None:
    """A correction lasts from when the sanction began."""
    steps = (rung(1, "mute", "1 month"), rung(2, "suspend"))
    one = desk(*steps, later=LaterSanctions.RECOMPUTE)
    breach(one, START)
    breach(one, START + DAY)
    (now,) = imposed(overturn(one, "e1", START + 2 * DAY))
    assert now.step.duration == Duration(months=1)
    assert (now.until, now.since) == (START + 32 * DAY, START + DAY)
