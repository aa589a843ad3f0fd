"""Files that appear whole at their place, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

__all__ = ["write_whole"]


def write_whole(path: str | Path, pieces: Iterable[str]) -> None:
    """Write *pieces* as UTF-8 to *path*, replacing the file that stands there.

    A link is followed. What is no plain file (a device, a pipe) is written to and
    never replaced.

    Raises:
        OSError: the disk does not take it; it names *path*, which is as it was.
    """
    named, goal = Path(path), Path(os.path.realpath(path))
    try:
        if named.exists() and not named.is_file():
            with named.open("w", encoding="utf-8", newline="\n") as out:
                out.writelines(pieces)
        else:
            _replace(goal, pieces)
    except OSError as fault:
        fault.filename, fault.filename2 = str(path), None
        raise


def _replace(goal: Path, pieces: Iterable[str]) -> None:
    part = goal.with_name(goal.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(pieces)
            out.flush()
            os.fsync(out.fileno())
        part.replace(goal)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
