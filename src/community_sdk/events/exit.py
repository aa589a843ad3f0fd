"""The way out: lists of who stays out, pauses, erasure; alerts (S25 S29)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import field

from community_sdk._values import frozen
from community_sdk.events._fields import is_end
from community_sdk.events.activity import ContentRef
from community_sdk.events.envelope import Derived, Exogenous
from community_sdk.model import NO_POLICY, BlacklistScope, EventId, Mark, PolicyKey

__all__ = [
    "Blacklisted",
    "ContactPaused",
    "ContentNoticed",
    "ErasureRequested",
    "PersonalDataErased",
    "TakenOffBlacklist",
]


@frozen(kw_only=True)
class Blacklisted(Exogenous):
    """The actor put the member on a blacklist; its id is the name of the entry.

    *scope* says where the member stays out: of the envelope's *group*; of the groups
    of an owner or a campaign, which *of* names; of the community; of the whole
    network. In force from `at` up to, but not at, *until* (None: until taken off).
    """

    kind: ClassVar[str] = "blacklisted"

    scope: BlacklistScope = BlacklistScope.COMMUNITY
    of: str = ""
    until: datetime | None = field(default=None, validator=is_end)
    reason: str = ""


@frozen(kw_only=True)
class TakenOffBlacklist(Exogenous):
    """The entry that `Blacklisted` of id *entry* made holds no more (an appeal)."""

    kind: ClassVar[str] = "taken_off_blacklist"

    entry: EventId


@frozen(kw_only=True)
class ContactPaused(Derived):
    """The member is left alone until *until*, excluded (derived).

    Greetings and recommendations of the *actions* named are held back.
    """

    kind: ClassVar[str] = "contact_paused"

    until: datetime
    actions: tuple[str, ...] = ()
    policy: PolicyKey = NO_POLICY


@frozen(kw_only=True)
class ContentNoticed(Exogenous):
    """Something of the member's bears a *mark*: a link, a code, a card, a hit.

    It is no breach. *content* is a digest, never the text or the nickname itself.
    """

    kind: ClassVar[str] = "content_noticed"

    mark: Mark
    content: ContentRef | None = None


@frozen(kw_only=True)
class ErasureRequested(Exogenous):
    """The member asks for profile, texts and account links to be erased."""

    kind: ClassVar[str] = "erasure_requested"


@frozen(kw_only=True)
class PersonalDataErased(Exogenous):
    """What was kept beside the record is gone: *items* things of the member."""

    kind: ClassVar[str] = "personal_data_erased"

    items: int = 0
