"""A model of the windows: lists of what happened, counted anew at every question."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from attrs import define, field

from community_sdk import events as ev
from community_sdk._time import Window, WindowKind
from community_sdk.events import Event
from community_sdk.metrics import Metric

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PRESENCE = (
    ev.Joined,
    ev.MembershipImported,
    ev.MessagePosted,
    ev.Introduced,
    ev.PurchaseMade,
)
EXITS = (ev.Left, ev.MemberRemoved)


def micros(gap: timedelta) -> int:
    """Whole microseconds, without floats."""
    return gap // timedelta(microseconds=1)


@define
class PlainModel:
    """Everything that happened, as a list; nothing is kept beside it."""

    zone: ZoneInfo
    now: datetime = EPOCH
    told: list[Event] = field(factory=list[Event])
    same: dict[str, str] = field(factory=dict[str, str])

    def tell(self, event: Event) -> None:
        """Note what happened."""
        self.told.append(event)
        self.now = max(self.now, event.recorded_at)
        if isinstance(event, ev.IdentityLinked):
            alias, person = self.person(event.alias), self.person(event.member)
            if alias != person:
                self.same[str(alias)] = str(person)

    def person(self, name: str | None) -> str | None:
        """Who an account belongs to, by what is known at the end."""
        while name in self.same:
            name = self.same[name]
        return name

    def is_bot(self, who: str) -> bool:
        """Whether any account of the person joined as a bot."""
        return any(
            isinstance(e, ev.Joined) and e.bot and self.person(e.member) == who
            for e in self.told
        )

    def exit(self, who: str) -> tuple[datetime, int] | None:
        """When the person left the community last."""
        return max(
            (
                (e.at, e.seq)
                for e in self.told
                if isinstance(e, EXITS)
                and e.group is None
                and self.person(e.member) == who
            ),
            default=None,
        )

    def since(self, who: str) -> datetime | None:
        """Since when the person is here: first seen after the last exit."""
        left = self.exit(who)
        seen: list[datetime] = []
        for e in self.told:
            if isinstance(e, PRESENCE) and self.person(e.member) == who:
                at = e.since if isinstance(e, ev.MembershipImported) else e.at
                if left is None or (at, e.seq) >= left:
                    seen.append(at)
        return min(seen, default=None)

    def local(self, at: datetime) -> date:
        """The date on the wall of the community."""
        return at.astimezone(self.zone).date()

    def tier_since(self, who: str) -> datetime | None:
        """When the person's tier began."""
        return max(
            (
                e.since
                for e in self.told
                if isinstance(e, ev.TierImported) and self.person(e.member) == who
            ),
            default=None,
        )

    def inside(self, at: datetime, window: Window, who: str) -> bool:
        """Whether *at* lies in the window that ends now."""
        if window.kind is WindowKind.LIFETIME:
            return True
        if window.kind is WindowKind.EXACT:
            return micros(self.now - at) < window.length
        if window.kind is WindowKind.SINCE_JOIN:
            since = self.since(who)
            return since is not None and at >= since
        if window.kind is WindowKind.SINCE_TIER:
            tier = self.tier_since(who)
            return tier is None or at > tier
        today, day = self.local(self.now), self.local(at)
        if window.kind is WindowKind.DAYS:
            return day > today - timedelta(days=window.length)
        return day >= first_day(window.kind, today)

    def matching(self, metric: Metric, who: str) -> Iterator[Event]:
        """Yield the events that a metric looks at, whatever its window."""
        if self.is_bot(who):
            return
        for e in self.told:
            about = e.actor or e.member if metric.by == "actor" else e.member
            if (
                e.name == metric.kind
                and self.person(about) == who
                and all(e.value(n) == v for n, v in metric.where)
            ):
                yield e

    def measure(self, metric: Metric, who: str) -> int | None:
        """Count anew."""
        if metric.word == "tenure":
            since = self.since(who)
            return None if since is None else micros(self.now - since)
        if metric.word == "strikes":
            return self._strikes(metric, who)
        found = list(self.matching(metric, who))
        window = metric.window
        dated = [e for e in found if e.dated]
        kept = [e for e in dated if self.inside(e.at, window, who)]
        if window.kind is WindowKind.LIFETIME and metric.word in ("count", "total"):
            kept = found
        days = {self.local(e.at) for e in kept}
        values = {e.value(metric.of) for e in kept} - {None}
        last = max((e.at for e in dated), default=None)
        paid = [e.money.amount for e in kept if isinstance(e, ev.PurchaseMade)]
        return {
            "count": len(kept),
            "active_days": len(days),
            "total": sum(paid),
            "distinct": len(values),
            "recency": None if last is None else micros(self.now - last),
            "streak": self._streak(days),
        }[metric.word]

    def _streak(self, days: set[date]) -> int:
        one = timedelta(days=1)
        day = self.local(self.now)
        day = day if day in days else day - one
        streak = 0
        while day in days:
            streak, day = streak + 1, day - one
        return streak

    def _strikes(self, metric: Metric, who: str) -> int:
        gone = {str(e.strike) for e in self.told if isinstance(e, ev.StrikeOverturned)}
        return sum(
            1
            for e in self.told
            if isinstance(e, ev.RuleBroken)
            and self.person(e.member) == who
            and str(e.id) not in gone
            and metric.of in ("", e.rule)
            and self.inside(e.at, metric.window, who)
        )


def first_day(kind: WindowKind, today: date) -> date:
    """The first day of the running period."""
    if kind is WindowKind.WEEK:
        return today - timedelta(days=today.weekday())
    if kind is WindowKind.HALF_MONTH:
        return today.replace(day=1 if today.day < 16 else 16)
    if kind is WindowKind.QUARTER:
        return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    first = {WindowKind.MONTH: {"day": 1}, WindowKind.YEAR: {"month": 1, "day": 1}}
    return today.replace(**first.get(kind, {}))
