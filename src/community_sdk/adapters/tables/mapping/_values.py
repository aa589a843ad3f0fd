"""A mapping as a value: which rows are which events, and where fields come from."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Pairs
from typing import Final, Literal

from attrs import field, frozen

from community_sdk.errors import DefinitionError, Problem

__all__ = [
    "ENVELOPE",
    "EventRule",
    "FieldRule",
    "Fold",
    "Mapping",
    "MappingError",
    "Scalar",
    "SkipRule",
    "When",
]

Scalar = str | int | bool
Fold = Literal["earlier", "later", "refuse"]

ENVELOPE: Final = ("at", "recorded_at", "seq", "group", "member", "actor", "dated")
"""The fields that may be given once for all rules."""


class MappingError(DefinitionError):
    """A mapping has mistakes, or does not fit its table: all of them at once.

    Attributes:
        problems: every mistake, in the order of the file, each with its path.
        source: the name of the file.
    """

    def __init__(self, problems: Iterable[Problem], *, source: str = "") -> None:
        """Gather *problems* into one error."""
        self.problems = tuple(problems)
        self.source = source
        count = len(self.problems)
        noun = "mistake" if count == 1 else "mistakes"
        name = f" in `{source}`" if source else ""
        super().__init__(
            f"{count} {noun}{name}",
            code="mapping.mistakes",
            count=str(count),
            source=source,
            mistakes="; ".join(map(str, self.problems)),
        )

    def __str__(self) -> str:
        """Give the count, then one line per problem."""
        return "\n  ".join([self.message, *map(str, self.problems)])


@frozen(kw_only=True)
class When:
    """A test of one column; a row passes a rule when it passes all its tests.

    *column* may be a dotted path into a cell of JSON (``extra.thread``). *words* are
    compared with the text of the cell, blanks around it taken off; flags are written
    as ``true`` and ``false`` and match every spelling of them. Without *words*, the
    cell must be empty.
    """

    column: str
    words: tuple[Scalar, ...] = ()
    negated: bool = False


@frozen(kw_only=True)
class FieldRule:
    """Where one field of an event comes from: a *column* or a *const*.

    Attributes:
        column: its name, or a dotted path into a cell of JSON.
        const: the value itself, for every row.
        values: what the texts of the cell stand for; others are refused unless there
            is a *default*.
        default: what an empty cell stands for.
        required: whether an empty cell refuses the row.
        format: how a time is written: ``iso``, ``epoch``, ``epoch_ms``, ``epoch_us``
            or a pattern such as ``%d/%m/%Y %H:%M``.
        split: the text that parts of a cell stand between.
        part: which part of a split cell is meant, from 0.
        currency: of an amount: an ISO 4217 code, or the column that names one.
        minor: whether an amount is in smallest units already.
        absolute: whether an amount loses its sign (refunds written as negative sales).
        properties: for fields of named scalars: where each of them comes from.
        kind: of a property: ``text``, ``whole`` or ``flag``.
    """

    column: str | None = None
    const: Scalar | None = None
    values: Pairs[str, Scalar] = field(factory=dict[str, Scalar], hash=False)
    default: Scalar | None = None
    required: bool = False
    format: str = "iso"
    split: str = ""
    part: int | None = None
    currency: str | FieldRule = ""
    minor: bool = False
    absolute: bool = False
    properties: Pairs[str, FieldRule] = field(
        factory=dict[str, "FieldRule"], hash=False
    )
    kind: Literal["text", "whole", "flag"] = "text"


@frozen(kw_only=True)
class EventRule:
    """Rows that pass all of *when* are events of *kind*.

    *also* lets later rules see the row as well; what they make of it gets the id of
    the row with the kind behind it.
    """

    kind: str
    when: tuple[When, ...] = ()
    fields: Pairs[str, FieldRule] = field(factory=dict[str, FieldRule], hash=False)
    also: bool = False


@frozen(kw_only=True)
class SkipRule:
    """Rows that pass all of *when* are no events, for *reason*: they are counted."""

    reason: str
    when: tuple[When, ...] = ()


@frozen(kw_only=True)
class Mapping:
    """How the rows of a foreign table become events.

    Skips come before events; among events the first rule that fits wins.

    Attributes:
        source: the name of the source; events carry it and their ids begin with it.
        events: the rules, in order.
        skips: rows that are no events.
        fields: fields of the envelope that all rules share.
        key: the columns that tell rows apart; none: all that stands in the row.
        duplicates: without *key*, whether two equal rows are the ``same`` event or
            ``distinct`` ones (then numbered, which takes memory by the row).
        zone: the IANA zone of times that name none.
        fold: which of two equal local times is meant when clocks are set back; times
            that clocks skipped are always refused.
        sheet: of a workbook, the sheet; empty: the first.
        name: the file it was read from.
    """

    source: str
    events: tuple[EventRule, ...]
    skips: tuple[SkipRule, ...] = ()
    fields: Pairs[str, FieldRule] = field(factory=dict[str, FieldRule], hash=False)
    key: tuple[str, ...] = ()
    duplicates: Literal["same", "distinct"] = "same"
    zone: str = ""
    fold: Fold = "earlier"
    sheet: str = ""
    name: str = ""
