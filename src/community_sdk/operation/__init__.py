"""The imperative shell around the engine: store, clock, outbox."""

from community_sdk.operation._clock import SystemClock, mint, refuse_future
from community_sdk.operation._erasure import (
    Erasure,
    erase,
    finish_erasures,
    unfinished_erasures,
)
from community_sdk.operation._export import MemberExport, export_member
from community_sdk.operation._league import preview_close, recalculate
from community_sdk.operation._operation import Operation, Outcome, Tick
from community_sdk.operation._reasons import statement, statements

__all__ = [
    "Erasure",
    "MemberExport",
    "Operation",
    "Outcome",
    "SystemClock",
    "Tick",
    "erase",
    "export_member",
    "finish_erasures",
    "mint",
    "preview_close",
    "recalculate",
    "refuse_future",
    "statement",
    "statements",
    "unfinished_erasures",
]
