"""The sans-I/O engine: `receive`, `preview`, `advance`, `replay`, snapshots."""

from community_sdk.engine._close import asked, joined
from community_sdk.engine._conflicts import CONFLICTS, MERGES, Conflict
from community_sdk.engine._engine import Engine
from community_sdk.engine._partitions import Needs
from community_sdk.engine._step import Step, Suppressed
from community_sdk.engine._version import DecisionBorder, Operable
from community_sdk.engine._whole import WholeEngine

__all__ = [
    "CONFLICTS",
    "MERGES",
    "Conflict",
    "DecisionBorder",
    "Engine",
    "Needs",
    "Operable",
    "Step",
    "Suppressed",
    "WholeEngine",
    "asked",
    "joined",
]
