"""Workbooks, Parquet files and frames: the same rows, the same events."""

import io
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import polars as pl
import pytest

from community_sdk.adapters._rows import exact
from community_sdk.adapters.tables import (
    Refusal,
    mapping_of,
    read_frame,
    read_table,
    to_frame,
)
from community_sdk.errors import HistoryError, MissingExtraError
from community_sdk.events import PurchaseMade
from community_sdk.model import Money

SHOP = mapping_of(
    {
        "format": 1,
        "source": "shop",
        "key": "no",
        "zone": "Asia/Shanghai",
        "event": [
            {
                "kind": "purchase",
                "fields": {
                    "at": "at",
                    "member": "who",
                    "money": {"column": "paid", "currency": "CNY"},
                },
            }
        ],
    }
)
# Not imported: the stubs know half of it.
pa: Any = import_module("pyarrow")
pq: Any = import_module("pyarrow.parquet")

COLUMNS = ("no", "at", "who", "paid")
LOCAL = datetime(2026, 11, 21, 8)  # noqa: DTZ001 - as workbooks have it
ROWS: list[tuple[Any, ...]] = [
    (1, LOCAL, 13085.0, 12.5),
    (2, LOCAL, 13085.0, 0.29),
    (3, LOCAL, "ann", 7),
    (4, LOCAL, "ann", None),
    (5, LOCAL, "ann", 0.125),
]


def workbook(path: Path, rows: list[tuple[Any, ...]] = ROWS, sheet: str = "s") -> Path:
    """Write a workbook."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "first"
    page = page if sheet == "first" else book.create_sheet(sheet)
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def check(found: list[Any]) -> None:
    """The five rows of the shop, however they were stored."""
    assert [
        (e.id, e.member, e.money) for e in found[:3] if isinstance(e, PurchaseMade)
    ] == [
        ("shop:1", "13085", Money(1250, "CNY")),
        ("shop:2", "13085", Money(29, "CNY")),
        ("shop:3", "ann", Money(700, "CNY")),
    ]
    assert {e.at for e in found[:3]} == {datetime(2026, 11, 21, tzinfo=UTC)}
    assert [e.code for e in found[3:]] == ["table.absent", "money.decimals"]


def test_workbooks(tmp_path: Path) -> None:
    """Whole floats are whole, others exact, dates local, rows numbered as shown."""
    path = workbook(tmp_path / "t.xlsx", [COLUMNS, *ROWS], "first")
    found = list(read_table(path, SHOP))
    check(found)
    assert [e.line for e in found if isinstance(e, Refusal)] == [5, 6]


def test_sheets_and_odd_rows(tmp_path: Path) -> None:
    """The mapping names the sheet; empty rows are passed over, spare cells refused."""
    from attrs import evolve

    rows = [(), COLUMNS, (), ROWS[0], (2, LOCAL), (*ROWS[2], None, "spare")]
    path = workbook(tmp_path / "t.xlsx", rows, "sales")
    found = list(read_table(path, evolve(SHOP, sheet="sales")))
    assert [getattr(e, "line", 0) for e in found] == [0, 5, 6]
    assert [e.code for e in found if isinstance(e, Refusal)] == [
        "table.absent",
        "table.many_cells",
    ]
    for sheet, code in (("sale", "table.sheet"), ("", "table.empty")):
        with pytest.raises(HistoryError) as caught:
            list(read_table(path, evolve(SHOP, sheet=sheet)))
        assert caught.value.code == code


def test_files_that_are_no_workbooks(tmp_path: Path) -> None:
    """Text, half a workbook and another zip are refused as a whole."""
    whole = workbook(tmp_path / "w.xlsx", [COLUMNS, *ROWS]).read_bytes()
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.txt", "a")
    for content in (b"at,who\n", whole[: len(whole) // 2], other.getvalue(), b""):
        path = tmp_path / "t.xlsx"
        path.write_bytes(content)
        with pytest.raises(HistoryError) as caught:
            list(read_table(path, SHOP))
        assert caught.value.code == "table.not_xlsx"


def test_a_workbook_with_a_damaged_sheet(tmp_path: Path) -> None:
    """Rows before the damage are delivered."""
    whole = workbook(tmp_path / "w.xlsx", [COLUMNS, *ROWS], "first")
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part.endswith("sheet1.xml"):
                content = content[: content.index(b'<row r="4"') + 30]
            new.writestr(part, content)
    found = list(read_table(path, SHOP))
    assert [getattr(e, "id", e) for e in found[:2]] == ["shop:1", "shop:2"]
    assert [e.code for e in found[2:] if isinstance(e, Refusal)] == ["table.damaged"]


def test_a_workbook_that_would_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What unpacks to gigabytes is refused before it is unpacked."""
    monkeypatch.setattr("community_sdk.adapters.tables.xlsx._UNPACKED", 1_000)
    path = workbook(tmp_path / "t.xlsx", [COLUMNS, *ROWS])
    with pytest.raises(HistoryError) as caught:
        list(read_table(path, SHOP))
    assert caught.value.code == "table.too_large"


