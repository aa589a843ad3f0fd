"""Authorization: denied by default, any forbid wins, order does not matter."""

from datetime import datetime
from random import Random
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from community_sdk._time import Duration
from community_sdk.authorization import ByRole, Rights, can
from community_sdk.model import (
    PERMISSIONS,
    SANCTIONS,
    GroupId,
    Limit,
    MemberId,
    Person,
    Role,
    RoleAssignment,
    RoleName,
)
from community_sdk.ports import Act, Authorization, Authorizer
from tests.unit.desk import HOUR, START

MUTE, BAN, REMOVE = (SANCTIONS[word] for word in ("mute", "ban", "remove"))
ALL = frozenset(PERMISSIONS)


def length(text: str) -> Duration:
    """A duration."""
    return Duration.parse(text)


def role(name: str, rank: int, *permissions: str, limits: Any = ()) -> Role:
    """A role that permits everything, or only *permissions*."""
    words = frozenset(permissions) or ALL
    return Role(name=RoleName(name), rank=rank, permissions=words, limits=limits)


SHORT = (Limit(kind=MUTE, longest=length("1d")), Limit(kind=REMOVE))
ROLES = (
    role("owner", 9),
    role("admin", 5),
    role("host", 3, "report_breach", "impose_sanction", limits=SHORT),
    role("guest", 0, "wave"),
)


def person(name: str, *roles: str, **span: Any) -> Person:
    """Somebody with *roles*, all of one span."""
    held = tuple(RoleAssignment(role=RoleName(r), **span) for r in roles)
    return Person(id=MemberId(name), roles=held)


ANN = person("ann")
OLGA = person("olga", "owner")
ADA = person("ada", "admin")
HUGO = person("hugo", "host")


def asked(
    actor: Person | None,
    action: str = "report_breach",
    target: Person | None = ANN,
    at: datetime = START,
    **more: Any,
) -> Authorization:
    """Ask with the roles of this file; settings go into *rights*."""
    names = ("rank", "on_self", "reverse_own", "protected", "lift_by", "unlisted")
    given = {name: more.pop(name) for name in names if name in more}
    return can(actor, action, target, at, roles=ROLES, rights=Rights(**given), **more)


def keys(answer: Authorization) -> list[str]:
    """The reasons by their keys, without the family."""
    assert answer.allowed is not any(
        r.key
        not in ("authority.permitted", "authority.trusted", "authority.automation")
        for r in answer.reasons
    )
    return [reason.key.removeprefix("authority.") for reason in answer.reasons]


def test_automation_may_do_everything() -> None:
    """Nobody, or a name that stands for no person."""
    assert keys(asked(None, target=OLGA)) == ["automation"]
    assert keys(asked(person("system"), target=OLGA)) == ["automation"]


def test_what_is_allowed_says_by_which_role() -> None:
    """Every role that permits it."""
    both = person("ada", "admin", "host")
    answer = asked(both)
    assert keys(answer) == ["permitted", "permitted"]
    assert [reason["role"] for reason in answer.reasons] == ["admin", "host"]
    assert asked(ADA, target=None).allowed


@pytest.mark.parametrize(
    ("actor", "target", "more", "reasons"),
    [
        (ADA, ADA, {}, ["self", "rank"]),
        (ADA, ADA, {"on_self": True, "rank": "any"}, ["permitted"]),
        (ADA, OLGA, {}, ["protected", "rank"]),
        (ADA, OLGA, {"protected": ()}, ["rank"]),
        (ADA, person("eve", "admin"), {}, ["rank"]),
        (ADA, person("eve", "admin"), {"rank": "not_lower"}, ["permitted"]),
        (HUGO, ADA, {"rank": "not_lower"}, ["rank"]),
        (HUGO, ADA, {"rank": "any"}, ["permitted"]),
        (ADA, person("eve", "stranger"), {}, ["permitted"]),
        (person("eve"), ANN, {}, ["rank", "no_role"]),
        (person("eve"), ANN, {"unlisted": "allow"}, ["trusted"]),
        (person("eve"), OLGA, {"unlisted": "allow"}, ["protected"]),
        (person("eve", "guest"), ANN, {"unlisted": "allow"}, ["rank", "not_permitted"]),
    ],
)
def test_whom_one_may_act_on(
    actor: Person, target: Person, more: dict[str, Any], reasons: list[str]
) -> None:
    """Oneself, protected roles, rank, in this order; then what roles permit."""
    assert keys(asked(actor, target=target, **more)) == reasons


