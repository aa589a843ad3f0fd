"""Segments: one for everybody, changes told once, what each gets or is spared (S09)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.conditions import holds, parse_condition
from community_sdk.decisions import AssignSegment, Mode, Recommend
from community_sdk.engine import Engine, Step
from community_sdk.errors import DefinitionError
from community_sdk.metrics import Metric, RfmScale, rfm_figures
from community_sdk.model import Mark, Money, PolicyKey, RoleName
from community_sdk.playbook import Playbook, dumps, loads
from community_sdk.policies import (
    AlertPolicy,
    Axis,
    Segment,
    Segmentation,
    rfm_axes,
    rfm_segments,
)
from community_sdk.wording import say, say_decision
from tests.unit.desk import DAY, HOME, HOUR, START, Book, Desk

KEY = PolicyKey("value")


def segment(key: str, when: str = "", **more: Any) -> Segment:
    """A segment with its conditions as text."""
    if "keeps" in more:
        more["keeps"] = parse_condition(more["keeps"])
    return Segment(key=key, when=parse_condition(when) if when else None, **more)


def by_value(**more: Any) -> Segmentation:
    """Pending, problem, quality, potential."""
    return Segmentation(
        key=KEY,
        segments=(
            segment("problem", 'strikes("30d") >= 1'),
            segment(
                "quality", 'count("message", "5d") >= 3', **more.pop("quality", {})
            ),
            segment("potential", 'tenure() < "3d" or active_days("7d") >= 2'),
        ),
        rest=segment("pending", **more.pop("rest", {})),
        **more,
    )


def told(step: Step) -> list[str]:
    """The changes of segment in a step."""
    return [
        f"{d.before}>{d.after}" for d in step.decisions if isinstance(d, AssignSegment)
    ]


def place(one: Desk, name: str = "ann") -> str:
    """The segment on a member's record."""
    return one.member(name).segments[str(KEY)].segment


ACTS = st.lists(
    st.tuples(st.integers(0, 15 * 24), st.sampled_from(["post", "break", "leave"])),
    max_size=12,
)


@settings(max_examples=60)
@given(ACTS)
def test_everybody_falls_into_the_first_that_fits_at_every_hour(
    acts: list[tuple[int, str]],
) -> None:
    """Looked at from hour to hour the record says what the rules say."""
    policy = by_value()
    one = Desk(policy)
    one.tell(ev.Joined, START)
    last = "potential"
    by_hour: dict[int, list[str]] = {}
    for hour, act in acts:
        by_hour.setdefault(hour, []).append(act)
    for hour in range(20 * 24):
        now = START + hour * HOUR
        found = told(one.advance(now))
        for act in by_hour.get(hour, ()):
            if act == "post":
                found += told(one.post(now))
            elif act == "break":
                found += told(one.tell(ev.RuleBroken, now, rule="quiet"))
            else:
                one.tell(ev.Left, now)
                found += told(one.tell(ev.Joined, now, seq=1))
        for change in found:
            before, _, last = change.partition(">")
            assert before != last
        state = one.view()
        fitting = [
            s.key
            for s in policy.segments
            if s.when is not None and holds(s.when, state)
        ]
        assert place(one) == last == (fitting or ["pending"])[0]


@given(st.permutations(range(6)))
def test_the_order_of_telling_changes_nothing(order: list[int]) -> None:
    """Late events lead to the same segment."""
    one = Desk(by_value())
    one.tell(ev.Joined, START)
    now = START + 4 * DAY
    one.advance(now)
    for nth in order:
        when = START + nth * 12 * HOUR
        if nth == 5:
            one.tell(ev.RuleBroken, when, rule="quiet", recorded_at=now)
        else:
            one.post(when, recorded_at=now)
    assert place(one) == "problem"
    one.advance(START + 40 * DAY)
    assert place(one) == "pending"


BUYS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 400)), min_size=1, max_size=8
)
CUTS = st.lists(st.integers(0, 40), min_size=3, max_size=3, unique=True).map(sorted)


@settings(max_examples=60)
@given(BUYS, CUTS, CUTS, st.integers(0, 30))
def test_levels_online_are_the_scores_over_a_table(
    buys: list[tuple[int, int]], recency: list[int], money: list[int], later: int
) -> None:
    """The same thresholds give the same segment, event by event and over rows."""
    sums = tuple(10 * cut for cut in money)
    cuts = (tuple(recency), (1, 2, 3), sums)
    policy = Segmentation(
        key=KEY,
        axes=rfm_axes(*cuts),
        segments=rfm_segments(),
        rest=segment("other"),
    )
    one = Desk(policy)
    for nth, (day, amount) in enumerate(sorted(buys)):
        paid = Money(amount=amount, currency="CNY")
        when = START + day * DAY
        one.tell(ev.PurchaseMade, when, order=str(nth), money=paid)
    end = START + (40 + later) * DAY
    one.advance(end)
    rows = [("ann", (START + day * DAY).date(), amount) for day, amount in buys]
    figures = rfm_figures(rows, end=end.date())
    scores = RfmScale(classes=4, thresholds=cuts).score(figures)
    (name,) = scores.segments(rest="other").values()
    assert place(one) == name.lower().replace(" ", "_")


