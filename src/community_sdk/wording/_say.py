"""Explanations, decisions and conditions in words, never an exception (S29)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final, Literal

import attrs
from attrs import evolve, frozen

from community_sdk.conditions import Condition, describe
from community_sdk.decisions import Decision, Mode, RequestConsent
from community_sdk.explanation import Explanation, Figure, because
from community_sdk.wording._catalogue import LANGUAGES, catalogue
from community_sdk.wording._forms import show
from community_sdk.wording._names import Names
from community_sdk.wording._template import (
    Entry,
    Slot,
    Template,
    Together,
    clean,
    fill,
)
from community_sdk.wording._voice import Voice, voice

__all__ = ["phrase", "say", "say_condition", "say_decision", "word"]

Style = Literal["paragraph", "lines"]

_DEEPEST: Final = 40
_SHOWN: Final = 6
_BRANCHES: Final = ("condition.all", "condition.any", "condition.at_least")
_JOINS: Final = {"": "semicolon", "asked": "semicolon"}
_FULL_STOPS: Final = ("。", ".", "！", "？", "!", "?", "…", "：", ":")


def say(
    explanation: Explanation,
    lang: str,
    *,
    zone: str | tzinfo | None = None,
    names: Names | None = None,
    style: Style = "paragraph",
) -> str:
    """Put *explanation* into words, in Chinese (``zh``) or English (``en``).

    *zone* is where the readers live: instants are shown in it, to the minute; without
    one they are in UTC and say so. *names* are the titles of a playbook. Parts follow
    as sentences, or as indented lines with style ``lines``. A key that no catalogue
    knows is rendered plainly, with its figures.

    Raises:
        DefinitionError: no such zone. Nothing about the explanation itself raises.
    """
    speaker = _Speaker(voice(lang, zone, names))
    if style == "lines":
        return "\n".join(speaker.lines(explanation, 0))
    return speaker.join(speaker.sentences(explanation, 0))


def say_condition(
    condition: Condition, lang: str, *, names: Names | None = None
) -> str:
    """Say what *condition* asks for, as a phrase without a full stop."""
    return _Speaker(voice(lang, None, names)).inline(describe(condition), 0)


def say_decision(
    decision: Decision,
    lang: str,
    *,
    zone: str | tzinfo | None = None,
    names: Names | None = None,
    reasons: bool = True,
) -> str:
    """Say what was decided about whom and, with *reasons*, why.

    Raises:
        DefinitionError: no such zone.
    """
    speaker = _Speaker(voice(lang, zone, names), str(decision.policy))
    said = [speaker.decision(decision)]
    if reasons:
        said += speaker.reasons(decision.because)
    return speaker.join(said)


def word(sort: str, value: object, lang: str, *, names: Names | None = None) -> str:
    """Return *value* in words: ``word("sanction", "mute", "zh")`` is 禁言.

    The sorts are ``decision sanction state mode event role rule tier group policy
    severity status reason action task answer field step duty``; what is not known
    comes back as it is.
    """
    return voice(lang, None, names).word(sort, value)


def phrase(
    key: str,
    lang: str,
    figures: Mapping[str, object] | None = None,
    *,
    zone: str | tzinfo | None = None,
    names: Names | None = None,
) -> str:
    """Return what reports and tools say of themselves under *key*.

    Raises:
        KeyError: there is no such phrase.
    """
    speaker = _Speaker(voice(lang, zone, names))
    entry = speaker.voice.catalogue.phrases[key]
    facts = figures or {}
    variant = entry.choose(facts) or entry.variants[-1]
    return speaker.fill(variant.template, facts, (), 0)


@frozen
class _Speaker:
    """Turns explanations into sentences with one voice."""

    voice: Voice
    funnel: str = ""

    def join(self, sentences: Iterable[str]) -> str:
        stop, space = str(self.voice.form("stop")), str(self.voice.form("space"))
        ended = [s if s.endswith(_FULL_STOPS) else s + stop for s in sentences if s]
        return space.join(ended)

    def sentences(self, e: Explanation, depth: int) -> list[str]:
        """Return the sentence of *e*, then those of the parts it does not hold."""
        text, whole = self._head(e, depth)
        said = [text]
        if not whole and depth < _DEEPEST:
            for together, group in _groups(e.parts, self._together):
                if together is not None:
                    said.append(self._one(together, group))
                else:
                    said += self.sentences(group[0], depth + 1)
        return said

    def reasons(self, e: Explanation) -> list[str]:
        """Return the sentences beside a decision, which may have said the first."""
        said = self.sentences(e, 0)
        repeated = e.key in self.voice.form("repeats_decision")
        return said[1:] if repeated and len(said) > 1 else said

    def lines(self, e: Explanation, depth: int) -> list[str]:
        """Return one line for *e* and, indented, one for each part."""
        text, whole = self._head(e, depth)
        out = [f"{'  ' * (depth - 1)}- {text}" if depth else text]
        if not whole and depth < _DEEPEST:
            for part in e.parts:
                out += self.lines(part, depth + 1)
        return out

    def inline(self, e: Explanation, depth: int) -> str:
        """Return *e* as a phrase inside a sentence."""
        text, whole = self._head(e, depth)
        if whole or not e.parts or depth >= _DEEPEST:
            return text
        joined = str(self.voice.form("semicolon"))
        return joined.join([text, *(self.inline(p, depth + 1) for p in e.parts)])

    def _head(self, e: Explanation, depth: int) -> tuple[str, bool]:
        """Return the sentence, and whether it holds the parts already."""
        if depth >= _DEEPEST:
            return "…", True
        figures = dict(e.figures)
        if e.key.startswith("funnel."):
            figures |= self._steps(figures)
        facts = {**figures, "source": e.source, "parts": e.parts}
        for lang in dict.fromkeys((self.voice.lang, *LANGUAGES)):
            entry = catalogue(lang).says.get(e.key)
            variant = None if entry is None else entry.choose(facts)
            if variant is not None:
                speaker = evolve(self, voice=evolve(self.voice, lang=lang))
                text = speaker.fill(variant.template, facts, e.parts, depth)
                return text, "parts" in variant.slots
        return self._bare(e), False

    def _steps(self, figures: Mapping[str, Figure]) -> dict[str, Figure]:
        """Return the titles that the playbook gives the steps spoken of."""
        step, names = figures.get("step"), self.voice.names
        funnel = str(figures.get("funnel") or self.funnel)
        if not isinstance(step, int):
            return {}
        titles = {
            "name": names.step(funnel, step, self.voice.lang),
            "missing": names.step(funnel, step + 1, self.voice.lang),
        }
        return {k: t for k, t in titles.items() if t and figures.get(k)}

    def _bare(self, e: Explanation) -> str:
        """Render a key that nobody has words for."""
        form = self.voice.form("bare")
        pairs = [
            fill(form["pair"], {"name": clean(k), "value": self.voice.plain(v)})
            for k, v in e.figures
        ]
        key = clean(e.key).strip() or "…"
        if not pairs:
            return key
        told = str(self.voice.form("comma")).join(pairs)
        return fill(form["all"], {"key": key, "pairs": told})

    def fill(
        self,
        template: Template,
        figures: Mapping[str, object],
        parts: Sequence[Explanation],
        depth: int,
    ) -> str:
        out: list[str] = []
        for piece in template:
            if not isinstance(piece, Slot):
                out.append(piece)
            elif piece.name == "parts":
                out.append(self._parts(piece.form, parts, depth))
            else:
                out.append(show(piece, figures, self.voice))
        return "".join(out)

    def _parts(self, join: str, parts: Sequence[Explanation], depth: int) -> str:
        said: list[str] = []
        if join == "asked":
            parts = [_asked(part, depth) for part in parts]
        for part in parts:
            text = self.inline(part, depth + 1)
            several = len(parts) > 1 or join == "asked"
            nested = several and part.key in _BRANCHES and len(part.parts) > 1
            said.append(f"{self.voice.form('open')}{text}{self.voice.form('close')}"
                        if nested else text)  # fmt: skip
        return str(self.voice.form(_JOINS.get(join, join))).join(said)

    def _together(self, key: str) -> Together | None:
        entry: Entry | None = self.voice.catalogue.says.get(key)
        return None if entry is None else entry.together

    def _one(self, together: Together, group: Sequence[Explanation]) -> str:
        """Say several parts of one key as one sentence, the newest first of many."""
        shown = group if len(group) <= _SHOWN else group[-_SHOWN:]
        items: list[str] = []
        before: datetime | None = None
        for part in shown:
            figures = dict(part.figures)
            said: list[str] = []
            for piece in together.item:
                if isinstance(piece, Slot) and piece.form == "date":
                    value = figures.get(piece.name)
                    said.append(self.voice.date(value, before))
                    before = self.voice.local(value)
                else:
                    said.append(self.fill((piece,), figures, (), 0))
            items.append("".join(said))
        text = str(self.voice.form("comma")).join(items)
        if len(group) > _SHOWN:
            latest = str(self.voice.form("latest"))
            text = fill(latest, {"n": _SHOWN, "items": text})
        figures = {**dict(group[0].figures), "count": len(group), "items": text}
        return self.fill(together.template, figures, (), 0)

    def decision(self, decision: Decision) -> str:
        """Say what was decided, without the reasons."""
        figures = _figures(decision)
        if isinstance(decision, RequestConsent):
            figures["wish"] = self.decision(evolve(decision.wish, mode=Mode.ACT))
        mode = "" if decision.mode is Mode.ACT else decision.mode.value
        for lang in dict.fromkeys((self.voice.lang, *LANGUAGES)):
            entry = catalogue(lang).decisions.get(decision.kind)
            variant = None if entry is None else entry.choose(figures)
            if variant is not None:
                speaker = evolve(self, voice=evolve(self.voice, lang=lang))
                text = speaker.fill(variant.template, figures, (), 0)
                break
        else:
            text = self._bare(because(decision.kind or "decision", **figures))
        lead = str(self.voice.form("mode")[mode]) if mode else ""
        return lead + text


def _asked(e: Explanation, depth: int) -> Explanation:
    """Return *e* without its verdicts: inside a `not` they would say the opposite."""
    figures = tuple((k, v) for k, v in e.figures if k != "met")
    inner = e.parts if depth < _DEEPEST else ()
    return evolve(e, figures=figures, parts=tuple(_asked(p, depth + 1) for p in inner))


def _groups(
    parts: Sequence[Explanation], together: Any
) -> list[tuple[Together | None, list[Explanation]]]:
    """Put parts that are said together side by side, in order of the first of them."""
    out: dict[object, tuple[Together | None, list[Explanation]]] = {}
    for nth, part in enumerate(parts):
        how: Together | None = together(part.key)
        mark: object = nth
        if how is not None:
            figures = dict(part.figures)
            mark = (part.key, *(figures.get(name) for name in how.by))
        out.setdefault(mark, (how, []))[1].append(part)
    return list(out.values())


_ENVELOPE: Final = ("because", "id", "playbook", "trigger", "mode", "wish")


def _figures(decision: Decision) -> dict[str, Any]:
    """Return the facts of a decision, its own and those that all have."""
    facts: dict[str, Any] = {}
    for each in attrs.fields(type(decision)):
        if each.name not in _ENVELOPE:
            facts[each.name] = getattr(decision, each.name)
    step = facts.pop("step", None)
    kind = getattr(step, "kind", None)
    if kind is not None:
        facts |= {"measure": kind, "holds": kind.holds}
        facts["duration"] = getattr(step, "duration", None)
    elif step is not None:
        facts["step"] = step
    return dict(because("", **facts).figures)
