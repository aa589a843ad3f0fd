"""Staff of a channel: shifts, caps, backup, and one person for one person (S18)."""

from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Dates, Duration, Hours
from community_sdk.decisions import AssignStaff, RefuseRoute, WaitForRoute
from community_sdk.engine import Engine, Step
from community_sdk.errors import DefinitionError
from community_sdk.model import EventId, MemberId, PolicyKey, Role, RoleName
from community_sdk.playbook import Playbook, dumps, loads
from community_sdk.policies import ContactWatch, DeskShift, StaffDesk, StaffRouting
from community_sdk.wording import say_decision
from tests.unit.desk import DAY, HOME, HOUR, START, Book, Desk

SUE, SAM, SID = MemberId("sue"), MemberId("sam"), MemberId("sid")
DAYTIME = (Hours.parse("09:00-18:00"),)
NIGHT = (Hours.parse("22:00-06:00"),)
WATCH = ContactWatch(key=PolicyKey("contacts"), duty=RoleName("host"))
BOTH = StaffDesk(shifts=(DeskShift(staff=(SUE, SAM), hours=DAYTIME),))


def policy(*desks: StaffDesk, **more: Any) -> StaffRouting:
    """The routing of channels, which knows of contacts."""
    key = PolicyKey("staff")
    return StaffRouting(key=key, desks=desks, contacts="contacts", **more)


def desk(*desks: StaffDesk, **more: Any) -> Desk:
    """A desk that gives people to the staff."""
    return Desk(policy(*desks, **more), WATCH)


def ask(one: Desk, when: datetime, name: str = "ann", channel: str = "") -> Step:
    """Tell that somebody asks for the staff."""
    return one.tell(ev.StaffRequested, when, name, channel=channel)


def told(step: Step) -> list[tuple[str, str]]:
    """Who is given to whom, waits, or is refused."""
    found: list[tuple[str, str]] = []
    for each in step.decisions:
        if isinstance(each, AssignStaff):
            found.append((str(each.person), str(each.staff)))
        elif isinstance(each, WaitForRoute):
            found.append((str(each.person), f"waits {each.place}"))
        elif isinstance(each, RefuseRoute):
            found.append((str(each.person), "refused"))
    return found


def test_the_least_busy_of_the_shift_takes_the_next_one() -> None:
    """In the order of the shift where two are as busy."""
    one = desk(BOTH)
    found = [told(ask(one, START, name))[0] for name in ("ann", "bo", "cy")]
    assert found == [("ann", "sue"), ("bo", "sam"), ("cy", "sue")]


def test_nobody_lands_with_two_of_the_staff() -> None:
    """Whoever was given, or has a contact, goes there again."""
    one = desk(BOTH)
    ask(one, START)
    again = ask(one, START + HOUR)
    assert told(again) == [("ann", "sue")]
    assert again.decisions[0].because["how"] == "known"
    one.tell(ev.ContactAdded, START, "bo", staff="sid")
    assert told(ask(one, START + HOUR, "bo")) == [("bo", "sid")]
    one.tell(ev.ContactDeleted, START + HOUR, "bo", staff="sid")
    assert told(ask(one, START + HOUR, "bo")) == [("bo", "sam")]
    assert told(ask(one, START + 23 * HOUR)) == [("ann", "sue")]
    assert told(ask(one, START + 46 * HOUR)) == [("ann", "sue")]


@pytest.mark.parametrize("first", ["ann", "alt"])
def test_two_accounts_of_one_person_come_to_one_of_the_staff(first: str) -> None:
    """Whichever asked; of two the one that came first, and one turn in the line."""
    one = desk(StaffDesk(shifts=(DeskShift(staff=(SUE, SAM)),), daily=1))
    other = "alt" if first == "ann" else "ann"
    assert told(ask(one, START, first)) == [(first, "sue")]
    assert told(ask(one, START, other)) == [(other, "sam")]
    for name in ("bo", "bob", "cy"):
        ask(one, START, name)
    for name, alias in (("ann", "alt"), ("bo", "bob")):
        one.tell(ev.IdentityLinked, START + HOUR, name, alias=MemberId(alias))
    assert told(ask(one, START + HOUR)) == [("ann", "sue")]
    assert told(ask(one, START + HOUR, "cy")) == [("cy", "waits 2")]
    assert told(ask(one, START + HOUR, "bob")) == [("bo", "waits 1")]


def test_a_full_day_calls_the_backup_and_then_the_line() -> None:
    """The cap is that of a local day; the next one begins with who waits."""
    one_a_day = StaffDesk(shifts=(DeskShift(staff=(SUE,)),), daily=1, backup=(SAM, SUE))
    one = desk(one_a_day)
    names = ("ann", "bo", "cy", "dee", "cy")
    steps = [ask(one, START, name) for name in names]
    assert [told(step)[0][1] for step in steps] == [
        *("sue", "sam", "waits 1", "waits 2", "waits 1")
    ]
    step = one.advance(START + 13 * HOUR)
    assert told(step) == [("cy", "sue"), ("dee", "sam")]
    assert step.decisions[0].at == START + 12 * HOUR
    assert step.decisions[0].member is None


