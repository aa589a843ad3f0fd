"""Tiers beside a plain loop that evaluates every bar anew, at events and reviews (S08).

The loop keeps a list of what happened and walks from one end of a period to the next;
figures come from `PlainModel`, conditions from the recursive `evaluate`.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from attrs import define, evolve, field
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk._time import Duration, PeriodUnit, WindowKind, instant
from community_sdk._time import micros as since_epoch
from community_sdk.conditions import All, Any, AtLeast, Condition, evaluate, metrics
from community_sdk.decisions import ChangeTier
from community_sdk.engine import Engine
from community_sdk.events import Event, TierImported
from community_sdk.model import TierKey
from community_sdk.playbook import Playbook
from community_sdk.policies import Bar, QualificationPolicy
from community_sdk.proposal import Consent
from community_sdk.testing import strategies as cst
from tests.laws.effort import one_in
from tests.laws.plain_model import PlainModel, first_day, micros

KINDS = ("message", "message", "message", "joined", "purchase", "tier_imported")
TIERS = ("fan", "core", "star")
ALONE = re.compile(r"tenure|recency|share|\bnot\b|(?<!>)[<!=]=|<")
"""What may come to hold while nothing happens, in the text of one comparison."""
TICK = timedelta(microseconds=1)
Move = tuple[str, str, str, datetime]


@define
class Standing:
    """Where one member stands."""

    rank: int = 0
    held: bool = False
    since: datetime | None = None
    fell: datetime | None = None
    review: datetime | None = None


@define
class PlainTiers:
    """The policy as a loop."""

    policy: QualificationPolicy
    model: PlainModel
    standings: dict[str, Standing] = field(factory=dict[str, Standing])
    moves: list[Move] = field(factory=list[Move])

    def tell(self, event: Event) -> None:
        """Hold the reviews that are over, then judge the event."""
        self.pass_time(event.recorded_at)
        self.model.tell(event)
        who = str(event.member)
        one = self.standings.setdefault(who, Standing())
        if isinstance(event, TierImported) and (
            one.since is None or one.since <= event.since
        ):
            one.rank, one.held = TIERS.index(event.tier), True
            one.since = event.since
        if event.name in self.policy.words and not self.model.is_bot(who):
            moved = self.judge(who, one, reviewing=False)
            if not moved and one.review is None:
                self.plan(who, one)

    def pass_time(self, until: datetime) -> None:
        """Hold every review whose period is over before *until*."""
        now = self.model.now
        for who, one in sorted(self.standings.items()):
            while one.review is not None and one.review < until:
                self.model.now, one.review = one.review, None
                if self.model.is_bot(who):
                    continue
                if not self.judge(who, one, reviewing=True) and (
                    one.rank > 0 or self.waits(who, one)
                ):
                    self.plan(who, one)
        self.model.now = max(now, until)

    def judge(self, who: str, one: Standing, *, reviewing: bool) -> bool:
        """Move the member, if it has to be."""
        policy, after = self.policy, None
        if reviewing or policy.upgrade == "immediate":
            after = self.earned(who, one)
        if after is None and (reviewing or policy.downgrade == "immediate"):
            after = self.lost(who, one)
        if after is None:
            return False
        self.moves.append((who, TIERS[one.rank], TIERS[after], self.model.now))
        one.fell = self.model.now if after < one.rank else None
        one.rank, one.since, one.held = after, self.model.now, True
        self.plan(who, one)
        return True

    def earned(self, who: str, one: Standing) -> int | None:
        """The highest tier whose entry holds, within reach."""
        cooling = self.policy.cool_down
        if one.fell and cooling and self.model.now < self.after(one.fell, cooling):
            return None
        reach = range(one.rank + 1, len(TIERS))
        if self.policy.climb == "one_step":
            reach = reach[:1]
        entries = {r: bar.entry for r in reach if (bar := self.bar(r))}
        return max((r for r in entries if self.holds(entries[r], who)), default=None)

    def lost(self, who: str, one: Standing) -> int | None:
        """The tier that the member falls to."""
        bar, stay = self.bar(one.rank), self.policy.minimum_stay
        if self.policy.fall == "never" or not one.rank or bar is None:
            return None
        if self.kept(bar, who):
            return None
        if stay and one.since and self.model.now < self.after(one.since, stay):
            return None
        if self.policy.fall == "one_down":
            return one.rank - 1
        stays = {r: bar for r in range(1, one.rank) if (bar := self.bar(r))}
        return max((r for r in stays if self.kept(stays[r], who)), default=0)

    def kept(self, bar: Bar, who: str) -> bool:
        """Whether a tier is kept: by what keeps it, or by what earns it."""
        return self.holds(bar.stay, who) or self.holds(bar.entry, who)

    def bar(self, rank: int) -> Bar | None:
        """The bar of a tier, None without one."""
        return {str(k): bar for k, bar in self.policy.bars.items()}.get(TIERS[rank])

    def holds(self, condition: Condition, who: str) -> bool:
        """Evaluate from scratch."""
        return evaluate(condition, lambda metric: self.model.measure(metric, who))

    def after(self, at: datetime, gap: Duration) -> datetime:
        """The instant *gap* after *at*."""
        return instant(gap.after(since_epoch(at), self.model.zone))

    def waits(self, who: str, one: Standing) -> bool:
        """Whether all that acts have to bring for a higher tier is there."""
        higher = (r for r in range(one.rank + 1, len(TIERS)) if self.bar(r))
        entries = [self.policy.bars[TierKey(TIERS[r])].entry for r in higher]
        return any(self.patient(e, who) for e in entries if ALONE.search(str(e)))

    def patient(self, asked: Condition, who: str) -> bool:
        """Whether *asked* holds but for what time alone may bring."""
        if isinstance(asked, (All, Any, AtLeast)):
            met = sum(self.patient(part, who) for part in asked.parts)
            if isinstance(asked, AtLeast):
                return met >= asked.k
            return met >= (len(asked.parts) if isinstance(asked, All) else 1)
        return bool(ALONE.search(str(asked))) or self.holds(asked, who)

    def plan(self, who: str, one: Standing) -> None:
        """Look again at the last microsecond of the period, if it can matter."""
        falls = self.policy.downgrade != "at_expiry" and self.policy.fall != "never"
        rises = self.policy.upgrade == "at_review" or self.waits(who, one)
        if rises or (falls and one.rank > 0):
            days = self.ends()
            one.review = next(at for at in days if at > self.model.now)

    def ends(self) -> Iterator[datetime]:
        """The last microseconds of this period and of those to come."""
        day = self.model.local(self.model.now)
        while True:
            day += timedelta(days=1)
            if self.begins(day) == day:
                yield midnight(day, self.model.zone) - TICK

    def begins(self, day: date) -> date:
        """The first day of the period of *day*."""
        if self.policy.review is PeriodUnit.DAY:
            return day
        return first_day(WindowKind(self.policy.review.value), day)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day, found by looking at the clock."""
    guess = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=15)
    low, high = guess, guess + timedelta(hours=30)
    while high - low > TICK:
        middle = low + (high - low) // 2
        if middle.astimezone(zone).date() < day:
            low = middle
        else:
            high = middle
    return high


