"""Funnels: one definition, judged per event and over whole histories (S20)."""

from community_sdk.metrics.funnel._analysis import FunnelAnalysis, TrendPeriod
from community_sdk.metrics.funnel._attempts import Attempt
from community_sdk.metrics.funnel._chains import Seen
from community_sdk.metrics.funnel._levels import LEVEL_MODES, window_level
from community_sdk.metrics.funnel._report import FunnelReport, Outcome, StepFigures
from community_sdk.metrics.funnel._rules import (
    Exclusion,
    FieldTest,
    FunnelRules,
    FunnelStep,
)

__all__ = [
    "LEVEL_MODES",
    "Attempt",
    "Exclusion",
    "FieldTest",
    "FunnelAnalysis",
    "FunnelReport",
    "FunnelRules",
    "FunnelStep",
    "Outcome",
    "Seen",
    "StepFigures",
    "TrendPeriod",
    "window_level",
]
