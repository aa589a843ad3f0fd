"""Letting in, keeping out, greeting (S03 S04)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from community_sdk._values import frozen
from community_sdk.decisions._decision import Decision

__all__ = [
    "Admit",
    "AskForMore",
    "Greet",
    "NoteFirstValue",
    "PauseContact",
    "PutOnWaitingList",
    "RefuseAdmission",
]


@frozen(kw_only=True)
class Admit(Decision):
    """Let the member in."""

    kind: ClassVar[str] = "admit"


@frozen(kw_only=True)
class RefuseAdmission(Decision):
    """Do not let the member in, for the requirements named."""

    kind: ClassVar[str] = "refuse_admission"


@frozen(kw_only=True)
class AskForMore(Decision):
    """Ask for what is unknown; the request stays pending."""

    kind: ClassVar[str] = "ask_for_more"

    missing: tuple[str, ...] = ()


@frozen(kw_only=True)
class PutOnWaitingList(Decision):
    """Everything is met, but the group is full."""

    kind: ClassVar[str] = "put_on_waiting_list"


@frozen(kw_only=True)
class Greet(Decision):
    """Welcome the member with the text called *template*, show *notice* as well."""

    kind: ClassVar[str] = "greet"

    template: str = "welcome"
    notice: str = ""


@frozen(kw_only=True)
class NoteFirstValue(Decision):
    """Note that the member, here since *since*, had the moment called *moment*."""

    kind: ClassVar[str] = "note_first_value"

    moment: str
    since: datetime


@frozen(kw_only=True)
class PauseContact(Decision):
    """Hold greetings and recommended *actions* back until *until*, excluded."""

    kind: ClassVar[str] = "pause_contact"

    until: datetime
    actions: tuple[str, ...] = ()
