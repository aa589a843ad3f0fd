"""Emergencies: act first, report by a deadline, be ratified, rejected, or lapse (S11).

Law: an emergency act ends in one of three ways, and only a ratified one stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, ClassVar, Final

from attrs import field, validators

from community_sdk import events as ev
from community_sdk._time import Duration, instant
from community_sdk._values import frozen
from community_sdk.decisions import (
    ApplySanction,
    ConfirmSanction,
    Decision,
    EndSanction,
    Mode,
    OpenObligation,
    OverturnStrike,
    SetTimer,
    Wish,
)
from community_sdk.errors import closest
from community_sdk.events import EventTypes
from community_sdk.explanation import Explanation, because
from community_sdk.model import (
    SANCTIONS,
    DecisionId,
    EventId,
    LadderStep,
    Notice,
    PolicyKey,
    RoleName,
    SanctionKind,
    SanctionOrigin,
    SanctionState,
)
from community_sdk.policies._policy import Reference, Scope, role_names, unknown
from community_sdk.state import Definition, SanctionRecord, State

__all__ = ["EmergencyActs"]

_KEPT: Final = 16
_TIMER: Final = "report/"

Acts = dict[str, dict[str, Any]]
"""By the event that told of it: who acted, on what ground, when, until when to report,
the event by which it was reported first, and how it ended."""


@frozen(kw_only=True)
class EmergencyActs:
    """Let some people act at once, and see that they answer for it.

    *grounds* is the closed list of what counts as an emergency; holders of a role in
    *acting* may act, with the measures in *measures* (empty: any shipped one). The
    measure is provisional and in force at once; the act counts as a strike in the
    category of its ground. It must be reported strictly before *report_within* has
    passed, else it lapses at that instant; a decision about it counts as its report.
    Holders of a role in *ratifying* decide, but neither who acted nor who is concerned:
    *decide_within* of the report, last instant included, else the first of them is
    told (None: no limit); nothing is decided by waiting. A rejected or lapsed act is
    undone, and its strike does not count.
    """

    answers: ClassVar[EventTypes] = (
        ev.EmergencyActed,
        ev.EmergencyReported,
        ev.EmergencyRatified,
        ev.EmergencyRejected,
        ev.TimerFired,
    )
    folds: ClassVar[EventTypes] = answers
    guards: ClassVar[EventTypes] = (
        ev.EmergencyActed,
        ev.EmergencyReported,
        ev.EmergencyRatified,
        ev.EmergencyRejected,
    )

    key: PolicyKey
    grounds: tuple[str, ...] = field(validator=validators.min_len(1))
    acting: tuple[RoleName, ...] = field(validator=validators.min_len(1))
    ratifying: tuple[RoleName, ...] = (RoleName("owner"),)
    measures: tuple[SanctionKind, ...] = ()
    report_within: Duration = field(factory=lambda: Duration.parse("24h"))
    decide_within: Duration | None = None
    notice: Notice = Notice.PRIVATE
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name roles that the playbook does not have."""
        known = role_names(definition)
        yield from unknown("acting", self.acting, known)
        yield from unknown("ratifying", self.ratifying, known)

    # -- who may -------------------------------------------------------------------

    def refuse(self, event: Any, state: State, /) -> Explanation | None:
        """Return why an act, a report or a decision does not count."""
        if isinstance(event, ev.EmergencyActed):
            return self._no_emergency(event, state)
        acts: Acts = state.mine or {}
        act = acts.get(event.emergency)
        if act is None:
            return because("emergency.unknown", emergency=event.emergency)
        if act["outcome"]:
            return because("emergency.closed", outcome=act["outcome"])
        if isinstance(event, ev.EmergencyReported):
            late = not act["reported"] and state.at_us >= act["due"]
            due = instant(act["due"])
            return because("emergency.too_late", due=due) if late else None
        return self._no_judge(event, act, state)

    def _no_emergency(
        self, event: ev.EmergencyActed, state: State
    ) -> Explanation | None:
        if event.ground not in self.grounds:
            return because(
                "emergency.not_a_ground", ground=event.ground, grounds=self.grounds
            )
        if self._measure(event.measure) is None:
            known = (kind.word for kind in self.measures or SANCTIONS.values())
            near = closest(event.measure, known)
            return because(
                "emergency.not_a_measure", measure=event.measure, nearest=near
            )
        if event.actor is None:
            return None
        if state.actor.id == state.member.id:
            return because("authority.self", by=event.actor, action="act_in_emergency")
        return _lacks(event, state, self.acting, "act_in_emergency")

    def _no_judge(
        self, event: ev.Event, act: dict[str, Any], state: State
    ) -> Explanation | None:
        by = event.actor or ""
        if event.actor is not None and state.actor.known_as(act["by"]):
            return because("emergency.own", by=by)
        if event.actor is not None and state.actor.id == state.member.id:
            return because("authority.party", by=by)
        return _lacks(event, state, self.ratifying, "ratify_emergency")

    def _measure(self, word: str) -> SanctionKind | None:
        if not self.measures:
            return SANCTIONS.get(word)
        return next((kind for kind in self.measures if kind.word == word), None)

    @property
    def _judge(self) -> str:
        """The duty that is told first, empty where nobody ratifies."""
        return self.ratifying[0] if self.ratifying else ""

    # -- what is remembered --------------------------------------------------------

    def start(self) -> Acts:
        """Remember no act."""
        return {}

    def fold(self, mine: Acts, event: Any, state: State, /) -> Acts:
        """Remember an act until it is decided, and a while after."""
        if isinstance(event, ev.EmergencyActed):
            due = self.report_within.after(state.at_us, state.calendar.where)
            mine[str(event.id)] = {
                "by": event.actor or "",
                "ground": event.ground,
                "at": state.at_us,
                "due": due,
                "reported": "",
                "outcome": "",
            }
            closed = [key for key, act in mine.items() if act["outcome"]]
            for key in closed[:-_KEPT]:
                del mine[key]
            return mine
        act = mine.get(_about(event))
        if act is not None and not act["outcome"]:
            if isinstance(event, ev.EmergencyReported):
                act["reported"] = act["reported"] or str(event.id)
            elif isinstance(event, ev.EmergencyRatified):
                act["outcome"] = "ratified"
            elif isinstance(event, ev.EmergencyRejected):
                act["outcome"] = "rejected"
            elif not act["reported"]:
                act["outcome"] = "lapsed"
        return mine

    def join(self, mine: Acts, other: Acts, _: State, /) -> Acts:
        """Keep the acts about either account: both are one person."""
        return {**other, **mine}

    # -- what comes of it ----------------------------------------------------------

    def decide(self, event: Any, state: State, /) -> Iterator[Wish]:
        """Impose at once; let stand, undo, or let lapse."""
        key = _about(event)
        act = state.mine.get(key)
        if act is None:
            return
        if isinstance(event, ev.EmergencyReported):
            yield from self._decision(event, act, state)
            return
        if isinstance(event, ev.EmergencyActed):
            yield from self._act(event, act, state)
            return
        record = self._record(key, state)
        if isinstance(event, ev.EmergencyRatified):
            if record is not None:
                yield ConfirmSanction(
                    member=event.member,
                    sanction=DecisionId(record.id),
                    because=_why("emergency.ratified", event, act),
                )
        elif isinstance(event, ev.EmergencyRejected):
            why = _why("emergency.rejected", event, act)
            yield from self._undo(event, record, SanctionState.OVERTURNED, why)
        elif act["outcome"] == "lapsed":
            why = _why("emergency.lapsed", event, act)
            yield from self._undo(event, record, SanctionState.LAPSED, why)

    def _act(
        self, event: ev.EmergencyActed, act: dict[str, Any], state: State
    ) -> Iterator[Wish]:
        kind = self._measure(event.measure)
        if kind is None:
            return
        length = event.duration if kind.holds or kind.lasts else None
        until: datetime | None = None
        if length is not None:
            until = instant(length.after(state.now_us, state.calendar.where))
        due = instant(act["due"])
        yield ApplySanction(
            member=event.member,
            group=event.group,
            step=LadderStep(at=1, kind=kind, duration=length, notice=self.notice),
            until=until,
            strikes=(EventId(event.id),),
            state=SanctionState.PROVISIONAL,
            issuer=event.actor or "",
            origin=SanctionOrigin.EMERGENCY,
            because=_why("emergency.acted", event, act),
        )
        yield OpenObligation(
            member=event.member,
            group=event.group,
            what="emergency_report",
            due=instant(act["due"] - 1),
            met_by=ev.EmergencyReported.kind,
            where=(("emergency", str(event.id)),),
            duty=self._judge,
            because=_why("emergency.report", event, act),
        )
        yield SetTimer(f"{_TIMER}{event.id}", due)

    def _decision(
        self, event: ev.EmergencyReported, act: dict[str, Any], state: State
    ) -> Iterator[OpenObligation]:
        """Ask for the decision in time, with the first report."""
        if self.decide_within is None or act["reported"] != event.id:
            return
        due = self.decide_within.after(state.now_us, state.calendar.where)
        why = because(
            "emergency.decision",
            ground=act["ground"],
            at=instant(act["at"]),
            due=instant(due),
            duty=self._judge,
        )
        yield OpenObligation(
            member=event.member,
            group=event.group,
            what="emergency_decision",
            due=instant(due),
            met_by=ev.EmergencyRatified.kind,
            where=(("emergency", str(event.emergency)),),
            duty=self._judge,
            because=why,
        )

    def _undo(
        self,
        event: ev.Event,
        record: SanctionRecord | None,
        state: SanctionState,
        why: Explanation,
    ) -> Iterator[Decision]:
        if record is not None:
            yield EndSanction(
                member=event.member,
                sanction=DecisionId(record.id),
                state=state,
                because=why,
            )
        strike = EventId(_about(event))
        yield OverturnStrike(member=event.member, strike=strike, because=why)

    def _record(self, key: str, state: State) -> SanctionRecord | None:
        """Return the sanction that the act *key* imposed, if it is still open."""
        return next(
            (
                record
                for record in state.member.sanctions
                if record.policy == self.key and key in record.strikes and record.open
            ),
            None,
        )

    def standing(self, state: State, /) -> Explanation:
        """Explain which acts against the member wait to be reported or decided."""
        acts: Acts = state.mine or {}
        parts = [
            because(
                "emergency.open",
                ground=act["ground"],
                at=instant(act["at"]),
                due=instant(act["due"]),
                reported=bool(act["reported"]),
            )
            for act in acts.values()
            if not act["outcome"]
        ]
        return because("emergency.standing", *parts, open=len(parts))


def _about(event: Any) -> str:
    """Return the event that told of the act which *event* is about."""
    if isinstance(event, ev.EmergencyActed):
        return str(event.id)
    if isinstance(event, ev.TimerFired):
        return event.timer.removeprefix(_TIMER)
    return str(event.emergency)


def _lacks(
    event: ev.Event, state: State, roles: Iterable[RoleName], action: str
) -> Explanation | None:
    """Return why the actor may not, None for a holder of one of *roles*."""
    held = () if event.actor is None else state.actor.held(state.at_us, event.group)
    if {*held} & {*roles}:
        return None
    by = event.actor or ""
    if held:
        return because("authority.not_permitted", by=by, action=action, roles=held)
    return because("authority.no_role", by=by, action=action)


def _why(key: str, event: ev.Event, act: dict[str, Any]) -> Explanation:
    return because(
        key,
        by=event.actor,
        ground=act["ground"],
        at=instant(act["at"]),
        due=instant(act["due"]),
    )
