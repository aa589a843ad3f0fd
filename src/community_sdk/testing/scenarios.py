"""Scenarios that operators write: a history and what must come of it, with reasons.

A file names a playbook, the events given in order, and the decisions expected; each
expectation states only what matters. All mistakes and all failures are told at once.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

from attrs import define, field, frozen

from community_sdk import codec
from community_sdk._time import micros, zone
from community_sdk.decisions import Decision
from community_sdk.engine import Engine, WholeEngine
from community_sdk.errors import CommunityError, DefinitionError, WorldError, nearest
from community_sdk.playbook import Playbook, load, loads

__all__ = ["ScenarioResult", "run_scenario"]

_KEYS: Final = frozenset(
    {"title", "system", "playbook", "zone", "parameters", "given"}
    | {"expect", "only", "until", "standing"}
)
_STANDING: Final = frozenset({"member", "status", "tiers", "strikes", "in_force"})
_BESIDE: Final = frozenset({"given", "because", "figures", "at"})


@frozen
class ScenarioResult:
    """How a scenario ended: *failures* are worded, empty when it passed."""

    path: Path
    title: str
    failures: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return not self.failures


def run_scenario(path: str | Path) -> ScenarioResult:
    """Run the scenario file *path*.

    Keys: ``playbook`` (a name of the library, a path beside the file, or TOML text),
    ``parameters``, ``zone``; ``[[given]]`` events (``at``, ``kind``, ``member`` and
    their fields; ids and the zone are filled in); ``until``; ``[[expect]]`` decisions
    (``kind``, ``member``, ``given`` = number of the event, ``because`` = key of the
    reason, ``figures`` of it, any field of the decision) in their order; ``only`` =
    kinds of which nothing else may come; ``[[standing]]`` of members at the end.

    Raises:
        WorldError: the file cannot be read.
        DefinitionError: it is no TOML, or its playbook has mistakes.
    """
    file = Path(path)
    plain = _read(file)
    title = plain.get("title", file.stem)
    shown = title if isinstance(title, str) else str(next(iter(title.values()), ""))
    book = _playbook(plain, file)
    run = _Run(book, plain)
    run.check()
    if not run.failures:
        run.feed()
        run.compare()
    return ScenarioResult(file, shown, tuple(run.failures))


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise WorldError(
            f"cannot read `{file}`: {(error.strerror or str(error)).lower()}",
            code="scenario.unreadable",
            hint="name a scenario file that ends in `.toml`, or a folder of them",
            file=str(file),
            reason=error.strerror or str(error),
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DefinitionError(
            f"`{file}` is no TOML: {error}",
            code="scenario.toml",
            file=str(file),
            reason=str(error),
        ) from None


def _playbook(plain: Mapping[str, Any], file: Path) -> Playbook:
    named = plain.get("playbook", "smart_home")
    given: dict[str, Any] = plain.get("parameters", {})
    if not isinstance(named, str):
        raise DefinitionError(
            "expected `playbook` to be a name, a path or TOML text",
            code="scenario.playbook",
        )
    if "\n" in named:
        return loads(named, source=f"{file.name}: playbook", **given)
    beside = file.parent / named
    return load(beside if beside.is_file() else named, **given)


@define
class _Run:
    """One scenario at work."""

    book: Playbook
    plain: Mapping[str, Any]
    failures: list[str] = field(factory=list[str])
    decisions: list[tuple[int, Decision]] = field(factory=list[tuple[int, Decision]])
    engine: Engine = field(init=False)
    whole: WholeEngine = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Begin the community."""
        self.engine = self.book.engine()
        self.whole = WholeEngine(self.engine)

    def fail(self, text: str) -> None:
        """Note one failure."""
        self.failures.append(text)

    def check(self) -> None:
        """Name every key that no scenario has."""
        self._known(self.plain, _KEYS, "")
        for i, row in enumerate(self._rows("standing"), 1):
            self._known(row, _STANDING, f"standing {i}: ")
        if not self._rows("given"):
            self.fail("nothing is given: write at least one `[[given]]`")
        asked = ("expect", "only", "standing")
        if not any(self.plain.get(name) for name in asked):
            self.fail(
                "nothing is expected: write `[[expect]]`, `only` or `[[standing]]`"
            )

    def _known(self, row: Mapping[str, Any], known: frozenset[str], where: str) -> None:
        for key in row:
            if key not in known:
                hint = nearest(key, known)
                self.fail(f"{where}unknown key `{key}`{f' ({hint})' if hint else ''}")

    def _rows(self, name: str) -> list[dict[str, Any]]:
        rows = self.plain.get(name, [])
        return cast("list[dict[str, Any]]", rows if isinstance(rows, list) else [])

    def _instant(self, value: Any) -> datetime:
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
        if found.tzinfo is None:
            found = found.replace(tzinfo=zone(self._zone))
        micros(found)
        return cast("datetime", found)

    @property
    def _zone(self) -> str:
        return str(self.plain.get("zone", self.book.community.zone))

    def feed(self) -> None:
        """Give every event to the engine, then let time pass."""
        for n, row in enumerate(self._rows("given"), 1):
            try:
                at = self._instant(row["at"])
                event = {"id": f"given-{n}", **row, "at": at.isoformat()}
                step = self.whole.receive(codec.event(event))
            except KeyError as error:
                self.fail(f"given {n}: missing `{error.args[0]}`")
            except (CommunityError, ValueError, AttributeError) as error:
                self.fail(f"given {n}: {error}")
            else:
                self.decisions += [(n, d) for d in step]
        if "until" in self.plain:
            step = self.whole.advance(self._instant(self.plain["until"]))
            self.decisions += [(0, d) for d in step]

    def compare(self) -> None:
        """Match expectations in their order, then what may not come, then standings."""
        left = list(self.decisions)
        for n, row in enumerate(self._rows("expect"), 1):
            found = next((d for d in left if not self._differs(row, *d)), None)
            if found is None:
                self.fail(self._missing(n, row, left))
            else:
                left.remove(found)
        for given, decision in left:
            if decision.kind in self.plain.get("only", ()):
                said = f"{decision.kind} ({decision.because.key})"
                self.fail(f"not expected after given {given}: {said}")
        for row in self._rows("standing"):
            for text in self._standing(row):
                self.fail(f"standing of `{row.get('member')}`: {text}")

    def _missing(
        self, n: int, row: Mapping[str, Any], left: list[tuple[int, Decision]]
    ) -> str:
        near = sorted(
            (self._differs(row, *d), i) for i, d in enumerate(left)
            if d[1].kind == row.get("kind")
        )  # fmt: skip
        text = f"expect {n}: no decision is like {dict(row)}"
        if near:
            differs, i = near[0]
            given, decision = left[i]
            text += f"; the nearest, `{decision.kind}` after given {given}, differs in"
            text += f" {'; '.join(differs)}"
        return text

    def _differs(
        self, row: Mapping[str, Any], given: int, decision: Decision
    ) -> list[str]:
        plain = codec.dump(decision)
        pairs = [(k, v, plain.get(k)) for k, v in row.items() if k not in _BESIDE]
        if "given" in row:
            pairs.append(("given", row["given"], given))
        if "because" in row:
            pairs.append(("because", row["because"], decision.because.key))
        if "at" in row and decision.at is not None:
            wanted = self._instant(row["at"])
            pairs.append(("at", wanted.isoformat(), decision.at.isoformat()))
            if wanted == decision.at:
                pairs.pop()
        figures = dict(decision.because.figures)
        pairs += [(k, v, figures.get(k)) for k, v in row.get("figures", {}).items()]
        return [
            f"`{name}`: expected `{wanted}`, found `{found}`"
            for name, wanted, found in pairs
            if not _within(wanted, found)
        ]

    def _standing(self, row: Mapping[str, Any]) -> Iterator[str]:
        now = self.engine.now
        member = self.engine.members.get(str(row.get("member")))
        if member is None or now is None:
            yield "nothing is known of this member"
            return
        us = micros(now)
        found: dict[str, object] = {
            "status": member.status.value,
            "tiers": {group: held.tier for group, held in member.tiers.items()},
            "strikes": sum(1 for s in member.strikes if not s.overturned),
            "in_force": sorted(s.measure for s in member.sanctions if s.in_force(us)),
        }
        for key, value in found.items():
            if key in row and not _within(row[key], value):
                yield f"`{key}`: expected `{row[key]}`, found `{value}`"


def _within(wanted: object, found: object) -> bool:
    """Tell whether *found* is as wanted; of tables only the keys wanted count."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        pairs = cast("Mapping[str, object]", wanted)
        there = cast("Mapping[str, object]", found)
        return all(_within(value, there.get(key)) for key, value in pairs.items())
    return wanted == found
