"""The SQLite store: where it lies and how it writes."""

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from community_sdk.adapters.stores.sqlite import SqliteStore, _tables
from community_sdk.adapters.stores.sqlite import _schema as sql
from community_sdk.errors import ConflictError, DefinitionError, StoreError
from community_sdk.ports import Commit, StoredEvent, StoredPartition


def one(name: str, *, expected: int = 0, data: str = "{}") -> Commit:
    """A commit of one event."""
    event = StoredEvent(
        id=name, kind="message", at=1, recorded_at=1, member=None, data=data
    )
    return Commit(community="c", expected=expected, events=(event,))


def code_of(call: Callable[[], object]) -> str:
    """The code of the refusal; it must have a hint, and be one line."""
    with pytest.raises(StoreError) as caught:
        call()
    assert caught.value.hint or caught.value.code == "store.failed"
    assert "\n" not in str(caught.value)
    assert caught.value.message == caught.value.message.strip(" .")
    return caught.value.code


class TestAddress:
    """Paths and addresses."""

    def test_forms(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A path, a relative address and an absolute one mean the same file."""
        monkeypatch.chdir(tmp_path)
        with SqliteStore.open(tmp_path / "x.db") as store:
            store.append(one("a"))
        for address in ("x.db", "sqlite:///x.db", f"sqlite:///{tmp_path}/x.db"):
            with SqliteStore.open(address, create=False) as store:
                assert store.version("c") == 1

    @pytest.mark.parametrize("address", [":memory:", "sqlite:///:memory:"])
    def test_in_memory(
        self, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nothing is left behind."""
        monkeypatch.chdir(tmp_path)
        with SqliteStore.open(address) as store:
            store.append(one("a"))
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        ("address", "hint"),
        [
            ("postgresql://host/x", "write `sqlite:///x.db`"),
            ("sqlite://x.db", "write `sqlite:///x.db`"),
            ("sqlite:///", "write `sqlite:///x.db`, or `sqlite:///:memory:`"),
            ("", "write `sqlite:///x.db`, or `sqlite:///:memory:`"),
            ("sqlite:///x.db?mode=ro", "options are arguments"),
            ("x\0.db", "no file has such a name"),
        ],
    )
    def test_no_address(self, address: str, hint: str) -> None:
        """What is no address is refused with the form that is meant."""
        with pytest.raises(DefinitionError) as caught:
            SqliteStore.open(address)
        assert caught.value.code == "store.address"
        assert caught.value.hint.startswith(hint)
        assert "\0" not in str(caught.value)

    def test_unreachable(self, tmp_path: Path) -> None:
        """A folder, a missing folder or file, a name that is too long, no file."""
        assert code_of(lambda: SqliteStore.open(tmp_path)) == "store.no_file"
        lost = tmp_path / "no" / "x.db"
        assert code_of(lambda: SqliteStore.open(lost)) == "store.no_folder"
        long = tmp_path / ("x" * 300)
        assert code_of(lambda: SqliteStore.open(long)) == "store.cannot_open"
        missing = tmp_path / "x.db"
        call = lambda: SqliteStore.open(missing, create=False)  # noqa: E731
        assert code_of(call) == "store.missing"
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.skipif(sys.platform == "win32", reason="no such files")
    def test_no_plain_file(self, tmp_path: Path) -> None:
        """A socket is refused before it is waited for."""
        with closing(socket.socket(socket.AF_UNIX)) as listener:
            folder = os.open(tmp_path, os.O_RDONLY)
            try:  # a path of a socket must be short
                listener.bind(f"/proc/self/fd/{folder}/s")
            except OSError:
                pytest.skip("no sockets here")
            finally:
                os.close(folder)
            assert code_of(lambda: SqliteStore.open(tmp_path / "s")) == "store.no_file"

    @pytest.mark.skipif(sys.platform == "win32", reason="names are Unicode there")
    def test_a_name_that_is_no_text(self, tmp_path: Path) -> None:
        """A file name of arbitrary bytes works and can be printed."""
        path = tmp_path / os.fsdecode(b"\xff.db")
        with SqliteStore.open(path) as store:
            store.append(one("a"))
            with pytest.raises(ConflictError) as caught:
                store.append(one("a"))
        str(caught.value).encode()
        path.write_bytes(b"no database at all, only text" * 100)
        with pytest.raises(StoreError) as refused:
            SqliteStore.open(path)
        str(refused.value).encode()


