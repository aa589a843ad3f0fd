"""Feedback: one voice each, no figure from too few, every wish gets an answer."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import Recommend, RefuseAct, SumUpSurvey, SumUpWishes
from community_sdk.engine import Step
from community_sdk.errors import HistoryError
from community_sdk.model import EventId, MemberId, PolicyKey, RoleName, SurveyScale
from community_sdk.policies import SurveyDesk, WishDesk
from community_sdk.policies.feedback import rated
from community_sdk.wording import say, say_decision
from tests.unit.desk import DAY, HOUR, START, TICK, Desk

NOBODY: dict[str, Any] = {"member": None}
KEY, HOST = PolicyKey("desk"), RoleName("host")
NPS, CSAT = SurveyScale.NPS, SurveyScale.CSAT
MONTH = Duration.parse("60d")


def survey(least: int = 1, **given: Any) -> Desk:
    """A community with a survey open for five days."""
    desk = Desk(SurveyDesk(key=KEY, least=least), lateness=MONTH)
    fields: dict[str, Any] = {"survey": "may", "until": START + 5 * DAY, "invited": 8}
    fields |= given
    desk.tell(ev.SurveyOpened, START, **NOBODY, **fields)
    return desk


def rate(desk: Desk, who: str, rating: int, hour: int = 1, **more: Any) -> Step:
    """Rate in the survey."""
    return desk.tell(
        ev.RatingGiven, START + hour * HOUR, who, survey="may", rating=rating, **more
    )


def result(step: Step) -> SumUpSurvey:
    """Return what the survey came to."""
    (found,) = [d for d in step if isinstance(d, SumUpSurvey)]
    return found


def refusals(step: Step) -> list[str]:
    """Return why something does not count."""
    return [d.because.key for d in step if isinstance(d, RefuseAct)]


# -- surveys -------------------------------------------------------------------------


def test_a_survey_is_summed_up_once() -> None:
    """With the response rate, and ratings by number."""
    desk = survey()
    for who, rating in (("a", 10), ("b", 9), ("c", 7), ("d", 3)):
        assert refusals(rate(desk, who, rating)) == []
    found = result(desk.advance(START + 9 * DAY))
    assert (found.figure, found.answered, found.invited) == (25, 4, 8)
    assert found.ratings == (("3", 1), ("7", 1), ("9", 1), ("10", 1))
    assert "4 人作答（50%），净推荐值为 25" in say(found.because, "zh")
    assert "(50%), net promoter score 25" in say(found.because, "en")
    assert say_decision(found, "zh").startswith("通报问卷“may”的结果（4 人作答）")


def test_too_few_answers_make_no_figure() -> None:
    """Nor do they show who rated how; nobody invited is no rate."""
    desk = survey(least=2, invited=0)
    rate(desk, "a", 10)
    found = result(desk.advance(START + 5 * DAY))
    assert (found.figure, found.ratings) == (None, ())
    assert "不足 2 人" in say(found.because, "zh")
    desk = survey(invited=0, scale=CSAT)
    rate(desk, "a", 4)
    told = say(result(desk.advance(START + 5 * DAY)).because, "zh")
    assert told == "问卷“may”：1 人作答，满意度（%）为 100。"


def test_more_answers_than_people_invited_are_told() -> None:
    """At once, and in the sum, where they are no rate; a second rating is none more."""
    desk = survey(invited=2)
    for who in ("a", "b", "b"):
        assert not list(rate(desk, who, 9))
    (told,) = rate(desk, "c", 8, hour=2)
    assert isinstance(told, Recommend)
    assert (told.action, told.member) == ("check_invited", None)
    assert told.properties == {"survey": "may", "invited": 2}
    assert say(told.because, "zh") == (
        "问卷“may”邀请了 2 人，却有 3 人作答：有人未受邀请，或人数写错。"
    )
    assert not list(rate(desk, "d", 8, hour=3))
    found = result(desk.advance(START + 9 * DAY))
    assert (found.answered, found.invited, found.because["rate"]) == (4, 2, None)
    assert "2 invited but 4 answered" in say(found.because, "en")


def test_a_rating_in_an_unknown_survey_names_the_nearest() -> None:
    """Where one of a like name is open."""
    desk = survey()
    for name, nearest in (("mai", "may"), ("june", None)):
        step = desk.tell(ev.RatingGiven, START + HOUR, survey=name, rating=9)
        (why,) = [d.because for d in step if isinstance(d, RefuseAct)]
        assert (why.key, why["nearest"]) == ("feedback.not_open", nearest)
        assert all(name in say(why, lang) for lang in ("en", "zh"))


def test_each_person_has_one_voice() -> None:
    """The latest counts, whenever it is told; accounts of one person are one."""
    desk = survey()
    rate(desk, "a", 2, hour=3)
    rate(desk, "a", 10, hour=2, recorded_at=START + 4 * HOUR)
    rate(desk, "b", 9, hour=4)
    rate(desk, "alt", 0, hour=5)
    desk.tell(ev.IdentityLinked, START + 6 * HOUR, "b", alias=MemberId("alt"))
    desk.tell(ev.IdentityLinked, START + 6 * HOUR, "b", alias=MemberId("other"))
    found = result(desk.advance(START + 5 * DAY))
    assert found.ratings == (("0", 1), ("2", 1))


def test_an_account_of_an_account_has_no_voice_of_its_own() -> None:
    """Whichever account of a person is named, all that was rated is one's."""
    desk = survey()
    for nth, who in enumerate(("a", "b", "alt")):
        rate(desk, who, 8 + nth, hour=1 + nth)
    desk.tell(ev.IdentityLinked, START + 6 * HOUR, "b", alias=MemberId("alt"))
    desk.tell(ev.IdentityLinked, START + 7 * HOUR, "a", alias=MemberId("alt"))
    assert result(desk.advance(START + 5 * DAY)).ratings == (("10", 1),)


