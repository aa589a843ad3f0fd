"""Values that files hold as texts of their own: durations, conditions, sanctions."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, Final, cast

from attrs import frozen

from community_sdk._time import (
    Dates,
    Duration,
    Hours,
    QuietHours,
    Schedule,
    Window,
    micros,
    zone,
)
from community_sdk.conditions import (
    ALWAYS,
    Compare,
    Condition,
    Term,
    parse_condition,
)
from community_sdk.errors import CommunityError, DefinitionError
from community_sdk.metrics import Metric
from community_sdk.model import SANCTIONS, Money, SanctionKind
from community_sdk.playbook._notes import BROKEN, Broken, Notes, shown
from community_sdk.playbook._shapes import Schema, Text, no_word, refuse

__all__ = [
    "CONDITION",
    "DATES",
    "DURATION",
    "FRACTION",
    "HOURS",
    "INSTANT",
    "MEASURE",
    "METRIC",
    "MONEY",
    "QUIET_HOURS",
    "SANCTION",
    "SCHEDULE",
    "SPAN",
    "WINDOW",
    "ZONE",
]

# No exponents: `Decimal` would read `1e999999999` and an integer of it fill the memory.
_FRACTION: Final = re.compile(r"\s*(\d{1,9})(?:/(\d{1,9}))?\s*", re.ASCII)
_DECIMAL: Final = re.compile(r"\s*(\d{1,9}\.\d{1,9})\s*", re.ASCII)
_AMOUNT: Final = re.compile(r"\s*(-?\d{1,18}(?:\.\d{1,6})?)\s+([A-Z]{3})\s*", re.ASCII)


@frozen(eq=False, repr=False)
class Parsed:
    """A value with a text of its own, such as `90d`."""

    kind: type
    parse: Callable[[str], object]
    show: Callable[[Any], str]
    what: str
    code: str
    pattern: str
    stand_in: object = BROKEN

    def read(self, value: object, path: str, notes: Notes, /) -> Any:
        """Parse the text."""
        if type(value) is not str:
            what = f"{self.what} in quotes"
            return notes.expected(what, value, path, self.code)
        try:
            return self.parse(value)
        except CommunityError as error:
            return notes.fault(path, error)

    def write(self, value: Any, path: str, notes: Notes, /) -> object:
        """Print it, unless its text would mean something else."""
        if isinstance(value, self.kind):
            with suppress(CommunityError):
                text = self.show(value)
                if self.parse(text) == value:
                    return text
        return refuse(value, path, notes, self.what)

    def schema(self, defs: dict[str, Schema], /) -> Schema:
        """Describe the text, once for all its uses."""
        name = self.kind.__name__ if self.kind is not str else "Zone"
        said = f"{self.what[0].upper()}{self.what[1:]}.".replace("`", "")
        made: Schema = {"type": "string", "description": said}
        if self.pattern:
            made["pattern"] = self.pattern
        defs.setdefault(name, made)
        return {"$ref": f"#/$defs/{name}"}


def _money(text: str) -> Money:
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise DefinitionError(
            f"expected an amount such as `500.00 CNY`, found `{shown(text)[2:-2]}`",
            code="playbook.money",
            hint="write the amount, a space and the three letters of the currency",
            found=text,
        )
    return Money.of(match[1], match[2])


def _fraction(text: str) -> Fraction:
    if _DECIMAL.fullmatch(text) is not None:
        return Fraction(text.strip())
    match = _FRACTION.fullmatch(text)
    if match is None or not int(match[2] or 1):
        raise DefinitionError(
            f"expected a share such as `2/3`, found `{shown(text)[2:-2]}`",
            code="playbook.fraction",
            hint="write two whole numbers with a slash between them, or `0.9`",
            found=text,
        )
    return Fraction(int(match[1]), int(match[2] or 1))


def _span(text: str) -> timedelta:
    length = Duration.parse(text)
    if length.months:
        raise DefinitionError(
            f"expected an exact duration such as `30d` or `24h`, found `{text}`",
            code="playbook.exact_duration",
            hint="months differ in length: write days",
            found=text,
        )
    return timedelta(microseconds=length.us)


FRACTION: Final = Parsed(
    Fraction,
    _fraction,
    str,
    "a share such as `2/3`",
    "fraction",
    r"^\s*\d{1,9}(/\d{1,9}|\.\d{1,9})?\s*$",
    Fraction(1, 2),
)
_EXACT_UNITS: Final = (
    "us|s|sec|seconds?|min|minutes?|h|hours?|d|days?|w|weeks?"  # as `_time` reads them
)
_NAMED_WINDOWS: Final = (
    r"day|week|half_month|month|quarter|year|since_join|since_tier(:\s*\S.*)?|lifetime"
)
_CLOCK: Final = r"([01]\d|2[0-3]):[0-5]\d"

DURATION: Final = Parsed(
    Duration,
    Duration.parse,
    str,
    "a duration such as `90d`, `24h` or `1 month`",
    "duration",
    rf"^\s*(\d{{1,20}}\s*({_EXACT_UNITS})|\d{{1,9}}\s*(months?|years?))\s*$",
    Duration(us=1),
)
SPAN: Final = Parsed(
    timedelta,
    _span,
    lambda span: str(Duration(us=span // timedelta(microseconds=1))),
    "an exact duration such as `30d` or `24h`",
    "duration",
    rf"^\s*\d{{1,9}}\s*({_EXACT_UNITS})\s*$",
    timedelta(1),
)
WINDOW: Final = Parsed(
    Window,
    Window.parse,
    str,
    "a window such as `30d`, `24h` or `month`",
    "window",
    rf"^\s*(\d{{1,9}}\s*({_EXACT_UNITS})|{_NAMED_WINDOWS})\s*$",
    Window.parse("lifetime"),
)
QUIET_HOURS: Final = Parsed(
    QuietHours,
    QuietHours.parse,
    str,
    "quiet hours such as `23:00-07:00`",
    "quiet_hours",
    rf"^\s*[\[(]?\s*{_CLOCK}\s*-\s*{_CLOCK}\s*[\])]?\s*$",
    None,
)
HOURS: Final = Parsed(
    Hours,
    Hours.parse,
    str,
    "hours such as `09:00-18:00`",
    "hours",
    rf"^\s*{_CLOCK}\s*-\s*({_CLOCK}|24:00)\s*$",
)
DATES: Final = Parsed(
    Dates,
    Dates.parse,
    str,
    "dates such as `2026-10-01` or `2026-10-01..2026-10-07`",
    "dates",
    r"^\s*\d{4}-\d\d-\d\d(\s*\.\.\s*\d{4}-\d\d-\d\d)?\s*$",
)
SCHEDULE: Final = Parsed(
    Schedule,
    Schedule.parse,
    str,
    "a schedule such as `FREQ=WEEKLY;BYDAY=TU,TH,SU;BYHOUR=20`",
    "schedule",
    r"^\s*FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;[A-Z]+=[A-Z0-9,+-]+)*\s*$",
)
MONEY: Final = Parsed(
    Money,
    _money,
    str,
    "an amount such as `500.00 CNY`",
    "money",
    f"^{_AMOUNT.pattern}$",
)


def _zone(text: str) -> str:
    zone(text)
    return text


ZONE: Final = Parsed(
    str,
    _zone,
    str,
    "an IANA time zone such as `Asia/Shanghai`",
    "zone",
    "",
    "UTC",
)


def read_measure(text: str, /) -> Condition | Metric:
    """Read a condition, or a metric that stands alone.

    Raises:
        DefinitionError: *text* is neither.
    """
    try:
        return parse_condition(text)
    except DefinitionError as error:
        if error.code == "condition.not_compared":
            with suppress(DefinitionError):
                twin = parse_condition(f"{text} == {text}")
                if isinstance(twin, Compare) and isinstance(twin.metric, Metric):
                    return twin.metric
        raise


def _metric(text: str) -> Metric:
    found = read_measure(text)
    if isinstance(found, Metric):
        return found
    raise DefinitionError(
        f"expected a metric alone, found the condition `{shown(text)[2:-2]}`",
        code="playbook.metric",
        hint="remove the comparison",
        found=text,
    )


def _say_measure(value: Condition | Metric) -> str:
    return str(Term(value)) if isinstance(value, Metric) else str(value)


METRIC: Final = Parsed(
    Metric, _metric, _say_measure, "a metric such as `tenure()`", "metric", ""
)
MEASURE: Final = Parsed(
    object,
    read_measure,
    _say_measure,
    'a condition such as `count("message", "30d") >= 20`, or a metric alone',
    "measure",
    "",
)


@frozen(eq=False, repr=False)
class _Conditions:
    """A condition as text; names in it are put in by the reader."""

    stand_in: object = ALWAYS

    def read(self, value: object, path: str, notes: Notes, /) -> Condition | Broken:
        """Parse the condition and look up its names."""
        if type(value) is not str:
            return notes.expected("a condition as text", value, path, "condition")
        try:
            tree = parse_condition(value)
        except DefinitionError as error:
            return notes.fault(path, error)
        return notes.resolve(tree, value, path)

    def write(self, value: Any, path: str, notes: Notes, /) -> object:
        """Print the condition."""
        if isinstance(value, Condition):
            return str(value)
        return refuse(value, path, notes, "a condition")

    def schema(self, defs: dict[str, Schema], /) -> Schema:
        """Describe a text; the language of conditions is not a regular one."""
        made: Schema = {
            "type": "string",
            "minLength": 1,
            "maxLength": 4_000,
            "description": 'A condition such as count("message", "30d") >= 20.',
        }
        defs.setdefault("Condition", made)
        return {"$ref": "#/$defs/Condition"}


CONDITION: Final = _Conditions()


@frozen(eq=False, repr=False)
class _Instants:
    """An instant with its offset, written as TOML has it."""

    stand_in: object = BROKEN

    def read(self, value: object, path: str, notes: Notes, /) -> datetime | Broken:
        """Accept instants only; a time without offset is nowhere."""
        what = "an instant such as `2026-11-21T20:00:00+08:00`, without quotes"
        if not isinstance(value, datetime):
            return notes.expected(what, value, path, "instant")
        if value.tzinfo is None:
            cure = f"write `{value.isoformat()}+08:00`, or the offset of the place"
            what = "an instant with its offset"
            return notes.expected(what, value, path, "naive", hint=cure)
        with suppress(OverflowError):
            return value.astimezone(UTC)
        return notes.expected(what, value, path, "instant")

    def write(self, value: Any, path: str, notes: Notes, /) -> object:
        """Give the instant in UTC."""
        if isinstance(value, datetime) and value.tzinfo is not None:
            with suppress(OverflowError):
                micros(value)
                return value.astimezone(UTC)
        return refuse(value, path, notes, "an instant with its offset")

    def schema(self, defs: dict[str, Schema], /) -> Schema:
        """Describe a date-time."""
        return {"type": "string", "format": "date-time"}


INSTANT: Final = _Instants()


@frozen(eq=False, repr=False)
class _Sanctions:
    """The word of a sanction: a shipped one, or one that the playbook declares."""

    stand_in: object = SANCTIONS["reminder"]

    def read(self, value: object, path: str, notes: Notes, /) -> SanctionKind | Broken:
        """Look the word up."""
        if isinstance(value, str) and value in notes.kinds:
            return notes.kinds[value]
        return no_word(value, notes.kinds, path, notes)

    def write(self, value: Any, path: str, notes: Notes, /) -> object:
        """Give the word; an own kind is declared beside."""
        if not isinstance(value, SanctionKind):
            return refuse(value, path, notes, "a kind of sanction")
        known = cast("SanctionKind", notes.kinds.setdefault(value.word, value))
        if known != value:
            what = f"one meaning of the sanction `{value.word}`"
            return refuse(value, path, notes, what)
        if value.word not in SANCTIONS:
            notes.own_kinds[value.word] = value
        return value.word

    def schema(self, defs: dict[str, Schema], /) -> Schema:
        """Describe the shipped words; own ones are allowed."""
        made: Schema = {
            "anyOf": [{"enum": list(SANCTIONS)}, Text(name=True).schema(defs)],
            "description": "A shipped sanction, or one declared as [[sanction]].",
        }
        defs.setdefault("Sanction", made)
        return {"$ref": "#/$defs/Sanction"}


SANCTION: Final = _Sanctions()
