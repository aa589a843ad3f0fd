"""Files that cannot be opened, and refusals as values and in a side file."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from community_sdk.adapters._rows import unreadable
from community_sdk.adapters.tables import Refusal, read_table, write_refusals
from community_sdk.errors import HistoryError, WorldError
from tests.unit.adapters.tables.foreign import HEADER, ROW, mapping, read

REFUSAL = Refusal(
    source="t.csv",
    line=3,
    code="table.time",
    message="expected a time",
    hint="say how",
    figures={"found": "x"},
    row={"at": "明天"},
)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    """A missing file and a folder are told apart, before anything is read."""
    for path, code in (
        (tmp_path / "t.csv", "table.missing"),
        (tmp_path, "table.folder"),
    ):
        with pytest.raises(WorldError) as caught:
            read_table(path)
        assert caught.value.code == code
        assert str(path) in str(caught.value)
        assert not caught.value.retryable


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (PermissionError(13, "Permission denied"), "table.permission"),
        (OSError(5, "Input/output error"), "table.disk"),
        (OSError("odd"), "table.disk"),
    ],
)
def test_what_the_disk_says(fault: OSError, code: str) -> None:
    """Locks and broken disks have words of their own."""
    error = unreadable(Path("t.csv"), fault)
    assert error.code == code
    assert "t.csv" in str(error)
    assert str(error) == str(error).lower()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_locked_file(tmp_path: Path) -> None:
    """A file without the right to read it is a world error."""
    path = tmp_path / "t.csv"
    path.write_text(HEADER)
    path.chmod(0)
    with pytest.raises(WorldError) as caught:
        read_table(path)
    assert caught.value.code == "table.permission"


def test_a_file_that_goes_away(tmp_path: Path) -> None:
    """It may vanish, or fail, between opening and reading."""
    path = tmp_path / "t.csv"
    path.write_text(HEADER + ROW)
    table = read_table(path, mapping())
    path.unlink()
    with pytest.raises(WorldError):
        list(table)


def test_a_disk_that_fails_while_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the disk in the middle is a world error, not a half success."""
    import io

    class Failing(io.BytesIO):
        def read1(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    path = tmp_path / "t.csv"
    path.write_text(HEADER + ROW)
    table = read_table(path, mapping())

    def opened(_path: Path, _mode: str) -> Failing:
        return Failing(b"at")

    monkeypatch.setattr(Path, "open", opened)
    with pytest.raises(WorldError) as caught:
        list(table)
    assert caught.value.code == "table.disk"
    assert caught.value.retryable


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("t.xls", "save it as"),
        ("t.cvs", "did you mean `.csv`?"),
        ("t", ""),
        ("t.CSV.zip", ""),
        ("t.csv.gzz", "did you mean `.csv.gz`?"),
    ],
)
def test_endings_that_say_nothing(tmp_path: Path, name: str, hint: str) -> None:
    """The ending decides; an unknown one is refused with the known ones."""
    (tmp_path / name).write_text(HEADER)
    with pytest.raises(HistoryError) as caught:
        read_table(tmp_path / name)
    assert caught.value.code == "table.ending"
    assert caught.value.hint.startswith(hint)
    assert "`.parquet`" in str(caught.value) or ".parquet" in str(caught.value)


def test_endings_in_capitals(tmp_path: Path) -> None:
    """`.CSV` is `.csv`."""
    assert len(read(tmp_path, HEADER + ROW, "T.CSV")[0]) == 1


def test_refusals_speak(tmp_path: Path) -> None:
    """A refusal is one line of text, and plain builtins."""
    assert str(REFUSAL) == "t.csv:3: expected a time (say how)"
    assert json.loads(json.dumps(REFUSAL.plain()))["figures"] == {"found": "x"}
    _, (refusal,), _ = read(tmp_path, HEADER + ROW.replace(",3", ",x"))
    assert str(refusal).startswith(
        "t.csv:2: expected a whole number, found `x` in column"
    )
    assert refusal.row == {
        "at": "2026-11-21T08:00:00Z",
        "who": "ann",
        "kind": "message",
        "length": "x",
    }


def test_rows_in_refusals_are_bounded(tmp_path: Path) -> None:
    """However wide and long a row is, little of it is kept."""
    names = ",".join(f"c{n}" for n in range(900))
    cells = ",".join("v" * 400 for _ in range(900))
    _, (refusal,), _ = read(tmp_path, f"at,who,kind,length,{names}\n,,,,{cells}\n")
    assert len(refusal.row) == 51
    assert len(json.dumps(refusal.plain())) < 20_000


def test_the_side_file(tmp_path: Path) -> None:
    """One JSON object a line, Chinese readable, all or nothing."""
    path = tmp_path / "refused.jsonl"
    assert write_refusals(path, [REFUSAL, REFUSAL]) == 2
    text = path.read_text(encoding="utf-8")
    assert text.endswith("\n")
    assert "明天" in text
    assert [json.loads(line) for line in text.splitlines()] == [REFUSAL.plain()] * 2
    assert write_refusals(str(path), []) == 0
    assert path.read_text() == ""
    assert [each.name for each in tmp_path.iterdir()] == ["refused.jsonl"]


def test_the_side_file_keeps_what_cannot_be_encoded(tmp_path: Path) -> None:
    """Half surrogate pairs in a row do not stop the writing."""
    line = '{"at": "2026-11-21T08:00:00Z", "who": "\\ud800", "kind": "leave"}\n'
    _, refusals, _ = read(tmp_path, line, "t.jsonl")
    assert [r.code for r in refusals] == ["table.text"]
    assert write_refusals(tmp_path / "r.jsonl", refusals) == 1


def test_a_side_file_that_cannot_be_written(tmp_path: Path) -> None:
    """A full or missing folder is a world error; nothing half-written is left."""
    with pytest.raises(WorldError) as caught:
        write_refusals(tmp_path / "none" / "r.jsonl", [REFUSAL])
    assert caught.value.code == "table.write"

    def breaking() -> Iterator[Refusal]:
        yield REFUSAL
        raise OSError(28, "No space left on device")

    with pytest.raises(WorldError, match="no space left"):
        write_refusals(tmp_path / "r.jsonl", breaking())
    assert list(tmp_path.iterdir()) == []
