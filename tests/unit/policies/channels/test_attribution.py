"""Channels: every join attributed, the first touch kept, whole figures (S18)."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk.conditions import parse_condition
from community_sdk.decisions import (
    AttributeJoin,
    Decision,
    Mode,
    NoteChannelResult,
    SumUpChannel,
)
from community_sdk.engine import Step
from community_sdk.errors import DefinitionError
from community_sdk.model import Channel, GroupId, JoinCode, Money, PolicyKey, PoolGroup
from community_sdk.playbook import Playbook, dumps, loads
from community_sdk.policies import (
    ChannelAttribution,
    ChannelFigures,
    ChannelTally,
    JoinCodes,
)
from community_sdk.wording import say, say_decision
from tests.unit.desk import DAY, HOME, HOUR, START, Desk

STREET = Channel(key="street", codes=("street_1", "street_2"), seed=True)
PAGE = Channel(key="page")
TALLY = ChannelTally(key=PolicyKey("tally"))


def policy(*channels: Channel, **more: Any) -> ChannelAttribution:
    """The attribution of joins."""
    for name in ("good", "converted"):
        if name in more:
            more[name] = parse_condition(more[name])
    return ChannelAttribution(key=PolicyKey("ways"), channels=channels, **more)


def desk(*channels: Channel, **more: Any) -> Desk:
    """A desk that attributes joins and counts them."""
    return Desk(policy(*channels, **more), TALLY)


def told(step: Step) -> list[tuple[str, str]]:
    """What a step attributes and counts."""
    found: list[tuple[str, str]] = []
    for each in step.decisions:
        if isinstance(each, AttributeJoin):
            found.append(("first" if each.first else "later", each.channel))
        elif isinstance(each, NoteChannelResult):
            found.append((each.result, each.channel))
    return found


def figures(one: Desk) -> dict[str, ChannelFigures]:
    """What is known of each channel."""
    return TALLY.figures(one.view())


def test_each_join_has_a_channel_or_is_told_to_have_none() -> None:
    """By key, by mark, unknown mark, no mark; the first touch stays."""
    one = desk(STREET, PAGE)
    step = one.tell(ev.Joined, START, channel="street_2", invited_by="zoe")
    assert told(step) == [("first", "street")]
    (first,) = step.decisions
    assert isinstance(first, AttributeJoin)
    assert (first.code, first.invited_by, first.seed) == ("street_2", "zoe", True)
    later = one.tell(ev.Joined, START + HOUR, channel="page", group="hall")
    assert told(later) == [("later", "page")]
    assert told(one.tell(ev.Joined, START, "bo", channel="moon")) == [("first", "")]
    assert told(one.tell(ev.Joined, START, "cy")) == [("first", "")]
    assert {key: (f.joins, f.people, f.seeds) for key, f in figures(one).items()} == {
        "": (2, 2, 0),
        "page": (1, 0, 0),
        "street": (1, 1, 1),
    }


def test_without_declared_channels_each_mark_is_one() -> None:
    """And an invitation can be one as well."""
    one = desk(invited="friends")
    assert told(one.tell(ev.Joined, START, channel="moon")) == [("first", "moon")]
    invited = one.tell(ev.Joined, START, "bo", invited_by="ann")
    assert told(invited) == [("first", "friends")]
    (own,) = one.tell(ev.Joined, START, "cy", invited_by="cy").decisions
    assert isinstance(own, AttributeJoin)
    assert (own.channel, own.invited_by) == ("", None), "nobody invites themselves"


@given(
    st.permutations([(0, "a"), (1, "b"), (2, "c"), (3, "a")]),
    st.sampled_from([Mode.ACT, Mode.SHADOW]),
)
def test_the_earliest_join_is_the_first_touch(
    joins: list[tuple[int, str]], mode: Mode
) -> None:
    """In whatever order joins become known, and each member is counted once."""
    one = desk(mode=mode)
    late = START + 4 * DAY
    for day, mark in joins:
        room = GroupId(f"g{day}")
        when = START + day * DAY
        one.tell(ev.Joined, when, channel=mark, group=room, recorded_at=late)
    assert one.view().mine is None or one.member().slices["ways"]["first"][1] == "a"
    people = {key: f.people for key, f in figures(one).items() if f.people}
    assert people == ({"a": 1} if mode is Mode.ACT else {})


@pytest.mark.parametrize("codes_first", [True, False])
def test_a_join_code_names_the_channel(*, codes_first: bool) -> None:
    """Whichever policy stands first in the playbook."""
    code = JoinCode(
        key="door", channel="street", groups=(PoolGroup(group=GroupId("hall")),)
    )
    codes = JoinCodes(key=PolicyKey("codes"), codes=(code,))
    ways = policy(STREET, codes="codes")
    one = Desk(*((codes, ways) if codes_first else (ways, codes)))
    one.tell(ev.CodeScanned, START, code="door")
    step = one.tell(ev.Joined, START + HOUR, group="hall")
    assert told(step) == [("first", "street")]
    assert [d.code for d in step.decisions if isinstance(d, AttributeJoin)] == ["door"]
    other = one.tell(ev.Joined, START + HOUR, "bo", group="hall")
    assert told(other) == [("first", "")]


def test_results_count_once_for_the_first_channel() -> None:
    """With whole figures, and None where there is nothing to divide by."""
    one = desk(good='count("message") >= 2', converted='count("purchase") >= 1')
    one.post(START, "bo")
    one.tell(ev.Joined, START, channel="page")
    one.post(START)
    assert told(one.post(START + HOUR)) == [("good", "page")]
    assert told(one.post(START + HOUR)) == []
    money = Money(500, "CNY")
    bought = one.tell(ev.PurchaseMade, START + HOUR, money=money)
    assert told(bought) == [("converted", "page")]
    one.tell(ev.ChannelSpent, START, channel="page", money=Money(900, "CNY"))
    one.tell(ev.ChannelSpent, START, channel="wall", money=Money(70, "CNY"))
    one.tell(ev.Joined, START + HOUR, "cy", channel="page")
    page, wall = figures(one)["page"], figures(one)["wall"]
    assert (page.quality, page.conversion) == (Fraction(1, 2), Fraction(1, 2))
    assert page.cost_each("CNY") == Fraction(450)
    assert page.cost_converted("CNY") == Fraction(900)
    assert page.cost_each("EUR") is None
    assert (wall.quality, wall.cost_each("CNY")) == (None, None)


def test_time_alone_can_make_somebody_good() -> None:
    """The condition is looked at when it can turn."""
    one = desk(good='tenure() >= "7d"')
    one.tell(ev.Joined, START, channel="page")
    step = one.advance(START + 9 * DAY)
    assert told(step) == [("good", "page")]
    one.tell(ev.Joined, START + 9 * DAY, "bo", channel="page")
    one.tell(ev.Left, START + 10 * DAY, "bo")
    assert "ways/look" not in one.member("bo").timers


def test_early_joins_are_seed_users() -> None:
    """Up to, but not at, the instant; imported memberships by their beginning."""
    one = desk(seeds_until=START)
    one.tell(ev.Joined, START, "bo")
    step = one.tell(ev.MembershipImported, START, since=START - DAY)
    assert [d.seed for d in step.decisions if isinstance(d, AttributeJoin)] == [True]
    assert figures(one)[""].seeds == 1


def test_each_period_sums_up_what_moved() -> None:
    """In the first instant of the next; what is quiet is not told."""
    one = desk(PAGE)
    one.tell(ev.Joined, START, channel="page")
    one.tell(ev.ChannelSpent, START, channel="page", money=Money(900, "CNY"))
    step = one.advance(START + 70 * DAY)
    sums: list[Decision] = [d for d in step.decisions if isinstance(d, SumUpChannel)]
    (only,) = sums
    assert isinstance(only, SumUpChannel)
    assert (only.period, only.people, only.cost) == ("2026-01", 1, (("CNY", 900),))
    assert say_decision(only, "en") == (
        "Report the channel “page” in 2026-01: 1 new. In 2026-01: joins 1, new 1, seed"
        " users 0, good 0, converted 0."
    )
    assert "新成员 1 人" in say_decision(only, "zh")


def test_two_accounts_of_one_person_keep_the_earlier_touch() -> None:
    """And what either reached."""
    one = desk(good='count("message") >= 1')
    one.tell(ev.Joined, START, "bo", channel="wall")
    one.tell(ev.Joined, START + HOUR, channel="page")
    one.post(START + HOUR)
    one.tell(ev.IdentityLinked, START + HOUR, alias="bo")
    mine = one.member().slices["ways"]
    assert (mine["first"][1], mine["results"]) == ("wall", ["good"])
    never = policy()
    assert never.join(never.start(), never.start(), one.view())["first"] is None


def test_where_one_stands() -> None:
    """In both languages, with and without a channel."""
    one = desk(PAGE, good='count("message") >= 1')
    assert say(policy().standing(one.view("nobody")), "en") == "No join is known."
    one.tell(ev.Joined, START, channel="page")
    step = one.post(START)
    state = one.view()
    state.mine = one.member().slices["ways"]
    assert say(policy().standing(state), "en") == (
        "First here on 5 January 2026 at 12:00 UTC by the channel “page”: good."
    )
    assert say_decision(step.decisions[0], "zh").startswith(
        "把 ann 计入渠道“page”的“优质”。首次来源为渠道“page”"
    )
    unknown = one.tell(ev.Joined, START, "bo", channel="moon").decisions[0]
    assert say_decision(unknown, "en") == (
        "Note that nobody knows how bo came in. No channel has the mark “moon”; the"
        " channel is unknown."
    )


def test_a_file_holds_all_of_it() -> None:
    """Written to a file and read back it is the same."""
    ways = policy(
        STREET,
        PAGE,
        codes="codes",
        invited="page",
        good='count("message") >= 3',
        converted='count("purchase") >= 1',
        seeds_until=START,
    )
    door = JoinCode(key="door", groups=(PoolGroup(group=GroupId("hall")),))
    codes = JoinCodes(key=PolicyKey("codes"), codes=(door,))
    book = Playbook(community=HOME, policies=(ways, TALLY, codes))
    assert loads(dumps(book)).policies == book.policies


def test_a_mark_belongs_to_one_channel() -> None:
    """A mark that two channels have is refused."""
    with pytest.raises(DefinitionError) as caught:
        policy(STREET, Channel(key="street_1"))
    assert caught.value.code == "channel.twice"
