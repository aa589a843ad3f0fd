"""The imperative shell around the engine: store, clock, outbox."""

from community_sdk.operation._clock import SystemClock, mint, refuse_future
from community_sdk.operation._operation import Operation, Outcome, Tick
from community_sdk.operation._reasons import statement, statements

__all__ = [
    "Operation",
    "Outcome",
    "SystemClock",
    "Tick",
    "mint",
    "refuse_future",
    "statement",
    "statements",
]
