"""Lines and records of text files: encodings, quotes, lengths, broken ends."""

import gzip
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community_sdk.adapters.tables import MappingError, Refusal, read_table
from community_sdk.errors import DefinitionError, HistoryError
from community_sdk.events import Event
from tests.unit.adapters.tables.foreign import HEADER, ROW, mapping, parted, read

ZH = "2026-11-21T08:00:00Z,小明同学,message,3\n"


def members(events: list[Event]) -> list[str | None]:
    """Whom the events are about, in order."""
    return [event.member for event in events]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_lines_end_as_they_like(tmp_path: Path, end: str, *, last: bool) -> None:
    """LF and CRLF, with and without an end of the last line, read the same."""
    content = (HEADER + ROW * 2).replace("\n", end)
    events, refusals, table = read(tmp_path, content if last else content.rstrip())
    assert members(events) == ["ann", "ann"]
    assert refusals == []
    assert (table.counts.rows, table.counts.events, table.counts.refused) == (2, 2, 0)


@pytest.mark.parametrize(
    ("encoding", "noted"), [("utf-8", False), ("utf-8-sig", False), ("gb18030", True)]
)
@pytest.mark.parametrize("packed", [True, False])
def test_encodings_are_found(
    tmp_path: Path, encoding: str, *, noted: bool, packed: bool
) -> None:
    """UTF-8, marked or not, and GB18030 are told apart; a guess is noted."""
    content = (HEADER + ROW * 30 + ZH * 20).encode(encoding)
    name = "t.csv"
    if packed:
        content, name = gzip.compress(content), "t.csv.gz"
    events, refusals, table = read(tmp_path, content, name)
    assert refusals == []
    assert members(events)[-1] == "小明同学"
    assert [note.code for note in table.notes] == (["table.assumed"] if noted else [])
    assert table.position == table.size == len(content)


def test_an_encoding_may_be_named(tmp_path: Path) -> None:
    """`encoding` decides; what is none of it is refused line by line."""
    big5 = (HEADER + ZH.replace("小明同学", "小明")).encode("big5")
    events, _, table = read(tmp_path, big5, encoding="Big5")
    assert members(events) == ["小明"]
    assert table.notes == []
    content = (HEADER + ROW).encode() + b"2026-11-21T08:00:00Z,\xff,message,3\n"
    events, refusals, _ = read(tmp_path, content, encoding="utf-8")
    assert [(r.line, r.code) for r in refusals] == [(3, "table.bytes")]
    assert len(events) == 1


def test_damage_here_and_there_costs_its_lines(tmp_path: Path) -> None:
    """A few bad bytes in a good file are refused; the file stays UTF-8."""
    bad = b"2026-11-21T08:00:00Z,\xff,message,3\n"
    for good in (ZH, ROW):
        content = (HEADER + good * 3).encode() + bad + good.encode()
        events, refusals, table = read(tmp_path, content)
        assert len(events) == 4
        assert [(r.line, r.code) for r in refusals] == [(5, "table.bytes")]
        assert table.notes == []


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "t.csv", "table.empty"),
        (b"\n\r\n\n", "t.csv", "table.empty"),
        (HEADER.encode("utf-16"), "t.csv", "table.utf16"),
        (b"\0\1\2\3" * 20, "t.csv", "table.binary"),
        (b"PK\x03\x04rest", "t.csv", "table.zip"),
        (b"at,who\n", "t.csv.gz", "table.not_gzip"),
        (b"at,who\r2026,ann\r1", "t.csv", "table.cr"),
        (b"at,at\n", "t.csv", "table.header_twice"),
        (",".join(f"c{n}" for n in range(1_001)).encode(), "t.csv", "table.columns"),
        (b"x" * 2_000_000 + b"\n1", "t.csv", "table.long_line"),
        (b'at,"who\n', "t.csv", "table.quote"),
        ("é,à,ü\nü,é,ö\n".encode("latin-1") * 9, "t.csv", "table.encoding"),
        (b'[{"kind": "left"}]', "t.json", "table.json_list"),
    ],
)
def test_files_that_are_no_tables(
    tmp_path: Path, content: bytes, name: str, code: str
) -> None:
    """A file that cannot be read at all is one error with its name and the cure."""
    with pytest.raises(HistoryError) as caught:
        read(tmp_path, content, name)
    assert caught.value.code == code
    assert caught.value.hint
    assert name in str(caught.value)


def test_a_header_alone_is_an_empty_table(tmp_path: Path) -> None:
    """No rows, no events, no complaint; an empty file of objects is as good."""
    assert read(tmp_path, HEADER)[:2] == ([], [])
    assert read(tmp_path, "", "t.jsonl")[:2] == ([], [])


@pytest.mark.parametrize("encoding", ["utf-16", "gb18031", "rot13", "base64", ""])
def test_encodings_that_are_none(tmp_path: Path, encoding: str) -> None:
    """An encoding nobody knows, or one without lines, is refused before reading."""
    (tmp_path / "t.csv").write_text(HEADER)
    if not encoding:
        assert list(read_table(tmp_path / "t.csv", mapping(), encoding="")) == []
        return
    with pytest.raises(DefinitionError) as caught:
        read_table(tmp_path / "t.csv", mapping(), encoding=encoding)
    assert caught.value.code == "table.encoding_name"


