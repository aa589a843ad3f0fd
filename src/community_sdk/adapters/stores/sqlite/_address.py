"""Where a store lies: a path or an address, checked before SQLite makes a file."""

from __future__ import annotations

import os
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Final

from community_sdk.adapters.stores import shown
from community_sdk.adapters.stores.sqlite._failures import failure
from community_sdk.errors import DefinitionError, StoreError

__all__ = ["connected", "located", "name_of"]

_IN_MEMORY: Final = ":memory:"
_HEAD: Final = "sqlite:///"


def located(address: str | os.PathLike[str], /) -> str:
    """Return the path that *address* means.

    Three slashes stand before a relative path, four before an absolute one.

    Raises:
        DefinitionError: another kind of store, options, no path.
    """
    path = os.fspath(address)
    if isinstance(address, str) and "://" in address:
        if not address.startswith(_HEAD):
            kind, _, rest = address.partition("://")
            meant = rest if kind == "sqlite" else "x.db"
            raise _misread(address, f"write `{_HEAD}{shown(meant)}`")
        path = address.removeprefix(_HEAD)
        if "?" in path:
            raise _misread(address, "options are arguments, not part of the address")
    if not path:
        raise _misread(path, f"write `{_HEAD}x.db`, or `{_HEAD}{_IN_MEMORY}`")
    if "\0" in path:
        raise _misread(path, "no file has such a name")
    return path


def connected(path: str, /, *, create: bool, wait: timedelta) -> sqlite3.Connection:
    """Return a connection that begins and ends no transaction by itself.

    Raises:
        StoreError: the path leads to no file that may be opened.
    """
    if path != _IN_MEMORY:
        _refuse_unreachable(path, create=create)
    try:
        return sqlite3.connect(path, timeout=wait.total_seconds(), isolation_level=None)
    except sqlite3.Error as error:
        raise failure(error, shown(path)) from error


def name_of(connection: sqlite3.Connection, /) -> str:
    """Return the path of the host's database, to name it in messages."""
    try:
        cursor = connection.cursor()
        cursor.row_factory = None
        rows = cursor.execute("PRAGMA database_list").fetchall()
    except sqlite3.Error as error:
        raise failure(error, _IN_MEMORY) from error
    return shown(next((row[2] for row in rows if row[1] == "main"), "") or _IN_MEMORY)


def _refuse_unreachable(path: str, *, create: bool) -> None:
    """Refuse what SQLite would only call `unable to open database file`.

    Raises:
        StoreError: a folder, a missing file or folder, no right to look.
    """
    file, name = Path(path), shown(path)
    exists = _is_there(file, name)
    if not file.parent.is_dir():
        parent = shown(str(file.parent))
        raise StoreError(
            f"the folder `{parent}` of the store does not exist",
            code="store.no_folder",
            hint="create it first, or check the spelling",
            store=name,
            folder=parent,
        )
    if not exists and not create:
        raise StoreError(
            f"there is no store `{name}`",
            code="store.missing",
            hint="check the spelling, or run once with it to create it",
            store=name,
        )


def _is_there(file: Path, name: str) -> bool:
    """Tell whether there is a plain file.

    Raises:
        StoreError: it is something else, or nobody may look.
    """
    try:
        is_folder, exists, is_file = file.is_dir(), file.exists(), file.is_file()
    except OSError as error:
        reason = (error.strerror or "unknown").lower()
        raise StoreError(
            f"the store `{name}` cannot be opened: {reason}",
            code="store.cannot_open",
            hint="check who may read and write the file and its folder",
            store=name,
            reason=reason,
        ) from error
    if exists and not is_file:
        raise StoreError(
            f"the store `{name}` is {'a folder' if is_folder else 'no plain file'}",
            code="store.no_file",
            hint="name a file in it" if is_folder else "name a plain file",
            store=name,
        )
    return exists


def _misread(address: str, hint: str) -> DefinitionError:
    found = shown(address)
    return DefinitionError(
        f"expected the address of a store such as `{_HEAD}x.db`, found `{found}`",
        code="store.address",
        hint=hint,
        found=found,
    )
