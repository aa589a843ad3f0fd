"""The only numeric code: named metrics and rolling windows (S16 S22)."""

from community_sdk.metrics.catalogue import LIFETIME, METRICS, Metric, MetricSpec, Unit

__all__ = ["LIFETIME", "METRICS", "Metric", "MetricSpec", "Unit"]
