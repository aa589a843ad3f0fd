"""Laws of staffing: lazy is eager, a stop changes nothing, files hold it all."""

import json
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Dates, Duration, Hours
from community_sdk.conditions import parse_condition
from community_sdk.decisions import Decision
from community_sdk.engine import Engine
from community_sdk.model import (
    Escalation,
    MemberId,
    PolicyKey,
    Post,
    Role,
    RoleName,
    Roster,
    Rota,
    Shift,
    Tie,
)
from community_sdk.playbook import Playbook, dumps, loads
from community_sdk.policies import (
    DutyRota,
    Fall,
    Signal,
    StaffCare,
    StaffConduct,
    StaffingPlan,
    SupporterWatch,
    TalentWatch,
)
from tests.unit.desk import DAY, HOME, HOUR, START, Book, head

HOST, HELP = RoleName("host"), RoleName("help")
ROLES = (Role(name=HOST), Role(name=HELP), Role(name=RoleName("owner")))
TEAM = evolve(
    HOME,
    roster=Roster(
        shifts=(Shift(roles=(HOST,), hours=(Hours.parse("20:00-02:00"),)),),
        rotas=(
            Rota(
                role=HOST,
                people=(MemberId("ann"), MemberId("bo")),
                first=Dates.parse("2026-01-05..2026-01-07"),
            ),
        ),
        posts=(Post(role=HOST, count=2, substitutes=(HELP,)),),
        skills=("talking",),
    ),
)
BUSY = parse_condition('count("message", "3d") >= 2')
POLICIES = (
    StaffingPlan(key=PolicyKey("plan")),
    DutyRota(
        key=PolicyKey("rota"),
        role=HOST,
        what="clear_ads",
        met_by="message",
        where=(("group", "hall"),),
        within=Duration.parse("2h"),
        escalation=(Escalation(after=Duration.parse("1h"), duty=HELP),),
    ),
    StaffConduct(
        key=PolicyKey("conduct"), roles=(HOST,), supervisor=HELP, present=BUSY
    ),
    StaffCare(
        key=PolicyKey("care"),
        roles=(HOST,),
        signals=(Signal(key="busy", when=BUSY, lever="share_the_load"),),
        fall=Fall(days=3, least=1),
    ),
    TalentWatch(
        key=PolicyKey("talent"),
        role=HELP,
        when=BUSY,
        tenure=Duration.parse("2d"),
        trial=Duration.parse("30d"),
    ),
    SupporterWatch(key=PolicyKey("open"), openly=(HOST,)),
)
WHO = st.sampled_from(["ann", "bo", "cy"])
WHAT: dict[str, tuple[Any, dict[str, Any]]] = {
    "joins": (ev.Joined, {}),
    "leaves": (ev.Left, {}),
    "speaks": (ev.MessagePosted, {"group": "hall"}),
    "hosts": (ev.RoleAssigned, {"role": HOST}),
    "hosts for a while": (ev.RoleAssigned, {"role": HOST, "until": START + 9 * DAY}),
    "hosts no more": (ev.RoleEnded, {"role": HOST}),
    "helps": (ev.RoleAssigned, {"role": HELP}),
    "talks": (ev.SkillNoted, {"skill": "talking"}),
    "is paid": (ev.SupporterKnown, {"tie": Tie.PAID}),
    "is also": (ev.IdentityLinked, {"alias": MemberId("cy")}),
}
STORIES = st.lists(
    st.tuples(st.integers(0, 20 * 24), WHO, st.sampled_from(sorted(WHAT))), max_size=12
).map(sorted)


def event(nth: int, row: tuple[int, str, str]) -> ev.Event:
    """One event of a story."""
    hours, who, what = row
    make, more = WHAT[what]
    made: ev.Event = make(**head(f"e{nth}", START + hours * HOUR, who, **more))
    return made


@given(STORIES, st.sets(st.integers(0, 25 * 24), max_size=5))
def test_lazy_is_eager(story: list[tuple[int, str, str]], hours: set[int]) -> None:
    """INVARIANT: neither the pace of time nor a stop in between decides anything."""
    book = Book(policies=POLICIES, community=TEAM, roles=ROLES)
    lazy, eager = Engine(book), Engine(book)
    found: tuple[list[Decision], list[Decision]] = ([], [])
    ticks = [START + timedelta(hours=hour) for hour in sorted(hours)]
    for nth, row in enumerate(story):
        told = event(nth, row)
        while ticks and ticks[0] <= told.at:
            found[1].extend(eager.advance(ticks.pop(0)).decisions)
        eager = Engine.restore(book, json.loads(json.dumps(eager.snapshot())))
        for engine, decisions in ((lazy, found[0]), (eager, found[1])):
            decisions.extend(engine.receive(told).decisions)
    for engine, decisions in ((lazy, found[0]), (eager, found[1])):
        decisions.extend(engine.advance(START + 40 * DAY).decisions)
    key = [sorted((str(d.at), d.id, d.kind) for d in each) for each in found]
    assert key[0] == key[1]
    plain = [json.loads(json.dumps(engine.snapshot())) for engine in (lazy, eager)]
    assert plain[0] == plain[1]


@given(STORIES)
def test_no_gap_is_told_twice_in_a_row(story: list[tuple[int, str, str]]) -> None:
    """INVARIANT: what was told is closed before it is told again."""
    engine = Engine(Book(policies=POLICIES[:1], community=TEAM, roles=ROLES))
    told: list[str] = []
    for nth, row in enumerate(story):
        new = event(nth, row)
        # What a term's end closes may open again with an event of that very instant.
        for nth_step in range(2):
            step = engine.receive(new) if nth_step else engine.advance(new.at)
            told += _gaps(list(step))
            kept: Any = engine.community.slices.get("plan")
            if kept is not None:
                told = [gap for gap in told if gap in kept["gaps"]]
                assert set(kept["told"]) == set(told)
                assert len(told) == len(set(told))


def _gaps(decisions: list[Decision]) -> list[str]:
    words = {"fill_post": "vacant", "add_hands": "thin", "name_a_substitute": "alone"}
    found: list[str] = []
    for each in decisions:
        action, properties = (
            getattr(each, "action", ""),
            getattr(each, "properties", {}),
        )
        name = next(iter(properties.values()))
        found.append(f"{words.get(action, 'skill')}/{name}")
    return found


@pytest.mark.parametrize("policy", POLICIES, ids=lambda p: str(p.key))
def test_a_file_holds_it(policy: Any) -> None:
    """INVARIANT: what is written is read back."""
    book = Playbook(community=TEAM, roles=ROLES, policies=(policy,))
    assert loads(dumps(book)) == book