def parquet(path: Path, zone: str | None = None, unit: Any = "us") -> Path:
    """Write the rows as Parquet."""
    at = [row[1].replace(tzinfo=None) for row in ROWS]
    if zone == "UTC":
        at = [t - timedelta(hours=8) for t in at]
    table = pa.table(
        {
            "no": pa.array([row[0] for row in ROWS]),
            "at": pa.array(at, pa.timestamp(unit, tz=zone)),
            "who": pa.array([str(row[2]).removesuffix(".0") for row in ROWS]),
            "paid": pa.array([None if r[3] is None else float(r[3]) for r in ROWS]),
        }
    )
    pq.write_table(table, path)
    return path


@pytest.mark.parametrize("zone", [None, "UTC"])
@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_parquet(tmp_path: Path, zone: str | None, unit: str) -> None:
    """Timestamps with and without zone, and doubles, stay exact."""
    found = list(read_table(parquet(tmp_path / "t.parquet", zone, unit), SHOP))
    check(found)
    assert [e.line for e in found if isinstance(e, Refusal)] == [4, 5]


def test_parquet_of_nanoseconds_decimals_and_words(tmp_path: Path) -> None:
    """Nanoseconds are cut, decimals and words of a dictionary are exact."""
    at = pa.array([1_795_219_200_123_456_789], pa.timestamp("ns", tz="UTC"))
    table = pa.table(
        {
            "no": [1],
            "at": at,
            "who": pa.array(["ann"]).dictionary_encode(),
            "paid": pa.array([Decimal("12.50")]),
        }
    )
    path = tmp_path / "t.parquet"
    pq.write_table(table, path)
    (event,) = read_table(path, SHOP)
    assert isinstance(event, PurchaseMade)
    assert event.at.isoformat() == "2026-11-21T00:00:00.123456+00:00"
    assert (event.member, event.money) == ("ann", Money(1250, "CNY"))


def test_files_that_are_no_parquet(tmp_path: Path) -> None:
    """Text, nothing and half a file are refused as a whole."""
    whole = parquet(tmp_path / "w.parquet").read_bytes()
    for content in (b"at,who\n", b"", whole[:200]):
        path = tmp_path / "t.parquet"
        path.write_bytes(content)
        with pytest.raises(HistoryError) as caught:
            list(read_table(path, SHOP))
        assert caught.value.code == "table.not_parquet"


def test_a_damaged_parquet_file(tmp_path: Path) -> None:
    """Damage inside is refused where it begins."""
    path = parquet(tmp_path / "t.parquet")
    content = bytearray(path.read_bytes())
    content[4:60] = b"\xff" * 56
    path.write_bytes(bytes(content))
    found = list(read_table(path, SHOP))
    assert [e.code for e in found if isinstance(e, Refusal)][-1] == "table.damaged"


PANDAS = pd.DataFrame(ROWS, columns=list(COLUMNS))
POLARS = pl.DataFrame(
    [
        (
            *row[:2],
            str(row[2]).removesuffix(".0"),
            None if row[3] is None else float(row[3]),
        )
        for row in ROWS
    ],
    schema=list(COLUMNS),
    orient="row",
)


