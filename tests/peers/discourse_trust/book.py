"""The policy of a case on levels of trust, as a playbook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from community_sdk import parse_condition
from community_sdk.conditions import metrics
from community_sdk.metrics import Metric
from community_sdk.playbook import Playbook
from community_sdk.policies.tier import RegularBars
from tests.peers import frame
from tests.peers.frame import Names, Plain

WORDS: Final = Names(
    Path(__file__).parent / "words.toml",
    text=str,
    days=lambda number: f"{number}d" if number else None,
    there=lambda _: True,
)
TABLES: Final[dict[str, Any]] = {**WORDS.tables}
MINUTE: Final = 60


class Book:
    """The playbook of a case, and what each requirement is called."""

    def __init__(self, case: Plain, act: str) -> None:
        """Write the levels that *act* looks at."""
        self.given, rules = case["given"], case["rules"]
        days, likes = rules["tl3_window_days"], rules["tl3_likes_received"]
        regular = RegularBars(window_days=days, likes_received=likes)
        self.scope: dict[str, Any] = {**rules, "w": f"{24 * days}h", "regular": regular}
        self.named: dict[Metric, str] = {}
        acts = TABLES["acts"]
        found = acts.get(act, acts["other"])
        bars = {name[-1]: self._bar(name) for name in found["levels"]}
        words = {metric.kind for metric in self.named if ":" in metric.kind}
        grants = {g["name"]: g.get("grants_level") for g in self._groups()}
        scope = {**rules, "act": found, "bars": bars, "groups": [*grants]}
        scope["words"] = sorted(words | {"total:topics", "total:posts"})
        scope["grants"] = {g: str(n) for g, n in grants.items() if n is not None}
        self.playbook: Playbook = frame.playbook(WORDS.fill(TABLES["book"], scope))

    def _groups(self) -> Iterator[Plain]:
        yield from self.given.get("member", {}).get("groups", ())
        for event in self.given.get("events", ()):
            if "group" in event:
                yield {**event, "name": event["group"]}

    def _bar(self, level: str) -> Plain:
        if level != "tl3":
            return {"entry": " and ".join(self._early(level)), "lasting": True}
        if "tl3_requirements" in self.given:
            verdict = self._called("verdict", 'total("window:verdict", "{w}") >= 2')
            retention = verdict.replace(">= 2", ">= 1")
            return {"entry": verdict, "retention": retention, "upgrade": "at_review"}
        entry, keep = " and ".join(self._third()), str(self.scope["tl3_low_water_mark"])
        return {"entry": entry, "keep": keep, "upgrade": "at_review"}

    def _called(self, name: str, text: str) -> str:
        """Return a requirement, and remember what it is called."""
        text = text.format(name=name, **self.scope)
        self.named[metrics(parse_condition(text))[0]] = name
        return text

    def _early(self, level: str) -> Iterator[str]:
        """Yield what level 1 or 2 needs, of counters of all time."""
        figures = TABLES["all"]
        for name, need in self.scope[level].items():
            units = {
                "reading_minutes": MINUTE * need,
                "account_age_minutes": f'"{need} min"',
            }
            figure = figures.get(name, figures["other"])
            if need:
                yield self._called(name, f"{figure} >= {units.get(name, need)}")

    def _third(self) -> Iterator[str]:
        """Yield what level 3 needs: as prescribed, else as the policy says."""
        counted = "window" in self.given.get("counters", {})
        figures, told = (
            TABLES["window" if counted else "seen"],
            self.given.get("thresholds", {}),
        )
        asked = "community" in self.given
        for name, rule in TABLES["needs"].items():
            shared = rule.startswith("share(")
            need = told.get(name, rule if asked or not shared else 0)
            figure = figures.get(name, figures.get("other"))
            yield self._called(name, f"{figure} >= {need}")
        for name, rule in TABLES["most"].items():
            figure = figures.get(name, figures.get("other"))
            yield self._called(name, f"{figure} <= {told.get(f'max_{name}', rule)}")
        for name, text in TABLES["clean"].items():
            yield self._called(name, text)
