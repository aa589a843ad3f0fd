"""Who must do what by when, and who must agree (S04 S06 S07 S11 S14)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from community_sdk._values import frozen
from community_sdk.decisions._decision import Decision
from community_sdk.model import HandOver, MemberId

__all__ = ["Escalate", "OpenObligation", "Remind", "RequestConsent"]


@frozen(kw_only=True)
class OpenObligation(Decision):
    """Somebody must do *what* by *due*: the member, or a holder of *duty*.

    Met by the first event called *met_by* whose fields equal *where*; reminded at the
    instants in *reminders*. With *stages*, in the order of their times after *due*, it
    stays open when it is missed: it goes from duty to duty until it is met, and ends
    with the last of them.
    """

    kind: ClassVar[str] = "open_obligation"

    what: str
    due: datetime
    met_by: str = ""
    where: tuple[tuple[str, str | int | bool], ...] = ()
    duty: str = ""
    reminders: tuple[datetime, ...] = ()
    stages: tuple[HandOver, ...] = ()


@frozen(kw_only=True)
class Remind(Decision):
    """Remind of an obligation that is still open: the member, or a holder of *duty*."""

    kind: ClassVar[str] = "remind"

    what: str
    duty: str = ""


@frozen(kw_only=True)
class Escalate(Decision):
    """An obligation was missed: hand it to *duty*."""

    kind: ClassVar[str] = "escalate"

    what: str
    duty: str = ""


@frozen(kw_only=True)
class RequestConsent(Decision):
    """Ask *needs* holders of *duty* to agree to the decision *wish* by *deadline*.

    Holders of a role in *also* may agree as well. *proposer*: who wants it; *excluded*:
    he or she has no voice. *voices*: who agrees already, for everybody to see.
    """

    kind: ClassVar[str] = "request_consent"

    wish: Decision
    duty: str
    needs: int = 1
    deadline: datetime | None = None
    also: tuple[str, ...] = ()
    proposer: MemberId | None = None
    excluded: bool = True
    voices: tuple[MemberId, ...] = ()
