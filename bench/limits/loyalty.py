"""A loyalty programme written out by hand with pandas: points, expiry, monthly tiers.

A point for each full pound, oldest spent first, good for six months through the local
day. A cancellation does not say of what: it is of the latest purchases, the last first,
as far as their money goes, takes their points back and counts against their own date.
At the end of each month everybody's net spend of 180 days gives the tier.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

__all__ = ["programme"]

BARS = (0, 50_000, 150_000, 500_000)


def programme(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return points by month and kind, and moves of tiers by month.

    *rows*: ``member``, ``at`` (UTC), ``amount`` (pence), ``cancelled``, in order.
    """
    last = rows["at"].max()
    booked: list[tuple[Any, ...]] = []
    for member, mine in rows.groupby("member", sort=False):
        booked += _member(str(member), mine, last)
    names = ["member", "kind", "since", "booked", "amount", "money"]
    entries = pd.DataFrame(booked, columns=names)
    local = entries["booked"].dt.tz_convert("Europe/London").dt.tz_localize(None)
    entries["month"] = local.dt.to_period("M").astype(str)
    points = entries.pivot_table(
        index="month", columns="kind", values="amount", aggfunc="sum", fill_value=0
    )
    return points, _tiers(entries, last)


def _member(member: str, mine: pd.DataFrame, last: Any) -> list[tuple[Any, ...]]:
    """Return what is booked for one member, up to *last*."""
    out: list[tuple[Any, ...]] = []
    orders: list[list[Any]] = []  # at, money, left of it, points got, points left, end
    for at, amount, cancelled in zip(
        mine["at"], mine["amount"], mine["cancelled"], strict=True
    ):
        _expire(member, orders, at, out)
        if not cancelled:
            points = amount // 100
            end = at.tz_convert("Europe/London").tz_localize(None)
            end = (end + pd.DateOffset(months=6)).normalize() + pd.Timedelta(days=1)
            end = end.tz_localize("Europe/London").tz_convert("UTC")
            orders.append([at, amount, amount, points, points, end])
            out.append((member, "earn", at, at, points, amount))
            continue
        _cancel(member, orders, (at, -amount), out)
    _expire(member, orders, last, out)
    return out


def _cancel(
    member: str, orders: list[list[Any]], gone: tuple[Any, int], out: list[Any]
) -> None:
    at, money = gone
    for order in reversed(orders):
        part = min(money, order[2])
        if part <= 0:
            continue
        money -= part
        order[2] -= part
        kept = order[2] // 100
        due = order[3] - kept
        order[3] = kept
        taken = 0
        for lot in [order, *(o for o in orders if o is not order)]:
            here = min(due - taken, lot[4])
            lot[4] -= here
            taken += here
        out.append((member, "clawback", order[0], at, -taken, -part))


def _expire(member: str, orders: list[list[Any]], now: Any, out: list[Any]) -> None:
    for order in orders:
        if order[4] and order[5] <= now:
            out.append((member, "expire", order[5], order[5], -order[4], 0))
            order[4] = 0


def _tiers(entries: pd.DataFrame, last: Any) -> pd.DataFrame:
    """Return how many rose and fell at the end of each month."""
    money: Any = entries[entries["kind"] != "expire"]
    since = money["since"].dt.tz_convert("Europe/London").dt.tz_localize(None)
    days = since.dt.normalize()
    first = money["booked"].min().tz_convert("Europe/London").tz_localize(None)
    start = first.normalize().replace(day=1)
    before: Any = pd.Series(dtype=int)
    rows: list[tuple[str, int, int]] = []
    for end in pd.date_range(start, periods=36, freq="MS")[1:]:
        instant = end.tz_localize("Europe/London").tz_convert("UTC")
        if instant > last:
            break
        inside = (days >= end - pd.Timedelta(days=180)) & (money["booked"] < instant)
        known: Any = money[inside]
        spent: Any = known.groupby("member")["money"].sum()
        tier: Any = pd.Series(0, index=spent.index)
        for step, bar in enumerate(BARS):
            tier[spent >= bar] = step
        both = pd.concat([before, tier], axis=1, keys=["before", "after"]).fillna(0)
        rows.append(
            (
                f"{end - pd.Timedelta(days=1):%Y-%m}",
                int((both["after"] > both["before"]).sum()),
                int((both["after"] < both["before"]).sum()),
            )
        )
        before = tier
    return pd.DataFrame(rows, columns=["month", "up", "down"]).set_index("month")
