"""The forms that a slot may ask for: `{until|date}`, `{measure|word:sanction}`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, cast

from community_sdk.wording._measures import measured
from community_sdk.wording._template import Slot, clean
from community_sdk.wording._voice import Voice

__all__ = ["FORMS", "show"]

Figures = Mapping[str, object]
Form = Callable[[object, str, Voice, Figures], str]


def show(slot: Slot, figures: Figures, voice: Voice) -> str:
    """Return the figure that *slot* names, in the form that it asks for."""
    value = figures.get(slot.name)
    if value is None:
        return str(voice.form("none"))
    form = FORMS.get(slot.form)
    return (
        voice.plain(value)
        if form is None
        else form(value, slot.argument, voice, figures)
    )


def _list(value: object, sort: str, voice: Voice, _: Figures) -> str:
    values = cast("tuple[object, ...]", value if isinstance(value, tuple) else (value,))
    words = [voice.word(sort, v) if sort else voice.plain(v) for v in values]
    if len(words) < 2:  # noqa: PLR2004 - a pair
        return "".join(words)
    comma, last = str(voice.form("comma")), str(voice.form("and"))
    return comma.join(words[:-1]) + last + words[-1]


def _after(value: object) -> object:
    """Count from 1 what is numbered from 0."""
    return value + 1 if isinstance(value, int) else value


def _clock(value: object, _: str, voice: Voice, __: Figures) -> str:
    return clean(value).replace("-", str(voice.form("to")))


FORMS: Final[dict[str, Form]] = {
    "date": lambda value, _, voice, __: voice.date(value),
    "day": lambda value, _, voice, __: voice.day(value),
    "length": lambda value, _, voice, __: voice.length(value),
    "next": lambda value, _, voice, __: voice.number(_after(value)),
    "number": lambda value, _, voice, __: voice.number(value),
    "times": lambda value, forms, voice, _: voice.counted(value, forms),
    "word": lambda value, sort, voice, _: voice.word(sort, value),
    "list": _list,
    "hours": _clock,
    "metric": lambda value, _, voice, __: measured(value, voice).noun(),
    "having": lambda value, name, voice, figures: measured(value, voice).having(
        figures.get(name)
    ),
    "amount": lambda value, name, voice, figures: measured(
        figures.get(name), voice
    ).amount(value),
    "asking": lambda value, _, voice, figures: measured(value, voice).asking(figures),
    "asked": lambda value, _, voice, figures: measured(value, voice).asked(figures),
}
"""Every form by its word: ``date day length next number times word list hours``
for plain figures, ``metric having amount asking asked`` for those of conditions."""