@pytest.mark.parametrize(
    ("end", "name"), [(",", "t.csv"), ("\t", "t.tsv"), (";", "t.csv")]
)
def test_delimiters(tmp_path: Path, end: str, name: str) -> None:
    """Commas, tabs and semicolons part cells."""
    content = (HEADER + ROW).replace(",", end)
    assert members(read(tmp_path, content, name)[0]) == ["ann"]


def test_line_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    """Empty lines and records over several lines count as the lines that they are."""
    content = (
        HEADER
        + "\n"
        + '2026-11-21T08:00:00Z,"an\n""n",message,3\n'  # lines 3 and 4
        + "2026-11-21T08:00:00Z,bo,messagee,3\n"  # line 5
        + ROW
        + "2026-11-21T08:00:00Z,bo\n"  # line 7
        + "2026-11-21T08:00:00Z,bo,leave,,\n"  # line 8
    )
    events, refusals, _ = read(tmp_path, content)
    assert members(events) == ['an\n"n', "ann"]
    assert [(r.line, r.code) for r in refusals] == [
        (5, "table.unmatched"),
        (7, "table.few_cells"),
        (8, "table.many_cells"),
    ]
    assert refusals[0].hint == "did you mean `message`?"
    assert refusals[1].figures == {"expected": "4", "found": "2"}


def test_a_quote_never_closed_costs_one_line(tmp_path: Path) -> None:
    """It neither swallows the rest nor hides in a later quote."""
    open_quote = '2026-11-21T08:00:00Z,"bo,message,3\n'
    content = HEADER + ROW + open_quote + ROW * 5_000
    events, refusals, _ = read(tmp_path, content)
    assert [(r.line, r.code) for r in refusals] == [(3, "table.quote")]
    assert len(events) == 5_001
    closed = '2026-11-21T08:00:00Z,"cy",message,3\n'
    content = HEADER + open_quote + ROW * 3 + closed + open_quote + ROW
    events, refusals, _ = read(tmp_path, content)
    assert [(r.line, r.code) for r in refusals] == [
        (2, "table.quote"),
        (7, "table.quote"),
    ]
    assert members(events) == ["ann", "ann", "ann", "cy", "ann"]


def test_quotes_inside_a_cell_without_quotes_are_text(tmp_path: Path) -> None:
    """`5"` is what it says."""
    content = HEADER + '2026-11-21T08:00:00Z,a"b,message,3\n' + ROW
    assert members(read(tmp_path, content)[0]) == ['a"b', "ann"]
    bad = HEADER + '2026-11-21T08:00:00Z,"a"b,message,3\n' + ROW
    assert [r.code for r in read(tmp_path, bad)[1]] == ["table.quote"]


def test_a_half_written_last_line(tmp_path: Path) -> None:
    """Everything before is delivered; the end is refused with the cure."""
    for half in ("2026-11-21T08:00:00Z,b", '2026-11-21T08:00:00Z,"b'):
        events, refusals, _ = read(tmp_path, HEADER + ROW + half)
        assert len(events) == 1
        assert [(r.line, r.code) for r in refusals] == [(3, "table.cut_line")]
        assert "cut" in refusals[0].hint


@pytest.mark.parametrize("rows", [1, 15_000])
def test_a_packed_file_that_was_cut(tmp_path: Path, rows: int) -> None:
    """What can be unpacked is delivered; the broken end is refused with its line."""
    lines = [f"2026-11-21T08:00:00Z,m{n},message,{n % 7}\n" for n in range(rows)]
    packed = gzip.compress((HEADER + "".join(lines)).encode())
    events, refusals, table = read(tmp_path, packed[:-12], "t.csv.gz")
    assert [r.code for r in refusals] == ["table.cut"]
    assert refusals[0].line == len(events) + 2
    assert len(events) >= rows * 9 // 10 - 1
    assert table.counts.refused == 1
    broken = bytearray(packed)
    broken[-6] ^= 0xFF  # the check sum
    assert [r.code for r in read(tmp_path, bytes(broken), "t.csv.gz")[1]] == [
        "table.damaged"
    ]


