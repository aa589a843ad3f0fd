"""The first days: welcome, survey, nickname, steps, the moment of value (S04)."""

from community_sdk.policies.onboarding._newcomers import (
    CONCERNS,
    NewcomerStep,
    OnboardingTask,
    PinnedNotice,
    Questionnaire,
    SurveyField,
)
from community_sdk.policies.onboarding._nickname import NicknameFormat, NicknameTerms
from community_sdk.policies.onboarding._policy import OnboardingPolicy
from community_sdk.policies.onboarding._value import FirstValuePolicy

__all__ = [
    "CONCERNS",
    "FirstValuePolicy",
    "NewcomerStep",
    "NicknameFormat",
    "NicknameTerms",
    "OnboardingPolicy",
    "OnboardingTask",
    "PinnedNotice",
    "Questionnaire",
    "SurveyField",
]
