"""Why something was decided, as data and in no language (S29)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import Enum
from typing import cast

from community_sdk._values import frozen

__all__ = ["Explanation", "Figure", "because"]

Figure = str | int | bool | None | tuple["Figure", ...]


@frozen
class Explanation:
    """Which rule, which figures, which strikes counted: what led to an answer.

    *key* names the sentence, ``<family>.<what>``; *figures* are its facts as plain
    builtins: instants and durations as text (ISO 8601; `Duration`), numbers as
    integers; *source* says where the rule stands (a playbook path, an article);
    *parts* are explanations that this one rests on, in order.

    `community_sdk.wording.say` puts it into words.
    """

    key: str
    figures: tuple[tuple[str, Figure], ...] = ()
    source: str = ""
    parts: tuple[Explanation, ...] = ()

    def __getitem__(self, name: str) -> Figure:
        """Return the figure called *name*.

        Raises:
            KeyError: there is none of that name.
        """
        for key, value in self.figures:
            if key == name:
                return value
        raise KeyError(name)

    def walk(self) -> Iterator[Explanation]:
        """Yield this explanation and all its parts, outermost first."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def plain(self) -> dict[str, object]:
        """Return the explanation as JSON-ready builtins."""
        out: dict[str, object] = {"key": self.key}
        if self.figures:
            out["figures"] = {k: _listed(v) for k, v in self.figures}
        if self.source:
            out["source"] = self.source
        if self.parts:
            out["parts"] = [p.plain() for p in self.parts]
        return out


def because(
    key: str,
    /,
    *parts: Explanation,
    source: str = "",
    **figures: object,
) -> Explanation:
    """Build an explanation; figures become plain builtins.

    Datetimes turn into ISO 8601 text, enums into their names in lower case, other
    values with a text form (`Duration`, `Window`, conditions) into that text.
    """
    pairs = tuple((name, _plain(value)) for name, value in figures.items())
    return Explanation(key, pairs, source, parts)


def _plain(value: object) -> Figure:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, int):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return tuple(sorted(str(v) for v in cast("frozenset[object]", value)))
    if isinstance(value, (tuple, list)):
        return tuple(_plain(v) for v in cast("tuple[object, ...]", value))
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value)
        return tuple((str(k), _plain(v)) for k, v in pairs.items())
    return str(value)


def _listed(value: Figure) -> object:
    return [_listed(v) for v in value] if isinstance(value, tuple) else value
