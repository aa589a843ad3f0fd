"""Order in a community as plain lists, searched from the beginning each time (S06)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from attrs import define, field

from community_sdk.model import SANCTIONS, LadderStep, Overlap
from community_sdk.policies import PenaltyLadder, Trigger

__all__ = ["Breach", "Lists", "Penalty", "Wish", "length"]


@define
class Breach:
    """A strike, or (without a category) points that were given by hand."""

    key: str
    category: str
    weight: int
    at: datetime
    known: datetime
    by: str
    gone: bool = False
    forgiven: bool = False
    used: str = ""


@define
class Penalty:
    """A sanction: which, since when, until when, what it rests on, the cause first."""

    key: str
    word: str
    since: datetime
    until: datetime | None
    by: str
    rests: list[str]
    ladder: bool
    state: str = "active"
    replaced: str = ""
    appealed: bool = False

    def runs(self, now: datetime) -> bool:
        """Tell whether it is open and not over."""
        ends = self.until is not None and self.until <= now
        return self.state == "active" and not self.replaced and not ends


@define
class Wish:
    """A ban that waits until two people agree."""

    key: str
    cause: str
    rests: list[str]
    step: LadderStep
    by: str
    opened: datetime
    deadline: datetime
    voices: list[str] = field(factory=list[str])


def length(step: LadderStep) -> timedelta | None:
    """Return how long a step lasts."""
    return None if step.duration is None else timedelta(microseconds=step.duration.us)


@define
class Lists:
    """All that one member has on record, and the ladder that it is read by."""

    ladder: PenaltyLadder
    breaches: list[Breach] = field(factory=list[Breach])
    penalties: list[Penalty] = field(factory=list[Penalty])
    wishes: list[Wish] = field(factory=list[Wish])
    voided: list[str] = field(factory=list[str])
    cleared: datetime | None = None

    # -- counting ----------------------------------------------------------------------

    def breach(self, key: str) -> Breach | None:
        """Return the breach called *key*."""
        return next((b for b in self.breaches if b.key == key), None)

    def counted(self, category: str, now: datetime) -> list[Breach]:
        """Return what counts now, in order of occurrence."""
        order = sorted(self.breaches, key=lambda b: (b.at, b.known, b.key))
        return [b for b in order if not self.reason(b, category, now)]

    def reason(self, one: Breach, category: str, now: datetime) -> str:
        """Return why a breach does not count, empty where it does."""
        whole = self.ladder.per == "member"
        if not one.category:
            if not whole or self.ladder.measure == "count":
                return "by_hand"
        elif not whole and one.category != category:
            return "other_category"
        if one.gone or one.forgiven:
            return "overturned" if one.gone else "forgiven"
        if one.used:
            return "consumed"
        window = self.ladder.window
        if window is None:
            return ""
        age, limit = now - one.at, timedelta(microseconds=window.us)
        edge = self.ladder.window_edge == "exclusive" and age == limit
        return "too_old" if age > limit or edge else ""

    def total(self, found: Iterable[Breach]) -> int:
        """Return how much *found* count for together."""
        points = self.ladder.measure == "points"
        return sum(b.weight if points else 1 for b in found)

    def step(self, new: Breach, found: list[Breach]) -> LadderStep | None:
        """Return the step that *new* earns by *found*, which hold it if it counts."""
        at_once = self.ladder.immediate.get(new.category)
        if at_once is not None or new not in found:
            return at_once
        now, before = self.total(found), self.total(b for b in found if b is not new)
        crossing = self.ladder.trigger is Trigger.ON_CROSSING
        low = before if crossing else 0
        reached = [s for s in self.ladder.steps if low < s.at <= now]
        return reached[-1] if reached else None

    # -- where the member stands -------------------------------------------------------

    def out(self, now: datetime) -> bool:
        """Tell whether a removal or a ban holds the member."""
        return any(p.word in ("remove", "ban") and p.runs(now) for p in self.penalties)

    def rivals(self, word: str, now: datetime) -> list[Penalty]:
        """Return what holds the member in the same way."""
        if not SANCTIONS[word].holds:
            return []
        return [p for p in self.penalties if p.word == word and p.runs(now)]

    def meets(self, word: str, by: str, now: datetime) -> Overlap | None:
        """Return what becomes of a new one beside its rivals: None, it is refused."""
        rule, rivals = self.ladder.overlap["*"], self.rivals(word, now)
        if not rivals:
            return Overlap.INDEPENDENT
        if rule is Overlap.MANUAL_OVER_AUTOMATIC:
            over = by and not any(p.by for p in rivals)
            rule = Overlap.REPLACE if over else Overlap.REFUSE
        return None if rule is Overlap.REFUSE else rule

    def held(self, now: datetime) -> dict[str, datetime | None]:
        """Return until when each restraint holds."""
        out: dict[str, datetime | None] = {}
        for one in self.penalties:
            if SANCTIONS[one.word].holds and one.runs(now):
                ends = (one.until, out.get(one.word, one.until))
                out[one.word] = None if None in ends else max(e for e in ends if e)
        return out

    # -- what changes it ---------------------------------------------------------------

    def add(self, new: Breach) -> None:
        """Put a breach on record."""
        new.gone = new.key in self.voided
        new.forgiven = self.cleared is not None and new.at < self.cleared
        self.breaches.append(new)

    def impose(self, new: Penalty, now: datetime) -> None:
        """Put a sanction on record: it may replace, use up, and end what waits."""
        if self.meets(new.word, new.by, now) is Overlap.REPLACE:
            for rival in self.rivals(new.word, now):
                rival.replaced = new.key
        self.penalties.append(new)
        self.use(new)
        if new.word in ("remove", "ban") and new.state != "expired":
            self.wishes.clear()

    def use(self, new: Penalty) -> None:
        """Use up what a sanction rests on, where the ladder does so."""
        if self.ladder.consume_on_trigger and new.ladder:
            for one in self.breaches:
                if one.key in new.rests and not one.used:
                    one.used = new.key

    def tick(self, now: datetime) -> None:
        """Let time pass: what is over, is."""
        for one in self.penalties:
            over = one.until is not None and one.until <= now
            if over and one.state == "active":
                one.state = "expired"
        self.wishes = [w for w in self.wishes if now <= w.deadline]

    def undo(self, one: Penalty) -> None:
        """Take a sanction back: what it used up is free, what it replaced is back."""
        one.state = "overturned"
        for breach in self.breaches:
            if breach.used == one.key:
                breach.used = ""
        for other in self.penalties:
            if other.replaced == one.key:
                other.replaced = ""

    def would_be(self, one: Penalty, gone: set[str]) -> LadderStep | None:
        """Return the step that a sanction had been without the breaches *gone*."""
        found = [b for b in map(self.breach, one.rests) if b and b.key not in gone]
        return self.step(found[0], found) if found else None
