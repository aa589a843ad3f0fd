"""Conditions, verdicts and gaps in words."""

import pytest

from community_sdk.conditions import Condition, judge, parse_condition
from community_sdk.conditions.gap import gap
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Metric
from community_sdk.wording import (
    say,
    say_condition,
)

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
        "本月发言（渠道为“a”、回复）少于 2 次，且符合“fine”",
        "under 2 messages (channel: a, replies) this month and `fine` holds",
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


JUDGED: list[tuple[str, dict[str, int | None], str, str]] = [
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
