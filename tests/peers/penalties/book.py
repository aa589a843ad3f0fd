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
WORDS: Final = Names(
    Path(__file__).parent / "words.toml",
    length=lambda text: (found := length(text)) and str(found),
    hundredths=lambda text: Money.of(text, "CNY").amount,
    fee=lambda ads: str(Money.of(ads["packet_amount"], ads["currency"])),
    trust=lambda level: LEVELS[int(level)],
    some=lambda number: number or None,
)


def playbook(case: Plain) -> Playbook:
    """Return the playbook that runs the community of *case*."""
    policy, roles = case["policy"], [*_roles(case)]
    zones = [*named(policy, "zone"), "UTC"]
    community = {"key": "peers", "zone": zones[0]}
    if (quiet := policy.get("quiet_hours")) is not None:
        first, last = WORDS.fill(
            ["$start_inclusive|open", "$end_inclusive|close"], quiet
        )
        community["quiet_hours"] = f"{first}{quiet['start']}-{quiet['end']}{last}"
    people = [r["name"] for r in roles if r["permissions"] and r["name"] != "member"]
    steps = policy.get("steps", [{"at": 1, "do": policy.get("geometric")}])
    overlaps = {"*": "independent", **policy.get("overlap", {})}
    scope = {**policy, "people": people, "overlaps": overlaps, "steps": steps}
    books = versions(policy).items()
    dates = [{"version": n, "since": frame.at(book["from"])} for n, book in books]
    own = {"name": case["id"], "community": community, "role": roles}
    own |= {"rulebook": {"amendment": dates}, "rule": [*_rules(case)]}
    own["tiers"] = [{"key": "trust", "tier": [{"key": level} for level in LEVELS]}]
    return frame.playbook(own | WORDS.fill(WORDS.tables["playbook"], scope))


def _roles(case: Plain) -> Iterator[dict[str, Any]]:
    """Yield the roles, whose holders may do what no policy forbids, and the ranks."""
    policy, told = case["policy"], [case["actors"], case["policy"], case["steps"]]
    lengths = policy.get("authority", {}).get("max_duration", {})
    found = [*named(told, *WORDS.tables["says"]["roles"]), *lengths]
    for name in dict.fromkeys(("owner", "staff", "trusted", *found)):
        limits = [
            WORDS.fill(
                {"kind": kind, "longest": "$longest|length"}, {"longest": longest}
            )
            for kind, longest in lengths.get(name, {}).items()
        ]
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


def _rules(case: Plain) -> Iterator[Plain]:
    policy, books = case["policy"], versions(case["policy"])
    weights, groups = (
        policy.get("category_points", {}),
        policy.get("category_group", {}),
    )
    told = named([policy, case["steps"]], *WORDS.tables["says"]["rules"])
    codes = () if books else dict.fromkeys((*told, *groups.values()))
    spans = [
        {"code": name} for name in dict.fromkeys((*codes, *WORDS.tables["permits"]))
    ]
    for version, following in zip_longest(books, [*books][1:]):
        until = {"until": following} if following else {}
        rules = books[version]["rules"]
        spans += [{"code": name, "since": version, **until} for name in rules]
    yield from (span | {"weight": weights.get(span["code"], 1)} for span in spans)


def standing(case: Plain) -> Iterator[Event]:
    """Yield who holds which role, rank, trust; who is not listed may hear appeals."""
    told = (s["event"] for s in case["steps"] if s["event"]["type"] == "decide_appeal")
    judges = {e.get("by", "system"): {"role": "trusted"} for e in told}
    for name, actor in {**judges, **case["actors"]}.items():
        rank = f"rank {actor['rank']}" if "rank" in actor else None
        for nth, table in enumerate(WORDS.tables["standing"]):
            fact = WORDS.fill(table, {**actor, "ranked": rank})
            head = {"id": f"{name} {nth}", "at": LONG_AGO, "member": name}
            yield from () if fact is None else (codec.event(head | fact),)
