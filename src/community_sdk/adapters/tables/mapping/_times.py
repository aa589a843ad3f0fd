"""Times as foreign sources write them: instants, local times, counts of seconds."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from community_sdk._time import EPOCH
from community_sdk.adapters._rows import Cell
from community_sdk.adapters.tables.mapping._cells import line_of, text
from community_sdk.adapters.tables.mapping._values import Fold
from community_sdk.errors import HistoryError

__all__ = ["FORMATS", "times"]

FORMATS: Final = {"iso": 0, "epoch": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}
"""How times may be written, besides patterns with ``%``; microseconds of a unit."""
_ISO: Final = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ](?:[01]\d|2[0-3]):\d\d(?::\d\d(?:[.,]\d+)?)?)?"
    r"(?:Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_NUMBER: Final = re.compile(r"-?\d{1,20}(?:\.\d{1,12})?", re.ASCII)


def times(
    style: str, zone: ZoneInfo | None, fold: Fold
) -> Callable[[Cell], datetime | None]:
    """Return a reader of times written in *style*, local ones in *zone*.

    Fractions below a microsecond are cut. A date alone is its first local instant.
    """
    unit = FORMATS.get(style)

    def read(cell: Cell) -> datetime | None:
        if isinstance(cell, datetime):
            return _placed(cell, zone, fold, cell)
        plain = text(cell)
        if plain is None:
            return None
        try:
            if unit:
                found = _counted(plain, unit)
            elif style == "iso":
                found = _iso(plain)
            else:
                found = datetime.strptime(plain, style)  # noqa: DTZ007 - placed below
        except (ValueError, OverflowError):
            found = None
        if found is None:
            raise _no_time(cell, style)
        return _placed(found, zone, fold, cell)

    return read


def _iso(plain: str) -> datetime | None:
    return datetime.fromisoformat(plain) if _ISO.fullmatch(plain) else None


def _counted(plain: str, unit: int) -> datetime | None:
    if _NUMBER.fullmatch(plain) is None:
        return None
    return EPOCH + timedelta(microseconds=int(Decimal(plain) * unit // 1))


def _placed(found: datetime, zone: ZoneInfo | None, fold: Fold, cell: Cell) -> datetime:
    """Return *found* as an instant in UTC."""
    if found.tzinfo is None:
        if zone is None:
            raise HistoryError(
                f"expected a time with a zone, found `{line_of(cell)}`",
                code="table.naive",
                hint='name the zone of the source: `zone = "Asia/Shanghai"`',
                found=line_of(cell),
            )
        found = _local(found, zone, fold, cell)
    try:
        return found if found.tzinfo is UTC else found.astimezone(UTC)
    except OverflowError:
        raise _no_time(cell, "iso") from None


def _local(found: datetime, zone: ZoneInfo, fold: Fold, cell: Cell) -> datetime:
    """Place a local time, minding the hours that clocks skip or repeat."""
    first = found.replace(tzinfo=zone, fold=0)
    second = first.replace(fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    if before == after or before is None or after is None:
        return first
    shown = {"found": line_of(cell), "zone": zone.key}
    if before < after:
        raise HistoryError(
            f"clocks in `{zone.key}` skipped the time `{shown['found']}`",
            code="table.skipped_time",
            hint="check that the source is in this zone",
            **shown,
        )
    if fold == "refuse":
        raise HistoryError(
            f"clocks in `{zone.key}` showed the time `{shown['found']}` twice",
            code="table.twice_time",
            hint='write `fold = "earlier"` or `"later"` in the mapping',
            **shown,
        )
    return first if fold == "earlier" else second


def _no_time(cell: Cell, style: str) -> HistoryError:
    expected = "such as `2026-11-21T08:00:00Z`" if style == "iso" else f"as `{style}`"
    return HistoryError(
        f"expected a time {expected}, found `{line_of(cell)}`",
        code="table.time",
        hint="say with `format` how times are written" if style == "iso" else "",
        found=line_of(cell),
        format=style,
    )
