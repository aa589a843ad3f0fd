"""How points, gifts and badges are drawn: few numbers, so that they meet again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve
from hypothesis import strategies as st

from community_sdk._time import Duration
from community_sdk.conditions import parse_condition
from community_sdk.decisions import Mode
from community_sdk.metrics import Metric
from community_sdk.model import Money, PolicyKey
from community_sdk.policies import (
    ActorCredit,
    Badge,
    BadgePolicy,
    BestContributors,
    EarnRule,
    Expiry,
    GiftCap,
    GiftCaps,
    PointsProgram,
    Rate,
    Reward,
    RewardStock,
)
from community_sdk.testing._cast import Cast

if TYPE_CHECKING:
    from community_sdk.testing._scene import Scene

__all__ = ["INCENTIVES", "INCENTIVE_POLICIES"]

Drawn = st.SearchStrategy[dict[str, Any]]
Modes = st.SearchStrategy[Mode]

_ORDERS: Final = st.sampled_from(["o1", "o2", "o3"])
_REFERENCES: Final = st.sampled_from(["r1", "r2", ""])
_GIFTS: Final = st.sampled_from(["g1", "g2", "g3", "g4"])
_LATER: Final = st.sampled_from([None, timedelta(microseconds=1), timedelta(hours=1)])


def _adjusted(_: Cast, scene: Scene) -> Drawn:
    over = _LATER.map(lambda gap: None if gap is None else scene.at + gap)
    return st.fixed_dictionaries(
        {"amount": st.integers(-5, 9)},
        optional={
            "order": _ORDERS,
            "to": st.sampled_from([None, 0, 7]),
            "expires_at": over,
            "qualifying": st.booleans(),
        },
    )


def _order(_: Cast, __: Scene) -> Drawn:
    return st.fixed_dictionaries({"order": _ORDERS})


def _redemption(_: Cast, __: Scene) -> Drawn:
    return st.fixed_dictionaries(
        {"reference": _REFERENCES},
        optional={
            "amount": st.integers(0, 5),
            "reward": st.sampled_from(["mug", "tea", "unknown"]),
        },
    )


def _returned(_: Cast, __: Scene) -> Drawn:
    return st.fixed_dictionaries(
        {"reference": _REFERENCES},
        optional={"amount": st.sampled_from([None, 1, 3])},
    )


def _gift(cast: Cast, _: Scene) -> Drawn:
    money = st.integers(0, 300).map(lambda n: Money(n, "CNY"))
    return st.fixed_dictionaries(
        {"gift": _GIFTS, "money": money, "actor": st.sampled_from(cast.members)}
    )


def _gift_back(_: Cast, __: Scene) -> Drawn:
    return st.fixed_dictionaries({"gift": _GIFTS})


def _badge(_: Cast, __: Scene) -> Drawn:
    return st.fixed_dictionaries({"badge": st.sampled_from(["busy", "guest"])})


INCENTIVES: Final[dict[str, Callable[[Cast, Scene], Drawn]]] = {
    "points_adjusted": _adjusted,
    "points_reversed": _order,
    "order_cancelled": _order,
    "redemption_requested": _redemption,
    "redemption_returned": _returned,
    "gift_sent": _gift,
    "gift_returned": _gift_back,
    "badge_withdrawn": _badge,
    "badge_imported": _badge,
}
"""What is drawn of points, gifts and badges, by kind."""

_CAPS: Final = st.sampled_from([None, None, 3, 5])
_STREAK: Final = parse_condition('streak("message") >= 2')
_MANY: Final = parse_condition('count("message", "3d") >= 2')
_RICH: Final = parse_condition('balance("points") >= 4')


@st.composite
def _programs(draw: st.DrawFn, key: str, modes: Modes) -> PointsProgram:
    posts = EarnRule(
        name="post",
        event="message",
        rates=(Rate(points=1), Rate(points=2, when=_STREAK)),
        cool_down=draw(st.sampled_from([None, Duration.parse("1h")])),
        daily_cap=draw(_CAPS),
    )
    buys = EarnRule(
        name="buy", event="purchase", rates=(Rate(points=1, per=Money(50, "CNY")),)
    )
    until: Any = draw(st.sampled_from(["instant", "end_of_day", "end_of_month"]))
    spans = st.sampled_from(["1h", "2d", "1 month"])
    good = Expiry(after=Duration.parse(draw(spans)), until=until)
    if until == "end_of_day":
        good = evolve(good, through=draw(st.sampled_from(["", "02-29", "12-31"])))
    clawback: Any = draw(st.sampled_from(["clamp_to_zero", "allow_negative"]))
    unmatched: Any = draw(st.sampled_from(["ignore", "latest"]))
    return PointsProgram(
        key=PolicyKey(key),
        rules=(posts, buys),
        expiry=draw(st.sampled_from([None, good])),
        daily_cap=draw(_CAPS),
        clawback=clawback,
        unmatched=unmatched,
        rewards=(Reward(key="mug", cost=3), Reward(key="tea", cost=1, when=_RICH)),
        begins_anew=draw(st.sampled_from(["", "introduced"])),
        mode=draw(modes),
    )


@st.composite
def _badges(draw: st.DrawFn, key: str, modes: Modes) -> BadgePolicy:
    found = (
        Badge(key="busy", when=_MANY, temporary=True),
        Badge(key="rich", when=_RICH, temporary=draw(st.booleans())),
        Badge(key="guest", on="reaction", repeatable=True, valid=Duration.parse("2d")),
    )
    return BadgePolicy(key=PolicyKey(key), badges=found, mode=draw(modes))


@st.composite
def _caps(draw: st.DrawFn, key: str, modes: Modes) -> GiftCaps:
    caps = (
        GiftCap(whose="giver", count=1),
        GiftCap(whose="community", total=Money(300, "CNY")),
    )
    stock = (RewardStock(reward="mug", count=1),)
    return GiftCaps(key=PolicyKey(key), caps=caps, stock=stock, mode=draw(modes))


@st.composite
def _credits(draw: st.DrawFn, key: str, modes: Modes) -> ActorCredit:
    rules = (EarnRule(name="liked", event="reaction", rates=(Rate(points=1),)),)
    program = PolicyKey("points")
    return ActorCredit(
        key=PolicyKey(key),
        program=program,
        rules=rules,
        daily_cap=draw(_CAPS),
        mode=draw(modes),
    )


@st.composite
def _best(draw: st.DrawFn, key: str, modes: Modes) -> BestContributors:
    figure = Metric("count", "message")
    return BestContributors(
        key=PolicyKey(key), figure=figure, points=(3, 1), mode=draw(modes)
    )


INCENTIVE_POLICIES: Final[dict[str, Any]] = {
    "points": _programs,
    "badges": _badges,
    "gifts": _caps,
    "credit": _credits,
    "best": _best,
}
"""What is drawn of incentives, by the word of the family."""
