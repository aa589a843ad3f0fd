"""Cases and appeals beside a plain recount, over random acts of everybody (S06 S07)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import define, field
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import ApplySanction, OpenCase, RefuseAct, TellOutcome
from community_sdk.engine import Engine, Step
from community_sdk.model import (
    SANCTIONS,
    AppealOutcome,
    AppealState,
    CaseId,
    CaseOutcome,
    CaseState,
    Community,
    CommunityId,
    DecisionId,
    EventId,
    LadderStep,
    MemberId,
    PolicyKey,
    Role,
    RoleName,
    Rule,
    Rulebook,
    RuleCode,
)
from community_sdk.playbook import Playbook
from community_sdk.policies import (
    AppealPolicy,
    AppealTerms,
    ComplaintDesk,
    PenaltyLadder,
    ReportDesk,
)
from tests.laws.effort import one_in

HOST, ADMIN = RoleName("host"), RoleName("admin")
STAFF = {"hugo": HOST, "ada": ADMIN, "abe": ADMIN}
MEMBERS, VOICES = ("ann", "dan"), ("ann", "dan", "bo", "ada")
PEOPLE = (*VOICES, "hugo", "abe")
CONTENTS = {"p1": "ann", "p2": "ann", "p3": "dan"}
STEPS = ("reminder", "warning", "mute")
WINDOW, DUE = timedelta(days=3), timedelta(days=2)
TERMS = AppealTerms(window=Duration.parse("3d"), reviewers=(ADMIN,))
REPORTS = ReportDesk(
    key=PolicyKey("reports"),
    decide_within=Duration.parse("2d"),
    duties=(HOST, ADMIN),
    keep=Duration.parse("900d"),
)
COMPLAINTS = ComplaintDesk(key=PolicyKey("complaints"), keep=Duration.parse("900d"))
APPEALS = AppealPolicy(key=PolicyKey("appeals"), terms=TERMS)
BOOK = Playbook(
    community=Community(key=CommunityId("c")),
    rulebook=Rulebook(rules=(Rule(code=RuleCode("spam")),)),
    roles=(Role(name=HOST, rank=1), Role(name=ADMIN, rank=5)),
    policies=(
        REPORTS,
        COMPLAINTS,
        PenaltyLadder(
            key=PolicyKey("ladder"),
            steps=tuple(
                LadderStep(at=n, kind=SANCTIONS[word])
                for n, word in enumerate(STEPS, 1)
            ),
        ),
        APPEALS,
    ),
)


@define
class File:
    """One case of the model."""

    name: str
    subject: str
    content: str
    voices: list[str]
    due: datetime
    outcome: CaseOutcome | None = None
    decided: datetime | None = None


@define
class Penalty:
    """One sanction of the model, with the breach that it answered."""

    key: str
    member: str
    by: str
    at: datetime
    voices: list[str] = field(factory=list[str])
    undone: bool = False
    appeals: list[list[str]] = field(factory=list[list[str]])


class CasesBesideLists(RuleBasedStateMachine):
    """The engine, and lists that are searched from the beginning each time."""

    def __init__(self) -> None:
        """Begin with a staff and no case."""
        super().__init__()
        self.engine = Engine(BOOK)
        self.now = datetime(2026, 1, 5, 12, tzinfo=UTC)
        self.told = 0
        self.files: list[File] = []
        self.penalties: list[Penalty] = []

    @initialize()
    def appoint(self) -> None:
        """Give everybody of the staff a duty."""
        for who, role in STAFF.items():
            self.tell(ev.RoleAssigned, who, role=role)

    def tell(self, make: Any, member: str, **more: Any) -> Step:
        """Receive one event now."""
        self.told += 1
        key = EventId(f"e{self.told}")
        return self.engine.receive(
            make(id=key, at=self.now, member=MemberId(member), **more)
        )

    def refused(self, step: Step) -> str:
        """Return the reason for which the act does not count, or nothing."""
        found = [d.because.key for d in step if isinstance(d, RefuseAct)]
        return found[0] if found else ""

    # -- what people do ----------------------------------------------------------------

    @rule(hours=st.integers(1, 40))
    def wait(self, hours: int) -> None:
        """Let time pass."""
        self.now += timedelta(hours=hours)
        self.engine.advance(self.now)

    @rule()
    def store(self) -> None:
        """Write the state down and read it again."""
        plain = json.loads(json.dumps(self.engine.snapshot()))
        self.engine = Engine.restore(BOOK, plain)

    @rule(by=st.sampled_from(VOICES), content=st.sampled_from(sorted(CONTENTS)))
    def report(self, by: str, content: str) -> None:
        """Report a content; it joins the open case, or opens one."""
        author = CONTENTS[content]
        step = self.tell(
            ev.ContentReported, author, actor=MemberId(by), content=content
        )
        file = self.open_file(content)
        if by == author:
            assert self.refused(step) == "case.own_content"
        elif file is None:
            (opened,) = (d for d in step if isinstance(d, OpenCase))
            number = 1 + sum(f.name.startswith("reports") for f in self.files)
            assert opened.case == f"reports-{number}"
            due = self.now + DUE
            self.files.append(File(opened.case, author, content, [by], due))
        elif by in file.voices:
            assert self.refused(step) == "case.duplicate"
        else:
            assert not step.decisions
            file.voices.append(by)

    @rule(by=st.sampled_from(VOICES), whom=st.sampled_from(MEMBERS))
    def complain(self, by: str, whom: str) -> None:
        """Complain about somebody."""
        step = self.tell(ev.ComplaintFiled, whom, actor=MemberId(by), topic="attitude")
        if by == whom:
            assert self.refused(step) == "case.against_oneself"
            return
        (opened,) = (d for d in step if isinstance(d, OpenCase))
        due = self.now + timedelta(days=7)
        self.files.append(File(opened.case, whom, "", [by], due))

    @rule(
        data=st.data(),
        by=st.sampled_from(PEOPLE),
        outcome=st.sampled_from(CaseOutcome),
    )
    def decide(self, data: st.DataObject, by: str, outcome: CaseOutcome) -> None:
        """Decide some case, or one that is not there."""
        file = data.draw(st.sampled_from([None, *self.files]))
        found = RuleCode("spam") if outcome is CaseOutcome.UPHELD else None
        step = self.tell(
            ev.CaseDecided,
            "ann" if file is None else file.subject,
            actor=MemberId(by),
            case=CaseId("reports-999" if file is None else file.name),
            outcome=outcome,
            rule=found,
        )
        if file is None:
            assert self.refused(step) == "case.unknown"
        elif file.outcome is not None:
            assert self.refused(step) == "case.already_decided"
        elif by in (file.subject, *file.voices):
            assert self.refused(step) == "case.party_to_the_case"
        elif by not in STAFF and file.content:
            assert self.refused(step) == "case.not_permitted"
        else:
            file.outcome, file.decided = outcome, self.now
            told = {d.member for d in step if isinstance(d, TellOutcome)}
            assert told >= set(file.voices)
            self.sanctioned(step, file.subject, by, file)

    @rule(by=st.sampled_from(("hugo", "ada", "abe")), whom=st.sampled_from(MEMBERS))
    def find(self, by: str, whom: str) -> None:
        """Find a breach; parties to a case about each other have to wait."""
        step = self.tell(ev.RuleBroken, whom, actor=MemberId(by), rule=RuleCode("spam"))
        pairs = [(f.subject, *f.voices) for f in self.files if self.waits(f)]
        if any(whom in pair and by in pair for pair in pairs):
            assert self.refused(step) == "case.patience"
        else:
            self.sanctioned(step, whom, by, None)

    @rule(data=st.data(), by=st.sampled_from(PEOPLE))
    def appeal(self, data: st.DataObject, by: str) -> None:
        """Appeal some sanction."""
        if not self.penalties:
            return
        one = data.draw(st.sampled_from(self.penalties))
        sanction = DecisionId(one.key)
        step = self.tell(
            ev.AppealFiled, one.member, actor=MemberId(by), sanction=sanction
        )
        if by != one.member:
            assert self.refused(step) == "appeal.not_permitted"
        elif one.undone:
            assert self.refused(step) == "appeal.already_overturned"
        elif one.appeals:
            assert self.refused(step) == "appeal.already_appealed"
        elif self.now > one.at + WINDOW:
            assert self.refused(step) == "appeal.too_late"
        else:
            assert not self.refused(step)
            one.appeals.append([f"e{self.told}", "open"])

    @rule(
        data=st.data(),
        by=st.sampled_from(PEOPLE),
        outcome=st.sampled_from(AppealOutcome),
    )
    def judge(self, data: st.DataObject, by: str, outcome: AppealOutcome) -> None:
        """Decide some appeal."""
        found = [one for one in self.penalties if one.appeals]
        if not found:
            return
        one = data.draw(st.sampled_from(found))
        key, state = one.appeals[0]
        appeal = EventId(key)
        step = self.tell(
            ev.AppealDecided,
            one.member,
            actor=MemberId(by),
            appeal=appeal,
            outcome=outcome,
        )
        if state != "open":
            assert self.refused(step) == "appeal.already_decided"
        elif by == one.member or STAFF.get(by) != ADMIN:
            assert self.refused(step) == "appeal.not_permitted"
        elif by == one.by or by in one.voices:
            assert self.refused(step) == "appeal.conflict_of_interest"
        else:
            assert not self.refused(step)
            one.appeals[0][1] = outcome.value
            one.undone = outcome is AppealOutcome.GRANTED

    @rule(data=st.data(), by=st.sampled_from(MEMBERS))
    def withdraw(self, data: st.DataObject, by: str) -> None:
        """Take some appeal back."""
        found = [one for one in self.penalties if one.appeals]
        if not found:
            return
        one = data.draw(st.sampled_from(found))
        appeal = EventId(one.appeals[0][0])
        step = self.tell(
            ev.AppealWithdrawn, one.member, actor=MemberId(by), appeal=appeal
        )
        if one.appeals[0][1] != "open":
            assert self.refused(step) == "appeal.already_decided"
        elif by != one.member:
            assert self.refused(step) == "appeal.not_permitted"
        else:
            one.appeals[0][1] = "withdrawn"

    # -- what must follow --------------------------------------------------------------

    def sanctioned(self, step: Step, whom: str, by: str, file: File | None) -> None:
        """A breach gets the step of its number, overturned ones not counted."""
        found = [d for d in step if isinstance(d, ApplySanction)]
        if file is not None and file.outcome is not CaseOutcome.UPHELD:
            assert not found
            return
        counted = [p for p in self.penalties if p.member == whom and not p.undone]
        (imposed,) = found
        assert imposed.step.kind.word == STEPS[min(len(counted), 2)]
        voices = [] if file is None else file.voices
        self.penalties.append(Penalty(str(imposed.id), whom, by, self.now, voices))

    def waits(self, file: File) -> bool:
        """Tell whether *file* is a complaint that is not decided yet."""
        return file.outcome is None and not file.content

    def open_file(self, content: str) -> File | None:
        """Return the open case about *content*; there is never a second one."""
        found = [f for f in self.files if f.content == content and f.outcome is None]
        assert len(found) <= 1
        return found[0] if found else None

    @invariant()
    def cases_agree(self) -> None:
        """Every case stands as in the lists, with its voices and its lateness."""
        view = self.engine.view("ann")
        for file in self.files:
            desk = REPORTS if file.content else COMPLAINTS
            case = desk.case(view, file.name)
            assert case is not None
            assert (case.outcome, list(case.voices)) == (file.outcome, file.voices)
            assert (case.state is CaseState.DECIDED) == (file.outcome is not None)
            assert case.due == file.due
            marks = [m for m in case.stages if m.due == file.due]
            late = (file.decided or self.now) > file.due
            assert [m.overdue(self.now) for m in marks] == [late]
            assert case.handler not in (file.subject, *file.voices)

    @invariant()
    def sanctions_agree(self) -> None:
        """What was overturned is, with its strike; nothing else is."""
        for one in self.penalties:
            member = self.engine.members[one.member]
            record = member.sanction(one.key)
            assert record is not None
            assert (record.state == "overturned") is one.undone
            strike = member.strike(record.strikes[0])
            assert strike is not None
            assert strike.overturned is one.undone
            states = {str(a.id): a.state for a in self.heard(one.member)}
            for key, state in one.appeals:
                assert states[key] is AppealState(state)

    def heard(self, member: str) -> tuple[Any, ...]:
        """Return the appeals of *member*."""
        return APPEALS.appeals(self.engine.view(member))


TestCases = CasesBesideLists.TestCase
TestCases.settings = one_in(2)