def plain(condition: Condition) -> bool:
    """Whether the model knows every figure, and no decision moves one."""
    moved = ("has", "strikes")
    return all(
        metric.word not in moved and metric.window.kind is not WindowKind.SINCE_TIER
        for metric in metrics(condition)
    )


@st.composite
def runs(draw: st.DrawFn) -> tuple[Playbook, QualificationPolicy, list[Event]]:
    """A playbook of one tier policy, and a history with late events."""
    policies = cst.qualifications().filter(
        lambda p: all(plain(b.entry) and plain(b.stay) for b in p.bars.values())
    )
    policy = draw(policies)
    book = draw(cst.playbooks(("tier",)))
    book = evolve(book, policies=(policy,), approval=Consent())
    late = draw(st.booleans())
    history = cst.histories(playbook=book, kinds=KINDS, late=late, min_size=4)
    return book, policy, draw(history)


@given(run=runs())
@settings(one_in(1))
def test_tiers_are_a_plain_loop(
    run: tuple[Playbook, QualificationPolicy, list[Event]],
) -> None:
    """The same moves of the same members at the same instants."""
    book, policy, history = run
    engine, found = Engine(book), list[Move]()
    loop = PlainTiers(policy, PlainModel(ZoneInfo(book.community.zone)))
    end = history[-1].recorded_at + timedelta(days=40)
    steps = [engine.receive(event) for event in history]
    for step in (*steps, engine.advance(end)):
        for d in step.decisions:
            if isinstance(d, ChangeTier):
                found.append((str(d.member), d.before, d.after, d.at or end))
    for event in history:
        loop.tell(event)
    loop.pass_time(end)
    assert sorted(found) == sorted(loop.moves)


def test_midnights_are_found() -> None:
    """The loop's own midnight: where the clock skips it, and where it comes twice."""
    beirut = midnight(date(2025, 3, 30), ZoneInfo("Asia/Beirut"))
    havana = midnight(date(2025, 11, 2), ZoneInfo("America/Havana"))
    assert beirut == datetime(2025, 3, 29, 22, tzinfo=UTC)
    assert havana == datetime(2025, 11, 2, 4, tzinfo=UTC)
    assert micros(havana - beirut) > 0
