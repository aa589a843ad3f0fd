"""Sanctions of one kind side by side: the end of one frees nobody from another."""

from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk.decisions import ApplySanction, LiftSanction
from community_sdk.model import DecisionId, MemberId, Overlap, Whereabouts
from community_sdk.state import NEVER, latest_end
from tests.unit.desk import DAY, HOUR, START, Desk
from tests.unit.policies.ladders import (
    active,
    both,
    breach,
    imposed,
    order,
    overturn,
    refused,
    rung,
)


def hand(rule: Overlap) -> Desk:
    """Sanctions by hand, and a mute at every breach, that meet by *rule*."""
    return both(rung(1, "mute", "10d"), overlap={"*": rule})


def ends(one: Desk) -> int | None:
    """Return the latest end of what is in force."""
    view = one.view()
    return latest_end(view.member.in_force(view.now_us))


def where(one: Desk) -> Whereabouts:
    """Return where the record leaves the member."""
    view = one.view()
    return view.member.whereabouts(view.now_us)


def test_of_two_the_longest_is_one() -> None:
    """A shorter mute does not end the longer one, and both are counted as one."""
    one = hand(Overlap.LONGEST)
    order(one, START, "mute", "1d")
    (second,) = imposed(order(one, START + HOUR, "mute", "1h"))
    assert (second.until, second.alone) == (START + DAY, START + 2 * HOUR)
    assert second.because.parts[-1].key == "sanction.longer"
    assert active(one) == ["mute"]
    one.advance(START + 3 * HOUR)
    assert active(one) == ["mute"]
    step = one.advance(START + DAY)
    assert active(one) == []
    assert [type(d) for d in step.decisions].count(LiftSanction) == 1


def test_a_mistake_takes_only_its_own_time_away() -> None:
    """What the longer one added is gone with it; the shorter one stands."""
    one = hand(Overlap.LONGEST)
    order(one, START, "mute", "10d", id="wrong")
    order(one, START + HOUR, "mute", "1d")
    step = overturn(one, "wrong", START + 2 * HOUR)
    assert not [d for d in step.decisions if isinstance(d, LiftSanction)]
    assert active(one) == ["mute"]
    one.advance(START + HOUR + DAY)
    assert active(one) == []


def test_independent_ones_have_ends_of_their_own() -> None:
    """A ban of a day on top of a permanent one frees nobody when it is over."""
    one = hand(Overlap.INDEPENDENT)
    order(one, START, "ban")
    order(one, START + DAY, "ban", "1d")
    assert active(one) == ["ban", "ban"]
    step = one.advance(START + 2 * DAY)
    assert not [d for d in step.decisions if isinstance(d, LiftSanction)]
    assert (active(one), ends(one)) == (["ban"], NEVER)
    assert where(one) is Whereabouts.BANNED


def test_the_new_one_may_take_the_place() -> None:
    """Even where it is shorter; the old one does not come back after it."""
    one = hand(Overlap.REPLACE)
    order(one, START, "mute", "10d")
    (second,) = imposed(order(one, START + DAY, "mute", "1d"))
    assert second.because.parts[-1].key == "sanction.replaces"
    assert active(one) == ["mute"]
    one.advance(START + 2 * DAY)
    assert active(one) == []
    later = one.advance(START + 10 * DAY)
    assert not [d for d in later.decisions if isinstance(d, LiftSanction)]


def test_what_a_mistake_replaced_comes_back() -> None:
    """As if it had never been imposed."""
    one = hand(Overlap.REPLACE)
    order(one, START, "mute", "10d")
    order(one, START + DAY, "mute", "1d", id="wrong")
    overturn(one, "wrong", START + DAY + HOUR)
    one.advance(START + 3 * DAY)
    assert active(one) == ["mute"]


