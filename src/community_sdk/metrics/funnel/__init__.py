"""Funnels: one definition, judged per event and over whole histories (S20)."""

from community_sdk.metrics.funnel._analysis import FunnelAnalysis, TrendPeriod
from community_sdk.metrics.funnel._attempts import (
    Attempt,
    attempts,
    best,
    may_convert,
    over_at,
)
from community_sdk.metrics.funnel._chains import Seen
from community_sdk.metrics.funnel._history import apart, closing_of, limits_of
from community_sdk.metrics.funnel._levels import LEVEL_MODES, window_level
from community_sdk.metrics.funnel._report import FunnelReport, Outcome, StepFigures
from community_sdk.metrics.funnel._rules import (
    Exclusion,
    FieldTest,
    FunnelRules,
    FunnelStep,
)
from community_sdk.metrics.funnel._search import Closing, Search

__all__ = [
    "LEVEL_MODES",
    "Attempt",
    "Closing",
    "Exclusion",
    "FieldTest",
    "FunnelAnalysis",
    "FunnelReport",
    "FunnelRules",
    "FunnelStep",
    "Outcome",
    "Search",
    "Seen",
    "StepFigures",
    "TrendPeriod",
    "apart",
    "attempts",
    "best",
    "closing_of",
    "limits_of",
    "may_convert",
    "over_at",
    "window_level",
]
