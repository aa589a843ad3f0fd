"""Who may not be there under a playbook: removed, suspended, banned, or refused (S06).

The history goes on as it did: what such a person did all the same is folded, flagged
and counted apart.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final

from attrs import define, evolve, field, frozen

from community_sdk import decisions as de
from community_sdk import events as ev
from community_sdk._time import micros
from community_sdk.decisions import Decision, Mode
from community_sdk.engine import Step
from community_sdk.model import SanctionState
from community_sdk.state import NEVER

__all__ = ["Bars", "doer"]

_OF_MEMBER: Final = frozenset(
    {
        *("ad_posted", "content_noticed", "introduced", "invitation_sent", "joined"),
        *("message", "nickname_set", "permit_requested", "rule_broken"),
    }
)
_OF_ACTOR: Final = frozenset(
    {
        *("appeal_decided", "case_decided", "content_reported", "emergency_acted"),
        *("petition_signed", "petition_started", "proposal_approved"),
        *("proposal_refused", "reaction", "sanction_ordered", "step_done"),
        *("vote_called", "vote_cast"),
    }
)
_OF_EITHER: Final = frozenset({"custom"})
_RETURNS: Final = frozenset({"joined", "membership_imported"})


def doer(event: ev.Event) -> str | None:
    """Return who did *event* inside the community, None where nobody had to be there.

    What one writes, breaks or sends is the deed of the member, whoever reports it;
    what is done about a member is that of the actor, where one is named; a word of the
    host's own that of the actor, else of the member. To leave, to buy, to appeal and to
    ask to come in take no presence; roles, tiers and accounts are facts about somebody.
    """
    who = None
    if event.kind in _OF_MEMBER:
        who = event.member
    elif event.kind in _OF_ACTOR:
        who = event.actor
    elif event.kind in _OF_EITHER:
        who = event.actor or event.member
    return None if who is None else str(who)


class _Sort(Enum):
    """What ends a bar: the sanction's end, coming back, being admitted."""

    SANCTION = "sanction"
    REMOVAL = "removal"
    REFUSAL = "refusal"


@frozen
class _Bar:
    sort: _Sort
    since: int
    until: int

    def holds(self, at: int) -> bool:
        return self.since <= at < self.until


@define
class Bars:
    """Spans ``[since, until)`` in which members may not be there.

    A ban or suspension bars until it ends; a removal until the member joins again; a
    refused admission until the member is admitted.
    """

    _bars: dict[str, dict[str, _Bar]] = field(factory=dict[str, dict[str, _Bar]])

    def decided(self, step: Step, name: Callable[[str], str]) -> None:
        """Take in what was decided and came of it: only what acts bars anybody.

        *name* returns the member that an account belongs to.
        """
        for decision in step.decisions:
            if decision.member is None or decision.mode is not Mode.ACT:
                continue
            who, at = name(str(decision.member)), _at(decision)
            if isinstance(decision, de.ApplySanction):
                self._sanction(who, at, decision)
            elif isinstance(decision, de.RefuseAdmission):
                self._put(who, str(decision.id), _Bar(_Sort.REFUSAL, at, NEVER))
            elif isinstance(decision, de.Admit):
                self._open(who, _Sort.REFUSAL, at)
        for fact in step.facts:
            if isinstance(fact, ev.SanctionEnded) and fact.member is not None:
                self._end(name(str(fact.member)), str(fact.sanction), micros(fact.at))

    def happened(self, event: ev.Event, who: str) -> None:
        """Take in what ends a bar from outside: mercy, or a way back in."""
        at = micros(event.at)
        if isinstance(event, ev.SanctionLifted):
            self._end(who, str(event.sanction), at)
        elif event.kind in _RETURNS and not self.bars(who, at, event.kind):
            self._open(who, _Sort.REMOVAL, at)

    def bars(self, who: str, at: int, kind: str) -> bool:
        """Tell whether *who* could not do something of *kind* at *at*."""
        found = self._bars.get(who)
        if found is None:
            return False
        back = kind in _RETURNS
        return any(
            bar.holds(at) and not (back and bar.sort is _Sort.REMOVAL)
            for bar in found.values()
        )

    def merge(self, member: str, alias: str) -> None:
        """Let *member* bear what *alias* bore: they are one person."""
        if alias in self._bars:
            self._bars.setdefault(member, {}).update(self._bars.pop(alias))

    def _sanction(self, who: str, at: int, decision: de.ApplySanction) -> None:
        kind, until = decision.step.kind, decision.until
        for key in decision.replaces:
            self._end(who, str(key), at)
        if not kind.expels or decision.state is SanctionState.EXPIRED:
            return
        sort = _Sort.SANCTION if kind.holds else _Sort.REMOVAL
        end = NEVER if until is None else micros(until)
        self._put(who, str(decision.id), _Bar(sort, at, end))

    def _put(self, who: str, key: str, bar: _Bar) -> None:
        self._bars.setdefault(who, {})[key] = bar

    def _end(self, who: str, key: str, at: int) -> None:
        bar = self._bars.get(who, {}).get(key)
        if bar is not None:
            self._bars[who][key] = evolve(bar, until=min(bar.until, at))

    def _open(self, who: str, sort: _Sort, at: int) -> None:
        found = self._bars.get(who, {})
        for key, bar in found.items():
            if bar.sort is sort and bar.holds(at):
                found[key] = evolve(bar, until=at)


def _at(decision: Decision) -> int:
    return 0 if decision.at is None else micros(decision.at)
