"""One metric as a condition holds it: checked, and in words that read back (S16)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from keyword import iskeyword
from typing import Final, NoReturn, cast

from community_sdk._time import Duration, Window
from community_sdk.errors import DefinitionError
from community_sdk.metrics import LIFETIME, METRICS, Metric, Unit

__all__ = [
    "DEFAULT_KIND",
    "HIDDEN",
    "LARGEST",
    "LONGEST_NAME",
    "LONGEST_TEXT",
    "RESERVED",
    "checked",
    "cure",
    "is_name",
    "is_whole",
    "known_arguments",
    "lasting",
    "missing",
    "quoted",
    "shown",
    "shown_figure",
    "shown_metric",
]

LARGEST: Final = 2**63 - 1
LONGEST_NAME: Final = 64
LONGEST_TEXT: Final = 200
DEFAULT_KIND: Final = dict.fromkeys(("active_days", "recency", "streak"), "message")
_UNSAID: Final = {"active_days": "message"}  # of the defaults, what print leaves out
RESERVED: Final = ("kind", "window", "of", "by")
_BY: Final = ("member", "actor")

# Control characters, surrogates and what turns or hides letters on a screen: always
# escaped in print, never accepted bare. A fixed list: `str.isprintable` changes with
# the Unicode version of the interpreter, and the text of a rule must not.
HIDDEN: Final = (
    "\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff"
)
_ESCAPED: Final = re.compile(f'["\\\\{HIDDEN}]')
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_NAME: Final = re.compile(r"[^\W\d]\w*")


def is_name(word: str) -> bool:
    """Tell whether *word* can stand as a name in the text of a condition.

    Letters of any script, digits and ``_``; not a word of Python, at most 64
    characters, and already in the normal form (NFKC) that Python would read.
    """
    return (
        len(word) <= LONGEST_NAME
        and _NAME.fullmatch(word) is not None
        and word.isidentifier()
        and not iskeyword(word)
        and unicodedata.normalize("NFKC", word) == word
    )


def shown(value: object, limit: int = 40) -> str:
    """Return *value* as one short line for a message."""
    text = value if isinstance(value, str) else str(value)
    text = _ESCAPED.sub(lambda m: m[0] if m[0] in '"\\' else _escape(m[0]), text)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def quoted(text: str) -> str:
    """Return *text* in double quotes; reading it gives *text* again."""
    return f'"{_ESCAPED.sub(lambda m: _escape(m[0]), text)}"'


def _escape(char: str) -> str:
    plain = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return plain.get(char, f"\\u{ord(char):04x}")


def shown_metric(metric: Metric) -> str:
    """Return *metric* as it is written in a condition."""
    # Filters stay out of the memory: `True` equals 1 there, and reads otherwise.
    return _written(metric) if metric.where else _remembered(metric)


@lru_cache(maxsize=1024)
def _remembered(metric: Metric) -> str:
    return _written(metric)


def _written(metric: Metric) -> str:
    spec = METRICS[metric.word]
    arguments: list[str] = []
    gone = False
    for nth, name in enumerate(spec.takes):
        value: str | Window = getattr(metric, name)
        if nth >= spec.required and value in ("", LIFETIME, _UNSAID.get(metric.word)):
            gone = True
            continue
        arguments.append(f"{name}={quoted(str(value))}" if gone else quoted(str(value)))
    if metric.by != "member":
        arguments.append(f"by={quoted(metric.by)}")
    for name, option in metric.args:
        text = quoted(option) if isinstance(option, str) else str(option)
        arguments.append(f"{name}={text}")
    for name, scalar in metric.where:
        text = quoted(scalar) if isinstance(scalar, str) else str(scalar)
        arguments.append(f"{name}={text}")
    return f"{metric.word}({', '.join(arguments)})"


_UNITS: Final = (
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("min", 60_000_000),
    ("s", 1_000_000),
    ("us", 1),
)


def lasting(us: int) -> str:
    """Return a length of *us* microseconds, exactly: ``2d 3h``, ``0s``, ``-5min``."""
    left, words = abs(us), list[str]()
    for unit, size in _UNITS:
        number, left = divmod(left, size)
        if number:
            words.append(f"{number}{unit}")
    return ("-" if us < 0 else "") + (" ".join(words) or "0s")


def shown_figure(metric: Metric, figure: int | None) -> str | int | bool | None:
    """Return *figure* as an explanation gives it: lengths as text, truths as such."""
    unit = metric.spec.unit
    if figure is None:
        return None
    if unit is Unit.TIME:
        return lasting(figure)
    return bool(figure) if unit is Unit.TRUTH else figure


def checked(metric: object) -> Metric:
    """Return *metric* if a condition can hold it and its text can say it.

    Raises:
        DefinitionError: an argument is missing, not taken or not what it should be.
    """
    if not isinstance(metric, Metric):
        raise DefinitionError(
            f"expected a metric, found `{shown(metric)}`",
            code="condition.metric",
            found=shown(metric),
        )
    spec = METRICS[metric.word]
    for nth, name in enumerate(spec.takes):
        value: object = getattr(metric, name)
        needed = nth < spec.required or (name == "kind" and "kind" in spec.takes)
        _check_argument(metric.word, name, value, needed=needed)
    for name in ("kind", "window", "of"):
        value = getattr(metric, name)
        if name not in spec.takes and value not in ("", LIFETIME):
            _refuse_argument(metric.word, name, spec.takes)
    if metric.by not in _BY:
        raise DefinitionError(
            f"expected `by` as `member` or `actor`, found `{shown(metric.by)}`",
            code="condition.by",
            found=shown(metric.by),
        )
    _check_filters(metric)
    _check_options(metric)
    return metric


def _refuse_argument(word: str, name: str, takes: tuple[str, ...]) -> NoReturn:
    known = ", ".join(f"`{t}`" for t in takes)
    raise DefinitionError(
        f"expected no `{name}` on `{word}`",
        code="condition.argument",
        hint=f"it takes {known}" if known else "it takes no argument",
        found=name,
        metric=word,
    )


def _check_argument(word: str, name: str, value: object, *, needed: bool) -> None:
    if name == "window":
        if not isinstance(value, Window):
            raise DefinitionError(
                f"expected a window on `{word}`, found `{shown(value)}`",
                code="condition.window",
                found=shown(value),
                metric=word,
            )
    elif not _is_text(value):
        raise DefinitionError(
            f"expected text of at most {LONGEST_TEXT} characters as `{name}` "
            f"of `{word}`, found `{shown(value)}`",
            code="condition.text",
            found=shown(value),
            metric=word,
            argument=name,
        )
    elif needed and not value:
        raise missing(word, name)


def missing(word: str, name: str) -> DefinitionError:
    """Return the refusal of *word* without its argument *name*."""
    said = {"kind": "message", "window": "30d", "of": "channel"}
    if word == "has":
        said = {"of": "role", "kind": "owner"}
    example = ", ".join(f'"{said[taken]}"' for taken in METRICS[word].takes)
    return DefinitionError(
        f"expected `{name}` on `{word}`, found nothing",
        code="condition.missing",
        hint=f"write `{word}({example})`",
        metric=word,
        argument=name,
    )


def _is_text(value: object) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= LONGEST_TEXT
        and _SURROGATE.search(value) is None
    )


def _check_filters(metric: Metric) -> None:
    names = [name for name, _ in metric.where]
    for name, value in cast("tuple[tuple[object, object], ...]", metric.where):
        if not isinstance(name, str) or not is_name(name) or name in RESERVED:
            raise DefinitionError(
                f"expected the name of a field to filter by, found `{shown(name)}`",
                code="condition.filter_name",
                found=shown(name),
                metric=metric.word,
            )
        if not (_is_text(value) or isinstance(value, bool) or is_whole(value)):
            raise DefinitionError(
                f"expected text, a whole number or True or False as `{name}` of "
                f"`{metric.word}`, found `{shown(value)}`",
                code="condition.filter_value",
                found=shown(value),
                metric=metric.word,
                argument=name,
            )
    if names != sorted(set(names)):
        raise DefinitionError(
            f"expected the filters of `{metric.word}` once each, in the order of "
            f"their names, found {', '.join(f'`{n}`' for n in names)}",
            code="condition.filter_order",
            metric=metric.word,
        )


def _check_options(metric: Metric) -> None:
    names = [name for name, _ in metric.args]
    if names != sorted(set(names)):
        raise DefinitionError(
            f"expected the options of `{metric.word}` once each, in the order of "
            f"their names, found {', '.join(f'`{n}`' for n in names)}",
            code="condition.filter_order",
            metric=metric.word,
        )


def is_whole(value: object) -> bool:
    """Tell whether *value* is a plain integer of at most 64 bits."""
    return type(value) is int and -LARGEST <= value <= LARGEST


def known_arguments(word: str) -> Iterator[str]:
    """Yield what may stand as a keyword on *word*, filters aside."""
    yield from METRICS[word].takes
    yield from METRICS[word].options
    if METRICS[word].filters:
        yield "by"


def cure(unit: Unit | None, value: object) -> str:
    """Return what to write instead of *value* beside a metric in *unit*."""
    if isinstance(value, Duration) and value.months:
        return "months differ in length: write days"
    if unit is Unit.TIME and is_whole(value):
        return f'write `"{value}d"`'
    return f"at most {LARGEST}" if type(value) is int else ""
