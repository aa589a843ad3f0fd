"""What members did, bots aside and accounts of one person put together (S16 S22)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final

from attrs import frozen

from community_sdk._time import Calendar, micros
from community_sdk.events import (
    Event,
    Joined,
    Left,
    MemberRemoved,
    MessagePosted,
    PurchaseMade,
)
from community_sdk.metrics import (
    Arrival,
    InvitationTree,
    contributions,
    discussions,
    new_contributors,
    share,
    time_to_first_response,
    top_share,
)
from community_sdk.report._activity import Activity
from community_sdk.report._presence import Presence
from community_sdk.report.period.rows import BandRow, Number, Stretch, Unit

__all__ = ["BANDS", "FIGURES", "People"]

BANDS: Final = ((1, 1), (2, 5), (6, 20), (21, None))
_TENTH: Final = Fraction(1, 10)

FIGURES: Final[dict[str, Unit]] = {
    "members": "count",
    "came": "count",
    "left": "count",
    "invited": "count",
    "active": "count",
    "messages": "count",
    "purchases": "count",
    "buyers": "count",
    "new_contributors": "count",
    "discussions": "count",
    "silent_days": "count",
    "response": "time",
    "answered": "share",
    "replies": "share",
    "links": "share",
    "top_share": "share",
}


@frozen
class People:
    """Members over a history that was observed from day *first* to day *last*."""

    calendar: Calendar
    presence: Presence
    activity: Activity
    told: tuple[Event, ...]
    first: int
    last: int

    @classmethod
    def of(
        cls,
        presence: Presence,
        activity: Activity,
        told: Iterable[Event],
        days: tuple[int, int],
    ) -> People:
        """Leave out bots; let each event speak of the person, not of the account."""
        bots = presence.bots
        known = tuple(
            presence.persons.told(event)
            for event in told
            if str(event.member) not in bots
        )
        return cls(activity.calendar, presence, activity, known, *days)

    def stretch(self, since: int, until: int) -> range:
        """Return the observed days of ``[since, until)``."""
        return range(max(since, self.first), min(until, self.last + 1))

    def within(self, since: int, until: int) -> list[Event]:
        """Return what happened on the days ``[since, until)``."""
        lo, hi = self.calendar.start(since), self.calendar.start(until)
        return [event for event in self.told if lo <= micros(event.at) < hi]

    # -- figures ---------------------------------------------------------------------

    def figures(self, span: Stretch) -> dict[str, Number | None]:
        """Return the figures of *span*, as `FIGURES` names them."""
        since, until = span.since.toordinal(), span.until.toordinal()
        days = self.stretch(since, until)
        if not days:
            return dict.fromkeys(FIGURES)
        events = self.within(since, until)
        posts = [e for e in events if isinstance(e, MessagePosted)]
        bought = [e for e in events if isinstance(e, PurchaseMade)]
        wrote = Counter(str(e.member) for e in posts)
        talk, trade = self.talks, self.trades
        span_us = (self.calendar.start(since), self.calendar.start(until))
        waits = time_to_first_response(self.told, asked=span_us)
        per_day = self.per_day()
        return {
            "members": self.presence.stock(days, self.calendar)[-1],
            "came": self.presence.begins(days, self.calendar),
            "left": self._left(days),
            "invited": self.invited(since, until),
            "active": len(self.active(days)),
            "messages": len(posts) if talk else None,
            "purchases": len(bought) if trade else None,
            "buyers": len({str(e.member) for e in bought}) if trade else None,
            "new_contributors": self._new(since, until) if talk else None,
            "discussions": self._discussions(*span_us) if talk else None,
            "silent_days": sum(not per_day.get(day, (0, 0))[1] for day in days)
            if talk
            else None,
            "response": waits.median,
            "answered": waits.answered if self._ever("reply") else None,
            "replies": self._part(posts, "reply"),
            "links": self._part(posts, "link"),
            "top_share": top_share(wrote.values(), _TENTH),
        }

    @property
    def talks(self) -> bool:
        """Whether the history tells of messages at all: a shop's does not."""
        return any(isinstance(e, MessagePosted) for e in self.told)

    @property
    def trades(self) -> bool:
        """Whether the history tells of purchases at all."""
        return any(isinstance(e, PurchaseMade) for e in self.told)

    def _left(self, days: range) -> int | None:
        """Return how many left; None where the history never tells of anybody."""
        if not any(isinstance(e, (Left, MemberRemoved)) for e in self.told):
            return None
        return self.presence.ends(days, self.calendar)

    def _ever(self, name: str) -> bool:
        """Tell whether messages say so at all: not every platform tells."""
        return any(isinstance(e, MessagePosted) and e.value(name) for e in self.told)

    def _part(self, posts: list[MessagePosted], name: str) -> Fraction | None:
        if not self._ever(name):
            return None
        return share(sum(bool(e.value(name)) for e in posts), len(posts))

    def per_day(self) -> dict[int, tuple[int, int]]:
        """Return active members and messages by day."""
        return self.activity.daily(self.presence.bots, self.presence.persons.person)

    def active(self, days: range) -> set[str]:
        """Return who did something of his or her own on any of *days*."""
        bots, canonical = self.presence.bots, self.presence.persons.person
        return {
            canonical(member)
            for day in days
            for member in self.activity.days.get(day, {})
            if member not in bots
        }

    def _discussions(self, lo: int, hi: int) -> int:
        """Return how many discussions began, wherever they ended."""
        return sum(lo <= talk.since < hi for talk in discussions(self.told))

    def _new(self, since: int, until: int) -> int:
        start = self.calendar.start
        made = contributions(self.told)
        return len(new_contributors(made, start(since), start(until)))

    def invited(self, since: int, until: int) -> int | None:
        """Return how many came by invitation, None where nobody ever did."""
        tree = self.tree()
        if not tree.inviters:
            return None
        lo, hi = self.calendar.start(since), self.calendar.start(until)
        came = (micros(tree.arrivals[name].at) for name in tree.inviters)
        return sum(lo <= at < hi for at in came)

    def tree(self) -> InvitationTree:
        """Return who brought whom."""
        return InvitationTree.grow(
            Arrival(
                member=str(event.member),
                at=event.at,
                channel=event.channel,
                inviter=self._inviter(event),
            )
            for event in self.told
            if isinstance(event, Joined)
        )

    def _inviter(self, event: Joined) -> str | None:
        invited_by = event.invited_by
        return None if invited_by in self.presence.bots else invited_by

    # -- who wrote how often ---------------------------------------------------------

    def wrote(self, span: Stretch) -> Counter[str] | None:
        """Return how often each member wrote, None where nothing was observed."""
        since, until = span.since.toordinal(), span.until.toordinal()
        if not self.stretch(since, until):
            return None
        events = self.within(since, until)
        return Counter(str(e.member) for e in events if isinstance(e, MessagePosted))

    def bands(self, now: Stretch, before: Stretch) -> Iterator[BandRow]:
        """Yield how many members wrote how often; together they are all who wrote."""
        here, past = self.wrote(now) or Counter[str](), self.wrote(before)
        for least, most in BANDS:
            yield BandRow(
                least=least,
                most=most,
                members=_between(here, least, most),
                before=None if past is None else _between(past, least, most),
            )


def _between(wrote: Counter[str], least: int, most: int | None) -> int:
    return sum(n >= least and (most is None or n <= most) for n in wrote.values())
