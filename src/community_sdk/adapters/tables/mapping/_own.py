"""Tables in our own format: columns, or objects, named like the fields of events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from community_sdk import codec
from community_sdk._time import zone as zone_of
from community_sdk.adapters._rows import Counts, Refusal, Row, Translation
from community_sdk.adapters.tables.mapping._cells import line_of, text
from community_sdk.adapters.tables.mapping._rules import Shape, in_a_cell, shapes
from community_sdk.adapters.tables.mapping._times import times
from community_sdk.adapters.tables.mapping._translate import bind, row_digest
from community_sdk.adapters.tables.mapping._values import (
    EventRule,
    FieldRule,
    Mapping,
    SkipRule,
    When,
)
from community_sdk.errors import CommunityError, HistoryError, nearest
from community_sdk.events import DERIVED, EXOGENOUS, Event

__all__ = ["bind_own"]

_MADE = {cls.kind for cls in DERIVED}
_FED = {cls.kind: cls for cls in EXOGENOUS}
_REASON = "facts that the engine makes itself"


def bind_own(
    columns: Sequence[str] | None,
    *,
    source: str,
    zone: str = "",
    community: str = "",
) -> Translation:
    """Fit our own format to a table: no mapping is needed.

    Objects are read by `community_sdk.codec`, cells by the types of the fields; money
    is written as ``12.50 CNY``, properties as columns such as ``properties.emoji``.
    Rows without ``id`` get a digest of what stands in them. Facts that the engine
    makes itself are skipped.

    Raises:
        HistoryError: there is no column `kind`.
        DefinitionError: *zone* is none.
    """
    place = zone_of(zone) if zone else None
    if columns is None:
        return _Objects(source, place, community)
    if "kind" not in columns:
        raise HistoryError(
            f"expected the column `kind`, found none in `{source}`",
            code="table.no_kind",
            hint="give a mapping if this is a foreign table",
            path=source,
        )
    return _Cells(columns, source, zone, community)


class _Objects:
    """Rows that are events already, in the plain form of the codec."""

    def __init__(self, source: str, zone: ZoneInfo | None, community: str) -> None:
        self._source = source
        self._community = community
        self._times = times("iso", zone, "earlier") if zone else None

    def translate(self, row: Row, counts: Counts, /) -> list[Event | Refusal]:
        """Return the event that *row* is."""
        plain: dict[str, Any] = dict(row.cells)
        kind = plain.get("kind")
        if isinstance(kind, str) and kind in _MADE:
            counts.skipped[_REASON] = counts.skipped.get(_REASON, 0) + 1
            return []
        if "id" not in plain:
            plain["id"] = row_digest(plain)
        if self._community:
            plain.setdefault("community", self._community)
        try:
            if self._times is not None:
                self._place(plain, self._times)
            return [codec.event(plain)]
        except CommunityError as fault:
            return [Refusal.of(self._source, row, fault)]

    @staticmethod
    def _place(plain: dict[str, Any], read: Any) -> None:
        """Give the times of the envelope the zone that the caller names."""
        for name in ("at", "recorded_at"):
            if isinstance(plain.get(name), str):
                plain[name] = read(plain[name]).isoformat()


def _given(fields: dict[str, Shape], columns: Sequence[str]) -> dict[str, FieldRule]:
    """Return which columns fill the fields of one kind."""
    given: dict[str, FieldRule] = {}
    for name, shape in fields.items():
        inner = {c.partition(".")[2]: c for c in columns if c.startswith(name + ".")}
        if inner:
            each = {key: FieldRule(column=c) for key, c in inner.items()}
            given[name] = FieldRule(properties=each)
        elif shape.needed or (name in columns and in_a_cell(shape)):
            given[name] = FieldRule(column=name)
    return given


class _Cells:
    """Rows whose columns are called like the fields of events."""

    def __init__(
        self, columns: Sequence[str], source: str, zone: str, community: str
    ) -> None:
        shaped = {kind: shapes(cls) for kind, cls in _FED.items()}
        rules: list[EventRule] = []
        spare = {"kind", "id"}
        self._allowed: dict[str, set[str]] = {}
        self._whole: set[str] = set()
        for kind, fields in shaped.items():
            if any(s.needed and not in_a_cell(s) for s in fields.values()):
                self._whole.add(kind)
                continue
            given = _given(fields, columns)
            given.pop("id", None)
            when = (When(column="kind", words=(kind,)),)
            rules.append(EventRule(kind=kind, when=when, fields=given))
            dotted = {c for c in columns if c.partition(".")[0] in given}
            self._allowed[kind] = {*given, *dotted, *spare}
        made = When(column="kind", words=tuple(sorted(_MADE)))
        mapping = Mapping(
            source="",
            events=tuple(rules),
            skips=(SkipRule(reason=_REASON, when=(made,)),),
            key=("id",) if "id" in columns else (),
        )
        self._source = source
        self._inner = bind(
            mapping,
            None,  # a column that a kind needs may be missing: its rows say so
            source=source,
            zone=zone,
            community=community,
            own=True,
        )

    def translate(self, row: Row, counts: Counts, /) -> list[Event | Refusal]:
        """Return the event that *row* tells of."""
        kind = text(row.cells.get("kind"))
        if kind in self._whole:
            return [Refusal.of(self._source, row, _object(kind))]
        if kind and kind not in _FED and kind not in _MADE:
            return [Refusal.of(self._source, row, _unknown(line_of(kind)))]
        allowed = self._allowed.get(kind or "")
        if allowed is not None:
            for name, cell in row.cells.items():
                if name not in allowed and cell not in (None, ""):
                    return [Refusal.of(self._source, row, _stray(name, kind, allowed))]
        return self._inner.translate(row, counts)


def _unknown(kind: str) -> HistoryError:
    cure = "for an event of your own write `custom`, and its word in column `word`"
    return HistoryError(
        f"expected a kind of event in column `kind`, found `{kind}`",
        code="table.unmatched",
        hint=nearest(kind, _FED) or cure,
        column="kind",
        found=kind,
        own="yes",
    )


def _stray(name: str, kind: str | None, allowed: set[str]) -> HistoryError:
    return HistoryError(
        f"`{kind}` has no field `{name}`",
        code="table.stray",
        hint=nearest(name, allowed) or "leave the cell empty, or give a mapping",
        field=name,
        kind=str(kind),
    )


def _object(kind: str) -> HistoryError:
    return HistoryError(
        f"a row of cells cannot hold `{kind}`",
        code="table.object",
        hint="write such events as JSON Lines",
        kind=kind,
    )
