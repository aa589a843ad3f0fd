"""Late strikes, running sanctions, mercy, mistakes, and the standing of a record."""

from datetime import timedelta

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import EndSanction, LiftSanction, Recommend
from community_sdk.model import (
    Community,
    CommunityId,
    DecisionId,
    PolicyKey,
    RuleCode,
    SanctionState,
)
from community_sdk.policies import PenaltyLadder
from tests.unit.desk import DAY, HOUR, START, Desk, at
from tests.unit.policies.ladders import (
    both,
    breach,
    desk,
    imposed,
    ladder,
    order,
    overturn,
    rung,
)


def test_a_late_strike_counts_at_its_own_time() -> None:
    """The new sanction begins now, nothing issued changes."""
    one = desk(rung(1, "reminder"), rung(2, "mute", "1d"), rung(3, "ban"), window="10d")
    breach(one, START)
    step = one.tell(
        ev.RuleBroken, START - 5 * DAY, rule=RuleCode("flood"), recorded_at=START + HOUR
    )
    (sanction,) = imposed(step)
    assert (sanction.step.kind.word, sanction.until) == ("mute", START + HOUR + DAY)
    assert [s.measure for s in one.member().sanctions] == ["reminder", "mute"]


def test_a_strike_that_is_too_old_when_it_is_known_is_only_recorded() -> None:
    """It neither counts nor is answered."""
    one = desk(window="10d")
    breach(one)
    assert breach(one, START - 11 * DAY) is None
    assert len(one.member().strikes) == 2


@pytest.mark.parametrize(
    ("running", "new", "until"),
    [
        ("7d", "1d", 7 * DAY),
        ("1d", "7d", 7 * DAY + HOUR),
        (None, "7d", None),
    ],
)
def test_of_two_equal_measures_the_longer_one_stands(
    running: str | None, new: str, until: timedelta | None
) -> None:
    """A new mute never shortens the one in force; one without an end has none."""
    one = desk(rung(1, "mute", running), rung(2, "mute", new))
    breach(one)
    (sanction,) = imposed(one.tell(ev.RuleBroken, START + HOUR, rule=RuleCode("flood")))
    assert sanction.until == (None if until is None else START + until)


def test_another_measure_or_one_that_is_over_does_not_lengthen() -> None:
    """Only what is in force, and of the same kind."""
    one = desk(rung(1, "mute", "7d"), rung(2, "ban", "1d"), rung(3, "ban", "1d"))
    breach(one)
    for hours in (1, 26):
        when = START + hours * HOUR
        (sanction,) = imposed(one.tell(ev.RuleBroken, when, rule=RuleCode("flood")))
        assert sanction.until == when + DAY


def test_a_month_of_silence_ends_by_the_calendar() -> None:
    """Clamped to the end of the month, in the zone of the community."""
    home = Community(key=CommunityId("home"), zone="Europe/London")
    one = Desk(ladder(rung(1, "mute", "1 month")), community=home)
    when = at("2026-01-31 12:00", "Europe/London")
    (sanction,) = imposed(one.tell(ev.RuleBroken, when, rule=RuleCode("flood")))
    assert sanction.until == at("2026-02-28 12:00")


def test_what_is_done_at_once_has_no_end() -> None:
    """A warning does not run."""
    one = desk(rung(1, "warning"))
    (sanction,) = imposed(one.tell(ev.RuleBroken, START, rule=RuleCode("flood")))
    assert sanction.until is None
    assert one.member().timers == {}


def test_mercy_keeps_the_strike() -> None:
    """A lifted sanction leaves the record as it was."""
    one = desk(rung(1, "mute", "7d"), rung(2, "ban"))
    breach(one)
    (record,) = one.member().sanctions
    step = one.tell(ev.SanctionLifted, START + HOUR, sanction=DecisionId(record.id))
    assert [type(d) for d in step.decisions] == [LiftSanction]
    assert breach(one, START + 2 * HOUR) == "ban"


