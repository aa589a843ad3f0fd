"""Looks at a playbook before it touches people; what is found are values (S27 S29)."""

from community_sdk.analysis._finding import Contrast, Finding, Gravity
from community_sdk.analysis.dependence import check_dependence
from community_sdk.analysis.fairness import PROTECTED, check_fairness
from community_sdk.analysis.growth import check_growth
from community_sdk.analysis.order import check_order
from community_sdk.analysis.segments import (
    Overlap,
    check_segments,
    overlaps,
    unreachable,
)
from community_sdk.analysis.standing import check_standing

__all__ = [
    "PROTECTED",
    "Contrast",
    "Finding",
    "Gravity",
    "Overlap",
    "check_dependence",
    "check_fairness",
    "check_growth",
    "check_order",
    "check_segments",
    "check_standing",
    "overlaps",
    "unreachable",
]