def test_a_wider_rule_keeps_whom_it_holds() -> None:
    """Who came in by three messages stays with one; who has one does not come in."""
    one = Desk(by_value(quality={"keeps": 'count("message", "5d") >= 1'}))
    one.tell(ev.Joined, START)
    assert told(one.post(START + HOUR)) == []
    one.post(START + 2 * DAY)
    assert told(one.post(START + 3 * DAY)) == ["potential>quality"]
    step = one.advance(START + 7 * DAY)
    assert told(step) == []
    assert "暂时保留" in say(one.engine.standing("ann"), "zh")
    strike = one.tell(ev.RuleBroken, START + 7 * DAY, rule="quiet")
    assert told(strike) == ["quality>problem"]
    assert told(one.advance(START + 60 * DAY)) == ["problem>pending"]


def test_a_least_stay_holds_back_a_fall_and_no_rise() -> None:
    """The end of the stay is excluded: then the next segment counts."""
    one = Desk(by_value(stays=Duration.parse("10d")))
    one.tell(ev.Joined, START)
    assert told(one.advance(START + 9 * DAY)) == []
    step = one.advance(START + 10 * DAY)
    assert told(step) == ["potential>pending"]
    assert step.decisions[0].at == START + 10 * DAY
    for hour in range(3):
        step = one.post(START + 11 * DAY + hour * HOUR)
    assert told(step) == ["pending>quality"]


def test_what_a_segment_gets_comes_once_and_what_it_spares_is_held_back() -> None:
    """Who is spared a recommendation is not approached with it by any policy."""
    quality = {"gets": ("thank", "contact_again"), "spares": ("contact_again",)}
    one = Desk(by_value(quality=quality))
    one.tell(ev.Joined, START)
    steps = [one.post(START + n * HOUR) for n in range(4)]
    got = [d.action for s in steps for d in s.decisions if isinstance(d, Recommend)]
    assert got == ["thank"]
    (dropped,) = [s for step in steps for s in step.suppressed]
    assert say(dropped.because, "zh") == "人群“优质型”的成员免受此打扰。"
    assert one.member().segments["value"].spares == ("contact_again",)


@pytest.mark.parametrize("mode", [Mode.ACT, Mode.SHADOW])
def test_a_shadow_disturbs_nobody(mode: Mode) -> None:
    """What is only kept is not held back."""
    watch = AlertPolicy(
        key=PolicyKey("links"), duty=RoleName("host"), marks=(Mark.LINK,), mode=mode
    )
    one = Desk(by_value(rest={"spares": ("look_at",)}), watch)
    one.tell(ev.Joined, START)
    one.advance(START + 5 * DAY)
    step = one.post(START + 5 * DAY, link=True)
    shown = [d for d in step.decisions if isinstance(d, Recommend)]
    assert len(shown) == (mode is Mode.SHADOW)


def test_who_left_keeps_the_segment_and_is_looked_at_on_return() -> None:
    """No look and no timer while the membership does not run."""
    one = Desk(by_value())
    one.tell(ev.Joined, START)
    one.tell(ev.Left, START + DAY)
    assert told(one.advance(START + 30 * DAY)) == []
    assert place(one) == "potential"
    one.advance(START + 30 * DAY)
    assert told(one.tell(ev.Joined, START + 31 * DAY)) == []
    assert told(one.advance(START + 40 * DAY)) == ["potential>pending"]


def test_conditions_ask_for_segments() -> None:
    """One segmentation builds on another."""
    again = Segmentation(
        key=PolicyKey("care"),
        segments=(segment("close", 'has("segment", "quality")'),),
        rest=segment("far"),
    )
    one = Desk(by_value(), again)
    one.tell(ev.Joined, START)
    steps = [one.post(START + n * HOUR) for n in range(3)]
    assert told(steps[-1]) == ["potential>quality", "far>close"]


def test_a_shadow_tells_each_change_once() -> None:
    """No fact is made of it."""
    one = Desk(by_value(mode=Mode.SHADOW))
    first = one.tell(ev.Joined, START)
    steps = [one.post(START + n * HOUR) for n in range(5)]
    assert told(first) == [">potential"]
    assert [told(s) for s in steps] == [[], [], ["potential>quality"], [], []]
    assert one.member().segments == {}


def test_a_snapshot_goes_on_the_same() -> None:
    """Segments and looks to come are kept."""
    one = Desk(by_value())
    one.tell(ev.Joined, START)
    again = Engine.restore(Book(policies=one.policies), one.engine.snapshot())
    assert told(again.advance(START + 9 * DAY)) == ["potential>pending"]


