"""The laws of every playbook, for rights, rules and cases all at once (S05 S07 S11)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import define, field
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import RequestConsent
from community_sdk.engine import Engine, Step
from community_sdk.model import (
    AppealOutcome,
    CaseOutcome,
    CaseStage,
    Evidence,
    MemberId,
    Money,
    RoleName,
    RuleChange,
    Severity,
    Voice,
)
from community_sdk.playbook import Playbook, dumps, loads
from community_sdk.testing import laws
from tests.laws.effort import one_in
from tests.laws.house import HOUSE

BOOK = loads(HOUSE)
PEOPLE = ("ann", "bo", "cy", "dan", "eve", "fay")
STAFF = {"cy": "host", "dan": "admin", "eve": "owner", "fay": "owner"}
START = datetime(2026, 5, 4, 1, tzinfo=UTC)
GAPS = (0, 0, 1, 3, 12, 24, 48, 80)
RULES = ("ads", "flood", "links")


@define
class Scene:
    """What there is to refer to: members by what was done about them, and by whom."""

    at: datetime = START
    acts: list[tuple[str, str]] = field(factory=list[tuple[str, str]])
    motions: list[str] = field(factory=list[str])
    sanctions: list[tuple[str, str]] = field(factory=list[tuple[str, str]])
    proposals: list[tuple[str, str]] = field(factory=list[tuple[str, str]])
    appeals: list[tuple[str, str]] = field(factory=list[tuple[str, str]])
    disputes: list[tuple[str, str]] = field(factory=list[tuple[str, str]])
    cases: list[tuple[str, str | None]] = field(factory=list[tuple[str, str | None]])

    def learn(self, step: Step) -> None:
        """Note what the step named."""
        for fact in step.facts:
            if isinstance(fact, ev.SanctionImposed):
                self.sanctions.append((str(fact.sanction), str(fact.member)))
            elif isinstance(fact, ev.CaseOpened):
                whom = None if fact.member is None else str(fact.member)
                self.cases.append((str(fact.case), whom))
        for decision in step.decisions:
            if isinstance(decision, RequestConsent):
                self.proposals.append((str(decision.id), str(decision.member)))

    def note(self, event: ev.Event) -> None:
        """Note what later events refer to."""
        pair = (str(event.id), str(event.member))
        if isinstance(event, ev.EmergencyActed):
            self.acts.append(pair)
        elif isinstance(event, (ev.PetitionStarted, ev.VoteCalled)):
            self.motions.append(pair[0])
        elif isinstance(event, ev.AppealFiled):
            self.appeals.append(pair)
        elif isinstance(event, ev.DisputeRaised):
            self.disputes.append(pair)


Draw = Any
Fields = dict[str, Any]
WHO = st.sampled_from([MemberId(name) for name in PEOPLE])
MAYBE = st.sampled_from([None, *(MemberId(name) for name in PEOPLE)])


def change(draw: Draw, _: Scene) -> Fields:
    """Ask for another weight, or none of the rule any more."""
    code = draw(st.sampled_from(RULES))
    retired = draw(st.booleans())
    weight = None if retired else draw(st.integers(0, 2))
    return {"changes": (RuleChange(code=code, retired=retired, weight=weight),)}


def about(known: str, name: str) -> Callable[[Draw, Scene], Fields]:
    """Name one of what is *known*, or something that there never was."""

    def fields(draw: Draw, scene: Scene) -> Fields:
        found, whom = draw(st.sampled_from([*getattr(scene, known), ("none", "ann")]))
        return {name: found, "member": whom, "actor": draw(MAYBE)}

    return fields


def motion(name: str) -> Callable[[Draw, Scene], Fields]:
    """Name a petition or a vote."""
    return lambda draw, scene: {name: draw(st.sampled_from([*scene.motions, "none"]))}


def also(
    first: Callable[[Draw, Scene], Fields], **more: st.SearchStrategy[Any]
) -> Callable[[Draw, Scene], Fields]:
    """Draw some fields besides."""
    return lambda draw, scene: {
        **first(draw, scene),
        **{name: draw(each) for name, each in more.items()},
    }


def nothing(draw: Draw, _: Scene) -> Fields:
    """Only who acts."""
    return {"actor": draw(MAYBE)}


def member_only(_: Draw, __: Scene) -> Fields:
    """Only the member."""
    return {}


CASE = about("cases", "case")
LENGTH = st.sampled_from([None, "1h", "48h"]).map(lambda x: x and Duration.parse(x))
CONTENT = st.sampled_from(["x", "y"])
SHOT = Evidence(kind="shot", ref="s", digest="d", captured_at=START)
ROLE = st.sampled_from([RoleName(name) for name in ("host", "admin", "owner")])
ACTS: dict[Any, Callable[[Draw, Scene], Fields]] = {
    ev.MessagePosted: also(member_only, group=st.sampled_from([None, "hall"])),
    ev.AdPosted: also(member_only, content=CONTENT),
    ev.RuleBroken: also(nothing, rule=st.sampled_from(RULES)),
    ev.RoleAssigned: also(nothing, role=ROLE),
    ev.RoleEnded: also(nothing, role=ROLE),
    ev.IdentityLinked: also(member_only, alias=WHO),
    ev.SanctionOrdered: also(
        nothing, measure=st.sampled_from(["mute", "ban"]), duration=LENGTH
    ),
    ev.SanctionLifted: about("sanctions", "sanction"),
    ev.ProposalApproved: about("proposals", "proposal"),
    ev.ProposalRefused: about("proposals", "proposal"),
    ev.EmergencyActed: also(
        nothing,
        ground=st.sampled_from(["ad_flood", "mood"]),
        measure=st.sampled_from(["mute", "remove"]),
        duration=LENGTH,
    ),
    ev.EmergencyReported: about("acts", "emergency"),
    ev.EmergencyRatified: about("acts", "emergency"),
    ev.EmergencyRejected: about("acts", "emergency"),
    ev.PetitionStarted: change,
    ev.PetitionSigned: motion("petition"),
    ev.VoteCalled: change,
    ev.VoteCast: also(motion("vote"), voice=st.sampled_from(Voice)),
    ev.CouncilOrdered: change,
    ev.MotionWithdrawn: motion("motion"),
    ev.DisputeRaised: also(member_only, other=WHO),
    ev.DisputeSettled: about("disputes", "dispute"),
    ev.PermitGranted: also(nothing, what=st.just("ad")),
    ev.ContentReported: also(nothing, content=CONTENT, category=st.just("ads")),
    ev.ComplaintFiled: also(nothing, topic=st.sampled_from(["service", "tone"])),
    ev.EvidenceAdded: also(CASE, evidence=st.just(SHOT)),
    ev.CaseNoted: also(CASE, note=CONTENT),
    ev.CaseAdvanced: also(CASE, stage=st.sampled_from(CaseStage)),
    ev.CaseDecided: also(
        CASE,
        outcome=st.sampled_from(CaseOutcome),
        rule=st.sampled_from([None, "ads"]),
    ),
    ev.CompensationGiven: also(
        CASE,
        form=st.just("coupon"),
        money=st.sampled_from([None, Money(500, "CNY")]),
    ),
    ev.AppealFiled: about("sanctions", "sanction"),
    ev.AppealDecided: also(
        about("appeals", "appeal"), outcome=st.sampled_from(AppealOutcome)
    ),
    ev.AppealWithdrawn: about("appeals", "appeal"),
}


def named(*words: str) -> tuple[Any, ...]:
    """The acts whose names hold one of *words*."""
    return tuple(act for act in ACTS if any(word in act.__name__ for word in words))


FAMILIES: tuple[tuple[Any, ...], ...] = (
    tuple(ACTS),
    named("Petition", "Vote", "Motion", "Council", "Linked", "RuleBroken"),
    named("Emergency", "Role", "Lifted", "Linked"),
    named("Case", "Content", "Complaint", "Evidence", "Compensation", "RuleBroken"),
    named("Appeal", "Ordered", "RuleBroken", "Lifted", "Linked"),
    named("Proposal", "Sanction", "RuleBroken", "Linked", "RoleEnded"),
)


@st.composite
def histories(draw: st.DrawFn) -> list[ev.Event]:
    """Acts of everybody, allowed and not, that refer to what came of earlier ones."""
    kinds = draw(st.sampled_from(FAMILIES))
    scene, engine = Scene(), Engine(BOOK)
    told = [
        ev.RoleAssigned(id=f"r-{who}", at=START, member=who, role=role)  # type: ignore[arg-type]
        for who, role in STAFF.items()
    ]
    found: list[ev.Event] = [*told]
    for event in told:
        scene.learn(engine.receive(event))
    for nth in range(draw(st.integers(1, 12))):
        scene.at += timedelta(hours=draw(st.sampled_from(GAPS)))
        late = timedelta(hours=draw(st.sampled_from([0, 0, 0, 2])))
        kind = draw(st.sampled_from(kinds))
        fields = {"member": draw(WHO), **ACTS[kind](draw, scene)}
        at = max(START, scene.at - late)
        event = kind(id=f"e{nth}", at=at, recorded_at=scene.at, **fields)
        scene.note(event)
        scene.learn(engine.receive(event))
        found.append(event)
    return found


@given(history=histories())
@settings(one_in(10))
def test_every_law_holds(history: list[ev.Event]) -> None:
    """Whatever people try, whoever they turn out to be."""
    laws.check_playbook(BOOK, history)


def test_the_playbook_stands_in_a_file() -> None:
    """Every policy of it comes back as it was written."""
    again: Playbook = loads(dumps(BOOK))
    assert again == BOOK
    assert len({type(policy) for policy in BOOK.policies}) == len(BOOK.policies)
    assert BOOK.rulebook.rules[0].severity is Severity.MINOR
