"""The rules of a case on tiers and points as a playbook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from community_sdk import Money
from community_sdk.playbook import Playbook
from tests.peers import frame
from tests.peers.frame import Names, Plain, named

COIN: Final = "CNY"
NONE: Final = "none"


def minor(amount: object) -> int:
    """Return an amount of money in minor units."""
    return Money.of(str(amount), COIN).amount


def ranking(text: str) -> Plain:
    """Return what decides between two, of `key asc` or `key desc`."""
    by, best, *_ = text.split()
    return {"by": NAMES["by"].get(by, by), "best": NAMES["best"][best]}


WORDS: Final = Names(
    Path(__file__).parent / "words.toml",
    minor=minor,
    money=lambda amount: {"amount": minor(amount), "currency": COIN},
    given=lambda word: NAMES["given"].get(word, f"case:{word}"),
    figure=lambda text: re.sub(r"^\s*(\w+)", r'balance("\1")', text),
    reached=lambda bar: bar.replace(*NAMES["reached"]),
    ranking=ranking,
    zone=lambda text: next(iter(re.findall(r"time zone (\S+)", text)), None),
)
TABLES: Final[dict[str, Any]] = {**WORDS.tables}
NAMES: Final[dict[str, Any]] = TABLES["names"]


class Book:
    """A playbook, and what its rungs are called."""

    def __init__(self, case: Plain, key: str = "tiers") -> None:
        """Write the rules of *case*; *key* is where its tiers stand."""
        self.rules, self.given = case["rules"], case["given"]
        self.people = [self.given.get("member", {}), *self.given.get("members", ())]
        cycles = "cycles" in self.given  # what is earned in each is told as it is
        self._measured: dict[str, Any] = {} if cycles else TABLES["metric"]
        rows = [{**row, "bar": self._bar(row)} for row in self._rungs(key)]
        called = {str(shown): shown for shown in map(_shown, rows)}
        listed = any(isinstance(row, str) for row in self.rules.get(key, ()))
        lowest = {} if listed else {NONE: self.rules.get("initial_level")}
        self.shown = {**lowest, **called}
        scope = {**self.rules, "given": self.given, "rungs": [*self.shown]}
        scope["bars"] = {
            str(_shown(row)): {"entry": row["bar"]} for row in rows
        } or None
        at_all = "points_per" in self.rules
        earning = [{**self.rules, "bar": "True"}] if at_all else rows
        scope["earning"] = [row for row in earning if "points_per" in row] or None
        scope["ends"] = any(named(self.people, "tier_expires_at")) or None
        scope["votes"] = [*self._votes()]
        scope["falls"] = WORDS.fill(TABLES["falls"], scope)
        scope["term"] = None if "validity" in self.rules else "12 months"
        scope["renewed"] = (
            self._bar(self.rules["renewal"]) if "renewal" in self.rules else None
        )
        tables, free = WORDS.fill(TABLES["book"], scope), TABLES["free"]
        tables["policy"] += [WORDS.fill(free, {"name": name}) for name in self._free()]
        self.playbook: Playbook = frame.playbook(tables)

    def _rungs(self, key: str) -> Iterator[Plain]:
        held = [one["tier"] for one in self.people if one.get("tier")]
        held = held or ["tier"] * ("validity" in self.rules)
        for row in self.rules.get(key) or dict.fromkeys(held):
            yield row if isinstance(row, dict) else {"name": row}

    def _bar(self, row: Plain) -> str:
        """Return what *row* asks for: so much of the figure that it names."""
        spent = "min_spent" in row
        own = {"metric": "spend", "min": row["min_spent"]} if spent else row
        asked = {"metric": self.rules.get("metric", "value"), **own}
        window, figures, length = self.rules.get("window"), {**self._measured}, ""
        if window:
            figures |= TABLES["in_window"]
            length = TABLES["length"][window["kind"]][window["unit"]]
        figure = str(figures.get(asked["metric"], TABLES["metric"]["other"]))
        figure = figure.format(name=asked["metric"], w=length)
        nothing = {"points": None}.items() <= self.people[0].items()
        known = ' and count("points_posted") >= 1' if nothing else ""
        unit = TABLES["bar"]["money" if "spend" in figure else "number"]
        return str(WORDS.fill(unit, {**asked, "figure": figure, "known": known}))

    def _free(self) -> dict[Any, None]:
        """Return the metrics that are told as they are."""
        names = [self.rules.get("metric", "value"), *named(self.rules, "metric")]
        names += [*named(self.given, "name", "metrics"), "debit"]
        taken = {*self._measured, "points"}
        return dict.fromkeys(name for name in names if name not in taken)

    def _votes(self) -> Iterator[Plain]:
        exempt = self.rules.get("cap_exempt", ())
        for name, points in self.rules.get("weights", {}).items():
            yield {"name": name, "points": points, "capped": name not in exempt}


def _shown(row: Plain) -> Any:
    return row.get("name", row.get("level"))
