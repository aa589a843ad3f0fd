"""What a run leaves behind, in a form that can be compared, mirrored and told."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, Final, NoReturn, cast

import attrs

from community_sdk.decisions import Decision
from community_sdk.engine import Engine, Operable, Step
from community_sdk.events import Event
from community_sdk.state import MemberState

__all__ = [
    "HORIZON",
    "History",
    "advanced",
    "apart",
    "decisions",
    "fail",
    "lived",
    "nameless",
    "plain",
    "rejson",
    "run",
    "same",
    "same_state",
    "settled",
    "swapped",
    "texts",
]

HORIZON: Final = timedelta(days=45)
"""How long a law waits after the last event for what is still due."""

History = Sequence[Event]
"""Events in the order of recording."""

_DIGEST: Final = re.compile(r"[0-9a-f]{24}")
_PART: Final = re.compile(r"[^/:@]+")
_SHOWN: Final = 40
_AS_IT_IS: Final = frozenset({str, int, bool, type(None)})


@cache
def _fields(cls: Any) -> tuple[str, ...] | None:
    """Return the names of the fields of a class of attrs, None for any other."""
    return tuple(f.name for f in attrs.fields(cls)) if attrs.has(cls) else None


def plain(value: Any) -> Any:
    """Return *value* as builtins that compare and sort: classes by their names."""
    cls = cast("Any", type(value))
    if cls in _AS_IT_IS:
        return value
    names = _fields(cls)
    if names is not None:
        named = {name: plain(getattr(value, name)) for name in names}
        return {"": cls.__name__, **named}
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return _plain_many(value)


def _plain_many(value: Any) -> Any:
    many: Any = value
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in many.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(str(each) for each in many)
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in many]
    return value


def rejson(value: Any) -> Any:
    """Return *value* as it comes back from JSON text."""
    return json.loads(json.dumps(value))


def swapped(value: Any, names: Mapping[str, str]) -> Any:
    """Return builtins with every text that is one of *names* replaced.

    The name of a timer may hold that of a member; so may what it triggered.
    """
    many: Any = value
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, dict):
        return {
            names.get(k, k): _parts(v, names) if k == "trigger" else swapped(v, names)
            for k, v in many.items()
        }
    if isinstance(value, list):
        return [swapped(each, names) for each in many]
    return value


def _parts(trigger: str, names: Mapping[str, str]) -> str:
    """Return what triggered a decision, with every part that is a name replaced."""
    return _PART.sub(lambda part: names.get(part[0], part[0]), trigger)


def nameless(value: Any) -> str:
    """Return builtins as text without the digests that names went into."""
    return _DIGEST.sub("#", json.dumps(value, sort_keys=True, default=str))


def decisions(steps: Iterable[Step]) -> list[Decision]:
    """Return all decisions in the order of their ids."""
    found = [d for step in steps for d in step.decisions]
    return sorted(found, key=lambda d: str(d.id))


def settled(engine: Engine) -> dict[str, Any]:
    """Return the whole state, without members of whom nothing is known."""
    snapshot = rejson(engine.snapshot())
    return {**snapshot, "members": [m for m in snapshot["members"] if lived(m, engine)]}


def lived(member: Mapping[str, Any], engine: Engine) -> bool:
    """Tell whether anything is known of *member*, a partition as builtins."""
    plan = engine.community.rolling.plan
    return bool(member != rejson(MemberState(member["id"], plan).plain()))


def advanced(engine: Engine, history: History) -> Step:
    """Let time pass well beyond the end of *history*."""
    last = max((e.recorded_at for e in history), default=None)
    return Step() if last is None else engine.advance(last + HORIZON)


def run(playbook: Operable, history: History) -> tuple[list[Step], Engine]:
    """Run *history* and let time pass after it; the last step is that of time."""
    engine = Engine(playbook)
    steps = [engine.receive(event) for event in history]
    steps.append(advanced(engine, history))
    return steps, engine


# -- words of a failure --------------------------------------------------------------


def fail(what: str, history: History, difference: str = "") -> NoReturn:
    """Say that a law is broken, where, and by which history.

    Raises:
        AssertionError: always.
    """
    parts = (what, *((difference,) if difference else ()), _told(history))
    raise AssertionError("\n".join(parts))


def same(what: str, expected: Iterable[Any], found: Iterable[Any], on: History) -> None:
    """Compare values as multisets, whatever their order.

    Raises:
        AssertionError: something is missing or too much.
    """
    wanted, got = Counter(map(_text, expected)), Counter(map(_text, found))
    if wanted != got:
        rows = [f"missing    {text}" for text in (wanted - got).elements()]
        rows += [f"unexpected {text}" for text in (got - wanted).elements()]
        fail(what, on, "\n".join(_first(rows)))


def same_state(what: str, expected: Any, found: Any, on: History) -> None:
    """Compare two states given as builtins.

    Raises:
        AssertionError: they differ; every place is named.
    """
    if expected != found:
        fail(what, on, "\n".join(_first(apart(expected, found))))


def apart(expected: Any, found: Any, path: str = "state") -> Iterator[str]:
    """Yield the places at which two plain values differ."""
    one, two = expected, found
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted({*one, *two}):
            if one.get(key) != two.get(key):
                yield from apart(one.get(key), two.get(key), f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(found, list) and _even(one, two):
        for nth, (a, b) in enumerate(zip(one, two, strict=True)):
            if a != b:
                yield from apart(a, b, f"{path}[{nth}]")
    elif expected != found:
        yield f"{path}: expected {expected}, found {found}"


def _even(one: Any, two: Any) -> bool:
    return len(one) == len(two)


def texts(values: Iterable[Any]) -> list[str]:
    """Return *values* as `same` compares them, for those compared more than once."""
    return [_text(value) for value in values]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, default=str)


def _told(history: History) -> str:
    rows = [
        f"{e.at.isoformat()} {e.name} {e.member or '-'}"
        + (f" by {e.actor}" if e.actor else "")
        + (f" (known {e.recorded_at.isoformat()})" if e.recorded_at > e.at else "")
        for e in history
    ]
    return "\n".join((f"in this history of {len(rows)} events:", *_first(rows)))


def _first(rows: Iterable[str]) -> Iterator[str]:
    for nth, row in enumerate(rows):
        if nth == _SHOWN:
            yield "  …"
            return
        yield f"  {row}"
