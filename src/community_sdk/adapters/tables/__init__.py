"""Tables in, events out: CSV, JSON Lines, workbooks, Parquet files and frames (S28).

What cannot be read is a `Refusal` in its place, never an error: one bad row costs one
row. Only a file that is unreadable as a whole raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from community_sdk._time import zone as zone_of
from community_sdk.adapters._lines import Lines, encoding_of
from community_sdk.adapters._rows import (
    Counts,
    Refusal,
    Rows,
    Translation,
    unreadable,
    write_refusals,
)
from community_sdk.adapters.tables import csv, frames, jsonl, parquet, xlsx
from community_sdk.adapters.tables.frames import to_frame
from community_sdk.adapters.tables.mapping import (
    EventRule,
    FieldRule,
    Mapping,
    MappingError,
    SkipRule,
    When,
    bind,
    bind_own,
    load_mapping,
    mapping_of,
)
from community_sdk.errors import HistoryError, Problem, nearest
from community_sdk.events import Event

__all__ = [
    "Counts",
    "EventRule",
    "FieldRule",
    "Mapping",
    "MappingError",
    "Refusal",
    "SkipRule",
    "Table",
    "When",
    "load_mapping",
    "mapping_of",
    "read_frame",
    "read_table",
    "to_frame",
    "write_refusals",
]

_TEXT: Final = {
    ".csv": csv.read,
    ".tsv": csv.read,
    ".jsonl": jsonl.read,
    ".ndjson": jsonl.read,
    ".json": jsonl.read,
}
_KNOWN: Final = (*_TEXT, *(f"{end}.gz" for end in _TEXT), ".xlsx", ".parquet")


class Table:
    """Events and refusals of one table, read lazily, in the order of its rows.

    It may be read again; each reading starts anew.

    Attributes:
        source: the name of the file or frame.
        counts: what became of the rows that were read so far.
        notes: what was assumed about the file, for people to know.
        size: bytes of the file, 0 where there is none.
        line: where the row that was read last begins, as in `Refusal`.
    """

    def __init__(  # noqa: PLR0913 - made by the two doors below
        self,
        target: Any,
        mapping: Mapping | None,
        *,
        source: str,
        zone: str,
        community: str,
        encoding: str | None,
    ) -> None:
        """Remember what to read; see `read_table` and `read_frame`."""
        self._target = target
        self._mapping = mapping
        self._zone = zone
        self._community = community
        self._encoding = encoding
        self._lines: Lines | None = None
        self.source = source
        self.line = 0
        self.counts = Counts()
        self.notes: list[Problem] = []
        self.size = target.stat().st_size if isinstance(target, Path) else 0

    @property
    def position(self) -> int:
        """How many bytes of the file were read so far; at the end it is `size`."""
        return 0 if self._lines is None else self._lines.position

    def __iter__(self) -> Iterator[Event | Refusal]:
        """Yield an event or a refusal for each row, several events for some.

        Raises:
            HistoryError: the file as a whole is no table.
            MappingError: the mapping names columns that the table has not.
            MissingExtraError: an optional library is missing.
            WorldError: the file cannot be read.
        """
        counts = self.counts = Counts()
        with ExitStack() as stack:
            table = self._opened(stack)
            translate = self._bound(table).translate
            for row in table.rows:
                counts.rows += 1
                self.line = row.line
                found = (row,) if isinstance(row, Refusal) else translate(row, counts)
                for each in found:
                    if isinstance(each, Refusal):
                        counts.refused += 1
                    else:
                        counts.events += 1
                    yield each

    def _bound(self, table: Rows) -> Translation:
        columns, source = table.columns, self.source
        zone, community = self._zone, self._community
        if self._mapping is None:
            return bind_own(columns, source=source, zone=zone, community=community)
        return bind(
            self._mapping, columns, source=source, zone=zone, community=community
        )

    def _opened(self, stack: ExitStack) -> Rows:
        target, source = self._target, self.source
        if not isinstance(target, Path):
            return frames.read(target, source)
        end = _ending(target)
        if end == ".xlsx":
            return xlsx.read(
                target, source, self._mapping.sheet if self._mapping else ""
            )
        if end == ".parquet":
            return parquet.read(target, source)
        self._lines = lines = stack.enter_context(Lines(target, self._encoding))
        self.notes = lines.notes
        return _TEXT[end](lines, source)


def _ending(path: Path) -> str:
    """Return the ending that says what *path* holds, ``.gz`` taken off."""
    name = path.name.lower().removesuffix(".gz")
    return "." + name.rpartition(".")[2] if "." in name else ""


def read_table(
    path: str | Path,
    mapping: Mapping | str | Path | None = None,
    *,
    zone: str | None = None,
    community: str = "",
    encoding: str | None = None,
) -> Table:
    """Return the events that a file tells of, to be read by a loop.

    Read are ``.csv``, ``.tsv``, ``.jsonl``, ``.ndjson`` and ``.json`` (one object a
    line), each also packed as ``.gz``; ``.xlsx`` and ``.parquet`` with their extras.

    Args:
        path: the file.
        mapping: a mapping, its file, or the name of a shipped one; None: the table is
            in our own format.
        zone: the IANA zone of times that name none, before that of the mapping.
        community: whose events these are, where the table does not say.
        encoding: of text; None: UTF-8 with or without mark, or GB18030 where it is
            none (`Table.notes` says so).

    Raises:
        WorldError: there is no such file, or it may not be read.
        HistoryError: its ending says nothing.
        MappingError: the mapping has mistakes.
        DefinitionError: *zone* or *encoding* is none.
    """
    file = Path(path)
    try:
        with file.open("rb"):
            pass
    except OSError as fault:
        raise unreadable(file, fault) from None
    if _ending(file) not in _TEXT and file.suffix.lower() not in (".xlsx", ".parquet"):
        raise _unknown_ending(file)
    return _table(file, mapping, file.name, zone, community, encoding)


def _unknown_ending(file: Path) -> HistoryError:
    found = "".join(file.suffixes[-2:])
    known = ", ".join(f"`{ending}`" for ending in _KNOWN)
    hint = nearest(found, _KNOWN)
    if found.lower() in (".xls", ".ods", ".xlsm"):
        hint = "save it as `.xlsx` or `.csv`"
    return HistoryError(
        f"expected one of {known}, found `{file.name}`",
        code="table.ending",
        hint=hint,
        path=str(file),
        found=found,
        known=known,
    )


def read_frame(
    frame: Any,
    mapping: Mapping | str | Path | None = None,
    *,
    zone: str | None = None,
    community: str = "",
    source: str = "frame",
) -> Table:
    """Return the events that a pandas or polars *frame* tells of.

    Rows are numbered from 1; the index of a pandas frame is not read. Everything else
    is as in `read_table`.

    Raises:
        MappingError: the mapping has mistakes.
        DefinitionError: *zone* is none.
    """
    return _table(frame, mapping, source, zone, community, None)


def _table(  # noqa: PLR0913, PLR0917 - both doors lead here
    target: Any,
    mapping: Mapping | str | Path | None,
    source: str,
    zone: str | None,
    community: str,
    encoding: str | None,
) -> Table:
    if isinstance(mapping, (str, Path)):
        mapping = load_mapping(mapping)
    if zone:
        zone_of(zone)
    if encoding:
        encoding_of(encoding)
    return Table(
        target,
        mapping,
        source=source,
        zone=zone or "",
        community=community,
        encoding=encoding,
    )
