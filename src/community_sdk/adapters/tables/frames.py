"""Frames of pandas, polars and whatever else narwhals reads; and frames from rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from community_sdk.adapters._rows import Refusal, Row, Rows, check_columns, exact
from community_sdk.errors import HistoryError, MissingExtraError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read", "to_frame"]


def read(frame: Any, source: str) -> Rows:
    """Return the rows of *frame*, numbered from 1; its index is not read.

    Raises:
        MissingExtraError: narwhals is not installed.
        HistoryError: *frame* is no frame held in memory.
    """
    try:
        import narwhals.stable.v1 as nw
    except ImportError:
        raise MissingExtraError("reading frames", extra="frames") from None
    try:
        table = nw.from_native(frame, eager_only=True)
    except TypeError:
        kind = type(frame).__name__
        raise HistoryError(
            f"expected a pandas or polars frame, found `{kind}`",
            code="table.no_frame",
            hint="collect a lazy frame first",
            found=kind,
        ) from None
    columns = tuple(str(name) for name in table.columns)
    check_columns(columns, source)
    return Rows(columns, _rows(table, columns))


def _rows(table: Any, columns: tuple[str, ...]) -> Iterator[Row | Refusal]:
    for number, cells in enumerate(table.iter_rows(), start=1):
        yield Row(number, dict(zip(columns, map(exact, cells), strict=True)))


def to_frame(
    rows: Iterable[Mapping[str, object]], columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return *rows* as a pandas frame; *columns* fixes which, and in which order.

    Without rows and columns the frame is empty. Whole numbers stay whole only where
    no row lacks one, as pandas has it.

    Raises:
        MissingExtraError: pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError:
        raise MissingExtraError("`to_frame`", extra="frames") from None
    listed = [dict(row) for row in rows]
    return pd.DataFrame(listed, columns=None if columns is None else list(columns))
