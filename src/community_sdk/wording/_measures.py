"""Metrics of conditions in words: with a figure, with what is asked, by name (S29)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, cast

from attrs import frozen

from community_sdk._time import Window, WindowKind
from community_sdk.conditions import Compare, Holds, parse_condition
from community_sdk.errors import DefinitionError
from community_sdk.metrics import Metric, Unit
from community_sdk.wording._template import clean, fill
from community_sdk.wording._voice import Voice

__all__ = ["Measured", "measured"]

_TAILS: Final = ("", " == 0", ' == "1d"')
_LONGEST: Final = 1_000


@lru_cache(maxsize=1024)
def _metric(text: str) -> Metric | None:
    """Read a metric back from its text; None for names and what is none."""
    if len(text) > _LONGEST:
        return None
    for tail in _TAILS:
        try:
            found = parse_condition(f"{text}{tail}")
        except DefinitionError:
            continue
        if isinstance(found, (Compare, Holds)) and isinstance(found.metric, Metric):
            return found.metric
    return None


def measured(text: object, voice: Voice) -> Measured:
    """Return the metric written *text*, to be said by *voice*."""
    shown = text if isinstance(text, str) else ""
    return Measured(_metric(shown), clean(text), voice)


@frozen
class Measured:
    """One metric and who speaks of it; a metric that is none is said as it stands."""

    metric: Metric | None
    text: str
    voice: Voice

    def noun(self) -> str:
        """Return the name of the figure: `messages in the last 30 days`."""
        return self._say("noun", {})

    def having(self, value: object) -> str:
        """Return the metric with a figure: `23 messages in the last 30 days`."""
        return self._say("phrase", {"amount": self._padded(self.amount(value))})

    def _padded(self, amount: str) -> str:
        pad = str(self.voice.form("pad")) if amount[:1].isdigit() else ""
        return pad + amount

    def asking(self, figures: Mapping[str, object]) -> str:
        """Return the metric with what is asked of it, by *op* and *need* or *than*."""
        asked = self._padded(self.asked(figures))
        if figures.get("than"):
            return fill(self.voice.form("versus"), {"name": self.noun(), "text": asked})
        return self._say("phrase", {"amount": asked})

    def asked(self, figures: Mapping[str, object]) -> str:
        """Return what is asked: `at least 20`, or as much as another metric."""
        op, need, than = (figures.get(n) for n in ("op", "need", "than"))
        words = cast("dict[str, str]", self.voice.form("compare"))
        if than:
            other = measured(than, self.voice).noun()
            shown = other if need is None else f"{other}{self._aside(need)}"
        else:
            shown = self.amount(need)
        pattern = words.get(str(op), "{amount}")
        return fill(pattern, {"amount": self._padded(shown)})

    def _aside(self, value: object) -> str:
        return fill(str(self.voice.form("aside")), {"text": self.amount(value)})

    def amount(self, value: object) -> str:
        """Return a figure with its unit: `23 messages`, `2 days 3 hours`."""
        metric, voice = self.metric, self.voice
        whole = isinstance(value, int) and not isinstance(value, bool)
        if metric is None or (metric.spec.unit is not Unit.TIME and not whole):
            return voice.number(value) if whole else voice.plain(value)
        if metric.spec.unit is Unit.TIME:
            return voice.length(value)
        unit = self._pattern("unit")
        if unit == "things":
            unit = f"{self._event(one=True)['things']}/{self._event()['things']}"
        return voice.counted(value, unit)

    def _say(self, use: str, more: Mapping[str, str]) -> str:
        if self.metric is None:
            name = fill(str(self.voice.form("named")), {"text": self.text})
            joined = str(self.voice.form("named_with"))
            return fill(joined, {"name": name, **more}) if more else name
        pattern = self._pattern(use)
        window = self._window(self.metric.window)
        facts = {**self._event(), "window": window, **self._of(), **self._options()}
        said = fill(pattern, {**facts, **more})
        close = str(self.voice.form("close"))
        return said.replace(f"{close}{self.voice.form('pad')}", close)

    def _pattern(self, use: str) -> str:
        metric = self.metric
        assert metric is not None  # noqa: S101 - every caller looked
        forms = self.voice.catalogue.metrics
        if metric.word == "has":
            return forms[f"has_{metric.of}"][use]
        special = f"{metric.word}_{metric.kind}"
        if metric.word == "active_days" and metric.args:
            special = "active_days_counted"
        return (forms.get(special) or forms[metric.word])[use]

    def _event(self, *, one: bool = False) -> dict[str, str]:
        """Return what the metric counts: as verb, noun, and things to be counted."""
        metric, voice = self.metric, self.voice
        assert metric is not None  # noqa: S101 - every caller looked
        words = voice.catalogue.events.get(metric.kind)
        if words is None:
            named = fill(str(voice.form("named")), {"text": clean(metric.kind)})
            unknown = cast("dict[str, str]", voice.form("unknown_event"))
            words = {use: fill(form, {"name": named}) for use, form in unknown.items()}
        only = self._filters(metric)
        number = "one" if one else "many"
        verb, things = words["verb"], words.get(number, words["noun"])
        if metric.by == "actor":
            verb = words.get("actor", verb)
            things = words.get(f"actor_{number}", things)
        return {
            "event": verb + only,
            "noun": words["noun"] + only,
            "things": things + only,
        }

    def _of(self) -> dict[str, str]:
        metric, voice = self.metric, self.voice
        assert metric is not None  # noqa: S101 - every caller looked
        word = voice.word(metric.of, metric.kind)
        of = voice.word("field", metric.of)
        sorts = {"strikes": "category", "penalties": "sanction", "served": "sanction"}
        if metric.word in sorts and metric.of:
            text = voice.word(sorts[metric.word], metric.of)
            of = fill(str(voice.form("category")), {"text": text})
        return {"word": word, "of": of}

    def _options(self) -> dict[str, str]:
        """Return what bounds the figure, in brackets, and the part that is taken."""
        metric, voice = self.metric, self.voice
        assert metric is not None  # noqa: S101 - every caller looked
        words = cast("dict[str, str]", voice.form("bounds"))
        said = [
            fill(words[name], {"value": str(value)})
            for name, value in metric.args
            if name in words and value not in (0, "1")
        ]
        found = {"percent": str(metric.number("percent", 100)), "bounds": ""}
        if metric.word in ("penalties", "served"):
            return found | ({"window": said[0]} if said else {})
        if said:
            text = str(voice.form("comma")).join(said)
            found["bounds"] = fill(str(voice.form("aside")), {"text": text})
        return found

    def _window(self, window: Window) -> str:
        voice = self.voice
        words = cast("dict[str, str]", voice.form("window"))
        if window.kind is WindowKind.DAYS:
            if window.length == 1:
                return words["day"]
            length = voice.length(f"{window.length}d")
            return fill(words["days"], {"length": length})
        if window.kind is WindowKind.EXACT:
            return fill(words["exact"], {"length": voice.length(str(window))})
        if window.tiers:
            return fill(words["since_tier_of"], {"tiers": window.tiers})
        return words[window.kind.value]

    def _filters(self, metric: Metric) -> str:
        voice = self.voice
        said: list[str] = []
        for name, value in metric.where:
            if value is True:
                said.append(voice.word("field", name))
                continue
            facts = {"name": voice.word("field", name), "value": voice.plain(value)}
            said.append(fill(str(voice.form("filter")), facts))
        if not said:
            return ""
        text = str(voice.form("comma")).join(said)
        return fill(str(voice.form("only")), {"text": text})
