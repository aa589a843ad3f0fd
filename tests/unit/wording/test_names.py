"""Titles of a playbook, words and phrases."""

from datetime import UTC, datetime

import pytest
from attrs import evolve

from community_sdk._time import Duration
from community_sdk.conditions import describe, parse_condition
from community_sdk.decisions import PostPoints
from community_sdk.explanation import because
from community_sdk.model import (
    KPI,
    Channel,
    Community,
    CommunityId,
    EntryKind,
    Group,
    GroupId,
    MemberId,
    PolicyKey,
    Role,
    RoleName,
    Rule,
    Rulebook,
    RuleCode,
    Tier,
    TierGroup,
    TierKey,
)
from community_sdk.playbook import Playbook
from community_sdk.policies import (
    AdmissionPolicy,
    AppraisalPolicy,
    Badge,
    BadgePolicy,
    ChannelAttribution,
    EntryRequirement,
    Funnel,
    FunnelStep,
    PointsProgram,
    Reward,
)
from community_sdk.wording import (
    Names,
    phrase,
    say,
    say_decision,
    title,
    word,
)

AT = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)


def _book() -> Playbook:
    return Playbook(
        community=Community(
            key=CommunityId("c"),
            title={"zh": "智能家居"},
            groups=(Group(key=GroupId("g1"), title={"zh": "一群", "en": "First"}),),
        ),
        roles=(Role(name=RoleName("owner"), title={"zh": "店长"}),),
        rulebook=Rulebook(rules=(Rule(code=RuleCode("ads"), text={"zh": "不发广告"}),)),
        tiers=(
            TierGroup(
                key="t", tiers=(Tier(key=TierKey("core"), title={"zh": "核心成员"}),)
            ),
        ),
        policies=(
            Funnel(
                key=PolicyKey("f"),
                steps=(FunnelStep(event="message", title={"zh": "开口说话"}),),
                window=Duration.parse("7d"),
            ),
            AdmissionPolicy(
                key=PolicyKey("a"),
                requirements=(
                    EntryRequirement(
                        answer="age", op=">=", value=18, title={"zh": "周岁"}
                    ),
                ),
            ),
        ),
    )


def test_titles_of_the_playbook_come_first() -> None:
    """Operators read the words that they wrote themselves."""
    names = Names.of(_book())
    assert word("rule", "ads", "zh", names=names) == "不发广告"
    assert word("duty", "owner", "zh", names=names) == "店长"
    assert word("group", "g1", "en", names=names) == "First"
    assert word("tier", "core", "en", names=names) == "核心成员"
    assert word("community", "c", "zh", names=names) == "智能家居"
    stuck = because(
        "funnel.stuck", step=0, name="message", missing="joined", opened=AT, closed=AT
    )
    said = say(stuck, "zh", zone="UTC", names=names)
    assert "第 1 步“开口说话”" in said
    assert "仍差“入群”" in said
    unmet = because(
        "admission.requirement_unmet", answer="age", op=">=", value=18, given=16
    )
    assert (
        say(unmet, "zh", names=names)
        == "“周岁”不符合要求（填写：16；要求：不低于 18）。"
    )
    condition = describe(parse_condition('has("tier", "core")'))
    assert say(condition, "zh", names=names) == "等级为“核心成员”。"


def test_a_funnel_has_its_own_steps() -> None:
    """Titles of the only funnel stand in where none is named, not for another."""
    plain = _book()
    names = Names.of(plain)
    assert names.step("", 0, "zh") == names.step("f", 0, "zh") == "开口说话"
    more = Funnel(
        key=PolicyKey("g"),
        steps=(FunnelStep(event="joined"),),
        window=Duration.parse("7d"),
    )
    both = Names.of(evolve(plain, policies=(*plain.policies, more)))
    assert (both.step("f", 0, "zh"), both.step("g", 0, "zh")) == ("开口说话", "")


def test_figures_and_channels_have_titles() -> None:
    """Scorecards and channels are read by the names that the playbook gives them."""
    kpi = KPI(key="talk", measure="messages", title={"zh": "发言量"})
    fair = Channel(key="fair", title={"zh": "书展"})
    policies = (
        AppraisalPolicy(key=PolicyKey("score"), kpis=(kpi,)),
        ChannelAttribution(key=PolicyKey("ways"), channels=(fair,)),
    )
    names = Names.of(evolve(_book(), policies=policies))
    assert word("kpi", "talk", "zh", names=names) == "发言量"
    assert word("channel", "fair", "zh", names=names) == "书展"
    why = because("channel.join", channel="fair", mark="fair", first=True)
    assert say(why, "zh", names=names) == "首次入群来自渠道“书展”。"


def test_rewards_and_badges_have_titles() -> None:
    """What is given is called as the playbook calls it."""
    cup = Reward(key="cup", cost=50, title={"zh": "茶杯", "en": "tea cup"})
    star = Badge(key="star", on="visit", title={"zh": "茶香之星"})
    policies = (
        PointsProgram(key=PolicyKey("points"), rewards=(cup,)),
        BadgePolicy(key=PolicyKey("honours"), badges=(star,)),
    )
    names = Names.of(evolve(_book(), policies=policies))
    why = because("points.standing", balance=2, missing=48, reward="cup")
    assert say(why, "zh", names=names) == "现有 2 分；再得 48 分可换“茶杯”。"
    assert say(why, "en", names=names) == "2 points; 48 more buy “tea cup”."
    assert word("badge", "star", "zh", names=names) == "茶香之星"


def test_one_point_is_booked_in_the_singular() -> None:
    """One point; and what will expire will do so in Chinese too."""
    why = because("points.earned", points=1, rule="sign_in")
    one = PostPoints(
        member=MemberId("ann"),
        amount=1,
        qualifying=1,
        entry=EntryKind.EARN,
        because=why,
    )
    assert say_decision(one, "en").startswith("Book 1 point (1 qualifying) for ann.")
    spent = evolve(one, amount=-50, entry=EntryKind.REDEEM)
    assert say_decision(spent, "en").startswith("Book −50 points for ann.")
    until = datetime(2027, 3, 8, tzinfo=UTC)
    left = because("points.standing", balance=2, expiring=1, next_expiry=until)
    assert say(left, "zh", zone="UTC") == (
        "现有 2 分，其中 1 分将于 2027年3月8日 00:00 到期。"
    )


def test_titles_in_other_languages() -> None:
    """A title in another language is better than none."""
    assert title({"en": "Core", "ja": "コア"}, "zh") == "Core"
    assert title({"ja": "コア"}, "en") == "コア"
    assert title({"zh": "核心", "en": ""}, "en-GB") == "核心"
    assert title({}, "en", "core") == "core"


def test_words_and_phrases() -> None:
    """Words by sort; unknown ones come back as they are."""
    assert word("sanction", "mute", "zh") == "禁言"
    assert word("event", "message", "en") == "message"
    assert word("sanction", "own\nkind", "en") == "own kind"
    assert word("no_such_sort", "x", "zh") == "x"
    with pytest.raises(KeyError):
        phrase("no.such", "zh")


def test_lists_and_questions() -> None:
    """What is asked for is listed as people list things."""
    for missing, zh, en in (
        (("age",), "资料不全，还缺年龄；", "Not enough is known: age;"),
        (("age", "city", "job"), "还缺年龄、city和职业；", "age, city and job;"),
        ((), "admission.unknown", "admission.unknown"),
    ):
        why = because("admission.unknown", missing=missing)
        assert zh in say(why, "zh")
        assert en in say(why, "en")
    why = because("admission.unknown", missing="age")
    assert "还缺年龄" in say(why, "zh")
