"""Parquet files, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from community_sdk.adapters._rows import (
    Refusal,
    Row,
    Rows,
    check_columns,
    exact,
    unreadable,
)
from community_sdk.errors import HistoryError, MissingExtraError

__all__ = ["read"]

_BATCH: Final = 4_096


def read(path: Path, source: str) -> Rows:
    """Open *path*; rows are numbered from 1.

    Timestamps with a zone stay exact to the microsecond (nanoseconds are cut);
    decimals are exact; doubles become the decimal of their shortest text.

    Raises:
        MissingExtraError: pyarrow is not installed.
        HistoryError: the file is no Parquet file.
        WorldError: it cannot be read.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtraError("reading `.parquet`", extra="parquet") from None
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, ValueError):
        raise HistoryError(
            f"expected a Parquet file in `{source}`, found none or a damaged one",
            code="table.not_parquet",
            hint="write the file again, whole",
            path=source,
        ) from None
    except OSError as fault:
        raise unreadable(path, fault) from None
    columns = tuple(file.schema_arrow.names)
    check_columns(columns, source)
    return Rows(columns, _rows(file, source))


def _rows(file: Any, source: str) -> Iterator[Row | Refusal]:
    import pyarrow as pa

    number = 0
    with file:
        try:
            for batch in file.iter_batches(batch_size=_BATCH):
                for cells in _plain(batch):
                    number += 1
                    yield Row(number, {name: exact(v) for name, v in cells.items()})
        except (pa.ArrowException, OSError, ValueError):
            yield Refusal(
                source=source,
                line=number + 1,
                code="table.damaged",
                message="the packed file is damaged from here on",
                hint="everything before is read: copy the file again and repeat",
            )


def _plain(batch: Any) -> list[dict[str, Any]]:
    """Return the rows of *batch*, nanoseconds cut where it has them."""
    import pyarrow as pa

    fields: list[Any] = []
    for each in batch.schema:
        if pa.types.is_timestamp(each.type) and each.type.unit == "ns":
            fields.append(each.with_type(pa.timestamp("us", tz=each.type.tz)))
        else:
            fields.append(each)
    return pa.table(batch).cast(pa.schema(fields), safe=False).to_pylist()
