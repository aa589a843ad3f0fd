"""Going, and what it leaves: farewell and terms; peace after a complaint (S25 S07)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Final, Literal

from attrs import field

from community_sdk._time import Duration, instant
from community_sdk._values import frozen
from community_sdk.decisions import Decision, Mode, PauseContact, Recommend
from community_sdk.events import Event, EventTypes, Exogenous, Left, MemberRemoved
from community_sdk.explanation import because
from community_sdk.model import PolicyKey
from community_sdk.policies._policy import Scope
from community_sdk.state import State

__all__ = ["ContactCoolDown", "ExitPolicy"]

_OUTREACH: Final = ("greet_personally", "greet", "next_step", "show_the_way")


@frozen(kw_only=True)
class ExitPolicy:
    """Answer an exit from the community: say the terms, and follow its reason up.

    *follow_up* maps the word of a reason to what is recommended; other exits get the
    *farewell* (empty: nothing). The explanation says what stays: strikes, sanctions
    and decisions always, *points* as set; with *end_roles* the roles still held are to
    be ended. Leaving one group only is no exit.
    """

    answers: ClassVar[EventTypes] = (Left, MemberRemoved)

    key: PolicyKey
    follow_up: Mapping[str, str] = field(factory=dict[str, str], hash=False)
    farewell: str = "say_goodbye"
    points: Literal["kept", "forfeited"] = "kept"
    end_roles: bool = True
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def decide(
        self, event: Left | MemberRemoved, state: State, /
    ) -> Iterator[Decision]:
        """Recommend the farewell, and to end the roles."""
        member = state.member
        if event.group is not None or member.here:
            return
        now = state.now_us
        removed = isinstance(event, MemberRemoved)
        reason = event.reason if isinstance(event, Left) else ""
        roles = member.as_member(now).roles
        action = self.follow_up.get(reason, "" if removed else self.farewell)
        if action:
            yield Recommend(
                member=event.member,
                action=action,
                because=because(
                    "exit.left",
                    reason=reason or None,
                    since=None if member.since is None else instant(member.since),
                    strikes=sum(not s.overturned for s in member.strikes),
                    running=len(member.in_force(now)),
                    points=self.points,
                ),
            )
        if self.end_roles and roles:
            why = because("exit.roles", roles=roles)
            yield Recommend(member=event.member, action="end_roles", because=why)


@frozen(kw_only=True)
class ContactCoolDown:
    """Leave a person who complained alone for *lasts*.

    *after* are the events, each one's actor is the person (the member where none is
    named). Greetings and the recommended *actions* are held back meanwhile; duties,
    sanctions and answers to the complaint itself go on.
    """

    answers: ClassVar[EventTypes] = (Exogenous,)

    key: PolicyKey
    lasts: Duration
    after: tuple[str, ...] = ("complaint_filed",)
    actions: tuple[str, ...] = _OUTREACH
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    @property
    def words(self) -> frozenset[str]:
        """The events that begin a pause."""
        return frozenset(self.after)

    def decide(self, event: Event, state: State, /) -> Iterator[PauseContact]:
        """Begin a pause, or let it last longer."""
        person = event.actor or event.member
        if person is None:
            return
        until = instant(self.lasts.after(state.now_us, state.calendar.where))
        yield PauseContact(
            member=person,
            until=until,
            actions=self.actions,
            because=because("exit.pause", event=event.name, until=until),
        )
