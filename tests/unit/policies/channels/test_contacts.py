"""Contacts and follow-up: lost, asked back once, taken back in time (S18 S20)."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import ReclaimMember, Recommend
from community_sdk.engine import Step
from community_sdk.model import (
    ContactSide,
    FollowUpStage,
    PolicyKey,
    RoleName,
    TierKey,
)
from community_sdk.playbook import Playbook, dumps, loads
from community_sdk.policies import ContactWatch, FollowUp, ReclaimRule
from community_sdk.wording import say, say_decision
from tests.unit.desk import DAY, HOME, HOUR, START, TICK, Book, Desk

WATCH = ContactWatch(key=PolicyKey("contacts"), duty=RoleName("host"))
STAFF = ContactSide.STAFF
POOL = FollowUp(
    key=PolicyKey("work"),
    rules=(
        ReclaimRule(after=Duration.parse("30d"), tiers=("core",)),
        ReclaimRule(after=Duration.parse("7d"), remind=Duration.parse("5d")),
    ),
)


def told(step: Step) -> list[str]:
    """What a step recommends or takes back."""
    found = [d.action for d in step.decisions if isinstance(d, Recommend)]
    return found + [
        f"from {d.staff}" for d in step.decisions if isinstance(d, ReclaimMember)
    ]


def add(one: Desk, when: datetime, staff: str = "sue", **more: Any) -> Step:
    """Tell that ann and somebody of the staff became contacts."""
    return one.tell(ev.ContactAdded, when, staff=staff, way="scan", **more)


def end(one: Desk, when: datetime, staff: str = "sue", **more: Any) -> Step:
    """Tell that a contact was ended, by ann if nothing else is said."""
    return one.tell(ev.ContactDeleted, when, staff=staff, **more)


def standing(one: Desk, policy: ContactWatch | FollowUp, lang: str = "en") -> str:
    """Where ann stands with *policy*."""
    state = one.view()
    state.mine = one.member().slices.get(policy.key) if one.engine.members else None
    return say(policy.standing(state), lang)


def test_a_loss_is_told_once_and_asked_back_once() -> None:
    """After its time, and not if somebody came back before."""
    one = Desk(WATCH)
    add(one, START)
    add(one, START, "sam")
    assert told(end(one, START + DAY)) == ["look_after_loss"]
    assert told(end(one, START + DAY)) == []
    last = end(one, START + 2 * DAY, "sam")
    assert told(last) == ["look_after_loss"]
    assert told(one.advance(START + 9 * DAY - TICK)) == []
    step = one.advance(START + 9 * DAY)
    assert told(step) == ["win_back"]
    assert say_decision(last.decisions[0], "en").endswith(
        "The contact with sam was ended by the member; none is left."
    )
    assert "由其本人解除" in say_decision(step.decisions[0], "zh")
    assert told(one.advance(START + 300 * DAY)) == []


def test_whoever_returns_is_not_asked() -> None:
    """And a second loss within the cool-down asks nobody a second time."""
    one = Desk(WATCH)
    add(one, START)
    end(one, START + DAY)
    add(one, START + 2 * DAY)
    assert told(one.advance(START + 30 * DAY)) == []
    end(one, START + 30 * DAY)
    assert told(one.advance(START + 40 * DAY)) == ["win_back"]
    add(one, START + 41 * DAY)
    end(one, START + 42 * DAY)
    assert told(one.advance(START + 60 * DAY)) == []
    add(one, START + 200 * DAY)
    end(one, START + 201 * DAY)
    assert told(one.advance(START + 220 * DAY)) == ["win_back"]


def test_whom_the_staff_deleted_is_not_asked_back() -> None:
    """The loss is told, also of a contact that nobody had told of."""
    one = Desk(WATCH)
    assert told(end(one, START, side=STAFF)) == ["look_after_loss"]
    assert told(one.advance(START + 30 * DAY)) == []


@given(st.permutations([(0, True), (1, False), (2, True), (3, False), (4, True)]))
def test_the_latest_word_on_a_pair_holds(said: list[tuple[int, bool]]) -> None:
    """In whatever order it was told."""
    one = Desk(WATCH)
    for day, on in said:
        late = START + 5 * DAY
        (add if on else end)(one, START + day * DAY, recorded_at=late)
    mine = one.member().slices["contacts"]
    assert WATCH.lost(mine) is False
    end(one, START + 6 * DAY)
    assert WATCH.lost(mine) is True


def test_contacts_of_two_accounts_come_together() -> None:
    """The later word on each pair holds."""
    one = Desk(WATCH)
    add(one, START, "sam")
    add(one, START)
    one.tell(ev.ContactDeleted, START + HOUR, "bo", staff="sue")
    one.tell(ev.ContactAdded, START - HOUR, "bo", staff="sam")
    one.tell(ev.ContactAdded, START - HOUR, "bo", staff="sid")
    one.tell(ev.IdentityLinked, START + HOUR, alias="bo")
    assert standing(one, WATCH) == (
        "2 contacts: sam since 5 January 2026 at 12:00 UTC, added 1 times; sid since"
        " 5 January 2026 at 11:00 UTC, added 1 times; sue, ended on 5 January 2026 at"
        " 13:00 UTC by the member, added 0 times."
    )
    assert WATCH.lost(WATCH.start()) is None
    assert say(WATCH.standing(one.view("nobody")), "zh") == "从未有过联系人。"


def test_a_contact_of_another_account_saves_from_being_asked() -> None:
    """The person is not lost; a repeated end does not put the time off."""
    one = Desk(WATCH)
    add(one, START)
    end(one, START)
    end(one, START + 3 * DAY)
    one.tell(ev.ContactAdded, START + 3 * DAY, "bo", staff="sam")
    assert told(one.advance(START + 6 * DAY)) == []
    one.tell(ev.IdentityLinked, START + 6 * DAY, alias="bo")
    assert told(one.advance(START + 9 * DAY)) == []
    both = Desk(WATCH)
    end(both, START, recorded_at=START + DAY)
    add(both, START - HOUR, recorded_at=START + DAY)
    both.tell(ev.ContactDeleted, START + DAY, "bo", staff="sam")
    both.tell(ev.IdentityLinked, START + DAY, alias="bo")
    assert told(both.advance(START + 30 * DAY)) == ["win_back"]
    two = Desk(WATCH)
    end(two, START)
    end(two, START + 3 * DAY)
    late = START + 4 * DAY
    add(two, START + 2 * DAY, recorded_at=late)
    assert two.advance(START + 7 * DAY).decisions[0].at == START + 7 * DAY


def test_who_is_left_lying_goes_back_into_the_pool() -> None:
    """Each follow-up moves the time on; a reminder comes before, once."""
    one = Desk(POOL)
    one.tell(ev.FollowUpClaimed, START, staff="sue")
    one.tell(ev.FollowedUp, START + 4 * DAY, actor="sue")
    one.tell(ev.FollowedUp, START + 3 * DAY, recorded_at=START + 4 * DAY)
    assert standing(one, POOL) == (
        "Stage “to follow”, followed up by sue, who must do so again before"
        " 16 January 2026 at 12:00 UTC."
    )
    reminded = one.advance(START + 10 * DAY)
    assert told(reminded) == ["follow_up"]
    step = one.advance(START + 40 * DAY)
    assert told(step) == ["from sue"]
    assert step.decisions[0].at == START + 11 * DAY
    assert standing(one, POOL, "zh") == "跟进阶段为“待跟进”，在公海中。"
    assert told(one.advance(START + 90 * DAY)) == []
    assert say_decision(step.decisions[0], "zh").startswith("把 ann 从 sue 收回公海")
    assert "16 January 2026" in say_decision(reminded.decisions[0], "en")


@pytest.mark.parametrize("stage", [FollowUpStage.WON, FollowUpStage.GONE])
def test_a_stage_that_is_over_is_not_taken_back(stage: FollowUpStage) -> None:
    """What was set by hand later holds, however late the other word came."""
    one = Desk(POOL)
    one.tell(ev.FollowUpClaimed, START, staff="sue")
    one.tell(ev.FollowUpStageSet, START + 2 * DAY, stage=stage)
    early = FollowUpStage.FOLLOWING
    late = START + 2 * DAY
    one.tell(ev.FollowUpStageSet, START + DAY, stage=early, recorded_at=late)
    assert told(one.advance(START + 90 * DAY)) == []
    assert "followed up by sue." in standing(one, POOL)


def test_the_level_of_a_member_decides_the_time() -> None:
    """A rise gives more time at once."""
    one = Desk(POOL)
    one.tell(ev.FollowUpClaimed, START, staff="sue")
    tier: dict[str, Any] = {"tiers": "grade", "tier": TierKey("core"), "since": START}
    one.tell(ev.TierImported, START + DAY, **tier)
    one.tell(ev.FollowedUp, START + DAY)
    assert told(one.advance(START + 30 * DAY)) == []
    assert told(one.advance(START + 31 * DAY)) == ["from sue"]


def test_two_accounts_go_on_with_the_later_follow_up() -> None:
    """Its staff and its stage."""
    one = Desk(POOL)
    one.tell(ev.FollowUpClaimed, START, staff="sue")
    one.tell(ev.FollowUpClaimed, START + DAY, "bo", staff="sam")
    one.tell(ev.IdentityLinked, START + DAY, alias="bo")
    assert "followed up by sam" in standing(one, POOL)


def test_a_file_holds_all_of_it() -> None:
    """Written to a file and read back it is the same; unknown words are named."""
    rule = ReclaimRule(
        after=Duration.parse("7d"),
        stages=(FollowUpStage.FOLLOWING,),
        tiers=("core", "moon"),
        remind=Duration.parse("5d"),
    )
    pool = FollowUp(key=PolicyKey("pool"), rules=(rule,))
    watch = ContactWatch(
        key=PolicyKey("c"),
        duty=RoleName("nurse"),
        after=Duration.parse("3d"),
        cool_down=Duration.parse("60d"),
    )
    plain = Book()
    known = ("fan", "active", "core")
    assert list(pool.problems(plain)) == [("rules[0].tiers[1]", "moon", known)]
    assert list(watch.problems(plain)) == [("duty", "nurse", ("owner", "host"))]
    assert list(WATCH.problems(plain)) == []
    book = Playbook(
        community=HOME,
        policies=(POOL, WATCH),
        roles=tuple(plain.roles),
        tiers=tuple(plain.tiers),
    )
    assert loads(dumps(book)).policies == book.policies
