"""Supporters who do not say that they are: flagged, with the reason (S16 S29)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Final

from attrs import field, validators

from community_sdk._time import Duration, instant, micros
from community_sdk._values import frozen
from community_sdk.decisions import Mode, Recommend
from community_sdk.events import Event, EventTypes, MessagePosted, SupporterKnown
from community_sdk.explanation import because
from community_sdk.model import PolicyKey, RoleName, Tie
from community_sdk.policies._policy import Reference, Scope, role_names, unknown
from community_sdk.state import Definition, State

__all__ = ["SupporterWatch"]

_MONTH: Final = Duration.parse("30d")
_SUPPORTER: Final = (RoleName("supporter"),)


@frozen(kw_only=True)
class SupporterWatch:
    """Flag who speaks as a member, is known to be staff or paid, and does not say so.

    Whoever holds a role in *openly* when speaking has declared it. The flag is raised
    with the first message that is not declared, and again after *again_after*.

    Attributes:
        openly: The roles that declare the tie, such as `supporter` and those of staff.
        again_after: After how long the flag is raised again.
    """

    answers: ClassVar[EventTypes] = (SupporterKnown, MessagePosted)
    folds: ClassVar[EventTypes] = (SupporterKnown, MessagePosted)

    key: PolicyKey
    openly: tuple[RoleName, ...] = field(
        default=_SUPPORTER, validator=validators.min_len(1)
    )
    again_after: Duration = _MONTH
    mode: Mode = Mode.ACT
    scope: Scope = field(default=Scope.MEMBER)

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name roles that the playbook does not have."""
        yield from unknown("openly", self.openly, role_names(definition))

    def start(self) -> None:
        """Remember nothing of a member without ties."""

    def fold(
        self, mine: dict[str, Any] | None, event: Event, state: State, /
    ) -> dict[str, Any] | None:
        """Remember the latest tie known, and when it was flagged."""
        if isinstance(event, SupporterKnown):
            at = micros(event.at)
            if mine is not None and at < mine["since"]:
                return mine
            told = None if mine is None else mine["told"]
            tie = event.tie.value
            return {"tie": tie, "since": at, "told": told, "new": False}
        if mine is None:
            return None
        new = self._hidden(mine, event, state)
        return {**mine, "new": new, "told": state.now_us if new else mine["told"]}

    def join(
        self, mine: dict[str, Any], other: dict[str, Any], _: State, /
    ) -> dict[str, Any]:
        """Keep the later word about either account, and when it was flagged last."""
        latest = max(other, mine, key=lambda known: known["since"])
        flags = [known["told"] for known in (mine, other) if known["told"] is not None]
        return {**latest, "told": max(flags, default=None)}

    def decide(self, event: Event, state: State, /) -> Iterator[Recommend]:
        """Flag the message."""
        mine = state.mine
        if isinstance(event, SupporterKnown) or mine is None or not mine["new"]:
            return
        yield Recommend(
            member=event.member,
            group=event.group,
            action="declare_supporter",
            properties={"tie": mine["tie"]},
            because=because(
                "supporter.hidden",
                tie=mine["tie"],
                since=instant(mine["since"]),
                said=event.at,
                openly=self.openly,
            ),
        )

    def _hidden(self, mine: dict[str, Any], event: Event, state: State) -> bool:
        at, where = state.at_us, state.calendar.where
        if mine["tie"] == Tie.NONE.value or not event.dated or at < mine["since"]:
            return False
        if any(state.member.holds(role, at, event.group) for role in self.openly):
            return False
        told: int | None = mine["told"]
        return told is None or self.again_after.after(told, where) <= state.now_us