def test_bots_have_none() -> None:
    """Nor has a rating of nobody."""
    desk = survey()
    desk.tell(ev.Joined, START, "robot", bot=True)
    rate(desk, "robot", 10)
    step = desk.tell(ev.RatingGiven, START + HOUR, **NOBODY, survey="may", rating=3)
    assert refusals(step) == ["feedback.nobody"]
    assert result(desk.advance(START + 5 * DAY)).answered == 0


def test_what_is_out_of_time_or_scale_is_refused() -> None:
    """From the beginning on, up to the end but not at it, within the scale."""
    desk = survey(scale=CSAT)
    assert refusals(rate(desk, "a", 0)) == ["feedback.off_scale"]
    assert refusals(rate(desk, "a", 6)) == ["feedback.off_scale"]
    assert refusals(rate(desk, "a", 5, hour=0)) == []
    assert refusals(rate(desk, "a", 5, hour=-1, recorded_at=START + HOUR)) == [
        "feedback.not_open"
    ]
    again: dict[str, Any] = {"survey": "may", "until": START + 9 * DAY}
    step = desk.tell(ev.SurveyOpened, START + HOUR, **NOBODY, **again)
    assert refusals(step) == ["feedback.open_already"]
    assert refusals(rate(desk, "b", 1, hour=119)) == []
    assert refusals(rate(desk, "c", 1, hour=120)) == ["feedback.not_open"]


@pytest.mark.parametrize("fields", [{"until": START}, {"invited": -1}])
def test_a_survey_has_time_and_people(fields: dict[str, Any]) -> None:
    """Else the event itself is refused."""
    with pytest.raises(HistoryError):
        survey(**fields)


@given(
    st.sampled_from(SurveyScale),
    st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 10)), max_size=8),
)
def test_figures_are_those_of_the_last_ratings(
    scale: SurveyScale, rows: list[tuple[str, int]]
) -> None:
    """By hand: promoters less detractors, or the share of four and five."""
    desk = survey(scale=scale)
    kept: dict[str, int] = {}
    for hour, (who, rating) in enumerate(rows):
        inside = scale.least <= rating <= scale.most
        assert bool(refusals(rate(desk, who, rating, hour=hour))) is not inside
        if inside:
            kept[who] = rating
    found = result(desk.advance(START + 5 * DAY))
    assert found.answered == len(kept)
    exact = rated(scale, Counter(kept.values()))
    if not kept:
        assert exact is None is found.figure
        return
    if scale is CSAT:
        good = sum(1 for r in kept.values() if r in (4, 5))
    else:
        good = sum((r >= 9) - (r <= 6) for r in kept.values())
    assert exact == Fraction(100 * good, len(kept))
    assert found.figure is not None
    assert exact is not None
    assert abs(found.figure - exact) <= Fraction(1, 2)


# -- wishes --------------------------------------------------------------------------


