"""Foreign tables for the tests: a file, a mapping, what came out."""

from pathlib import Path
from typing import Any

from community_sdk.adapters.tables import (
    Mapping,
    Refusal,
    Table,
    mapping_of,
    read_table,
)
from community_sdk.events import Event

PLAIN: dict[str, Any] = {
    "format": 1,
    "source": "s",
    "fields": {"at": "at", "member": "who"},
    "event": [
        {
            "kind": "message",
            "when": {"kind": "message"},
            "fields": {"length": "length"},
        },
        {"kind": "left", "when": {"kind": "leave"}},
    ],
}
"""A small mapping for tables with at, who, kind and length."""

AT = "2026-11-21T08:00:00Z"

HEADER = "at,who,kind,length\n"
ROW = "2026-11-21T08:00:00Z,ann,message,3\n"


def mapping(**changes: Any) -> Mapping:
    """The small mapping, changed at its top."""
    return mapping_of({**PLAIN, **changes})


def one_rule(kind: str, **fields: Any) -> Mapping:
    """A mapping in which every row is an event of *kind*."""
    rule = {"kind": kind, "fields": {"at": {"const": "2026-11-21T08:00Z"}, **fields}}
    return mapping_of({"format": 1, "source": "s", "event": [rule]})


def read(
    folder: Path, content: str | bytes, name: str = "t.csv", **options: Any
) -> tuple[list[Event], list[Refusal], Table]:
    """Write *content* to a file and read it with the small mapping."""
    path = folder / name
    raw = content.encode() if isinstance(content, str) else content
    path.write_bytes(raw)
    given: Any = {"mapping": mapping(), **options}
    table = read_table(path, **given)
    return (*parted(table), table)


def parted(table: Table) -> tuple[list[Event], list[Refusal]]:
    """Read *table* and part events from refusals."""
    found = list(table)
    refusals = [each for each in found if isinstance(each, Refusal)]
    return [each for each in found if not isinstance(each, Refusal)], refusals


def one(folder: Path, rules: Mapping, **cells: str) -> Event | Refusal:
    """Read a table of one row."""
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells.values()]
    content = ",".join(cells) + "\n" + ",".join(quoted) + "\n"
    (folder / "t.csv").write_text(content, encoding="utf-8")
    (found,) = read_table(folder / "t.csv", rules)
    return found


def refused(found: Event | Refusal) -> tuple[str, str]:
    """Return code and hint of a refusal."""
    assert isinstance(found, Refusal)
    return found.code, found.hint
