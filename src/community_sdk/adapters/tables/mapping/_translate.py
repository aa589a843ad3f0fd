"""From rows to events: the first rule that fits, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Pairs
from hashlib import blake2b
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from community_sdk._time import zone as zone_of
from community_sdk.adapters._rows import Cell, Counts, Refusal, Row, bounded
from community_sdk.adapters.tables.mapping._cells import line_of, text
from community_sdk.adapters.tables.mapping._rules import (
    Fit,
    Taker,
    Test,
    shapes,
    words,
)
from community_sdk.adapters.tables.mapping._values import (
    EventRule,
    Mapping,
    MappingError,
    SkipRule,
    When,
)
from community_sdk.errors import CommunityError, HistoryError, Problem, nearest
from community_sdk.events import KINDS, Event

__all__ = ["Translator", "bind", "fit", "row_digest"]

_KEY: Final = 200


class _Field(NamedTuple):
    name: str
    take: Taker
    column: str
    required: bool


class _Rule(NamedTuple):
    """A rule fitted to the table; *cls* None: rows to skip, for *reason*."""

    tests: tuple[Test, ...]
    cls: type[Event] | None
    fields: tuple[_Field, ...]
    also: bool
    reason: str


def fit(
    mapping: Mapping,
    columns: Sequence[str] | None,
    *,
    zone: str = "",
    own: bool = False,
) -> tuple[list[_Rule], list[Problem]]:
    """Fit the rules of *mapping* to *columns*; return them, and what does not fit.

    *own*: the table is in our own format, which may fill every field.
    """
    problems: list[Problem] = []
    name = zone or mapping.zone
    place: ZoneInfo | None = None
    try:
        place = zone_of(name) if name else None
    except CommunityError as fault:
        problems.append(fault.problem("zone"))
    fitting = Fit(columns, place, mapping.fold)
    rules: list[_Rule] = []
    for n, skip in enumerate(mapping.skips):
        tests = _tests(fitting, skip, f"skip[{n}].when")
        rules.append(_Rule(tests, None, (), also=False, reason=skip.reason))
    for n, rule in enumerate(mapping.events):
        path = f"event[{n}]"
        tests = _tests(fitting, rule, f"{path}.when")
        cls = KINDS[rule.kind]
        fields = tuple(_fields(fitting, mapping, rule, path, own=own))
        rules.append(_Rule(tests, cls, fields, also=rule.also, reason=""))
    for n, key in enumerate(mapping.key):
        fitting.find(key, f"key[{n}]")
    return rules, problems + fitting.problems


def _tests(fitting: Fit, rule: EventRule | SkipRule, path: str) -> tuple[Test, ...]:
    return tuple(fitting.test(when, path) for when in rule.when)


def _fields(
    fitting: Fit, mapping: Mapping, rule: EventRule, path: str, *, own: bool
) -> Iterator[_Field]:
    """Yield the fields of one rule, the shared ones first."""
    open_to = shapes(KINDS[rule.kind])
    kept = () if own else ("id", "source", "community")
    allowed = {name: s for name, s in open_to.items() if name not in kept}
    given = {**mapping.fields, **rule.fields}
    for name, each in given.items():
        where = f"{path}.fields.{name}"
        if name not in rule.fields:
            where = f"fields.{name}"
        shape = allowed.get(name)
        if shape is None:
            fitting.problems.append(_no_field(name, rule.kind, allowed, where))
            continue
        required = shape.needed or each.required
        column = each.column or ""
        yield _Field(name, fitting.take(shape, each, where), column, required)
    for name, shape in allowed.items():
        if shape.needed and name not in given and name != "id":
            message = f"expected the field `{name}`, which `{rule.kind}` needs"
            figures = {"field": name, "kind": rule.kind}
            fitting.problems.append(
                Problem(f"{path}.fields", message, "", "mapping.needed", figures)
            )


def _no_field(name: str, kind: str, allowed: Pairs[str, object], path: str) -> Problem:
    hint = nearest(name, allowed)
    if name == "id":
        hint = "name the columns that tell rows apart in `key`"
    message = f"`{kind}` has no field `{name}`"
    figures = {"field": name, "kind": kind}
    return Problem(path, message, hint, "mapping.field", figures)


def bind(  # noqa: PLR0913 - what a table is read with
    mapping: Mapping,
    columns: Sequence[str] | None,
    *,
    source: str,
    zone: str = "",
    community: str = "",
    own: bool = False,
) -> Translator:
    """Fit *mapping* to the table called *source*.

    Raises:
        MappingError: it names columns that the table has not.
    """
    rules, problems = fit(mapping, columns, zone=zone, own=own)
    if problems:
        raise MappingError(problems, source=mapping.name or source)
    return Translator(mapping, rules, columns, source, community)


class Translator:
    """Rules fitted to one table; see `Translation`."""

    def __init__(
        self,
        mapping: Mapping,
        rules: list[_Rule],
        columns: Sequence[str] | None,
        source: str,
        community: str,
    ) -> None:
        """Index *rules* by the column that most of them test."""
        self._mapping = mapping
        self._rules = rules
        self._table = source
        self._facts = {"source": mapping.source, "community": community}
        self._facts = {name: fact for name, fact in self._facts.items() if fact}
        finder = Fit(columns, None, "earlier")
        self._key = [finder.find(key, "") for key in mapping.key]
        self._seen: dict[str, int] = {}
        self._known = _known(mapping)
        self._getters = {name: finder.find(name, "") for name in self._known}
        self._by = max(self._known, key=lambda c: len(self._known[c]), default="")
        self._index = _indexed(mapping, rules, self._by)

    def translate(self, row: Row, counts: Counts, /) -> list[Event | Refusal]:
        """Return the events that *row* tells of, or why it tells of none."""
        out: list[Event | Refusal] = []
        cells, name = row.cells, ""
        try:
            for rule in self._candidates(cells):
                if not all(test(cells) for test in rule.tests):
                    continue
                if rule.cls is None:
                    skipped = counts.skipped
                    skipped[rule.reason] = skipped.get(rule.reason, 0) + 1
                    return out
                name = name or self._name(cells)
                mark = f"{name}/{rule.cls.kind}" if out else name
                out.append(self._event(rule, rule.cls, row, mark))
                if not rule.also:
                    return out
        except CommunityError as fault:
            return [*out, Refusal.of(self._table, row, fault)]
        return out or [self._unmatched(row)]

    def _candidates(self, cells: Pairs[str, Cell]) -> list[_Rule]:
        if not self._by:
            return self._rules
        found = text(self._getters[self._by](cells)) or ""
        return self._index.get(found, self._index[None])

    def _event(
        self, rule: _Rule, cls: type[Event], row: Row, name: str
    ) -> Event | Refusal:
        facts: dict[str, Any] = {"id": name, **self._facts}
        column = ""
        try:
            for field in rule.fields:
                column = field.column
                found = field.take(row.cells)
                if found is not None:
                    facts[field.name] = found
                elif field.required:
                    raise _absent(field)
            column = ""
            return cls(**facts)
        except CommunityError as fault:
            return Refusal.of(self._table, row, fault, column)
        except ValueError as fault:
            said = " ".join(str(fault.args[0]).replace("'", "`").split())
            error = HistoryError(f"refused: {said}", code="table.refused", reason=said)
            return Refusal.of(self._table, row, error)

    def _name(self, cells: Pairs[str, Cell]) -> str:
        """Return the id of the events of a row."""
        source = self._mapping.source
        lead = f"{source}:" if source else ""
        if self._key:
            texts = [text(find(cells)) or "" for find in self._key]
            if not any(texts):
                raise HistoryError(
                    "expected something that tells the row apart, found nothing",
                    code="table.key",
                    hint="name other columns in `key`",
                )
            key = "|".join(texts)
            return lead + (key if len(key) <= _KEY else _digest(key))
        digest = row_digest(cells)
        if self._mapping.duplicates == "distinct":
            nth = self._seen[digest] = self._seen.get(digest, 0) + 1
            digest = f"{digest}#{nth}" if nth > 1 else digest
        return lead + digest

    def _unmatched(self, row: Row) -> Refusal:
        message, hint = "expected a row that a rule of the mapping fits", ""
        figures: dict[str, str] = {}
        for column, known in self._known.items():
            found = line_of(text(self._getters[column](row.cells)) or "")
            if found not in known:
                message = f"{message}, found `{column}` = `{found}`"
                hint = nearest(found, known) or "add a rule, or skip such rows"
                figures = {"column": column, "found": found}
                break
        return Refusal(
            source=self._table,
            line=row.line,
            code="table.unmatched",
            message=message,
            hint=hint or "add a rule, or skip such rows",
            figures=figures,
            row=bounded(row.cells),
        )


def _absent(field: _Field) -> HistoryError:
    return HistoryError(
        f"expected something for `{field.name}`, found an empty cell",
        code="table.absent",
        hint="give the field a `default`, or skip such rows",
        field=field.name,
    )


def row_digest(cells: Pairs[str, Cell]) -> str:
    """Return what tells equal rows from others: a digest of all that stands in one."""
    told = {name: cell for name, cell in cells.items() if cell not in (None, "")}
    return _digest(json.dumps(told, sort_keys=True, ensure_ascii=False, default=str))


def _digest(told: str) -> str:
    return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _plainly(when: When) -> bool:
    return (
        bool(when.words)
        and not when.negated
        and not any(isinstance(word, bool) for word in when.words)
    )


def _asking(mapping: Mapping) -> tuple[SkipRule | EventRule, ...]:
    return (*mapping.skips, *mapping.events)


def _known(mapping: Mapping) -> dict[str, set[str]]:
    """Return the words that rules look for, by column."""
    known: dict[str, set[str]] = {}
    for rule in _asking(mapping):
        for when in rule.when:
            if _plainly(when):
                known.setdefault(when.column, set()).update(words(when))
    return known


def _indexed(
    mapping: Mapping, rules: list[_Rule], column: str
) -> dict[str | None, list[_Rule]]:
    """Return the rules that a word of *column* leaves possible, in their order."""
    index: dict[str | None, list[_Rule]] = {None: []}
    asked = [
        next((words(w) for w in rule.when if w.column == column and _plainly(w)), None)
        for rule in _asking(mapping)
    ]
    for wanted in asked:
        index.update({word: [] for word in wanted or ()})
    for wanted, rule in zip(asked, rules, strict=True):
        for word, left in index.items():
            if wanted is None or word in wanted:
                left.append(rule)
    return index
