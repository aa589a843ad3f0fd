"""One history under two playbooks, side by side in one pass (S29).

Laws: a playbook against itself differs in nothing; swapped sides swap what only one
has; what is found does not depend on the order of independent events of one instant.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from typing import Final

from attrs import define, evolve, field

from community_sdk import events as ev
from community_sdk._time import Calendar, micros, zone
from community_sdk.backtest._bars import doer
from community_sdk.backtest._comparison import Comparison, SideRow, Treatment
from community_sdk.backtest._difference import Difference, What
from community_sdk.backtest._harshness import is_echo, is_sanction
from community_sdk.backtest._pairing import Found, by_day, by_trigger
from community_sdk.backtest._sides import AsActed, Side, side
from community_sdk.backtest._tally import Tally
from community_sdk.decisions import Decision, Mode
from community_sdk.engine import Operable, Step
from community_sdk.errors import DefinitionError, HistoryError
from community_sdk.events import Derived, Event
from community_sdk.explanation import Explanation

__all__ = ["backtest"]

_PAIR: Final = (0, 1)


def backtest(  # noqa: PLR0913 - three of them are for long runs
    history: Iterable[Event],
    one: Operable | AsActed,
    other: Operable | AsActed,
    *,
    keep: int = 100,
    on_difference: Callable[[Difference], object] | None = None,
    on_refused: Callable[[Event, HistoryError], object] | None = None,
    progress: Callable[[int], object] | None = None,
) -> Comparison:
    """Replay *history* under *one* and *other*: who is treated differently, and why.

    The history is taken as it is: a member whom a playbook removes goes on in it. What
    such a member did all the same is folded, flagged and counted apart. Only what came
    from outside is replayed: facts of an engine and adoptions of playbooks in the
    history are left out and counted. Nobody answers the proposals of either side.

    Args:
        history: events in the order of `recorded_at`; read once, never held.
        one: a playbook, or `AS_ACTED` for what the operators did.
        other: the playbook to compare with; or `AS_ACTED`.
        keep: how many of the gravest differences are kept; all are counted.
        on_difference: is told of every difference, when its local day is over.
        on_refused: is told of events that neither side can take in (of another
            community, about nobody's name), which are then left out.
        progress: is told after each event how many were replayed.

    Raises:
        DefinitionError: the playbooks are of different communities, or none is given;
            or one of them cannot run.
        HistoryError: the history is empty or not in order, or an event can be taken in
            by neither and nobody wants to be told.
        PolicyError: a policy broke.
    """
    days = _calendar(one, other)
    sides = _sides(one, other, days[1].where)
    work = _Work(sides, Tally(keep, on_difference), days, on_refused)
    for event in history:
        work.see(event)
        if progress is not None:
            progress(work.counts["events"])
    return work.finish()


@define
class _Work:
    """Two records in the making."""

    sides: tuple[Side, Side]
    tally: Tally
    days: tuple[str, Calendar]
    refused: Callable[[Event, HistoryError], object] | None = None
    counts: Counter[str] = field(factory=Counter[str])
    _of: tuple[Counter[str], Counter[str]] = field(
        factory=lambda: (Counter[str](), Counter[str]())
    )
    _after: tuple[set[str], set[str]] = field(factory=lambda: (set[str](), set[str]()))
    _waiting: defaultdict[int, tuple[list[Found], list[Found]]] = field(
        factory=lambda: defaultdict[int, tuple[list[Found], list[Found]]](
            lambda: ([], [])
        )
    )
    _firm: defaultdict[int, list[tuple[Found, Found]]] = field(
        factory=lambda: defaultdict[int, list[tuple[Found, Found]]](list)
    )
    _seen: dict[str, None] = field(factory=dict[str, None])
    _alias: dict[str, str] = field(factory=dict[str, str])
    _today: int = 0
    _first: datetime | None = None
    _now: datetime | None = None

    def see(self, event: Event) -> None:
        """Replay one event under both."""
        if isinstance(event, (Derived, ev.StandingsCounted)):
            self.counts["derived"] += 1
            return
        if isinstance(event, ev.PlaybookAdopted):
            self.counts["adoptions"] += 1
            return
        self._pass_to(event)
        try:
            steps = tuple(each.receive(event) for each in self.sides)
        except HistoryError as error:
            if self.refused is None:
                raise
            self.refused(event, error)
            return
        for name in (event.member, event.actor):
            if name is not None:
                self._seen[str(name)] = None
        if any(step is not None and step.duplicate for step in steps):
            self.counts["duplicates"] += 1
            return
        self.counts["events"] += 1
        after = tuple(self._flag(nth, event, steps[nth]) for nth in _PAIR)
        self._link(event, steps)
        self._decided(steps, after)
        for each, step in zip(self.sides, steps, strict=True):
            if step is not None and event.member is not None:
                each.bars.happened(event, self._who(event.member))

    def _pass_to(self, event: Event) -> None:
        """Let time pass to *event* on both sides, and close the days before it."""
        now = event.recorded_at
        if self._now is not None and now < self._now:
            raise HistoryError(
                f"event `{event.id}` of `{now.isoformat()}` comes after one of"
                f" `{self._now.isoformat()}`",
                code="backtest.disorder",
                hint="sort by `recorded_at`; on the command line, `--sort` does so",
                id=event.id,
                at=now.isoformat(),
                before=self._now.isoformat(),
            )
        if self._now is None:
            self._first = now
        elif now > self._now:
            self._decided(tuple(s.advance(now) for s in self.sides), (False, False))
            today = self.days[1].day(micros(now))
            if today != self._today:
                self._today = today
                self._close(today)
        self._now = now

    def _flag(self, nth: int, event: Event, step: Step | None) -> bool:
        """Tell whether side *nth* had put out who did this; count it.

        What really happened was possible.
        """
        who = doer(event)
        if who is None or step is None or self.sides[nth].real:
            return False
        who = self._who(who)
        if not self.sides[nth].bars.bars(who, micros(event.at), event.kind):
            return False
        self._of[nth]["acts_after"] += 1
        self._after[nth].add(who)
        return True

    def _link(self, event: Event, steps: tuple[Step | None, ...]) -> None:
        """Follow an account to the member that it belongs to."""
        if not isinstance(event, ev.IdentityLinked) or event.member is None:
            return
        member, alias = self._who(event.member), self._who(event.alias)
        if member == alias or None in steps:
            return
        self._alias[alias] = member
        self.tally.merge(member, alias)
        for each in self.sides:
            each.bars.merge(member, alias)

    def _who(self, name: str) -> str:
        while name in self._alias:
            name = self._alias[name]
        return name

    def _decided(self, steps: tuple[Step | None, ...], after: tuple[bool, ...]) -> None:
        """Pair what both sides decided just now; the rest waits for its day to end."""
        if not any(step is not None and step.decisions for step in steps):
            return
        for each, step in zip(self.sides, steps, strict=True):
            if step is not None:
                each.bars.decided(step, self._who)
        found = tuple(self._found(nth, steps[nth], after[nth]) for nth in _PAIR)
        firm, left = by_trigger(found[0], found[1])
        for pair in firm:
            self._firm[self._day(*pair)].append(pair)
        for nth in _PAIR:
            for alone in left[nth]:
                waits = self._ask(1 - nth, steps[1 - nth], alone)
                self._waiting[self._day(waits)][nth].append(waits)

    def _found(self, nth: int, step: Step | None, after: bool) -> list[Found]:  # noqa: FBT001 - of one step
        out: list[Found] = []
        tallied = self._of[nth]
        for decision in () if step is None else step.decisions:
            tallied["decisions"] += 1
            if decision.mode is Mode.SHADOW:
                tallied["shadow"] += 1
            elif is_echo(decision):
                tallied["echoes"] += 1
            elif self.sides[1 - nth].real and not is_sanction(decision):
                tallied["apart"] += 1
            else:
                tallied["compared"] += 1
                tallied["decisions_after"] += after
                who = "" if decision.member is None else self._who(decision.member)
                out.append(Found(decision, who, after))
        return out

    def _ask(self, nth: int, step: Step | None, found: Found) -> Found:
        """Ask side *nth* why it did not decide the same."""
        what = (What.ONLY_OTHER, What.ONLY_ONE)[nth]
        if not self.tally.wanted(found, what):
            return found
        return evolve(found, absent=self._absent(nth, step, found))

    def _absent(self, nth: int, step: Step | None, found: Found) -> Explanation | None:
        for dropped in () if step is None else step.suppressed:
            loser: Decision = dropped.decision
            if str(loser.member or "") == found.who and loser.kind == found.kind:
                return dropped.because
        return self.sides[nth].standing(found.who) if found.who else None

    def _day(self, *found: Found) -> int:
        return self.days[1].day(min(f.order[0] for f in found))

    def _close(self, before: int | None = None) -> None:
        """Pair what waits of the days *before*, and take those days in."""
        for day in sorted({*self._firm, *self._waiting}):
            if before is None or day < before:
                one, other = self._waiting.pop(day, ([], []))
                left = by_day(map(self._known, one), map(self._known, other))
                firm = [
                    (self._known(mine), self._known(theirs))
                    for mine, theirs in self._firm.pop(day, [])
                ]
                self.tally.take(day, [*firm, *left])

    def _known(self, found: Found) -> Found:
        """Return *found* about the member that an account turned out to be."""
        who = self._who(found.who)
        return found if who == found.who else evolve(found, who=who)

    # -- the end ------------------------------------------------------------------

    def finish(self) -> Comparison:
        """Close the last day and return what was found."""
        if self._first is None or self._now is None:
            raise HistoryError(
                "expected events from outside, found none",
                code="backtest.empty",
                hint="give a history with at least one event that people caused",
            )
        self._close()
        tally = self.tally
        bots = {self._who(name) for each in self.sides for name in each.bots()}
        seen = {self._who(name) for name in self._seen}
        self.counts["members"] = len(seen)
        self.counts["bots"] = len(seen & bots)
        people = tally.persons()
        members = Counter(row.treatment for row in people)
        members[Treatment.SAME] = len(seen - bots - {str(row.member) for row in people})
        names = ("events", "duplicates", "derived", "adoptions", "members", "bots")
        return Comparison(
            one=self._row(0),
            other=self._row(1),
            counts={name: self.counts[name] for name in names},
            period=(self._first, self._now),
            zone=self.days[0],
            members={t: members[t] for t in Treatment},
            same=tally.same.total(),
            different=tally.different.total(),
            decisions=tally.decisions(),
            differences=tally.differences(self._who),
            days=tally.days(),
            people=people,
            examples=tally.examples(self._who),
            top=tally.top(self._who),
        )

    def _row(self, nth: int) -> SideRow:
        each, tallied = self.sides[nth], self._of[nth]
        names = ("decisions", "compared", "shadow", "echoes", "apart")
        return SideRow(
            side=("one", "other")[nth],
            name=each.name,
            version=each.version,
            digest=each.digest,
            late=each.late,
            acts_after=tallied["acts_after"],
            members_after=len({self._who(name) for name in self._after[nth]}),
            decisions_after=tallied["decisions_after"],
            **{name: tallied[name] for name in names},
        )


def _sides(
    one: Operable | AsActed, other: Operable | AsActed, where: tzinfo
) -> tuple[Side, Side]:
    if isinstance(one, AsActed) and isinstance(other, AsActed):
        raise DefinitionError(
            "expected a playbook to compare the operators with, found none",
            code="backtest.no_playbook",
            hint="give a playbook on one side at least",
        )
    if not (isinstance(one, AsActed) or isinstance(other, AsActed)):
        mine, theirs = str(one.community.key), str(other.community.key)
        if mine != theirs:
            raise DefinitionError(
                f"expected playbooks of one community, found `{mine}` and `{theirs}`",
                code="backtest.communities",
                hint="give both the same `key` under `community`",
                one=mine,
                other=theirs,
            )
    return side(one, other, where), side(other, one, where)


def _calendar(
    one: Operable | AsActed, other: Operable | AsActed
) -> tuple[str, Calendar]:
    """Return the zone that both share; where they differ, UTC."""
    zones = {b.community.zone for b in (one, other) if not isinstance(b, AsActed)}
    name = zones.pop() if len(zones) == 1 else "UTC"
    return name, Calendar(zone(name))