@pytest.mark.parametrize(
    ("rule", "first", "second", "stands"),
    [
        (Overlap.MANUAL_OVER_AUTOMATIC, None, "mod", False),
        (Overlap.MANUAL_OVER_AUTOMATIC, "mod", "mod", True),
        (Overlap.MANUAL_OVER_AUTOMATIC, "mod", None, True),
        (Overlap.REFUSE, None, "mod", True),
    ],
)
def test_a_second_one_may_be_refused(
    rule: Overlap, first: str | None, second: str | None, stands: object
) -> None:
    """With the reason, and nothing changed."""
    one = hand(rule)
    order(one, START, "mute", "10d", actor=first and MemberId(first))
    before = one.member().sanctions
    told = order(one, START + HOUR, "mute", "1d", actor=second and MemberId(second))
    assert bool(refused(told)) == stands
    assert (one.member().sanctions == before) == stands
    assert active(one) == ["mute"]


def test_a_ladder_adds_nothing_where_another_stands() -> None:
    """The strike is recorded, and the reason told."""
    one = hand(Overlap.REFUSE)
    order(one, START, "mute")
    step = one.tell(ev.RuleBroken, START + HOUR, rule="flood")
    assert refused(step) == ["sanction.already_active"]
    assert len(one.member().strikes) == 1


def test_mercy_for_one_is_no_mercy_for_the_other() -> None:
    """Lifting one of two leaves the member held."""
    one = hand(Overlap.INDEPENDENT)
    order(one, START, "mute", "10d")
    order(one, START, "mute", "5d")
    first = one.member().sanctions[0].id
    step = one.tell(ev.SanctionLifted, START + HOUR, sanction=DecisionId(first))
    assert not step.decisions
    assert active(one) == ["mute"]


@pytest.mark.parametrize(
    ("kind", "lasts", "found"),
    [
        ("ban", "", Whereabouts.BANNED),
        ("remove", "", Whereabouts.REMOVED),
        ("suspend", "3d", Whereabouts.SUSPENDED),
        ("mute", "3d", Whereabouts.ACTIVE),
        ("warning", "", Whereabouts.ACTIVE),
    ],
)
def test_where_the_record_leaves_the_person(
    kind: str, lasts: str, found: Whereabouts
) -> None:
    """The harshest that holds; leaving changes nothing about it."""
    one = hand(Overlap.LONGEST)
    one.tell(ev.Joined, START)
    order(one, START + HOUR, kind, lasts)
    assert where(one) is found
    one.tell(ev.Left, START + 2 * HOUR)
    gone = Whereabouts.LEFT if found is Whereabouts.ACTIVE else found
    assert where(one) is gone


@pytest.mark.parametrize("back", [ev.Joined, ev.MembershipImported])
def test_a_removal_holds_until_the_person_is_let_in(back: Any) -> None:
    """Then strikes are answered again; what was told late changes nothing."""
    one = both(rung(1, "remove"))
    assert breach(one) == "remove"
    assert where(one) is Whereabouts.REMOVED
    assert breach(one, START + HOUR) is None
    more: dict[str, Any] = (
        {"since": START + DAY} if back is ev.MembershipImported else {}
    )
    one.tell(back, START + DAY, **more)
    assert where(one) is Whereabouts.ACTIVE
    assert breach(one, START + 2 * DAY) == "remove"


def test_who_was_put_out_by_hand_is_not_sanctioned_again() -> None:
    """Strikes are recorded only, also where the platform alone removed the person."""
    one = both(rung(1, "mute", "1d"))
    one.tell(ev.Joined, START)
    one.tell(ev.MemberRemoved, START + HOUR)
    step = one.tell(ev.RuleBroken, START + 2 * HOUR, rule="flood")
    assert not [d for d in step.decisions if isinstance(d, ApplySanction)]
    assert len(one.member().strikes) == 1


def test_a_ban_that_is_over_ends_the_silence_of_the_ladder() -> None:
    """While it lasts strikes are recorded, afterwards they are answered."""
    one = both(rung(1, "ban", "40d"), rung(3, "ban"))
    found = [breach(one, START + day * DAY) for day in (0, 1, 40)]
    assert found == ["ban", None, "ban"]
    assert ends(one) == NEVER
