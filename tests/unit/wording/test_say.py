"""Explanations, decisions and conditions in words."""

import re
from datetime import UTC, datetime

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from community_sdk._time import Duration
from community_sdk.conditions import Condition, describe, judge, parse_condition
from community_sdk.conditions.gap import gap
from community_sdk.decisions import (
    Admit,
    ApplySanction,
    ChangeTier,
    EndSanction,
    Mode,
    Recommend,
    RequestConsent,
)
from community_sdk.errors import DefinitionError
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Metric
from community_sdk.model import (
    SANCTIONS,
    Community,
    CommunityId,
    DecisionId,
    Group,
    GroupId,
    LadderStep,
    MemberId,
    PolicyKey,
    Role,
    RoleName,
    Rule,
    Rulebook,
    RuleCode,
    SanctionState,
    Tier,
    TierGroup,
    TierKey,
)
from community_sdk.playbook import Playbook
from community_sdk.policies import (
    AdmissionPolicy,
    EntryRequirement,
    Funnel,
    FunnelStep,
)
from community_sdk.wording import (
    Names,
    phrase,
    say,
    say_condition,
    say_decision,
    title,
    word,
)
from community_sdk.wording._catalogue import catalogue
from tests.unit.codec.plain_values import EXPLANATIONS, FIGURES

LANGS = st.sampled_from(["zh", "en", "zh-CN", "fr"])
AT = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
KEYS = st.sampled_from(sorted(catalogue("zh").says))
FIGURE_NAMES = st.sampled_from(
    "met op need have than metric until measure rule reason total window".split()
)
WILD = st.recursive(
    st.builds(
        Explanation,
        KEYS,
        st.dictionaries(FIGURE_NAMES, FIGURES, max_size=6).map(
            lambda d: tuple(d.items())
        ),
    ),
    lambda inner: st.builds(
        evolve, inner, parts=st.lists(inner, max_size=3).map(tuple)
    ),
    max_leaves=6,
)


@given(st.one_of(EXPLANATIONS, WILD), LANGS, st.sampled_from(["paragraph", "lines"]))
@example(Explanation(""), "zh", "paragraph")
@example(Explanation("x.y", (("a", "{until|date}"),)), "en", "lines")
def test_nothing_makes_it_raise(
    explanation: Explanation, lang: str, style: str
) -> None:
    """Any explanation has words: one line each, no slot left open."""
    said = say(explanation, lang, style=style)  # type: ignore[arg-type]
    assert said.strip()
    assert "{" not in said
    assert "}" not in said
    assert not HIDDEN.search(said.replace("\n", "") if style == "lines" else said)


def test_deep_explanations_end() -> None:
    """A chain of a thousand parts is cut, not a crash."""
    chain = because("penalty.overturned", strike="s", measure="mute")
    for _ in range(1_000):
        chain = because("condition.not", chain, met=True)
    assert "…" in say(chain, "zh")
    for _ in range(1_000):
        chain = because("tier.rise", chain, tiers="t", before="a", after="b")
    assert say(chain, "en").count("Up from") < 100
    assert say(chain, "en", style="lines").count("\n") < 100


def _steps(count: int) -> Explanation:
    parts = [
        because(
            "penalty.counted",
            rule="quiet_hours",
            occurred=AT.replace(day=1 + n),
            weight=1,
        )
        for n in range(count)
    ]
    old = because(
        "penalty.left_out",
        rule="quiet_hours",
        occurred=AT.replace(year=2025),
        weight=1,
        reason="too_old",
    )
    harder = because("penalty.next", at=5, measure="mute")
    return because(
        "penalty.step",
        *parts,
        old,
        harder,
        rule="quiet_hours",
        category="quiet_hours",
        version=1,
        occurred=AT,
        counts="count",
        total=count,
        measure=SANCTIONS["warning"],
        duration=None,
        window=Duration.parse("30d"),
    )


def test_a_step_of_a_ladder_in_chinese() -> None:
    """What a group's owner reads when somebody is warned."""
    assert say(_steps(3), "zh", zone="Asia/Shanghai") == (
        "该成员违反“夜间免打扰”，在 30 天内计入违规 3 次，按阶梯予以警告。"
        "计入的“夜间免打扰”有 3 次：2026年3月1日 23:30、3月2日 23:30、3月3日 23:30。"
        "未计入的“夜间免打扰”有 1 次（已超出统计期）：2025年3月1日 23:30。"
        "计数达到 5 时进入下一级：禁言。"
    )


def test_a_step_of_a_ladder_in_english() -> None:
    """The same, in English."""
    assert say(_steps(1), "en", zone="UTC") == (
        "A breach of “quiet hours”, which makes 1 breach counted within 30 days; by "
        "the ladder: warning. Counted for “quiet hours” (1): 1 March 2026 at 15:30. "
        "Not counted for “quiet hours” (1, too long ago): 1 March 2025 at 15:30. "
        "The next step comes at a count of 5: mute."
    )


