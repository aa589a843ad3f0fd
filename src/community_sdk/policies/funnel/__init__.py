"""Funnels: how far each member has come, and until when (S20)."""

from community_sdk.policies.funnel._funnel import Funnel
from community_sdk.policies.funnel._step import FunnelStep

__all__ = ["Funnel", "FunnelStep"]
