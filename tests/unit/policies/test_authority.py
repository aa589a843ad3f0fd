"""Authority over events: what people may not do changes nothing, and says why."""

from datetime import timedelta
from typing import Any, cast

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.authorization import Rights
from community_sdk.decisions import RefuseAct
from community_sdk.engine import Engine, Step
from community_sdk.explanation import because
from community_sdk.model import (
    PERMISSIONS,
    SANCTIONS,
    DecisionId,
    EventId,
    LadderStep,
    Limit,
    MemberId,
    PolicyKey,
    Role,
    RoleName,
    RuleCode,
)
from community_sdk.policies import Authority, HostAuthority, PenaltyLadder
from community_sdk.ports import Act, Authorization
from community_sdk.wording import say
from tests.unit.desk import DAY, HOUR, START, TICK, Book, Desk

ALL = frozenset(PERMISSIONS)
DAY_OF_MUTE = Limit(kind=SANCTIONS["mute"], longest=Duration.parse("1d"))
ROLES = (
    Role(name=RoleName("owner"), rank=9, permissions=ALL),
    Role(name=RoleName("admin"), rank=5, permissions=ALL),
    Role(name=RoleName("host"), rank=3, permissions=ALL, limits=(DAY_OF_MUTE,)),
    Role(name=RoleName("guest"), rank=1, permissions=frozenset({"report_breach"})),
)
LADDER = PenaltyLadder(
    key=PolicyKey("ladder"),
    steps=(LadderStep(at=1, kind=SANCTIONS["mute"], duration=Duration.parse("7d")),),
)
STAFF = {
    "olga": "owner",
    "ada": "admin",
    "eve": "admin",
    "hugo": "host",
    "gus": "guest",
}


def desk(**rights: Any) -> Desk:
    """A community with staff and an ordinary member, ann."""
    authority = Authority(key=PolicyKey("authority"), rights=Rights(**rights))
    made = Desk(authority, LADDER, roles=ROLES)
    for name, role in STAFF.items():
        made.tell(ev.RoleAssigned, START, name, role=RoleName(role))
    made.tell(ev.Joined, START)
    return made


def refusal(step: Step) -> str:
    """The key of the refusal, empty without one."""
    found = [d.because.key for d in step.decisions if isinstance(d, RefuseAct)]
    return found[0].removeprefix("authority.") if found else ""


def breach(made: Desk, by: str | None, of: str = "ann", hour: int = 1) -> str:
    """Report a breach; answer why it was refused."""
    when = START + hour * HOUR
    actor = None if by is None else MemberId(by)
    step = made.tell(ev.RuleBroken, when, of, actor=actor, rule=RuleCode("quiet"))
    return refusal(step)


@pytest.mark.parametrize(
    ("by", "of", "reason"),
    [
        (None, "olga", ""),
        ("system", "olga", ""),
        ("olga", "ada", ""),
        ("ada", "ann", ""),
        ("gus", "ann", ""),
        ("ada", "ada", "self"),
        ("ada", "olga", "protected"),
        ("ada", "eve", "rank"),
        ("hugo", "ada", "rank"),
        ("zoe", "ann", "rank"),
    ],
)
def test_who_reports_whom(by: str | None, of: str, reason: str) -> None:
    """A refused report is no strike and no sanction."""
    made = desk()
    assert breach(made, by, of) == reason
    assert len(made.member(of).strikes) == (0 if reason else 1)
    assert len(made.member(of).sanctions) == (0 if reason else 1)


def test_the_other_reasons_are_parts() -> None:
    """A person without any role is told so as well; in both languages."""
    step = desk().tell(
        ev.RuleBroken, START + HOUR, actor=MemberId("zoe"), rule=RuleCode("quiet")
    )
    (refused,) = step.decisions
    assert [part.key for part in refused.because.parts] == ["authority.no_role"]
    assert "zoe没有任何职务" in say(refused.because, "zh")
    assert "zoe has no role" in say(refused.because, "en")


def test_an_unlisted_person_may_be_trusted() -> None:
    """Until he or she was given a role."""
    made = desk(unlisted="allow")
    assert breach(made, "zoe") == ""
    made.tell(ev.RoleAssigned, START, "zoe", role=RoleName("admin"), until=START + HOUR)
    assert breach(made, "zoe", hour=2) == "rank"


def sanction(made: Desk) -> DecisionId:
    """The sanction of ann."""
    return DecisionId(made.member().sanctions[-1].id)


