"""State is a set of partitions, one per member and one for the community.

A policy reads its event's member and the community, and writes its own slice.
"""

from community_sdk.state.community import CommunityState
from community_sdk.state.fold import FoldContext, fold_shared
from community_sdk.state.measure import Entry, count_event, entries, read_metrics
from community_sdk.state.member import MemberState
from community_sdk.state.merge import absorb
from community_sdk.state.partition import NEVER, Partition, Timer
from community_sdk.state.records import (
    Duty,
    Holding,
    PendingConsent,
    RoleSpan,
    SanctionRecord,
    Strike,
)
from community_sdk.state.view import Definition, Reader, State

__all__ = [
    "NEVER",
    "CommunityState",
    "Definition",
    "Duty",
    "Entry",
    "FoldContext",
    "Holding",
    "MemberState",
    "Partition",
    "PendingConsent",
    "Reader",
    "RoleSpan",
    "SanctionRecord",
    "State",
    "Strike",
    "Timer",
    "absorb",
    "count_event",
    "entries",
    "fold_shared",
    "read_metrics",
]
