"""How claims, judgements and campaigns are drawn: small numbers, so that they meet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from community_sdk._time import Duration, PeriodUnit
from community_sdk.decisions import Mode
from community_sdk.model import GroupId, PolicyKey
from community_sdk.policies import (
    ReferralBurst,
    ReferralCampaign,
    ReferralStage,
    ReferralWatch,
)
from community_sdk.testing._cast import Cast

if TYPE_CHECKING:
    from community_sdk.testing._scene import Scene

__all__ = ["REFERRAL", "REFERRAL_POLICIES"]

Drawn = st.SearchStrategy[dict[str, Any]]
Modes = st.SearchStrategy[Mode]

_CAMPAIGN: Final = PolicyKey("bring")
_SMALL: Final = st.integers(1, 3)


def _claimed(_: Cast, __: Scene) -> Drawn:
    return st.fixed_dictionaries(
        {"campaign": st.just(_CAMPAIGN)}, optional={"stage": st.integers(0, 3)}
    )


def _judged(_: Cast, __: Scene) -> Drawn:
    return st.fixed_dictionaries(
        {"campaign": st.just(_CAMPAIGN), "honest": st.booleans()}
    )


def _sent(cast: Cast, _: Scene) -> Drawn:
    return st.fixed_dictionaries({"guest": st.sampled_from(cast.members)})


REFERRAL: Final[dict[str, Callable[[Cast, Scene], Drawn]]] = {
    "invitation_sent": _sent,
    "referral_claimed": _claimed,
    "referral_judged": _judged,
}
"""What is drawn of referral, by kind."""


@st.composite
def _campaigns(draw: st.DrawFn, key: str, modes: Modes) -> ReferralCampaign:
    stages = (
        ReferralStage(count=1, reward="mug"),
        ReferralStage(count=2, reward="tea", form="voucher"),
    )
    burst = ReferralBurst(count=2, within=Duration.parse("1h"))
    loss: Any = draw(st.sampled_from(["never", "until_claimed", "always"]))
    groups = draw(st.sampled_from([(), (GroupId("hall"),)]))
    new: Any = draw(st.sampled_from(["community", "anybody", "anybody"]))
    ends = [None, datetime(2025, 1, 9, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)]
    return ReferralCampaign(
        key=PolicyKey(key),
        stages=stages,
        until=draw(st.sampled_from(ends)),
        claims=Duration.parse(draw(st.sampled_from(["1h", "3d"]))),
        groups=groups,
        new="groups" if groups else new,
        loss=loss,
        depth=draw(_SMALL),
        burst=draw(st.sampled_from([None, burst])),
        shares=draw(st.sampled_from([(), (Fraction(1, 3), Fraction(1, 7))])),
        most=draw(st.sampled_from([2, 10])),
        mode=draw(modes),
    )


@st.composite
def _watches(draw: st.DrawFn, key: str, modes: Modes) -> ReferralWatch:
    least = draw(_SMALL)
    return ReferralWatch(
        key=PolicyKey(key),
        period=draw(st.sampled_from([PeriodUnit.DAY, PeriodUnit.WEEK])),
        value=draw(st.sampled_from([10, 50])),
        headcount=draw(_SMALL),
        falls=draw(_SMALL),
        least=least,
        most=max(least, draw(st.sampled_from([1, 10]))),
        mode=draw(modes),
    )


REFERRAL_POLICIES: Final[dict[str, Any]] = {"bring": _campaigns, "spread": _watches}
"""What is drawn of referral, by the word of the family."""
