"""The policy of a case as a playbook, and who is who in it before it begins."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, zip_longest
from pathlib import Path
from typing import Any, Final

from community_sdk import Event, Money, Playbook, codec
from community_sdk.model import PERMISSIONS
from tests.peers import frame
from tests.peers.frame import Names, Plain, length, named

LONG_AGO: Final = "2000-01-01T00:00:00Z"
LEVELS: Final = tuple(f"trust {level}" for level in range(10))
ORDINARY: Final = {1: 0}  # the rank of ordinary members: theirs, ours
ROLES: Final = ("role", "from_role", "by_role", "ratify_by_role", "protected_roles")
RULES: Final = (
    *("category", "category_points", "category_group", "immediate", "enter_at"),
    *("about", "rule", "severe_categories", "grounds"),
)


def _length(text: str) -> str | None:
    found = length(text)
    return None if found is None else str(found)


WORDS: Final = Names(
    Path(__file__).parent / "words.toml",
    length=_length,
    hundredths=lambda text: Money.of(text, "CNY").amount,
    fee=lambda ads: str(Money.of(ads["packet_amount"], ads["currency"])),
    trust=lambda level: LEVELS[level],
    trusts=lambda _: "trust",
    some=lambda number: number or None,
    **{word: lambda key, word=word: f"{key} {word}" for word in ("cleared", "before")},
    **{word: lambda key, word=word: f"{key} {word}" for word in ("allowed", "rank")},
)


def playbook(case: Plain) -> Playbook:
    """Return the playbook that runs the community of *case*."""
    policy, roles = case["policy"], [*_roles(case)]
    steps = policy.get("steps", [{"at": 1, "do": policy.get("geometric")}])
    scope = {
        **policy,
        "people": [
            r["name"] for r in roles if r["permissions"] and r["name"] != "member"
        ],
        "overlaps": {"*": "independent", **policy.get("overlap", {})},
        "steps": steps,
    }
    community = {"key": "peers", "zone": [*named(policy, "zone"), "UTC"][0]}
    if (quiet := policy.get("quiet_hours")) is not None:
        first, last = WORDS.fill(
            ["$start_inclusive|open", "$end_inclusive|close"], quiet
        )
        community["quiet_hours"] = f"{first}{quiet['start']}-{quiet['end']}{last}"
    return frame.playbook(
        {
            "format": 1,
            "name": case["id"],
            "lateness": "12000 months",
            "community": community,
            "role": roles,
            "tiers": [{"key": "trust", "tier": [{"key": level} for level in LEVELS]}],
            "rulebook": {"amendment": [*_amendments(policy)]},
            "rule": [*_rules(case)],
            "approval": {"rules": WORDS.fill(WORDS.tables["approval"], scope)},
            "policy": WORDS.fill(WORDS.tables["policy"], scope),
        }
    )


def _roles(case: Plain) -> Iterator[dict[str, Any]]:
    """Yield the roles, whose holders may do what no policy forbids, and the ranks."""
    policy = case["policy"]
    lengths = policy.get("authority", {}).get("max_duration", {})
    found = [*named([case["actors"], policy, case["steps"]], *ROLES), *lengths]
    found += [name for name in named(policy, "lift_only_by") if name != "issuer"]
    for name in dict.fromkeys(("owner", "staff", "trusted", *found)):
        rows = [
            {"kind": k, "longest": _length(v)} for k, v in lengths.get(name, {}).items()
        ]
        limits = [{k: v for k, v in row.items() if v is not None} for row in rows]
        yield {"name": name, "permissions": [*PERMISSIONS], "limits": limits}
    for rank in dict.fromkeys(named(case["actors"], "rank")):
        yield {
            "name": f"rank {rank}",
            "rank": ORDINARY.get(rank, rank),
            "permissions": [],
        }


def versions(policy: Plain) -> dict[int, Plain]:
    """Return the versions by their numbers in the library, whose first has no rule."""
    return dict(zip(count(2), policy.get("rulebook", ()), strict=False))


def _amendments(policy: Plain) -> Iterator[Plain]:
    for version, book in versions(policy).items():
        yield {"version": version, "since": frame.at(book["from"])}


def _rules(case: Plain) -> Iterator[Plain]:
    policy, books = case["policy"], versions(case["policy"])
    weights = policy.get("category_points", {})
    for version, following in zip_longest(books, [*books][1:]):
        span = {"since": version} | ({"until": following} if following else {})
        for name in books[version]["rules"]:
            yield {"code": name, "weight": weights.get(name, 1), **span}
    groups = policy.get("category_group", {}).values()
    codes = () if books else (*named([policy, case["steps"]], *RULES), *groups)
    for name in dict.fromkeys((*codes, "quiet_hours", "ads", "nickname")):
        yield {"code": name, "weight": weights.get(name, 1)}


def people(case: Plain) -> Iterator[Event]:
    """Yield who holds which role, rank and trust; who is not listed may hear appeals."""
    told = (s["event"] for s in case["steps"] if s["event"]["type"] == "decide_appeal")
    judges = {e.get("by", "system"): {"role": "trusted"} for e in told}
    for name, actor in {**judges, **case["actors"]}.items():
        roles = [actor["role"]] if "role" in actor else []
        roles += [f"rank {actor['rank']}"] if "rank" in actor else []
        roles += ["staff"] if actor.get("staff") else []
        facts = [{"kind": "role_assigned", "role": role} for role in roles]
        if "trust_level" in actor:
            tier = {"tiers": "trust", "tier": LEVELS[actor["trust_level"]]}
            facts.append({"kind": "tier_imported", "since": LONG_AGO, **tier})
        for nth, fact in enumerate(facts):
            head = {"id": f"{name} {nth}", "at": LONG_AGO, "member": name}
            yield codec.event(head | fact)