@pytest.mark.parametrize(
    ("action", "more", "reasons"),
    [
        ("overturn_strike", {}, ["self"]),
        ("overturn_strike", {"reverse_own": True}, ["permitted"]),
        ("lift_sanction", {"on_self": True}, ["self", "not_issuer"]),
        ("lift_sanction", {"reverse_own": True, "lift_by": ()}, ["permitted"]),
    ],
)
def test_what_one_suffered_oneself(
    action: str, more: dict[str, Any], reasons: list[str]
) -> None:
    """To undo it is another matter than to act against oneself."""
    assert keys(asked(ADA, action, ADA, rank="any", **more)) == reasons


@pytest.mark.parametrize(
    ("span", "where", "reasons"),
    [
        ({}, None, ["permitted"]),
        ({"until": START}, None, ["rank", "not_valid"]),
        ({"until": START + HOUR}, None, ["permitted"]),
        ({"since": START + HOUR}, None, ["rank", "not_valid"]),
        ({"group": GroupId("hall")}, "hall", ["permitted"]),
        ({"group": GroupId("hall")}, "den", ["rank", "not_valid"]),
        ({"group": GroupId("hall")}, None, ["rank", "not_valid"]),
        ({"substitute_for": MemberId("bo")}, "den", ["permitted"]),
    ],
)
def test_a_role_counts_where_and_when_it_is_held(
    span: dict[str, Any], where: Any, reasons: list[str]
) -> None:
    """In its group and its span; who had one is not unlisted."""
    actor = person("ada", "admin", **span)
    assert keys(asked(actor, group=where, unlisted="allow")) == reasons


def test_an_act_on_the_whole_community_reaches_every_group() -> None:
    """The rank that the target has in any group counts; elsewhere it does not."""
    boss = person("boss", "owner", group=GroupId("hall"))
    assert keys(asked(ADA, target=boss)) == ["protected", "rank"]
    assert keys(asked(ADA, target=boss, group=GroupId("den"))) == ["permitted"]


@pytest.mark.parametrize(
    ("measure", "time", "reasons"),
    [
        (MUTE, "1d", ["permitted"]),
        (MUTE, "25h", ["over_limit"]),
        (MUTE, "1 month", ["over_limit"]),
        (MUTE, None, ["over_limit"]),
        (REMOVE, None, ["permitted"]),
        (BAN, "1d", ["not_permitted"]),
    ],
)
def test_limits_by_kind(measure: Any, time: str | None, reasons: list[str]) -> None:
    """Longer than listed, or not listed at all; exactly the limit is within."""
    given = None if time is None else length(time)
    answer = asked(HUGO, "impose_sanction", measure=measure, length=given)
    assert keys(answer) == reasons


def test_the_widest_role_counts() -> None:
    """A limit of one role does not narrow another; the longest limit is told."""
    both = person("ada", "admin", "host")
    assert asked(both, "impose_sanction", measure=BAN).allowed
    roles = (
        role("a", 3, limits=(Limit(kind=MUTE, longest=length("1h")),)),
        role("b", 3, limits=(Limit(kind=MUTE, longest=length("2h")),)),
    )
    (reason,) = can(
        person("ada", "a", "b"),
        "impose_sanction",
        ANN,
        START,
        roles=roles,
        measure=MUTE,
        length=length("3h"),
    ).reasons
    assert (reason["length"], reason["longest"]) == ("3h", "2h")


@pytest.mark.parametrize(
    ("actor", "issuer", "lift_by", "reasons"),
    [
        (ADA, "ada", ("issuer", "owner"), ["permitted"]),
        (ADA, "eve", ("issuer", "owner"), ["not_issuer"]),
        (ADA, None, ("issuer", "owner"), ["not_issuer"]),
        (OLGA, "eve", ("issuer", "owner"), ["permitted"]),
        (OLGA, "eve", ("issuer",), ["not_issuer"]),
        (ADA, "ada", ("owner",), ["not_issuer"]),
        (ADA, "eve", (), ["permitted"]),
    ],
)
def test_who_lifts(
    actor: Person, issuer: Any, lift_by: tuple[str, ...], reasons: list[str]
) -> None:
    """Whoever imposed it, or the roles named."""
    answer = asked(actor, "lift_sanction", issuer=issuer, lift_by=lift_by)
    assert keys(answer) == reasons


def test_an_issuer_is_known_by_any_account() -> None:
    """Accounts of one person are one."""
    ada = Person(id=MemberId("ada"), aliases=(MemberId("old"),), roles=ADA.roles)
    assert asked(ada, "lift_sanction", issuer=MemberId("old")).allowed


