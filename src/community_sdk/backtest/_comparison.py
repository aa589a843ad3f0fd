"""What a backtest found, in tables: who is treated otherwise, when and why (S29)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, cast

import attrs
from attrs import frozen

from community_sdk.backtest._difference import Difference, Parting, What, label
from community_sdk.decisions import Decision
from community_sdk.errors import MissingExtraError
from community_sdk.model import MemberId

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Comparison",
    "DayRow",
    "DecisionRow",
    "DifferenceRow",
    "PersonRow",
    "SideRow",
    "Treatment",
]


class Treatment(Enum):
    """How the other side treats a member, beside the first.

    Of each harshness count, at every instant, how many decisions of it a side has taken
    up to then; what is good, and what undoes, counts off. At the harshest of which the
    two sides do not have as many at every instant, it is *worse* where the other never
    has fewer, *better* where it never has more, *different* where it has now more and
    now fewer: earlier is harsher than later, and never the mildest. *same*: nothing
    differs.

    So a ladder whose every step comes later, or is milder, makes nobody worse: a ban
    that comes later outweighs a warning more before it. The history stays as it is: who
    is out already is not sanctioned again, so that a ban that ends can spare somebody a
    longer one; that this is worse by the other side is told as it is.
    """

    WORSE = "worse"
    BETTER = "better"
    DIFFERENT = "different"
    SAME = "same"


@frozen(kw_only=True)
class SideRow:
    """One side of the comparison.

    *decisions* are all it took; *compared* those that anybody feels: not those in
    shadow (*shadow*), nor what only carries out an earlier one (*echoes*), nor, beside
    the operators, anything but sanctions (*apart*). *late*: events it refused as too
    late. *acts_after*: acts of *members_after* members whom it had put out before;
    *decisions_after*: what it decided upon such acts.
    """

    side: str
    name: str
    version: str
    digest: str
    decisions: int
    compared: int
    shadow: int
    echoes: int
    apart: int
    late: int
    acts_after: int
    members_after: int
    decisions_after: int


@frozen(kw_only=True)
class DecisionRow:
    """Decisions of one kind: on both sides alike, and not."""

    kind: str
    same: int
    different: int


@frozen(kw_only=True)
class DifferenceRow:
    """Differences of one sort: *one* and *other* are words for what was decided.

    Empty words: that side decided nothing of the kind. *open_one*, *open_other*: it is
    a measure without end. *after*: how many of them rest, on either side, on acts that
    the side had made impossible.
    """

    kind: str
    what: What
    one: str
    open_one: bool
    other: str
    open_other: bool
    count: int
    members: int
    after: int


@frozen(kw_only=True)
class DayRow:
    """Differences of one local day: where the other is harsher, milder, or neither."""

    day: date
    harsher: int
    milder: int
    neither: int


@frozen(kw_only=True)
class PersonRow:
    """A member whom the two sides do not treat alike, and where they parted."""

    member: MemberId
    treatment: Treatment
    differences: int
    parted: Parting


@frozen(kw_only=True)
class Comparison:
    """The answer of a backtest.

    Attributes:
        one, other: the two sides.
        counts: ``events`` replayed, ``duplicates`` among them, ``derived`` and
            ``adoptions`` left out, ``members`` seen, ``bots`` among those.
        period: the first and the last instant of the history.
        zone: where its days are cut.
        members: how many members by treatment, bots left out.
        same, different: compared decisions that are alike, and that are not.
        decisions, differences, days, people: the tables.
        examples: the first difference of each sort, harshest first.
        top: the differences that mean most, harshest first; the rest is counted only.
    """

    one: SideRow
    other: SideRow
    counts: Mapping[str, int]
    period: tuple[datetime, datetime]
    zone: str
    members: Mapping[Treatment, int]
    same: int
    different: int
    decisions: tuple[DecisionRow, ...]
    differences: tuple[DifferenceRow, ...]
    days: tuple[DayRow, ...]
    people: tuple[PersonRow, ...]
    examples: tuple[Difference, ...]
    top: tuple[Difference, ...]

    @property
    def tables(self) -> Mapping[str, tuple[Any, ...]]:
        """Every table by its name."""
        return {
            "sides": (self.one, self.other),
            "decisions": self.decisions,
            "differences": self.differences,
            "days": self.days,
            "people": self.people,
            "examples": self.examples,
            "top": self.top,
        }

    def to_frame(self, name: str) -> pd.DataFrame:
        """Return the table called *name* as a pandas frame.

        Raises:
            KeyError: there is no such table; `tables` has their names.
            MissingExtraError: pandas is not installed.
        """
        rows = self.tables[name]
        try:
            import pandas as pd  # noqa: PLC0415 - an optional library
        except ImportError:
            raise MissingExtraError("`to_frame`", extra="frames") from None
        return pd.DataFrame([plain(row) for row in rows])


def plain(row: Any) -> dict[str, object]:
    """Return a row as builtins: enums by their words, what is inside side by side."""
    out: dict[str, object] = {}
    cls = cast("Any", type(row))
    for each in attrs.fields(cls):
        value = getattr(row, each.name)
        if isinstance(value, Parting):
            out |= {"parted_at": value.at, "parted_by": value.trigger}
        elif each.name in ("why_one", "why_other"):
            out[each.name] = None if value is None else value.key
        elif isinstance(value, Enum):
            out[each.name] = value.value
        elif isinstance(value, Decision):
            out[each.name] = label(value)
        else:
            out[each.name] = value
    return out