def test_who_waits_is_taken_when_a_shift_begins() -> None:
    """Or is in other hands by then."""
    evening = StaffDesk(shifts=(DeskShift(staff=(SUE,), hours=NIGHT),))
    one = desk(evening)
    assert told(ask(one, START)) == [("ann", "waits 1")]
    assert told(ask(one, START, "bo")) == [("bo", "waits 2")]
    one.tell(ev.ContactAdded, START + HOUR, "bo", staff="sam")
    step = one.advance(START + 11 * HOUR)
    assert told(step) == [("ann", "sue")]
    assert step.decisions[0].at == START + 10 * HOUR
    assert told(ask(one, START + 17 * HOUR, "cy")) == [("cy", "sue")]
    assert told(ask(one, START + 18 * HOUR, "dee")) == [("dee", "waits 1")]
    one.tell(ev.ContactAdded, START + 18 * HOUR, "dee", staff="sam")
    assert "staff/look" not in one.engine.community.timers


def test_special_dates_come_before_the_week() -> None:
    """On them nobody of the weekly plan is there; without hours the desk is closed."""
    dates = (Dates.parse("2026-01-06"),)
    plan = StaffDesk(
        shifts=(
            DeskShift(staff=(SUE,), days=frozenset({"mon", "tue"})),
            DeskShift(staff=(SAM,), dates=dates),
            DeskShift(staff=(SID,), dates=(Dates.parse("2026-01-12"),), hours=()),
        )
    )
    one = desk(plan)
    assert told(ask(one, START)) == [("ann", "sue")]
    assert told(ask(one, START + DAY, "bo")) == [("bo", "sam")]
    assert told(ask(one, START + 2 * DAY, "cy")) == [("cy", "waits 1")]
    assert told(one.advance(START + 7 * DAY)) == []
    assert told(one.advance(START + 8 * DAY)) == [("cy", "sue")]


def test_a_channel_has_its_own_desk_or_the_common_one() -> None:
    """Without either the request is refused with the reason; nobody asks for nobody."""
    street = StaffDesk(channel="street", shifts=(DeskShift(staff=(SID,)),))
    one = desk(street, BOTH)
    assert told(ask(one, START, channel="street")) == [("ann", "sid")]
    assert told(ask(one, START, "bo", channel="page")) == [("bo", "sue")]
    alone = desk(street)
    refused = ask(alone, START, channel="page")
    assert told(refused) == [("ann", "refused")]
    assert say_decision(refused.decisions[0], "en").endswith(
        "Nobody looks after the channel “page”."
    )
    nobody = ev.StaffRequested(id=EventId("x"), at=START)
    assert alone.engine.receive(nobody).decisions == ()


ASKS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 9)), max_size=25)


@given(ASKS, st.integers(1, 2))
def test_never_over_the_cap_and_never_silent(
    asks: list[tuple[str, int]], daily: int
) -> None:
    """Counted by hand: new people of each day and staff; every request answered."""
    plan = StaffDesk(
        shifts=(DeskShift(staff=(SUE, SAM), hours=DAYTIME),), daily=daily, backup=(SID,)
    )
    one = desk(plan, hold=Duration.parse("90d"))
    given_to: dict[str, str] = {}
    days: Counter[tuple[str, object]] = Counter()
    now = START
    for name, gap in asks:
        now += gap * HOUR
        step = ask(one, now, name)
        assert any(getattr(d, "person", None) == name for d in step.decisions)
        for each in step.decisions:
            if isinstance(each, AssignStaff):
                staff, who = str(each.staff), str(each.person)
                assert given_to.setdefault(who, staff) == staff
                when = each.at or now
                days[staff, when.date()] += each.because["how"] != "known"
    assert max(days.values(), default=0) <= daily


def test_a_desk_that_is_gone_leaves_people_in_the_line() -> None:
    """Until there is one for their channel again."""
    closed = StaffDesk(channel="page", shifts=(DeskShift(staff=(SUE,), hours=()),))
    one = desk(closed)
    ask(one, START, channel="page")
    other = StaffDesk(channel="street", shifts=closed.shifts)
    book = Book(policies=(policy(other), WATCH))
    again = Engine.restore(book, one.engine.snapshot())
    assert again.advance(START + DAY).decisions == ()


def test_it_is_told_in_both_languages() -> None:
    """Who takes care of whom, and why one waits."""
    one = desk(StaffDesk(shifts=(DeskShift(staff=(SUE,)),), daily=1))
    first, second = ask(one, START).decisions[0], ask(one, START, "bo").decisions[0]
    assert say_decision(first, "en") == (
        "Let sue take care of ann. The least busy of the shift today."
    )
    assert say_decision(second, "zh") == (
        "请 bo 等候，排在第 1 位。目前无人可接待，排在第 1 位。"
    )


def test_a_file_holds_all_of_it() -> None:
    """Written to a file and read back it is the same; a channel has one desk."""
    shift = DeskShift(
        staff=(SUE,),
        hours=NIGHT,
        days=frozenset({"sat"}),
        dates=(Dates.parse("2026-10-01..2026-10-07"),),
    )
    plan = StaffDesk(shifts=(shift,), channel="page", daily=30, backup=(SAM,))
    held = policy(plan, hold=Duration.parse("2h"))
    hosts = (Role(name=RoleName("host")),)
    book = Playbook(community=HOME, roles=hosts, policies=(held, WATCH))
    assert loads(dumps(book)).policies == book.policies
    with pytest.raises(DefinitionError) as caught:
        policy(BOTH, BOTH)
    assert caught.value.code == "staff_desk.twice"
