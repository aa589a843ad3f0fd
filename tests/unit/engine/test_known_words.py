"""Events that name what the playbook does not have are refused at the door."""

from __future__ import annotations

from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk.conditions import parse_condition
from community_sdk.decisions import RefuseAct
from community_sdk.engine import Step
from community_sdk.model import (
    Channel,
    GroupId,
    JoinCode,
    Money,
    OverrideKind,
    PolicyKey,
    PoolGroup,
    RuleCode,
    TierKey,
)
from community_sdk.policies import (
    Badge,
    BadgePolicy,
    ChannelAttribution,
    JoinCodes,
    PermitPolicy,
    ReferralCampaign,
    ReferralStage,
    Tag,
    TagGroup,
    TagPolicy,
)
from community_sdk.wording import say
from tests.unit.desk import DAY, START, Desk
from tests.unit.policies.club import program

LOCK = OverrideKind.LOCK


def desk() -> Desk:
    """A playbook that has one of each sort of word."""
    known = parse_condition('count("message") >= 9')
    return Desk(
        TagPolicy(
            key=PolicyKey("tags"), groups=(TagGroup(key="g", tags=(Tag(key="vip"),)),)
        ),
        BadgePolicy(
            key=PolicyKey("badges"), badges=(Badge(key="veteran", when=known),)
        ),
        program(),
        ReferralCampaign(
            key=PolicyKey("bring"), stages=(ReferralStage(count=1, reward="pen"),)
        ),
        codes("codes", "door"),
        ChannelAttribution(key=PolicyKey("ways"), channels=(Channel(key="street"),)),
        PermitPolicy(key=PolicyKey("ads"), rule=RuleCode("flood"), what="ad"),
    )


def codes(key: str, code: str) -> JoinCodes:
    """A policy with one code, which leads into the hall."""
    door = JoinCode(key=code, groups=(PoolGroup(group=GroupId("hall")),))
    return JoinCodes(key=PolicyKey(key), codes=(door,))


def refused(step: Step) -> list[RefuseAct]:
    """What was refused."""
    return [d for d in step.decisions if isinstance(d, RefuseAct)]


TIER = {"tiers": "grade", "tier": TierKey("cores")}
GROUP = {"tiers": "grad", "tier": TierKey("core")}
SINCE = {"since": START}
YUAN = Money(100, "CNY")


@pytest.mark.parametrize(
    ("kind", "more", "sort", "nearest"),
    [
        (ev.TierImported, TIER | SINCE, "tier", "core"),
        (ev.TierImported, GROUP | SINCE, "tiers", "grade"),
        (ev.TierSet, TIER, "tier", "core"),
        (ev.TierSet, {**TIER, "tier": TierKey("zzz")}, "tier", None),
        (ev.TierOverridden, {"override": LOCK, **TIER}, "tier", "core"),
        (ev.TierOverrideEnded, {"override": LOCK, "tiers": "grad"}, "tiers", "grade"),
        (
            ev.TierExcused,
            {"cause": "ill", "tiers": "grad", "until": START + DAY},
            "tiers",
            "grade",
        ),
        (ev.TierReviewRequested, {"tiers": "grad"}, "tiers", "grade"),
        (ev.ExtraTierGranted, TIER, "tier", "core"),
        (ev.ExtraTierEnded, TIER, "tier", "core"),
        (ev.TagSet, {"tag": "vp"}, "tag", "vip"),
        (ev.TagCleared, {"tag": "vp"}, "tag", "vip"),
        (ev.BadgeImported, {"badge": "veterans"}, "badge", "veteran"),
        (ev.BadgeWithdrawn, {"badge": "veterans"}, "badge", "veteran"),
        (ev.BalanceImported, {"currency": "point", "amount": 1}, "currency", "points"),
        (ev.PointsAdjusted, {"currency": "point", "amount": 1}, "currency", "points"),
        (ev.RedemptionRequested, {"currency": "point"}, "currency", "points"),
        (ev.ReferralClaimed, {"campaign": "brng", "stage": 1}, "campaign", "bring"),
        (ev.ReferralJudged, {"campaign": "zzz", "honest": True}, "campaign", None),
        (ev.CodeRenewed, {"code": "dor", "room": GroupId("hall")}, "code", "door"),
        (ev.ChannelSpent, {"channel": "stret", "money": YUAN}, "channel", "street"),
        (ev.PermitRequested, {"what": "ads"}, "permit", "ad"),
        (ev.PermitGranted, {"what": "link"}, "permit", None),
    ],
)
def test_what_does_not_exist_is_refused(
    kind: Any, more: dict[str, Any], sort: str, nearest: str | None
) -> None:
    """With what was found, what there is, and the nearest word; nothing changes."""
    one = desk()
    one.post(START)
    before = one.engine.snapshot()["members"]
    (refusal,) = refused(one.tell(kind, START, **more))
    why = refusal.because
    assert (refusal.act, refusal.policy) == (kind.kind, "playbook")
    assert (why.key, why["sort"], why["nearest"]) == ("word.unknown", sort, nearest)
    assert nearest is None or f"'{nearest}'" in str(why["known"])
    assert one.engine.snapshot()["members"] == before
    english, chinese = (say(why, lang) for lang in ("en", "zh"))
    for text in (english, chinese):
        assert f"“{why['word']}”" in text
        assert nearest is None or f"“{nearest}”" in text


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (ev.TierImported, {**TIER, **SINCE, "tier": TierKey("core")}),
        (ev.TierExcused, {"cause": "ill", "until": START + DAY}),
        (ev.TierReviewRequested, {}),
        (ev.TagSet, {"tag": "vip"}),
        (ev.BadgeImported, {"badge": "veteran"}),
        (ev.BalanceImported, {"amount": 1}),
        (ev.ReferralJudged, {"campaign": "bring", "honest": True}),
        (ev.CodeRenewed, {"code": "door", "room": GroupId("hall")}),
        (ev.ChannelSpent, {"channel": "street", "money": YUAN}),
        (ev.PermitRequested, {"what": "ad"}),
    ],
)
def test_what_exists_is_taken(kind: Any, more: dict[str, Any]) -> None:
    """And so is what leaves the group of tiers open."""
    assert refused(desk().tell(kind, START, **more)) == []


def test_where_nothing_is_declared_every_word_is_known() -> None:
    """As with a rulebook that has no rules."""
    bare = Desk(tiers=())
    told: list[tuple[Any, dict[str, Any]]] = [
        (ev.TierImported, TIER | SINCE),
        (ev.TagSet, {"tag": "vp"}),
        (ev.BadgeImported, {"badge": "veterans"}),
        (ev.BalanceImported, {"currency": "point", "amount": 1}),
        (ev.ReferralClaimed, {"campaign": "bring", "stage": 1}),
        (ev.ChannelSpent, {"channel": "street", "money": YUAN}),
        (ev.PermitRequested, {"what": "ad"}),
    ]
    for kind, more in told:
        assert bare.tell(kind, START, **more).decisions == ()
    assert bare.member().tiers["grade"].tier == "cores"
    assert bare.member().bears("vp", 1 << 60)


def test_a_code_of_another_policy_is_answered_by_that_one() -> None:
    """Each scan gets one answer, of codes that nobody has as well."""
    two = Desk(codes("codes", "door"), codes("more", "gate"))
    for code, kind in (("door", "route"), ("gate", "route"), ("x", "refuse_route")):
        step = two.tell(ev.CodeScanned, START, code=code)
        assert [d.kind for d in step] == [kind]
