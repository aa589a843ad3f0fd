"""A case told to the engine step by step, and what it asks, read from the answers."""

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
from tests.peers.penalties.book import WORDS, playbook, standing, versions

DOOR: Final = ("join_request", "invited_in", "consent")


def failures(case: Plain) -> list[str]:
    """Return what the library answers otherwise than expected, in words."""
    history, found = _History(case), list[str]()
    for step in case["steps"]:
        answers = _Answers(history.tell(step))
        found += differences(step["expect"], answers, f"step {step['n']}")
    return found


@define(eq=False)
class _Told:
    """One step of a case: what was told, what the engine said, what came of it."""

    key: str
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
    def about(self) -> _Told:
        return self.ref or self

    def found(self, *kinds: str) -> list[Any]:
        said: Iterator[Any] = chain(*((*s.decisions, *s.facts) for s in self.steps))
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
        for event in standing(case):
            self.engine.receive(event)

    def tell(self, step: Plain) -> _Told:
        plain, n = step["event"] | {"at": step["at"]}, step["n"]
        ref = self.told.get(plain.get("ref")) or self.cases.get(plain.get("content"))
        whom = [plain.get(key) for key in ("member", "against", "into", "by_member")]
        member = str(next((w for w in whom if w), ref.member if ref else ""))
        of = plain.get("category") or plain.get("ground")
        of = ref.category if of is None and ref else of
        key = plain.get("event_id", f"step {n}")
        self.engine.advance(at(step["at"]))
        before = self.engine.view(member).member.sanctions
        told = self.told[n] = _Told(key, plain, self, ref, member, of, before)
        ask = self.engine.preview if plain.get("dry_run") else self.engine.receive
        try:
            told.steps.extend(map(ask, self._events(told)))
        except HistoryError as error:
            told.error = error.code
        for kind, name in WORDS.tables["made"].items():
            for one in told.found(kind):
                told.made[name] = getattr(one, name)
        if "case" in told.made:
            self.cases[plain.get("content", "")] = told
        return told

    def _events(self, told: _Told) -> Iterator[Event]:
        scope = {**told.plain, **self._known(told)}
        by = told.plain.get("by", "system")
        head = {"at": scope["at"], "member": told.member or None}
        head["actor"] = None if by == "system" else by
        tables = WORDS.fill(WORDS.tables["tell"][told.plain["type"]], scope)
        for nth, table in enumerate(reversed(tables)):
            head["id"] = f"{told.key} before {nth}" if nth else told.key
            table |= {k: v for k, v in head.items() if k not in table and v is not None}
        for event in map(codec.event, tables):
            if isinstance(event, ActsRolledBack):
                yield from rolled_back(event, self.engine.members.values())
            else:
                yield event

    def _known(self, told: _Told) -> Plain:
        policy, who = self.case["policy"], self.case["actors"].get(told.member, {})
        record, about = self.record(told.about), told.about
        newcomers: Any = self.book.policy("newcomers")
        coin, name = policy.get("ads", {}).get("currency"), told.plain.get("value", "")
        paid = [Money.of(text, coin) for text in told.plain.get("packets", ())]
        return {
            "paid": [{"amount": one.amount, "currency": coin} for one in paid],
            "topic": told.plain.get("about"),
            "conforms": newcomers and newcomers.nickname.format.conforms(name),
            "about": about.made | {"key": about.key, "sanction": record and record.id},
            "rank": f"rank {who['rank']}" if "rank" in who else None,
        }

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
        told = self._history.told.items()
        return [n for n, t in told if {t.key, *t.made.values()} & keys]

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