@pytest.mark.parametrize(
    ("by", "reason"),
    [("eve", "not_issuer"), ("gus", "not_permitted"), ("ada", ""), ("olga", "")],
)
def test_who_lifts(by: str, reason: str) -> None:
    """Whoever imposed it by reporting the breach, or the owner."""
    made = desk()
    breach(made, "ada")
    key = sanction(made)
    step = made.tell(
        ev.SanctionLifted, START + 2 * HOUR, sanction=key, actor=MemberId(by)
    )
    assert refusal(step) == reason
    state = made.member().sanctions[0].state
    assert state == ("active" if reason else "lifted")


def test_what_the_automation_imposed_is_lifted_by_the_owner() -> None:
    """It has no issuer; neither has what is not on record."""
    made = desk()
    breach(made, None)
    for key in (sanction(made), DecisionId("nothing")):
        step = made.tell(
            ev.SanctionLifted, START + 2 * HOUR, sanction=key, actor=MemberId("ada")
        )
        assert refusal(step) == "not_issuer"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"measure": "mute", "duration": Duration.parse("1d")}, ""),
        ({"measure": "mute", "until": START + HOUR + DAY}, ""),
        ({"measure": "mute", "until": START + HOUR + DAY + TICK}, "over_limit"),
        ({"measure": "mute"}, "over_limit"),
        ({"measure": "ban"}, "not_permitted"),
        ({"measure": "own_kind"}, "not_permitted"),
    ],
)
def test_what_a_host_may_order(fields: dict[str, Any], reason: str) -> None:
    """As long as its role allows, and only what it lists."""
    made = desk()
    when = START + HOUR
    step = made.tell(ev.SanctionOrdered, when, actor=MemberId("hugo"), **fields)
    assert refusal(step) == reason


@pytest.mark.parametrize(
    ("make", "fields"),
    [
        (ev.StrikeOverturned, {"strike": EventId("nothing")}),
        (ev.RecordCleared, {}),
        (ev.MemberRemoved, {}),
        (ev.RoleEnded, {"role": RoleName("guest")}),
        (
            ev.ActsRolledBack,
            {"issuer": MemberId("x"), "since": START, "until": START + DAY},
        ),
    ],
)
def test_each_act_asks_for_its_permission(make: Any, fields: dict[str, Any]) -> None:
    """A guest may only report; an admin may do them all."""
    made = desk()
    for by, reason in (("gus", "not_permitted"), ("ada", "")):
        step = made.tell(make, START + HOUR, actor=MemberId(by), **fields)
        assert refusal(step) == reason


def test_nobody_overturns_the_own_strike() -> None:
    """Unless the community lets it be."""
    for own, reason in ((False, "self"), (True, "")):
        made = desk(reverse_own=own, rank="any")
        breach(made, "olga", "ada")
        (strike,) = made.member("ada").strikes
        step = made.tell(
            ev.StrikeOverturned,
            START + 2 * HOUR,
            "ada",
            actor=MemberId("ada"),
            strike=EventId(strike.id),
        )
        assert refusal(step) == reason
        assert made.member("ada").strikes[0].overturned is own


def test_who_gives_roles() -> None:
    """Not to oneself, nor one as high as one's own; giving up one's own is free."""
    made = desk()
    for by, of, role, reason in (
        ("ada", "ada", "guest", "own_role"),
        ("ada", "ann", "admin", "role_rank"),
        ("gus", "ann", "guest", "not_permitted"),
        ("olga", "ann", "admin", ""),
    ):
        actor = MemberId(by)
        step = made.tell(
            ev.RoleAssigned, START + HOUR, of, role=RoleName(role), actor=actor
        )
        assert refusal(step) == reason
    assert made.member().held(made.engine.community.now) == ("admin",)
    step = made.tell(
        ev.RoleEnded,
        START + 2 * HOUR,
        "ada",
        role=RoleName("admin"),
        actor=MemberId("ada"),
    )
    assert refusal(step) == ""
    assert breach(made, "ada", hour=3) == "rank"


def test_roles_are_read_as_of_the_act() -> None:
    """Not as of its arrival: a late report of a time in office counts."""
    made = desk()
    made.tell(ev.RoleEnded, START + 3 * HOUR, "ada", role=RoleName("admin"))
    assert breach(made, "ada", hour=2) == ""
    assert breach(made, "ada", hour=4) == "rank"


