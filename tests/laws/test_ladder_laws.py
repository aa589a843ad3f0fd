"""The laws of penalties hold for drawn ladders, and find wrong ones (S06)."""

from collections.abc import Callable, Iterator

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk._time import Duration
from community_sdk.decisions import Decision, Mode
from community_sdk.events import Event, RuleBroken, StrikeOverturned
from community_sdk.model import (
    SANCTIONS,
    Community,
    CommunityId,
    EventId,
    LadderStep,
    MemberId,
    PolicyKey,
    Rule,
    Rulebook,
    RuleCode,
)
from community_sdk.playbook import Playbook, dumps, loads
from community_sdk.policies import PenaltyLadder, Tally
from community_sdk.proposal import Consent
from community_sdk.state import State
from community_sdk.testing import laws
from community_sdk.testing import strategies as cst
from tests.laws.effort import one_in
from tests.unit.desk import HOUR, START

ORDER = (
    *("rule_broken",) * 6,
    *("strike_overturned", "sanction_lifted", "message", "joined", "role_assigned"),
    *("proposal_approved", "proposal_refused", "sanction_imported", "left"),
)


@st.composite
def runs(draw: st.DrawFn) -> tuple[Playbook, list[Event]]:
    """A playbook of one ladder, and acts of order, late ones among them."""
    book = draw(cst.playbooks(("ladder",), modes=(Mode.ACT,)))
    if draw(st.booleans()):
        book = evolve(book, approval=Consent())
    late = draw(st.booleans())
    history = cst.histories(
        playbook=book, kinds=ORDER, late=late, min_size=3, names=("ann", "bo")
    )
    return book, draw(history)


@given(run=runs())
@settings(one_in(1))
def test_every_law_of_penalties_holds(run: tuple[Playbook, list[Event]]) -> None:
    """Whatever the ladder and the history."""
    for law in (
        *laws.LADDER_LAWS,
        laws.one_consequence,
        laws.sanctions_end_or_are_open,
    ):
        law(*run)


@given(book=cst.playbooks(("ladder",)))
@settings(one_in(1))
def test_every_switch_goes_through_a_file(book: Playbook) -> None:
    """And comes back as it was."""
    assert loads(dumps(book)) == book


# -- wrong ladders -------------------------------------------------------------------


class Favours(PenaltyLadder):
    """Answers the breaches of everybody, except of those whose name it likes."""

    def decide(
        self, event: RuleBroken | StrikeOverturned, state: State, /
    ) -> Iterator[Decision]:
        """Look away."""
        if event.member != "ann":
            yield from super().decide(event, state)


class Tires(PenaltyLadder):
    """Answers only the first two breaches."""

    def decide(
        self, event: RuleBroken | StrikeOverturned, state: State, /
    ) -> Iterator[Decision]:
        """Lose interest."""
        if len(state.member.strikes) <= 2:
            yield from super().decide(event, state)


class Resents(PenaltyLadder):
    """Never takes anything back."""

    def decide(
        self, event: RuleBroken | StrikeOverturned, state: State, /
    ) -> Iterator[Decision]:
        """Hear breaches alone."""
        if isinstance(event, RuleBroken):
            yield from super().decide(event, state)


class Hearsay(PenaltyLadder):
    """Counts only what it heard in time."""

    def tally(
        self, state: State, /, category: str | None = None, rule: str | None = None
    ) -> Tally:
        """Count less where something was told late."""
        found = super().tally(state, category, rule)
        late = [s for s in found.counted if s.recorded > s.occurred]
        return evolve(found, total=found.total - len(late))


def told(*breaches: tuple[int, int]) -> list[Event]:
    """Breaches of ann, each so many hours after the start, and so much later known."""
    return [
        RuleBroken(
            id=EventId(f"e{nth}"),
            at=START + at * HOUR,
            recorded_at=START + (at + late) * HOUR,
            member=MemberId("ann"),
            rule=RuleCode("ads"),
            seq=nth,
        )
        for nth, (at, late) in enumerate(breaches)
    ]


def around(make: type[PenaltyLadder]) -> Playbook:
    """A community with a warning at once and mutes of a day from the second on."""
    steps = (
        LadderStep(at=1, kind=SANCTIONS["warning"]),
        LadderStep(at=2, kind=SANCTIONS["mute"], duration=Duration.parse("24h")),
    )
    return Playbook(
        community=Community(key=CommunityId("c")),
        rulebook=Rulebook(rules=(Rule(code=RuleCode("ads")),)),
        policies=(make(key=PolicyKey("ladder"), steps=steps),),
    )


@pytest.mark.parametrize(
    ("law", "wrong"),
    [
        (laws.equal_records_earn_equal_penalties, Favours),
        (laws.more_offences_are_never_milder, Tires),
        (laws.what_was_overturned_never_counted, Resents),
        (laws.arrival_order_changes_no_tally, Hearsay),
    ],
)
def test_a_wrong_ladder_is_found(
    law: Callable[[Playbook, list[Event]], None], wrong: type[PenaltyLadder]
) -> None:
    """By its law, which lets the ladder as it is pass."""
    history = told((0, 0), (2, 0), (4, 0), (3, 2))
    law(around(PenaltyLadder), history)
    with pytest.raises(AssertionError):
        law(around(wrong), history)