def wishes(**given: Any) -> Desk:
    """A community whose host answers wishes within ten days."""
    fields: dict[str, Any] = {"within": Duration.parse("10d"), **given}
    return Desk(WishDesk(key=KEY, duty=HOST, **fields), lateness=MONTH)


def answer(desk: Desk, wish: str, outcome: str, day: int, **more: Any) -> Step:
    """Answer a wish."""
    fields = {"wish": EventId(wish), "outcome": outcome, **more}
    return desk.tell(ev.WishAnswered, START + day * DAY, "host", **fields)


def calls(*steps: Step) -> list[str]:
    """Return for which wishes the duty is called."""
    found = [d for step in steps for d in step if isinstance(d, Recommend)]
    return [str(d.properties["wish"]) for d in found]


def test_a_wish_without_an_answer_calls_the_duty() -> None:
    """Beyond the time, once; one that was answered does not."""
    desk = wishes()
    desk.tell(ev.WishMade, START, id="w1", topic="speaker")
    desk.tell(ev.WishMade, START, id="w2")
    policy: Any = desk.policies[0]
    assert policy.waiting(desk.view()) == ("w1", "w2")
    assert refusals(answer(desk, "w2", "done", 1, reference="plan-3")) == []
    assert calls(desk.advance(START + 10 * DAY)) == []
    step = desk.advance(START + 10 * DAY + TICK)
    assert calls(step) == ["w1"]
    assert "（speaker）" in say(step.decisions[0].because, "zh")
    assert calls(desk.advance(START + 20 * DAY)) == []
    assert policy.waiting(desk.view()) == ("w1",)
    desk.tell(ev.WishMade, START + 20 * DAY, id="w3")
    step = desk.advance(START + 31 * DAY)
    (told,) = [d for d in step if isinstance(d, Recommend)]
    assert "提出的心愿，10 天内" in say(told.because, "zh")


def test_bots_wish_for_nothing() -> None:
    """Nobody is called for them, and no sum holds them."""
    desk = wishes()
    desk.tell(ev.Joined, START, "robot", bot=True)
    desk.tell(ev.WishMade, START, "robot", id="w1", topic="oil")
    policy: Any = desk.policies[0]
    assert policy.waiting(desk.view()) == ()
    step = desk.advance(START + 40 * DAY)
    assert calls(step) == []
    assert {d.made for d in step if isinstance(d, SumUpWishes)} == {()}


def test_the_end_of_a_survey_has_a_zone() -> None:
    """As every instant of a history."""
    with pytest.raises(HistoryError):
        survey(until=(START + DAY).replace(tzinfo=None))


def test_a_month_of_wishes_is_told() -> None:
    """By topic and by outcome, with what is open; each month by itself."""
    desk = wishes()
    for n, topic in enumerate(("speaker", "speaker", "gift")):
        desk.tell(ev.WishMade, START + n * DAY, id=f"w{n}", topic=topic)
    answer(desk, "w0", "done", 3)
    answer(desk, "w1", "declined", 3)
    step = desk.advance(START + 60 * DAY)
    first, second = [d for d in step if isinstance(d, SumUpWishes)]
    assert first.made == (("gift", 1), ("speaker", 2))
    assert first.answered == (("declined", 1), ("done", 1))
    assert (first.period, first.open, second.made) == ("2026-01", 1, ())
    assert "已答复 2 项（不采纳 1 项、已办 1 项），尚有 1 项" in say(
        first.because, "zh"
    )
    assert "2 got an answer (1 declined, 1 done)" in say(first.because, "en")
    assert "（" not in say(second.because, "zh")
    assert say_decision(second, "en").startswith("Tell what was done")


def test_an_answer_wants_an_open_wish() -> None:
    """Unknown ones, answered ones, and those that were dropped are refused."""
    desk = wishes(kept=1)
    assert refusals(answer(desk, "w1", "done", 0)) == ["feedback.no_wish"]
    desk.tell(ev.WishMade, START, id="w1")
    desk.tell(ev.WishMade, START + DAY, id="w2")
    assert refusals(answer(desk, "w1", "done", 2)) == ["feedback.no_wish"]
    assert refusals(answer(desk, "w2", "done", 2)) == []
    assert refusals(answer(desk, "w2", "done", 2)) == ["feedback.no_wish"]
    assert not [*WishDesk(key=KEY, duty=HOST).problems(desk.view().definition)]
    bad = WishDesk(key=KEY, duty=RoleName("x"))
    assert [p[0] for p in bad.problems(desk.view().definition)] == ["duty"]
