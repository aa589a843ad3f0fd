"""A case told to the engine step by step, and what it asks then read from its answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any, Final

from attrs import define, field

from community_sdk import Event, Money, Step, codec
from community_sdk.errors import HistoryError
from community_sdk.events import ActsRolledBack
from community_sdk.policies import rolled_back
from community_sdk.state import NEVER, SanctionRecord, latest_end
from tests.peers.frame import Plain, at, differences, moment
from tests.peers.penalties.book import WORDS, people, playbook, versions

MADE: Final = {"sanction_imposed": "sanction", "proposal_opened": "proposal"}
DOOR: Final = ("join_request", "invited_in", "consent")


def failures(case: Plain) -> list[str]:
    """Return what the library answers otherwise than expected, in words."""
    history, found = _History(case), list[str]()
    for step in case["steps"]:
        told = history.begin(step)
        history.tell(told)
        found += differences(step["expect"], _Answers(told), f"step {told.n}")
    return found


@define(eq=False)
class _Told:
    """One step of a case: what was told, what the engine said, what came of it."""

    n: int
    plain: Plain
    history: _History
    ref: _Told | None
    member: str
    category: str | None
    before: tuple[SanctionRecord, ...]
    steps: list[Step] = field(factory=list[Step])
    error: str = ""
    made: dict[str, str] = field(factory=dict[str, str])

    @property
    def key(self) -> str:
        return str(self.plain.get("event_id", f"step {self.n}"))

    @property
    def about(self) -> _Told:
        return self.ref or self

    def found(self, *kinds: str) -> list[Any]:
        said = chain.from_iterable((*s.decisions, *s.facts) for s in self.steps)
        return [one for one in said if one.kind in kinds]

    def keys(self, *kinds: str) -> list[str]:
        return [p.key for one in self.found(*kinds) for p in one.because.walk()]


class _History:
    """One case from its first step on."""

    def __init__(self, case: Plain) -> None:
        self.case, self.book = case, playbook(case)
        self.engine = self.book.engine()
        self.told: dict[int, _Told] = {}
        self.cases: dict[str, _Told] = {}
        for event in people(case):
            self.engine.receive(event)

    def begin(self, step: Plain) -> _Told:
        plain = step["event"] | {"at": step["at"]}
        ref = self.told.get(plain.get("ref")) or self.cases.get(plain.get("content"))
        whom = (plain.get(key) for key in ("member", "against", "into", "by_member"))
        member = next(filter(None, whom), ref.member if ref else "")
        own = plain.get("category") or plain.get("ground")
        self.engine.advance(at(step["at"]))
        now = self.engine.view(member).member.sanctions
        of = own or (ref.category if ref else None)
        told = self.told[step["n"]] = _Told(
            step["n"], plain, self, ref, member, of, now
        )
        return told

    def events(self, told: _Told) -> Iterator[Event]:
        plain, about, by = told.plain, told.about, told.plain.get("by", "system")
        record, who = self.record(about), self.case["actors"].get(told.member, {})
        currency = self.case["policy"].get("ads", {}).get("currency")
        packets = (Money.of(text, currency) for text in plain.get("packets", ()))
        scope = {
            **plain,
            "paid": [
                {"amount": one.amount, "currency": one.currency} for one in packets
            ],
            "key": told.key,
            "about_what": plain.get("about"),
            "conforms": self._conforms(plain),
            "about": about.made | {"key": about.key, "sanction": record and record.id},
            "rank": f"rank {who['rank']}" if "rank" in who else None,
        }
        head = {"id": told.key, "at": plain["at"], "member": told.member or None}
        head["actor"] = None if by == "system" else by
        for table in WORDS.tables["tell"][plain["type"]]:
            filled = WORDS.fill(table, scope)
            if filled is not None:
                rows = (head | filled).items()
                event = codec.event({k: v for k, v in rows if v is not None})
                many = self.engine.members.values()
                rolls = isinstance(event, ActsRolledBack)
                yield from rolled_back(event, many) if rolls else (event,)

    def _conforms(self, plain: Plain) -> bool | None:
        newcomers: Any = self.book.policy("newcomers")
        value = plain.get("value")
        return None if value is None else newcomers.nickname.format.conforms(value)

    def tell(self, told: _Told) -> None:
        ask = self.engine.preview if told.plain.get("dry_run") else self.engine.receive
        try:
            told.steps.extend(map(ask, self.events(told)))
        except HistoryError as error:
            told.error = error.code
        for kind, name in (*MADE.items(), ("case_opened", "case")):
            told.made |= {name: str(getattr(one, name)) for one in told.found(kind)}
        if "case" in told.made:
            self.cases[told.plain.get("content", "")] = told

    def record(self, told: _Told) -> SanctionRecord | None:
        records = self.engine.view(told.member).member.sanctions
        keys = {told.key, told.made.get("sanction")}
        found = (r for r in reversed(records) if {*r.strikes[:1], r.id} & keys)
        return next(found, self.record(told.ref) if told.ref else None)


def _measure(step: Any) -> dict[str, object]:
    lasting = step.duration or "indefinite"
    more = {"level": step.level, "notice": step.notice.value, "minutes": lasting}
    return {"kind": str(step.kind), "duration": lasting, **more}


class _Answers:
    """The answers after one step: a name per key of `expect`."""

    def __init__(self, told: _Told) -> None:
        self._told, self._history, self._found = told, told.history, told.found
        self._policy: Any = told.history.book.policy
        self._state = state = told.history.engine.view(told.member)
        self._member, self._now = state.member, state.now_us
        self._record: Any = told.history.record(told.about)
        why, names = told.keys("refuse_act"), WORDS.tables["reason"]
        self._refused = bool(told.error or why)
        why += [told.error, *told.keys(*WORDS.tables["door"], "report_breach")]
        self.reason = next((names[key] for key in why if key in names), why)

    @property
    def result(self) -> str:
        told, kind, tables = self._told, self._told.plain["type"], WORDS.tables
        if any(s.duplicate for s in told.steps) or self.reason == "duplicate":
            return "duplicate"
        if self._refused or told.plain.get("dry_run"):
            return "refused" if self._refused else "would_apply"
        said = tables["door"] if kind in DOOR else tables["said"]
        found = (word for one, word in said.items() if told.found(one))
        other = next(found, tables["accepted"].get(kind, "recorded"))
        return str(tables["follows"].get(kind, other))

    def _measured(self) -> Iterator[dict[str, object]]:
        return (_measure(one.step) for one in self._found("apply_sanction"))

    sanction = property(lambda self: next(self._measured(), None))
    notice = property(lambda self: self.sanction["notice"])
    sanctions_applied = property(lambda self: len(self._found("sanction_imposed")))
    proposed = property(
        lambda self: _measure(self._found("request_consent")[0].wish.step)
    )
    _in_force = property(lambda self: self._member.in_force(self._now))
    active = property(lambda self: [one.measure for one in self._in_force])
    member_state = property(lambda self: self._member.whereabouts(self._now).value)
    sanction_state = property(lambda self: self._record.state)
    effective_from = property(lambda self: moment(self._record.since))
    effect_undone = property(lambda self: not self._record.irreversible)

    @property
    def until(self) -> Any:
        end = latest_end(self._in_force)
        return "indefinite" if end in (None, NEVER) else moment(end)

    @property
    def role(self) -> str:
        roles = self._member.as_member(self._now).roles
        return next((str(r) for r in roles if not r.startswith("rank ")), "member")

    @property
    def agreed(self) -> int | None:
        key = self._told.about.made.get("proposal")
        waiting = (c for c in self._member.consents if c.id == key)
        return next((len(one.votes) for one in waiting), None)

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
        strike = self._member.strike(self._told.key)
        return (
            strike and versions(self._history.case["policy"])[strike.version]["version"]
        )

    _newest = property(lambda self: self._history.book.rulebook.newest)
    rulebook_version_increased = property(
        lambda s: s._state.rulebook.newest != s._newest
    )

    def _of(self, n: int) -> Any:
        return self._history.record(self._history.told[n])

    def unchanged(self, steps: list[int]) -> list[int]:
        return [n for n in steps if self._of(n) in self._told.before]

    def later(self, wanted: Plain) -> dict[str, Any]:
        return {"ref": wanted["ref"], "kind": self._of(wanted["ref"]).measure}

    def _steps(self, keys: set[Any]) -> list[int]:
        told = self._history.told.values()
        return [t.n for t in told if {t.key, *t.made.values()} & keys]

    @property
    def needs_review(self) -> list[int]:
        asked = self._found("recommend")
        return self._steps({one.properties.get("sanction") for one in asked})

    @property
    def dismissed(self) -> list[int]:
        return self._steps({d.proposal for d in self._found("proposal_dismissed")})

    @property
    def reversed_refs(self) -> list[int]:
        ended = {one.sanction for one in self._found("end_sanction")}
        return self._steps({s.strike for s in self._found("overturn_strike")} | ended)

    @property
    def _case(self) -> Any:
        desk = self._policy("complaints") or self._policy("reports")
        return desk.case(self._state, self._told.about.made.get("case"))

    case_state = property(lambda s: WORDS.tables["case_state"][s._case.state.value])
    due = property(lambda self: self._case.due)
    overdue = property(lambda self: self._case.overdue(self._state.now))

    @property
    def _open_case(self) -> Any:
        content = self._told.plain["content"]
        return self._policy("reports").open_case(self._state, content)

    open_cases = property(lambda self: int(self._open_case is not None))
    report_count = property(lambda self: len(self._open_case.voices))
    _reports = property(lambda self: self._policy("threshold").tally(self._state))
    score = property(lambda self: Decimal(self._reports[1]).scaleb(-2))
    reporters = property(lambda self: self._reports[2])
    rule = property(lambda self: str(self._found("report_breach")[0].rule))

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
        for adopted in self._found("amend_rulebook"):
            return int(adopted.because["found"])
        petition, key = self._policy("petition"), self._told.about.key
        return len(petition.signers(self._state, key))

    @property
    def adopted(self) -> bool:
        outcome = self._policy("petition").outcome(self._state, self._told.about.key)
        return bool(outcome) and outcome.value == "passed"
