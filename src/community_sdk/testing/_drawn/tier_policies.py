"""How policies of tiers with terms, grace and grants are drawn (S08)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final, Literal

from attrs import evolve
from hypothesis import strategies as st

from community_sdk._time import Duration
from community_sdk.conditions import parse_condition
from community_sdk.decisions import Mode
from community_sdk.model import PolicyKey, RoleName, TierKey
from community_sdk.policies import Bar, QualificationPolicy, ReviewPlan, Validity

__all__ = ["TERMS"]

_ANCHORS: Final[tuple[Literal["tier_start", "registration"], ...]] = (
    "tier_start",
    "registration",
)
_LENGTHS: Final = st.sampled_from(("2d", "36h", "9d", "1 month")).map(Duration.parse)
_ENTRIES: Final = st.sampled_from(
    (
        'count("message", "10d") >= 2',
        'distinct("group", "message") >= 1',
        'active_days("30d", at_least=2) >= 1 and penalties("30d") == 0',
        'count("message", "10d") >= share("message", "10d", percent=40, cap=3)',
        'count("message", "since_tier") >= 2 and not has("sanction", "any")',
    )
).map(parse_condition)


@st.composite
def _bars(draw: st.DrawFn) -> Bar:
    keep = draw(st.sampled_from((None, Fraction(1, 2), Fraction(9, 10))))
    return Bar(
        entry=draw(_ENTRIES),
        keep=keep,
        slack=draw(st.integers(0, 1)),
        upgrade=draw(st.sampled_from(("", "", "immediate", "at_review"))),
        lasting=draw(st.booleans()),
    )


@st.composite
def _validities(draw: st.DrawFn) -> Validity:
    if draw(st.integers(0, 3)) == 0:
        return Validity(until=draw(st.sampled_from(("01-01", "02-29", "2026-03-05"))))
    return Validity(
        length=draw(_LENGTHS),
        anchor=draw(st.sampled_from(_ANCHORS)),
        min_days=draw(st.integers(0, 3)),
        renewal=draw(st.none() | _ENTRIES),
        renews=draw(st.sampled_from(("at_expiry", "immediate"))),
        aligned=draw(st.booleans()),
    )


@st.composite
def _terms(
    draw: st.DrawFn, key: str = "terms", modes: st.SearchStrategy[Mode] | None = None
) -> QualificationPolicy:
    """Draw tier policies with terms, grace, grants and reviews of a plan."""
    plan = ReviewPlan(every=draw(_LENGTHS), anchor=draw(st.sampled_from(_ANCHORS)))
    if plan.anchor == "tier_start" and draw(st.booleans()):
        plan = evolve(plan, anchor="date", date="2025-01-31")
    floors: dict[RoleName, TierKey] = {}
    if draw(st.booleans()):
        floors[RoleName("admin")] = TierKey("core")
    return QualificationPolicy(
        key=PolicyKey(key),
        tiers="grade",
        bars={TierKey("core"): draw(_bars()), TierKey("star"): draw(_bars())},
        climb=draw(st.sampled_from(("one_step", "as_earned"))),
        fall=draw(st.sampled_from(("one_down", "straight_down", "never"))),
        downgrade=draw(st.sampled_from(("immediate", "at_review", "at_expiry"))),
        validity=draw(_validities()),
        plan=draw(st.sampled_from((None, plan))),
        grace=draw(st.none() | _LENGTHS),
        stay_end=draw(st.sampled_from(("excluded", "included"))),
        minimum_stay=draw(st.none() | _LENGTHS),
        excuses={"leave": Duration.parse("3d")},
        role_floors=floors,
        default=draw(st.sampled_from(("", "", "core"))),
        below_earned=draw(st.sampled_from(("allow", "lock"))),
        system_below_earned=draw(st.sampled_from(("allow", "refuse"))),
        on_return=draw(st.sampled_from(("ignore", "any", "cause"))),
        looks=draw(st.sampled_from(("always", "always", "asked"))),
        tell_reviews=draw(st.booleans()),
        mode=Mode.ACT if modes is None else draw(modes),
    )


TERMS: Final[dict[str, Any]] = {"terms": _terms}
"""The family by its word."""