def test_a_party_to_the_case_decides_nothing() -> None:
    """Under whatever name."""
    ada = Person(id=MemberId("ada"), aliases=(MemberId("old"),), roles=ADA.roles)
    assert keys(asked(ada, parties=(MemberId("old"),))) == ["party"]
    assert asked(ada, parties=(MemberId("bo"),)).allowed


@pytest.mark.parametrize(
    ("actor", "target", "given", "more", "reasons"),
    [
        (OLGA, ANN, "admin", {}, ["permitted"]),
        (OLGA, ANN, "stranger", {}, ["permitted"]),
        (ADA, ANN, "admin", {}, ["role_rank"]),
        (ADA, ANN, "owner", {"rank": "any"}, ["permitted"]),
        (ADA, ANN, "guest", {}, ["lacks"]),
        (ADA, ADA, "host", {"rank": "any", "on_self": True}, ["own_role"]),
        (person("eve"), ANN, "owner", {"unlisted": "allow"}, ["trusted"]),
    ],
)
def test_who_gives_a_role(
    actor: Person,
    target: Person,
    given: str,
    more: dict[str, Any],
    reasons: list[str],
) -> None:
    """Nobody gives what he or she lacks, or as much as he or she has, or to oneself."""
    answer = asked(actor, "assign_role", target, role=RoleName(given), **more)
    assert keys(answer) == reasons


def test_what_another_policy_looks_up() -> None:
    """Emergencies ask for no permission here, but for rank all the same."""
    assert keys(asked(person("eve", "guest"), "act_in_emergency")) == ["rank"]
    assert keys(asked(person("eve", "guest"), "act_in_emergency", rank="any")) == [
        "trusted"
    ]


def test_the_first_reason_leads() -> None:
    """The others are its parts."""
    why = asked(ADA, target=OLGA).because
    assert (why.key, [part.key for part in why.parts]) == (
        "authority.protected",
        ["authority.rank"],
    )


@st.composite
def people(draw: st.DrawFn) -> Person:
    """Somebody with a few roles."""
    names = st.sampled_from([str(r.name) for r in ROLES])
    held = draw(st.lists(names, unique=True, max_size=3))
    return person(draw(st.sampled_from(["ann", "bo", "cy"])), *held)


ACTS = st.builds(
    Act,
    actor=people(),
    action=st.sampled_from([*PERMISSIONS, "wave"]),
    target=st.none() | people(),
    at=st.just(START),
    measure=st.none() | st.sampled_from([MUTE, BAN]),
    length=st.none() | st.sampled_from([length("1h"), length("30d")]),
    issuer=st.none() | st.sampled_from([MemberId("ann"), MemberId("bo")]),
    parties=st.lists(st.just(MemberId("cy")), max_size=1).map(tuple),
    role=st.none() | st.sampled_from([r.name for r in ROLES]),
)
SETTINGS = st.builds(
    Rights,
    rank=st.sampled_from(["strictly_higher", "not_lower", "any"]),
    on_self=st.booleans(),
    reverse_own=st.booleans(),
    lift_by=st.sampled_from([(), ("issuer",), ("issuer", "owner")]),
    unlisted=st.sampled_from(["allow", "deny"]),
)


@given(ACTS, SETTINGS, st.randoms(use_true_random=False))
def test_order_does_not_matter(act: Act, rights: Rights, order: Random) -> None:
    """INVARIANT: neither of the roles that exist nor of those that are held."""
    shuffled = list(ROLES)
    order.shuffle(shuffled)
    assert act.actor is not None
    turned = Person(id=act.actor.id, roles=act.actor.roles[::-1])
    here: Authorizer = ByRole(roles=ROLES, rights=rights)
    there = ByRole(roles=tuple(shuffled), rights=rights)
    other = evolve(act, actor=turned)
    one, two = here.can(act), there.can(other)
    assert one.allowed is two.allowed
    assert {r.key for r in one.reasons} == {r.key for r in two.reasons}
    assert one.reasons


@given(ACTS, SETTINGS)
def test_another_role_takes_no_right_away(act: Act, rights: Rights) -> None:
    """INVARIANT: whoever may, may with one more role; roles only permit."""
    assert act.actor is not None
    by = ByRole(roles=ROLES, rights=rights)
    if not by.can(act).allowed or not act.actor.roles:
        return
    more = Person(id=act.actor.id, roles=(*act.actor.roles, ADA.roles[0]))
    if act.target is not None and act.target.id == more.id:
        return
    assert by.can(evolve(act, actor=more)).allowed
