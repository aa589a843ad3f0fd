"""A desk with staff: who reports, complains, decides, and what was said of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from community_sdk import events as ev
from community_sdk.decisions import Decision, RefuseAct
from community_sdk.engine import Step
from community_sdk.model import (
    AppealOutcome,
    CaseId,
    CaseOutcome,
    EventId,
    MemberId,
    Role,
    RoleName,
    RuleCode,
)
from community_sdk.policies import Policy
from tests.unit.desk import DAY, START, Desk

STAFF = (
    Role(name=RoleName("host"), rank=1),
    Role(name=RoleName("admin"), rank=5),
    Role(name=RoleName("owner"), rank=9),
)
HOST, ADMIN, OWNER = (role.name for role in STAFF)
UPHELD, DISMISSED = CaseOutcome.UPHELD, CaseOutcome.DISMISSED
GRANTED, DENIED = AppealOutcome.GRANTED, AppealOutcome.DENIED


class Office(Desk):
    """A desk at which hugo is host, ada and abe are admins, olga the owner."""

    def __init__(self, *policies: Policy, **book: Any) -> None:
        """Appoint everybody long before the cases come in."""
        super().__init__(*policies, roles=STAFF, **book)
        staff = {"hugo": HOST, "ada": ADMIN, "abe": ADMIN, "olga": OWNER}
        for who, role in staff.items():
            self.tell(ev.RoleAssigned, START - DAY, who, role=role)

    def report(
        self, when: datetime, by: str | None = "bo", content: str = "p1", **more: Any
    ) -> Step:
        """Let *by* report what ann wrote."""
        actor = None if by is None else MemberId(by)
        return self.tell(ev.ContentReported, when, actor=actor, content=content, **more)

    def complain(self, when: datetime, by: str | None = "bo", **more: Any) -> Step:
        """Let *by* complain about ann."""
        more.setdefault("topic", "attitude")
        actor = None if by is None else MemberId(by)
        return self.tell(ev.ComplaintFiled, when, actor=actor, **more)

    def close(
        self,
        when: datetime,
        by: str = "hugo",
        outcome: CaseOutcome = UPHELD,
        case: str = "cases-1",
        **more: Any,
    ) -> Step:
        """Let *by* decide a case."""
        return self.tell(
            ev.CaseDecided,
            when,
            actor=MemberId(by),
            case=CaseId(case),
            outcome=outcome,
            **more,
        )

    def advance_case(
        self, when: datetime, stage: Any, by: str = "hugo", case: str = "cases-1"
    ) -> Step:
        """Let *by* do a stage of a case."""
        return self.tell(
            ev.CaseAdvanced, when, actor=MemberId(by), case=CaseId(case), stage=stage
        )

    def breach(self, when: datetime, by: str = "ada", **more: Any) -> Step:
        """Let *by* find a breach."""
        rule = more.pop("rule", RuleCode("quiet"))
        return self.tell(ev.RuleBroken, when, actor=MemberId(by), rule=rule, **more)

    def appeal(self, when: datetime, by: str | None = None, **more: Any) -> Step:
        """Let *by*, or ann herself, appeal."""
        actor = None if by is None else MemberId(by)
        return self.tell(ev.AppealFiled, when, actor=actor, **more)

    def judge(
        self,
        when: datetime,
        by: str | None = "abe",
        outcome: AppealOutcome = GRANTED,
        appeal: str = "appeal",
        **more: Any,
    ) -> Step:
        """Let *by* decide the appeal."""
        actor = None if by is None else MemberId(by)
        return self.tell(
            ev.AppealDecided,
            when,
            actor=actor,
            appeal=EventId(appeal),
            outcome=outcome,
            **more,
        )


def refused(step: Step) -> list[str]:
    """Return the reasons for which acts did not count."""
    return [d.because.key for d in step.decisions if isinstance(d, RefuseAct)]


def kinds(step: Step) -> list[str]:
    """Return the kinds of the decisions, in order."""
    return [d.kind for d in step.decisions]


def of(step: Step, kind: type[Decision]) -> list[Any]:
    """Return the decisions of one kind."""
    return [d for d in step.decisions if isinstance(d, kind)]