def test_a_mean_is_compared_without_rounding() -> None:
    """Three times a third of a hundred is not more than a hundred."""
    buys = Metric("count", kind="purchase")
    paid = Metric("total", kind="purchase")
    axis = Axis(key="money", measure=paid, cuts=(33, 34), per=buys)
    policy = Segmentation(
        key=KEY,
        axes=(axis,),
        segments=tuple(segment(f"l{n}", levels=(str(n),)) for n in (2, 3)),
        rest=segment("rest"),
    )
    one = Desk(policy)
    one.tell(ev.Joined, START)
    assert place(one) == "rest"
    for nth, amount in enumerate((33, 34, 33)):
        money = Money(amount=amount, currency="CNY")
        when = START + nth * HOUR
        one.tell(ev.PurchaseMade, when, order=str(nth), money=money)
        assert place(one) == ("rest", "l2", "l2")[nth]


def test_a_mean_over_a_window_is_looked_at_each_day() -> None:
    """When the window is empty the level is 1."""
    policy = Segmentation(
        key=KEY,
        axes=rfm_axes((3,), (1,), (100,), window="5d"),
        segments=(segment("rich", levels=("**2",)),),
        rest=segment("rest"),
    )
    one = Desk(policy)
    money = Money(amount=101, currency="CNY")
    assert told(one.tell(ev.PurchaseMade, START, order="1", money=money)) == [">rich"]
    step = one.advance(START + 9 * DAY)
    assert told(step) == ["rich>rest"]
    assert step.decisions[0].at == datetime.fromisoformat("2026-01-10T00:00:00+00:00")


def test_what_a_changed_file_would_do_is_shown_before() -> None:
    """The look of now, without an event."""
    one = Desk(by_value())
    one.tell(ev.Joined, START)
    state = one.view()
    state.mine = {"segment": "pending", "since": 0}
    (found,) = by_value().review_now(state)
    assert isinstance(found, AssignSegment)
    assert (found.before, found.after) == ("pending", "potential")
    state.mine = {"segment": "potential", "since": 0}
    assert [*by_value().review_now(state)] == []


def test_two_accounts_of_one_person_are_one() -> None:
    """The link is a reason to look."""
    one = Desk(by_value())
    for name in ("ann", "bo"):
        one.tell(ev.Joined, START, name)
        one.post(START + HOUR, name)
    one.post(START + HOUR, "bo")
    step = one.tell(ev.IdentityLinked, START + 2 * HOUR, alias="bo")
    assert told(step) == ["potential>quality"]


def test_segments_are_told() -> None:
    """Standing and decisions, in both languages."""
    one = Desk(by_value())
    step = one.tell(ev.Joined, START)
    assert say_decision(step.decisions[0], "zh") == (
        "把 ann 归入人群“潜力型”。符合“潜力型”的条件：满足其一即可："
        "入群 0 秒（要求少于 3 天）；近 7 天活跃 0 天（未达要求：至少 2 天）。"
    )
    standing = one.engine.standing("ann").parts[0]
    assert say(standing, "zh") == (
        "自 2026年1月5日 12:00（UTC） 起属于人群“潜力型”：满足其一即可："
        "入群 0 秒（要求少于 3 天）；近 7 天活跃 0 天（未达要求：至少 2 天）。"
    )
    assert say(standing, "en") == (
        "In the segment “potential” since 5 January 2026 at 12:00 UTC: one of these is"
        " enough: member for 0 seconds (asked: under 3 days); active on 0 days in the"
        " last 7 days (too few; asked: at least 2 days)."
    )
    nobody = one.engine.standing("zoe").parts[0]
    assert say(nobody, "zh") == "尚未归入任何人群。"


def test_a_file_holds_all_of_it() -> None:
    """Written to a file and read back it is the same."""
    quality = {"gets": ("thank",), "spares": ("greet",), "title": {"zh": "优质"}}
    book = Playbook(
        community=HOME,
        policies=(
            by_value(quality=quality, stays=Duration.parse("30d")),
            Segmentation(
                key=PolicyKey("rfm"),
                axes=rfm_axes((30, 60, 90), (1, 2, 3), (100, 200, 300)),
                segments=rfm_segments(),
                rest=segment("other"),
            ),
        ),
    )
    assert loads(dumps(book)).policies == book.policies


AXIS = Axis(key="a", measure=Metric("count", kind="message"), cuts=(1, 2))


def refused(**more: Any) -> Segmentation:
    """A segmentation by one axis."""
    parts: dict[str, Any] = {"rest": segment("r"), "segments": (segment("a", "True"),)}
    parts |= more
    return Segmentation(key=KEY, axes=(AXIS,), **parts)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: Axis(key="a", measure=AXIS.measure, cuts=(2, 1)), "segment.cuts"),
        (lambda: refused(rest=segment("a")), "segment.twice"),
        (lambda: refused(rest=segment("r", "True")), "segment.rule"),
        (lambda: refused(segments=(segment("a"),)), "segment.rule"),
        (lambda: refused(segments=(segment("a", levels=("4",)),)), "segment.levels"),
        (lambda: refused(segments=(segment("a", levels=("11",)),)), "segment.levels"),
    ],
)
def test_what_can_never_be_is_refused(make: Callable[[], object], code: str) -> None:
    """With the code that says why."""
    with pytest.raises(DefinitionError) as caught:
        make()
    assert caught.value.code == code
