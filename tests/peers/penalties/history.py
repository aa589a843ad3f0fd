"""What was told so far, and what the engine said to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final

from attrs import define, field

from community_sdk import Event, Step
from community_sdk import events as ev
from community_sdk.decisions import RefuseAct
from community_sdk.errors import HistoryError
from community_sdk.model import EventId, MemberId
from community_sdk.state import SanctionRecord, State
from tests.peers.frame import Plain, at
from tests.peers.penalties.book import playbook, standing_of

LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)


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
    sanction: str = ""
    proposal: str = ""
    case: str = ""

    @property
    def key(self) -> EventId:
        """The id of the event: the one that is given, or the number of the step."""
        return EventId(self.plain.get("event_id", f"step {self.n}"))

    @property
    def about(self) -> Told:
        """The step that this one refers to, else itself."""
        return self.ref or self

    @property
    def category(self) -> str:
        """What it is about: its own category, else that of the step referred to."""
        own = self.plain.get("category") or self.plain.get("ground")
        return own or (self.ref.category if self.ref else "")

    def head(self, **more: Any) -> dict[str, Any]:
        """Return what every event of this step carries; the automation has no name."""
        by = self.plain.get("by")
        actor = None if by in (None, "system") else MemberId(by)
        member = MemberId(self.member) if self.member else None
        head = {"id": self.key, "at": self.when, "member": member, "actor": actor}
        return head | more

    def found(self, *kinds: type[Any]) -> list[Any]:
        """Return the facts and decisions of some kinds that came of it."""
        said = chain.from_iterable((*s.decisions, *s.facts) for s in self.steps)
        return [one for one in said if isinstance(one, kinds)]

    @property
    def reasons(self) -> Iterator[str]:
        """The keys of why the act does not count, none where it does."""
        if self.error:
            yield self.error
        for decision in self.steps[-1] if self.steps else ():
            if isinstance(decision, RefuseAct):
                yield from (part.key for part in decision.because.walk())


class History:
    """One case from its first step on."""

    def __init__(self, case: Plain) -> None:
        """Begin the community, and tell who is who."""
        self.policy, self.actors = case["policy"], case["actors"]
        self.book = playbook(case)
        self.engine = self.book.engine()
        self.told: dict[int, Told] = {}
        self.cases: dict[str, Told] = {}
        for event in standing_of(case, LONG_AGO):
            self.engine.receive(event)

    def begin(self, step: Plain) -> Told:
        """Let time pass up to *step*, and note it."""
        plain, when = step["event"], at(step["at"])
        ref = self.told.get(plain.get("ref")) or self.cases.get(plain.get("content"))
        whom = (plain.get(key) for key in ("member", "against", "into", "by_member"))
        member = next(filter(None, whom), ref.member if ref else "")
        self.engine.advance(when)
        now = self.view(member).member.sanctions
        told = Told(step["n"], when, plain, self, ref, member, now)
        self.told[told.n] = told
        return told

    def tell(self, told: Told, events: Iterable[Event]) -> None:
        """Tell the engine *events*, and keep what it says."""
        ask = self.engine.preview if told.plain.get("dry_run") else self.engine.receive
        try:
            for event in events:
                told.steps.append(ask(event))
        except HistoryError as error:
            told.error = error.code
        for fact in told.found(ev.SanctionImposed):
            told.sanction = fact.sanction
        for fact in told.found(ev.ProposalOpened):
            told.proposal = fact.proposal
        for fact in told.found(ev.CaseOpened):
            told.case, self.cases[told.plain.get("content", "")] = fact.case, told

    def record(self, told: Told) -> SanctionRecord | None:
        """Return the sanction that answered what *told* told, else what it refers to.

        Of several it is the latest: a sanction may have been replaced by another.
        """
        records = self.view(told.member).member.sanctions
        keys = (told.key, told.sanction)
        found = (r for r in reversed(records) if {*r.strikes[:1], r.id} & {*keys})
        return next(found, self.record(told.ref) if told.ref else None)

    def view(self, member: str) -> State:
        """Return the state as a policy sees it for *member*."""
        return self.engine.view(member)
