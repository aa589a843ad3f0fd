"""Two accounts are one person: nothing is lost, nothing is counted twice."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import EPOCH, micros
from community_sdk.metrics import Metric
from community_sdk.model import DecisionId, MemberStatus, RoleName, RuleCode, TierKey
from community_sdk.state import absorb
from tests.unit.desk import DAY, HOUR, START, Folded

POSTS = Metric("count", kind="message")
MAKES = [ev.Joined, ev.Left, ev.MemberRemoved, ev.MessagePosted, ev.Waitlisted]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(MAKES),
        st.sampled_from(["ann", "alt", "bo"]),
        st.sampled_from([None, "a", "b"]),
        st.booleans(),
    ),
    max_size=10,
)


def merged(folded: Folded) -> Folded:
    """Find out that `alt` is `ann`."""
    absorb(folded.member("ann"), folded.member("alt"), folded.community)
    return folded


@given(ACTS)
def test_counts_stay_those_of_the_people(
    acts: list[tuple[Any, str, str | None, bool]],
) -> None:
    """INVARIANT: members, groups and the waiting list, whoever is a bot."""
    folded = Folded(POSTS)
    for nth, (make, name, group, bot) in enumerate(acts):
        more: dict[str, Any] = {} if group is None else {"group": group}
        if bot and make is ev.Joined:
            more["bot"] = True
        folded.tell(make, START + nth * HOUR, name, **more)
    merged(folded)
    people = [m for m in folded.members.values() if not m.bot and m.merged is None]
    assert folded.community.members == sum(m.here for m in people)
    for group in ("a", "b"):
        inside = sum(group in m.groups for m in people)
        assert folded.community.groups.get(group, 0) == inside
    waiting = [w[:2] for w in folded.community.waiting]
    assert len({*waiting}) == len(waiting)
    assert "alt" not in {name for _, name in waiting}


def test_what_both_did_counts_for_one() -> None:
    """Figures, strikes in order of occurrence, sanctions, duties, timers."""
    folded = Folded(POSTS)
    for name, day in (("ann", 2), ("alt", 1), ("alt", 3)):
        folded.tell(ev.MessagePosted, START + day * DAY, name)
        folded.tell(ev.RuleBroken, START + day * DAY, name, rule=RuleCode("flood"))
        folded.tell(
            ev.SanctionImposed,
            START,
            name,
            sanction=DecisionId(f"{name}{day}"),
            measure="mute",
            order=50,
            until=START + 9 * DAY,
        )
    member = merged(folded).member("ann")
    assert folded.measure(POSTS, START + 4 * DAY) == 3
    days = [(s.occurred - micros(START)) // micros(EPOCH + DAY) for s in member.strikes]
    assert days == [1, 2, 3]
    assert {*member.timers} == {f"~sanction/{r.id}" for r in member.sanctions}
    assert len(member.sanctions) == 3
    assert (member.since, member.first) == (micros(START + DAY), micros(START))


def test_the_alias_only_leads_on() -> None:
    """What is kept twice would be counted twice."""
    folded = Folded(POSTS)
    folded.tell(ev.Joined, START, "ann")
    folded.tell(ev.Joined, START, "alt", group="a")
    folded.tell(ev.RuleBroken, START, "alt", rule=RuleCode("flood"))
    alias = merged(folded).member("alt")
    assert alias.merged == "ann"
    assert alias.plain() == {"id": "alt", "status": "unknown", "merged": "ann"}


@pytest.mark.parametrize(
    ("mine", "theirs", "status", "since"),
    [
        ([], [ev.Joined], MemberStatus.ACTIVE, 10),
        ([ev.Joined], [], MemberStatus.ACTIVE, 0),
        ([ev.Joined, ev.Left], [ev.Joined], MemberStatus.ACTIVE, 10),
        ([ev.Joined], [ev.Joined, ev.Left], MemberStatus.ACTIVE, 0),
        ([ev.Joined], [ev.Joined], MemberStatus.ACTIVE, 0),
        ([ev.Joined, ev.Left], [ev.Joined, ev.MemberRemoved], MemberStatus.LEFT, 0),
        ([], [ev.JoinRequested], MemberStatus.PENDING, None),
    ],
)
def test_who_is_here_with_one_account_is_here(
    mine: list[Any], theirs: list[Any], status: MemberStatus, since: int | None
) -> None:
    """Since the running membership began; of two running ones, since the older."""
    folded = Folded()
    for nth, make in enumerate(mine):
        folded.tell(make, START + nth * HOUR, "ann")
    for nth, make in enumerate(theirs):
        folded.tell(make, START + (10 + nth) * HOUR, "alt")
    member = merged(folded).member("ann")
    begin = None if since is None else micros(START + since * HOUR)
    assert (member.status, member.since) == (status, begin)


def test_a_removed_person_does_not_come_back_by_another_account() -> None:
    """The terms of re-entry follow the person."""
    folded = Folded()
    folded.tell(ev.Joined, START, "alt")
    folded.tell(ev.MemberRemoved, START + DAY, "alt")
    folded.tell(ev.JoinRequested, START + 2 * DAY, "ann")
    member = merged(folded).member("ann")
    assert member.removed == micros(START + DAY)


def test_the_later_word_about_a_role_holds() -> None:
    """Also where one account lost the role that the other has now."""
    folded = Folded()
    role = {"role": RoleName("host")}
    folded.tell(ev.RoleAssigned, START, "ann", **role)
    folded.tell(ev.RoleEnded, START + DAY, "ann", **role)
    folded.tell(ev.RoleAssigned, START + 2 * DAY, "alt", **role)
    folded.tell(ev.RoleAssigned, START, "alt", role=RoleName("owner"))
    member = merged(folded).member("ann")
    assert member.as_member(micros(START + 3 * DAY)).roles == ("host", "owner")


def test_the_members_own_standing_comes_first() -> None:
    """Tiers and what policies remember are the alias's only where there is nothing."""
    folded = Folded()
    for name, tiers in (("ann", ["grade"]), ("alt", ["grade", "badge"])):
        for tier in tiers:
            more = {"tiers": tier, "tier": TierKey(name), "since": START}
            folded.tell(ev.TierImported, START, name, **more)
    ann, alt = folded.member("ann"), folded.member("alt")
    ann.slices = {"p": {"n": 1}, "r": None}
    alt.slices = {"p": {"n": 2}, "q": {"n": 3}, "r": {"n": 4}}
    ann.timers, alt.timers = {"p/t": (5, 0)}, {"p/t": (3, 0), "q/t": (4, 0)}
    merged(folded)
    assert {key: held.tier for key, held in ann.tiers.items()} == {
        "grade": "ann",
        "badge": "alt",
    }
    assert ann.slices == {"p": {"n": 1}, "q": {"n": 3}, "r": {"n": 4}}
    assert ann.timers == {"p/t": (5, 0), "q/t": (4, 0)}


def test_where_one_is_a_bot_both_are() -> None:
    """Nothing of it counts."""
    folded = Folded(POSTS)
    folded.tell(ev.MessagePosted, START, "ann")
    folded.tell(ev.Joined, START, "alt", bot=True)
    member = merged(folded).member("ann")
    assert member.bot
    assert folded.measure(POSTS, START) == 0
    assert folded.community.members == 0
