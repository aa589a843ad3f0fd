"""What is wrong with a plain value, in words: path, found, expected, nearest word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from attrs import evolve, fields
from cattrs import ClassValidationError, ForbiddenExtraKeysError

from community_sdk.errors import CommunityError, HistoryError, Problem, nearest

__all__ = ["CodecError", "Wrong", "nested", "problems", "shown"]

_SHOWN = 60
_NAMED = 8
_UNKNOWN = 20  # looking up the nearest word is slow


class CodecError(HistoryError):
    """A plain value or JSON text that is no event, decision or explanation.

    Attributes:
        problems: every mistake found, each with its path (``$.money.amount``).
    """

    def __init__(self, found: Iterable[Problem]) -> None:
        """Gather *found* into one error."""
        self.problems = tuple(found)
        first = self.problems[0]
        if len(self.problems) == 1:
            figures = {**first.figures, "path": first.path}
            text = f"{first.message} @ {first.path}"
            super().__init__(text, code=first.code, hint=first.hint, **figures)
            return
        told = "; ".join(str(p) for p in self.problems[:_NAMED])
        rest = len(self.problems) - _NAMED
        more = f"; and {rest} more" if rest > 0 else ""
        count = str(len(self.problems))
        super().__init__(
            f"{count} mistakes: {told}{more}",
            code="codec.mistakes",
            count=count,
            mistakes=told + more,
        )


class Wrong(Exception):  # noqa: N818 - never leaves the package
    """A leaf that is not what its field expects; its paths begin at the leaf."""

    def __init__(self, *found: Problem) -> None:
        """Carry *found*."""
        self.problems = found
        super().__init__(found)

    @classmethod
    def value(
        cls,
        code: str,
        expected: str,
        found: object,
        *,
        hint: str = "",
        path: str = "",
        **figures: str,
    ) -> Wrong:
        """Say that *expected* was expected where *found* stands."""
        seen = shown(found)
        message = f"expected {expected}, found {seen}"
        told = {"found": seen, "expected": expected, **figures}
        return cls(Problem(path, message, hint, code, told))


def nested() -> CodecError:
    """Say that nobody can follow so many levels."""
    message = "expected values that are not nested so deep"
    return CodecError([Problem("$", message, "", "codec.nested")])


def shown(value: object) -> str:
    """Return a short, harmless picture of *value* in backticks, on one line."""
    if value is None or value is True or value is False:
        return f"`{str(value).lower().replace('none', 'null')}`"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, int) and abs(value) >= 10**_SHOWN:
        return "a number of more than 60 digits"
    text = value[: _SHOWN + 1] if isinstance(value, str) else str(value)
    cut = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    plain = "".join(c if c.isprintable() else "�" for c in cut)
    return f'`"{plain}"`' if isinstance(value, str) else f"`{plain}`"


def problems(fault: BaseException, path: str = "$") -> Iterator[Problem]:
    """Yield what *fault*, raised while a value was read, says about it."""
    if isinstance(fault, ClassValidationError):
        for part, note in fault.group_exceptions()[0]:
            place = f"{path}.{note.name}"
            if isinstance(part, KeyError):
                yield Problem(
                    path,
                    f"expected the key `{note.name}`",
                    code="codec.missing",
                    figures={"key": note.name},
                )
            else:
                yield from problems(part, place)
        for part in fault.group_exceptions()[1]:
            yield from problems(part, path)
    elif isinstance(fault, ForbiddenExtraKeysError):
        known = [f.name for f in fields(fault.cl)]
        yield from unknown(fault.extra_fields, known, path)
    elif isinstance(fault, Wrong):
        for found in fault.problems:
            yield evolve(found, path=path + found.path)
    elif isinstance(fault, CommunityError):
        yield fault.problem(path)
    else:
        yield _refused(fault, path)


def unknown(
    keys: Iterable[object], known: Iterable[str], path: str
) -> Iterator[Problem]:
    """Yield one problem for each of *keys* that no field is called by."""
    for key in sorted(str(k) for k in islice(keys, _UNKNOWN)):
        word = shown(key)[2:-2]
        yield Problem(
            path,
            f"unknown key `{word}`",
            nearest(word, known) or "leave it out",
            "codec.unknown_key",
            {"key": word},
        )


def _refused(fault: BaseException, path: str) -> Problem:
    """Word what a validator of a class said."""
    said = str(fault.args[0]) if fault.args else type(fault).__name__
    text = " ".join(said.replace("'", "`").split())
    return Problem(path, f"refused: {text}", "", "codec.refused", {"reason": text})
