"""Reports, complaints and appeals: cases from intake to outcome (S07)."""

from community_sdk.policies.cases._terms import AppealTerms
from community_sdk.policies.cases.appeals import AppealPolicy
from community_sdk.policies.cases.complaints import ComplaintDesk, ComplaintFigures
from community_sdk.policies.cases.reports import ReportDesk, ReportThreshold

__all__ = [
    "AppealPolicy",
    "AppealTerms",
    "ComplaintDesk",
    "ComplaintFigures",
    "ReportDesk",
    "ReportThreshold",
]
