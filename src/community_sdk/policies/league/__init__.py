"""Leagues: rise and fall by places, one ranking per close (S08)."""

from community_sdk.policies.league._close import close, difference, places_of, ranked
from community_sdk.policies.league._rules import Inactive, LeagueRules, OrderKey, Quota

__all__ = [
    "Inactive",
    "LeagueRules",
    "OrderKey",
    "Quota",
    "close",
    "difference",
    "places_of",
    "ranked",
]
