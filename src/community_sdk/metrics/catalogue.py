"""Named metrics: what can be measured of a member, as data (S16 S22)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final, Literal

from attrs import field

from community_sdk._time import Window, WindowKind
from community_sdk._values import frozen
from community_sdk.errors import DefinitionError, nearest

__all__ = ["LIFETIME", "METRICS", "Metric", "MetricSpec", "Scalar", "Unit"]

Scalar = str | int | bool
LIFETIME: Final = Window(WindowKind.LIFETIME)


class Unit(Enum):
    """What a figure is a number of."""

    TIMES = "times"
    DAYS = "days"
    TIME = "time"
    AMOUNT = "amount"
    TRUTH = "truth"


@frozen(kw_only=True)
class MetricSpec:
    """What one word of the catalogue takes and gives.

    *takes* are the names of its arguments in their order; *nullable*: it may have
    nothing to say (never observed), and then no comparison with it holds; *options*:
    the names of numbers, and of words where a default word stands.
    """

    takes: tuple[str, ...]
    unit: Unit
    required: int = 0
    nullable: bool = False
    filters: bool = True
    options: Mapping[str, int | str] = field(factory=dict[str, "int | str"], hash=False)


METRICS: Final = {
    "count": MetricSpec(takes=("kind", "window"), unit=Unit.TIMES, required=1),
    "active_days": MetricSpec(
        takes=("window", "kind"),
        unit=Unit.DAYS,
        required=1,
        options={"at_least": 1, "worth": 0},
    ),
    "total": MetricSpec(takes=("kind", "window"), unit=Unit.AMOUNT, required=1),
    "distinct": MetricSpec(takes=("of", "kind", "window"), unit=Unit.TIMES, required=2),
    "recency": MetricSpec(takes=("kind",), unit=Unit.TIME, nullable=True),
    "streak": MetricSpec(takes=("kind",), unit=Unit.DAYS),
    "tenure": MetricSpec(takes=(), unit=Unit.TIME, nullable=True, filters=False),
    "strikes": MetricSpec(takes=("window", "of"), unit=Unit.TIMES, filters=False),
    "has": MetricSpec(takes=("of", "kind"), unit=Unit.TRUTH, required=2, filters=False),
    "balance": MetricSpec(takes=("kind",), unit=Unit.AMOUNT, required=1, filters=False),
    "usable": MetricSpec(takes=("kind",), unit=Unit.AMOUNT, required=1, filters=False),
    "earned": MetricSpec(takes=("kind",), unit=Unit.AMOUNT, required=1, filters=False),
    "share": MetricSpec(
        takes=("kind", "window", "of"),
        unit=Unit.TIMES,
        required=1,
        options={
            "percent": 100,
            "cap": 0,
            "floor": 0,
            "slack": 0,
            "rounding": "nearest",
            "keep": "1",
        },
    ),
    "penalties": MetricSpec(
        takes=("window", "of"), unit=Unit.TIMES, filters=False, options={"months": 0}
    ),
    "served": MetricSpec(
        takes=("window", "of"), unit=Unit.TIMES, filters=False, options={"months": 0}
    ),
}
"""Every metric by its word.

