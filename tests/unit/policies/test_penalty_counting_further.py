"""What counts on a ladder: fading, freezing, discounts."""

from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk.errors import DefinitionError
from community_sdk.model import SanctionState, Severity
from community_sdk.policies import (
    Decay,
    FirstOffence,
    PenaltyLadder,
    Trigger,
)
from tests.unit.desk import DAY, HOUR, START
from tests.unit.policies.ladders import (
    KEY,
    both,
    breach,
    desk,
    imposed,
    ladder,
    order,
    overturn,
    rung,
    total,
)
from tests.unit.policies.test_penalty_counting import FIRST, NINETY, SIX


def test_first_offences_weigh_less() -> None:
    """Along the curve, while the member is in good standing."""
    one = desk(rung(99, "ban"), measure="points", per="member", first_offence=FIRST)
    totals: list[int] = []
    for n in range(4):
        breach(one, START + n * HOUR, weight=4)
        totals.append(total(one))
    assert totals == [1, 3, 7, 11]


def test_severe_first_offences_weigh_in_full() -> None:
    """And a weight below the curve stays as it is."""
    one = desk(rung(99, "ban"), measure="points", per="member", first_offence=FIRST)
    breach(one, START, "quiet", weight=12)
    assert total(one) == 12
    one = desk(rung(99, "ban"), measure="points", per="member", first_offence=FIRST)
    breach(one, START, weight=0)
    breach(one, START + HOUR, weight=1)
    assert total(one) == 1


def test_out_of_good_standing_a_first_offence_weighs_in_full() -> None:
    """The second strike of the curve finds the member above the line."""
    low = FirstOffence(good_standing_below=1, curve=(1, 2))
    one = desk(rung(99, "ban"), measure="points", per="member", first_offence=low)
    breach(one, START, weight=4)
    breach(one, START + HOUR, weight=4)
    assert total(one) == 5


def test_an_overturned_strike_was_no_first_offence() -> None:
    """What follows weighs as if it had never been; so does one told late."""
    one = desk(rung(99, "ban"), measure="points", per="member", first_offence=FIRST)
    breach(one, START + DAY, weight=4)
    breach(one, START + 2 * DAY, weight=4)
    overturn(one, "e1", START + 2 * DAY)
    assert total(one) == 1
    breach(one, START, weight=4)
    assert total(one) == 3


# -- what is used up -----------------------------------------------------------------


def test_strikes_may_be_used_up() -> None:
    """Those that led to a sanction; the next starts from zero."""
    one = desk(rung(2, "warning"), consume_on_trigger=True)
    found = [breach(one, START + n * HOUR) for n in range(5)]
    assert found == [None, "warning", None, "warning", None]
    assert total(one) == 1


def test_what_a_mistake_used_up_is_free_again() -> None:
    """Its sanction is undone; the others count once more."""
    one = desk(rung(2, "warning"), consume_on_trigger=True)
    breach(one, START)
    breach(one, START + HOUR)
    assert total(one) == 0
    overturn(one, "e2", START + 2 * HOUR)
    assert total(one) == 1
    assert breach(one, START + 3 * HOUR) == "warning"


# -- sanctions -----------------------------------------------------------------------


def test_sanctions_in_force_may_count() -> None:
    """This ladder's, and the new one; without an end one is in force until lifted."""
    steps = (rung(1, "warning", "10d"), rung(2, "mute", "10d"), rung(3, "suspend"))
    one = both(*steps, active_only=True, per="member")
    order(one, START, "mute", "90d")
    assert breach(one, START) == "warning"
    assert total(one) == 1
    assert breach(one, START + DAY) == "mute"
    assert breach(one, START + 10 * DAY) == "mute"
    assert breach(one, START + 10 * DAY + HOUR) == "suspend"
    one.advance(START + 390 * DAY)
    assert total(one) == 1


def test_sanctions_of_any_cause_may_count() -> None:
    """By hand or by the ladder, also those that are over; not what was a mistake."""
    one = both(*SIX, measure="sanctions", per="member", window="100d")
    order(one, START, "reminder")
    order(one, START + HOUR, "mute", "1d", id="wrong")
    overturn(one, "wrong", START + 2 * HOUR)
    assert breach(one, START + 3 * HOUR) == "education"
    assert total(one) == 2
    assert breach(one, START + 101 * DAY) == "reminder"


def test_sanctions_per_category() -> None:
    """Only those that a breach of it led to."""
    one = both(*SIX, measure="sanctions", immediate={"quiet": rung(1, "mute", "1d")})
    order(one, START, "reminder")
    assert breach(one, START, "quiet") == "mute"
    assert breach(one, START + HOUR) == "reminder"
    assert breach(one, START + 2 * HOUR) == "education"


def test_what_is_in_force_may_always_count() -> None:
    """Also where it began before the window; a mere warning is not in force."""
    one = both(
        *SIX,
        measure="sanctions",
        per="member",
        window="10d",
        running_always_counts=True,
    )
    order(one, START, "suspend", "100d")
    order(one, START, "warning")
    one.advance(START + 50 * DAY)
    assert total(one) == 1
    one.advance(START + 100 * DAY)
    assert total(one) == 0


