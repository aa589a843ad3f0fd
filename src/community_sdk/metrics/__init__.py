"""The only numeric code: named metrics and rolling windows (S16 S22)."""

from community_sdk.metrics.attempts import Attempts, levels
from community_sdk.metrics.catalogue import LIFETIME, METRICS, Metric, MetricSpec, Unit
from community_sdk.metrics.plan import DAY_ZERO, WindowPlan
from community_sdk.metrics.rolling import Rolling

__all__ = [
    "DAY_ZERO",
    "LIFETIME",
    "METRICS",
    "Attempts",
    "Metric",
    "MetricSpec",
    "Rolling",
    "Unit",
    "WindowPlan",
    "levels",
]
