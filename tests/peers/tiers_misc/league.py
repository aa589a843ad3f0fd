"""Cases on leagues and the half-month ladder: who stood where, and who moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from community_sdk.model import MemberId, Standing, TierKey
from community_sdk.policies.league import (
    LeagueRules,
    OrderKey,
    Quota,
    close,
)
from tests.peers.frame import Names, Plain, at, differences

WORDS: Final = Names(Path(__file__).parent / "words.toml")
NAMED: Final[Mapping[str, Any]] = WORDS.tables["names"]


def _order(text: str) -> OrderKey:
    by, best, *_ = text.split()
    return OrderKey(by=NAMED["by"].get(by, by), best=NAMED["best"][best])


def rules(case: Plain) -> LeagueRules:
    """Return the league of a case."""
    plain = case["rules"]
    ladder = plain["kind"] == "half_month_ladder"
    more = {"ladder": True, "lowest": plain["groups"][0]} if ladder else {}
    table: dict[str, Any] = WORDS.fill(WORDS.tables["league"], plain | more)
    for word in ("promote", "relegate"):
        table[word] = Quota(**table[word])
    return LeagueRules(
        **table
        | {
            "pool": tuple(table["pool"]),
            "order": tuple(map(_order, plain.get("order", ["score desc"]))),
            "tiers": tuple(map(TierKey, _tiers(case))),
        }
    )


def _tiers(case: Plain) -> Iterable[str]:
    """Return the rungs, the lowest first."""
    plain, given = case["rules"], case["given"]
    if "groups" in plain:
        return list(plain["groups"])
    if "divisions" in given:
        return [f"division_{n}" for n in range(len(given["divisions"]), 0, -1)]
    if isinstance(plain.get("tiers"), int):
        return [str(n) for n in range(1, plain["tiers"] + 1)]
    named = [str(c["tier"]) for c in given.get("cohorts", ())]
    between = [n for n in named if n not in ("Bronze", "Diamond")]
    return ["Bronze", *(between or ["Silver"]), "Diamond"]


def _standing(plain: Plain, tier: str | None = None) -> Standing:
    """Return one member's figures; the extra group is no rung."""
    extra = NAMED["extra"].get(plain.get("extra_membership"), [])
    rungs = [g for g in plain.get("groups", ()) if g not in extra]
    figures = {k: plain[k] for k in WORDS.tables["says"]["figures"] if k in plain}
    joined = plain.get("joined_at")
    return Standing(
        member=MemberId(plain["id"]),
        tier=TierKey(tier or (rungs or plain["groups"])[0]),
        figures=figures,
        joined=joined and at(joined),
        extra=tuple(map(TierKey, extra)) if rungs else (),
        locked=plain.get("locked", False),
    )


def _numbered(size: int) -> list[Plain]:
    """Return as many active members, the best first."""
    return [{"id": f"{n:04}", "score": size + 1 - n} for n in range(1, size + 1)]


def standings(case: Plain) -> list[Standing]:
    """Return where everybody stood when the period ended."""
    given = case["given"]
    tier = str(given["tier"]) if "tier" in given else None
    found = [_standing(m, tier) for m in given.get("members", ())]
    for cohort in given.get("cohorts", ()):
        members = cohort.get("members") or _numbered(cohort["size"])
        name = str(cohort["tier"])
        found += [_standing({**m, "id": f"{name}/{m['id']}"}, name) for m in members]
    for nth, names in enumerate(given.get("divisions", ()), 1):
        found += [_standing({"id": name}, f"division_{nth}") for name in names]
    return found


class Answers:
    """What a case on leagues asks, a name per key of `then`."""

    def __init__(self, case: Plain) -> None:
        """Close the period of *case*."""
        self.case, self.rules = case, rules(case)
        self.closed = close(standings(case), self.rules, period="closed")

    def _named(self, rise: bool, tier: object = "") -> set[str]:
        moves = [m for m in self.closed.movements if m.rise is rise]
        start = f"{tier}/" if "cohorts" in self.case["given"] else ""
        return {
            m.member.removeprefix(start) for m in moves if m.member.startswith(start)
        }

    promoted = property(lambda self: self._named(rise=True))
    demoted = property(lambda self: self._named(rise=False))
    to_core = property(lambda self: set(self.closed.moved("core")))
    to_second = property(lambda self: set(self.closed.moved("second")))
    to_retention = property(lambda self: set(self.closed.moved("retention")))
    _mine = property(lambda self: self.closed.rank(self.case["given"]["explain"]))
    rank = property(lambda self: self._mine.rank)
    decision = property(lambda self: self._mine.decision)
    places_to_promotion = property(lambda self: self._mine.places)
    activity_gap = property(lambda self: self._mine.gap)
    places_above_relegation = property(lambda self: self._mine.above)
    tie_broken_by = property(lambda self: NAMED["tie"].get(self.closed.tie["second"]))

    def moves(self, wanted: Any) -> Any:
        """Answer cohort by cohort, by names or by the first and the last rank."""
        if isinstance(wanted, dict):
            return {tier: self._ranks(tier) for tier in wanted}
        return [
            {
                "tier": one["tier"],
                "promoted": self._named(rise=True, tier=one["tier"]),
                "demoted": self._named(rise=False, tier=one["tier"]),
            }
            for one in wanted
        ]

    def _ranks(self, tier: str) -> Plain:
        found: dict[str, Any] = {}
        for key, word in (
            ("promoted_ranks", "promoted"),
            ("demoted_ranks", "relegated"),
        ):
            ranks = [
                r.rank
                for r in self.closed.ranks
                if r.tier == tier and r.decision == word
            ]
            found[key] = [ranks[0], ranks[-1]] if ranks else None
        return found


def failures(case: Plain) -> list[str]:
    """Return what the library answers otherwise than *case* expects."""
    return [*differences(case["then"], Answers(case), "then")]
