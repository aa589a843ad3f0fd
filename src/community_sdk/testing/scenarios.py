"""Scenarios that operators write: a history and what must come of it, with reasons.

A file names a playbook, the events given in order, and the decisions expected; each
expectation states only what matters. All mistakes and all failures are told at once.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

from attrs import define, field, frozen

from community_sdk import codec
from community_sdk._time import micros, zone
from community_sdk.decisions import Decision
from community_sdk.engine import Engine, WholeEngine
from community_sdk.errors import (
    CommunityError,
    DefinitionError,
    Problem,
    WorldError,
    nearest,
)
from community_sdk.playbook import Playbook, load, loads, toml_problem

__all__ = ["Failure", "ScenarioResult", "run_scenario"]

_KEYS: Final = frozenset(
    {"title", "system", "playbook", "zone", "parameters", "given"}
    | {"expect", "only", "until", "standing"}
)
_STANDING: Final = frozenset({"member", "status", "tiers", "strikes", "in_force"})
_BESIDE: Final = frozenset({"given", "because", "figures", "at"})


@frozen
class Failure(Problem):
    """Something that did not come as expected, or that the file says wrong.

    *path* is the part of the file by its number: ``given 3``, ``expect 1``.
    """

    def __str__(self) -> str:
        """Give the failure as one line, the place first."""
        return f"{self.path}: {self._told}" if self.path else self._told

    @property
    def _told(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


@frozen
class ScenarioResult:
    """How a scenario ended: *failures* are worded, empty when it passed."""

    path: Path
    title: str
    failures: tuple[Failure, ...] = ()

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
    if isinstance(title, dict):
        title = next(iter(cast("dict[str, object]", title).values()), "")
    run = _Run(_playbook(plain, file), plain)
    run.check()
    if not run.failures:
        run.feed()
        run.compare()
    return ScenarioResult(file, str(title), tuple(run.failures))


def _read(file: Path) -> dict[str, Any]:
    text = ""
    try:
        text = file.read_text("utf-8-sig")
        return tomllib.loads(text)
    except OSError as error:
        raise WorldError(
            f"cannot read `{file}`: {(error.strerror or str(error)).lower()}",
            code="scenario.unreadable",
            hint="name a scenario file that ends in `.toml`, or a folder of them",
            file=str(file),
            reason=error.strerror or str(error),
        ) from None
    except UnicodeDecodeError as error:
        raise DefinitionError(
            f"`{file}` is no TOML: it is not written in UTF-8",
            code="scenario.encoding",
            hint="save it as UTF-8",
            file=str(file),
            byte=str(error.start),
        ) from None
    except RecursionError:
        raise DefinitionError(
            f"`{file}` is no TOML: its tables are too deep",
            code="scenario.deep",
            file=str(file),
        ) from None
    except ValueError as error:
        found = toml_problem(error, text)
        raise DefinitionError(
            f"`{file}` is no TOML: {found.message}",
            code="scenario.toml",
            hint=found.hint,
            **{**found.figures, "file": str(file)},
        ) from None


def _playbook(plain: Mapping[str, Any], file: Path) -> Playbook:
    named = plain.get("playbook", "smart_home")
    given = plain.get("parameters", {})
    if not isinstance(named, str) or not isinstance(given, dict):
        raise DefinitionError(
            "expected `playbook` to be a name, a path or TOML text, and `parameters` a"
            " table",
            code="scenario.playbook",
        )
    values = cast("dict[str, Any]", given)
    if "\n" in named:
        return loads(named, source=f"{file.name}: playbook", **values)
    beside = file.parent / named
    return load(beside if beside.is_file() else named, **values)


@define
class _Run:
    """One scenario at work."""

    book: Playbook
    plain: Mapping[str, Any]
    failures: list[Failure] = field(factory=list[Failure])
    decisions: list[tuple[int, Decision]] = field(factory=list[tuple[int, Decision]])
    engine: Engine = field(init=False)
    whole: WholeEngine = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Begin the community."""
        self.engine = self.book.engine()
        self.whole = WholeEngine(self.engine)

    def fail(
        self, code: str, where: str, text: str, hint: str = "", **figures: str
    ) -> None:
        """Note one failure."""
        self.failures.append(Failure(where, text, hint, code, figures))

    def check(self) -> None:
        """Name every key that no scenario has, and every part of a wrong shape."""
        self._known(self.plain, _KEYS, "")
        for name in ("given", "expect", "standing"):
            self._shape(name)
        only = self.plain.get("only", [])
        if not isinstance(only, list):
            self.fail(
                "scenario.list", "only", "expected a list of kinds", found=str(only)
            )
        for i, row in enumerate(self._rows("standing"), 1):
            self._known(row, _STANDING, f"standing {i}")
        if not self._rows("given"):
            text = "nothing is given: write at least one `[[given]]`"
            self.fail("scenario.nothing_given", "", text)
        asked = ("expect", "only", "standing")
        if not any(self.plain.get(name) for name in asked):
            text = "nothing is expected: write `[[expect]]`, `only` or `[[standing]]`"
            self.fail("scenario.nothing_expected", "", text)

    def _shape(self, name: str) -> None:
        rows = self.plain.get(name, [])
        listed = cast("list[object]", rows) if isinstance(rows, list) else [rows]
        if rows is not listed or not all(isinstance(row, dict) for row in listed):
            text = f"expected tables: write `[[{name}]]` for each"
            self.fail("scenario.tables", name, text, name=name)

    def _known(self, row: Mapping[str, Any], known: frozenset[str], where: str) -> None:
        for key in row:
            if key not in known:
                text = f"unknown key `{key}`"
                self.fail(
                    "scenario.unknown_key", where, text, nearest(key, known), key=key
                )

    def _rows(self, name: str) -> list[dict[str, Any]]:
        rows = self.plain.get(name, [])
        return cast("list[dict[str, Any]]", rows if isinstance(rows, list) else [])

    def _instant(self, value: Any) -> datetime:
        try:
            found = datetime.fromisoformat(value) if isinstance(value, str) else value
            if found.tzinfo is None:
                found = found.replace(tzinfo=zone(self._zone))
            micros(found)
        except CommunityError:
            raise
        except (ValueError, AttributeError, TypeError):
            raise DefinitionError(
                f"expected a time such as `2026-05-01 10:00`, found `{value}`",
                code="scenario.time",
                found=str(value),
            ) from None
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
            except KeyError:
                self.fail("scenario.missing", f"given {n}", "missing `at`", key="at")
            except CommunityError as error:
                self._refused(f"given {n}", error)
            else:
                self.decisions += [(n, d) for d in step]
        if "until" in self.plain:
            try:
                step = self.whole.advance(self._instant(self.plain["until"]))
            except CommunityError as error:
                self._refused("until", error)
            else:
                self.decisions += [(0, d) for d in step]

    def _refused(self, where: str, error: CommunityError) -> None:
        """Note what *error* says, each of its mistakes for itself."""
        several: tuple[Problem, ...] = getattr(error, "problems", ())
        for one in several or (error.problem(),):
            place = where + one.path.removeprefix("$")
            told = (one.message, one.hint, one.code, one.figures)
            self.failures.append(Failure(place, *told))

    def compare(self) -> None:
        """Match expectations in their order, then what may not come, then standings."""
        left = list(self.decisions)
        for n, row in enumerate(self._rows("expect"), 1):
            try:
                found = next((d for d in left if not self._differs(row, *d)), None)
                if found is None:
                    self._missing(n, row, left)
                else:
                    left.remove(found)
            except CommunityError as error:
                self._refused(f"expect {n}", error)
        for given, decision in left:
            if decision.kind in self.plain.get("only", ()):
                kind, why = decision.kind, decision.because.key
                text = f"not expected after given {given}: {kind} ({why})"
                figures = {"given": str(given), "kind": kind, "because": why}
                self.fail("scenario.unexpected", "", text, **figures)
        for row in self._rows("standing"):
            self._standing(row)

    def _missing(
        self, n: int, row: Mapping[str, Any], left: list[tuple[int, Decision]]
    ) -> None:
        near = sorted(
            (self._differs(row, *d), i) for i, d in enumerate(left)
            if d[1].kind == row.get("kind")
        )  # fmt: skip
        text, figures = f"no decision is like {dict(row)}", {"wanted": str(dict(row))}
        if near:
            differs, i = near[0]
            given, decision = left[i]
            told = [f"`{k}`: expected `{w}`, found `{f}`" for k, w, f in differs]
            text += f"; the nearest, `{decision.kind}` after given {given}, differs in"
            text += f" {'; '.join(told)}"
            figures["differs"] = ", ".join(
                f"`{k}` `{w}` → `{f}`" for k, w, f in differs
            )
            figures |= {"given": str(given), "kind": decision.kind}
        self.fail("scenario.missing_decision", f"expect {n}", text, **figures)

    def _differs(
        self, row: Mapping[str, Any], given: int, decision: Decision
    ) -> list[tuple[str, str, str]]:
        """Return in what *decision* is not as wanted: name, wanted, found."""
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
        figures, asked = dict(decision.because.figures), row.get("figures", {})
        if isinstance(asked, dict):
            known = cast("dict[str, object]", asked)
            pairs += [(k, v, figures.get(k)) for k, v in known.items()]
        else:
            pairs.append(("figures", asked, figures))
        return [
            (name, str(wanted), str(found))
            for name, wanted, found in pairs
            if not _within(wanted, found)
        ]

    def _standing(self, row: Mapping[str, Any]) -> None:
        name = str(row.get("member"))
        where, now = f"standing `{name}`", self.engine.now
        member = self.engine.members.get(name)
        if member is None or now is None:
            text = "nothing is known of this member"
            self.fail("scenario.no_member", where, text, found=name)
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
                text = f"`{key}`: expected `{row[key]}`, found `{value}`"
                facts = {"key": key, "wanted": str(row[key]), "found": str(value)}
                self.fail("scenario.standing", where, text, member=name, **facts)


def _within(wanted: object, found: object) -> bool:
    """Tell whether *found* is as wanted; of tables only the keys wanted count."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        pairs = cast("Mapping[str, object]", wanted)
        there = cast("Mapping[str, object]", found)
        return all(_within(value, there.get(key)) for key, value in pairs.items())
    return wanted == found
