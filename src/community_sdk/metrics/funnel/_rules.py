"""What a funnel asks: steps, order, window, ties, what excludes (S20)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final, Literal

from attrs import field, validators

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.errors import DefinitionError
from community_sdk.events import Event
from community_sdk.metrics.catalogue import Scalar
from community_sdk.model import Titles

__all__ = ["Exclusion", "FieldTest", "FunnelRules", "FunnelStep"]

Entry = Literal["best", "first", "totals"]
Order = Literal["ordered", "strict", "unordered"]
Scope = Literal["attempt", "user"]
Ties = Literal["any", "position", "increasing"]

_STEPS: Final = 32
_ORDERED: Final = ("<=", ">=")


@frozen(kw_only=True)
class FieldTest:
    """One test of an event's field: *op* compares it with *value*.

    ``=`` and ``!=`` compare as text, ``contains`` looks for a part of the text without
    regard to case, ``<=`` and ``>=`` compare numbers, and amounts of one currency such
    as ``12.50 CNY``. What is missing equals nothing, contains nothing and is no number.
    The field ``event`` is the event's own word.

    Raises:
        DefinitionError: ``<=`` or ``>=`` with what is no number and no amount.
    """

    field: str
    op: Literal["=", "!=", "contains", "<=", ">="] = "="
    value: Scalar

    def __attrs_post_init__(self) -> None:
        """Refuse an order of what has none: it would never hold."""
        if self.op in _ORDERED and _number(self.value) is None:
            raise DefinitionError(
                f"expected a number or an amount to compare `{self.field}` with, found"
                f" `{self.value}`",
                code="funnel.number",
                hint="write for example `10`, or `12.50 CNY` in quotes",
                found=str(self.value),
                field=self.field,
            )

    def holds(self, event: Event, /) -> bool:
        """Tell whether *event* passes."""
        found = event.name if self.field == "event" else event.value(self.field)
        if self.op == "!=":
            return found is None or _text(found) != _text(self.value)
        if found is None:
            return False
        if self.op == "=":
            return _text(found) == _text(self.value)
        if self.op == "contains":
            return _text(self.value).casefold() in _text(found).casefold()
        mine, bound = _number(found), _number(self.value)
        if mine is None or bound is None or mine[1] != bound[1]:
            return False
        return mine[0] <= bound[0] if self.op == "<=" else mine[0] >= bound[0]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(value: object) -> tuple[Decimal, str] | None:
    """Return a number, with the currency where it is an amount of money."""
    plain, _, currency = str(value).partition(" ")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return (number, currency) if number.is_finite() else None


@frozen(kw_only=True)
class FunnelStep:
    """One step: an event word (empty: any) and what its fields must be.

    *optional*: it may be left out. *within*: it must follow the step before it in that
    time, the last instant included. *first_time* ``event``: only the member's first
    event of that word ever, which must pass the tests too; ``filter``: only the first
    that passes word and tests.

    Raises:
        DefinitionError: two tests of one field that no value passes.
    """

    event: str = ""
    where: tuple[tuple[str, Scalar], ...] = ()
    tests: tuple[FieldTest, ...] = ()
    optional: bool = False
    within: Duration | None = None
    first_time: Literal["", "event", "filter"] = ""
    title: Titles = field(factory=dict[str, str], hash=False)

    def __attrs_post_init__(self) -> None:
        """Refuse a step that no event can be."""
        for name in dict.fromkeys(test.field for test in self.tests):
            if self._impossible(name):
                raise DefinitionError(
                    f"expected tests of `{name}` that some value passes",
                    code="funnel.impossible",
                    hint="every test of a step must hold: take one away",
                    found=name,
                )

    def _impossible(self, name: str) -> bool:
        """Tell whether the tests of the field *name* exclude each other."""
        tests = [test for test in self.tests if test.field == name]
        equal = {_text(test.value) for test in tests if test.op == "="}
        equal |= {_text(value) for field, value in self.where if field == name}
        bounds = {
            op: [n for t in tests if t.op == op and (n := _number(t.value))]
            for op in _ORDERED
        }
        return len(equal) > 1 or any(
            low[1] != high[1] or low[0] > high[0]
            for low in bounds[">="]
            for high in bounds["<="]
        )

    def matches(self, event: Event, /) -> bool:
        """Tell whether *event* is one of this step, whenever it came."""
        return self.event in ("", event.name) and self.fits(event)

    def fits(self, event: Event, /) -> bool:
        """Tell whether an event of the right word has the right values."""
        if not (self.where or self.tests):
            return True
        return all(event.value(name) == value for name, value in self.where) and all(
            test.holds(event) for test in self.tests
        )


@frozen(kw_only=True)
class Exclusion:
    """An event that must not come strictly between two steps (0-based) of an attempt.

    Where the later step is never reached, it must not come after the earlier one
    inside the window.
    """

    event: str
    tests: tuple[FieldTest, ...] = ()
    after: int = 0
    before: int = 1

    def matches(self, event: Event, /) -> bool:
        """Tell whether *event* excludes."""
        return event.name == self.event and all(t.holds(event) for t in self.tests)


@frozen(kw_only=True)
class FunnelRules:
    """How attempts at a funnel are told and judged.

    An event that can open the funnel opens an attempt: one of the first step, in an
    unordered funnel one of any step. Its level is the longest chain of distinct events
    inside the *window*, which runs from the opening in elapsed time, its last instant
    included (None: without end).

    *order* ``ordered`` allows other events between, ``strict`` none of the member's,
    ``unordered`` any order. *ties*: events of one instant may be taken in any order,
    by *position*, or only one of them (``increasing``). *reuse_event*: one event may
    be several steps (parity with ClickHouse only).

    *entry* ``best``: of a member's attempts the highest counts, then the one complete
    first, then the latest opened; ``first``: the first; ``totals``: every attempt,
    a new one beginning when the one before converted, timed out or was excluded.

    *scope* ``attempt``: an excluded attempt does not count; ``user``: a member all of
    whose best attempts are excluded leaves the funnel. An unordered funnel always
    goes by the attempt. *same*: fields that must have one value along a chain.

    Raises:
        DefinitionError: no step or more than 32; the first or the last step optional;
            an exclusion outside of the funnel, backwards, or in an unordered funnel
            not over all of it; optional steps or limits in an unordered funnel.
    """

    steps: tuple[FunnelStep, ...] = field(validator=validators.min_len(1))
    window: Duration | None = None
    order: Order = "ordered"
    ties: Ties = "any"
    entry: Entry = "best"
    reuse_event: bool = False
    exclusions: tuple[Exclusion, ...] = ()
    scope: Scope = "attempt"
    same: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot be followed."""
        if len(self.steps) > _STEPS:
            raise DefinitionError(
                f"expected at most {_STEPS} steps in a funnel",
                code="funnel.steps",
                found=str(len(self.steps)),
            )
        last = len(self.steps) - 1
        self._check_steps(last)
        for exclusion in self.exclusions:
            after, before = exclusion.after, exclusion.before
            whole = self.order != "unordered" or (after, before) == (0, last)
            if not 0 <= after < before <= last or not whole:
                raise DefinitionError(
                    f"expected exclusion `{exclusion.event}` between two steps from 0"
                    f" to {last}, found {after} to {before}",
                    code="funnel.exclusion",
                    hint="an unordered funnel is excluded as a whole",
                    found=f"{after}-{before}",
                    event=exclusion.event,
                    last=str(last),
                )

    def _check_steps(self, last: int) -> None:
        for nth, step in enumerate(self.steps):
            free = self.order == "unordered" and (step.optional or step.within)
            if free or (step.optional and nth in (0, last)):
                raise DefinitionError(
                    f"expected no optional step and no limit at step {nth}",
                    code="funnel.optional",
                    hint="the first and the last step of a funnel are needed, and an"
                    " unordered funnel knows neither optional steps nor limits",
                    found=str(nth),
                )

    @property
    def plain(self) -> bool:
        """Whether the latest opening per step is all that must be known."""
        return (
            (self.order, self.ties, self.entry) == ("ordered", "any", "best")
            and not (self.reuse_event or self.exclusions or self.same)
            and not any(s.optional or s.within or s.first_time for s in self.steps)
        )
