"""Leagues: rise and fall by places, one ranking per close (S08)."""

from community_sdk.policies.league._close import close, difference, places_of, ranked
from community_sdk.policies.league._formula import places
from community_sdk.policies.league._policy import LeaguePolicy
from community_sdk.policies.league._rules import Inactive, LeagueRules, OrderKey, Quota
from community_sdk.policies.league._telling import explain

__all__ = [
    "Inactive",
    "LeaguePolicy",
    "LeagueRules",
    "OrderKey",
    "Quota",
    "close",
    "difference",
    "explain",
    "places",
    "places_of",
    "ranked",
]
