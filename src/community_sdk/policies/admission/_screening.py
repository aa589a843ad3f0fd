"""All enter, screening comes later: who fits another group is shown the way (S03)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from attrs import field, validators

from community_sdk._time import Duration, instant
from community_sdk._values import frozen
from community_sdk.conditions import Condition, holds, metrics, verdict
from community_sdk.decisions import Mode, Recommend, SetTimer, Wish
from community_sdk.events import EventTypes, Joined, TimerFired
from community_sdk.explanation import because
from community_sdk.metrics import Metric
from community_sdk.model import GroupId, PolicyKey
from community_sdk.policies._policy import Reference, Scope, group_names, unknown
from community_sdk.state import Definition, State

__all__ = ["EntryScreening", "Prospect"]


@frozen(kw_only=True)
class Prospect:
    """Whoever meets *when* at the screening belongs into *group*."""

    group: GroupId
    when: Condition


@frozen(kw_only=True)
class EntryScreening:
    """Look at each new member *after* a time and recommend a group that fits.

    The first prospect whose condition holds is taken; who is in its group already, or
    meets none, is left where he is. Coming back after leaving is screened anew.
    """

    answers: ClassVar[EventTypes] = (Joined, TimerFired)

    key: PolicyKey
    after: Duration
    prospects: tuple[Prospect, ...] = field(validator=validators.min_len(1))
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What the conditions measure."""
        return tuple(
            dict.fromkeys(m for each in self.prospects for m in metrics(each.when))
        )

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name groups that the playbook does not have."""
        rooms = group_names(definition)
        for i, each in enumerate(self.prospects):
            yield from unknown(f"prospects[{i}].group", each.group, rooms)

    def decide(self, event: Joined | TimerFired, state: State, /) -> Iterator[Wish]:
        """Plan the screening of a newcomer; screen when it is due."""
        member = state.member
        if isinstance(event, Joined):
            if member.since == state.at_us:
                due = self.after.after(state.now_us, state.calendar.where)
                yield SetTimer("screening", instant(due))
        elif member.here:
            yield from self._screen(state)

    def _screen(self, state: State) -> Iterator[Wish]:
        fits = (each for each in self.prospects if holds(each.when, state))
        found = next(fits, None)
        if found is None or found.group in state.member.groups:
            return
        rows = verdict(found.when, state).because()
        yield Recommend(
            member=state.member.id,
            group=found.group,
            action="move_to_group",
            properties={"group": str(found.group)},
            because=because("admission.screened", rows, group=found.group),
        )
