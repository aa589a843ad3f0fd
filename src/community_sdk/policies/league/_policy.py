"""Leagues at work: every period is closed once, oldest first, from one ranking (S08).

Laws: closing twice is closing once; a preview is the same function; what is closed
stays, and a recalculation only reports what differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from itertools import pairwise
from typing import Any, ClassVar, Final, Protocol

from attrs import field, validators

from community_sdk._time import Calendar, Duration, PeriodUnit, instant, micros
from community_sdk._values import frozen
from community_sdk.decisions import Mode, RequestStandings, SetTimer, Wish
from community_sdk.errors import DefinitionError, nearest
from community_sdk.events import (
    Event,
    EventTypes,
    Exogenous,
    MembershipImported,
    StandingsCounted,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Metric
from community_sdk.model import (
    OverrideKind,
    PeriodClose,
    PolicyKey,
    RoleName,
    Standing,
    TierKey,
)
from community_sdk.policies._policy import (
    Policy,
    Reference,
    Scope,
    role_names,
    unknown,
)
from community_sdk.policies.league import _closing as closing
from community_sdk.policies.league._count import check_figures, figure, kept
from community_sdk.policies.league._rules import LeagueRules
from community_sdk.policies.league._telling import standing
from community_sdk.state import Definition, State

__all__ = ["LeaguePolicy"]

_DAYS: Final = {
    PeriodUnit.DAY: 1,
    PeriodUnit.WEEK: 7,
    PeriodUnit.HALF_MONTH: 16,
    PeriodUnit.MONTH: 31,
    PeriodUnit.QUARTER: 92,
    PeriodUnit.YEAR: 366,
}
_KEYS: Final = ("joined", "name", "member")
_TIMER: Final = "close"
_FIXED: Final = (OverrideKind.LOCK.value, OverrideKind.BOOST.value)
_FLOOR: Final = OverrideKind.FLOOR.value


class _Span(Protocol):
    @property
    def tiers(self) -> str: ...
    @property
    def since(self) -> int: ...
    @property
    def until(self) -> int | None: ...


@frozen(kw_only=True)
class LeaguePolicy:
    """Move members within the tier group *tiers* by places, when a period is over.

    At the end of each *period* (a day, week, half-month, … of the community's zone) it
    asks for everybody's *figures* in that period, `RequestStandings`, and closes it
    with the answer, `StandingsCounted`: once, oldest first, all moves from one ranking
    by *rules*. Figures are metrics without a window: ``count``, ``total``,
    ``active_days``, ``strikes``.

    Who holds no tier of the group stands in *entry* (if empty: the lowest of *rules*).
    Who holds a role of *locked*, or whose tier is locked or boosted, is ranked, but not
    moved, and the place passes on; a floor is kept. A tier held beside (an extra one)
    is no rung: it stays, and who has it takes no place upwards to it.

    Nobody moves at a period whose last local day is before the community's beginning
    (*started*, or else the first event) + *starts_after*, months clamped; on that day
    yes. *remember* closes can be recalculated: a late event of one of them is looked at
    with the next close and reported as a difference; the closed result stays.
    """

    answers: ClassVar[EventTypes] = (Exogenous, TimerFired)
    folds: ClassVar[EventTypes] = (Exogenous, TimerFired)
    guards: ClassVar[EventTypes] = (StandingsCounted,)

    key: PolicyKey
    tiers: str
    rules: LeagueRules
    figures: Mapping[str, Metric] = field(hash=False)
    period: PeriodUnit = PeriodUnit.HALF_MONTH
    entry: TierKey = TierKey("")
    locked: tuple[RoleName, ...] = ()
    started: datetime | None = None
    starts_after: Duration | None = None
    remember: int = field(default=2, validator=validators.ge(1))
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def __attrs_post_init__(self) -> None:
        """Refuse an order by figures that nobody counts, and names that are taken."""
        check_figures(self.figures)
        for name in self.figures:
            if name in _KEYS:
                raise DefinitionError(
                    f"expected a name of its own for a figure of `{self.key}`, found"
                    f" `{name}`",
                    code="league.figure_name",
                    hint="the order knows that word already: choose another",
                    found=name,
                )
        for key in self.rules.order:
            if key.by not in self.figures and key.by not in _KEYS:
                raise DefinitionError(
                    f"expected a figure of `{self.key}` to rank by, found `{key.by}`",
                    code="league.figure",
                    hint=nearest(key.by, (*self.figures, *_KEYS)),
                    found=key.by,
                )

    # -- what the engine asks ------------------------------------------------------

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What is kept of members, two periods back and a little more."""
        return kept(self.figures.values(), self._reach)

    @property
    def starts_in(self) -> TierKey:
        """The tier of who holds none on record."""
        return self.entry or self.rules.tiers[0]

    @property
    def words(self) -> frozenset[str]:
        """Whatever is counted, whoever comes, and the ends of periods."""
        counted = {m.kind for m in self.figures.values() if m.kind}
        if any(m.word == "strikes" for m in self.figures.values()):
            counted |= {"rule_broken", "strike_overturned"}
        own = {"joined", "membership_imported", "timer_fired", "standings_counted"}
        return frozenset(counted | own)

    @property
    def _reach(self) -> int:
        return (self.remember + 1) * _DAYS[self.period] + 1

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name a tier group, tiers or roles that the playbook does not have."""
        groups = {g.key: g for g in definition.tiers}
        group = groups.get(self.tiers)
        if group is None:
            yield ("tiers", self.tiers, tuple(groups))
        else:
            for i, name in enumerate(self.rules.tiers):
                if name not in group.keys:
                    yield (f"rules.tiers[{i}]", name, group.keys)
        named = [("entry", self.entry), ("rules.to", self.rules.to)]
        named += [(f"rules.pool[{i}]", name) for i, name in enumerate(self.rules.pool)]
        for path, name in named:
            if name and name not in self.rules.tiers:
                yield (path, name, self.rules.tiers)
        yield from unknown("locked", self.locked, role_names(definition))

    def misfits(
        self, definition: Definition, _: Sequence[Policy], /
    ) -> Iterator[tuple[str, DefinitionError]]:
        """Name a tier that stands below the one before it in the group."""
        group = next((g for g in definition.tiers if g.key == self.tiers), None)
        known = [t for t in self.rules.tiers if group and t in group.keys]
        for before, name in pairwise(known):
            if group is not None and group.rank(name) < group.rank(before):
                place = self.rules.tiers.index(name)
                error = DefinitionError(
                    f"expected the tiers from lowest to highest as in `{group.key}`,"
                    f" found `{name}` after `{before}`",
                    code="league.order",
                    hint="else a promotion would relegate",
                    found=name,
                    before=before,
                    tiers=group.key,
                )
                yield (f"rules.tiers[{place}]", error)
                return

    def start(self) -> dict[str, Any]:
        """Remember no period."""
        return {"pending": [], "closed": [], "stale": []}

    def refuse(self, event: StandingsCounted, state: State, /) -> Explanation | None:
        """Refuse the standings of a period that is not next, and not closed either."""
        if event.policy != self.key or closing.expected(state.mine, event):
            return None
        pending = (state.mine or self.start())["pending"]
        due = pending[0][0] if pending else ""
        return because("league.not_asked", period=event.period, due=due)

    def fold(
        self, mine: dict[str, Any], event: Event, state: State, /
    ) -> dict[str, Any]:
        """Remember which periods are over, closed, and changed since."""
        if isinstance(event, TimerFired):
            over = state.calendar.period(self.period, state.now_us - 1)
            span = [state.calendar.start(day) for day in (over.since, over.until)]
            mine["pending"].append([over.key, *span])
        elif isinstance(event, StandingsCounted):
            if event.policy == self.key and closing.expected(mine, event):
                closing.note(self, mine, event, state)
        else:
            at = state.at_us
            if isinstance(event, MembershipImported):
                at = micros(event.since)
            mine["begun"] = min(mine.get("begun", at), at)
            closing.stale(mine, state.at_us)
        return mine

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Ask for figures when a period is over; close it when they are there."""
        if isinstance(event, StandingsCounted):
            if event.policy == self.key:
                yield from closing.answer(self, event, state)
            return
        if isinstance(event, TimerFired):
            yield from closing.ask(self, state, again=True)
        elif f"{self.key}/{_TIMER}" in state.community.timers:
            return
        running = state.calendar.period(self.period, state.now_us)
        yield SetTimer(_TIMER, instant(state.calendar.start(running.until)))

    # -- what the shell and people ask ---------------------------------------------

    def stand(self, state: State, span: tuple[int, int], /) -> Standing | None:
        """Return where the member stands in *span*, ``[since, until)`` microseconds.

        None for whom the league does not rank: who is not here, came later, is a bot,
        or holds a tier of the group that the league does not have.
        """
        member = state.member
        held = member.tiers.get(self.tiers)
        tier = self.starts_in if held is None else TierKey(held.tier)
        if not member.here or member.bot or tier not in self.rules.tiers:
            return None
        if member.since is None or member.since >= span[1]:
            return None
        now = state.now_us
        overrides = self._running(member.overrides, now)
        known = (TierKey(o.tier) for o in overrides if o.kind == _FLOOR)
        floors = [tier for tier in known if tier in self.rules.tiers]
        return Standing(
            member=member.id,
            tier=tier,
            figures={n: figure(m, state, span) for n, m in self.figures.items()},
            joined=instant(member.since),
            extra=tuple(TierKey(e.tier) for e in self._running(member.extras, now)),
            locked=any(member.serves(role, now) for role in self.locked)
            or any(o.kind in _FIXED for o in overrides),
            floor=max(floors, key=self.rules.tiers.index, default=TierKey("")),
        )

    def _running(self, records: Iterable[_Span], now: int) -> list[Any]:
        mine = (r for r in records if r.tiers == self.tiers and r.since <= now)
        return [r for r in mine if r.until is None or now < r.until]

    def request(
        self, state: State, period: str = "", /, *, at: datetime | None = None
    ) -> RequestStandings | None:
        """Return what asks for the running period, or for one that is closed.

        Without *period* it is the one that holds *at*, in the community's zone. None
        where *period* is not among the closes that are remembered.
        """
        us = None if at is None else micros(at)
        return closing.request(self, state, period, us)

    def closes(self, counted: StandingsCounted, state: State, /) -> PeriodClose:
        """Return the close that *counted* leads to; it is the one that is decided."""
        state.mine = state.community.slices.get(self.key) or self.start()
        return closing.result(self, counted, state, counted.standings)

    def selection_starts(self, begun: datetime, where: tzinfo, /) -> date:
        """Return the local day from which on a period's last day is for selection.

        *begun* is when the community began, unless the policy says it (*started*).
        """
        us = micros(begun if self.started is None else self.started)
        if self.starts_after is not None:
            us = self.starts_after.after(us, where)
        return date.fromordinal(Calendar(where).day(us))

    def standing(self, state: State, /) -> Explanation:
        """Explain the running period: tier, figures so far, when it closes."""
        return standing(self, state)