@pytest.mark.parametrize("frame", [PANDAS, POLARS], ids=["pandas", "polars"])
def test_frames(frame: Any) -> None:
    """Frames give what files give; rows are numbered from 1."""
    table = read_frame(frame, SHOP, source="sales")
    found = list(table)
    check(found)
    assert [(e.source, e.line) for e in found if isinstance(e, Refusal)] == [
        ("sales", 4),
        ("sales", 5),
    ]
    assert table.size == table.position == 0
    assert table.counts.rows == 5


def test_frames_of_our_own() -> None:
    """A frame in our own format needs no mapping."""
    frame = pd.DataFrame(
        {"kind": ["left"], "at": [pd.Timestamp("2026-11-21T00:00Z")], "member": ["ann"]}
    )
    (event,) = read_frame(frame, community="c")
    assert not isinstance(event, Refusal)
    assert (event.kind, event.community) == ("left", "c")


@pytest.mark.parametrize("frame", [POLARS.lazy(), {"a": [1]}, None])
def test_what_is_no_frame(frame: Any) -> None:
    """Lazy frames and other things are refused with the cure."""
    with pytest.raises(HistoryError) as caught:
        list(read_frame(frame, SHOP))
    assert caught.value.code == "table.no_frame"


def test_cells_are_exact_builtins() -> None:
    """Whatever libraries put in cells ends as a builtin, nothing invented."""
    numpy = pytest.importorskip("numpy")
    same: list[Any] = ["a", True, 7, Decimal("1.50"), None, [1], {"a": 1}]
    assert [exact(value) for value in same] == same
    assert exact(float("nan")) is None
    assert exact(pd.NaT) is None
    assert exact(pd.NA) is None
    assert exact(2.0) == 2
    assert exact(0.1) == Decimal("0.1")
    assert exact(1e300) == Decimal("1E+300")
    assert exact(numpy.int64(3)) == 3
    assert type(exact(numpy.int64(3))) is int
    assert exact(numpy.bool_(True)) is True  # noqa: FBT003
    assert exact(numpy.float64(0.5)) == Decimal("0.5")
    assert exact(float("inf")) == Decimal("Infinity")
    assert exact(date(2026, 1, 2)) == datetime(2026, 1, 2)  # noqa: DTZ001
    nanos = pd.Timestamp("2026-11-21T00:00:00.123456789Z")
    assert exact(nanos) == datetime(2026, 11, 21, 0, 0, 0, 123_456, tzinfo=UTC)
    assert exact(timedelta(1)) == "1 day, 0:00:00"


def test_frames_from_rows() -> None:
    """Rows become a frame, with the columns that are asked for."""
    rows = [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]
    assert to_frame(rows).to_dict("list") == {"a": [1, 2], "b": ["x", "y"]}
    assert list(to_frame(rows, ["b"]).columns) == ["b"]
    assert list(to_frame([], ["a", "b"]).columns) == ["a", "b"]
    assert len(to_frame(iter(()))) == 0


@pytest.mark.parametrize(
    ("module", "extra"),
    [
        ("openpyxl", "xlsx"),
        ("pyarrow", "parquet"),
        ("narwhals.stable.v1", "frames"),
        ("pandas", "frames"),
    ],
)
def test_what_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, extra: str
) -> None:
    """A missing library is named with the command that brings it."""
    uses: dict[str, Callable[[], object]] = {
        "openpyxl": lambda: list(read_table(tmp_path / "t.xlsx", SHOP)),
        "pyarrow": lambda: list(read_table(tmp_path / "t.parquet", SHOP)),
        "narwhals.stable.v1": lambda: list(read_frame(PANDAS, SHOP)),
        "pandas": lambda: to_frame([]),
    }
    for name in ("t.xlsx", "t.parquet"):
        (tmp_path / name).write_bytes(b"")
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError) as caught:
        uses[module]()
    assert caught.value.extra == extra
    assert f'pip install "community-sdk[{extra}]"' in str(caught.value)
