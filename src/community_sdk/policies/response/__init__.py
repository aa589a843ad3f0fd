"""Who must answer whom by when, in hours of work (S07 S10 S21)."""

from community_sdk.policies.response._chats import ResponseFigures
from community_sdk.policies.response._policy import ResponseTime

__all__ = ["ResponseFigures", "ResponseTime"]
