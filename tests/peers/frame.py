"""What every suite of peer cases shares: reading, naming, comparing.

A suite is a folder with a file `cases.json`. Without that file, or without cases in
it, there is nothing to test. Texts of the cases are parsed here and nowhere else.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
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
    return whole(json.loads(file.read_text("utf-8"))) if file.is_file() else []


def whole(plain: Plain) -> list[Plain]:
    """Return the cases of a file; the policies that it names once become `rules`."""
    found, shared = cast("list[Plain]", plain["cases"]), plain.get("policies")
    own = "policy_overrides"
    return [
        {**case, "rules": {**shared[case["policy"]], **case.get(own, {})}}
        if shared
        else case
        for case in found
    ]


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


class Names:
    """Templates of a suite, filled in from what a case says; they know no rule.

    ``"$a.b|word"`` is what stands under *a*, *b*, renamed by *word*: a table of names
    or a function. ``{first = [...]}`` is the first that is there, ``{each, do}`` and
    ``{map, do}`` fill *do* once for each entry, ``when`` leaves its table out where
    nothing stands there. What is not there is left out.
    """

    def __init__(self, file: Path, **how: Callable[[Any], Any]) -> None:
        """Read the templates; *how* names functions."""
        self.tables: Plain = tomllib.loads(file.read_text("utf-8"))
        self._how = {k: self._renamed(v) for k, v in self.tables["names"].items()} | how

    @staticmethod
    def _renamed(table: Plain) -> Callable[[Any], Any]:
        return lambda word: table.get(str(word))

    def fill(self, given: Any, scope: Plain) -> Any:
        """Return *given* filled in; None where nothing is there."""
        if isinstance(given, str) and given.startswith("$"):
            return self._look(given[1:], scope)
        if isinstance(given, list):
            rows = [self.fill(each, scope) for each in cast("Sequence[Any]", given)]
            return [row for row in rows if row is not None]
        return (
            self._table(cast("Plain", given), scope)
            if isinstance(given, dict)
            else given
        )

    def _look(self, text: str, scope: Plain) -> Any:
        path, *words = text.split("|")
        value: Any = scope
        for key in filter(None, path.split(".")):
            there = isinstance(value, dict)
            value = cast("Plain", value).get(key) if there else None
        for word in words:
            value = None if value is None else self._how[word](value)
        return value

    def _table(self, given: Plain, scope: Plain) -> Any:
        if "first" in given:
            return next(iter(self.fill(given["first"], scope)), None)
        if "each" in given:
            rows: list[Any] = self.fill(given["each"], scope) or []
            return [self.fill(given["do"], row) for row in rows]
        if "map" in given:
            entries: Plain = self.fill(given["map"], scope) or {}
            return {k: self.fill(given["do"], v) for k, v in entries.items()}
        if "when" in given and self.fill(given["when"], scope) is None:
            return None
        filled = {k: self.fill(v, scope) for k, v in given.items() if k != "when"}
        return {k: v for k, v in filled.items() if v is not None}


def toml(value: Any) -> str:
    """Return *value* as one line of TOML."""
    if isinstance(value, dict):
        rows = cast("dict[str, Any]", value).items()
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in rows) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, cast('Sequence[Any]', value)))}]"
    if isinstance(value, datetime):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def playbook(tables: Plain) -> Playbook:
    """Return the playbook of *tables*, the same when it is written and read back."""
    book = loads("\n".join(f"{key} = {toml(value)}" for key, value in tables.items()))
    assert loads(dumps(book)) == book, "the playbook does not survive its file"
    return book


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
    if isinstance(found, set):
        return set(wanted) == found
    if isinstance(found, list) and isinstance(wanted, list):
        rows, others = cast("list[object]", wanted), cast("list[object]", found)
        pairs = zip(rows, others, strict=False)
        return len(rows) == len(others) and all(_same(key, *pair) for pair in pairs)
    return bool(wanted == found)