``count(kind, window)`` events of a kind · ``active_days(window, kind="message")`` local
days with at least one (``at_least=3`` of them, or ``worth=10`` in amounts) ·
``total(kind, window)`` sum of amounts in minor units · ``distinct(of, kind, window)``
different values of a property · ``recency(kind)`` time since the latest ·
``streak(kind)`` local days in a row up to today or yesterday · ``tenure()`` time since
the membership began · ``strikes(window, of=category)`` that count · ``has("role" |
"tier" | "group" | "status" | "sanction" | "tag" | "segment", word)``, a sanction
being in force · of the
ledger, by currency: ``balance("points")`` now, below zero with a debt ·
``usable("points")`` earned, not spent and not over · ``earned("points")`` qualifying
points ever, clawbacks taken off · ``share(kind, window, of="", percent=25, cap=500,
floor=0, rounding="nearest")`` that part of what the whole community did (*of*
``"amount"``: of the sum of amounts) · ``penalties(window, of=measure, months=6)``
sanctions that restrain, begun in the window (or in so many calendar months), not
reversed by a person; 1 where none is left and one is in force · ``served(…)`` those of
them that are over.
"""

_HAS: Final = ("role", "tier", "group", "status", "sanction", "tag", "segment")
_ROUNDING: Final = ("nearest", "up", "down")
_KEEP: Final = re.compile(r"\d{1,9}(/[1-9]\d{0,8})?", re.ASCII)
_LIMIT: Final = 36_600
_MOST: Final = 2**53
_OF_A_LIFE: Final = (WindowKind.SINCE_JOIN, WindowKind.SINCE_TIER)


@frozen(cache_hash=True)
class Metric:
    """One figure of one member: a word of the catalogue with its arguments.

    *kind* is an event kind or a host's own word; *of* a property (for ``has``: what is
    looked up, with the word in *kind*; for ``strikes``: the category); *by* tells
    whether events count for whom they are about or for who did them; *where* keeps
    only events whose fields equal these values, in the order of the names; *args* are
    the options of the word, in the order of their names.

    Raises:
        DefinitionError: an unknown word, or a window that the metric cannot have.
    """

    word: str
    kind: str = ""
    window: Window = LIFETIME
    of: str = ""
    by: Literal["member", "actor"] = "member"
    where: tuple[tuple[str, Scalar], ...] = field(default=())
    args: tuple[tuple[str, int | str], ...] = field(default=())

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot be measured."""
        spec = METRICS.get(self.word)
        if spec is None:
            raise DefinitionError(
                f"expected a metric, found `{self.word}`",
                code="metric.unknown",
                hint=nearest(self.word, METRICS),
                found=self.word,
            )
        self._check_window()
        if self.word == "has" and self.of not in _HAS:
            raise DefinitionError(
                f"expected `has` with one of {', '.join(_HAS)}, found `{self.of}`",
                code="metric.has",
                hint=nearest(self.of, _HAS),
                found=self.of,
            )
        if not spec.filters and (self.where or self.by != "member"):
            raise DefinitionError(
                f"expected no filter on `{self.word}`",
                code="metric.filter",
                metric=self.word,
            )
        self._check_args(spec)

    def _check_window(self) -> None:
        if self.word in ("active_days", "streak") and not self._in_days:
            raise DefinitionError(
                f"expected a window in days for `{self.word}`, found `{self.window}`",
                code="metric.days",
                hint="local days are counted: write `30d`, `month` or `lifetime`",
                found=str(self.window),
                metric=self.word,
            )
        if self.word in ("distinct", "share") and self.window.kind in _OF_A_LIFE:
            raise DefinitionError(
                f"expected a window of the calendar for `{self.word}`, found"
                f" `{self.window}`",
                code="metric.distinct",
                hint="write `90d`, `month` or `lifetime`",
                found=str(self.window),
                metric=self.word,
            )

    def _check_args(self, spec: MetricSpec) -> None:
        if self.word == "share" and self.of not in ("", "amount"):
            raise DefinitionError(
                f"expected `of` as `amount` on `share`, found `{self.of}`",
                code="metric.option",
                hint="leave it out to count events",
                found=self.of,
                metric=self.word,
            )
        for name, value in self.args:
            default = spec.options.get(name)
            good = type(value) is type(default)
            if isinstance(value, int) and not isinstance(value, bool):
                good = good and 0 <= value <= _MOST
            if name == "rounding":
                good = value in _ROUNDING
            if name == "keep":
                good = isinstance(value, str) and _KEEP.fullmatch(value) is not None
            if not good:
                raise DefinitionError(
                    f"expected an option of `{self.word}`, found `{name}={value}`",
                    code="metric.option",
                    hint=nearest(name, spec.options),
                    found=f"{name}={value}",
                    metric=self.word,
                )

    def arg(self, name: str) -> int | str | None:
        """Return the option *name* as given, None where it was left out."""
        return next((value for key, value in self.args if key == name), None)

    def number(self, name: str, default: int) -> int:
        """Return the option *name*, a number, *default* where it was left out."""
        value = self.arg(name)
        return value if isinstance(value, int) else default

    @property
    def _in_days(self) -> bool:
        kind = self.window.kind
        if kind is WindowKind.EXACT and self.args:
            return self.word == "active_days"
        if kind is WindowKind.DAYS:
            return self.window.length <= _LIMIT
        return kind not in (
            WindowKind.EXACT,
            WindowKind.SINCE_JOIN,
            WindowKind.SINCE_TIER,
        )

    @property
    def spec(self) -> MetricSpec:
        """What the catalogue says of the word."""
        return METRICS[self.word]

    @property
    def source(self) -> tuple[object, ...]:
        """What tells the events apart that it looks at, whatever the window."""
        whose = "all" if self.word == "share" else self.by
        return (self.kind, whose, self.where)
