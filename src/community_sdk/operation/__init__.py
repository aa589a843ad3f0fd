"""The imperative shell around the engine: store, clock, outbox."""

from community_sdk.operation._clock import SystemClock, mint
from community_sdk.operation._operation import Operation, Outcome, Tick

__all__ = ["Operation", "Outcome", "SystemClock", "Tick", "mint"]