def test_a_line_without_end_takes_no_memory(tmp_path: Path) -> None:
    """A line of 64 MiB is refused by its number; what stands behind it is read."""
    path = tmp_path / "t.csv"
    with path.open("wb") as out:
        out.write((HEADER + ROW).encode())
        for _ in range(64):
            out.write(b"x" * (1 << 20))
        out.write(b"\n" + ROW.encode())
    tracemalloc.start()
    events, refusals = parted(read_table(path, mapping()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(events) == 2
    assert [(r.line, r.code) for r in refusals] == [(3, "table.long_line")]
    assert refusals[0].figures["found"] == str(64 << 20)
    assert peak < 8 << 20


def test_the_longest_line_at_the_end(tmp_path: Path) -> None:
    """A line too long with nothing behind it is refused as well."""
    events, refusals, _ = read(tmp_path, HEADER + ROW + "y" * (3 << 20))
    assert len(events) == 1
    assert [(r.line, r.code) for r in refusals] == [(3, "table.long_line")]


def test_long_cells_and_nuls(tmp_path: Path) -> None:
    """A cell longer than any text, and a NUL, cost their lines."""
    long = "z" * 70_000
    content = (
        HEADER
        + f"2026-11-21T08:00:00Z,{long},message,3\n"
        + f'2026-11-21T08:00:00Z,"{long * 2}",message,3\n'
        + "2026-11-21T08:00:00Z,a\0b,message,3\n"
        + ROW
    )
    events, refusals, _ = read(tmp_path, content)
    assert len(events) == 1
    codes = [(r.line, r.code) for r in refusals]
    assert codes == [(2, "table.long_cell"), (3, "table.long_cell"), (4, "table.nul")]
    assert all(len(cell) <= 200 for r in refusals for cell in r.row.values())


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", "table.json"),
        ("[1]", "table.json_object"),
        ("7", "table.json_object"),
        ('{"kind": NaN}', "table.json_odd"),
        ('{"kind": Infinity}', "table.json_odd"),
        ('{"kind": "leave", "kind": "message"}', "table.json_twice"),
        ('{"a": {"b": 1, "b": 2}}', "table.json_twice"),
        ("{" + '"a":{' * 100_000, "table.json_odd"),
        ('{"at": ' + "9" * 5_000 + "}", "table.json_odd"),
    ],
)
def test_lines_that_are_no_objects(tmp_path: Path, line: str, code: str) -> None:
    """A line that is no JSON object is refused; the others are read."""
    good = '{"at": "2026-11-21T08:00:00Z", "who": "ann", "kind": "leave"}\n'
    events, refusals, _ = read(tmp_path, f"{good}\n{line}\n{good}", "t.jsonl")
    assert len(events) == 2
    assert [(r.line, r.code) for r in refusals] == [(3, code)]


def test_a_cut_object_is_told_as_such(tmp_path: Path) -> None:
    """A half-written last object names the cure."""
    good = '{"at": "2026-11-21T08:00:00Z", "who": "ann", "kind": "leave"}\n'
    _, refusals, _ = read(tmp_path, good + '{"at": "2026-1', "t.ndjson")
    assert [(r.line, r.code) for r in refusals] == [(2, "table.cut_line")]


def test_a_table_may_be_read_again(tmp_path: Path) -> None:
    """Each reading starts anew, counts included, also after one that was left."""
    _, _, table = read(tmp_path, HEADER + ROW * 3)
    first = next(iter(table))
    assert next(iter(table)) == first
    assert len(list(table)) == 3
    assert table.counts.events == 3


def test_columns_that_are_not_there(tmp_path: Path) -> None:
    """A mapping that names other columns is one error that names all of them."""
    with pytest.raises(MappingError) as caught:
        read(tmp_path, "at,whom,kind\n")
    found = {p.figures["found"]: p.hint for p in caught.value.problems}
    assert found == {"who": "did you mean `whom`?", "length": ""}


def test_columns_without_a_name_are_passed_over(tmp_path: Path) -> None:
    """Workbooks leave such columns behind."""
    content = "at,who,kind,length,,\n" + ROW.strip() + ",x,y\n"
    assert members(read(tmp_path, content)[0]) == ["ann"]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=400)
    | st.text(alphabet='ab",\n\r\0é中;', max_size=80).map(str.encode)
)
@pytest.mark.parametrize("name", ["t.csv", "t.jsonl"])
def test_any_bytes_are_read_or_refused(
    tmp_path: Path, name: str, content: bytes
) -> None:
    """Whatever stands in a file: events, refusals with lines, or one error in words."""
    path = tmp_path / name
    path.write_bytes(content)
    table = read_table(path, mapping())
    lines: list[int] = []
    try:
        lines = [each.line for each in table if isinstance(each, Refusal)]
    except (HistoryError, MappingError) as error:
        told = error.code
    else:
        told = "table"
    assert told
    assert table.counts.refused >= len(lines)
    assert lines == sorted(lines)
    assert all(1 <= line <= content.count(b"\n") + 1 for line in lines)


CELLS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8
).map(str.strip)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(CELLS.filter(bool), st.integers(0, 10**9)), max_size=20))
def test_what_csv_writes_is_read(tmp_path: Path, rows: list[tuple[str, int]]) -> None:
    """Whatever the standard writer quotes comes back, cell by cell."""
    import csv

    path = tmp_path / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["at", "who", "kind", "length"])
        for who, length in rows:
            writer.writerow(["2026-11-21T08:00:00Z", who, "message", length])
    events, refusals = parted(read_table(path, mapping()))
    assert refusals == []
    assert [(e.member, getattr(e, "length", 0)) for e in events] == rows
