"""Who may come in: terms, consent, places, limits, ways back, screening (S03 S25)."""

from typing import TYPE_CHECKING

from community_sdk._lazily import lazily

if TYPE_CHECKING:
    from community_sdk.policies.admission._blacklist import *
    from community_sdk.policies.admission._limits import *
    from community_sdk.policies.admission._policy import *
    from community_sdk.policies.admission._screening import *
    from community_sdk.policies.admission._terms import Answer as Answer
    from community_sdk.policies.admission._terms import (
        EntryRequirement as EntryRequirement,
    )
    from community_sdk.policies.admission._terms import GroupTerms as GroupTerms
    from community_sdk.policies.admission._terms import MinimumAge as MinimumAge
    from community_sdk.policies.admission._terms import (
        completed_years as completed_years,
    )
else:
    __getattr__, __dir__, __all__ = lazily(
        __name__,
        _blacklist="Blacklists",
        _limits="PlatformLimits",
        _policy="AdmissionPolicy",
        _screening="EntryScreening Prospect",
        _terms="Answer EntryRequirement GroupTerms MinimumAge completed_years",
    )