def test_a_mistake_frees_the_member_of_what_it_led_to() -> None:
    """Its sanction ends, its weight in later steps is gone, the record stays."""
    one = desk(rung(1, "mute", "7d"), rung(2, "ban"))
    breach(one)
    step = overturn(one, "e1", START + HOUR)
    ended, lifted = step.decisions
    assert isinstance(ended, EndSanction)
    assert (ended.state, ended.because.key) == (
        SanctionState.OVERTURNED,
        "penalty.overturned",
    )
    assert isinstance(lifted, LiftSanction)
    assert breach(one, START + 2 * HOUR) == "mute"
    assert [s.overturned for s in one.member().strikes] == [True, False]
    assert overturn(one, "e1", START + 3 * HOUR).decisions == ()
    (counted, left_out, *_) = one.member().sanctions
    assert (counted.state, left_out.state) == ("overturned", "active")


def test_later_sanctions_that_rest_on_a_mistake_are_reviewed() -> None:
    """They stand, each flagged with what it would have been, those over as well."""
    one = desk(rung(1, "reminder"), rung(2, "mute", "1d"), rung(3, "ban"))
    for hour in (0, 1, 30):
        breach(one, START + hour * HOUR)
    step = overturn(one, "e1", START + 31 * HOUR)
    kinds = [d.kind for d in step.decisions]
    assert kinds == ["end_sanction", "recommend", "recommend"]
    muted, banned = [d for d in step.decisions if isinstance(d, Recommend)]
    assert muted.action == banned.action == "review_sanction"
    assert (muted.properties["measure"], muted.because["would_be"]) == (
        "mute",
        "reminder",
    )
    assert (banned.properties["measure"], banned.because["would_be"]) == ("ban", "mute")
    assert banned.because["strike"] == "e1"
    assert [s.state for s in one.member().sanctions[1:]] == ["expired", "active"]


def test_what_does_not_rest_on_a_strike_is_not_reviewed() -> None:
    """An immediate sanction, another strike, another ladder, an unknown strike."""
    other = PenaltyLadder(
        key=PolicyKey("other"), steps=(rung(1, "phone_call"),), categories=("quiet",)
    )
    mine = ladder(per="member", immediate={"noise": rung(1, "mute", "7d")})
    one = Desk(mine, other)
    breach(one, START, "quiet")
    breach(one, START + HOUR, "flood")
    step = overturn(one, "e1", START + 2 * HOUR)
    assert [d.kind for d in step.decisions] == ["end_sanction"]
    assert overturn(one, "unknown", START + 3 * HOUR).decisions == ()


def test_a_strike_that_was_a_mistake_before_it_came_is_not_answered() -> None:
    """The pardon was told first."""
    one = desk()
    overturn(one, "s", START)
    assert breach(one, START - HOUR, id="s") is None


def test_the_standing_tells_what_counts_now() -> None:
    """Strikes that count and do not, sanctions in force."""
    mine = ladder(rung(1, "mute", "7d"), rung(2, "ban"), window="10d")
    one = Desk(mine, lateness=Duration.parse("90d"))
    breach(one, START - 20 * DAY)
    breach(one, START - 6 * DAY)
    one.advance(START)
    why = mine.standing(one.view())
    assert (why.key, why["counted"]) == ("penalty.standing", 1)
    assert [part.key for part in why.parts] == [
        "penalty.counted",
        "penalty.left_out",
        "penalty.in_force",
    ]
    assert why.parts[2]["until"] == (START + DAY).isoformat()
    hand = both(rung(9, "ban"))
    order(hand, START, "mute", "9d")
    breach(hand, START)
    told = hand.policies[0]
    assert isinstance(told, PenaltyLadder)
    keys = [part.key for part in told.standing(hand.view()).parts]
    assert keys == ["penalty.counted"]
    endless = ladder(rung(1, "ban"))
    one = Desk(endless)
    breach(one)
    assert endless.standing(one.view()).parts[1]["until"] is None
