"""What a case asks after each step, read from the answers of the library."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from community_sdk import decisions as de
from community_sdk import events as ev
from community_sdk.model import MotionState
from community_sdk.state import NEVER, latest_end
from tests.peers.frame import Plain, differences, moment, words
from tests.peers.penalties.book import versions
from tests.peers.penalties.history import History, Told

REASONS: Final = words("""
event.recorded_before=future_event      event.negative=negative_points
rule.unknown=no_such_rule_at_that_time  rule.not_in_force=no_such_rule_at_that_time
authority.self=self                     authority.protected=protected
authority.rank=rank                     authority.not_permitted=not_permitted
authority.no_role=not_permitted         authority.not_valid=not_permitted
authority.over_limit=over_limit         authority.not_issuer=not_issuer
sanction.already_active=already_active  sanction.already_overturned=already_reversed
sanction.not_active=not_active          sanction.under_limit=under_limit
sanction.over_limit=over_limit          emergency.not_a_ground=not_an_emergency_ground
consent.closed=already_decided          consent.not_holder=not_an_approver
consent.twice=duplicate                 consent.proposer=self_approval
appeal.too_late=too_late                appeal.already_appealed=already_appealed
appeal.not_permitted=not_permitted      appeal.already_decided=already_decided
appeal.conflict_of_interest=conflict_of_interest
case.party_to_the_case=party_to_the_case
case.already_decided=already_decided    case.duplicate=duplicate
case.own_content=own_content            petition.twice=duplicate
petition.not_entitled=not_permitted     motion.closed=already_decided
admission.banned=banned                 admission.not_permitted=not_permitted
admission.needs_consent=needs_owner_consent
admission.needs_owner_consent=needs_owner_consent
admission.under_age=under_age           admission.age_unknown=age_unknown
permit.not_approved=not_approved        permit.fee_incomplete=fee_incomplete
""")
AT_THE_DOOR: Final = {
    de.RefuseAdmission: "refused",
    de.AskForMore: "pending",
    de.Admit: "admitted",
}
SAID: Final = {
    de.ReportBreach: "breach",
    ev.ProposalOpened: "pending_approval",
    ev.SanctionImposed: "applied",
    de.AmendRulebook: "adopted",
}
ACCEPTED: Final = words("""
observe=observed observe_case=observed lift=lifted ratify=applied post=allowed
approve=pending_approval refuse=refused_by_approver ad=allowed nickname=allowed
rollback=reversed reject_ratification=reversed resolve_case=decided
decide_complaint=decided
""")
WHATEVER_FOLLOWS: Final = words("""
emergency_act=provisional decide_appeal=decided revoke=reversed
""")
CASES: Final = words("open=open in_review=open decided=resolved")


def failures(case: Plain) -> list[str]:
    """Return what the library answers otherwise than expected, in words."""
    history, found = History(case), list[str]()
    for step in case["steps"]:
        answers = Answers(history.tell(step))
        found += differences(step["expect"], answers, f"step {step['n']}")
    return found


class Answers:
    """The answers after one step: a name per key of `expect`."""

    def __init__(self, told: Told) -> None:
        """Ask about *told*, the latest step."""
        self._told, self._history = told, told.history
        self._policy: Any = told.history.book.policy
        state = self._state = told.history.engine.view(told.member)
        member, now, record = (
            state.member,
            state.now_us,
            told.history.record(told.about),
        )
        why = told.refusals
        for said in told.found(*AT_THE_DOOR, de.ReportBreach):
            why += [part.key for part in said.because.walk()]
        self.reason = next((REASONS[key] for key in why if key in REASONS), why)
        self.result = self._result(told.plain["type"])
        sanctions, asked = told.found(de.ApplySanction), told.found(de.RequestConsent)
        self.sanction = next((_measure(one.step) for one in sanctions), None)
        self.proposed = next((_measure(one.wish.step) for one in asked), None)
        self.notice = self.sanction and self.sanction["notice"]
        self.sanctions_applied = len(told.found(ev.SanctionImposed))
        self.active = [one.measure for one in member.in_force(now)]
        end = latest_end(member.in_force(now))
        self.until = "indefinite" if end in (None, NEVER) else moment(end)
        self.member_state = member.whereabouts(now).value
        self.sanction_state = record and record.state
        self.effective_from = record and moment(record.since)
        self.effect_undone = record and not record.irreversible
        held = (
            str(r) for r in member.as_member(now).roles if not r.startswith("rank ")
        )
        self.role = next(held, "member")
        proposals = (
            c for c in member.consents if c.id == told.about.made.get("proposal")
        )
        self.agreed = next((len(one.votes) for one in proposals), None)
        broken = (str(breach.rule) for breach in told.found(de.ReportBreach))
        self.rule = next(broken, None)
        self.rulebook_version_increased = (
            state.rulebook.newest != self._history.book.rulebook.newest
        )

    def _result(self, kind: str) -> str:
        told = self._told
        if any(s.duplicate for s in told.steps) or self.reason == "duplicate":
            return "duplicate"
        if told.refusals:
            return "refused"
        if told.plain.get("dry_run"):
            return "would_apply"
        if kind in WHATEVER_FOLLOWS:
            return WHATEVER_FOLLOWS[kind]
        door = kind in ("join_request", "invited_in", "consent")
        table = AT_THE_DOOR if door else SAID
        found = (word for one, word in table.items() if told.found(one))
        return next(found, ACCEPTED.get(kind, "recorded"))

    def __getattr__(self, name: str) -> Any:
        """Answer what only some cases ask."""
        return getattr(_Asked(self._told), name)


class _Asked:
    """Answers that want a policy, and are read only when a case asks for them."""

    def __init__(self, told: Told) -> None:
        self._told, self._history = told, told.history
        self._state = told.history.engine.view(told.member)
        self._policy: Any = told.history.book.policy

    def _tally(self, member: str = "") -> Any:
        state = self._history.engine.view(member or self._told.member)
        return self._policy("ladder").tally(state, category=self._told.category)

    count = points = property(lambda self: self._tally().total)
    lifetime_points = property(lambda self: self._tally().given)
    revoked_points = property(lambda self: self._tally().revoked)
    decayed_points = property(lambda self: self._tally().decayed)

    def counts(self, wanted: Plain) -> dict[str, int]:
        return {name: self._tally(name).total for name in wanted}

    @property
    def rulebook_version(self) -> Any:
        strike = self._state.member.strike(self._told.key)
        return (
            strike and versions(self._history.case["policy"])[strike.version]["version"]
        )

    def _record(self, n: int) -> Any:
        return self._history.record(self._history.told[n])

    def unchanged(self, steps: list[int]) -> list[int]:
        return [n for n in steps if self._record(n) in self._told.before]

    def later(self, wanted: Plain) -> Mapping[str, Any]:
        return {"ref": wanted["ref"], "kind": self._record(wanted["ref"]).measure}

    def _steps(self, keys: set[Any]) -> list[int]:
        told = self._history.told.values()
        return [t.n for t in told if {t.key, *t.made.values()} & keys]

    @property
    def needs_review(self) -> list[int]:
        asked = self._told.found(de.Recommend)
        return self._steps({one.properties.get("sanction") for one in asked})

    @property
    def dismissed(self) -> list[int]:
        return self._steps({d.proposal for d in self._told.found(ev.ProposalDismissed)})

    @property
    def reversed_refs(self) -> list[int]:
        strikes = {one.strike for one in self._told.found(de.OverturnStrike)}
        ended = {one.sanction for one in self._told.found(de.EndSanction)}
        return self._steps(strikes | ended)

    @property
    def _case(self) -> Any:
        desk = self._policy("complaints") or self._policy("reports")
        return desk.case(self._state, self._told.about.made.get("case"))

    case_state = property(lambda self: CASES[self._case.state.value])
    due = property(lambda self: self._case.due)
    overdue = property(lambda self: self._case.overdue(self._state.now))

    @property
    def _open_case(self) -> Any:
        content = self._told.plain["content"]
        return self._policy("reports").open_case(self._state, content)

    open_cases = property(lambda self: int(self._open_case is not None))
    report_count = property(lambda self: len(self._open_case.voices))

    @property
    def _reports(self) -> Any:
        return self._policy("threshold").tally(self._state)

    score = property(lambda self: Decimal(self._reports[1]).scaleb(-2))
    reporters = property(lambda self: self._reports[2])

    @property
    def appeal_state(self) -> Any:
        keys = (self._told.key, self._told.about.key)
        appeals = self._policy("appeals").appeals(self._state)
        return next((a.state.value for a in appeals if a.id in keys), None)

    @property
    def report_due(self) -> datetime | None:
        parts = self._history.engine.standing(self._told.member).walk()
        due = (str(part["due"]) for part in parts if part.key == "emergency.open")
        return next(map(datetime.fromisoformat, due), None)

    @property
    def signatures(self) -> int:
        for adopted in self._told.found(de.AmendRulebook):
            return int(adopted.because["found"])
        petition = self._policy("petition")
        return len(petition.signers(self._state, self._told.about.key))

    @property
    def adopted(self) -> bool:
        petition = self._policy("petition")
        return petition.outcome(self._state, self._told.about.key) is MotionState.PASSED


def _measure(step: Any) -> dict[str, object]:
    lasting = step.duration or "indefinite"
    more = {"level": step.level, "notice": step.notice.value, "minutes": lasting}
    return {"kind": str(step.kind), "duration": lasting, **more}
