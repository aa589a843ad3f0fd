"""Two records side by side: what differs, who, since when, and what is left out."""

from datetime import date

import pytest
from attrs import evolve

from community_sdk import Duration
from community_sdk import events as ev
from community_sdk.backtest import (
    AS_ACTED,
    Comparison,
    Difference,
    Treatment,
    What,
    backtest,
)
from community_sdk.errors import DefinitionError, HistoryError
from community_sdk.model import CommunityId, DecisionId, EventId, MemberId
from community_sdk.policies import PenaltyLadder, Trigger
from tests.unit.backtest.stage import book, breach, day, message
from tests.unit.desk import START, TICK

ANN, BO = MemberId("ann"), MemberId("bo")


def sorts(found: Comparison) -> list[tuple[What, str, str, int]]:
    """The sorts of differences."""
    return [(r.what, r.one, r.other, r.count) for r in found.differences]


def test_another_measure() -> None:
    """Both answer the breach, with reasons of their own."""
    found = backtest([breach(0)], book("reminder"), book("mute 24h"))
    assert sorts(found) == [(What.MEASURE, "reminder", "mute", 1)]
    (top,) = found.top
    assert (top.member, top.at, top.parted.at) == (ANN, START, START)
    assert top.why_one is not None
    assert top.why_other is not None
    assert (top.why_one["measure"], top.why_other["measure"]) == ("reminder", "mute")
    assert found.members[Treatment.WORSE] == 1
    assert [(r.day, r.harsher, r.milder) for r in found.days] == [(START.date(), 1, 0)]


def test_only_one_decides_and_the_other_says_where_the_member_stands() -> None:
    """The reason for nothing is the standing at that moment."""
    found = backtest([breach(0)], book("warning"), book("-", "warning"))
    (top,) = found.top
    assert (top.what, top.other) == (What.ONLY_ONE, None)
    assert top.why_other is not None
    counted = [
        e["counted"] for e in top.why_other.walk() if e.key == "penalty.standing"
    ]
    assert counted == [1]
    assert found.members[Treatment.BETTER] == 1


def test_another_end_and_another_mode() -> None:
    """The measure is the same."""
    longer = backtest([breach(0)], book("mute 24h"), book("mute 48h"))
    assert sorts(longer) == [(What.END, "mute", "mute", 1)]
    assert longer.members[Treatment.WORSE] == 1
    asked = backtest([breach(0)], book("mute 24h"), book("mute 24h", mode="propose"))
    assert sorts(asked) == [(What.MODE, "mute", "mute", 1)]
    assert asked.members[Treatment.BETTER] == 1


def test_another_time_of_the_same_day() -> None:
    """Under another policy, from another breach, it is the same sanction later."""
    history = [breach(0), breach(0.1)]
    one, other = book("reminder", "-"), book("-", "reminder", key="other")
    (ladder,) = one.policies
    assert isinstance(ladder, PenaltyLadder)
    one = evolve(one, policies=(evolve(ladder, trigger=Trigger.ON_CROSSING),))
    found = backtest(history, one, other)
    assert sorts(found) == [(What.TIME, "reminder", "reminder", 1)]
    assert found.members[Treatment.BETTER] == 1


def test_the_records_part_once() -> None:
    """Every later difference names the first."""
    told: list[Difference] = []
    history = [breach(0), breach(1), breach(2)]
    one, other = book("reminder", "warning", "mute 24h"), book("reminder", "reminder")
    backtest(history, one, other, on_difference=told.append)
    assert [d.at for d in told] == [day(1), day(2)]
    assert {d.parted.at for d in told} == {day(1)}
    assert told[0].parted.trigger == history[1].id


def test_what_is_in_shadow_touches_nobody() -> None:
    """It is counted, and not compared."""
    found = backtest([breach(0)], book("ban"), book("ban", mode="shadow"))
    assert sorts(found) == [(What.ONLY_ONE, "ban", "", 1)]
    assert (found.other.shadow, found.other.compared) == (1, 0)
    (row,) = found.differences
    assert row.open_one


def test_acts_after_a_removal_are_folded_and_flagged() -> None:
    """Until the member comes back, and not from then on."""
    joined = ev.Joined(id=EventId("j"), at=day(3), member=ANN)
    history = [breach(0), message(1), breach(2), joined, message(4)]
    found = backtest(history, book("remove"), book("reminder"))
    assert (found.one.acts_after, found.one.members_after) == (2, 1)
    assert found.other.acts_after == 0


def test_what_rests_on_impossible_acts_is_flagged() -> None:
    """The decision, the difference and the sort of differences."""
    history = [breach(0), breach(2)]
    found = backtest(history, book("suspend 240h", "ban"), book("reminder"))
    assert found.one.decisions_after == 1
    assert [d.after_one for d in found.top] == [True, False]
    assert {row.one: row.after for row in found.differences} == {"ban": 1, "suspend": 0}


def test_a_suspension_bars_up_to_its_end() -> None:
    """At the end itself the member is back; before, coming in is impossible as well."""
    history = [
        breach(0),
        ev.Joined(id=EventId("j"), at=day(1), member=ANN),
        evolve(message(2), at=day(2) - TICK, recorded_at=day(2) - TICK),
        message(2.0),
    ]
    history[2] = evolve(history[2], id=EventId("before"))
    found = backtest(history, book("suspend 48h"), book("-", "warning"))
    assert found.one.acts_after == 2


