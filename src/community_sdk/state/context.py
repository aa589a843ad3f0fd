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
    """What a fold may look at: the community, the instant, the rules then in force.

    Attributes:
        lateness: how long after it happened (µs) something may still be told.
        account: the account that the event came under, where it is another one of the
            member's, else empty; *alias*: the one that a link named.
    """

    community: CommunityState
    now: int
    rulebook: Rulebook
    wish: Callable[[str], Mapping[str, object]]
    lateness: int = 0
    account: str = ""
    alias: str = ""


Fold = Callable[[Any, MemberState, FoldContext], None]
