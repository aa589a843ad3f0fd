"""Whoever an event names beside its member is a person, by whatever account (S25)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import Decision
from community_sdk.engine import Engine
from community_sdk.events import Event
from community_sdk.metrics import as_persons
from community_sdk.model import MemberId, PolicyKey, RoleName
from community_sdk.policies import (
    ChannelAttribution,
    ContactWatch,
    FollowUp,
    ReclaimRule,
    ReferralCampaign,
    ReferralStage,
    ReferralWatch,
    StaffRouting,
)
from community_sdk.policies.channels import DeskShift, StaffDesk
from tests.unit.engine.scripts import Scripted, at, book, make

SUE, ALT = MemberId("sue"), MemberId("alt")
LINK: dict[str, Any] = {"id": "link", "alias": ALT}
NAMING = (
    (ev.JoinRequested, "invited_by"),
    (ev.Joined, "invited_by"),
    (ev.ContactAdded, "staff"),
    (ev.ContactDeleted, "staff"),
    (ev.FollowUpClaimed, "staff"),
)


@pytest.mark.parametrize(("kind", "field"), NAMING)
def test_policies_hear_of_the_person(kind: Any, field: str) -> None:
    """Also in an engine that was given only what the event needs."""
    heard: list[str] = []

    def hear(event: Any, _: Any) -> Any:
        if event.kind == kind.kind:
            heard.append(getattr(event, field))
        return ()

    playbook = book(Scripted(key=PolicyKey("p"), say=hear))
    whole, part = Engine(playbook), Engine(playbook)
    whole.receive(make(ev.IdentityLinked, "sue", **LINK))
    told = make(kind, "ann", at(1), **{field: ALT})
    part.load_community(whole.dump("")[0])
    while missing := part.needs(told).members & whole.members.keys() - part.members:
        for name in missing:
            part.load(whole.dump(name)[0])
    for engine in (whole, part):
        engine.receive(told)
    assert heard == ["sue", "sue"]
    stranger = make(kind, "ann", at(1), **{field: MemberId("bo")})
    whole.receive(stranger)
    assert "bo" not in whole.members


# -- the law: which account is named changes nothing -----------------------------------


def growth() -> Engine:
    """Referral, contacts and staff, in one community."""
    desk = StaffDesk(shifts=(DeskShift(staff=(SUE, MemberId("sam"))),))
    host = RoleName("owner")
    return Engine(
        book(
            ReferralCampaign(
                key=PolicyKey("bring"), stages=(ReferralStage(count=1, reward="pen"),)
            ),
            ReferralWatch(key=PolicyKey("spread"), headcount=2),
            ChannelAttribution(key=PolicyKey("ways"), invited="friend"),
            ContactWatch(key=PolicyKey("contacts"), duty=host),
            StaffRouting(key=PolicyKey("desk"), desks=(desk,), contacts="contacts"),
            FollowUp(
                key=PolicyKey("work"), rules=(ReclaimRule(after=Duration.parse("2d")),)
            ),
        )
    )


@st.composite
def _told(draw: st.DrawFn) -> list[Event]:
    """Draw who came, and who of the staff came and went, by sue or her account."""
    found: list[Event] = []
    kinds = (*NAMING, (ev.StaffRequested, ""), (ev.ReferralClaimed, ""))
    for nth in range(draw(st.integers(1, 9))):
        kind, field = draw(st.sampled_from(kinds))
        who = draw(st.sampled_from(["ann", "bo", "cy"]))
        more: dict[str, Any] = {field: draw(st.sampled_from([SUE, ALT]))}
        if not field:
            claims = kind is ev.ReferralClaimed
            who = draw(st.sampled_from([SUE, ALT])) if claims else who
            more = {"campaign": PolicyKey("bring"), "stage": 1} if claims else {}
        found.append(make(kind, who, at(hours=9 * nth), id=f"e{nth}", **more))
    return found


def _run(told: list[Event], place: int) -> tuple[list[Decision], dict[str, object]]:
    """Return what is decided when the link comes at *place*, and the state then."""
    when = told[place].at if place < len(told) else told[-1].at + timedelta(days=1)
    engine = growth()
    link = make(ev.IdentityLinked, "sue", when, **LINK)
    steps = [*engine.replay([*told[:place], link, *told[place:]])]
    steps.append(engine.advance(at(40)))
    return [d for step in steps for d in step], engine.snapshot()


@given(_told(), st.data())
def test_which_account_is_named_after_a_link_changes_nothing(
    told: list[Event], data: st.DataObject
) -> None:
    """Every name of a person is that person: same decisions, same state."""
    place = data.draw(st.integers(0, len(told)), label="the link")
    fields = ("member", "invited_by", "staff")
    plain: list[Event] = []
    for event in told[place:]:
        names = [name for name in fields if getattr(event, name, None) == ALT]
        changed: dict[str, Any] = dict.fromkeys(names, SUE)
        plain.append(evolve(event, **changed))
    decided, left = _run(told, place)
    again, other = _run([*told[:place], *plain], place)
    assert decided == again
    assert left == other


@pytest.mark.parametrize("name", [SUE, ALT])
@pytest.mark.parametrize("first", [SUE, ALT])
def test_a_contact_of_an_account_is_one_of_its_person(
    first: MemberId, name: MemberId
) -> None:
    """What was told before the link ends by either name; nothing stays behind."""
    engine = growth()
    engine.receive(make(ev.ContactAdded, "ann", staff=first))
    engine.receive(make(ev.IdentityLinked, "sue", at(1), **LINK))
    step = engine.receive(make(ev.ContactDeleted, "ann", at(2), staff=name))
    (loss,) = [d for d in step if d.kind == "recommend"]
    assert (loss.because.key, loss.because["last"]) == ("contact.lost", True)
    pairs = engine.members["ann"].slices["contacts"]["pairs"]
    assert pairs.keys() == {"sue"}


def test_a_contact_by_one_account_outlives_that_by_another() -> None:
    """The loss is told when the second ends, whichever account is named then."""
    engine = growth()
    for kind, staff in (
        (ev.ContactAdded, ALT),
        (ev.ContactAdded, SUE),
        (ev.ContactDeleted, SUE),
    ):
        engine.receive(make(kind, "ann", staff=staff, seq=len(staff)))
    engine.receive(make(ev.IdentityLinked, "sue", at(1), **LINK))
    step = engine.receive(make(ev.ContactDeleted, "ann", at(2), staff=ALT))
    assert [d.because["last"] for d in step if d.kind == "recommend"] == [True]
    (row,) = engine.members["ann"].slices["contacts"]["pairs"].values()
    assert row[-1] == 2


def test_figures_over_a_history_know_the_staff_by_person() -> None:
    """As they do who invites, and who is answered."""
    told = [
        make(ev.IdentityLinked, "sue", **LINK),
        make(ev.ContactAdded, "ann", at(1), staff=ALT),
    ]
    assert [event.value("staff") for event in as_persons(told)] == ["sue"]
