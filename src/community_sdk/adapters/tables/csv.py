"""Delimited text: one record a line or, between quotes, over several."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from typing import Final

from community_sdk.adapters._lines import LONGEST, Line, Lines
from community_sdk.adapters._rows import Refusal, Row, Rows, bounded, check_columns
from community_sdk.errors import HistoryError

__all__ = ["read"]

LENGTH: Final = 65_536
_LINES: Final = 1_000
_DELIMITERS: Final = (",", "\t", ";")


def read(lines: Lines, source: str) -> Rows:
    """Read the header of *lines* and return the table.

    The delimiter is the comma; where the header has none, the tab or the semicolon.
    Empty lines are passed over. A quote that is not closed within 1,000 lines or
    1 MiB refuses its own line and no other.

    Raises:
        HistoryError: there is no header, or it names a column twice.
    """
    records = _Records(lines, source)
    columns = records.header()
    return Rows(columns, records.rows(columns))


class _Records:
    """Records of one file, built from lines that may have to be looked at again."""

    def __init__(self, lines: Lines, source: str) -> None:
        self._fresh = iter(lines)
        self._again: deque[Line | Refusal] = deque()
        self._source = source
        self._delimiter = ","

    def header(self) -> tuple[str, ...]:
        """Return the column names of the first line."""
        lines = self._lines()
        first = next((x for x in lines if isinstance(x, Refusal) or x.text), None)
        if first is None:
            raise HistoryError(
                f"expected a header line, found nothing in `{self._source}`",
                code="table.empty",
                hint="the first line names the columns",
                path=self._source,
            )
        if isinstance(first, Refusal):
            raise self._headless(first)
        found = [d for d in _DELIMITERS if d in first.text]
        self._delimiter = found[0] if found else ","
        cells = self._quoted(first, 0)
        if isinstance(cells, Refusal):
            raise self._headless(cells)
        columns = tuple(cell.strip() for cell in cells)
        check_columns(columns, self._source)
        return columns

    def _headless(self, why: Refusal) -> HistoryError:
        return HistoryError(
            f"expected a header line in `{self._source}`: {why.message}",
            code=why.code,
            hint=why.hint,
            **{**why.figures, "path": self._source},
        )

    def rows(self, columns: tuple[str, ...]) -> Iterator[Row | Refusal]:
        """Yield a row or a refusal for each record."""
        width, delimiter = len(columns), self._delimiter
        named = not all(columns)
        for line in self._lines():
            if isinstance(line, Refusal):
                yield line
                continue
            text = line.text
            if '"' in text:
                cells = self._quoted(line, width)
            elif text:
                cells = text.split(delimiter)
            else:
                continue
            if isinstance(cells, Refusal):
                yield cells
            elif len(cells) != width:
                yield self._width(line, cells, width)
            else:
                row = dict(zip(columns, cells, strict=True))
                if named:
                    row.pop("", None)
                yield Row(line.number, row)

    def _lines(self) -> Iterator[Line | Refusal]:
        while True:
            if self._again:
                yield self._again.popleft()
            else:
                line = next(self._fresh, None)
                if line is None:
                    return
                yield line

    def _parsed(self, text: str) -> list[str] | None:
        """Return the cells of one record, or None where it is none."""
        reader = csv.reader([text], delimiter=self._delimiter, strict=True)
        try:
            return next(reader, None)
        except csv.Error:
            return None

    def _quoted(self, line: Line, width: int) -> list[str] | Refusal:
        """Return the cells of the record that begins at *line*, quotes and all."""
        cells = self._parsed(line.text)
        if cells is None and line.text.count('"') % 2:
            cells = self._joined(line, width)
        if cells is not None:
            return cells
        hint = 'write `""` for a quote inside quotes'
        code, message = "table.quote", "expected every quote to be closed"
        if len(line.text) > LENGTH:
            code, message = "table.long_cell", f"expected cells of at most {LENGTH}"
            message, hint = f"{message} characters", "leave long texts out"
        elif line.last:
            code, message = "table.cut_line", "expected a whole line at the end"
            hint = "the file may have been cut here: write or copy it again"
        return self._refusal(line.number, code, message, hint, line.text)

    def _joined(self, line: Line, width: int) -> list[str] | None:
        """Try with the lines that follow, until quotes are even; or give them back."""
        texts, size, quotes = [line.text], len(line.text), line.text.count('"')
        taken: list[Line | Refusal] = []
        for following in self._lines():
            taken.append(following)
            if isinstance(following, Refusal):
                break
            texts.append(following.text)
            size += len(following.text) + 1
            quotes += following.text.count('"')
            if quotes % 2 == 0:
                cells = self._parsed("\n".join(texts))
                if cells is not None and width in (0, len(cells)):
                    return cells
                break
            if size > LONGEST or len(texts) >= _LINES:
                break
        self._again.extendleft(reversed(taken))
        return None

    def _width(self, line: Line, cells: list[str], width: int) -> Refusal:
        found, expected = str(len(cells)), str(width)
        if len(cells) < width and line.last:
            code, hint = "table.cut_line", "the file may have been cut here"
        elif len(cells) < width:
            code, hint = "table.few_cells", "a delimiter or a line end is missing"
        else:
            code, hint = (
                "table.many_cells",
                "put a cell that holds delimiters in quotes",
            )
        message = f"expected {expected} cells, found {found}"
        facts = {"expected": expected, "found": found}
        return self._refusal(line.number, code, message, hint, line.text, facts)

    def _refusal(  # noqa: PLR0913, PLR0917 - the facts of a refusal
        self,
        number: int,
        code: str,
        message: str,
        hint: str,
        text: str,
        figures: dict[str, str] | None = None,
    ) -> Refusal:
        return Refusal(
            source=self._source,
            line=number,
            code=code,
            message=message,
            hint=hint,
            figures=figures or {},
            row=bounded({"line": text}),
        )
