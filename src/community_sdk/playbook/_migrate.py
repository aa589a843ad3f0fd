"""The number of the file format, and the steps from older numbers to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from community_sdk.playbook._notes import BROKEN, Notes, shown

__all__ = ["FORMAT", "MIGRATIONS", "migrate"]

Plain = dict[str, object]

FORMAT: Final = 1
"""The format that this version reads and writes."""

MIGRATIONS: Final[Mapping[int, Callable[[Plain], Plain]]] = {}
"""From each older format the step to the next one; none is older than the first."""


def migrate(
    plain: Plain,
    notes: Notes,
    *,
    newest: int = FORMAT,
    steps: Mapping[int, Callable[[Plain], Plain]] = MIGRATIONS,
) -> Plain | None:
    """Return the tables in the newest format, or None where nobody can read them.

    A file without `format` is a mistake, and read as if it had the newest one.
    """
    found = plain.get("format")
    oldest = min((*steps, newest))
    if found is BROKEN or "format" not in plain:
        if found is not BROKEN:
            cure = f"write `format = {newest}` as the first line"
            notes.wrong("", "expected the key `format`", "no_format", hint=cure)
        return plain
    if type(found) is not int:
        cure = f"write `format = {newest}`"
        notes.expected("the number of a format", found, "format", "format", hint=cure)
        return plain
    if not oldest <= found <= newest:
        _refuse(found, oldest, newest, notes)
        return None
    for number in range(found, newest):
        plain = {**steps[number](plain), "format": number + 1}
    return plain


def _refuse(found: int, oldest: int, newest: int, notes: Notes) -> None:
    what = f"format {newest}" if oldest == newest else f"format {oldest} to {newest}"
    number = shown(found).strip("`")
    newer = found > newest
    notes.wrong(
        "format",
        f"expected {what}, found `{number}`",
        "format_newer" if newer else "format_unknown",
        hint="a newer version of community-sdk reads it" if newer else "",
        found=number,
        newest=str(newest),
    )
