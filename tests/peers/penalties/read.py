"""What a case asks after a step, read from the answers of the library."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from community_sdk import Explanation
from community_sdk import events as ev
from community_sdk.decisions import (
    Admit,
    ApplySanction,
    Recommend,
    RefuseAdmission,
    RequestConsent,
)
from community_sdk.model import MemberStatus
from community_sdk.state import SanctionRecord
from tests.peers.penalties.book import LADDER
from tests.peers.penalties.history import History, Told

REASONS: Final = {
    "event.recorded_before": "future_event",
    "event.negative": "negative_points",
}
SAID: Final = {
    RefuseAdmission: "refused",
    ev.ProposalOpened: "pending_approval",
    ev.SanctionImposed: "applied",
    Admit: "admitted",
}
BY_ITSELF: Final = {"observe": "observed", "violation": "recorded"}


class Answers:
    """The answers after one step: a name per key of `expect`."""

    def __init__(self, history: History, told: Told) -> None:
        """Ask about *told*, the latest step."""
        self._history = history
        self._told = told
        self._state = history.engine.view(told.member)
        self._about = told.ref or told

    @property
    def result(self) -> str:
        """What came of it, in one word."""
        if self._told.step.duplicate:
            return "duplicate"
        if self._told.refusal:
            return "refused"
        if self._told.plain.get("dry_run"):
            return "would_apply"
        for kind, word in SAID.items():
            if self._told.found(kind):
                return word
        return BY_ITSELF[self._told.plain["type"]]

    @property
    def reason(self) -> str:
        """Why it was refused, or waits."""
        return REASONS.get(self._told.refusal, self._told.refusal)

    @property
    def sanction(self) -> Any:
        """The sanction newly imposed."""
        return next(map(_measure, self._told.found(ApplySanction)), None)

    @property
    def proposed(self) -> Any:
        """The sanction that waits for consent."""
        asked = self._told.found(RequestConsent)
        return next((_measure(one.wish) for one in asked), None)

    @property
    def notice(self) -> Any:
        """Who is told."""
        return self.sanction["notice"]

    @property
    def sanctions_applied(self) -> int:
        """How many came of one event."""
        return len(self._told.found(ev.SanctionImposed))

    @property
    def count(self) -> Any:
        """What counts towards the ladder now."""
        return next(self._ladder())["counted"]

    points = count

    def _ladder(self) -> Iterator[Explanation]:
        standing = self._history.engine.standing(self._told.member)
        for part in standing.walk():
            if ("ladder", LADDER) in part.figures:
                yield part

    @property
    def active(self) -> list[str]:
        """The kinds in force."""
        return [one.measure for one in self._in_force()]

    def _in_force(self) -> Iterator[SanctionRecord]:
        for one in self._state.member.sanctions:
            if one.in_force(self._state.now_us):
                yield one

    @property
    def sanction_state(self) -> Any:
        """Where the sanction referred to stands."""
        record = self._state.member.sanction(self._about.sanction)
        return record and record.state

    @property
    def member_state(self) -> str:
        """Where the member stands."""
        member = self._state.member.as_member(self._state.now_us)
        return "active" if member.status is MemberStatus.UNKNOWN else "?"

    @property
    def needs_review(self) -> list[int]:
        """The steps whose sanctions a person should look at again."""
        asked = self._told.found(Recommend)
        return [self._history.step(str(one.properties["sanction"])) for one in asked]

    def unchanged(self, steps: list[int]) -> list[int]:
        """Those of *steps* whose sanctions are as they were."""
        now, before = self._state.member.sanctions, self._told.sanctions
        told = self._history.told
        keys = {one.id for one in now if one in before}
        return [n for n in steps if told[n].sanction in keys]


def _measure(decision: ApplySanction) -> dict[str, object]:
    step = decision.step
    return {
        "kind": str(step.kind),
        "duration": step.duration or "indefinite",
        "notice": step.notice.value,
    }
