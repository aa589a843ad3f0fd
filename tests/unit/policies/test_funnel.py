"""Funnels: how far everybody came, each stage once, and a nudge when time is over."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration, micros
from community_sdk.conditions import parse_condition
from community_sdk.decisions import Mode, Recommend, RecordStage
from community_sdk.engine import Step
from community_sdk.errors import DefinitionError
from community_sdk.model import Community, CommunityId, MemberId, PolicyKey, RuleCode
from community_sdk.policies import Funnel, FunnelStep, RuleWatch
from tests.unit.desk import DAY, HOUR, START, TICK, Desk, at, head

KEY = PolicyKey("f")
WORDS = ("joined", "message", "introduced", "purchase")
MAKES: dict[str, Callable[..., ev.Event]] = {
    "joined": ev.Joined,
    "message": ev.MessagePosted,
    "introduced": ev.Introduced,
}


def funnel(*words: str, window: str = "7d", **given: Any) -> Funnel:
    """A funnel through events called *words*."""
    steps = tuple(FunnelStep(event=w) for w in words or WORDS[:3])
    return Funnel(key=KEY, steps=steps, window=Duration.parse(window), **given)


def stages(step: Step) -> list[int]:
    """The steps that were announced."""
    return [d.step for d in step.decisions if isinstance(d, RecordStage)]


def nudges(step: Step) -> list[tuple[int, Any]]:
    """Who was stuck at which step, and when."""
    found = [d for d in step.decisions if isinstance(d, Recommend)]
    return [(int(d.properties["step"]), d.at) for d in found]


def test_each_new_highest_step_is_announced_once() -> None:
    """With its opening and until when the next one counts."""
    desk = Desk(funnel())
    told = [
        stages(desk.tell(MAKES[word], START + n * HOUR))
        for n, word in enumerate(
            (
                "message",
                "joined",
                "message",
                "message",
                "joined",
                "introduced",
                "joined",
            )
        )
    ]
    assert told == [[], [0], [1], [], [], [2], []]
    desk = Desk(funnel())
    (record,) = desk.tell(ev.Joined, START).decisions
    assert isinstance(record, RecordStage)
    assert (record.step, record.opened, record.member) == (0, START, "ann")
    assert (record.because["name"], record.because["of"]) == ("joined", 3)
    assert record.because["closes"] == (START + 7 * DAY).isoformat()


@pytest.mark.parametrize(("after", "reached"), [(7 * DAY, [1]), (7 * DAY + TICK, [])])
def test_the_window_runs_from_the_opening_its_end_included(
    after: timedelta, reached: list[int]
) -> None:
    """Elapsed time: seven days are 168 hours, also over a change of the clock."""
    home = Community(key=CommunityId("home"), zone="Europe/London")
    desk = Desk(funnel(), community=home)
    start = at("2026-03-25 12:00", "Europe/London")
    desk.tell(ev.Joined, start)
    late = ev.MessagePosted(**head("m", start + HOUR))
    assert stages(desk.engine.preview(late)) == [1]
    assert stages(desk.post(start + after)) == reached


def test_the_best_attempt_wins() -> None:
    """A newer opening does not lose what an older one has reached."""
    desk = Desk(funnel(window="10h"))
    for hour, word in ((0, "joined"), (9, "message"), (9, "joined")):
        desk.tell(MAKES[word], START + hour * HOUR, id=f"{word}{hour}")
    assert stages(desk.tell(ev.Introduced, START + 10 * HOUR)) == [2]


def test_events_of_one_instant_come_in_any_order_each_once() -> None:
    """A source that knows only minutes."""
    for words in (WORDS[:3], WORDS[2::-1]):
        desk = Desk(funnel())
        told = [stages(desk.tell(MAKES[word], START)) for word in words]
        assert told == ([[0], [1], [2]] if words[0] == "joined" else [[], [], [2]])
    desk = Desk(funnel("message", "message", "message"))
    assert [stages(desk.post(START)) for _ in range(4)] == [[0], [1], [2], []]


def test_an_event_without_a_time_is_no_step() -> None:
    """It may have been any time."""
    desk = Desk(funnel())
    assert stages(desk.tell(ev.Joined, START, dated=False)) == []
    assert funnel().levels([ev.Joined(**head("j", START), dated=False)]) == {}


def test_bots_are_nobody() -> None:
    """Event by event and over the whole history, by whatever account they act."""
    history = [
        ev.Joined(**head("j", START, "bot"), bot=True),
        ev.MessagePosted(**head("m", START + HOUR, "bot2")),
        ev.IdentityLinked(**head("l", START + HOUR, "bot2"), alias=MemberId("bot")),
        ev.Joined(**head("k", START + HOUR, "ann")),
    ]
    desk = Desk(funnel())
    told = [stages(desk.engine.receive(event)) for event in history]
    assert told == [[], [], [], [0]]
    for asked in (funnel(), funnel(order="unordered")):
        assert asked.levels(history) == {"ann": 0}
        assert asked.analyse(history).report().subjects == 1


def test_a_step_asks_for_values() -> None:
    """Fields of the event, and properties of a host's own."""
    steps = (
        FunnelStep(event="message", where=(("group", "hall"), ("reply", True))),
        FunnelStep(event="badge", where=(("level", "gold"),)),
    )
    desk = Desk(Funnel(key=KEY, steps=steps, window=Duration.parse("7d")))
    told = [
        stages(desk.post(START + n * HOUR, group=group, reply=reply))
        for n, (group, reply) in enumerate(
            (("hall", False), ("attic", True), ("hall", True))
        )
    ]
    assert told == [[], [], [0]]
    for level, reached in (("tin", []), ("gold", [1])):
        held = {"level": level}
        step = desk.tell(ev.Custom, START + DAY, word="badge", properties=held)
        assert stages(step) == reached
    assert steps[0].matches(ev.MessagePosted(**head("m", START, group="hall"))) is False
    assert steps[1].matches(ev.MessagePosted(**head("m", START))) is False