class TestWriting:
    """How the file is written."""

    def test_choices(self, tmp_path: Path) -> None:
        """Write-ahead log; one sync per commit, or only at checkpoints."""
        for durable, level in ((True, 2), (False, 1)):
            with SqliteStore.open(tmp_path / "x.db", durable=durable) as store:
                assert store._link.ask("PRAGMA journal_mode") == [("wal",)]
                assert store._link.ask("PRAGMA synchronous") == [(level,)]

    def test_a_host_keeps_its_choices(self, tmp_path: Path) -> None:
        """Nothing of the connection is changed but the tables."""
        questions = ("journal_mode", "synchronous", "cache_size", "user_version")
        with closing(sqlite3.connect(tmp_path / "x.db")) as host:
            asked = [host.execute(f"PRAGMA {q}").fetchone() for q in questions]
            store = SqliteStore(host)
            store.close()
            again = [host.execute(f"PRAGMA {q}").fetchone() for q in questions]
        assert again == asked

    def test_a_host_with_rows_of_its_own(self) -> None:
        """What the host makes of its rows is not what the store reads."""
        with closing(sqlite3.connect(":memory:")) as host:
            host.row_factory = lambda _cursor, row: {"first": row[0]}
            store = SqliteStore(host)
            store.append(one("a"))
            assert [e.id for e in store.events("c")] == ["a"]
            assert host.execute("SELECT 1").fetchone() == {"first": 1}

    @pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.12 brought it")
    def test_a_host_that_is_always_in_a_transaction(self, tmp_path: Path) -> None:
        """Nothing is seen before the host commits."""
        options: dict[str, Any] = {"autocommit": False}
        path = tmp_path / "x.db"
        with (
            closing(sqlite3.connect(path, **options)) as host,
            SqliteStore.open(path) as other,
        ):
            host.rollback()
            store = SqliteStore(host)
            store.append(one("a"))
            assert other.version("c") == 0
            host.commit()
            assert other.version("c") == 1
            store.append(one("b", expected=1))
            host.rollback()
            assert store.version("c") == 1

    def test_the_number_of_syncs_can_be_one(self, tmp_path: Path) -> None:
        """A commit goes to the log alone: the database is untouched until later."""
        path = tmp_path / "x.db"
        with SqliteStore.open(path) as store:
            store.append(one("a"))
            before = path.read_bytes()
            log = path.with_name("x.db-wal").stat().st_size
            store.append(one("b", expected=1))
            assert path.read_bytes() == before
            assert path.with_name("x.db-wal").stat().st_size > log

    def test_indexes_answer_the_frequent_questions(self, tmp_path: Path) -> None:
        """No question of an operation reads a whole table or sorts."""
        questions = {
            sql.COMMUNITY: ("c",),
            sql.KNOWN.format(marks="?"): (1, "a"),
            sql.EVENTS: (0, 9, 9),
            sql.DECISIONS: (0, 9, 9),
            sql.OF_MEMBER: (1, "ann", 0, 9, 9),
            sql.PENDING: (1, 9),
            sql.SETTLE: (1, "d"),
            sql.DUE: (1, 9, 9),
            sql.PARTITIONS: (1,),
            sql.SOME_PARTITIONS.format(marks="?"): (1, "ann"),
            sql.NOTES: (1,),
        }
        with SqliteStore.open(tmp_path / "x.db") as store:
            for question, values in questions.items():
                plan = store._link.ask(f"EXPLAIN QUERY PLAN {question}", *values)
                told = " ".join(row[3] for row in plan)
                assert "SEARCH" in told, question
                assert "SCAN" not in told, question
                assert "TEMP B-TREE" not in told, question

    def test_many_partitions_are_of_one_version(self, tmp_path: Path) -> None:
        """A writer between two statements of one question is not seen by half."""
        path = tmp_path / "x.db"
        keys = [f"{nth:04d}" for nth in range(1_200)]

        def commit(version: int) -> Commit:
            parts = tuple(StoredPartition(key=key, data=f"{version}") for key in keys)
            return Commit(community="c", expected=version, partitions=parts)

        with (
            SqliteStore.open(path) as writer,
            closing(sqlite3.connect(path)) as host,
        ):
            reader = SqliteStore(host)
            writer.append(commit(0))
            asked = list[str]()

            def interfere(statement: str) -> None:
                if "key IN" in statement:
                    asked.append(statement)
                    if len(asked) == 2:
                        writer.append(commit(1))

            host.set_trace_callback(interfere)
            parts = list(reader.partitions("c", keys))
            host.set_trace_callback(None)
            assert len(asked) == 3
            assert {p.data for p in parts} == {"0"}
            assert {p.data for p in reader.partitions("c", keys)} == {"1"}

    def test_a_first_opening_waits(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Another's lock on a file that is yet to be set up is waited for."""
        path = tmp_path / "x.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            pauses = list[float]()

            def pause(seconds: float) -> None:
                pauses.append(seconds)
                other.execute("ROLLBACK")

            monkeypatch.setattr(_tables, "sleep", pause)
            monkeypatch.setattr(_tables, "monotonic", lambda: 0.0)
            with SqliteStore.open(path, wait=timedelta(milliseconds=20)) as store:
                store.append(one("a"))
            assert len(pauses) == 1

    def test_many_first_openings_cross(self, tmp_path: Path) -> None:
        """Processes that make the same store at once all succeed."""
        program = (
            "import sys\n"
            "from community_sdk.adapters.stores.sqlite import SqliteStore\n"
            "sys.stdin.readline()\n"
            "SqliteStore.open(sys.argv[1]).close()\n"
        )
        crowd = [
            subprocess.Popen(
                [sys.executable, "-c", program, str(tmp_path / "x.db")],
                stdin=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(4)
        ]
        told = [process.communicate("go\n")[1] for process in crowd]
        assert told == [""] * 4
        with SqliteStore.open(tmp_path / "x.db", create=False) as store:
            assert store.version("c") == 0

    def test_an_import_brings_no_database(self) -> None:
        """Without sqlite3, as some systems ship Python, the memory store works."""
        program = (
            "import sys\n"
            "sys.modules['sqlite3'] = None\n"
            "import community_sdk.adapters.stores.memory\n"
            "print('done')\n"
        )
        ran = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        assert ran.stdout.strip() == "done"
