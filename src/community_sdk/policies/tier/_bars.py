"""What a tier asks for, and how much less is enough to stay (S08).

INVARIANT: who meets the entry of a tier never loses it.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import Final, Literal

from attrs import evolve

from community_sdk._time import WindowKind
from community_sdk._values import frozen
from community_sdk.conditions import (
    ALWAYS,
    All,
    Any,
    AtLeast,
    Compare,
    Condition,
    Named,
    Not,
    any_of,
    holds,
    implies,
    remeasured,
)
from community_sdk.errors import DefinitionError
from community_sdk.metrics import Metric, Unit
from community_sdk.state import State

__all__ = ["Bar", "bound", "eased", "of_group", "patient"]

_ALL: Final = Fraction(1)


@frozen(kw_only=True)
class Bar:
    """What a tier asks for: *entry* to rise into it, *retention* to stay.

    Retention None: the entry, of which *keep* is enough (``9/10``; None: all of it),
    and in any case *slack* units less, so that bars under 10 keep a band as well. Both
    ease ``>=`` and ``>`` over figures of a stretch of time; what is counted over all
    time, upper limits and truths have no slack. A needed figure is never rounded in
    favour of a fall: 9/10 of 25 is 22.5, and 23 keeps the tier.

    *upgrade*: when one rises into it, empty: as the policy says. *lasting*: once held,
    it is not lost automatically.

    Raises:
        DefinitionError: *keep* or *slack* beside a retention of its own, or *keep*
            over 1, or a negative *slack*.
    """

    entry: Condition
    retention: Condition | None = None
    keep: Fraction | None = None
    slack: int = 0
    upgrade: Literal["", "immediate", "at_review"] = ""
    lasting: bool = False

    def __attrs_post_init__(self) -> None:
        """Refuse a retention that is told twice, and one above the entry."""
        if self.retention is not None and (self.keep is not None or self.slack):
            raise DefinitionError(
                "expected either `retention`, or `keep` and `slack`, found both",
                code="tier.retention_twice",
                hint="`keep` and `slack` ease the entry",
            )
        part = _ALL if self.keep is None else self.keep
        if self.slack < 0 or not 0 < part <= 1:
            raise DefinitionError(
                "expected `keep` up to 1 and `slack` from 0 on",
                code="tier.retention_above",
                hint="what keeps a tier is never more than what earns it",
            )

    def of_group(self, tiers: str) -> Bar:
        """Return the bar with ``since_tier`` as the last move in the group *tiers*."""
        kept = None if self.retention is None else of_group(self.retention, tiers)
        return evolve(self, entry=of_group(self.entry, tiers), retention=kept)

    @property
    def stay(self) -> Condition:
        """What keeps the tier."""
        if self.retention is not None:
            return self.retention
        return eased(self.entry, self.keep or _ALL, self.slack)

    @property
    def asked(self) -> Condition:
        """What really has to hold to stay: whoever meets the entry stays in any case.

        The easier of retention and entry; where neither is proven to be, either.
        """
        return self.stay if self.retention is None else self.or_entry(self.retention)

    def or_entry(self, kept: Condition) -> Condition:
        """Return *kept*, or the entry where that is easier, or either."""
        return _easier(self.entry, kept)

    def kept(self, state: State) -> bool:
        """Tell whether the state's member keeps the tier: by retention, or entry."""
        return holds(self.asked, state)


def bound(metric: Metric, tiers: str) -> Metric:
    """Return *metric* with ``since_tier`` as the last move in the group *tiers*."""
    window = metric.window
    if window.kind is not WindowKind.SINCE_TIER or window.tiers:
        return metric
    return evolve(metric, window=evolve(window, tiers=tiers))


def of_group(condition: Condition, tiers: str) -> Condition:
    """Return *condition* with each of its figures `bound` to the group *tiers*."""
    return remeasured(condition, lambda metric: bound(metric, tiers))


@lru_cache(maxsize=256)
def patient(condition: Condition) -> Condition | None:
    """Return what acts have to bring of *condition*; waiting may bring the rest.

    Of itself comes whatever does not ask for so much of something: time that passes,
    upper limits, figures compared with others, and what must not be. None: nothing.
    """
    rest = _brought(condition)
    return None if rest == condition else rest


def _brought(condition: Condition) -> Condition:
    match condition:
        case All(parts=parts):
            return All(tuple(map(_brought, parts)))
        case Any(parts=parts):
            return Any(tuple(map(_brought, parts)))
        case AtLeast(k=k, parts=parts):
            return AtLeast(k, tuple(map(_brought, parts)))
        case Compare(metric=Metric() as metric, op=">=" | ">", value=int()):
            return ALWAYS if metric.spec.unit is Unit.TIME else condition
        case Not() | Compare():
            return ALWAYS
        case _:
            return condition


@lru_cache(maxsize=256)
def _easier(entry: Condition, retention: Condition) -> Condition:
    if implies(entry, retention):
        return retention
    return entry if implies(retention, entry) else any_of(retention, entry)


@lru_cache(maxsize=256)
def eased(condition: Condition, keep: Fraction, slack: int) -> Condition:
    """Return *condition* with its lower bars over a stretch of time eased."""
    if keep == 1 and not slack:
        return condition
    match condition:
        case All(parts=parts):
            return All(tuple(eased(part, keep, slack) for part in parts))
        case Any(parts=parts):
            return Any(tuple(eased(part, keep, slack) for part in parts))
        case AtLeast(k=k, parts=parts):
            return AtLeast(k, tuple(eased(part, keep, slack) for part in parts))
        case Compare():
            return _eased(condition, keep, slack)
        case _:
            return condition


def _eased(one: Compare, keep: Fraction, slack: int) -> Compare:
    if one.op not in (">=", ">") or not _passing(one.metric):
        return one
    need = one.value
    if isinstance(need, Metric) and need.word == "share":
        args = {**dict(need.args), "keep": str(keep), "slack": slack}
        return evolve(one, value=evolve(need, args=tuple(sorted(args.items()))))
    if not isinstance(need, int):
        return one
    least = need + (one.op == ">")
    return Compare(one.metric, ">=", max(min(ceil(least * keep), least - slack), 0))


def _passing(metric: Metric | Named) -> bool:
    """Tell whether *metric* counts over a stretch of time."""
    if isinstance(metric, Named) or metric.spec.unit in (Unit.TIME, Unit.TRUTH):
        return False
    return metric.window.kind is not WindowKind.LIFETIME
