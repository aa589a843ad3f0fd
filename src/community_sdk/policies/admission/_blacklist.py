"""Blacklists at the door: scoped, for a time, lifted by an appeal (S03 S25)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import field

from community_sdk._time import Duration, instant
from community_sdk._values import frozen
from community_sdk.explanation import Explanation, because
from community_sdk.model import BlacklistScope, GroupId
from community_sdk.state import Listing, State

__all__ = ["Blacklists"]

_EVERYWHERE = (BlacklistScope.COMMUNITY.value, BlacklistScope.NETWORK.value)


@frozen(kw_only=True)
class Blacklists:
    """How entries of blacklists (`Blacklisted`) are read.

    *areas* names the groups of an owner or a campaign, by the word that entries use in
    `of`; the channel of a request that is that word belongs to the campaign as well.
    An entry may be appealed for *appeal_within* from when it was made (None: at any
    time); `TakenOffBlacklist` ends it.
    """

    areas: Mapping[str, tuple[GroupId, ...]] = field(
        factory=dict[str, tuple[GroupId, ...]], hash=False
    )
    appeal_within: Duration | None = None

    def covers(self, entry: Listing, group: str, channel: str = "") -> bool:
        """Tell whether *entry* keeps its member out of *group* (empty: no group)."""
        if entry.scope in _EVERYWHERE:
            return True
        if entry.scope == BlacklistScope.GROUP.value:
            return group == entry.of
        campaign = entry.scope == BlacklistScope.CAMPAIGN.value
        return group in self.areas.get(entry.of, ()) or (
            campaign and channel == entry.of
        )

    def against(self, group: str, channel: str, state: State) -> Explanation | None:
        """Explain which entry in force keeps the state's member out of *group*."""
        for entry in state.member.passage.listings:
            if entry.in_force(state.now_us) and self.covers(entry, group, channel):
                return self.why(entry, state)
        return None

    def why(self, entry: Listing, state: State) -> Explanation:
        """Explain *entry*: where it holds, until when, until when to appeal."""
        appeal = None
        if self.appeal_within is not None:
            ends = self.appeal_within.after(entry.since, state.calendar.where)
            appeal = instant(ends) if state.now_us <= ends else None
        return because(
            "admission.blacklisted",
            scope=entry.scope,
            of=entry.of or None,
            since=instant(entry.since),
            until=None if entry.until is None else instant(entry.until),
            appeal_until=appeal,
        )

    def inside(self, entry: Listing, state: State) -> Iterator[GroupId | None]:
        """Yield where the state's member is and, by *entry*, should not be."""
        if entry.scope in _EVERYWHERE:
            if state.member.here:
                yield None
            return
        for group in sorted(state.member.groups):
            if self.covers(entry, group):
                yield GroupId(group)
