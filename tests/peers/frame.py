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
from copy import copy
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cache, reduce
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, Final, cast

from community_sdk import Duration, Money, Step, codec
from community_sdk.engine import WholeEngine
from community_sdk.playbook import Playbook, dumps, loads
from community_sdk.state import State

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


def local(text: str, where: tzinfo) -> datetime:
    """Read the beginning of a local date of *where*."""
    return datetime.fromisoformat(text).replace(tzinfo=where)


def moment(us: int) -> datetime:
    """Read an instant of the library's records, in microseconds since 1970."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)


def micros(when: datetime) -> int:
    """Return an instant as the library's records have it."""
    return (when - moment(0)) // timedelta(microseconds=1)


def just_before(when: datetime) -> datetime:
    """Return the last instant before *when*."""
    return when - timedelta(microseconds=1)


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


def _under(value: Any, key: str) -> Any:
    """Return what stands under *key*: of a table, or of an answer of the library."""
    if isinstance(value, Mapping):
        return cast("Plain", value).get(key)
    return None if isinstance(value, _FLAT) else getattr(value, key)


_FLAT: Final = (str, int, float, list, type(None))
_HOW: Final[dict[str, Callable[[Any], Any]]] = {
    "text": str,
    "moment": at,
    "soon": lambda text: (at(text) + timedelta(microseconds=1)).isoformat(),
    "yes": lambda truth: truth or None,
    "minus": lambda number: -number,
    "days": lambda number: f"{number}d",
    "months": lambda number: f"{number} months" if number else None,
}


class Names:
    """Templates of a suite, filled in from what a case says; they know no rule.

    ``"$a.b|word"`` is what stands under *a*, *b*, renamed by *word*: a table of names
    or a function. ``{first = [...]}`` is the first that is there, ``{each, do}`` and
    ``{map, do}`` fill *do* once for each entry, ``when`` leaves its table out where
    nothing stands there, ``{text, ...}`` is the text with the rest put in its braces,
    if all of that is there. What is not there is left out; ``"=when"`` is a plain key.
    """

    def __init__(self, file: Path, **how: Callable[[Any], Any]) -> None:
        """Read the templates; *how* names functions."""
        self.tables: Plain = tomllib.loads(file.read_text("utf-8"))
        tables = {k: self._renamed(v) for k, v in self.tables["names"].items()}
        self._how: dict[str, Callable[[Any], Any]] = {**_HOW, **tables, **how}

    def also(self, **how: Callable[[Any], Any]) -> Names:
        """Return the same with more functions."""
        found = copy(self)
        found._how = self._how | how
        return found

    @staticmethod
    def _renamed(table: Plain) -> Callable[[Any], Any]:
        return lambda word: table.get(str(word))

    def fill(self, given: Any, scope: Any) -> Any:
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

    def _look(self, text: str, scope: Any) -> Any:
        path, *words = text.split("|")
        value = reduce(_under, filter(None, path.split(".")), scope)
        for word in words:
            value = None if value is None else self._how[word](value)
        return value

    def _table(self, given: Plain, scope: Any) -> Any:
        if "first" in given:
            return next(iter(self.fill(given["first"], scope)), None)
        if "each" in given:
            rows: list[Any] = self.fill(given["each"], scope) or []
            filled = [self.fill(given["do"], row) for row in rows]
            return [row for row in filled if row is not None]
        if "map" in given:
            entries: Plain = self.fill(given["map"], scope) or {}
            return {k: self.fill(given["do"], v) for k, v in entries.items()}
        if "when" in given and self.fill(given["when"], scope) is None:
            return None
        rest = {k: v for k, v in given.items() if k != "when"}
        table = {k.lstrip("="): self.fill(v, scope) for k, v in rest.items()}
        if "text" in given:
            gaps = None in table.values()
            return None if gaps else str(table.pop("text")).format(**table)
        return {k: v for k, v in table.items() if v is not None}


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
    return _read("\n".join(f"{key} = {toml(value)}" for key, value in tables.items()))


@cache
def _read(text: str) -> Playbook:
    """Read what many tests ask for only once."""
    book = loads(text)
    assert loads(dumps(book)) == book, "the playbook does not survive its file"
    return book


class Told:
    """An engine, and what came of each thing that it was told."""

    def __init__(self, book: Playbook) -> None:
        """Begin with nothing told."""
        self.engine = book.engine()
        self.steps: list[Step] = []
        self._whole, self._numbers = WholeEngine(self.engine), count()

    def happen(self, table: Plain) -> Step:
        """Tell an event; of the member `m` where *table* names none."""
        head = {"id": f"event {next(self._numbers)}", "member": "m"}
        self.steps.append(self._whole.receive(codec.event({**head, **table})))
        return self.steps[-1]

    @property
    def now(self) -> datetime:
        """The latest instant told."""
        assert self.engine.now is not None
        return self.engine.now

    def view(self, member: str = "m") -> State:
        """Return what the policies see of *member*; of nobody where it is empty."""
        return self.engine.view(member)

    def pass_to(self, when: datetime) -> None:
        """Let time pass."""
        self.steps.append(self._whole.advance(when))

    def found(self, *kinds: str) -> list[Any]:
        """Return the decisions and facts of some kinds."""
        said: list[Any] = []
        for step in self.steps:
            said += (*step.decisions, *step.facts)
        return [one for one in said if one.kind in kinds]


class Read:
    """Answers that are filled in from *places*, out of the object's own attributes."""

    words: Names
    places: ClassVar[Plain] = {}

    def __getattr__(self, key: str) -> Any:
        """Return the answer called *key*."""
        if key not in self.places:
            raise AttributeError(key)
        return self.words.fill(self.places[key], self)


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

    A method is told what the case asks about. A list is compared with a number by how
    much is in it, with a table of numbers by how often each is in it; a tuple without
    its order. Of what a table does not have there is 0.
    """
    for key, wanted in expected.items():
        found = getattr(answers, key)
        found = found(wanted) if callable(found) else found
        if not _same(key, wanted, found):
            yield f"{place}: `{key}`: expected {wanted!r}, found {found!r}"


def _same(key: str, wanted: Any, found: object) -> bool:
    if isinstance(found, (Mapping, list)) and isinstance(wanted, Mapping):
        return _same_table(cast("Plain", wanted), cast("Any", found))
    if isinstance(found, (list, tuple)) and isinstance(wanted, int):
        return len(cast("Sequence[object]", found)) == wanted
    if isinstance(found, Duration):
        text = f"PT{wanted}M" if key == "minutes" else wanted
        return length(text) == found
    if isinstance(found, datetime):
        return wanted != "indefinite" and at(wanted) == found
    if isinstance(found, Money):
        return Money.of(str(wanted), found.currency) == found
    if isinstance(found, Decimal):
        return Decimal(wanted) == found
    if isinstance(found, tuple) or (key in _BAGS and isinstance(found, list)):
        return Counter(wanted) == Counter(cast("Sequence[object]", found))
    if isinstance(found, set):
        return set(wanted) == found
    if isinstance(found, list) and isinstance(wanted, list):
        rows, others = cast("list[object]", wanted), cast("list[object]", found)
        pairs = zip(rows, others, strict=False)
        return len(rows) == len(others) and all(_same(key, *pair) for pair in pairs)
    return bool(wanted == found)


def _same_table(wanted: Plain, found: Plain | list[Any]) -> bool:
    there = Counter(found) if isinstance(found, list) else found
    nothing = {k: None if v is None else 0 for k, v in wanted.items()}
    return all(_same(k, v, {**nothing, **there}[k]) for k, v in wanted.items())