def test_where_one_stands() -> None:
    """Each role that is held now, with its end, also one that is declared no more."""
    made = desk()
    made.tell(
        ev.RoleAssigned,
        START,
        role=RoleName("host"),
        group="hall",
        until=START + DAY,
        substitute_for=MemberId("hugo"),
    )
    made.tell(ev.RoleAssigned, START, role=RoleName("admin"), until=START)
    made.tell(ev.RoleAssigned, START, role=RoleName("guest"))
    authority = Authority(key=PolicyKey("authority"))
    fewer = evolve(cast("Book", made.engine.playbook), roles=ROLES[:3])
    made.engine = Engine.restore(fewer, made.engine.snapshot())
    found = authority.standing(made.view())
    assert [part["role"] for part in found.parts] == ["guest", "host"]
    assert "hugo" in say(found, "zh")
    assert "in place of hugo" in say(found, "en")
    assert say(authority.standing(made.view("zoe")), "zh") == "目前没有担任任何职务。"


def test_words_that_lead_nowhere() -> None:
    """Roles that the playbook lacks; the owner and the issuer are always known."""
    rights = Rights(
        protected=(RoleName("owner"), RoleName("boss")),
        lift_by=("issuer", "owner", "chief"),
    )
    authority = Authority(key=PolicyKey("a"), rights=rights)
    book = desk().engine.playbook
    assert list(authority.decide(cast("Any", None), desk().view())) == []
    found = [(where, word) for where, word, _ in authority.problems(book)]
    assert found == [("rights.protected", "boss"), ("rights.lift_by", "chief")]


class Never:
    """A host that allows nothing."""

    def can(self, act: Act, /) -> Authorization:
        """Refuse, naming the action."""
        reason = because("host.no", action=act.action)
        return Authorization(allowed=False, reasons=(reason,))


def test_a_host_may_answer_instead() -> None:
    """Its reason is the answer; the automation is not asked about."""
    host = HostAuthority(key=PolicyKey("host"), authorizer=Never())
    made = Desk(host)
    assert list(host.decide(cast("Any", None), made.view())) == []
    step = made.tell(
        ev.RuleBroken, START, actor=MemberId("olga"), rule=RuleCode("quiet")
    )
    (refused,) = step.decisions
    assert (refused.because.key, refused.because["action"]) == (
        "host.no",
        "report_breach",
    )
    assert not made.tell(ev.RuleBroken, START, rule=RuleCode("quiet")).decisions


PEOPLE = st.sampled_from([*STAFF, "ann", "zoe"])


@st.composite
def acts(draw: st.DrawFn) -> ev.Event:
    """Any act of anybody on anybody."""
    make = draw(st.sampled_from(Authority.guards))
    fields: dict[type[ev.Event], dict[str, Any]] = {
        ev.RuleBroken: {"rule": RuleCode("quiet")},
        ev.SanctionOrdered: {"measure": draw(st.sampled_from(["mute", "ban"]))},
        ev.SanctionLifted: {"sanction": DecisionId("x")},
        ev.StrikeOverturned: {"strike": EventId("x")},
        ev.ActsRolledBack: {
            "issuer": draw(PEOPLE),
            "since": START,
            "until": START + DAY,
        },
        ev.RoleAssigned: {"role": draw(st.sampled_from(list(STAFF.values())))},
        ev.RoleEnded: {"role": draw(st.sampled_from(list(STAFF.values())))},
        ev.EmergencyActed: {"ground": "fire", "measure": "mute"},
    }
    made: Any = make
    event: ev.Event = made(
        id=EventId(draw(st.uuids().map(str))),
        at=START + timedelta(minutes=draw(st.integers(1, 300))),
        member=draw(PEOPLE),
        actor=draw(st.none() | PEOPLE),
        **fields.get(make, {}),
    )
    return event


@given(st.lists(acts(), max_size=8))
def test_a_forbidden_act_changes_nothing(told: list[ev.Event]) -> None:
    """INVARIANT: without the refused acts everything is the same."""
    whole, rest = desk(), desk()
    for event in sorted(told, key=lambda e: e.at):
        step = whole.engine.receive(event)
        if not any(isinstance(d, RefuseAct) for d in step.decisions):
            rest.engine.receive(evolve(event))
        assert all(d.kind == "refuse_act" for d in step.decisions) or not refusal(step)
    last = START + DAY
    for one in (whole, rest):
        one.advance(last)
    told_of = {str(e.member) for e in told} | set(STAFF) | {"ann"}
    for name in told_of & set(rest.engine.members):
        assert whole.member(name).plain() == rest.member(name).plain()
