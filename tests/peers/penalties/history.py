"""The events of a case told to the engine, and what the engine said to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any, Final

from attrs import define, field

from community_sdk import Event, Money, Step
from community_sdk import events as ev
from community_sdk import model as mo
from community_sdk.decisions import RefuseAct
from community_sdk.errors import HistoryError
from community_sdk.model import DecisionId, EventId, MemberId, RoleName, RuleCode
from community_sdk.policies import rolled_back
from community_sdk.state import SanctionRecord
from tests.peers.frame import Plain, at, length
from tests.peers.penalties.book import people_of, playbook


@define(eq=False)
class Told:
    """One step of a case: what was told, what the engine said, what came of it."""

    n: int
    when: datetime
    plain: Plain
    history: History
    ref: Told | None
    member: str
    before: tuple[SanctionRecord, ...]
    steps: list[Step] = field(factory=list[Step])
    error: str = ""
    made: dict[str, str] = field(factory=dict[str, str])

    @property
    def key(self) -> EventId:
        """The id of the event: the one that is given, or the number of the step."""
        return EventId(self.plain.get("event_id", f"step {self.n}"))

    @property
    def about(self) -> Told:
        """The step that this one refers to, else itself."""
        return self.ref or self

    @property
    def category(self) -> str | None:
        """Its own category, else that of the step referred to."""
        own = self.plain.get("category") or self.plain.get("ground")
        return own or (self.ref.category if self.ref else None)

    def id(self, of: str) -> Any:
        """Return the id of the sanction, proposal or case of the step referred to."""
        return self.about.made.get(of, "")

    def head(self, **more: Any) -> dict[str, Any]:
        """Return what every event of this step carries; the automation has no name."""
        by = self.plain.get("by", "system")
        head = {"id": self.key, "at": self.when, "member": self.member or None}
        return head | {"actor": None if by == "system" else MemberId(by)} | more

    def found(self, *kinds: type[Any]) -> list[Any]:
        """Return the facts and decisions of some kinds that came of it."""
        said = chain.from_iterable((*s.decisions, *s.facts) for s in self.steps)
        return [one for one in said if isinstance(one, kinds)]

    @property
    def refusals(self) -> list[str]:
        """The keys of why the act does not count, none where it does."""
        why = [one.because for one in self.found(RefuseAct)]
        return [self.error] * bool(self.error) + [p.key for w in why for p in w.walk()]


class History:
    """One case from its first step on."""

    def __init__(self, case: Plain) -> None:
        """Begin the community, and tell who is who."""
        self.case, self.book = case, playbook(case)
        self.engine = self.book.engine()
        self.told: dict[int, Told] = {}
        self.cases: dict[str, Told] = {}
        for event in people_of(case):
            self.engine.receive(event)

    def tell(self, step: Plain) -> Told:
        """Let time pass up to *step*, and tell it."""
        plain, when = step["event"], at(step["at"])
        ref = self.told.get(plain.get("ref")) or self.cases.get(plain.get("content"))
        whom = (plain.get(key) for key in ("member", "against", "into", "by_member"))
        member = next(filter(None, whom), ref.member if ref else "")
        self.engine.advance(when)
        now = self.engine.view(member).member.sanctions
        told = self.told[step["n"]] = Told(
            step["n"], when, plain, self, ref, member, now
        )
        ask = self.engine.preview if plain.get("dry_run") else self.engine.receive
        try:
            for event in TELL[plain["type"]](told):
                told.steps.append(ask(event))
        except HistoryError as error:
            told.error = error.code
        for kind, name in MADE.items():
            for fact in told.found(kind):
                told.made[name] = getattr(fact, name)
        if "case" in told.made:
            self.cases[plain.get("content", "")] = told
        return told

    def record(self, told: Told) -> SanctionRecord | None:
        """Return the latest sanction that answered *told*, else what it refers to."""
        records = self.engine.view(told.member).member.sanctions
        keys = {told.key, told.made.get("sanction")}
        found = (r for r in reversed(records) if {*r.strikes[:1], r.id} & keys)
        return next(found, self.record(told.ref) if told.ref else None)


MADE: Final[dict[type[Event], str]] = {
    ev.SanctionImposed: "sanction",
    ev.ProposalOpened: "proposal",
    ev.CaseOpened: "case",
}


def _violation(t: Told) -> Iterator[Event]:
    rule, prior = RuleCode(t.plain["category"]), t.plain.get("assume_prior")
    if prior is not None:
        yield ev.RecordCleared(**t.head(id=EventId(f"{t.key} cleared"), actor=None))
    if prior:
        head = t.head(id=EventId(f"{t.key} before"), actor=None)
        yield ev.StrikesImported(**head, rule=rule, count=prior)
    occurred = at(t.plain["occurred"]) if "occurred" in t.plain else t.when
    head = t.head(at=occurred, recorded_at=t.when)
    yield ev.RuleBroken(**head, rule=rule, weight=t.plain.get("points"))


def _act(t: Told) -> Iterator[Event]:
    do, points = t.plain["do"], t.plain.get("points", 0)
    more = {
        "level": do.get("level", 0),
        "notice": mo.Notice(do.get("notice", "private")),
    }
    yield ev.SanctionOrdered(**t.head(), **_measure(t), points=points, **more)


def _measure(t: Told) -> dict[str, Any]:
    do = t.plain["do"]
    return {"measure": do["kind"], "duration": length(do.get("duration"))}


def _role_ends(t: Told) -> Iterator[Event]:
    yield ev.RoleEnded(**t.head(), role=RoleName(t.plain["role"]))
    rank = t.history.case["actors"].get(t.member, {}).get("rank")
    if rank is not None:
        head = t.head(id=EventId(f"{t.key} rank"))
        yield ev.RoleEnded(**head, role=RoleName(f"rank {rank}"))


def _substitute(t: Told) -> Iterator[Event]:
    time: dict[str, Any] = {
        "since": at(t.plain["from"]),
        "until": at(t.plain["to"]),
    }
    instead: dict[str, Any] = {"substitute_for": MemberId(t.plain["for"])}
    yield ev.RoleAssigned(**t.head(), role=RoleName(t.plain["role"]), **time, **instead)


def _ad(t: Told) -> Iterator[Event]:
    if t.plain.get("approved_by") is not None:
        by, key = MemberId(t.plain["approved_by"]), EventId(f"{t.key} allowed")
        yield ev.PermitGranted(**t.head(id=key, actor=by), what="ad")
    currency = t.history.case["policy"]["ads"]["currency"]
    packets = tuple(Money.of(text, currency) for text in t.plain["packets"])
    yield ev.AdPosted(**t.head(), packets=packets)


def _join(t: Told) -> Iterator[Event]:
    answers = {"born": t.plain["born"]} if t.plain.get("born") else {}
    yield ev.JoinRequested(**t.head(actor=t.plain.get("consent_by")), answers=answers)


def _nickname(t: Told) -> Iterator[Event]:
    newcomers: Any = t.history.book.policy("newcomers")
    conforms = newcomers.nickname.format.conforms(t.plain["value"])
    yield ev.NicknameSet(**t.head(), conforms=conforms)


def _rollback(t: Told) -> Iterator[Event]:
    time: dict[str, Any] = {
        "since": at(t.plain["from"]),
        "until": at(t.plain["to"]),
    }
    order = ev.ActsRolledBack(**t.head(), issuer=MemberId(t.plain["issuer"]), **time)
    yield from rolled_back(order, t.history.engine.members.values())


def _one(kind: type[Event], **more: Callable[[Told], Any]) -> Callable[[Told], Any]:
    return lambda t: [kind(**t.head(), **{name: of(t) for name, of in more.items()})]


def _case(t: Told) -> Iterator[Event]:
    outcome = mo.CaseOutcome(t.plain["outcome"])
    yield ev.CaseDecided(**t.head(), case=t.id("case"), outcome=outcome)


def _sanction(t: Told) -> DecisionId:
    record = t.history.record(t.about)
    return DecisionId(record.id if record else "")


TELL: Final[dict[str, Callable[[Told], Iterable[Event]]]] = {
    "violation": _violation,
    "act": _act,
    "propose": _act,
    "approve": _one(ev.ProposalApproved, proposal=lambda t: t.id("proposal")),
    "refuse": _one(ev.ProposalRefused, proposal=lambda t: t.id("proposal")),
    "revoke": _one(ev.StrikeOverturned, strike=lambda t: t.about.key),
    "lift": _one(ev.SanctionLifted, sanction=_sanction),
    "emergency_act": lambda t: [
        ev.EmergencyActed(**t.head(), ground=t.plain["ground"], **_measure(t))
    ],
    "report_emergency": _one(ev.EmergencyReported, emergency=lambda t: t.about.key),
    "ratify": _one(ev.EmergencyRatified, emergency=lambda t: t.about.key),
    "reject_ratification": _one(ev.EmergencyRejected, emergency=lambda t: t.about.key),
    "appeal": _one(ev.AppealFiled, sanction=_sanction),
    "decide_appeal": _one(
        ev.AppealDecided,
        appeal=lambda t: t.about.key,
        outcome=lambda t: mo.AppealOutcome(t.plain["outcome"]),
    ),
    "observe": lambda _: (),
    "observe_case": lambda _: (),
    "join_request": _join,
    "invited_in": _one(ev.Invited),
    "consent": _one(ev.EntryConsented),
    "leave": _one(ev.Left),
    "merge": _one(ev.IdentityLinked, alias=lambda t: t.plain["from"]),
    "clear_history": _one(ev.RecordCleared),
    "role_ends": _role_ends,
    "substitute": _substitute,
    "petition": _one(
        ev.PetitionStarted, changes=lambda t: (mo.RuleChange(code=t.plain["rule"]),)
    ),
    "sign": _one(ev.PetitionSigned, petition=lambda t: t.about.key),
    "complaint": _one(ev.ComplaintFiled, topic=lambda t: t.plain["about"]),
    "decide_complaint": _case,
    "resolve_case": _case,
    "report": lambda t: [
        ev.ContentReported(
            **t.head(), content=t.plain["content"], category=t.plain["category"]
        )
    ],
    "post": _one(ev.MessagePosted),
    "ad": _ad,
    "nickname": _nickname,
    "rollback": _rollback,
}
