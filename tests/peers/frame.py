"""What every suite of peer cases shares: reading, naming, comparing.

A suite is a folder with a file `cases.json`. Without that file, or without cases in
it, there is nothing to test. Texts of the cases are parsed here and nowhere else.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, cast

from community_sdk import Duration
from community_sdk.playbook import Playbook, dumps, loads

Plain = Mapping[str, Any]

VARIABLE: Final = "COMMUNITY_SDK_PEER_CASES"
OWN: Final = Path(__file__).parent / "cases"
_LENGTH: Final = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?"
)
_UNITS: Final = ("weeks", "days", "hours", "minutes", "seconds")
_BAGS: Final = frozenset({"active", "dismissed", "needs_review", "reversed_refs"})


def cases(suite: str) -> list[Plain]:
    """Return the cases of *suite*, none where the folder or its file is not there."""
    file = Path(os.environ.get(VARIABLE) or OWN) / suite / "cases.json"
    if not file.is_file():
        return []
    return cast("list[Plain]", json.loads(file.read_text("utf-8"))["cases"])


def at(text: str) -> datetime:
    """Read an instant with its offset."""
    return datetime.fromisoformat(text)


def moment(us: int) -> datetime:
    """Read an instant of the library's records, in microseconds since 1970."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)


def length(text: str | None) -> Duration | None:
    """Read a length of time; `indefinite` and nothing at all have no end."""
    if text in (None, "indefinite"):
        return None
    match = _LENGTH.fullmatch(text)
    assert match, f"no length of time: {text}"
    years, months, *rest = (int(part or 0) for part in match.groups())
    if years or months:
        return Duration(months=12 * years + months)
    exact = timedelta(**dict(zip(_UNITS, rest, strict=True)))
    return Duration(us=exact // timedelta(microseconds=1))


def words(text: str) -> dict[str, str]:
    """Read pairs of words, `theirs=ours`."""
    return dict(pair.split("=") for pair in text.split())


def named(plain: Any, *keys: str) -> Iterator[Any]:
    """Yield what stands under *keys* anywhere in *plain*, the entries of lists."""
    if isinstance(plain, dict):
        for key, value in cast("dict[str, Any]", plain).items():
            if key in keys:
                yield from value if isinstance(value, (list, dict)) else [value]
            yield from named(value, *keys)
    elif isinstance(plain, list):
        for value in cast("list[object]", plain):
            yield from named(value, *keys)


def written(book: Playbook) -> Playbook:
    """Return *book* as read back from the file that it makes; it is the same."""
    again = loads(dumps(book))
    assert again == book, "the playbook does not survive its file"
    return again


def differences(expected: Plain, answers: object, place: str) -> Iterator[str]:
    """Yield what *answers*, an object with a name per key, says otherwise.

    A method is told what the case asks about.
    """
    for key, wanted in expected.items():
        found = getattr(answers, key)
        found = found(wanted) if callable(found) else found
        if not _same(key, wanted, found):
            yield f"{place}: `{key}`: expected {wanted!r}, found {found!r}"


def _same(key: str, wanted: Any, found: object) -> bool:
    if isinstance(found, Mapping) and isinstance(wanted, Mapping):
        table, other = cast("Plain", wanted), cast("Plain", found)
        return all(_same(k, v, other.get(k)) for k, v in table.items())
    if isinstance(found, Duration):
        text = f"PT{wanted}M" if key == "minutes" else wanted
        return length(text) == found
    if isinstance(found, datetime):
        return wanted != "indefinite" and at(wanted) == found
    if isinstance(found, Decimal):
        return Decimal(wanted) == found
    if key in _BAGS and isinstance(found, list):
        return Counter(wanted) == Counter(cast("list[object]", found))
    return bool(wanted == found)
