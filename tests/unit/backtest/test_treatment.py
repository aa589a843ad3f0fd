"""Who is treated worse: by the harshest that differs, and by when it came."""

from __future__ import annotations

from attrs import evolve

from community_sdk import events as ev
from community_sdk.backtest import Treatment, backtest
from community_sdk.events import Event
from community_sdk.model import EventId, MemberId
from community_sdk.playbook import Playbook
from community_sdk.policies import PenaltyLadder, Trigger
from tests.unit.backtest.stage import book, breach, day

ANN = MemberId("ann")
TURNED = {
    Treatment.WORSE: Treatment.BETTER,
    Treatment.BETTER: Treatment.WORSE,
    Treatment.DIFFERENT: Treatment.DIFFERENT,
    Treatment.SAME: Treatment.SAME,
}


def verdict(one: Playbook, other: Playbook, history: list[Event]) -> Treatment:
    """How the one member of *history* is treated by the other, from both sides."""

    def of(first: Playbook, second: Playbook) -> Treatment:
        found = backtest(history, first, second)
        (treatment,) = (t for t, count in found.members.items() if count)
        return treatment

    here, there = of(one, other), of(other, one)
    assert there is TURNED[here]
    return here


def breaches(*days: float) -> list[Event]:
    """Breaches of one member."""
    return [breach(each) for each in days]


def test_later_is_milder_although_it_warns_once_more() -> None:
    """The removal weighs more than one warning on the way to it."""
    strict = book("warning", "remove")
    milder = book("warning", "warning", "remove")
    assert verdict(strict, milder, breaches(0, 1, 2)) is Treatment.BETTER
    assert verdict(strict, milder, breaches(0, 1)) is Treatment.BETTER
    assert verdict(strict, milder, breaches(0)) is Treatment.SAME


def test_earlier_is_harsher() -> None:
    """The same measure, on the same day."""
    early, late = book("mute 24h"), book("-", "mute 24h")
    assert verdict(early, late, breaches(0, 0.1)) is Treatment.BETTER


def test_a_longer_one_outweighs_an_earlier_one() -> None:
    """Each length is a harshness of its own."""
    early, long = book("mute 1h"), book("reminder", "mute 720h")
    assert verdict(early, long, breaches(0, 1)) is Treatment.WORSE


def test_now_more_and_now_fewer_is_neither() -> None:
    """One mutes first, the other twice."""
    first, twice = book("mute 24h"), book("-", "mute 24h")
    (ladder,) = first.policies
    assert isinstance(ladder, PenaltyLadder)
    once = evolve(ladder, trigger=Trigger.ON_CROSSING)
    first = evolve(first, policies=(once,))
    assert verdict(first, twice, breaches(0, 5)) is Treatment.BETTER
    assert verdict(first, twice, breaches(0, 5, 9)) is Treatment.DIFFERENT


def test_what_is_undone_counts_off() -> None:
    """Muted by mistake is worse than never; never better than somebody else's mute."""
    history: list[Event] = [
        breach(0),
        ev.StrikeOverturned(
            id=EventId("o"), at=day(0.5), member=ANN, strike=breach(0).id
        ),
    ]
    muted, spared = book("mute 24h"), book("-", "mute 24h")
    assert verdict(muted, spared, history) is Treatment.BETTER
    later = [*history, breach(2), breach(3)]
    assert verdict(muted, spared, later) is Treatment.BETTER
