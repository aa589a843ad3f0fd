"""Who and what a drawn history is about, and the instants at which clocks change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from attrs import frozen

from community_sdk._time import Duration
from community_sdk.engine import Operable
from community_sdk.events import KINDS
from community_sdk.policies import EmergencyActs, Guards, Narrows

__all__ = ["MEMBERS", "ZONES", "Cast", "changes", "midnights"]

MEMBERS: Final = ("ann", "ben", "cat")
ZONES: Final = (
    "Asia/Shanghai",  # no clock change
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",  # half an hour
    "Asia/Beirut",  # at midnight: a day begins at 01:00
    "America/Havana",  # at 01:00 back to 00:00: midnight comes twice
    "Asia/Kathmandu",  # 05:45 ahead
    "UTC",
)
FROM: Final = datetime(2025, 1, 1, tzinfo=UTC)
UNTIL: Final = datetime(2027, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)


@cache
def changes(name: str) -> tuple[datetime, ...]:
    """Return the instants in 2025 and 2026 at which the clock of a zone changes."""
    where = ZoneInfo(name)
    found: list[datetime] = []
    at = FROM
    while at < UNTIL:
        if _offset(at, where) != _offset(at + _DAY, where):
            found.append(_change(at, at + _DAY, where))
        at += _DAY
    return tuple(found)


def _offset(at: datetime, where: tzinfo) -> timedelta | None:
    return at.astimezone(where).utcoffset()


def _change(low: datetime, high: datetime, where: tzinfo) -> datetime:
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if _offset(middle, where) == _offset(low, where):
            low = middle
        else:
            high = middle
    return high


def midnights(at: datetime, where: tzinfo) -> tuple[datetime, datetime]:
    """Return where the local day of *at* begins, and where the next one does."""
    local = at.astimezone(where)
    first = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    after = (first + _DAY).replace(fold=0)
    return first.astimezone(UTC), after.astimezone(UTC)


@frozen(kw_only=True)
class Cast:
    """The words that drawn events may use."""

    members: tuple[str, ...] = MEMBERS
    groups: tuple[str, ...] = ("hall", "den")
    rules: tuple[str, ...] = ("ads", "rude")
    roles: tuple[str, ...] = ("owner",)
    words: tuple[str, ...] = ("signed_in",)
    grounds: tuple[str, ...] = ("ad_flood",)
    tiers: tuple[tuple[str, str], ...] = (("grade", "fan"), ("grade", "core"))
    zone: str = "UTC"
    lateness: timedelta = _WEEK
    kinds: tuple[str, ...] = ()

    @classmethod
    def of(cls, playbook: Operable, members: Iterable[str] = MEMBERS) -> Cast:
        """Take the words that *playbook* knows; where it has none, those by default."""
        spare = cls()
        community = playbook.community
        named = tuple(str(group.key) for group in community.groups)
        rules = tuple(str(rule.code) for rule in playbook.rulebook.rules)
        held = {str(role.name): None for role in playbook.roles}
        terms = (playbook.approval, *playbook.approval.rules)
        held |= dict.fromkeys(duty for term in terms for duty in term.duties)
        tiers = tuple((g.key, str(t)) for g in playbook.tiers for t in g.keys)
        return cls(
            members=tuple(members),
            groups=named or spare.groups,
            rules=rules or spare.rules,
            roles=tuple(held),
            words=tuple(playbook.words) or spare.words,
            grounds=tuple(_grounds(playbook)) or spare.grounds,
            tiers=tiers,
            zone=community.zone,
            lateness=_span(playbook.lateness),
            kinds=_answered(playbook),
        )


def _grounds(playbook: Operable) -> Iterator[str]:
    for policy in playbook.policies:
        if isinstance(policy, EmergencyActs):
            yield from policy.grounds


def _span(lateness: Duration) -> timedelta:
    """Return a length that is never later than *lateness*, whatever the clock does."""
    return timedelta(microseconds=lateness.us) or 27 * lateness.months * _DAY


def _answered(playbook: Operable) -> tuple[str, ...]:
    """Return the kinds that the playbook's policies answer, to be drawn more often."""
    found: dict[str, None] = {}
    for policy in playbook.policies:
        if isinstance(policy, Narrows):
            found |= dict.fromkeys(sorted(policy.words))
        else:
            found |= dict.fromkeys(kind.kind for kind in policy.answers)
        if isinstance(policy, Guards):
            found |= dict.fromkeys(kind.kind for kind in policy.guards)
    return tuple(word for word in found if word in KINDS)
