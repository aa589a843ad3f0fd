"""Looks at a playbook before it touches people; what is found are values (S27 S29)."""

from community_sdk.analysis._finding import Contrast, Finding, Gravity
from community_sdk.analysis.fairness import PROTECTED, check_fairness

__all__ = ["PROTECTED", "Contrast", "Finding", "Gravity", "check_fairness"]
