"""Tags that members bear, and the segments they fall into (S09)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import field

from community_sdk._values import frozen
from community_sdk.events._fields import is_end
from community_sdk.events.envelope import Derived, Exogenous
from community_sdk.model import NO_POLICY, PolicyKey, TagOrigin

__all__ = ["SegmentChanged", "TagCleared", "TagEnded", "TagGiven", "TagSet"]


@frozen(kw_only=True)
class TagSet(Exogenous):
    """A person (the actor) or an import gave the member *tag*, a word.

    Borne up to, but not at, *until*; None: until somebody clears it.
    """

    kind: ClassVar[str] = "tag_set"

    tag: str
    until: datetime | None = field(default=None, validator=is_end)
    origin: TagOrigin = TagOrigin.PERSON


@frozen(kw_only=True)
class TagCleared(Exogenous):
    """A person took *tag* off; a rule gives it again only at its next crossing."""

    kind: ClassVar[str] = "tag_cleared"

    tag: str


@frozen(kw_only=True)
class TagGiven(Derived):
    """The *rule* of a policy gave the member *tag* (derived)."""

    kind: ClassVar[str] = "tag_given"

    tag: str
    rule: str = ""
    until: datetime | None = None
    policy: PolicyKey = NO_POLICY


@frozen(kw_only=True)
class TagEnded(Derived):
    """The member bears *tag* no longer: it is over, or another took its place."""

    kind: ClassVar[str] = "tag_ended"

    tag: str
    policy: PolicyKey = NO_POLICY


@frozen(kw_only=True)
class SegmentChanged(Derived):
    """The member now falls into *after* among the *segments* (derived).

    *before* is empty at the first look. *spares*: what the member is spared from now
    on (`greet`, and actions of recommendations).
    """

    kind: ClassVar[str] = "segment_changed"

    segments: str
    before: str = ""
    after: str
    spares: tuple[str, ...] = ()
    policy: PolicyKey = NO_POLICY
