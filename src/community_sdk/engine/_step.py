"""The answer to one event: decisions, the facts they make true, what was dropped."""

from __future__ import annotations

from collections.abc import Iterator

from community_sdk._values import frozen
from community_sdk.decisions import Decision
from community_sdk.events import Event
from community_sdk.explanation import Explanation

__all__ = ["Step", "Suppressed"]


@frozen
class Suppressed:
    """A decision that the conflict table dropped, and for which other one."""

    decision: Decision
    because: Explanation


@frozen(kw_only=True)
class Step:
    """What came of one event, or of time passing.

    Attributes:
        decisions: what should be done, in the order of the playbook; those of timers
            that were due come first, with their due instants.
        facts: what the decisions that need nobody's consent make true.
        suppressed: decisions dropped by the conflict table.
        touched: the partitions that changed; the community's is the empty name.
        duplicate: the event was known already and nothing happened.
        late: the event happened before the latest instant that was known.
    """

    decisions: tuple[Decision, ...] = ()
    facts: tuple[Event, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    touched: frozenset[str] = frozenset()
    duplicate: bool = False
    late: bool = False

    def __iter__(self) -> Iterator[Decision]:
        """Yield the decisions."""
        return iter(self.decisions)
