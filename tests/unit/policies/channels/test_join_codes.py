"""Join codes: never over a limit, never silent, in the order of the code (S02 S18)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import (
    Decision,
    Mode,
    OpenGroup,
    Recommend,
    RefuseRoute,
    Route,
    WaitForRoute,
)
from community_sdk.engine import Engine, Step
from community_sdk.errors import DefinitionError
from community_sdk.model import (
    Community,
    CommunityId,
    EventId,
    FillOrder,
    Group,
    GroupId,
    JoinCode,
    NextGroups,
    PolicyKey,
    PoolGroup,
    RouteWay,
)
from community_sdk.playbook import Playbook, dumps, loads
from community_sdk.policies import JoinCodes
from community_sdk.wording import say, say_decision
from tests.unit.desk import DAY, HOUR, START, TICK, Book, Desk

TOWN = Community(
    key=CommunityId("home"),
    groups=(
        Group(key=GroupId("a"), capacity=3),
        Group(key=GroupId("b"), capacity=2),
        Group(key=GroupId("c")),
    ),
)
SIDE = (PoolGroup(group=GroupId("a")),)
NAMES = ("ann", "bo", "cy", "dee", "eve", "fay")


def pool(*names: str, **more: Any) -> JoinCode:
    """A code called ``door`` for the groups of these names."""
    groups = tuple(PoolGroup(group=GroupId(name)) for name in names)
    return JoinCode(key="door", groups=groups, **more)


def policy(*codes: JoinCode, **more: Any) -> JoinCodes:
    """The codes of a community."""
    return JoinCodes(key=PolicyKey("codes"), codes=codes, **more)


def desk(*codes: JoinCode, **more: Any) -> Desk:
    """A desk that leads people by *codes*."""
    return Desk(policy(*codes, **more), community=TOWN)


def scan(one: Desk, when: datetime, name: str = "ann", code: str = "door") -> Step:
    """Tell that somebody scanned a code."""
    return one.tell(ev.CodeScanned, when, name, code=code)


def told(step: Step) -> list[tuple[str, ...]]:
    """What a step says: who is led where, waits, or is refused and why."""
    return [_said(decision) for decision in step.decisions]


def _said(decision: Decision) -> tuple[str, ...]:
    if isinstance(decision, Route):
        return (str(decision.person), str(decision.group))
    if isinstance(decision, WaitForRoute):
        return (str(decision.person), f"waits {decision.place}")
    if isinstance(decision, RefuseRoute):
        return (str(decision.person), str(decision.because["reason"]))
    if isinstance(decision, OpenGroup):
        return ("opened", str(decision.group))
    assert isinstance(decision, Recommend)
    return (decision.action, str(decision.group))


def led(one: Desk, *names: str, gap: int = 0) -> list[tuple[str, ...]]:
    """Let people scan one after the other; return what was said."""
    found: list[tuple[str, ...]] = []
    for nth, name in enumerate(names):
        found += told(scan(one, START + nth * (TICK + gap * HOUR), name))
    return found


@pytest.mark.parametrize(
    ("order", "groups"),
    [
        ("first_fit", ["a", "a", "a", "b", "b"]),
        ("rotation", ["a", "b", "a", "b", "a"]),
        ("least_filled", ["a", "b", "a", "b", "a"]),
    ],
)
def test_a_pool_is_filled_in_its_order(order: FillOrder, groups: list[str]) -> None:
    """And who comes when all are full waits."""
    one = desk(pool("a", "b", order=order))
    found = led(one, *NAMES)
    assert found == [*zip(NAMES[:5], groups, strict=True), ("fay", "waits 1")]


def test_a_turn_goes_on_behind_a_full_group() -> None:
    """The next group of the pool comes after the last one, not the first again."""
    one = desk(pool("b", "a", "c", order="rotation"))
    groups = [group for _, group in led(one, *NAMES, "gil", "hal")]
    assert groups == ["b", "a", "c", "b", "a", "c", "a", "c"]


def test_the_least_of_all_limits_counts() -> None:
    """Of the group, the code, its reserve; and what is not known does not bound."""
    groups = (PoolGroup(group=GroupId("a"), limit=1), PoolGroup(group=GroupId("c")))
    one = desk(JoinCode(key="door", groups=groups, limit=2, reserve=1))
    assert [group for _, group in led(one, *NAMES[:4])] == ["a", "c", "c", "waits 1"]
    free = desk(pool("c"))
    assert {group for _, group in led(free, *NAMES)} == {"c"}
    kept = desk(pool("a", reserve=1))
    assert [group for _, group in led(kept, *NAMES[:3])] == ["a", "a", "waits 1"]


def test_scanning_ends_before_the_capacity_does() -> None:
    """Between both people are invited where the code says so."""
    one = desk(pool("a", scan_limit=2, invites=True))
    ways = [scan(one, START, name).decisions[0] for name in NAMES[:3]]
    expected = [RouteWay.SCAN, RouteWay.SCAN, RouteWay.INVITATION]
    assert [d.way for d in ways if isinstance(d, Route)] == expected
    other = desk(pool("a", "b", scan_limit=1))
    assert [group for _, group in led(other, *NAMES[:3])] == ["a", "b", "waits 1"]


def test_a_place_is_kept_until_it_is_taken_or_over() -> None:
    """Asking again gives the same place; at its end it is free for who waits."""
    one = desk(pool("b"), hold=Duration.parse("2h"))
    first = [("ann", "b"), ("bo", "b"), ("cy", "waits 1")]
    assert led(one, "ann", "bo", "cy") == first
    again = scan(one, START + HOUR)
    assert told(again) == [("ann", "b")]
    assert again.decisions[0].because.key == "join_code.again"
    assert told(scan(one, START + HOUR, "cy")) == [("cy", "waits 1")]
    one.tell(ev.Joined, START + HOUR, "ann", group="b")
    assert told(one.advance(START + 2 * HOUR)) == []
    step = one.advance(START + 3 * HOUR)
    assert told(step) == [("cy", "b")]
    assert step.decisions[0].at == START + 2 * HOUR + TICK
    assert step.decisions[0].member is None


def test_who_goes_frees_a_place_for_who_waits_longest() -> None:
    """Leaving the group, being put out, or leaving for good with what was kept."""
    one = desk(pool("b"))
    for name in ("ann", "bo"):
        scan(one, START, name)
        one.tell(ev.Joined, START, name, group="b")
    assert led(one, "cy", "dee", "eve")[-1] == ("eve", "waits 3")
    left = one.tell(ev.Left, START + HOUR, "ann", group="b")
    assert told(left) == [("cy", "b")]
    out = one.tell(ev.MemberRemoved, START + HOUR, "bo", group="b")
    assert told(out) == [("dee", "b")]
    gone = one.tell(ev.Left, START + HOUR, "cy")
    assert told(gone) == [("eve", "b")]
    assert told(scan(one, START + HOUR, "fay")) == [("fay", "waits 1")]
    one.tell(ev.Left, START + HOUR, "fay")
    assert told(scan(one, START + HOUR, "gil")) == [("gil", "waits 1")]


def test_a_member_of_the_pool_gets_no_second_group() -> None:
    """However he came in; his place and his turn are free again."""
    one = desk(pool("b", "c", limit=1))
    assert led(one, "ann", "bo", "cy")[-1] == ("cy", "waits 1")
    step = one.tell(ev.Joined, START + HOUR, "ann", group="c")
    assert told(step) == [("cy", "b")]
    assert told(scan(one, START + HOUR, "ann")) == [("ann", "inside")]
    one.tell(ev.Joined, START + HOUR, "ann", group="elsewhere")
    one.tell(ev.MembershipImported, START + HOUR, "dee", group="b", since=START)
    assert told(scan(one, START + HOUR, "dee")) == [("dee", "inside")]


def test_the_next_group_is_opened_when_all_are_full() -> None:
    """With a name and a number that nothing bears yet, and so many at most."""
    town = Community(key=CommunityId("home"), groups=(Group(key=GroupId("g2")),))
    code = JoinCode(key="door", opens=NextGroups(name="g", capacity=1, most=2))
    one = Desk(policy(code), community=town)
    assert led(one, "ann", "bo", "cy") == [
        ("opened", "g1"),
        ("ann", "g1"),
        ("opened", "g3"),
        ("bo", "g3"),
        ("cy", "waits 1"),
    ]


def test_a_code_leads_so_many_and_so_long() -> None:
    """A place that nobody took counts no longer; who waits is told of the end."""
    one = desk(pool("c", uses=2, opens=NextGroups(name="g", capacity=9)))
    assert led(one, "ann", "bo", "cy")[-1] == ("cy", "used_up")
    one.tell(ev.Joined, START + HOUR, "ann", group="c")
    assert told(scan(one, START + 2 * DAY, "cy")) == [("cy", "c")]
    assert told(scan(one, START + 2 * DAY, "dee")) == [("dee", "used_up")]
    short = desk(pool("b", until=START + 6 * HOUR))
    assert led(short, "ann", "bo", "cy", gap=1)[-1] == ("cy", "waits 1")
    step = short.advance(START + DAY)
    assert told(step) == [("cy", "expired")]
    assert step.decisions[0].at == START + 6 * HOUR
    assert told(scan(short, START + DAY, "eve")) == [("eve", "expired")]


def test_a_worn_picture_is_told_once_and_leads_nowhere() -> None:
    """Until it is renewed; people are led to the next group meanwhile."""
    one = desk(pool("a", "c", lasts=Duration.parse("7d")))
    one.tell(ev.CodeRenewed, START, code="door", room=GroupId("a"))
    one.tell(ev.CodeRenewed, START, code="other", room=GroupId("c"))
    assert told(scan(one, START + DAY)) == [("ann", "a")]
    assert told(one.advance(START + 8 * DAY)) == [("renew_code", "a")]
    assert told(scan(one, START + 8 * DAY, "bo")) == [("bo", "c")]
    assert told(one.advance(START + 12 * DAY)) == []
    one.tell(ev.CodeRenewed, START + 12 * DAY, code="door", room=GroupId("a"))
    assert told(scan(one, START + 13 * DAY, "cy")) == [("cy", "a")]
    assert told(one.advance(START + 30 * DAY)) == [("renew_code", "a")]


def test_an_unknown_code_and_nobody_are_answered() -> None:
    """With the reason."""
    one = desk(pool("a"))
    assert told(scan(one, START, code="window")) == [("ann", "unknown")]
    nobody = one.engine.receive(ev.CodeScanned(id=EventId("x"), at=START, code="door"))
    assert told(nobody) == [("None", "nobody")]


def test_two_accounts_of_one_person_keep_one_place() -> None:
    """And one turn in the line."""
    one = desk(pool("b"), JoinCode(key="side", groups=SIDE, limit=1))
    led(one, "ann", "bo")
    scan(one, START + HOUR, "cy")
    scan(one, START + HOUR, "dee")
    step = one.tell(ev.IdentityLinked, START + HOUR, "ann", alias="bo")
    assert told(step) == [("cy", "b")]
    step = one.tell(ev.IdentityLinked, START + HOUR, "cy", alias="dee")
    assert told(step) == []
    assert told(scan(one, START + HOUR, "eve")) == [("eve", "waits 1")]
    scan(one, START + HOUR, "fay", "side")
    scan(one, START + HOUR, "gil", "side")
    scan(one, START + HOUR, "hal", "side")
    one.tell(ev.IdentityLinked, START + HOUR, "gil", alias="hal")
    assert told(scan(one, START + HOUR, "ivy", "side")) == [("ivy", "waits 2")]


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["scan", "scan", "scan", "join", "leave", "out", "wait"]),
        st.sampled_from(NAMES),
        st.sampled_from(["a", "b", "c", "g1", "g2"]),
    ),
    max_size=30,
)
CODES = st.builds(
    pool,
    st.just("a"),
    st.just("b"),
    st.just("c"),
    limit=st.none() | st.integers(1, 3),
    reserve=st.integers(0, 1),
    scan_limit=st.none() | st.integers(1, 2),
    invites=st.booleans(),
    order=st.sampled_from(get_args(FillOrder)),
    uses=st.none() | st.integers(1, 4),
    opens=st.none()
    | st.builds(
        NextGroups, name=st.just("g"), capacity=st.integers(2, 3), most=st.just(2)
    ),
)


@given(CODES, ACTS, st.sampled_from([Mode.ACT, Mode.SHADOW]))
def test_never_over_a_limit_and_never_silent(
    code: JoinCode, acts: list[tuple[str, str, str]], mode: Mode
) -> None:
    """Under any order of scans, joins and leaves: as counted by hand beside it."""
    one = desk(code, hold=Duration.parse("3h"), mode=mode)
    capacity: dict[str, int] = {"a": 3, "b": 2}
    offers: dict[str, tuple[str, datetime]] = {}
    for nth, (what, name, group) in enumerate(acts):
        now = START + nth * HOUR
        step = _done(one, now, (what, name, group))
        offers = {who: o for who, o in offers.items() if o[1] > now}
        if (what == "join" and group in {"a", "b", "c", *capacity}) or what == "leave":
            offers.pop(name, None)
        for said in step.decisions:
            if isinstance(said, OpenGroup):
                capacity[str(said.group)] = said.capacity
            elif isinstance(said, Route) and said.because.key != "join_code.again":
                room = str(said.group)
                offers[str(said.person)] = (room, said.until)
                inside = one.engine.community.groups.get(room, 0)
                kept = sum(where == room for where, _ in offers.values())
                assert inside + kept <= capacity.get(room, 99) - code.reserve
                assert code.limit is None or inside + kept <= code.limit
        answers = [d for d in step.decisions if getattr(d, "person", None) == name]
        assert what != "scan" or len(answers) >= 1


def _done(one: Desk, now: datetime, act: tuple[str, str, str]) -> Step:
    what, name, group = act
    kinds: dict[str, Callable[[], Step]] = {
        "scan": lambda: scan(one, now, name),
        "join": lambda: one.tell(ev.Joined, now, name, group=group),
        "leave": lambda: one.tell(ev.Left, now, name),
        "out": lambda: one.tell(ev.MemberRemoved, now, name, group=group),
        "wait": lambda: one.advance(now),
    }
    return kinds[what]()


def test_a_snapshot_keeps_places_and_lines() -> None:
    """What was saved goes on the same."""
    one = desk(pool("b"))
    led(one, "ann", "bo", "cy")
    book = Book(policies=one.policies, community=TOWN)
    again = Engine.restore(book, one.engine.snapshot())
    assert told(again.advance(START + 2 * DAY)) == [("cy", "b")]


def test_it_is_told_in_both_languages() -> None:
    """Where to go, why to wait, why not."""
    one = desk(pool("b", opens=NextGroups(name="g", capacity=1, most=1)))
    texts = [
        say_decision(d, lang)
        for name in ("ann", "bo", "cy", "dee")
        for d in scan(one, START, name).decisions
        for lang in ("en", "zh")
    ]
    assert texts[0] == (
        "Lead ann into b; the place is kept until 6 January 2026 at 12:00 UTC. The"
        " code “door” leads to b: 0 people with the places kept, by scanning."
    )
    assert texts[5] == (
        "新开群“g 1”，最多 1 人。入群码“door”的各群均已满，新开第 1 号群。"
    )
    assert texts[-1] == (
        "请 dee 等候，排在第 1 位。入群码“door”的各群均已满，排在第 1 位。"
    )
    refused = scan(one, START, code="window").decisions[0]
    assert say(refused.because, "en") == "The code “window”: there is no such code."
    assert say(refused.because, "zh") == "没有这个入群码（入群码“window”）。"


def test_a_file_holds_all_of_it() -> None:
    """Written to a file and read back it is the same."""
    code = JoinCode(
        key="door",
        groups=(PoolGroup(group=GroupId("a"), limit=2), PoolGroup(group=GroupId("c"))),
        channel="street",
        limit=100,
        reserve=2,
        scan_limit=200,
        invites=True,
        order="least_filled",
        uses=1000,
        until=START,
        lasts=Duration.parse("7d"),
        opens=NextGroups(name="g", capacity=150, first=3, most=9),
    )
    book = Playbook(community=TOWN, policies=(policy(code),))
    assert loads(dumps(book)).policies == book.policies
    found = list(policy(pool("a", "z")).problems(book))
    assert found == [("codes[0].groups[1].group", "z", ("a", "b", "c"))]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: pool("a", "a"), "join_code.twice"),
        (pool, "join_code.nowhere"),
        (
            lambda: pool(reserve=2, opens=NextGroups(name="g", capacity=2)),
            "join_code.reserve",
        ),
        (lambda: policy(pool("a"), pool("b")), "join_codes.twice"),
    ],
)
def test_what_can_never_be_is_refused(make: Callable[[], object], code: str) -> None:
    """With the code that says why."""
    with pytest.raises(DefinitionError) as caught:
        make()
    assert caught.value.code == code
