"""Explanations, decisions and conditions in words."""

import re
from datetime import UTC, datetime

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from community_sdk._time import Duration
from community_sdk.errors import DefinitionError
from community_sdk.explanation import Explanation, because
from community_sdk.model import (
    SANCTIONS,
)
from community_sdk.wording import (
    say,
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
        "计入“夜间免打扰”违规 3 次：2026年3月1日 23:30、3月2日 23:30、3月3日 23:30。"
        "未计入“夜间免打扰”违规 1 次（已超出统计期）：2025年3月1日 23:30。"
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
    assert "违规 9 次：最近 6 次为 2026年3月4日 15:30、3月5日 15:30" in said
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


@pytest.mark.parametrize(
    ("length", "said"),
    [
        ("730d 23h 59min 59s 999999us", "730 days 23 hours"),
        ("59min 59s 999999us", "59 minutes 59 seconds"),
        ("999999us", "999,999 microseconds"),
        ("1d 2h 30min", "1 day 2 hours 30 minutes"),
    ],
)
def test_what_was_measured_is_said_as_people_say_it(length: str, said: str) -> None:
    """To the microsecond nobody reads it; what somebody set is said in full."""
    why = because("onboarding.task", what="survey", due=AT, within=length)
    assert said in say(why, "en")
    assert "microsecond" in said or "microsecond" not in say(why, "en")


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
