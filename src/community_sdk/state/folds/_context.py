"""What a fold is given: the community, the instant, the rules then in force."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import define

from community_sdk.model import Rulebook
from community_sdk.state.community import CommunityState
from community_sdk.state.member import MemberState

__all__ = ["Fold", "FoldContext"]


@define
class FoldContext:
    """What a fold may look at: the community, the instant, the rules then in force."""

    community: CommunityState
    now: int
    rulebook: Rulebook
    wish: Callable[[str], Mapping[str, object]]


Fold = Callable[[Any, MemberState, FoldContext], None]
