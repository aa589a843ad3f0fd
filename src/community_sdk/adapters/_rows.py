"""Rows with their place in the file, and refusals: what was not read, as values."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple, Protocol, cast

from attrs import define, field, frozen

from community_sdk.adapters._output import write_whole
from community_sdk.errors import CommunityError, HistoryError, Problem, WorldError
from community_sdk.events import Event

__all__ = [
    "Cell",
    "Counts",
    "Refusal",
    "Row",
    "Rows",
    "Translation",
    "bounded",
    "check_columns",
    "exact",
    "unreadable",
    "write_refusals",
]

Cell = object
"""Text, whole number, flag, `Decimal`, datetime, list, dict, or None for nothing."""

_CELL_SHOWN: Final = 200
_CELLS_SHOWN: Final = 50
_COLUMNS: Final = 1_000
_WHOLE_FLOAT: Final = 2**53


class Row(NamedTuple):
    """One row: *line* is its physical line (or row number), *cells* are by column."""

    line: int
    cells: Mapping[str, Cell]


@frozen(kw_only=True)
class Refusal:
    """A row that became no event: where, why, and the cure. It is never raised.

    Attributes:
        source: the name of the file or frame.
        line: the physical line of the (unpacked) file where the row begins; in
            workbooks the row number; in Parquet files and frames the row, from 1.
        code: a stable word for the kind of mistake, for other languages.
        message: one line in English.
        hint: the cure, where one is known.
        figures: the facts that the message was made from.
        row: what stood there, cells cut to 200 characters.
        problems: each single mistake, where the row is an object with fields.
    """

    source: str
    line: int
    code: str
    message: str
    hint: str = ""
    figures: Mapping[str, str] = field(factory=dict[str, str], hash=False)
    row: Mapping[str, str] = field(factory=dict[str, str], hash=False)
    problems: tuple[Problem, ...] = ()

    def __str__(self) -> str:
        """Give the refusal as one line."""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.source}:{self.line}: {self.message}{hint}"

    def plain(self) -> dict[str, object]:
        """Return the refusal as JSON-ready builtins."""
        return {
            "source": self.source,
            "line": self.line,
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "figures": dict(self.figures),
            "row": dict(self.row),
        }

    @classmethod
    def of(
        cls, source: str, row: Row, fault: CommunityError, column: str = ""
    ) -> Refusal:
        """Word what *fault* says about *row*, in *column* where that is known."""
        figures = {**fault.figures, **({"column": column} if column else {})}
        place = f" in column `{column}`" if column else ""
        return cls(
            source=source,
            line=row.line,
            code=fault.code,
            message=fault.message + place,
            hint=fault.hint,
            figures=figures,
            row=bounded(row.cells),
            problems=tuple(getattr(fault, "problems", ())),
        )


def bounded(cells: Mapping[str, Cell]) -> dict[str, str]:
    """Return *cells* as texts that are short enough to be shown."""
    shown: dict[str, str] = {}
    for name, cell in cells.items():
        if cell is None or cell == "":
            continue
        if len(shown) == _CELLS_SHOWN:
            shown["…"] = "…"
            break
        shown[_cut(name)] = _cut(str(cell))
    return shown


def _cut(text: str) -> str:
    if len(text) > _CELL_SHOWN:
        text = text[: _CELL_SHOWN - 1] + "…"
    return text.encode("utf-8", "replace").decode("utf-8")


@define
class Counts:
    """What became of the rows that were read so far.

    *skipped* counts, by their reasons, rows that a mapping knows to be no events.
    One row may become several events.
    """

    rows: int = 0
    events: int = 0
    refused: int = 0
    skipped: dict[str, int] = field(factory=dict[str, int])


class Translation(Protocol):
    """Turns rows of one table into events."""

    def translate(self, row: Row, counts: Counts, /) -> Iterable[Event | Refusal]:
        """Return the events that *row* tells of, or why it tells of none."""
        ...


@define
class Rows:
    """An opened table: its *columns* (None: each row names its own) and its rows."""

    columns: tuple[str, ...] | None
    rows: Iterator[Row | Refusal]


def exact(value: object) -> Cell:
    """Return a cell of a workbook, a Parquet file or a frame as an exact builtin.

    Floats become whole numbers or the decimal that their shortest text says; NaN, NaT
    and NA become nothing; nanoseconds are cut to microseconds.
    """
    if value is None or isinstance(value, (str, bool, Decimal)):
        return value
    if isinstance(value, (dict, list)):
        return cast("object", value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if value != value:  # noqa: PLR0124 - only NaN is not itself
            return None
        whole = value.is_integer() and abs(value) < _WHOLE_FLOAT
        return int(value) if whole else Decimal(repr(float(value)))
    kind = type(value).__name__
    if kind in ("NAType", "NaTType"):
        return None
    if isinstance(value, datetime):
        shorten = getattr(value, "to_pydatetime", None)
        return value if shorten is None else cast("datetime", shorten(warn=False))
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - local
    inner = getattr(value, "item", None)
    return exact(inner()) if callable(inner) else str(value)


def check_columns(columns: Sequence[str], source: str) -> None:
    """Refuse a header that names too much, or something twice.

    Raises:
        HistoryError: it does.
    """
    if len(columns) > _COLUMNS:
        raise HistoryError(
            f"expected at most {_COLUMNS} columns, found {len(columns)} in `{source}`",
            code="table.columns",
            hint="export only what is needed",
            path=source,
            found=str(len(columns)),
            most=str(_COLUMNS),
        )
    seen: set[str] = set()
    for column in columns:
        if column and column in seen:
            raise HistoryError(
                f"expected each column once, found `{column}` twice in `{source}`",
                code="table.header_twice",
                hint="rename one of them",
                path=source,
                found=column,
            )
        seen.add(column)


def unreadable(path: Path, fault: OSError) -> WorldError:
    """Word why the file system does not give *path*."""
    name = str(path)
    if isinstance(fault, FileNotFoundError):
        return WorldError(
            f"expected a file, found nothing at `{name}`",
            code="table.missing",
            hint="check the spelling and the folder",
            path=name,
        )
    if isinstance(fault, IsADirectoryError):
        return WorldError(
            f"expected a file, found the folder `{name}`",
            code="table.folder",
            hint="name one file of it",
            path=name,
        )
    if isinstance(fault, PermissionError):
        return WorldError(
            f"expected a file that may be read, found `{name}` locked",
            code="table.permission",
            hint="ask its owner for the right to read it",
            path=name,
        )
    reason = (fault.strerror or type(fault).__name__).lower()
    return WorldError(
        f"`{name}` could not be read: {reason}",
        code="table.disk",
        retryable=True,
        path=name,
        reason=reason,
    )


def write_refusals(
    path: str | Path,
    refusals: Iterable[Refusal],
    say: Callable[[Refusal], str] | None = None,
) -> int:
    """Write *refusals* to a side file, one JSON object a line; return how many.

    With *say* each begins with what it says, as ``said``. The file appears whole at
    the end, or not at all; a device is written to.

    Raises:
        WorldError: the disk does not take it.
    """
    count = 0

    def lines() -> Iterator[str]:
        nonlocal count
        for refusal in refusals:
            count += 1
            told = {} if say is None else {"said": say(refusal)}
            yield json.dumps(told | refusal.plain(), ensure_ascii=False) + "\n"

    try:
        write_whole(path, lines())
    except OSError as fault:
        reason = (fault.strerror or type(fault).__name__).lower()
        raise WorldError(
            f"refused rows could not be written to `{path}`: {reason}",
            code="table.write",
            hint="free some space or name another folder",
            path=str(path),
            reason=reason,
        ) from None
    return count
