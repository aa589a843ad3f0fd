"""Random leagues: small quotas, every order, pool and switch (S08)."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

from community_sdk._time import Duration, PeriodUnit
from community_sdk.metrics import LIFETIME, Metric
from community_sdk.model import PolicyKey, RoleName, TierKey
from community_sdk.policies import LeaguePolicy, LeagueRules, OrderKey, Quota

__all__ = ["LEAGUES", "leagues", "quotas"]

_TIERS: Final = (TierKey("fan"), TierKey("core"), TierKey("star"))
_NONE: Final = TierKey("")
_FIGURES: Final = {
    "posts": Metric(word="count", kind="message"),
    "days": Metric(word="active_days", kind="message", window=LIFETIME),
    "spent": Metric(word="total", kind="purchase"),
    "strikes": Metric(word="strikes"),
}
_SPANS: Final = ("24h", "10d", "1 month")


def quotas() -> st.SearchStrategy[Quota]:
    """Draw numbers of places in every way they can be said."""
    return st.one_of(
        st.builds(Quota, most=st.integers(0, 3)),
        st.builds(Quota, least=st.integers(0, 1), most=st.integers(1, 3)),
        st.builds(Quota, share=st.integers(0, 100)),
        st.builds(Quota, most=st.just(2), threshold=st.integers(1, 3)),
        st.sampled_from(
            [Quota(formula="ceil(n / 3)"), Quota(most=2, formula="active // 2")]
        ),
    )


@st.composite
def _rules(draw: st.DrawFn) -> LeagueRules:
    first = draw(st.sampled_from(tuple(_FIGURES)))
    ends = st.sampled_from(("high", "low"))
    others = draw(
        st.lists(
            st.builds(
                OrderKey,
                by=st.sampled_from((*_FIGURES, "joined", "name", "member")),
                best=ends,
            ),
            max_size=2,
        )
    )
    return LeagueRules(
        tiers=_TIERS,
        order=(OrderKey(by=first), *others),
        promote=draw(st.none() | quotas()),
        relegate=draw(st.none() | quotas()),
        pool=draw(st.sampled_from([(), _TIERS[1:2], _TIERS[1:]])),
        together=draw(st.booleans()),
        to=draw(st.sampled_from([_NONE, _TIERS[0]])),
        inactive=draw(st.sampled_from(["never_promote", "never_move", "as_others"])),
        promotions_first=draw(st.booleans()),
        smallest=draw(st.integers(0, 2)),
        protect=draw(st.none() | st.sampled_from(_SPANS).map(Duration.parse)),
    )


@st.composite
def leagues(draw: st.DrawFn, key: str, modes: Any) -> LeaguePolicy:
    """Draw leagues with every switch."""
    return LeaguePolicy(
        key=PolicyKey(key),
        tiers="grade",
        rules=draw(_rules()),
        figures=_FIGURES,
        period=draw(st.sampled_from(PeriodUnit)),
        entry=draw(st.sampled_from([_NONE, *_TIERS])),
        locked=draw(st.sampled_from([(), (RoleName("owner"),)])),
        starts_after=draw(st.none() | st.sampled_from(_SPANS).map(Duration.parse)),
        remember=draw(st.integers(1, 3)),
        mode=draw(modes),
    )


LEAGUES: Final[dict[str, Any]] = {"league": leagues}
"""The families of this room by their words."""
