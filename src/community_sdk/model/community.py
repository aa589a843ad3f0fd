"""What a community is: positioning, groups, capacity (S01 S02)."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, validators

from community_sdk._time import QuietHours, zone
from community_sdk._values import frozen
from community_sdk.model.ids import CommunityId, GroupId
from community_sdk.model.roster import Roster

__all__ = ["Community", "Group", "Positioning", "Titles"]

Titles = Mapping[str, str]
"""A name in several languages: ``{"zh": "核心群", "en": "Core"}``."""


@frozen(kw_only=True)
class Positioning:
    """Who the community is for and what it is to reach (5W1H)."""

    purpose: str = ""
    value: str = ""
    audience: str = ""
    goals: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    people: str = ""
    years: int = 0
    route: str = ""


@frozen(kw_only=True)
class Group:
    """A chat room of a community; *capacity* None means that only the platform caps.

    *theme* and *grade* classify it (product, region, fans, prospects, VIP …); its own
    *quiet_hours* come before those of the community.
    """

    key: GroupId
    title: Titles = field(factory=dict[str, str], hash=False)
    theme: str = ""
    grade: str = ""
    capacity: int | None = field(
        default=None, validator=validators.optional(validators.ge(1))
    )
    quiet_hours: QuietHours | None = None


@frozen(kw_only=True)
class Community:
    """A register of members with one rulebook, one time zone and its groups.

    Days, half-months and quiet hours are cut in *zone* (an IANA name). *roster* says
    who works when.
    """

    key: CommunityId
    zone: str = "UTC"
    title: Titles = field(factory=dict[str, str], hash=False)
    positioning: Positioning = Positioning()
    groups: tuple[Group, ...] = ()
    quiet_hours: QuietHours | None = None
    roster: Roster = field(factory=Roster)

    def __attrs_post_init__(self) -> None:
        """Refuse a zone that does not exist."""
        zone(self.zone)

    def group(self, key: str | None) -> Group | None:
        """Return the group called *key*, or None where it is not declared."""
        return next((g for g in self.groups if g.key == key), None)

    def quiet(self, group: str | None) -> QuietHours | None:
        """Return the quiet hours that hold in *group*."""
        room = self.group(group)
        own = None if room is None else room.quiet_hours
        return own or self.quiet_hours
