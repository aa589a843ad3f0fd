"""The first days: welcome, survey, nickname, steps, the moment of value (S04)."""

from typing import TYPE_CHECKING

from community_sdk._lazily import lazily

if TYPE_CHECKING:
    from community_sdk.policies.onboarding._newcomers import CONCERNS as CONCERNS
    from community_sdk.policies.onboarding._newcomers import (
        NewcomerStep as NewcomerStep,
    )
    from community_sdk.policies.onboarding._newcomers import (
        OnboardingTask as OnboardingTask,
    )
    from community_sdk.policies.onboarding._newcomers import (
        PinnedNotice as PinnedNotice,
    )
    from community_sdk.policies.onboarding._newcomers import (
        Questionnaire as Questionnaire,
    )
    from community_sdk.policies.onboarding._newcomers import SurveyField as SurveyField
    from community_sdk.policies.onboarding._nickname import *
    from community_sdk.policies.onboarding._policy import *
    from community_sdk.policies.onboarding._value import *
else:
    __getattr__, __dir__, __all__ = lazily(
        __name__,
        _newcomers=(
            "CONCERNS NewcomerStep OnboardingTask PinnedNotice Questionnaire "
            "SurveyField"
        ),
        _nickname="NicknameFormat NicknameTerms",
        _policy="OnboardingPolicy",
        _value="FirstValuePolicy",
    )