@pytest.mark.parametrize(
    ("words", "stuck"),
    [
        (["joined"], [(0, 7)]),
        (["joined", "message"], [(1, 7)]),
        (["joined", "message", "introduced"], []),
        (["message"], []),
    ],
)
def test_who_is_stuck_is_nudged_when_the_window_is_over(
    words: list[str], stuck: list[tuple[int, int]]
) -> None:
    """Once; not before the last instant is over; not who arrived or never began."""
    desk = Desk(funnel(nudge="greet"))
    for nth, word in enumerate(words):
        desk.tell(MAKES[word], START + nth * HOUR)
    assert nudges(desk.advance(START + 7 * DAY)) == []
    step = desk.advance(START + 99 * DAY)
    assert nudges(step) == [(n, START + days * DAY) for n, days in stuck]
    if stuck:
        (found,) = [d for d in step.decisions if isinstance(d, Recommend)]
        assert (found.action, found.properties["funnel"]) == ("greet", "f")
        assert found.because["missing"] == WORDS[stuck[0][0] + 1]
    assert desk.member().timers == {}


def test_a_running_attempt_is_waited_for() -> None:
    """A later attempt that came as far may still arrive; then its end counts."""
    desk = Desk(funnel(nudge="greet"))
    for day in (0, 5):
        desk.tell(ev.Joined, START + day * DAY)
    assert nudges(desk.advance(START + 11 * DAY)) == []
    assert nudges(desk.advance(START + 13 * DAY)) == [(0, START + 12 * DAY)]


def test_every_attempt_has_its_nudge() -> None:
    """Who begins again after the first one failed is not forgotten."""
    desk, found = Desk(funnel(nudge="greet")), list[tuple[int, Any]]()
    for day in (0, 30):
        found += nudges(desk.tell(ev.Joined, START + day * DAY))
        found += nudges(desk.post(START + day * DAY + HOUR))
    found += nudges(desk.advance(START + 99 * DAY))
    assert found == [(1, START + 7 * DAY), (1, START + 37 * DAY)]
    assert desk.member().timers == {}


def test_an_attempt_is_nudged_once() -> None:
    """Events after its end do not bring it back."""
    desk = Desk(funnel(nudge="greet"))
    desk.tell(ev.Joined, START)
    desk.tell(ev.MessagePosted, START + HOUR)
    found = nudges(desk.advance(START + 8 * DAY))
    found += nudges(desk.post(START + 9 * DAY))
    found += nudges(desk.advance(START + 99 * DAY))
    assert found == [(1, START + 7 * DAY)]


def test_without_a_nudge_nothing_is_planned() -> None:
    """Also where a nudge was planned before the playbook dropped it."""
    desk = Desk(funnel())
    desk.tell(ev.Joined, START)
    assert desk.member().timers == {}
    desk.member().set_timer("f/window", micros(START + DAY))
    assert nudges(desk.post(START + 2 * DAY)) == []
    assert desk.member().timers == {}


