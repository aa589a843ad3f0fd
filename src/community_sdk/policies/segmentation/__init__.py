"""Who is treated alike: ordered rules, figures in levels, what each gets (S09)."""

from community_sdk.policies.segmentation._axis import (
    Axis,
    Segment,
    rfm_axes,
    rfm_segments,
)
from community_sdk.policies.segmentation._policy import Segmentation

__all__ = ["Axis", "Segment", "Segmentation", "rfm_axes", "rfm_segments"]
