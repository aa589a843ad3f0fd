"""The policy of a case as a playbook, its people as they are known beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import count, zip_longest
from typing import Any, Final

from community_sdk import (
    SANCTIONS,
    Community,
    Event,
    Playbook,
    QuietHours,
    Role,
    Rule,
    Rulebook,
    Tier,
    TierGroup,
)
from community_sdk import events as ev
from community_sdk.model import (
    PERMISSIONS,
    Amendment,
    CommunityId,
    EventId,
    Limit,
    MemberId,
    RoleName,
    RuleCode,
)
from tests.peers.frame import Plain, at, length, written
from tests.peers.penalties.instruments import (
    NO_LIMIT,
    TRUST,
    consent,
    policies,
    trust,
)

RANKS: Final = {1: 0}
"""Ordinary members have rank 1 in the cases, and none here."""
TRUSTED: Final = "trusted"
ROLES: Final = ("role", "from_role", "by_role", "ratify_by_role", "protected_roles")
RULES: Final = (
    "category", "category_points", "category_group", "immediate", "enter_at",
    "severe_categories", "grounds", "about", "rule",
)  # fmt: skip


def named(plain: Any, *keys: str) -> Iterator[Any]:
    """Yield what stands under *keys* anywhere in *plain*."""
    if isinstance(plain, dict):
        for key, value in plain.items():
            if key in keys:
                yield from value if isinstance(value, (list, dict)) else [value]
            yield from named(value, *keys)
    elif isinstance(plain, list):
        for value in plain:
            yield from named(value, *keys)


def playbook(case: Plain) -> Playbook:
    """Return the playbook that runs the community of *case*."""
    policy, actors = case["policy"], case["actors"]
    zones = [*named(policy, "zone"), "UTC"]
    levels = tuple(Tier(key=trust(level)) for level in range(10))
    roles = tuple(_roles(case))
    deciding = tuple(r.name for r in roles if r.permissions and r.name != "member")
    return written(
        Playbook(
            name=case["id"],
            community=Community(
                key=CommunityId("peers"), zone=zones[0], quiet_hours=_quiet(policy)
            ),
            roles=roles,
            tiers=(TierGroup(key=TRUST, tiers=levels),),
            rulebook=_rulebook(case),
            policies=tuple(policies({**policy, "reviewers": deciding})),
            approval=consent(policy),
            lateness=NO_LIMIT,
        )
    )


def _quiet(policy: Plain) -> QuietHours | None:
    if (hours := policy.get("quiet_hours")) is None:
        return None
    first = "[" if hours["start_inclusive"] else "("
    last = "]" if hours["end_inclusive"] else ")"
    return QuietHours.parse(f"{first}{hours['start']}-{hours['end']}{last}")


def _roles(case: Plain) -> Iterator[Role]:
    """Yield the roles, whose holders may do what no policy forbids, and the ranks."""
    policy = case["policy"]
    lengths = policy.get("authority", {}).get("max_duration", {})
    found = [*named([case["actors"], policy, case["steps"]], *ROLES), *lengths]
    lifting = [name for name in named(policy, "lift_only_by") if name != "issuer"]
    for name in dict.fromkeys(("owner", "staff", TRUSTED, *found, *lifting)):
        limits = tuple(
            Limit(kind=SANCTIONS[kind], longest=length(longest))
            for kind, longest in lengths.get(name, {}).items()
        )
        able = frozenset(PERMISSIONS)
        yield Role(name=RoleName(name), permissions=able, limits=limits)
    for rank in dict.fromkeys(named(case["actors"], "rank")):
        yield Role(name=RoleName(f"rank {rank}"), rank=RANKS.get(rank, rank))


def versions(policy: Plain) -> dict[int, Plain]:
    """Return the versions by their numbers in the library, whose first has no rule."""
    return dict(zip(count(2), policy.get("rulebook", ()), strict=False))


def _rulebook(case: Plain) -> Rulebook:
    policy = case["policy"]
    weights, books = policy.get("category_points", {}), versions(policy)
    rules: list[Rule] = []
    for version, following in zip_longest(books, [*books][1:]):
        rules += [
            Rule(
                code=RuleCode(name),
                weight=weights.get(name, 1),
                since=version,
                until=following,
            )
            for name in books[version]["rules"]
        ]
    if not books:
        groups = policy.get("category_group", {}).values()
        codes = [*named([policy, case["steps"]], *RULES), *groups]
        rules = [
            Rule(code=RuleCode(name), weight=weights.get(name, 1))
            for name in dict.fromkeys([*codes, "quiet_hours", "ads", "nickname"])
        ]
    amendments = (Amendment(version=n, since=at(b["from"])) for n, b in books.items())
    return Rulebook(amendments=tuple(amendments), rules=tuple(rules))


def standing_of(case: Plain, when: datetime) -> Iterator[Event]:
    """Yield who holds which role, rank and trust from *when* on."""
    actors = case["actors"]
    hearing = (
        s["event"] for s in case["steps"] if s["event"]["type"] == "decide_appeal"
    )
    others = {event.get("by"): {"role": TRUSTED} for event in hearing}
    for name, actor in {**others, **actors}.items():
        if name in (None, "system"):
            continue
        head = {"at": when, "member": MemberId(name)}
        roles = [actor["role"]] if "role" in actor else []
        roles += [f"rank {actor['rank']}"] if "rank" in actor else []
        roles += ["staff"] if actor.get("staff") else []
        for role in roles:
            key = EventId(f"{name}: {role}")
            yield ev.RoleAssigned(**head, id=key, role=RoleName(role))
        if "trust_level" in actor:
            key, tier = EventId(f"{name}: {TRUST}"), trust(actor["trust_level"])
            yield ev.TierImported(**head, id=key, tiers=TRUST, tier=tier, since=when)
