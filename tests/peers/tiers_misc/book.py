"""The rules of a case on tiers and points as a playbook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, cast

from community_sdk.playbook import Playbook
from tests.peers import frame
from tests.peers.frame import Plain
from tests.peers.tiers_misc.names import COIN, NAMES, TABLES, WORDS, minor

NONE: Final = "none"


class Book:
    """A playbook, and what its rungs are called."""

    def __init__(self, case: Plain, key: str = "tiers") -> None:
        """Write the rules of *case*; *key* is where its tiers stand."""
        self.rules, self.given, self.key = case["rules"], case["given"], key
        cycles = "cycles" in self.given  # what is earned in each is told as it is
        self._measured: dict[str, Any] = {} if cycles else TABLES["metric"]
        self._metric = str(self.rules.get("metric", "value"))
        plain = any(isinstance(row, str) for row in self.rules.get(key, ()))
        lowest = {} if plain else {NONE: self.rules.get("initial_level")}
        self.shown = {**lowest, **{rung: shown for rung, shown, _ in self._rungs()}}
        self.bars = {rung: {"entry": self._bar(row)} for rung, _, row in self._rungs()}
        ends = [
            p["tier_expires_at"] for p in self._people() if p.get("tier_expires_at")
        ]
        scope = {**self.rules, "rungs": [*self.shown], "ends": ends or None}
        scope |= {"bars": self.bars or None, "earning": [*self._earning()]}
        scope |= {"voting": [*self._voting()], "honours": [*self._honours()]}
        scope["falls"] = WORDS.fill(TABLES["falls"], scope)
        scope["term"] = self._term(scope["falls"])
        tables, free = WORDS.fill(TABLES["book"], scope), TABLES["free"]
        tables["policy"] += [WORDS.fill(free, {"name": name}) for name in self._free()]
        self.playbook: Playbook = frame.playbook(tables)

    def _people(self) -> list[Plain]:
        return [self.given.get("member", {}), *self.given.get("members", ())]

    def _rungs(self) -> Iterator[tuple[str, Any, Plain]]:
        named = [person["tier"] for person in self._people() if person.get("tier")]
        named = named or ["tier"] * ("validity" in self.rules)
        for row in self.rules.get(self.key) or dict.fromkeys(named):
            table: Plain = (
                cast("Plain", row) if isinstance(row, dict) else {"name": row}
            )
            shown = table.get("name", table.get("level"))
            yield str(shown), shown, table

    def _figure(self, name: str | None) -> str:
        """Return how the library measures what the case calls *name*."""
        word, window = name or self._metric, self.rules.get("window")
        length = TABLES["length"][window["kind"]][window["unit"]] if window else ""
        figures: dict[str, Any] = {**self._measured}
        figures |= TABLES["in_window"] if window else {}
        return str(figures.get(word, TABLES["metric"]["other"])).format(
            name=word, w=length
        )

    def _least(self, name: str | None, amount: Any) -> str:
        figure = self._figure(name)
        return f"{figure} >= {minor(amount) if 'spend' in figure else amount}"

    def _bar(self, row: Plain) -> str:
        if "equals" in row:
            return f"{self._figure(row.get('metric'))} == {row['equals']}"
        if "min_spent" in row:
            return self._least("spend", row["min_spent"])
        if "min" not in row:
            return "False"
        nothing = {"points": None}.items() <= self.given.get("member", {}).items()
        known = ' and count("points_posted") >= 1' if nothing else ""
        return self._least(row.get("metric"), row["min"]) + known

    def _free(self) -> dict[Any, None]:
        """Return the metrics that are told as they are."""
        told = [event.get("name") for event in self.given.get("events", ())]
        asked = [row.get("metric") for _, _, row in self._rungs()]
        asked += [self._metric, *self.given.get("metrics", {})]
        taken = {*self._measured, "points", None}
        return dict.fromkeys(
            name for name in [*asked, *told, "debit"] if name not in taken
        )

    def _earning(self) -> Iterator[Plain]:
        rates = [
            {"per": row["points_per"], "when": self.bars[rung]["entry"]}
            for rung, _, row in self._rungs()
            if "points_per" in row
        ]
        if "points_per" in self.rules:
            rates = [{"per": self.rules["points_per"], "when": "True"}]
        for rate in rates:
            when = str(rate["when"]).replace(*NAMES["reached"])
            rate |= {"points": 1, "per": f"{rate['per']} {COIN}", "when": when}
        if rates:
            yield {"name": "points", "event": "purchase", "rates": rates}

    def _voting(self) -> Iterator[Plain]:
        exempt = self.rules.get("cap_exempt", ())
        for name, points in self.rules.get("weights", {}).items():
            row = {"name": name, "event": f"case:{name}", "points": points}
            yield {**row, "capped": name not in exempt}

    def _honours(self) -> Iterator[Plain]:
        for badge in self.rules.get("badges", ()):
            told = {k: v for k, v in badge.items() if k in ("repeatable", "temporary")}
            named = {"key": "$name", "on": "$on|given"}
            yield {**told, **WORDS.fill(named, badge), **self._held(badge)}

    @staticmethod
    def _held(badge: Plain) -> Plain:
        found = WORDS.fill("$when|figure", badge)
        return {"when": found} if found else {}

    def _term(self, falls: str) -> Plain | None:
        if "validity" not in self.rules and falls != "at_expiry":
            return None
        term: dict[str, Any] = (
            {} if "validity" in self.rules else {"length": "12 months"}
        )
        if "renewal" in self.rules:
            renewal = self.rules["renewal"]
            term["renewal"] = self._least(renewal.get("metric"), renewal["min"])
        return {**term, **TABLES["renewed"]} if "requalified_at" in self.given else term
