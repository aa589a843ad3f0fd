"""One event and what follows from it, breadth-first, until nothing follows.

Laws: facts are folded before any policy sees them; policies are asked in the order of
the playbook; what stands after the conflict table is never undone by a later round.
"""

from __future__ import annotations

from typing import Any, Final, cast

from attrs import evolve

from community_sdk import enforcement, obligation, proposal
from community_sdk import events as ev
from community_sdk._time import instant, micros
from community_sdk.decisions import (
    ApplySanction,
    ClearTimer,
    Decision,
    Mode,
    RefuseAct,
    SetTimer,
    Wish,
)
from community_sdk.engine._conflicts import settle
from community_sdk.engine._facts import Made
from community_sdk.engine._joining import link
from community_sdk.engine._lawful import lawful
from community_sdk.engine._partitions import Partitions
from community_sdk.engine._pause import undisturbed
from community_sdk.engine._run import Run
from community_sdk.engine._soundness import broke, endless, sound
from community_sdk.engine._step import Suppressed
from community_sdk.engine._version import Asked, Audience, Version
from community_sdk.engine._waiting import waiting
from community_sdk.errors import DefinitionError, HistoryError, PolicyError
from community_sdk.explanation import because
from community_sdk.model import MemberId
from community_sdk.policies import Guards, Remembers
from community_sdk.state import (
    Entry,
    MemberState,
    Partition,
    PendingConsent,
    State,
    close_consent,
    count_event,
    fold_community,
    fold_shared,
)

__all__ = ["Rounds"]

Told = tuple[int, ev.Event]
_DEPTH: Final = 8
_ANSWERED: Final = frozenset(
    {
        "sanction_imposed",
        "sanction_ended",
        "sanction_lifted",
        "proposal_approved",
        "proposal_refused",
        "identity_linked",
    }
)


