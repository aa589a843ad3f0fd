"""Blacklists and ways back: by scope, with expiry and appeal (S03 S25)."""

from __future__ import annotations

from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.model import (
    BlacklistScope,
    EventId,
    RuleCode,
)
from community_sdk.policies import (
    Blacklists,
    EntryRequirement,
)
from tests.unit.desk import DAY, HOUR, START, TICK
from tests.unit.policies.entrances import OWNER, A, B, ask, door, reasons

AREAS = Blacklists(
    areas={"spring": (A,), "kim": (B,)}, appeal_within=Duration.parse("2d")
)


@pytest.mark.parametrize(
    ("scope", "of", "group", "channel", "barred"),
    [
        ("community", "", "b", "", True),
        ("network", "", "", "", True),
        ("group", "a", "a", "", True),
        ("group", "a", "b", "", False),
        ("owner", "kim", "b", "", True),
        ("owner", "kim", "a", "kim", False),
        ("campaign", "spring", "a", "", True),
        ("campaign", "spring", "b", "spring", True),
        ("campaign", "spring", "b", "", False),
    ],
)
def test_a_blacklist_holds_where_it_says(
    scope: str, of: str, group: str, channel: str, barred: object
) -> None:
    """A group, an owner's groups, a campaign, everywhere."""
    desk = door(blacklists=AREAS)
    more = {"group": of} if scope == "group" else {"of": of}
    desk.tell(ev.Blacklisted, START, scope=BlacklistScope(scope), **more)
    where: dict[str, Any] = {"group": group} if group else {}
    answer = ask(desk, channel=channel, **where)
    assert answer.kind == ("refuse_admission" if barred else "admit")


def test_an_entry_ends_by_itself_or_by_an_appeal() -> None:
    """Its end is excluded; until when to appeal is told while one may."""
    desk = door(blacklists=AREAS)
    desk.tell(ev.Blacklisted, START, id="l1", until=START + 5 * DAY)
    desk.tell(ev.Blacklisted, START, "cy", id="l2")
    for after, appeal in (
        (2 * DAY, (START + 2 * DAY).isoformat()),
        (2 * DAY + TICK, None),
    ):
        (part,) = ask(desk, "cy", after).because.parts
        assert (part.key, part["appeal_until"]) == ("admission.blacklisted", appeal)
    assert ask(desk, after=5 * DAY - TICK).kind == "refuse_admission"
    assert ask(desk, after=5 * DAY).kind == "admit"
    desk.tell(ev.TakenOffBlacklist, START + 6 * DAY, "cy", entry=EventId("l2"))
    assert ask(desk, "cy", 7 * DAY).kind == "admit"


def test_what_was_taken_off_before_it_was_told_never_holds() -> None:
    """In whatever order the two are heard; twice the same entry is one."""
    desk = door()
    desk.tell(ev.TakenOffBlacklist, START, entry=EventId("l1"))
    desk.tell(ev.Blacklisted, START + TICK, id="l1")
    assert ask(desk).kind == "admit"
    assert len(desk.member().passage.listings) == 1


@pytest.mark.parametrize(
    ("scope", "of", "out"),
    [
        ("community", "", [None]),
        ("campaign", "spring", ["a"]),
        ("owner", "nobody", []),
    ],
)
def test_who_is_inside_is_to_be_taken_out(
    scope: str, of: str, out: list[str | None]
) -> None:
    """Of the places that the entry is about, by recommendation."""
    desk = door(blacklists=AREAS)
    for group in ("a", "b"):
        desk.tell(ev.Joined, START, group=group)
    step = desk.tell(
        ev.Blacklisted, START + HOUR, scope=BlacklistScope(scope), of=of, actor="bo"
    )
    told = [(d.kind, d.group) for d in step.decisions]
    assert told == [("recommend", group) for group in out]
    past: dict[str, Any] = {
        "recorded_at": START + 2 * HOUR,
        "until": START + HOUR,
        "scope": BlacklistScope(scope),
        "of": of,
    }
    assert not desk.tell(ev.Blacklisted, START, **past).decisions


def test_a_removed_member_comes_back_by_consent() -> None:
    """Of the owner; whoever brings one in without it breaks a rule."""
    desk = door(reentry_consent=(OWNER,), readmit_rule=RuleCode("quiet"))
    desk.tell(ev.Joined, START)
    desk.tell(ev.MemberRemoved, START + HOUR)
    answer = ask(desk, after=2 * HOUR)
    assert reasons(answer) == ["admission.needs_owner_consent"]
    step = desk.tell(ev.Joined, START + 3 * HOUR, actor="kim")
    told = {d.kind: d for d in step.decisions}
    assert told["report_breach"].member == "kim"
    assert told["recommend"].because.key == "admission.came_back"
    desk.tell(ev.MemberRemoved, START + 4 * HOUR)
    answer = ask(desk, after=5 * HOUR, actor="bo")
    assert answer.kind == "admit"


def test_a_request_that_is_open_ends_with_a_ban() -> None:
    """So does a place on the waiting list."""
    desk = door(capacity=1, requirements=(EntryRequirement(answer="adult"),))
    desk.tell(ev.Joined, START, "cy")
    ask(desk)
    ask(desk, "dee", answers={"adult": True})
    for member in ("ann", "dee"):
        ban = {"sanction": "x", "measure": "ban"}
        step = desk.tell(ev.SanctionImported, START + 2 * HOUR, member, **ban)
        assert [d.kind for d in step.decisions] == ["refuse_admission"]
    assert not desk.engine.community.waiting
