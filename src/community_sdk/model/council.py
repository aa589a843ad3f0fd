"""Motions to change the rules: how they stand, and what a voice says (S11)."""

from __future__ import annotations

from enum import Enum

__all__ = ["MotionState", "Voice"]


class MotionState(Enum):
    """Where a petition, an order or a vote stands."""

    PROPOSED = "proposed"
    PASSED = "passed"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class Voice(Enum):
    """What somebody says in a vote; abstaining counts for the quorum alone."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"
