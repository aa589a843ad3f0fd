"""Coming, going and being known (S03 S04 S25)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from attrs import Attribute, field

from community_sdk._values import frozen
from community_sdk.events._fields import is_end, is_past
from community_sdk.events.envelope import Derived, Exogenous
from community_sdk.model import MemberId, RoleName

__all__ = [
    "AdmissionRefused",
    "Admitted",
    "IdentityLinked",
    "Introduced",
    "JoinRequested",
    "Joined",
    "Left",
    "MemberRemoved",
    "MembershipImported",
    "NicknameSet",
    "RoleAssigned",
    "RoleEnded",
    "SurveyAnswered",
    "Waitlisted",
]


@frozen(kw_only=True)
class JoinRequested(Exogenous):
    """Somebody asks to come in; *answers* are what the entry form knows.

    An answer that is absent is unknown, which is not the same as no. *code_issued* is
    when the code that was scanned was made, None where none was.
    """

    kind: ClassVar[str] = "join_requested"

    answers: Mapping[str, str | int | bool] = field(
        factory=dict[str, "str | int | bool"], hash=False
    )
    channel: str = ""
    invited_by: MemberId | None = None
    code_issued: datetime | None = None


@frozen(kw_only=True)
class Admitted(Derived):
    """A request was granted; the platform may let the member in (derived)."""

    kind: ClassVar[str] = "admitted"


@frozen(kw_only=True)
class AdmissionRefused(Derived):
    """A request was refused (derived)."""

    kind: ClassVar[str] = "admission_refused"


@frozen(kw_only=True)
class Waitlisted(Derived):
    """A request waits for a place (derived)."""

    kind: ClassVar[str] = "waitlisted"


@frozen(kw_only=True)
class Joined(Exogenous):
    """A member came into the community, or into one more *group* of it."""

    kind: ClassVar[str] = "joined"

    channel: str = ""
    invited_by: MemberId | None = None
    bot: bool = False


@frozen(kw_only=True)
class MembershipImported(Exogenous):
    """A membership that began at *since*, taken over from another system."""

    kind: ClassVar[str] = "membership_imported"

    since: datetime = field(validator=is_past)
    bot: bool = False


@frozen(kw_only=True)
class Left(Exogenous):
    """A member left *group*, or the community where *group* is None.

    *reason* is a word of the host's, never a text.
    """

    kind: ClassVar[str] = "left"

    reason: str = ""


@frozen(kw_only=True)
class MemberRemoved(Exogenous):
    """Somebody (*actor*) put the member out of *group* or of the community."""

    kind: ClassVar[str] = "member_removed"


@frozen(kw_only=True)
class Introduced(Exogenous):
    """A member introduced himself or herself; *parts* are words for what was told."""

    kind: ClassVar[str] = "introduced"

    parts: tuple[str, ...] = ()


@frozen(kw_only=True)
class NicknameSet(Exogenous):
    """A member set a nickname; whether it *conforms* was judged where it is known."""

    kind: ClassVar[str] = "nickname_set"

    conforms: bool


@frozen(kw_only=True)
class SurveyAnswered(Exogenous):
    """A member answered the *survey*; the answers themselves stay outside.

    *answered* names the questions that were answered.
    """

    kind: ClassVar[str] = "survey_answered"

    survey: str = ""
    answered: tuple[str, ...] = ()


@frozen(kw_only=True)
class IdentityLinked(Exogenous):
    """The account or pseudonym *alias* is the same person as the member."""

    kind: ClassVar[str] = "identity_linked"

    alias: MemberId


def _is_planned_end(
    event: RoleAssigned, attribute: Attribute[Any], until: datetime | None
) -> None:
    """Validate the end of a planned span; what holds from now on may end before it."""
    if event.since is not None:
        is_end(event, attribute, until)


@frozen(kw_only=True)
class RoleAssigned(Exogenous):
    """The member holds *role* until *until* (excluded; None: open).

    In the event's group, or in the whole community. *since* None: from `at` on; a
    *since* of its own plans a span beside those there are, as in a rota.
    *substitute_for*: in the place of somebody, who keeps the role. Without *since* an
    *until* that is over already takes back what was said of the role before.

    Raises:
        HistoryError: a *since* of its own, and *until* is not after it.
    """

    kind: ClassVar[str] = "role_assigned"

    role: RoleName
    until: datetime | None = field(default=None, validator=_is_planned_end)
    since: datetime | None = None
    substitute_for: MemberId | None = None


@frozen(kw_only=True)
class RoleEnded(Exogenous):
    """The member no longer holds *role*: in the event's group, or anywhere.

    *substitute_for*: only the standing in for that person is over.
    """

    kind: ClassVar[str] = "role_ended"

    role: RoleName
    substitute_for: MemberId | None = None
