"""How many points an event earns: once, within caps, at the rate that applies (S17).

Law: the same number of one source earns once by one rule, however often it is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from community_sdk._time import instant
from community_sdk._values import frozen
from community_sdk.decisions import PostPoints
from community_sdk.events import Event, PointsPosted, PurchaseMade
from community_sdk.explanation import because
from community_sdk.model import Account, EntryKind
from community_sdk.policies.incentive._rules import EarnRule, Expiry, Rate
from community_sdk.state import MemberState, State

__all__ = ["Slice", "Terms", "awards", "joined", "number", "remember"]

Slice = dict[str, Any]
"""``days``: by local day and rule, the points; ``last``, ``times``: by rule."""

_EMPTY: Final[Slice] = {}
_ALL: Final = ""
VOID: Final = 1 << 62
"""More than any order: what is refunded of a cancelled one."""


@frozen
class Terms:
    """What all rules of a programme share."""

    currency: str
    rules: Sequence[EarnRule]
    expiry: Expiry | None
    daily_cap: int | None
    floor: int | None


def number(event: Event) -> str:
    """Return the host's own number of *event* with its source; empty without one."""
    order = event.value("order")
    return f"{event.source}/{order}" if isinstance(order, str) and order else ""


def awards(
    terms: Terms, event: Event, who: MemberState, mine: Slice | None, state: State
) -> Iterator[PostPoints]:
    """Yield what *event* earns for *who*, whose slice is *mine*."""
    account = who.accounts.get(terms.currency, Account())
    day = str(state.calendar.day(state.at_us))
    sums = dict((mine or _EMPTY).get("days", {}).get(day, {}))
    balance = 0 if terms.floor is None else account.balance
    for rule in terms.rules:
        if not rule.fits(event, who, state.at_us) or _waits(rule, mine, state):
            continue
        rate = rule.rate(event, state)
        key = f"{number(event) or event.id}/{rule.name}"
        if rate is None or key in account.earnings:
            continue
        entry = _entry(rate, (event, key), mine)
        given = _capped(entry.amount, rule, terms, sums, balance)
        if not given:
            continue
        balance += given if rule.counts != "qualifying" else 0
        sums[rule.name] = sums.get(rule.name, 0) + given
        if rule.capped:
            sums[_ALL] = sums.get(_ALL, 0) + given
        yield _award(terms, (rule, rate), entry, given, state)


def _waits(rule: EarnRule, mine: Slice | None, state: State) -> bool:
    """Tell whether *rule* earns nothing yet, or no more."""
    known = mine or _EMPTY
    if (
        rule.limit is not None
        and known.get("times", {}).get(rule.name, 0) >= rule.limit
    ):
        return True
    last = known.get("last", {}).get(rule.name)
    if rule.cool_down is None or last is None:
        return False
    where = state.calendar.where
    first, second = sorted((int(last), state.at_us))
    return second < rule.cool_down.after(first, where)


@frozen
class _Entry:
    """What a rule finds: the points, and what they were computed from."""

    amount: int
    key: str
    order: str
    basis: int


def _entry(rate: Rate, told: tuple[Event, str], mine: Slice | None) -> _Entry:
    """Return what *rate* brings, less what was refunded before it was told."""
    event, key = told
    order = event.value("order")
    basis = event.money.amount if isinstance(event, PurchaseMade) else 0
    gone = (mine or _EMPTY).get("refunds", {}).get(number(event), 0)
    amount = rate.worth(basis - gone)
    if gone and (rate.per is None and gone >= basis):
        amount = 0
    return _Entry(amount, key, order if isinstance(order, str) else "", basis)


def _capped(
    points: int, rule: EarnRule, terms: Terms, sums: Mapping[str, int], balance: int
) -> int:
    """Return how many of *points* the caps and the floor leave."""
    if points < 0:
        if terms.floor is None or rule.counts == "qualifying":
            return points
        return min(max(points, terms.floor - balance), 0)
    if rule.daily_cap is not None:
        points = min(points, rule.daily_cap - sums.get(rule.name, 0))
    if terms.daily_cap is not None and rule.capped:
        points = min(points, terms.daily_cap - sums.get(_ALL, 0))
    return max(points, 0)


def _award(
    terms: Terms, by: tuple[EarnRule, Rate], entry: _Entry, given: int, state: State
) -> PostPoints:
    rule, rate = by
    over = None
    if terms.expiry is not None and given > 0 and rule.counts != "qualifying":
        over = instant(terms.expiry.ends(state.at_us, state.calendar))
    why = because(
        "points.earned" if given > 0 else "points.lost",
        points=abs(given),
        rule=rule.name,
        capped=abs(given) < abs(entry.amount),
        order=entry.order or None,
        until=over,
    )
    return PostPoints(
        because=why,
        currency=terms.currency,
        amount=given if rule.counts != "qualifying" else 0,
        qualifying=given if rule.counts != "redeemable" else 0,
        entry=EntryKind.EARN,
        counts_from=instant(state.at_us),
        external=entry.key,
        order=entry.order,
        rule=rule.name,
        basis=entry.basis,
        points=rate.points,
        per=0 if rate.per is None else rate.per.amount,
        expires_at=over,
    )


def joined(mine: Slice, other: Slice, most: int) -> Slice:
    """Return what is remembered of two accounts of one person, *most* of a sort.

    Points of a day, times and refunds add up; of the last award the later counts.
    """
    days: dict[str, dict[str, int]] = {}
    for day in sorted({**mine.get("days", {}), **other.get("days", {})}):
        pair = [one.get("days", {}).get(day, {}) for one in (mine, other)]
        days[day] = _summed(*pair)
    last = dict(other.get("last", {}))
    for name, at in mine.get("last", {}).items():
        last[name] = max(at, last.get(name, at))
    refunds = _summed(other.get("refunds", {}), mine.get("refunds", {}))
    spent = dict.fromkeys((*other.get("redeemed", ()), *mine.get("redeemed", ())))
    found: Slice = {
        "days": days,
        "last": last,
        "times": _summed(mine.get("times", {}), other.get("times", {})),
        "refunds": {k: min(v, VOID) for k, v in [*refunds.items()][-most:]},
        "redeemed": [*spent][-most:],
    }
    kept = {name: value for name, value in found.items() if value}
    return kept | {k: v for k, v in mine.items() if k not in found}


def _summed(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    names = dict.fromkeys((*one, *other))
    return {name: one.get(name, 0) + other.get(name, 0) for name in names}


def remember(
    mine: Slice, event: PointsPosted, rules: Sequence[EarnRule], state: State
) -> None:
    """Note in *mine* what a rule gave, for its caps, waits and limits."""
    rule = next((r for r in rules if r.name == event.rule), None)
    given = event.amount or event.qualifying
    days: dict[str, dict[str, int]] = mine.setdefault("days", {})
    sums = days.setdefault(str(state.calendar.day(state.at_us)), {})
    sums[event.rule] = sums.get(event.rule, 0) + given
    if rule is None or rule.capped:
        sums[_ALL] = sums.get(_ALL, 0) + given
    last: dict[str, int] = mine.setdefault("last", {})
    last[event.rule] = max(last.get(event.rule, 0), state.at_us)
    times: dict[str, int] = mine.setdefault("times", {})
    times[event.rule] = times.get(event.rule, 0) + 1
    where, now = state.calendar.where, state.now_us
    oldest = state.definition.lateness.after(now, where, times=-1)
    floor = state.calendar.day(oldest)
    mine["days"] = {day: each for day, each in days.items() if int(day) >= floor}