def test_many_reasons_are_summed_up() -> None:
    """Beyond six the latest are shown, and the number stays right."""
    said = say(_steps(9), "zh", zone="UTC")
    assert "有 9 次：最近 6 次为 2026年3月4日 15:30、3月5日 15:30" in said
    lines = say(_steps(9), "zh", zone="UTC", style="lines").splitlines()
    assert len(lines) == 12
    assert lines[1] == "- 计入：2026年3月1日 15:30“夜间免打扰”，1 分"


def test_dates_of_one_day_share_it() -> None:
    """The second of two instants of one day is said by the clock alone."""
    parts = [
        because("penalty.counted", rule="ads", occurred=AT.replace(hour=h), weight=1)
        for h in (8, 9)
    ]
    said = say(because("penalty.standing", *parts, ladder="l", counted=2), "en")
    assert "1 March 2026 at 08:30 UTC, 09:30 UTC" in said


def test_instants_without_a_zone_say_so() -> None:
    """Without a zone the reader must know that it is UTC."""
    why = because("admission.removed", until=AT)
    assert say(why, "zh").startswith("该成员曾被移出，2026年3月1日 15:30（UTC）")
    assert "1 March 2026 at 15:30 UTC" in say(why, "en")
    assert "2026年3月2日 00:30" in say(why, "zh", zone="Asia/Tokyo")


def test_a_zone_that_does_not_exist() -> None:
    """That is the caller's mistake and raises."""
    with pytest.raises(DefinitionError) as caught:
        say(because("gap"), "zh", zone="Mars/Base")
    assert caught.value.code == "time.zone"


def test_odd_figures_are_shown_as_they_are() -> None:
    """A date that is none and a length that is none stand as written."""
    assert "soon" in say(because("admission.removed", until="soon"), "en")
    why = because("onboarding.task", what="survey", due="9999-12-31T23:59:59-12:00",
                  within="3 moons")  # fmt: skip
    said = say(why, "zh", zone="Asia/Shanghai")
    assert "3 moons" in said
    assert "9999-12-31" in said


def test_unknown_keys_are_rendered_plainly() -> None:
    """Policies of users may explain with keys of their own."""
    why = because("own.reason", stars=3, good=True, tags=("a", "b"), gone=None)
    assert say(why, "en") == "own.reason (stars: 3, good: yes, tags: a, b, gone: none)."
    assert say(why, "zh") == "own.reason（stars＝3、good＝是、tags＝a、b、gone＝无）。"
    assert say(because("own.plain"), "en") == "own.plain."


def test_steering_characters_do_not_pass() -> None:
    """An id cannot break the line, colour the terminal or turn the text round."""
    why = because("consent.twice", by="ann\x1b[31m\nbo\u202e", proposal="p")
    said = say(why, "en")
    assert not HIDDEN.search(said)
    assert said.startswith("ann [31m bo ")


CONDITIONS = [
    (
        'count("message", "30d") >= 20 and active_days("30d") >= 10',
        "近 30 天发言至少 20 次，且近 30 天活跃至少 10 天",
        ("at least 20 messages in the last 30 days and active on at least 10 days in "
        "the last 30 days"),
    ),
    (
        'count("message", "1d") > 1 or (recency() <= "2d" and tenure() < "90d")',
        "当天发言多于 1 次，或（距上次发言不超过 2 天，且入群少于 90 天）",
        ("more than 1 message today or (at most 2 days since the last message and "
        "member for under 90 days)"),
    ),
    (
        'not (has("role", "owner") or has("tier", "core"))',
        "并非（担任“群主”，或等级为“core”）",
        "it is not so that (the role “owner” is held or the tier is “core”)",
    ),
    (
        'at_least(2, streak() >= 3, strikes("90d", "ads") == 0, total("purchase") > 5)',
        ("3 项中至少满足 2 项：连续发言至少 3 天；近 90 天“广告”类违规恰为 0 次；"
        "累计购买合计多于 5 最小货币单位"),
        ("at least 2 of 3: messages on at least 3 days in a row; exactly 0 breaches "
        "for “advertising” in the last 90 days; purchases worth more than 5 smallest "
        "units in all"),
    ),
    (
        'count("reaction", "7d", by="actor") != count("sign_in", "24h")',
        "近 7 天回应他人次数不为最近 24 小时内“sign_in”次数",
        ("reactions given in the last 7 days: other than `sign_in` events within "
        "24 hours"),
    ),
    (
        'count("message", "month", channel="a", reply=True) < 2 and fine',
        "本月发言少于 2 次（仅限渠道为“a”、回复），且符合“fine”",
        "under 2 messages this month (channel: a, replies only) and `fine` holds",
    ),
    (
        'distinct("channel", "message", "week") >= 1 and quality > 3',
        "本周发言涉及不同的渠道至少 1 个，且“quality”多于 3",
        ("at least 1 different value of channel in messages this week and `quality`: "
        "more than 3"),
    ),
    (
        'active_days("quarter", "sign_in") >= 1 and has("group", "g") or True',
        "（本季度有“sign_in”的日子至少 1 天，且在“g”群内），或恒成立",
        ("(at least 1 day with `sign_in` events this quarter and the group “g” is "
        "joined) or always"),
    ),
    (
        'count("purchase", "since_join") > quality and has("status", "left")',
        "入群以来购买次数多于“quality”，且状态为“已退群”",
        "purchases since joining: more than `quality` and the status is “left”",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "zh", "en"), CONDITIONS)
