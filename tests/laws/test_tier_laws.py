"""Laws of tiers by bars: order, time, more activity, previews, what is met and lost."""

from datetime import timedelta
from fractions import Fraction
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration, PeriodUnit
from community_sdk.conditions import evaluate, parse_condition
from community_sdk.decisions import ChangeTier
from community_sdk.engine import Step
from community_sdk.model import PolicyKey, TierKey, TierLook
from community_sdk.policies import Bar, QualificationPolicy, Validity
from tests.laws.effort import one_in
from tests.laws.plain_model import PlainModel
from tests.unit.desk import DAY, HOUR, START, Desk, head

ACTIVE, CORE = TierKey("active"), TierKey("core")
GRADES = ("fan", "active", "core")
HOURS = st.lists(st.integers(0, 24 * 40), max_size=20)


@st.composite
def policies(draw: st.DrawFn) -> QualificationPolicy:
    """Policies with windows that whole days move along with."""
    windows = st.sampled_from(["3d", "10d", "72h", "240h"])
    words = st.sampled_from(["count", "active_days"])

    def bar(least: int) -> Bar:
        word, window = draw(words), draw(windows)
        if word == "count":
            text = f'count("message", "{window}") >= {least}'
        else:
            text = f'active_days("{window}", at_least=1) >= {least}'
        ease = draw(st.sampled_from([None, Fraction(1, 2), Fraction(9, 10)]))
        return Bar(
            entry=parse_condition(text), keep=ease, slack=draw(st.integers(0, 2))
        )

    lasting = draw(st.booleans())
    renewal = parse_condition(f'count("message", "{draw(windows)}") >= 3')
    term = Duration.parse("9d")
    validity = draw(
        st.sampled_from(
            [None, Validity(length=term), Validity(length=term, renewal=renewal)]
        )
    )
    falls: list[Any] = ["immediate", "at_review", *(["at_expiry"] if validity else [])]
    return QualificationPolicy(
        key=PolicyKey("q"),
        tiers="grade",
        bars={ACTIVE: bar(2), CORE: evolve(bar(4), lasting=lasting)},
        climb=draw(st.sampled_from(["one_step", "as_earned"])),
        fall=draw(st.sampled_from(["one_down", "straight_down", "never"])),
        upgrade=draw(st.sampled_from(["immediate", "at_review"])),
        downgrade=draw(st.sampled_from(falls)),
        review=draw(st.sampled_from([PeriodUnit.DAY])),
        minimum_stay=draw(st.sampled_from([None, Duration.parse("2d")])),
        cool_down=draw(st.sampled_from([None, Duration.parse("2d")])),
        grace=draw(st.sampled_from([None, Duration.parse("36h")])),
        validity=validity,
    )


def run(policy: QualificationPolicy, hours: list[int], shift: timedelta) -> list[Any]:
    """The moves of a history, told from its own beginning."""
    one, found = Desk(policy), list[Any]()
    steps = [one.post(START + shift + hour * HOUR) for hour in sorted(hours)]
    steps.append(one.advance(START + shift + 60 * DAY))
    for step in steps:
        found += moves(step, shift)
    return found


def moves(step: Step, shift: timedelta = timedelta(0)) -> list[Any]:
    """The moves of one step, with when they were."""
    return [
        (str(d.member), d.before, d.after, d.at and d.at - shift)
        for d in step.decisions
        if isinstance(d, ChangeTier)
    ]


@given(policies(), HOURS, st.integers(1, 900))
@settings(one_in(2))
def test_shifting_everything_by_whole_days_changes_nothing(
    policy: QualificationPolicy, hours: list[int], days: int
) -> None:
    """INVARIANT: in a zone without clock changes, for exact and rolling windows."""
    assert run(policy, hours, timedelta(0)) == run(policy, hours, days * DAY)


