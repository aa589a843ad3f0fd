"""The laws of every playbook, for leagues whose periods are counted and closed."""

from __future__ import annotations

from datetime import timedelta

from attrs import define, field
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk._time import micros
from community_sdk.decisions import ChangeTier, ClosePeriod
from community_sdk.engine import Engine, Step, WholeEngine, asked
from community_sdk.errors import TooLate
from community_sdk.events import Event, StandingsCounted
from community_sdk.playbook import Playbook, dumps, loads
from community_sdk.testing import laws
from community_sdk.testing import strategies as cst
from tests.laws.effort import one_in

KINDS = (
    *("message", "message", "message", "purchase", "joined", "left", "tier_imported"),
    *("role_assigned", "rule_broken", "identity_linked", "member_removed"),
)


@define
class Log:
    """A history with the counts that a shell would add to it, where it would."""

    engine: Engine
    events: list[Event] = field(factory=list[Event])

    def tell(self, event: Event) -> None:
        """Close what is over by *event*, then take it."""
        now = micros(event.recorded_at)
        while (timer := self.engine.community.due(now)) is not None:
            due = event.recorded_at - timedelta(
                microseconds=max(now - timer[0] - timer[1], 0)
            )
            self._follow(self.engine.advance(due))
        self._follow(self.engine.receive(event))
        self.events.append(event)

    def _follow(self, step: Step) -> None:
        for request in asked(step):
            counted = self.engine.standings(request)
            answer = self.engine.receive(counted)
            self.events.append(counted)
            self._follow(answer)


@st.composite
def books(draw: st.DrawFn) -> Playbook:
    """Playbooks with a league."""
    found: Playbook = draw(
        cst.playbooks(("league", "ladder", "tier")).filter(
            lambda book: book.policy("league") is not None
        )
    )
    return found


@st.composite
def runs(draw: st.DrawFn) -> tuple[Playbook, list[Event]]:
    """A playbook with a league, and a history that moves it."""
    book = draw(books())
    late = draw(st.booleans())
    told = draw(cst.histories(playbook=book, late=late, kinds=KINDS, max_size=12))
    return book, told


def logged(book: Playbook, told: list[Event]) -> list[Event]:
    """What a shell writes down while it tells *told*."""
    log = Log(Engine(book))
    for event in told:
        log.tell(event)
    return log.events


@given(run=runs())
@settings(one_in(4))
def test_every_law_holds(run: tuple[Playbook, list[Event]]) -> None:
    """Whatever the league, with what was counted as part of the history.

    Names that stand inside a count cannot be swapped from outside: that law is asked
    of the history without counts.
    """
    book, told = run
    log = logged(book, told)
    for law in laws.LAWS:
        named = law is laws.names_do_not_matter
        law(book, [e for e in log if not (named and isinstance(e, StandingsCounted))])


@given(run=runs())
@settings(one_in(4))
def test_whoever_holds_everybody_writes_the_same_log(
    run: tuple[Playbook, list[Event]],
) -> None:
    """A whole engine closes what the log closes; the counts in it are known then."""
    book, told = run
    log = logged(book, told)
    whole, bare = WholeEngine(Engine(book)), Engine(book)
    expected = [d for step in whole.replay(told) for d in step.decisions]
    found = [d for event in log for d in bare.receive(event).decisions]
    kinds = (ChangeTier, ClosePeriod)
    assert [d for d in found if isinstance(d, kinds)] == [
        d for d in expected if isinstance(d, kinds)
    ]
    again = Engine(book)
    for event in log:
        again.receive(event)
    for event in log:
        try:
            assert again.receive(event).duplicate
        except TooLate:  # ids are remembered as long as an event may be late
            continue
    closes = [d.period for d in found if isinstance(d, ClosePeriod)]
    assert len(closes) == len(set(closes))


@given(book=books())
@settings(one_in(4))
def test_they_stand_in_a_file(book: Playbook) -> None:
    """A playbook written to a file and read again is the same."""
    assert loads(dumps(book)) == book
