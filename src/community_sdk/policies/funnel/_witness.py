"""Looks on while a history is replayed: which steps each event was, and for whom."""

from __future__ import annotations

from typing import Any, ClassVar

from attrs import field, frozen

from community_sdk.decisions import Mode
from community_sdk.events import Event, EventTypes
from community_sdk.metrics import Metric
from community_sdk.model import PolicyKey
from community_sdk.policies._policy import Scope
from community_sdk.policies.funnel._funnel import Funnel
from community_sdk.state import State

__all__ = ["Witness"]


@frozen(kw_only=True)
class Witness:
    """Sees what the engine folds, and decides nothing; for one replay.

    Attributes:
        funnel: Whose steps are asked of the member as each event comes in.
        seen: What came in, facts of the engine included.
        held: By event, the steps that it was.
    """

    answers: ClassVar[EventTypes] = (Event,)
    folds: ClassVar[EventTypes] = answers

    key: PolicyKey
    funnel: Funnel
    seen: list[Event] = field(factory=list[Event])
    held: dict[str, tuple[int, ...]] = field(factory=dict[str, "tuple[int, ...]"])
    mode: Mode = Mode.SHADOW
    scope: Scope = Scope.MEMBER

    @property
    def words(self) -> frozenset[str]:
        """What the funnel wants to see."""
        return self.funnel.words

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What the funnel measures."""
        return self.funnel.metrics

    def start(self) -> dict[str, Any]:
        """Remember nothing of a member."""
        return {}

    def fold(self, mine: dict[str, Any], event: Event, state: State, /) -> Any:
        """Note the event, and which steps it is with the member as it stands."""
        self.seen.append(event)
        self.held[str(event.id)] = self.funnel.matching(event, state)
        return mine

    def decide(self, _: Event, __: State, /) -> tuple[()]:
        """Decide nothing."""
        return ()

    def stood(self, event: Event, step: int) -> bool:
        """Tell whether the member stood as the *step* asks when *event* came in."""
        return step in self.held[str(event.id)]
