"""Health of a community over its history, in the names of CHAOSS (S16 S22 S23).

Laws: bots count for nothing; every figure is exact, in whole numbers and `Fraction`,
and None where nothing was observed; the order in which events are given is no matter.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise
from typing import Final

from community_sdk._time import micros
from community_sdk._values import frozen
from community_sdk.events import (
    Event,
    Joined,
    Left,
    MembershipImported,
    MessagePosted,
    ReactionReceived,
)
from community_sdk.metrics.rates import nearest, share
from community_sdk.metrics.selection import Selection

__all__ = [
    "Talk",
    "Waits",
    "bots",
    "burstiness",
    "centralisation",
    "contributions",
    "conversion_rate",
    "departures",
    "discussions",
    "inactive_contributors",
    "new_contributors",
    "occasional_contributors",
    "silences",
    "splits",
    "ties",
    "time_to_first_response",
    "top_share",
    "zombies",
]

Made = Mapping[str, Sequence[int]]
"""By member the instants of contributions, in microseconds, the earliest first."""

_MINUTE: Final = 60_000_000
_HALF_HOUR: Final = 30 * _MINUTE
_EVER: Final = (-(1 << 63), 1 << 63)
_DIGITS: Final = 50
_PLACES: Final = 6
_MESSAGES: Final = Selection("message")
_EXITS: Final = Selection("left")


def _in_order(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=lambda e: (e.at, e.seq, str(e.id)))


def bots(events: Iterable[Event], /) -> frozenset[str]:
    """Return who is a bot by any entry on record."""
    return frozenset(
        str(event.member)
        for event in events
        if isinstance(event, (Joined, MembershipImported)) and event.bot
    )


def contributions(
    events: Iterable[Event], of: Selection = _MESSAGES, /
) -> dict[str, tuple[int, ...]]:
    """Return when each member contributed, as *of* selects; bots are left out."""
    known = tuple(events)
    machines = bots(known)
    made: dict[str, list[int]] = {}
    for event in known:
        who = str(event.member)
        if event.member is not None and who not in machines and of.takes(event):
            made.setdefault(who, []).append(micros(event.at))
    return {who: tuple(sorted(made[who])) for who in sorted(made)}


# -- who contributes -----------------------------------------------------------------


def new_contributors(made: Made, since: int, until: int, /) -> frozenset[str]:
    """Return whose first contribution ever lies in ``[since, until)``."""
    return frozenset(who for who, at in made.items() if since <= at[0] < until)


def occasional_contributors(
    made: Made, since: int, until: int, most: int, /
) -> frozenset[str]:
    """Return who contributed in ``[since, until)``, and at most *most* times."""
    numbers = {who: _inside(at, since, until) for who, at in made.items()}
    return frozenset(who for who, number in numbers.items() if 0 < number <= most)


def inactive_contributors(made: Made, interval: int, now: int, /) -> dict[str, int]:
    """Return whose last contribution is longer ago than *interval*, and when it was.

    Who is silent for exactly *interval* is not inactive yet. They are counted in the
    period of the last contribution; what comes after *now* is not looked at.
    """
    last: dict[str, int] = {}
    for who, at in made.items():
        known = bisect_right(at, now)
        if known and now - at[known - 1] > interval:
            last[who] = at[known - 1]
    return last


def zombies(
    present: Mapping[str, int], made: Made, interval: int, now: int, /
) -> frozenset[str]:
    """Return who is present and gave no sign of life for longer than *interval*.

    *present* says since when each is here: who never contributed is measured from
    then. Count silence, not exits: leaving is no sign of death, nor staying of life.
    """
    found: set[str] = set()
    for who, since in present.items():
        at = made.get(who, ())
        known = bisect_right(at, now)
        last = max(since, at[known - 1]) if known else since
        if now - last > interval:
            found.add(who)
    return frozenset(found)


def conversion_rate(level: Iterable[str], above: Iterable[str], /) -> Fraction | None:
    """Return the share of those on *level* who are *above* as well."""
    here = frozenset(level)
    return share(len(here & frozenset(above)), len(here))


def _inside(at: Sequence[int], since: int, until: int) -> int:
    return bisect_left(at, until) - bisect_left(at, since)


# -- how it is spread ----------------------------------------------------------------


def top_share(numbers: Iterable[int], part: Fraction, /) -> Fraction | None:
    """Return the share of all contributions that the top *part* of members made.

    *numbers* are the contributions of each member with any; how many members the part
    is, is rounded up: of 30 members the top hundredth is one.
    """
    found = sorted((number for number in numbers if number), reverse=True)
    size = -int(-(len(found) * part) // 1)
    return share(sum(found[:size]), sum(found))


def centralisation(made: Made, core: Iterable[str], /) -> Fraction | None:
    """Return the share of all contributions that members of *core* made.

    Early on the owner is the centre; in a ripe community it falls.
    """
    centre = frozenset(core)
    inside = sum(len(at) for who, at in made.items() if who in centre)
    return share(inside, sum(map(len, made.values())))


def burstiness(instants: Iterable[int], /) -> Fraction | None:
    """Return (deviation − mean) / (deviation + mean) of the gaps between *instants*.

    -1 is as regular as a clock, 0 as random as can be, towards 1 all at once. The
    deviation is that of all gaps, not of a sample. Rounded to six decimals, halves
    away from zero; None below two gaps, and where all is one instant.
    """
    at = sorted(instants)
    gaps = [later - early for early, later in pairwise(at)]
    if len(gaps) < 2 or not any(gaps):  # noqa: PLR2004 - one gap does not vary
        return None
    mean = Fraction(sum(gaps), len(gaps))
    square = Fraction(sum(gap * gap for gap in gaps), len(gaps)) - mean * mean
    with localcontext() as context:
        context.prec = _DIGITS
        ratio = square / (mean * mean)
        spread = (Decimal(ratio.numerator) / Decimal(ratio.denominator)).sqrt()
        return nearest(Fraction((spread - 1) / (spread + 1)), _PLACES)


def ties(events: Iterable[Event], /) -> frozenset[tuple[str, str]]:
    """Return the pairs of members of whom one replied or reacted to the other.

    Each pair stands once, in the order of ids; their number is what `density` takes.
    """
    known = tuple(events)
    machines = bots(known)
    pairs: set[tuple[str, str]] = set()
    for event in known:
        other = None
        if isinstance(event, MessagePosted):
            other = event.reply_to
        elif isinstance(event, ReactionReceived):
            other = event.actor
        if event.member is None or other is None or other == event.member:
            continue
        one, two = sorted((str(event.member), str(other)))
        if one not in machines and two not in machines:
            pairs.add((one, two))
    return frozenset(pairs)


# -- talk and silence ----------------------------------------------------------------


@frozen
class Talk:
    """A discussion in *group*, from its first message to its last."""

    group: str
    since: int
    until: int
    messages: int
    speakers: int


def discussions(
    events: Iterable[Event], /, *, pause: int = _HALF_HOUR, speakers: int = 2
) -> tuple[Talk, ...]:
    """Return the discussions, the earliest first.

    A discussion is a run of messages in one group, each at most *pause* microseconds
    after the one before, in which at least *speakers* members take part. It belongs to
    the day on which it began.
    """
    known = _in_order(events)
    machines, found = bots(known), list[Talk]()
    running: dict[str, tuple[list[int], set[str]]] = {}

    def close(group: str) -> None:
        at, who = running.pop(group)
        if len(who) >= speakers:
            found.append(Talk(group, at[0], at[-1], len(at), len(who)))

    for event in known:
        if not _message(event, machines):
            continue
        group, us = str(event.group or ""), micros(event.at)
        if group in running and us - running[group][0][-1] > pause:
            close(group)
        at, who = running.setdefault(group, ([], set()))
        at.append(us)
        who.add(str(event.member))
    for group in tuple(running):
        close(group)
    return tuple(sorted(found, key=lambda t: (t.since, t.group)))


def silences(active: Iterable[int], first: int, end: int, /) -> list[tuple[int, int]]:
    """Return the runs ``[from, until)`` of days without activity in ``[first, end)``.

    *active* are local days with a message, as ordinals.
    """
    days = sorted({day for day in active if first <= day < end})
    edges = [first - 1, *days, end]
    pairs = pairwise(edges)
    return [(one + 1, two) for one, two in pairs if two - one > 1]


def _message(event: Event, machines: frozenset[str]) -> bool:
    known = isinstance(event, MessagePosted) and event.member is not None
    return known and event.dated and str(event.member) not in machines


@frozen
class Waits:
    """How long the first response took, in microseconds, the shortest first.

    *unanswered* is how many got none; they are in no mean.
    """

    times: tuple[int, ...]
    unanswered: int

    @property
    def median(self) -> Fraction | None:
        """The middle one, between the two middle ones where their number is even."""
        n = len(self.times)
        if not n:
            return None
        return Fraction(self.times[(n - 1) // 2] + self.times[n // 2], 2)

    @property
    def mean(self) -> Fraction | None:
        """The sum over the number."""
        return share(sum(self.times), len(self.times))

    @property
    def answered(self) -> Fraction | None:
        """The share that got a response at all."""
        return share(len(self.times), len(self.times) + self.unanswered)


def time_to_first_response(
    events: Iterable[Event],
    /,
    *,
    any_message: bool = False,
    asked: tuple[int, int] | None = None,
) -> Waits:
    """Return how long members wait for the first response of somebody else.

    A message that is no reply opens a wait in its group; a member waits once at a
    time, from the first message on. It is answered by the first reply of another
    member there: to the one that it names, or to all who wait where it names nobody;
    with *any_message* any message of another member answers all. Bots neither ask nor
    answer. With *asked* only waits that begin in ``[since, until)`` are told, whenever
    they end.
    """
    known = _in_order(events)
    machines, over = bots(known), list[tuple[int, int]]()
    waiting: dict[str, dict[str, int]] = {}
    for event in known:
        if not isinstance(event, MessagePosted) or not _message(event, machines):
            continue
        who, us = str(event.member), micros(event.at)
        here = waiting.setdefault(str(event.group or ""), {})
        named = str(event.reply_to) if event.reply_to is not None else ""
        replies = event.reply or bool(named)
        answered = [n for n in here if n != who and (not named or n == named)]
        if any_message:
            answered = [name for name in here if name != who]
        if any_message or replies:
            over += [(here.pop(name), us) for name in answered]
        if any_message or not replies:
            here.setdefault(who, us)
    since, until = asked or _EVER
    times = sorted(end - begin for begin, end in over if since <= begin < until)
    begun = (begin for here in waiting.values() for begin in here.values())
    return Waits(tuple(times), sum(since <= begin < until for begin in begun))


# -- going ---------------------------------------------------------------------------


def splits(
    events: Iterable[Event], of: Selection = _EXITS, /, *, least: int = 10
) -> frozenset[int]:
    """Return the minutes in which *least* or more exits fall: a broken connection.

    *of* selects exits, also by a word of the host's. A minute is the instant in
    microseconds, divided by 60,000,000.
    """
    minutes = Counter(micros(e.at) // _MINUTE for e in events if of.takes(e))
    return frozenset(minute for minute, exits in minutes.items() if exits >= least)


def departures(
    events: Iterable[Event],
    of: Selection = _EXITS,
    /,
    *,
    least: int = 10,
    back: int = 0,
) -> dict[str, int]:
    """Return who left for good, and when: neither bots, nor in a net split.

    *of* selects exits. Who comes or writes later than *back* microseconds after the
    exit is here again and did not leave; nor did one who left a group alone.
    """
    known = tuple(events)
    machines, broken = bots(known), splits(known, of, least=least)
    gone: dict[str, int] = {}
    seen: dict[str, int] = {}
    for event in known:
        who, us = str(event.member), micros(event.at)
        if event.member is None or who in machines:
            continue
        if isinstance(event, (Joined, MessagePosted)):
            seen[who] = max(us, seen.get(who, us))
        elif not of.takes(event) or (isinstance(event, Left) and event.group):
            continue
        elif us // _MINUTE not in broken:
            gone[who] = max(us, gone.get(who, us))
    return {
        who: us for who, us in sorted(gone.items()) if seen.get(who, us) <= us + back
    }