def test_mercy_ends_a_bar() -> None:
    """A lifted ban bars nobody."""
    told: list[Difference] = []
    one, other = book("ban"), book("-", "warning")
    backtest([breach(0)], one, other, on_difference=told.append)
    assert told[0].one is not None
    lifted = ev.SanctionLifted(
        id=EventId("l"), at=day(1), member=ANN, sanction=DecisionId(told[0].one.id)
    )
    found = backtest([breach(0), message(0.5), lifted, message(2)], one, other)
    assert found.one.acts_after == 1


def test_who_turns_out_to_be_one_person_is_one_person() -> None:
    """Differences and bars of an account move to the member."""
    linked = ev.IdentityLinked(id=EventId("i"), at=day(1), member=ANN, alias=BO)
    history = [breach(0, "bo"), linked, message(2), message(3, "bo")]
    found = backtest(history, book("ban"), book("reminder"))
    assert [row.member for row in found.people] == [ANN]
    assert found.counts["members"] == 1
    assert (found.one.acts_after, found.one.members_after) == (2, 1)
    assert [d.member for d in found.top] == [d.member for d in found.examples] == [ANN]


def test_days_are_those_of_the_zone_that_both_share() -> None:
    """Else of UTC."""
    history = [evolve(breach(0), at=day(0.4), recorded_at=day(0.4))]
    one, other = (book(s, zone="Asia/Shanghai") for s in ("reminder", "warning"))
    assert backtest(history, one, other).days[0].day == date(2026, 1, 6)
    mixed = backtest(history, one, book("warning"))
    assert (mixed.zone, mixed.days[0].day) == ("UTC", date(2026, 1, 5))


def test_only_what_came_from_outside_is_replayed() -> None:
    """Facts and adoptions are left out, repeats are no-ops, all counted."""
    fact = ev.Admitted(id=EventId("f"), at=day(0), member=ANN)
    adopted = ev.PlaybookAdopted(
        id=EventId("a"), at=day(0), version="2", digest="x", effective=day(0)
    )
    history = [fact, adopted, breach(0), breach(0)]
    found = backtest(history, book("reminder"), book("warning"))
    assert dict(found.counts) == {
        "events": 1,
        "duplicates": 1,
        "derived": 1,
        "adoptions": 1,
        "members": 1,
        "bots": 0,
    }


def test_bots_are_counted_apart() -> None:
    """Nobody treats a machine."""
    bot = ev.Joined(id=EventId("j"), at=day(0), member=BO, bot=True)
    found = backtest([bot, breach(0)], book("reminder"), book("warning"))
    assert found.counts["bots"] == 1
    assert sum(found.members.values()) == 1


def test_too_late_for_one_side_only() -> None:
    """Each has a lateness of its own."""
    late = evolve(breach(0), recorded_at=day(3))
    one = book("reminder")
    found = backtest([late], one, evolve(one, lateness=Duration.parse("1d")))
    assert (found.one.late, found.other.late) == (0, 1)
    assert sorts(found) == [(What.ONLY_ONE, "reminder", "", 1)]


def test_few_are_kept_all_are_counted() -> None:
    """The harshest, then the earliest."""
    history = [breach(n, f"m{n}") for n in range(5)]
    history.append(breach(5, "m0"))
    found = backtest(history, book("reminder", "ban"), book("-", "-", "mute"), keep=2)
    assert found.different == 6
    assert [(d.member, d.at) for d in found.top] == [("m0", day(5)), ("m0", day(0))]
    assert backtest(history, book("reminder"), book("warning"), keep=0).top == ()


def test_progress_is_told() -> None:
    """After each event."""
    told: list[int] = []
    one = book("reminder")
    backtest([breach(0), breach(1)], one, one, progress=told.append)
    assert told == [1, 2]


def test_what_cannot_be_compared_is_refused() -> None:
    """With words of its own."""
    one = book("reminder")
    there = evolve(one, community=evolve(one.community, key=CommunityId("there")))
    with pytest.raises(DefinitionError, match="`home` and `there`"):
        backtest([breach(0)], one, there)
    with pytest.raises(DefinitionError, match="compare the operators with"):
        backtest([breach(0)], AS_ACTED, AS_ACTED)
    with pytest.raises(HistoryError, match="found none"):
        backtest([], one, one)
    with pytest.raises(HistoryError, match="comes after") as wrong:
        backtest([breach(1), breach(0)], one, one)
    assert wrong.value.code == "backtest.disorder"


def test_a_foreign_event_is_refused_or_told() -> None:
    """Whoever wants to hear of it goes on without it."""
    one = book("reminder")
    foreign = evolve(breach(0), community=CommunityId("there"))
    with pytest.raises(HistoryError, match="belongs to `there`"):
        backtest([foreign], one, one)
    told: list[str] = []
    found = backtest(
        [foreign, breach(1)],
        one,
        one,
        on_refused=lambda event, error: told.append(f"{event.id}: {error.code}"),
    )
    assert told == [f"{foreign.id}: event.community"]
    assert found.counts["events"] == 1
