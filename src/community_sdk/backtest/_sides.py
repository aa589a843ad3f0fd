"""The two sides of a backtest: a playbook at work, or the operators as they acted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final, Protocol

from attrs import define, field, frozen

from community_sdk import events as ev
from community_sdk._time import Duration, instant, micros
from community_sdk.backtest._bars import Bars
from community_sdk.decisions import ApplySanction
from community_sdk.engine import Engine, Operable, Step, WholeEngine
from community_sdk.errors import TooLate
from community_sdk.explanation import Explanation, because
from community_sdk.model import (
    SANCTIONS,
    DecisionId,
    LadderStep,
    PolicyKey,
    SanctionKind,
)

__all__ = ["AS_ACTED", "AsActed", "Side", "side"]


@frozen
class AsActed:
    """Stands for what the operators really did, in the place of a playbook."""

    name: str = "operators"


AS_ACTED: Final = AsActed()
"""What the operators really did: by order, in an emergency, imported, removals."""

_OPERATORS: Final = PolicyKey("operators")


class Side(Protocol):
    """One of the two records; *real*: what it tells of did happen."""

    name: str
    version: str
    digest: str
    bars: Bars
    late: int
    real: bool

    def advance(self, until: datetime, /) -> Step:
        """Fire what is due by *until*."""
        ...

    def receive(self, event: ev.Event, /) -> Step | None:
        """Handle *event*; None where it came too late for this side."""
        ...

    def standing(self, member: str, /) -> Explanation | None:
        """Explain where *member* stands, where that is known."""
        ...

    def bots(self) -> Iterable[str]:
        """Name the members that are machines, as far as they are known."""
        ...


@define
class _Playbook:
    """An engine of its own, with everybody in memory."""

    engine: Engine
    name: str
    version: str
    digest: str
    bars: Bars = field(factory=Bars)
    late: int = 0
    real: bool = False

    def advance(self, until: datetime, /) -> Step:
        return WholeEngine(self.engine).advance(until)

    def receive(self, event: ev.Event, /) -> Step | None:
        try:
            return WholeEngine(self.engine).receive(event)
        except TooLate:
            self.late += 1
            return None

    def standing(self, member: str, /) -> Explanation | None:
        return self.engine.standing(member)

    def bots(self) -> Iterable[str]:
        return (str(key) for key, m in self.engine.members.items() if m.bot)


@define
class _Operators:
    """Nobody decides here: what was done is read off the events."""

    kinds: dict[str, SanctionKind]
    where: tzinfo
    name: str = AS_ACTED.name
    version: str = ""
    digest: str = ""
    bars: Bars = field(factory=Bars)
    late: int = 0
    real: bool = True

    def advance(self, until: datetime, /) -> Step:
        return Step()

    def receive(self, event: ev.Event, /) -> Step | None:
        read = _ACTS.get(event.kind)
        found = None if read is None or event.member is None else read(event)
        if found is None:
            return Step()
        measure, length, until, key = found
        if isinstance(length, Duration):
            until = instant(length.after(micros(event.recorded_at), self.where))
        kind = self.kinds.get(measure) or SanctionKind(measure, 0, holds=True)
        why = because("backtest.acted", act=event.kind, actor=event.actor)
        decision = ApplySanction(
            member=event.member,
            group=event.group,
            step=LadderStep(at=1, kind=kind),
            until=until,
            because=why,
            id=DecisionId(key or f"{event.id}:acted"),
            policy=_OPERATORS,
            trigger=str(event.id),
            at=event.recorded_at,
        )
        return Step(decisions=(decision,))

    def standing(self, member: str, /) -> Explanation | None:
        return None

    def bots(self) -> Iterable[str]:
        return ()


_Act = tuple[str, Duration | None, datetime | None, str]


def _measure(event: Any) -> _Act | None:
    length, until = getattr(event, "duration", None), getattr(event, "until", None)
    return (event.measure, length, until, str(getattr(event, "sanction", "")))


def _removed(event: ev.Event) -> _Act | None:
    """Read a removal; who puts him- or herself out leaves."""
    return None if event.actor == event.member else ("remove", None, None, "")


_ACTS: Final[dict[str, Callable[[Any], _Act | None]]] = {
    "emergency_acted": _measure,
    "member_removed": _removed,
    "sanction_imported": _measure,
    "sanction_ordered": _measure,
}


def side(book: Operable | AsActed, against: Operable | AsActed, where: tzinfo) -> Side:
    """Return the side that *book* is; measures of its own are those of *against*."""
    if not isinstance(book, AsActed):
        name = str(getattr(book, "name", "")) or book.version
        return _Playbook(Engine(book), name, book.version, book.digest)
    kinds = dict(SANCTIONS)
    for policy in getattr(against, "policies", ()):
        for step in _steps(policy):
            kinds.setdefault(step.kind.word, step.kind)
    return _Operators(kinds, where)


def _steps(policy: Any) -> Sequence[LadderStep]:
    steps = getattr(policy, "steps", ())
    return [step for step in steps if isinstance(step, LadderStep)]
