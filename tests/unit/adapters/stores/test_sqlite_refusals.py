"""Each failure of the world in words that name the cure."""

import os
import sqlite3
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from community_sdk.adapters.stores.sqlite import SqliteStore
from community_sdk.errors import StoreError
from community_sdk.ports import Commit, StoredEvent, StoredPartition

AT_ONCE = timedelta(0)


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


def raw(path: Path, *statements: str) -> None:
    """Do something to the file behind the store's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_newer_format(tmp_path: Path) -> None:
    """A later version's store is left alone."""
    path = tmp_path / "x.db"
    SqliteStore.open(path).close()
    raw(path, "UPDATE community_format SET number = 2")
    with pytest.raises(StoreError) as caught:
        SqliteStore.open(path)
    assert caught.value.code == "store.newer"
    assert caught.value.figures == {
        "store": str(path),
        "found": "2",
        "expected": "1",
    }


def test_other_databases(tmp_path: Path) -> None:
    """A file of something else is refused and not changed by a byte."""
    shop, text, bare = (tmp_path / name for name in ("shop.db", "x.txt", "y.db"))
    raw(shop, "CREATE TABLE orders (number)", "INSERT INTO orders VALUES (1)")
    text.write_text("at,member\n" * 100)
    raw(bare, "CREATE TABLE community_format (number)")
    for path in (shop, text, bare):
        before = path.read_bytes()
        assert code_of(lambda p=path: SqliteStore.open(p)) == "store.foreign"  # type: ignore[misc]
        assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 3


def test_a_host_with_a_table_of_our_name() -> None:
    """It is named; nothing is made beside it."""
    with closing(sqlite3.connect(":memory:")) as host:
        host.execute("CREATE TABLE community_events (mine)")
        assert code_of(lambda: SqliteStore(host)) == "store.foreign"
        assert len(host.execute("SELECT * FROM sqlite_master").fetchall()) == 1


def test_what_a_host_began_may_be_opened(tmp_path: Path) -> None:
    """Both kinds of opening read the same tables."""
    path = tmp_path / "shop.db"
    raw(path, "CREATE TABLE orders (number)")
    with closing(sqlite3.connect(path)) as host:
        SqliteStore(host).append(one("a"))
    with SqliteStore.open(path) as store:
        assert store.known("c", ["a"]) == {"a"}


def test_a_damaged_file(tmp_path: Path) -> None:
    """Damage is told as damage, in the middle of reading as well."""
    path = tmp_path / "x.db"
    with SqliteStore.open(path) as store:
        for version in range(10):
            store.append(one(f"{version}", expected=version, data="x" * 9_000))
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\x55" * (len(whole) - 8192))
    with SqliteStore.open(path) as store:
        assert code_of(lambda: list(store.events("c"))) == "store.damaged"


def test_a_full_disk(tmp_path: Path) -> None:
    """Nothing of the commit is written; with room again it goes on."""
    with SqliteStore.open(tmp_path / "x.db") as store:
        store.append(one("a"))
        pages = store._link.ask("PRAGMA page_count")[0][0]
        store._link.ask(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(StoreError) as caught:
            store.append(one("b", expected=1, data="x" * 100_000))
        assert caught.value.code == "store.full"
        assert not caught.value.retryable
        assert [e.id for e in store.events("c")] == ["a"]
        store._link.ask("PRAGMA max_page_count = 100000")
        store.append(one("b", expected=1, data="x" * 100_000))
        assert store.version("c") == 2


def test_a_full_disk_takes_the_transaction_of_the_host() -> None:
    """The store does not stumble over a transaction that SQLite has undone."""
    with closing(sqlite3.connect(":memory:")) as host:
        store = SqliteStore(host)
        host.execute("PRAGMA max_page_count = 40")
        host.execute("CREATE TABLE orders (number)")
        host.execute("INSERT INTO orders VALUES (1)")
        big = one("a", data="x" * 1_000_000)
        assert code_of(lambda: store.append(big)) == "store.full"
        store.append(one("a"))


def test_a_file_that_may_only_be_read(tmp_path: Path) -> None:
    """Reading goes on, writing is refused."""
    with SqliteStore.open(tmp_path / "x.db") as store:
        store.append(one("a"))
        store._link.ask("PRAGMA query_only = 1")
        code = code_of(lambda: store.append(one("b", expected=1)))
        assert code == "store.read_only"
        assert store.known("c", ["a", "b"]) == {"a"}


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="root may write anything"
)
def test_no_rights(tmp_path: Path) -> None:
    """A file without the right to write, in such a folder."""
    path = tmp_path / "x.db"
    SqliteStore.open(path).close()
    path.chmod(0o400)
    tmp_path.chmod(0o500)
    try:
        code = code_of(lambda: SqliteStore.open(path).append(one("a")))
    finally:
        tmp_path.chmod(0o700)
    assert code in ("store.read_only", "store.cannot_open")