def test_conditions_in_words(text: str, zh: str, en: str) -> None:
    """A condition reads as an operator would say it."""
    condition = parse_condition(text.replace('"ads"', '"advertising"'))
    assert say_condition(condition, "zh") == zh
    assert say_condition(condition, "en") == en


def _judged(text: str, **have: int | None) -> tuple[Explanation, Explanation]:
    condition: Condition = parse_condition(text)

    def read(metric: Metric) -> int | None:
        return have[metric.word]

    return judge(condition, read).because(), gap(condition, read).because()


JUDGED = [
    (
        'count("message", "30d") >= 20 and active_days("30d") >= 10',
        {"count": 21, "active_days": 9},
        (
            "条件未满足：近 30 天发言 21 次（要求至少 20 次），"
            "近 30 天活跃 9 天（未达要求：至少 10 天）。"
        ),
        (
            "还差 1 项：近 30 天发言 21 次，符合至少 20 次；"
            "近 30 天活跃天数还差 1 天（现为 9 天，要求至少 10 天）。"
        ),
    ),
    (
        'recency() <= "3d" or streak() >= 2',
        {"recency": None, "streak": 1},
        (
            "条件未满足：满足其一即可：距上次发言的时间尚无记录（要求不超过 3 天）；"
            "连续发言 1 天（未达要求：至少 2 天）。"
        ),
        "还差 1 项：距上次发言的时间尚无记录，要求不超过 3 天。",
    ),
    (
        'not has("role", "owner") and not count("message") > 5',
        {"has": 1, "count": 8},
        "条件未满足：并非担任“群主”，并非累计发言多于 5 次（实为 8 次）。",
        (
            "还差 2 项：不应担任“群主”，尚未做到；"
            "累计发言次数超出 3 次（现为 8 次，要求不超过 5 次）。"
        ),
    ),
    (
        'has("role", "owner") and has("role", "owner")',
        {"has": 0},
        "条件未满足：不符合“担任“群主””，不符合“担任“群主””。",
        "还差 2 项：担任“群主”，尚不符合；担任“群主”，尚不符合。",
    ),
    (
        'count("message") == 5 and tenure() >= "1d"',
        {"count": 7, "tenure": 2 * 86_400_000_000 + 3_600_000_000},
        (
            "条件未满足：累计发言 7 次（未达要求：恰为 5 次），"
            "入群 2 天 1 小时（要求至少 1 天）。"
        ),
        (
            "还差 1 项：累计发言次数相差 2 次（现为 7 次，要求恰为 5 次）；"
            "入群 2 天 1 小时，符合至少 1 天。"
        ),
    ),
    (
        'count("message") > strikes("month")',
        {"count": 1, "strikes": 1},
        "条件未满足：累计发言 1 次（未达要求：多于本月违规次数（1 次））。",
        "还差 1 项：累计发言次数还差 1 次（现为 1 次，要求多于本月违规次数（1 次））。",
    ),
    ("False", {}, "条件未满足：恒不成立。", "这一条件无法满足。"),
    ("True", {}, "条件满足：恒成立。", "目前已满足。"),
]


@pytest.mark.parametrize(("text", "have", "verdict", "missing"), JUDGED)
def test_verdicts_and_gaps(
    text: str, have: dict[str, int | None], verdict: str, missing: str
) -> None:
    """What was measured, what was asked, what is missing."""
    judged, gaps = _judged(text, **have)
    assert say(judged, "zh") == verdict
    assert say(gaps, "zh") == missing
    assert "{" not in say(judged, "en") + say(gaps, "en")


def test_a_verdict_in_english() -> None:
    """The same figures in English."""
    judged, gaps = _judged(
        'count("message", "30d") >= 1 and strikes() <= 0', count=0, strikes=2
    )
    assert say(judged, "en") == (
        "The condition does not hold: 0 messages in the last 30 days (too few; asked: "
        "at least 1 message) and 2 breaches in all (too many; asked: at most "
        "0 breaches)."
    )
    assert say(gaps, "en") == (
        "Still missing (2): 1 message short in messages in the last 30 days (now 0 "
        "messages, asked at least 1 message); 2 breaches too much in breaches in all "
        "(now 2 breaches, asked at most 0 breaches)."
    )


