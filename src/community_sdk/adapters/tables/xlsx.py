"""Workbooks: the first sheet, or the one that is named, row by row."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from community_sdk.adapters._rows import (
    Refusal,
    Row,
    Rows,
    bounded,
    check_columns,
    exact,
    unreadable,
)
from community_sdk.errors import HistoryError, MissingExtraError, nearest

__all__ = ["read"]

_UNPACKED: Final = 4 << 30


def read(path: Path, source: str, sheet: str = "") -> Rows:
    """Open the workbook *path*; the first row that is not empty names the columns.

    Dates have no zone. Whole floats become whole numbers (a workbook knows no other
    numbers), others the decimal that is shown. Formulas count as their saved results.

    Raises:
        MissingExtraError: openpyxl is not installed.
        HistoryError: the file is no workbook, or has no such sheet or header.
        WorldError: it cannot be read.
    """
    try:
        import openpyxl
    except ImportError:
        raise MissingExtraError("reading `.xlsx`", extra="xlsx") from None
    _bounded(path, source)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        names = [page.title for page in book.worksheets]
    except OSError as fault:
        raise unreadable(path, fault) from None
    except Exception:  # noqa: BLE001 - openpyxl raises whatever a part breaks
        raise _no_workbook(source) from None
    if sheet and sheet not in names:
        raise HistoryError(
            f"expected a sheet `{sheet}`, found none in `{source}`",
            code="table.sheet",
            hint=nearest(sheet, names),
            path=source,
            sheet=sheet,
        )
    cells = _cells(book, sheet or names[0], source)
    columns = _header(cells, source)
    return Rows(columns, _rows(cells, columns, source))


def _bounded(path: Path, source: str) -> None:
    """Refuse what is no archive, and an archive that would fill the memory."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except OSError as fault:
        raise unreadable(path, fault) from None
    except zipfile.BadZipFile:
        raise _no_workbook(source) from None
    if size > _UNPACKED:
        raise HistoryError(
            f"expected a workbook of at most 4 GiB unpacked, found `{source}` larger",
            code="table.too_large",
            hint="export it as CSV",
            path=source,
        )


def _no_workbook(source: str) -> HistoryError:
    return HistoryError(
        f"expected a workbook in `{source}`, found none or a damaged one",
        code="table.not_xlsx",
        hint="open it and save it as `.xlsx` or CSV",
        path=source,
    )


def _cells(
    book: Any, sheet: str, source: str
) -> Iterator[tuple[int, tuple[Any, ...]] | Refusal]:
    """Yield rows that hold something, with their numbers; close the book at the end."""
    number = 0
    try:
        page = book[sheet]
        page.reset_dimensions()
        for cells in page.iter_rows(values_only=True):
            number += 1
            if any(cell is not None for cell in cells):
                yield number, cells
    except Exception:  # noqa: BLE001 - openpyxl raises whatever a part breaks
        yield Refusal(
            source=source,
            line=number + 1,
            code="table.damaged",
            message="the packed file is damaged from here on",
            hint="everything before is read: copy the file again and repeat",
        )
    finally:
        book.close()


def _header(
    cells: Iterator[tuple[int, tuple[Any, ...]] | Refusal], source: str
) -> tuple[str, ...]:
    first = next(cells, None)
    if first is None or isinstance(first, Refusal):
        raise HistoryError(
            f"expected a header row, found nothing in `{source}`",
            code="table.empty",
            hint="the first row names the columns",
            path=source,
        )
    names = ["" if cell is None else str(exact(cell)).strip() for cell in first[1]]
    check_columns(names, source)
    return tuple(names)


def _rows(
    cells: Iterator[tuple[int, tuple[Any, ...]] | Refusal],
    columns: tuple[str, ...],
    source: str,
) -> Iterator[Row | Refusal]:
    for each in cells:
        if isinstance(each, Refusal):
            yield each
            continue
        number, values = each
        row = {n: exact(v) for n, v in zip_longest(columns, values) if n}
        spare = [v for v in values[len(columns) :] if v is not None]
        if spare:
            width = len(columns)
            yield Refusal(
                source=source,
                line=number,
                code="table.many_cells",
                message=f"expected {width} cells, found {width + len(spare)}",
                hint="give every column a name in the first row",
                figures={"expected": str(width), "found": str(width + len(spare))},
                row=bounded(row),
            )
        else:
            yield Row(number, row)
