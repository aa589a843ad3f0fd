"""Whose account an account is, where several turned out to be one person's (S25).

Law: a link tells of persons, so that it does not matter by which of their accounts it
names them; the engine puts records together by the same rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from attrs import define, evolve, field

from community_sdk.events import Event, IdentityLinked, Joined, MembershipImported
from community_sdk.model import MemberId

__all__ = ["Persons", "as_persons", "people"]

_FIELDS: Final = ("member", "actor", "invited_by", "staff", "reply_to")


@define
class Persons:
    """Accounts with the account that each leads to, link by link."""

    _leads: dict[str, str] = field(factory=dict[str, str])

    @classmethod
    def of(cls, events: Iterable[Event], /) -> Persons:
        """Return what all links in *events* say, in the order they became known."""
        links = [event for event in events if isinstance(event, IdentityLinked)]
        found = cls()
        for event in sorted(links, key=lambda e: (e.recorded_at, e.at, e.seq)):
            found.see(event)
        return found

    def see(self, event: IdentityLinked, /) -> None:
        """Take in a link."""
        member, alias = self.person(str(event.member)), self.person(str(event.alias))
        if event.member is not None and member != alias:
            self._leads[alias] = member

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that lead to another one."""
        return tuple(self._leads)

    def person(self, name: str, /) -> str:
        """Return the account that stands for the person whose account *name* is."""
        while name in self._leads:
            name = self._leads[name]
        return name

    def told(self, event: Event, /) -> Event:
        """Return *event* about persons: who did it, to whom, who invited whom."""
        changes: dict[str, Any] = {}
        for name in _FIELDS if self._leads else ():
            known = getattr(event, name, None)
            if known in self._leads:
                changes[name] = MemberId(self.person(known))
        return evolve(event, **changes) if changes else event


def as_persons(events: Iterable[Event], /) -> list[Event]:
    """Return *events* about persons instead of accounts, without the links.

    For figures over a history, which know accounts only: retention, health, referral.
    A funnel and the reports do so by themselves.
    """
    known = tuple(events)
    persons = Persons.of(known)
    return [
        persons.told(event) for event in known if not isinstance(event, IdentityLinked)
    ]


def people(events: Iterable[Event], /) -> list[Event]:
    """Return *events* without those of bots: of any account of who entered as one."""
    known = list(events)
    entered = {
        str(event.member)
        for event in known
        if isinstance(event, (Joined, MembershipImported)) and event.bot
    }
    if not entered:
        return known
    persons = Persons.of(known)
    out = {persons.person(name) for name in entered}
    return [event for event in known if persons.person(str(event.member)) not in out]