def test_empty_branches_say_something() -> None:
    """Explanations that a host builds by hand may lack their parts."""
    for key in ("condition.all", "condition.any", "condition.not", "condition"):
        said = say(because(key, text="x", met=True), "zh")
        assert said.strip("。")
    assert say(because("condition.at_least", k=1, of=2, met=True), "en") == (
        "at least 1 of 2."
    )


MUTE = LadderStep(at=1, kind=SANCTIONS["mute"], duration=Duration.parse("24h"))
WHY = because("penalty.overturned", strike="s1", measure="mute")
ANN = MemberId("ann")


def test_a_sanction_with_an_end() -> None:
    """Who, what, until when, and why."""
    decision = ApplySanction(member=ANN, step=MUTE, until=AT, because=WHY)
    assert say_decision(decision, "zh", zone="UTC") == (
        "对 ann 予以禁言，到 2026年3月1日 15:30 为止。"
        "该次违规已被撤销，由它引起的禁言一并撤销。"
    )
    assert say_decision(decision, "en", zone="UTC", reasons=False) == (
        "Mute ann until 1 March 2026 at 15:30."
    )


def test_a_sanction_without_an_end() -> None:
    """Measures that last for ever, and those that are done at once."""
    ban = evolve(MUTE, kind=SANCTIONS["ban"], duration=None)
    decision = ApplySanction(member=ANN, step=ban, because=WHY)
    assert say_decision(decision, "zh", reasons=False) == "对 ann 予以封禁，不设期限。"
    warning = evolve(ban, kind=SANCTIONS["warning"])
    warned = evolve(decision, step=warning)
    assert say_decision(warned, "en", reasons=False) == "Warn ann."


def test_modes_are_said() -> None:
    """What is only tried or proposed must not read as done."""
    trial = ApplySanction(member=ANN, step=MUTE, because=WHY, mode=Mode.SHADOW)
    assert say_decision(trial, "zh", reasons=False).startswith("［试行，不执行］对 ann")
    asked = RequestConsent(
        member=ANN,
        wish=evolve(trial, mode=Mode.PROPOSE),
        duty="owner",
        needs=2,
        deadline=AT,
        because=because("consent.needed", WHY, duty="owner", needs=2, until=AT),
    )
    assert say_decision(asked, "zh", zone="UTC", reasons=False) == (
        "请 2 位群主在 2026年3月1日 15:30 前确认：对 ann 予以禁言，不设期限。"
    )
    assert say_decision(asked, "en", zone="UTC").startswith(
        "Ask 2 holders of the duty “owner” to agree by 1 March 2026 at 15:30: Mute ann"
    )


def test_a_move_is_not_said_twice() -> None:
    """The head of the reason repeats the decision and is left out beside it."""
    judged, _ = _judged("True")
    why = because("tier.rise", judged, tiers="t", before="fan", after="core")
    move = ChangeTier(
        member=ANN,
        tiers="t",
        before=TierKey("fan"),
        after=TierKey("core"),
        rise=True,
        because=why,
    )
    assert say_decision(move, "zh") == "将 ann 从“fan”升为“core”。条件满足：恒成立。"
    bare = evolve(move, because=evolve(why, parts=()), rise=False)
    assert say_decision(bare, "en") == (
        "Move ann down from “fan” to “core”. Up from “fan” to “core”."
    )


def test_other_decisions() -> None:
    """Ends, suggestions and admissions."""
    end = EndSanction(
        member=ANN,
        sanction=DecisionId("d"),
        state=SanctionState.OVERTURNED,
        because=WHY,
    )
    assert say_decision(end, "zh", reasons=False) == "撤销对 ann 的处罚。"
    advice = Recommend(action="own_action", because=WHY)
    assert say_decision(advice, "en", reasons=False) == "Suggestion: own_action."
    admit = Admit(member=ANN, group=GroupId("g1"), because=WHY)
    assert say_decision(admit, "zh", reasons=False) == "批准 ann 入群（g1）。"


def test_a_kind_that_is_not_ours() -> None:
    """Somebody else's decision is rendered plainly."""

    class Own(Admit):
        kind = "own_kind"

    said = say_decision(Own(member=ANN, because=WHY), "en", reasons=False)
    assert said.startswith("own_kind (member: ann, group: none")


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
        (("age", "city", "job"), "还缺年龄、city和job；", "age, city and job;"),
        ((), "admission.unknown", "admission.unknown"),
    ):
        why = because("admission.unknown", missing=missing)
        assert zh in say(why, "zh")
        assert en in say(why, "en")
    why = because("admission.unknown", missing="age")
    assert "还缺年龄" in say(why, "zh")
