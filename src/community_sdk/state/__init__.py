"""State is a set of partitions, one per member and one for the community.

A policy reads its event's member and the community, and writes its own slice.
"""

from community_sdk.state import overrides
from community_sdk.state.community import CommunityState
from community_sdk.state.counting import (
    Entry,
    count_event,
    count_shared,
    entries,
    shared_entries,
)
from community_sdk.state.folds import FoldContext, fold_shared
from community_sdk.state.folds.duties import close_consent
from community_sdk.state.folds.governance import fold_community
from community_sdk.state.lawful import barred, unknown
from community_sdk.state.measure import read_metrics
from community_sdk.state.member import MemberState
from community_sdk.state.merge import absorb, relink
from community_sdk.state.partition import NEVER, Partition, Timer
from community_sdk.state.passage import Listing, Passage
from community_sdk.state.records import (
    ClosedConsent,
    Duty,
    Excuse,
    ExtraTier,
    Holding,
    OverrideRecord,
    PendingConsent,
    RoleSpan,
    SanctionRecord,
    Strike,
    Waiver,
)
from community_sdk.state.restraint import latest_end, restraints, whereabouts
from community_sdk.state.view import Definition, Reader, State

__all__ = [
    "NEVER",
    "ClosedConsent",
    "CommunityState",
    "Definition",
    "Duty",
    "Entry",
    "Excuse",
    "ExtraTier",
    "FoldContext",
    "Holding",
    "Listing",
    "MemberState",
    "OverrideRecord",
    "Partition",
    "Passage",
    "PendingConsent",
    "Reader",
    "RoleSpan",
    "SanctionRecord",
    "State",
    "Strike",
    "Timer",
    "Waiver",
    "absorb",
    "barred",
    "close_consent",
    "count_event",
    "count_shared",
    "entries",
    "fold_community",
    "fold_shared",
    "latest_end",
    "overrides",
    "read_metrics",
    "relink",
    "restraints",
    "shared_entries",
    "unknown",
    "whereabouts",
]
