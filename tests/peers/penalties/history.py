"""What was told so far, and what the engine said to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from attrs import define, field

from community_sdk import Engine, Event, Step
from community_sdk import events as ev
from community_sdk.decisions import RefuseAct
from community_sdk.errors import CommunityError
from community_sdk.model import EventId, MemberId, RoleName
from community_sdk.state import SanctionRecord
from tests.peers.frame import Plain, at
from tests.peers.penalties.book import playbook, rank_role

LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)


@define(eq=False)
class Told:
    """One step of a case: what was told, and what the engine said."""

    key: str
    when: datetime
    plain: Plain
    ref: Told | None = None
    step: Step = field(factory=Step)
    error: str = ""
    member: str = ""
    strike: str = ""
    sanction: str = ""
    proposal: str = ""
    sanctions: tuple[SanctionRecord, ...] = ()

    def envelope(self, **more: Any) -> dict[str, Any]:
        """Return what every event of this step carries."""
        by = self.plain.get("by")
        actor = None if by in (None, "system") else MemberId(by)
        head = {"id": EventId(self.key), "at": self.when, "actor": actor}
        return head | {"member": MemberId(self.member)} | more

    def found(self, *kinds: type[Any]) -> list[Any]:
        """Return the facts and decisions of some kinds that came of it."""
        said = (*self.step.decisions, *self.step.facts)
        return [one for one in said if isinstance(one, kinds)]

    @property
    def refusal(self) -> str:
        """Why the act does not count: the key of the reason, empty where it does."""
        refused = self.found(RefuseAct)
        return self.error or next((r.because.key for r in refused), "")


class History:
    """One case from its first step on."""

    def __init__(self, case: Plain) -> None:
        """Begin the community and tell everybody's role and rank."""
        self.engine: Engine = playbook(case).engine()
        self.told: dict[int, Told] = {}
        for name, actor in case["actors"].items():
            for role in self._roles(actor):
                self.engine.receive(
                    ev.RoleAssigned(
                        id=EventId(f"{name}: {role}"),
                        at=LONG_AGO,
                        member=MemberId(name),
                        role=role,
                    )
                )

    def _roles(self, actor: Plain) -> Iterator[RoleName]:
        if "role" in actor:
            yield RoleName(actor["role"])
        if "rank" in actor:
            yield rank_role(actor["rank"])

    def begin(self, step: Plain) -> Told:
        """Let time pass up to *step*, and note it."""
        plain, n = step["event"], step["n"]
        ref = self.told.get(plain.get("ref", 0))
        told = Told(plain.get("event_id", f"step {n}"), at(step["at"]), plain, ref)
        told.member = plain.get("member") or (ref.member if ref else "")
        self.told[n] = told
        self.engine.advance(told.when)
        told.sanctions = self.engine.view(told.member).member.sanctions
        return told

    def step(self, sanction: str) -> int:
        """Return the number of the step that *sanction* came of."""
        return next(n for n, told in self.told.items() if told.sanction == sanction)

    def tell(self, told: Told, events: Iterator[Event]) -> None:
        """Tell the engine *events*, and keep what it says to the last of them."""
        ask = self.engine.preview if told.plain.get("dry_run") else self.engine.receive
        try:
            for event in events:
                told.step = ask(event)
        except CommunityError as error:
            told.error = error.code
        for fact in told.found(ev.SanctionImposed):
            told.sanction = fact.sanction
        for fact in told.found(ev.ProposalOpened):
            told.proposal = fact.proposal
