"""Something is worth a look: a duty is told, and nobody gets a strike (S06 S13)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from attrs import field, validators

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.decisions import Mode, Recommend
from community_sdk.events import (
    ContentNoticed,
    EventTypes,
    MessagePosted,
)
from community_sdk.explanation import because
from community_sdk.model import Mark, PolicyKey, RoleName
from community_sdk.policies._policy import Reference, Scope, role_names, unknown
from community_sdk.state import Definition, State

__all__ = ["AlertPolicy"]


@frozen(kw_only=True)
class AlertPolicy:
    """Show what bears one of *marks* to *duty*, without a strike.

    A message with a link bears the mark ``link`` by itself. The same mark of the same
    member is shown again only after *again_after* (None: every time). Who holds a role
    in *exempt* is passed over.
    """

    answers: ClassVar[EventTypes] = (ContentNoticed, MessagePosted)
    folds: ClassVar[EventTypes] = (ContentNoticed, MessagePosted)

    key: PolicyKey
    duty: RoleName
    marks: tuple[Mark, ...] = field(validator=validators.min_len(1))
    again_after: Duration | None = None
    exempt: tuple[RoleName, ...] = ()
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name roles that the playbook does not have."""
        yield from unknown("duty", self.duty, role_names(definition))
        yield from unknown("exempt", self.exempt, role_names(definition))

    def start(self) -> dict[str, list[int]]:
        """Remember nothing shown."""
        return {}

    def fold(
        self,
        mine: dict[str, list[int]],
        event: ContentNoticed | MessagePosted,
        state: State,
        /,
    ) -> dict[str, list[int]]:
        """Remember when each mark was shown last, and whether it is shown now."""
        mark = self._mark(event)
        if mark is None:
            return mine
        last, _ = mine.get(mark.value, [-1, 0])
        if last < 0 or self.again_after is None:
            fresh = True
        else:
            again = self.again_after.after(last, state.calendar.where)
            fresh = state.now_us >= again
        mine[mark.value] = [state.now_us if fresh else last, int(fresh)]
        return mine

    def join(
        self, mine: dict[str, list[int]], other: dict[str, list[int]], _: State, /
    ) -> dict[str, list[int]]:
        """Let each mark have been shown when it was last shown of either account."""
        words = sorted({*mine, *other})
        never = [-1, 0]
        last = {w: max(s.get(w, never)[0] for s in (mine, other)) for w in words}
        return {word: [at, 0] for word, at in last.items()}

    def decide(
        self, event: ContentNoticed | MessagePosted, state: State, /
    ) -> Iterator[Recommend]:
        """Show it."""
        mark = self._mark(event)
        if mark is None or not state.mine[mark.value][1]:
            return
        member, now = state.member, state.now_us
        if any(member.holds(role, now, event.group) for role in self.exempt):
            return
        yield Recommend(
            member=event.member,
            group=event.group,
            action="look_at",
            properties={"duty": str(self.duty), "mark": mark.value},
            because=because("alert.mark", mark=mark.value, duty=self.duty, at=event.at),
        )

    def _mark(self, event: ContentNoticed | MessagePosted) -> Mark | None:
        if isinstance(event, ContentNoticed):
            found = event.mark
        elif event.link:
            found = Mark.LINK
        else:
            return None
        return found if found in self.marks else None
