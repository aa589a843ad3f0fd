"""How far members came in each funnel, and who may still go on (S20)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from attrs import define, field

from community_sdk._time import Calendar, instant, micros
from community_sdk.decisions import RecordStage
from community_sdk.events import Event
from community_sdk.policies import Funnel
from community_sdk.report.rows import FunnelRow

__all__ = ["Stages"]

Pairs = dict[str, tuple[int, int]]


@define
class Stages:
    """By member: the highest step, the opening of that attempt, the latest opening.

    By step: who was told to have done it.

    A funnel that is more than plain is analysed as a whole at the end; not where a
    step asks how the member stood, which only the announcements tell.
    """

    funnel: Funnel
    reached: Pairs = field(factory=dict[str, tuple[int, int]])
    openings: dict[str, int] = field(factory=dict[str, int])
    done: dict[int, set[str]] = field(factory=dict[int, set[str]])
    events: list[Event] = field(factory=list[Event])

    @property
    def _whole(self) -> bool:
        judged = any(step.when is not None for step in self.funnel.steps)
        return not (self.funnel.rules.plain or judged)

    def see(self, event: Event) -> None:
        """Take in an event: one of the first step opens an attempt."""
        if self._whole and event.name in self.funnel.words:
            self.events.append(event)
        first = self.funnel.steps[0]
        if event.name != first.event or event.member is None or not event.dated:
            return
        if 0 in self.funnel.matching(event):
            at = micros(event.at)
            self.openings[event.member] = max(at, self.openings.get(event.member, at))

    def decided(self, decision: RecordStage) -> None:
        """Take in a step; only a higher one counts, or a later attempt at it."""
        name = str(decision.member)
        found = (decision.step, micros(decision.opened))
        self.reached[name] = max(found, self.reached.get(name, (-1, -1)))
        self.done.setdefault(decision.step, set()).add(name)

    def rows(
        self, now: int, calendar: Calendar, canonical: Callable[[str], str]
    ) -> Iterator[FunnelRow]:
        """Yield one row per step, as of *now*."""
        if self._whole:
            yield from self._analysed(now, calendar, canonical)
            return
        funnel, steps = self.funnel, len(self.funnel.steps)
        entered = [0] * steps
        ended, still = [0] * steps, [0] * steps
        for level, opened in self._latest(canonical).values():
            for lower in range(min(level + 1, steps)):
                entered[lower] += 1
            if level < steps - 1:
                closes = funnel.window.after(opened, calendar.where)
                (still if now <= closes else ended)[level] += 1
        for nth, step in enumerate(funnel.steps):
            if step.optional:  # who went past it was never told to have done it
                entered[nth] = len({*map(canonical, self.done.get(nth, ()))})
            yield FunnelRow(
                funnel=funnel.key,
                step=nth,
                event=step.event,
                entered=entered[nth],
                share_of_first=_share(entered[nth], entered[0]),
                share_of_previous=_share(entered[nth], entered[self._needed(nth)]),
                dropped_off=ended[nth],
                still_open=still[nth],
            )

    def _needed(self, nth: int) -> int:
        """Return the last step before *nth* that may not be left out."""
        steps = self.funnel.steps
        return max((n for n in range(nth) if not steps[n].optional), default=0)

    def _analysed(
        self, now: int, calendar: Calendar, canonical: Callable[[str], str]
    ) -> Iterator[FunnelRow]:
        """Yield the rows of an analysis; who never entered cannot matter."""
        entered = set(map(canonical, self.reached))
        told = (
            event
            for event in self.events
            if event.kind == "identity_linked"
            or canonical(str(event.member)) in entered
        )
        analysis = self.funnel.analyse(
            told, where=str(calendar.where), until=instant(now)
        )
        for nth, step in enumerate(analysis.report().steps):
            yield FunnelRow(
                funnel=self.funnel.key,
                step=nth,
                event=self.funnel.steps[nth].event,
                entered=step.reached,
                share_of_first=step.share_of_first,
                share_of_previous=step.share_of_previous
                if nth
                else step.share_of_first,
                dropped_off=step.dropped_off,
                still_open=step.still_open,
            )

    def _latest(self, canonical: Callable[[str], str]) -> Pairs:
        """Return the highest step and the latest opening of any attempt."""
        out: Pairs = {}
        for account, (level, opened) in self.reached.items():
            name = canonical(account)
            before = out.get(name, (-1, -1))
            start = max(opened, self.openings.get(account, opened))
            out[name] = (max(level, before[0]), max(start, before[1]))
        return out


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None
