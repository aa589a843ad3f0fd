"""The events of a case as events of the library: one line of names per `type`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from community_sdk import Event, Money
from community_sdk import events as ev
from community_sdk.model import (
    AppealOutcome,
    CaseId,
    CaseOutcome,
    DecisionId,
    EventId,
    MemberId,
    Notice,
    RoleName,
    RuleChange,
    RuleCode,
)
from community_sdk.policies import rolled_back
from tests.peers.frame import at, length
from tests.peers.penalties.history import Told

Events = Iterable[Event]


def violation(t: Told) -> Events:
    """A confirmed breach, of somebody whose record may be told along with it."""
    rule, prior = RuleCode(t.plain["category"]), t.plain.get("assume_prior")
    if prior is not None:
        yield ev.RecordCleared(**t.head(id=EventId(f"{t.key} cleared"), actor=None))
    if prior:
        head = t.head(id=EventId(f"{t.key} before"), actor=None)
        yield ev.StrikesImported(**head, rule=rule, count=prior)
    occurred = at(t.plain["occurred"]) if "occurred" in t.plain else t.when
    head = t.head(at=occurred, recorded_at=t.when)
    yield ev.RuleBroken(**head, rule=rule, weight=t.plain.get("points"))


def act(t: Told) -> Events:
    """A sanction by hand, which may have to wait for consent."""
    yield ev.SanctionOrdered(
        **t.head(),
        **_measure(t),
        points=t.plain.get("points", 0),
        level=t.plain["do"].get("level", 0),
        notice=Notice(t.plain["do"].get("notice", "private")),
    )


def _measure(t: Told) -> dict[str, Any]:
    do = t.plain["do"]
    return {"measure": do["kind"], "duration": length(do.get("duration"))}


def role_ends(t: Told) -> Events:
    """A role is over, and with it the rank."""
    role = RoleName(t.plain["role"])
    yield ev.RoleEnded(**t.head(), role=role)
    who = t.history.actors.get(t.member, {})
    if "rank" in who:
        head = t.head(id=EventId(f"{t.key} rank"))
        yield ev.RoleEnded(**head, role=RoleName(f"rank {who['rank']}"))


def substitute(t: Told) -> Events:
    """Somebody holds a role in the place of another."""
    yield ev.RoleAssigned(
        **t.head(),
        role=RoleName(t.plain["role"]),
        since=at(t.plain["from"]),
        until=at(t.plain["to"]),
        substitute_for=MemberId(t.plain["for"]),
    )


def ad(t: Told) -> Events:
    """An advertisement, allowed before by somebody or nobody, and thanked for."""
    by, terms = t.plain.get("approved_by"), t.history.policy["ads"]
    if by is not None:
        head = t.head(id=EventId(f"{t.key} allowed"), actor=MemberId(by))
        yield ev.PermitGranted(**head, what="ad")
    amounts = (Money.of(text, terms["currency"]) for text in t.plain["packets"])
    yield ev.AdPosted(**t.head(), packets=tuple(amounts))


def join_request(t: Told) -> Events:
    """Somebody asks to come in; whose consent comes along hands the request in."""
    born, by = t.plain.get("born"), t.plain.get("consent_by")
    actor = None if by is None else MemberId(by)
    answers = {} if born is None else {"born": born}
    yield ev.JoinRequested(**t.head(actor=actor), answers=answers)


def _case(t: Told) -> Events:
    case, outcome = CaseId(t.about.case), CaseOutcome(t.plain["outcome"])
    yield ev.CaseDecided(**t.head(), case=case, outcome=outcome)


def nickname(t: Told) -> Events:
    """A nickname, judged where it is known: events never hold it."""
    newcomers: Any = t.history.book.policy("newcomers")
    conforms = newcomers.nickname.format.conforms(t.plain["value"])
    yield ev.NicknameSet(**t.head(), conforms=conforms)


def rollback(t: Told) -> Events:
    """What somebody did in a time is taken back, member by member."""
    issuer, by = MemberId(t.plain["issuer"]), t.head()["actor"]
    time = (at(t.plain["from"]), at(t.plain["to"]))
    members = t.history.engine.members.values()
    yield from rolled_back(members, issuer, time, key=t.key, at=t.when, actor=by)


def _one(
    kind: type[Event], **values: Callable[[Told], Any]
) -> Callable[[Told], Events]:
    return lambda t: [kind(**t.head(), **{k: value(t) for k, value in values.items()})]


def _nothing(_: Told) -> Events:
    return ()


TELL: Final[dict[str, Callable[[Told], Events]]] = {
    "violation": violation,
    "act": act,
    "propose": act,
    "approve": _one(
        ev.ProposalApproved, proposal=lambda t: DecisionId(t.about.proposal)
    ),
    "refuse": _one(ev.ProposalRefused, proposal=lambda t: DecisionId(t.about.proposal)),
    "revoke": _one(ev.StrikeOverturned, strike=lambda t: t.about.key),
    "lift": _one(ev.SanctionLifted, sanction=lambda t: DecisionId(t.about.sanction)),
    "emergency_act": _one(
        ev.EmergencyActed,
        ground=lambda t: t.plain["ground"],
        measure=lambda t: _measure(t)["measure"],
        duration=lambda t: _measure(t)["duration"],
    ),
    "report_emergency": _one(ev.EmergencyReported, emergency=lambda t: t.about.key),
    "ratify": _one(ev.EmergencyRatified, emergency=lambda t: t.about.key),
    "reject_ratification": _one(ev.EmergencyRejected, emergency=lambda t: t.about.key),
    "appeal": _one(ev.AppealFiled, sanction=lambda t: DecisionId(t.about.sanction)),
    "decide_appeal": _one(
        ev.AppealDecided,
        appeal=lambda t: t.about.key,
        outcome=lambda t: AppealOutcome(t.plain["outcome"]),
    ),
    "observe": _nothing,
    "observe_case": _nothing,
    "join_request": join_request,
    "invited_in": _one(ev.Invited),
    "consent": _one(ev.EntryConsented),
    "leave": _one(ev.Left),
    "merge": _one(ev.IdentityLinked, alias=lambda t: MemberId(t.plain["from"])),
    "clear_history": _one(ev.RecordCleared),
    "role_ends": role_ends,
    "substitute": substitute,
    "petition": _one(
        ev.PetitionStarted,
        changes=lambda t: (RuleChange(code=RuleCode(t.plain["rule"])),),
    ),
    "sign": _one(ev.PetitionSigned, petition=lambda t: t.about.key),
    "complaint": _one(ev.ComplaintFiled, topic=lambda t: t.plain["about"]),
    "decide_complaint": _case,
    "resolve_case": _case,
    "report": _one(
        ev.ContentReported,
        content=lambda t: t.plain["content"],
        category=lambda t: t.plain["category"],
    ),
    "post": _one(ev.MessagePosted),
    "ad": ad,
    "nickname": nickname,
    "rollback": rollback,
}
