"""What is personal of one member: the accounts, the texts that the member wrote."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import frozen

from community_sdk.errors import HistoryError
from community_sdk.events import Event
from community_sdk.operation._operation import Operation
from community_sdk.state import MemberState

__all__ = ["Person", "identify"]

_ABOUT: Final = frozenset({"rule_broken"})
"""Events whose content is somebody else's word about the member."""


@frozen
class Person:
    """One member with all accounts, and what the record says of them.

    *events* are those about the member or done by the member; *contents* the digests
    of what the member wrote.
    """

    state: MemberState
    accounts: tuple[str, ...]
    events: tuple[Event, ...]

    @property
    def contents(self) -> tuple[str, ...]:
        """Digests of the member's own texts, each once."""
        return tuple(dict.fromkeys(self._contents()))

    def _contents(self) -> Iterable[str]:
        for event in self.events:
            author = event.actor or event.member
            content = getattr(event, "content", None)
            own = author in self.accounts and event.kind not in _ABOUT
            if own and isinstance(content, str):
                yield content


def identify(operation: Operation, member: str) -> Person:
    """Return the person behind *member*, who may be an account of somebody.

    Raises:
        HistoryError: nothing is known of *member*.
    """
    state = operation.view(member).member
    accounts = tuple(sorted({str(state.id), member, *state.aliases}))
    events = tuple(
        event
        for event in operation.history()
        if event.member in accounts or event.actor in accounts
    )
    if not events:
        raise HistoryError(
            f"nothing is known of member `{member}`",
            code="cli.no_member",
            hint="use the pseudonym that the events name",
            found=member,
        )
    return Person(state, accounts, events)
