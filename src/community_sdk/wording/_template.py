"""Templates of sentences: text with `{figure|form:argument}`, and nothing more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, cast

from attrs import field, frozen

__all__ = [
    "Entry",
    "Slot",
    "Template",
    "Together",
    "Variant",
    "clean",
    "fill",
    "narrow",
    "parse",
    "visible",
]

_SLOT: Final = re.compile(r"\{([a-z_]+)(?:\|([a-z_]+)(?::([^{}|]*))?)?\}")
_FIGURE_FORMS: Final = ("amount", "having")  # their argument is a figure as well
# What would break a line, hide text or steer a terminal never passes into a sentence.
_HIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff]+"
)
_BRACES: Final = str.maketrans("{}", "｛｝")  # so that an open slot shows as a fault
_PLAIN: Final = str.maketrans("｛｝", "{}")


def clean(text: object) -> str:
    """Return *text* as one line of visible characters, braces in full width."""
    return visible(text).translate(_BRACES)


def visible(text: object) -> str:
    """Return *text* as one line of visible characters, as it is else."""
    return _HIDDEN.sub(" ", str(text))


def narrow(text: str) -> str:
    """Return *text* with plain braces again: mistakes are about what was typed."""
    return text.translate(_PLAIN)


Plain = str | list[Any] | dict[str, Any]
"""An entry as its file gives it."""


@frozen
class Slot:
    """A place for the figure called *name*, shown by *form*."""

    name: str
    form: str = ""
    argument: str = ""


Template = tuple["str | Slot", ...]
"""Text and slots in turn."""


@lru_cache(maxsize=4096)
def parse(text: str) -> Template:
    """Cut *text* into text and slots; what is no slot stays text, braces widened."""
    out: list[str | Slot] = []
    end = 0
    for match in _SLOT.finditer(text):
        out.append(text[end : match.start()].translate(_BRACES))
        out.append(Slot(match[1], match[2] or "", match[3] or ""))
        end = match.end()
    out.append(text[end:].translate(_BRACES))
    return tuple(piece for piece in out if piece)


def fill(pattern: str, figures: Mapping[str, object]) -> str:
    """Return *pattern* with *figures* in its slots; none is left open."""
    pieces = parse(pattern)
    return "".join(
        str(figures.get(p.name, "")) if isinstance(p, Slot) else p for p in pieces
    )


@frozen
class Variant:
    """One way to say something, *when* these figures have one of these values."""

    template: Template
    when: Mapping[str, tuple[object, ...]] = field(
        factory=dict[str, tuple[object, ...]], hash=False
    )

    @property
    def slots(self) -> frozenset[str]:
        """The figures that it names, as slot or as argument of its form."""
        slots = [p for p in self.template if isinstance(p, Slot)]
        beside = {p.argument for p in slots if p.form in _FIGURE_FORMS}
        return frozenset({*beside, *(p.name for p in slots)})

    def fits(
        self,
        figures: Mapping[str, object],
        missing: tuple[object, ...] = (None, "", ()),
    ) -> bool:
        """Tell whether every condition holds and no figure is *missing*."""
        if any(figures.get(name) not in values for name, values in self.when.items()):
            return False
        return all(figures.get(name) not in missing for name in self.slots)


@frozen
class Together:
    """How several parts of one key become one sentence, told apart by figures *by*."""

    by: tuple[str, ...]
    item: Template
    template: Template


@frozen
class Entry:
    """Everything that a catalogue says under one key, the most special way first."""

    variants: tuple[Variant, ...]
    together: Together | None = None

    @classmethod
    def read(cls, plain: Plain) -> Entry:
        """Take an entry from a catalogue: text, a list of ways, or a table."""
        ways, together = plain, None
        if isinstance(plain, dict) and "if" not in plain:
            ways, together = cast("Plain", plain["say"]), plain.get("together")
        listed = ways if isinstance(ways, list) else [ways]
        return cls(
            tuple(map(_variant, listed)),
            None if together is None else _together(together),
        )

    def choose(self, figures: Mapping[str, object]) -> Variant | None:
        """Return the first variant that fits, if need be with an empty text in it."""
        best = next((v for v in self.variants if v.fits(figures)), None)
        if best is not None or "" not in figures.values():
            return best
        return next((v for v in self.variants if v.fits(figures, (None, ()))), None)


def _variant(plain: str | Mapping[str, Any]) -> Variant:
    if isinstance(plain, str):
        return Variant(parse(plain))
    when = {name: _values(value) for name, value in plain["if"].items()}
    return Variant(parse(plain["say"]), when)


def _values(value: object) -> tuple[object, ...]:
    return tuple(cast("list[object]", value)) if isinstance(value, list) else (value,)


def _together(plain: Mapping[str, Any]) -> Together:
    by: Iterable[str] = plain.get("by", ())
    return Together(tuple(by), parse(plain["item"]), parse(plain["say"]))