def test_a_category_may_enter_higher_where_sanctions_count() -> None:
    """At least at that number."""
    one = both(*SIX, measure="sanctions", per="member", enter_at={"quiet": 3})
    assert breach(one, START, "quiet") == "phone_call"
    assert breach(one, START + HOUR) == "education"


def test_crossing_where_sanctions_count() -> None:
    """Each step once."""
    one = both(
        rung(1, "reminder"),
        rung(3, "mute"),
        measure="sanctions",
        per="member",
        trigger=Trigger.ON_CROSSING,
    )
    found = [breach(one, START), breach(one, START + HOUR)]
    order(one, START + 2 * HOUR, "reminder")
    found += [breach(one, START + n * HOUR) for n in (3, 4)]
    assert found == ["reminder", None, "mute", None]


# -- the past ------------------------------------------------------------------------


def test_a_cleared_record_begins_anew() -> None:
    """Strikes of before are forgiven, also those that become known later."""
    one = desk(*SIX)
    breach(one, START)
    breach(one, START + HOUR)
    one.tell(ev.RecordCleared, START + DAY)
    assert total(one) == 0
    late = one.tell(
        ev.RuleBroken, START + 2 * HOUR, rule="flood", recorded_at=START + 2 * DAY
    )
    assert not imposed(late)
    assert breach(one, START + 3 * DAY) == "reminder"


def test_what_is_in_force_is_not_forgiven() -> None:
    """It stays in force, and counts until it is over."""
    one = both(*SIX, measure="sanctions", per="member")
    order(one, START, "mute", "10d")
    order(one, START, "reminder")
    one.tell(ev.RecordCleared, START + DAY)
    assert total(one) == 1
    assert one.member().sanctions[0].state == SanctionState.ACTIVE.value
    one.advance(START + 10 * DAY)
    assert total(one) == 0


def test_overturned_strikes_may_still_move_a_ladder() -> None:
    """By a setting that nobody should need; the sanction ends all the same."""
    one = desk(*SIX, reversed_strikes_count=True)
    breach(one, START)
    overturn(one, "e1", START + HOUR)
    assert one.member().sanctions[0].state == "overturned"
    assert breach(one, START + 2 * HOUR) == "education"
    mine = both(*SIX, measure="sanctions", per="member", reversed_strikes_count=True)
    breach(mine, START)
    overturn(mine, "e1", START + HOUR)
    assert total(mine) == 1


def test_points_by_hand_count_per_member() -> None:
    """Not on a ladder of a category, of some categories, or of numbers."""
    one = both(rung(99, "ban"), measure="points", per="member")
    order(one, START, "warning", points=3)
    assert total(one) == 3
    step = one.tell(ev.RuleBroken, START, rule="flood", weight=96)
    assert imposed(step)[0].because.parts[0].key == "penalty.points_counted"
    for other in (
        both(rung(9, "ban"), measure="points"),
        both(rung(9, "ban"), per="member"),
        both(rung(9, "ban"), measure="points", per="member", categories=("noise",)),
    ):
        order(other, START, "warning", points=3)
        assert total(other, "noise") == 0
    why = both(rung(1, "mute"), per="member")
    order(why, START, "warning", points=3)
    (sanction,) = imposed(why.tell(ev.RuleBroken, START, rule="flood"))
    assert sanction.because.parts[-1]["reason"] == "by_hand"


def test_the_tally_of_nobody_is_empty() -> None:
    """No strike, nothing to be like."""
    one = desk(*SIX)
    one.post(START)
    assert total(one) == 0


# -- what cannot hold together -------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "one"),
    [
        ({"window_from": "latest_strike"}, "window_from"),
        ({"first_offence": FIRST}, "first_offence"),
        ({"active_only": True, "measure": "points"}, "active_only"),
        ({"running_always_counts": True}, "running_always_counts"),
        ({"decay": Decay(over=NINETY), "active_only": True}, "decay"),
        ({"consume_on_trigger": True, "measure": "sanctions"}, "consume_on_trigger"),
    ],
)
def test_settings_that_contradict_are_refused(given: dict[str, Any], one: str) -> None:
    """By name."""
    with pytest.raises(DefinitionError) as caught:
        ladder(rung(1, "ban"), **given)
    assert caught.value.code == "ladder.contradiction"
    assert f"`{one}`" in str(caught.value)


def test_points_do_not_grow() -> None:
    """A number of points is no number of repetitions."""
    with pytest.raises(DefinitionError) as caught:
        ladder(rung(1, "mute", "1d", grows=2), measure="points")
    assert caught.value.code == "ladder.contradiction"


def test_zero_tolerance_needs_a_step() -> None:
    """Which one should it be."""
    with pytest.raises(DefinitionError) as caught:
        PenaltyLadder(key=KEY, steps=(), zero_tolerance=Severity.SEVERE)
    assert caught.value.code == "ladder.empty"


def test_a_curve_is_never_below_zero() -> None:
    """A breach is never a merit."""
    with pytest.raises(DefinitionError) as caught:
        FirstOffence(good_standing_below=1, curve=(1, -1))
    assert caught.value.code == "ladder.curve"