def test_a_lock_held_too_long(tmp_path: Path) -> None:
    """Whoever waited in vain may repeat; a first opening waits as well."""
    path = tmp_path / "x.db"
    with SqliteStore.open(path) as holder:
        with (
            SqliteStore.open(path, wait=AT_ONCE) as waiting,
            holder.transaction(),
            pytest.raises(StoreError) as caught,
        ):
            waiting.append(one("a"))
        assert caught.value.code == "store.locked"
        assert caught.value.retryable
        holder.append(one("a"))
    fresh = tmp_path / "y.db"
    with closing(sqlite3.connect(fresh, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        wait = timedelta(milliseconds=30)
        call = lambda: SqliteStore.open(fresh, wait=wait)  # noqa: E731
        assert code_of(call) == "store.locked"


def test_a_host_that_read_before_somebody_wrote(tmp_path: Path) -> None:
    """A transaction with an old view is told how to begin instead."""
    path = tmp_path / "x.db"
    with (
        SqliteStore.open(path) as other,
        closing(sqlite3.connect(path, isolation_level=None)) as host,
    ):
        store = SqliteStore(host)
        host.execute("BEGIN")
        assert store.version("c") == 0
        other.append(one("a"))
        with pytest.raises(StoreError) as caught:
            store.append(one("b"))
        assert caught.value.code == "store.old_snapshot"
        assert caught.value.retryable
        assert host.in_transaction
        host.execute("ROLLBACK")
        assert store.version("c") == 1


def test_tables_that_are_gone() -> None:
    """A store built in a transaction that the host undid."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as host:
        host.execute("BEGIN")
        store = SqliteStore(host)
        store.append(one("a"))
        host.execute("ROLLBACK")
        assert code_of(lambda: store.append(one("a"))) == "store.no_tables"
        SqliteStore(host).append(one("a"))


def test_another_thread(tmp_path: Path) -> None:
    """A store belongs to the thread that opened it."""
    with (
        SqliteStore.open(tmp_path / "x.db") as store,
        ThreadPoolExecutor(1) as pool,
    ):
        failed = pool.submit(lambda: code_of(lambda: store.append(one("a"))))
        assert failed.result() == "store.thread"


def test_a_connection_that_the_host_closed() -> None:
    """It is as if the store was closed."""
    host = sqlite3.connect(":memory:")
    store = SqliteStore(host)
    store.append(one("a"))
    host.close()
    for call in (
        lambda: store.append(one("a")),
        lambda: store.version("c"),
        lambda: store.partitions("c", ["a"]),
        lambda: SqliteStore(host),
    ):
        assert code_of(call) == "store.closed"


def test_closed_while_being_read() -> None:
    """The rest of the log is refused in words."""
    store = SqliteStore.open(":memory:")
    names = [f"{nth}" for nth in range(1_200)]
    events = tuple(one(name).events[0] for name in names)
    parts = tuple(StoredPartition(key=name, data="{}") for name in names)
    store.append(Commit(community="c", expected=0, events=events, partitions=parts))
    log, all_parts = store.events("c"), store.partitions("c")
    assert next(log).id == "0"
    assert next(all_parts).key == "0"
    store.close()
    assert code_of(lambda: list(log)) == "store.closed"
    assert code_of(lambda: list(all_parts)) == "store.closed"


def test_a_text_too_long() -> None:
    """The limit of SQLite is no traceback."""
    with closing(sqlite3.connect(":memory:")) as host:
        store = SqliteStore(host)
        host.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1_000)
        long = one("a", data="x" * 2_000)
        assert code_of(lambda: store.append(long)) == "store.too_big"


def test_what_nobody_foresaw() -> None:
    """An unexpected answer of SQLite is passed on in one line."""
    with closing(sqlite3.connect(":memory:")) as host:
        store = SqliteStore(host)
        host.execute("CREATE UNIQUE INDEX mine ON community_events (kind)")
        store.append(one("a"))
        with pytest.raises(StoreError) as caught:
            store.append(one("b", expected=1))
        assert caught.value.code == "store.failed"
        assert "unique constraint failed" in caught.value.message
        assert store.version("c") == 1
