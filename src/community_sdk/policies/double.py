"""One person, one of several groups: found, refused at entry, with a rule (S03 S29)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Literal

from attrs import field, validators

from community_sdk._time import Window
from community_sdk._values import frozen
from community_sdk.decisions import Decision, Mode, Recommend, RefuseAdmission
from community_sdk.errors import DefinitionError
from community_sdk.events import (
    EventTypes,
    IdentityLinked,
    Invited,
    Joined,
    JoinRequested,
)
from community_sdk.explanation import because
from community_sdk.metrics import Metric
from community_sdk.model import GroupId, PolicyKey, RoleName
from community_sdk.policies._policy import (
    Reference,
    Scope,
    group_names,
    role_names,
    unknown,
)
from community_sdk.state import Definition, State

__all__ = ["DoubleMembership"]


@frozen(kw_only=True)
class DoubleMembership:
    """A member is in one of *groups* at most.

    A request for a second one is refused (*at_entry*), naming the first. Who is found
    in several keeps one, the others are recommended to be left: the ``oldest`` entry;
    the group *named*, else the oldest; or the one of the ``most_active`` writing in
    *window*, equals by age. Ties go by the name of the group. Who holds a role in
    *exempt* (staff) may be in all.
    """

    answers: ClassVar[EventTypes] = (JoinRequested, Invited, Joined, IdentityLinked)

    key: PolicyKey
    groups: tuple[GroupId, ...] = field(validator=validators.min_len(2))
    keep: Literal["oldest", "named", "most_active"] = "oldest"
    named: GroupId | None = None
    window: Window = field(factory=lambda: Window.parse("30d"))
    exempt: tuple[RoleName, ...] = ()
    at_entry: Literal["refuse", "let_in"] = "refuse"
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def __attrs_post_init__(self) -> None:
        """Refuse to keep a group that is not named, or not of the set."""
        if self.keep == "named" and self.named not in self.groups:
            raise DefinitionError(
                f"expected `named` to be one of the groups of `{self.key}`, found"
                f" `{self.named or ''}`",
                code="double.named",
                hint="name the group that is kept",
                found=str(self.named or ""),
                key=self.key,
            )

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The messages of the member in each group."""
        return tuple(map(self._writing, self.groups if self._by_activity else ()))

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name groups and roles that the playbook does not have."""
        yield from unknown("groups", self.groups, group_names(definition))
        yield from unknown("exempt", self.exempt, role_names(definition))

    def decide(
        self, event: JoinRequested | Invited | Joined | IdentityLinked, state: State, /
    ) -> Iterator[Decision]:
        """Refuse a second group, or recommend which ones to leave."""
        held = [group for group in self.groups if group in state.member.groups]
        if any(state.member.holds(role, state.now_us) for role in self.exempt):
            return
        if not isinstance(event, (JoinRequested, Invited)):
            yield from self._sort_out(held, state)
        elif self.at_entry == "refuse" and event.group in self.groups:
            first = next((group for group in held if group != event.group), None)
            if first is not None:
                why = because("double.refused", group=event.group, first=first)
                yield RefuseAdmission(
                    member=event.member,
                    group=event.group,
                    because=because("admission.refused", why),
                )

    @property
    def _by_activity(self) -> bool:
        return self.keep == "most_active"

    def _writing(self, group: GroupId) -> Metric:
        return Metric("count", "message", self.window, where=(("group", group),))

    def _sort_out(self, held: list[GroupId], state: State) -> Iterator[Recommend]:
        if len(held) < 2:  # noqa: PLR2004 - one is as it should be
            return
        kept = min(held, key=lambda group: self._order(group, state))
        for group in held:
            if group != kept:
                yield Recommend(
                    member=state.member.id,
                    group=group,
                    action="leave_group",
                    properties={"group": str(group), "keep": str(kept)},
                    because=because(
                        "double.member", group=group, kept=kept, keep=self.keep
                    ),
                )

    def _order(self, group: GroupId, state: State) -> tuple[int, int, str]:
        first = 0
        if self._by_activity:
            first = -(state.measure(self._writing(group)) or 0)
        elif self.keep == "named":
            first = group != self.named
        return (first, state.member.groups[group], str(group))
