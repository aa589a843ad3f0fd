"""What a case asks after a step, read from the answers of the library."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from community_sdk import LadderStep, PenaltyLadder
from community_sdk import events as ev
from community_sdk.decisions import (
    Admit,
    AmendRulebook,
    ApplySanction,
    AskForMore,
    EndSanction,
    OverturnStrike,
    Recommend,
    RefuseAdmission,
    ReportBreach,
    RequestConsent,
)
from community_sdk.model import Appeal, Case, MotionState
from community_sdk.policies import Tally
from community_sdk.state import NEVER, latest_end
from tests.peers.frame import moment
from tests.peers.penalties.book import versions
from tests.peers.penalties.history import History, Told
from tests.peers.penalties.instruments import LADDER

REASONS: Final = {
    "event.recorded_before": "future_event",
    "event.negative": "negative_points",
    "rule.unknown": "no_such_rule_at_that_time",
    "rule.not_in_force": "no_such_rule_at_that_time",
    "authority.self": "self",
    "authority.protected": "protected",
    "authority.rank": "rank",
    "authority.not_permitted": "not_permitted",
    "authority.no_role": "not_permitted",
    "authority.not_valid": "not_permitted",
    "authority.over_limit": "over_limit",
    "authority.not_issuer": "not_issuer",
    "emergency.not_a_ground": "not_an_emergency_ground",
    "sanction.already_active": "already_active",
    "sanction.already_overturned": "already_reversed",
    "sanction.not_active": "not_active",
    "sanction.under_limit": "under_limit",
    "sanction.over_limit": "over_limit",
    "consent.proposer": "self_approval",
    "consent.closed": "already_decided",
    "consent.not_holder": "not_an_approver",
    "consent.twice": "duplicate",
    "appeal.too_late": "too_late",
    "appeal.already_appealed": "already_appealed",
    "appeal.conflict_of_interest": "conflict_of_interest",
    "appeal.not_permitted": "not_permitted",
    "appeal.already_decided": "already_decided",
    "case.party_to_the_case": "party_to_the_case",
    "case.already_decided": "already_decided",
    "case.duplicate": "duplicate",
    "case.own_content": "own_content",
    "petition.twice": "duplicate",
    "petition.not_entitled": "not_permitted",
    "motion.closed": "already_decided",
    "admission.banned": "banned",
    "admission.needs_owner_consent": "needs_owner_consent",
    "admission.needs_consent": "needs_owner_consent",
    "admission.not_permitted": "not_permitted",
    "admission.under_age": "under_age",
    "admission.age_unknown": "age_unknown",
    "permit.not_approved": "not_approved",
    "permit.fee_incomplete": "fee_incomplete",
}
AT_THE_DOOR: Final = {
    RefuseAdmission: "refused",
    AskForMore: "pending",
    Admit: "admitted",
}
SAID: Final = {
    ReportBreach: "breach",
    ev.ProposalOpened: "pending_approval",
    ev.SanctionImposed: "applied",
    AmendRulebook: "adopted",
}
ACCEPTED: Final = {
    "observe": "observed",
    "observe_case": "observed",
    "lift": "lifted",
    "revoke": "reversed",
    "rollback": "reversed",
    "reject_ratification": "reversed",
    "emergency_act": "provisional",
    "ratify": "applied",
    "approve": "pending_approval",
    "refuse": "refused_by_approver",
    "decide_appeal": "decided",
    "decide_complaint": "decided",
    "resolve_case": "decided",
    "post": "allowed",
    "ad": "allowed",
    "nickname": "allowed",
}
SAID_BY_NAME: Final = ("emergency_act", "decide_appeal", "revoke")
CASES: Final = {"open": "open", "in_review": "open", "decided": "resolved"}


class Answers:
    """The answers after one step: a name per key of `expect`."""

    def __init__(self, history: History, told: Told) -> None:
        """Ask about *told*, the latest step."""
        self._history, self._told = history, told
        self._type = told.plain["type"]
        self._state = history.view(told.member)
        self._member, self._now = self._state.member, self._state.now_us
        self._record = history.record(told.about)
        self._policy = history.book.policy

        why = [*told.reasons]
        for said in told.found(RefuseAdmission, AskForMore, ReportBreach):
            why += [part.key for part in said.because.walk()]
        self.refused = bool([*told.reasons])
        self.reason = next((REASONS[key] for key in why if key in REASONS), why)
        self.result = self._result()
        self.sanction = next(map(_measure, told.found(ApplySanction)), None)
        asked = told.found(RequestConsent)
        self.proposed = next((_measure(one.wish) for one in asked), None)
        self.sanctions_applied = len(told.found(ev.SanctionImposed))
        self.active = [one.measure for one in self._member.in_force(self._now)]
        self.member_state = self._member.whereabouts(self._now).value

    def _result(self) -> str:
        if any(s.duplicate for s in self._told.steps) or self.reason == "duplicate":
            return "duplicate"
        if self.refused:
            return "refused"
        if self._told.plain.get("dry_run"):
            return "would_apply"
        if self._nickname():
            return "breach"
        if self._type in SAID_BY_NAME:
            return ACCEPTED[self._type]
        door = self._type in ("join_request", "invited_in", "consent")
        words = AT_THE_DOOR if door else SAID
        found = (word for kind, word in words.items() if self._told.found(kind))
        return next(found, ACCEPTED.get(self._type, "recorded"))

    @property
    def notice(self) -> Any:
        """Who is told of the measure."""
        return self.sanction and self.sanction["notice"]

    # -- what counts -----------------------------------------------------------------

    def _tally(self, member: str = "") -> Tally:
        ladder = self._history.book.policy(LADDER)
        state = self._history.view(member or self._told.member)
        assert isinstance(ladder, PenaltyLadder)
        return ladder.tally(state, category=self._told.category or None)

    @property
    def count(self) -> int:
        """What counts towards the ladder now."""
        return self._tally().total

    points = count

    def counts(self, wanted: Mapping[str, int]) -> dict[str, int]:
        """The same for those who are named."""
        return {name: self._tally(name).total for name in wanted}

    @property
    def lifetime_points(self) -> int:
        """All points ever given."""
        return self._tally().given

    @property
    def revoked_points(self) -> int:
        """Those of them that were revoked."""
        return self._tally().revoked

    @property
    def decayed_points(self) -> int:
        """What was lost by decay."""
        return self._tally().decayed

    @property
    def rulebook_version(self) -> Any:
        """The version of the rules that the breach was judged by."""
        strike = self._member.strike(self._told.key)
        return strike and versions(self._history.policy)[strike.version]["version"]

    # -- sanctions ---------------------------------------------------------------------

    @property
    def until(self) -> datetime | str:
        """The latest end of what is in force."""
        end = latest_end(self._member.in_force(self._now))
        return "indefinite" if end in (None, NEVER) else moment(end)

    @property
    def sanction_state(self) -> str | None:
        """Where the sanction referred to stands."""
        return self._record and self._record.state

    @property
    def effective_from(self) -> datetime | None:
        """When the sanction began."""
        return self._record and moment(self._record.since)

    @property
    def effect_undone(self) -> bool | None:
        """Whether what was done could be undone."""
        return self._record and not self._record.irreversible

    def unchanged(self, steps: list[int]) -> list[int]:
        """Those of *steps* whose sanctions are as they were."""
        found = ((n, self._history.record(self._history.told[n])) for n in steps)
        return [n for n, record in found if record in self._told.before]

    def later(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """The kind that the sanction of a later step has now."""
        record = self._history.record(self._history.told[wanted["ref"]])
        return {"ref": wanted["ref"], "kind": record and record.measure}

    def _steps(self, keys: set[Any]) -> list[int]:
        told = self._history.told.values()
        return [t.n for t in told if {t.sanction, t.proposal, t.key} & keys]

    @property
    def needs_review(self) -> list[int]:
        """The steps whose sanctions a person should look at again."""
        asked = self._told.found(Recommend)
        return self._steps({one.properties.get("sanction") for one in asked})

    @property
    def dismissed(self) -> list[int]:
        """The steps whose proposals were ended."""
        found = self._told.found(ev.ProposalDismissed)
        return self._steps({one.proposal for one in found})

    @property
    def reversed_refs(self) -> list[int]:
        """The steps that were taken back."""
        strikes = {one.strike for one in self._told.found(OverturnStrike)}
        ended = self._told.found(EndSanction)
        return self._steps({*strikes, *(one.sanction for one in ended)})

    @property
    def agreed(self) -> int | None:
        """The voices for the proposal so far."""
        waiting = (
            c for c in self._member.consents if c.id == self._told.about.proposal
        )
        return next((len(c.votes) for c in waiting), None)

    @property
    def role(self) -> str:
        """The role that the member holds."""
        roles = self._member.as_member(self._now).roles
        return next((str(r) for r in roles if not r.startswith("rank ")), "member")

    # -- procedures --------------------------------------------------------------------

    @property
    def _case(self) -> Case | None:
        for key in ("complaints", "reports"):
            desk: Any = self._policy(key)
            if desk is not None:
                return desk.case(self._state, self._told.about.case)
        return None

    @property
    def case_state(self) -> str | None:
        """Where the case stands."""
        return self._case and CASES[self._case.state.value]

    @property
    def due(self) -> datetime | None:
        """When it is to be decided."""
        return self._case and self._case.due

    @property
    def overdue(self) -> bool | None:
        """Whether it is, or was, late."""
        return self._case and self._case.overdue(self._state.now)

    def _open_case(self) -> Case | None:
        desk: Any = self._policy("reports")
        return desk.open_case(self._state, self._told.about.plain["content"])

    @property
    def open_cases(self) -> int:
        """How many cases of the content are open."""
        return int(self._open_case() is not None)

    @property
    def report_count(self) -> int:
        """How many reports the open case has."""
        case = self._open_case()
        return 0 if case is None else len(case.voices)

    def _petition(self, part: str) -> Any:
        kept = self._state.community.slices.get("petition", {})
        return kept.get(part, {}).get(self._told.about.key)

    @property
    def signatures(self) -> int | None:
        """How many have signed."""
        for told in self._history.told.values():
            for amended in told.found(AmendRulebook):
                if amended.motion == self._told.about.key:
                    return int(amended.because["found"])
        return len((self._petition("open") or {}).get("voices", ()))

    @property
    def adopted(self) -> bool:
        """Whether the petition is through."""
        return self._petition("closed") == MotionState.PASSED.value

    @property
    def rulebook_version_increased(self) -> bool:
        """Whether there is a new version of the rules."""
        return self._state.rulebook.newest != self._history.book.rulebook.newest

    @property
    def appeal_state(self) -> str | None:
        """Where the appeal stands."""
        appeals: list[Appeal] = self._policy("appeals").appeals(self._state)
        keys = (self._told.key, self._told.about.key)
        return next((a.state.value for a in appeals if a.id in keys), None)

    @property
    def report_due(self) -> datetime | None:
        """When the emergency must be reported."""
        for part in self._history.engine.standing(self._told.member).walk():
            if part.key == "emergency.open":
                return datetime.fromisoformat(str(part["due"]))
        return None

    def _reports(self) -> tuple[int, int, int]:
        threshold: Any = self._policy("threshold")
        return threshold.tally(self._state)

    @property
    def score(self) -> Decimal:
        """What the reports about the member weigh together."""
        return Decimal(self._reports()[1]).scaleb(-2)

    @property
    def reporters(self) -> int:
        """By how many people they were made."""
        return self._reports()[2]

    @property
    def rule(self) -> str | None:
        """The rule that was broken."""
        if self._nickname():
            return "nickname"
        return next((str(b.rule) for b in self._told.found(ReportBreach)), None)

    def _nickname(self) -> bool:
        asked = self._told.found(Recommend)
        return any(one.action == "explain_nickname" for one in asked)


def _measure(decision: ApplySanction) -> dict[str, object]:
    step: LadderStep = decision.step
    return {
        "kind": str(step.kind),
        "duration": step.duration or "indefinite",
        "minutes": step.duration,
        "level": step.level,
        "notice": step.notice.value,
    }