@given(policies(), HOURS, HOURS, st.randoms(use_true_random=False))
@settings(one_in(2))
def test_the_order_of_members_and_of_late_events_changes_nothing(
    policy: QualificationPolicy, mine: list[int], yours: list[int], chance: Random
) -> None:
    """INVARIANT: whoever is told first, and whatever the order within one day."""
    book = evolve(policy, upgrade="at_review", downgrade="at_review")
    told = [("ann", h) for h in mine] + [("bo", h) for h in yours]
    found: list[list[Any]] = []
    for _ in range(2):
        chance.shuffle(told)
        one, steps = Desk(book), list[Step]()
        for day in range(42):
            today = [(who, h) for who, h in told if h // 24 == day]
            steps += [one.post(START - 12 * HOUR + h * HOUR, who) for who, h in today]
        steps.append(one.advance(START + 60 * DAY))
        found.append(sorted(move for step in steps for move in moves(step)))
    assert found[0] == found[1]


@given(policies(), HOURS, st.integers(0, 24 * 40))
@settings(one_in(2))
def test_a_preview_is_what_the_review_does(
    policy: QualificationPolicy, hours: list[int], when: int
) -> None:
    """INVARIANT: the same move, and the state is as before."""
    one = Desk(policy)
    for hour in sorted(h for h in hours if h <= when):
        one.post(START + hour * HOUR)
    now = START + when * HOUR
    one.advance(now)
    before = one.engine.snapshot()
    wishes = [w for w in policy.review_now(one.view()) if isinstance(w, ChangeTier)]
    asked = ev.TierReviewRequested(
        id="r", at=now, member="ann", tiers="grade", how=TierLook.REVIEW  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    )  # fmt: skip
    shown = moves(one.engine.preview(asked))
    assert one.engine.snapshot() == before
    done = moves(one.engine.receive(asked))
    assert shown == done
    assert [(w.before, w.after) for w in wishes] == [d[1:3] for d in done[:1]]


@given(policies(), HOURS)
@settings(one_in(2))
def test_who_meets_the_entry_never_falls(
    policy: QualificationPolicy, hours: list[int]
) -> None:
    """INVARIANT: after an event, at a review, and when the term is over."""
    told = [START + hour * HOUR for hour in sorted(hours)]
    for _, before, after, when in run(policy, hours, timedelta(0)):
        if GRADES.index(after) > GRADES.index(before):
            continue
        plain = PlainModel(ZoneInfo("UTC"))
        for nth, at in enumerate(each for each in told if each <= when):
            plain.tell(ev.MessagePosted(**head(f"p{nth}", at)))
        plain.now = when
        entry = policy.bars[before].entry
        assert not evaluate(entry, lambda metric: plain.measure(metric, "ann"))  # noqa: B023


@given(policies(), HOURS)
@settings(one_in(2))
def test_nothing_is_met_and_lost_at_once(
    policy: QualificationPolicy, hours: list[int]
) -> None:
    """INVARIANT: who meets the bar of the tier held has not lost it."""
    one = Desk(policy)
    for hour in sorted(hours):
        one.post(START + hour * HOUR)
        now = policy.progress(one.view())
        bar = policy.bars.get(now.tier)
        met = bar is not None and all(
            r.met for r in (now.to_stay.requirements if now.to_stay else ())
        )
        assert not (met and now.lost)
        assert now.met is (now.to_rise is not None and now.to_rise.met)
        assert 0 <= now.percent <= 100


@given(policies(), HOURS, st.integers(0, 24 * 40))
@settings(one_in(2))
def test_one_thing_more_never_lowers_what_is_earned(
    policy: QualificationPolicy, hours: list[int], extra: int
) -> None:
    """INVARIANT: from scratch, at any instant, more activity is never less."""
    ranks: list[int] = []
    for told in (hours, [*hours, extra]):
        one = Desk(evolve(policy, looks="asked"))
        for hour in sorted(told):
            one.post(START + hour * HOUR)
        one.advance(START + 24 * 40 * HOUR)
        ranks.append(GRADES.index(policy.reckon(one.view())))
    assert ranks[0] <= ranks[1]