class Rounds:
    """Runs one event through folds, policies and conflicts, on partitions in place."""

    __slots__ = ("_at", "_community", "_first", "_member", "_now", "_run", "_version")

    def __init__(
        self,
        version: Version,
        run: Run,
        partitions: Partitions,
        now: int,
    ) -> None:
        """Prepare one step at *now* under *version*."""
        self._version = version
        self._run = run
        self._community = community = partitions.community
        self._member = partitions.member
        self._now = now
        context = version.context
        context.community, context.now = community, now
        context.wish = run.wishes.__getitem__
        state = version.state
        state.community = community
        state.find = partitions.find
        state.begin(now)

    def follow(
        self, first: ev.Event, only: Asked | None = None, told: Told | None = None
    ) -> None:
        """Handle *first* and the facts that come of it.

        *only* limits the first round to one policy (whose timer fired); *told*: when
        *first* happened, and with the names of accounts that it came with.

        Raises:
            DefinitionError: facts keep causing facts.
        """
        self._first = first
        self._at, raw = told or (micros(first.at), first)
        context = self._version.context
        context.account = "" if raw.member == first.member else str(raw.member)
        context.alias = getattr(raw, "alias", "")
        guards = () if only else self._version.audiences[first.name].guards
        if guards and self._forbid(first, guards):
            return
        queue: list[ev.Event] = [first]
        trail: list[ev.Event] = []
        asked = None if only is None else _alone(only, first)
        while queue:
            trail.append(queue[0])
            if len(trail) > _DEPTH:
                raise endless(trail)
            queue, asked = self._round(queue, asked), None
            context.account = ""

    def _forbid(self, event: ev.Event, guards: tuple[Asked, ...]) -> bool:
        """Refuse an act that a policy forbids, before anything comes of it."""
        state = self._look(event)
        for one in guards:
            home = state.member if one.of_member else self._community
            state.mine = home.slices.get(one.key)
            try:
                why = cast("Guards", one.guards).refuse(event, state)
            except Exception as error:
                raise broke(one, event, error) from error
            if why is None:
                continue
            wish = RefuseAct(member=event.member, act=event.kind, because=why)
            refusal = self._stamp(wish, event, one.key)
            self._run.take(refusal, Made(event.at, instant(self._now)))
            if refusal.mode is not Mode.SHADOW:
                return True
        return False

    def _round(self, queue: list[ev.Event], only: Audience | None) -> list[ev.Event]:
        decisions: list[tuple[Decision, ev.Event]] = []
        facts: list[ev.Event] = []
        table = self._version.audiences
        audiences: list[Audience] = []
        for event in queue:
            audience = only or table[event.name]
            audiences.append(audience)
            self._fold(event, audience.folds, decisions, facts)
        for event, audience in zip(queue, audiences, strict=True):
            if audience.asked:
                self._ask(event, audience.asked, decisions)
        if decisions:
            self._settle(decisions, facts)
        if facts:
            self._run.facts += facts
        return facts

    def _settle(
        self, decisions: list[tuple[Decision, ev.Event]], facts: list[ev.Event]
    ) -> None:
        run, now = self._run, instant(self._now)
        calm = undisturbed(decisions, self._member, self._now, run.suppressed)
        decisions = lawful(calm, self._version.state, run.suppressed)
        causes = {d.id: event for d, event in decisions}
        stand, dropped = settle([d for d, _ in decisions])
        run.suppressed += dropped
        for decision in stand:
            event = causes[decision.id]
            if decision.mode is Mode.PROPOSE and self._pending(decision):
                continue
            by = None if event.actor is None else self._member(event.actor)
            asked = run.consent(decision, self._version, self._now, by)
            fact = run.take(asked, Made(event.at, now))
            if fact is not None:
                facts.append(fact)

    def _pending(self, decision: Decision) -> bool:
        """Drop a decision that waits for consent already."""
        if decision.member is None:
            return False
        border, member = self._version.playbook.border, self._member(decision.member)
        found = waiting(decision, border, member)
        if found is None:
            return False
        why = because("conflict.pending", by="request_consent", winner=found)
        self._run.suppressed.append(Suppressed(decision, why))
        return True

    def _fold(
        self,
        event: ev.Event,
        folds: tuple[Asked, ...],
        decisions: list[tuple[Decision, ev.Event]],
        facts: list[ev.Event],
    ) -> None:
        state, name = self._version.state, event.member
        state.member = member = self._member(name or "")
        state.actor = actor = (
            member if event.actor is None else self._member(event.actor)
        )
        at = self._at if event is self._first else micros(event.at)
        state.at_us = at
        if name is not None:
            self._run.touched.add(member.id)
            fold_shared(event, at, member, self._version.context)
            hits = self._version.hits.get(event.name)
            if hits is not None:
                self._count(event, at, (member, actor), hits)
            if member.duties:
                facts += obligation.met(event, member, self._now)
            if event.kind in _ANSWERED:
                self._mechanisms(event, member, decisions)
        else:
            fold_community(event, self._version.context)
        whole = self._version.shared.get(event.name)
        if whole is not None and not member.bot:
            self._version.count_whole(event, at, self._community, whole)
        for one in folds:
            if not (one.of_member and member.bot):
                self._remember(one, event, member)

    def _remember(self, one: Asked, event: ev.Event, member: MemberState) -> None:
        state, memory = self._version.state, cast("Remembers", one.remembers)
        slices = (member if one.of_member else self._community).slices
        mine = slices.get(one.key)
        try:
            state.mine = memory.start() if mine is None else mine
            slices[one.key] = memory.fold(state.mine, event, state)
        except Exception as error:
            raise broke(one, event, error) from error

    def _count(
        self,
        event: ev.Event,
        at: int,
        people: tuple[MemberState, MemberState],
        hits: tuple[Entry, ...],
    ) -> None:
        calendar = self._version.state.calendar
        for who in count_event(event, at, (*people, calendar.day(at)), hits):
            self._run.touched.add(who.id)
            if len(who.rolling.stamps) > who.rolling.check:
                today = calendar.day(self._now)
                begins = self._version.state.begins(who)
                who.rolling.compact(self._now, today, begins)

    def _mechanisms(
        self,
        event: ev.Event,
        member: MemberState,
        decisions: list[tuple[Decision, ev.Event]],
    ) -> None:
        if isinstance(event, (ev.SanctionImposed, ev.SanctionEnded, ev.SanctionLifted)):
            lifts = enforcement.follow(event, member, self._now)
            decisions.extend((self._stamp(lift, event), event) for lift in lifts)
        elif isinstance(event, (ev.ProposalApproved, ev.ProposalRefused)):
            self._vote(event, member, decisions)
        else:
            told = cast("ev.IdentityLinked", event)
            people = (member, self._member(told.alias))
            touched, moves = link(self._version, told, people, self._community)
            self._run.touched |= touched
            decisions.extend((self._stamp(move, event), event) for move in moves)

    def _vote(
        self,
        event: ev.ProposalApproved | ev.ProposalRefused,
        member: MemberState,
        decisions: list[tuple[Decision, ev.Event]],
    ) -> None:
        actor = None if event.actor is None else self._version.state.actor
        voted = proposal.vote(event, member, actor, self._member)
        if isinstance(voted, RefuseAct):
            decisions.append((self._stamp(voted, event), event))
        elif isinstance(event, ev.ProposalRefused):
            close_consent(member, voted.id, "refused", self._now)
        elif len(voted.votes) < voted.needs:
            member.consents = tuple(
                voted if c.id == voted.id else c for c in member.consents
            )
        else:
            close_consent(member, voted.id, "approved", self._now)
            decisions.append((self._enact(voted, event), event))

    def _enact(self, pending: PendingConsent, event: ev.Event) -> Decision:
        """Return the decision that was agreed to: its effect begins now."""
        wish = self._version.playbook.border.load(pending.wish)
        who = self._version.state.member.id
        wish = evolve(wish, member=who, mode=Mode.ACT, at=instant(self._now))
        if isinstance(wish, ApplySanction):
            where = self._version.state.calendar.where
            agreed = tuple(MemberId(voice) for voice in pending.votes)
            wish = evolve(wish, approvers=agreed)
            member = self._version.state.member
            wish = enforcement.begin(wish, member, self._now, where)
        return self._stamp(wish, event) if isinstance(wish, RefuseAct) else wish

    def _stamp(self, wish: Decision, event: ev.Event, key: str = "") -> Decision:
        return self._run.stamp(
            wish, self._version, key=key, trigger=event.id, now=self._now
        )

    def _look(self, event: ev.Event) -> State:
        """Return the state with the people and the instant of *event*."""
        state = self._version.state
        state.member = member = self._member(event.member or "")
        state.actor = member if event.actor is None else self._member(event.actor)
        state.at_us = self._at if event is self._first else micros(event.at)
        return state

    def _ask(
        self,
        event: ev.Event,
        asked: tuple[Asked, ...],
        decisions: list[tuple[Decision, ev.Event]],
    ) -> None:
        state = self._look(event)
        member = state.member
        one = asked[0]
        try:
            for one in asked:
                if one.of_member and (event.member is None or member.bot):
                    continue
                home = member if one.of_member else self._community
                state.mine = home.slices.get(one.key)
                for wish in tuple(one.decide(event, state)):
                    self._wish(one, wish, event, decisions)
        except (DefinitionError, HistoryError):
            raise
        except Exception as error:
            raise broke(one, event, error) from error

    def _wish(
        self,
        one: Asked,
        wish: Wish,
        event: ev.Event,
        decisions: list[tuple[Decision, ev.Event]],
    ) -> None:
        home: Partition = self._community
        if one.of_member:
            home = self._version.state.member
        if isinstance(wish, SetTimer):
            # One for now fires when time has passed beyond now: else it could fire
            # twice at one instant, and twice decide the same.
            due, late = max(micros(wish.due), self._now), wish.phase == "after"
            late = late or due == self._now
            home.set_timer(f"{one.key}/{wish.timer}", due, int(late))
        elif isinstance(wish, ClearTimer):
            home.clear_timer(f"{one.key}/{wish.timer}")
        else:
            sound(one, wish)
            if one.of_member and wish.member not in (None, event.member):
                raise PolicyError(
                    f"policy `{one.key}` decided about `{wish.member}`, asked about"
                    f" `{event.member}`",
                    policy=one.key,
                    code="policy.scope",
                )
            self._any(one, wish, event, decisions)

    def _any(
        self,
        one: Asked,
        wish: Decision,
        event: ev.Event,
        decisions: list[tuple[Decision, ev.Event]],
    ) -> None:
        named: Any = wish
        if wish.member is None and one.of_member:
            named = evolve(wish, member=event.member)
        decisions.append((self._stamp(named, event, one.key), event))

    def decide(self, wish: Decision, trigger: str, due: int) -> None:
        """Take a decision that a record itself calls for, and follow its fact."""
        decision = self._run.stamp(
            wish, self._version, key="", trigger=trigger, now=due
        )
        at = instant(due)
        fact = self._run.take(decision, Made(at, at))
        if fact is not None:
            self.happen(fact)

    def happen(self, fact: ev.Event) -> None:
        """Note a fact that no policy decided, and follow it."""
        self._run.facts.append(fact)
        self.follow(fact)


def _alone(one: Asked, event: ev.Event) -> Audience:
    remembers = one.remembers
    folds = remembers is not None and isinstance(event, remembers.folds)
    return Audience((one,), (one,) if folds else ())