def test_a_funnel_with_more_steps_begins_anew() -> None:
    """What was remembered of another funnel means nothing."""
    desk = Desk(funnel("joined", "message"))
    desk.tell(ev.Joined, START)
    longer = Desk(funnel())
    old = desk.member().slices["f"]
    longer.tell(ev.Left, START - DAY)
    longer.member().slices["f"] = old
    assert funnel().standing(longer.view()).key == "funnel.not_entered"
    assert stages(longer.tell(ev.Introduced, START + HOUR)) == []
    assert stages(longer.tell(ev.Joined, START + HOUR, id="again")) == [0]


def test_the_standing_tells_how_far_and_until_when() -> None:
    """Not entered, under way, over, done."""
    mine = funnel()
    desk = Desk(mine)
    desk.post(START - HOUR)
    assert mine.standing(desk.view()).key == "funnel.not_entered"
    desk.tell(ev.Joined, START)
    why = mine.standing(desk_view(desk, mine))
    assert (why.key, why["step"], why["missing"]) == ("funnel.standing", 0, "message")
    assert (why["closes"], why["open"]) == ((START + 7 * DAY).isoformat(), True)
    desk.advance(START + 8 * DAY)
    assert mine.standing(desk_view(desk, mine))["open"] is False
    for nth, word in enumerate(WORDS[:3]):
        desk.tell(MAKES[word], START + (9 + nth) * DAY, id=f"again{word}")
    why = mine.standing(desk_view(desk, mine))
    assert (why.key, why["step"], why["missing"]) == ("funnel.done", 2, None)


def desk_view(desk: Desk, mine: Funnel) -> Any:
    """The state with the slice of the policy."""
    state = desk.view()
    state.mine = desk.member().slices.get(str(mine.key))
    return state


def test_in_shadow_each_stage_is_told_once_as_well() -> None:
    """Though no fact is made of it."""
    desk = Desk(funnel(mode=Mode.SHADOW))
    told = [
        desk.tell(MAKES[word], START + n * HOUR)
        for n, word in enumerate(("joined", "message", "message", "joined"))
    ]
    assert [stages(step) for step in told] == [[0], [1], [], []]
    assert all(step.facts == () for step in told)


def test_two_steps_in_one_round_are_announced_by_the_last() -> None:
    """Facts of one event may be several steps at once."""
    always = parse_condition('count("message", "lifetime") >= 1')
    watches = [
        RuleWatch(key=PolicyKey(f"w{n}"), rule=RuleCode(rule), when=always)
        for n, rule in enumerate(("flood", "caps"))
    ]
    desk = Desk(*watches, funnel("message", "rule_broken", "rule_broken", "purchase"))
    assert stages(desk.post(START)) == [0, 2]


@given(
    st.lists(st.tuples(st.sampled_from(WORDS[:3]), st.integers(0, 60)), max_size=10),
    st.sampled_from(["5h", "24h", "1 month"]),
    st.randoms(use_true_random=False),
)
def test_event_by_event_equals_the_whole_history(
    acts: list[tuple[str, int]], window: str, order: Random
) -> None:
    """INVARIANT: in any order of arrival, as far as lateness allows."""
    mine = funnel(window=window)
    told = [
        MAKES[word](**head(f"e{nth}", START + hour * HOUR, recorded_at=START + 3 * DAY))
        for nth, (word, hour) in enumerate(acts)
    ]
    order.shuffle(told)
    desk = Desk(mine)
    found = [stage for event in told for stage in stages(desk.engine.receive(event))]
    wanted = mine.levels(told, where=START.tzinfo).get("ann", -1)
    assert max(found, default=-1) == wanted
    assert sorted({*found}) == found


def test_what_is_kept_is_bounded_by_lateness() -> None:
    """A thousand openings do not make a long record."""
    desk = Desk(funnel(window="1d"))
    for hour in range(1_000):
        desk.tell(ev.Joined, START + hour * HOUR)
    assert len(desk.member().slices["f"]["seen"]) < 24 * 7 * 3
    for nth, word in enumerate(WORDS[:3]):
        desk.tell(MAKES[word], START + (2_000 + nth) * HOUR, id=f"last{word}")
    assert desk.member().slices["f"]["seen"] == []


@pytest.mark.parametrize("number", [0, 33])
def test_a_funnel_has_some_steps_but_not_too_many(number: int) -> None:
    """One is a funnel, nobody reads thirty-three."""
    with pytest.raises(ValueError, match="step") as caught:
        funnel(*["message"] * number) if number else Funnel(
            key=KEY, steps=(), window=Duration.parse("1d")
        )
    assert isinstance(caught.value, DefinitionError) is bool(number)


def test_a_funnel_says_which_events_it_wants() -> None:
    """Those of its steps, and its own timers."""
    wanted = {"joined", "badge", "timer_fired", "identity_linked"}
    assert funnel("joined", "badge").words == wanted
