"""The half-month ladder written out by hand, in pandas and in polars.

A period is a list of rows (member, activity, featured, joined) of everybody who is
here. At its end the three most active of the lower two groups rise, then the ten least
active of the middle group fall; ties go by featured, joined and member.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd
import polars as pl

Row = tuple[str, int, int, int]
Move = tuple[str, str, int, int]
"""Period, member, group before and after, 0 for the lowest."""

MIDDLE, TOP = 1, 2
RISE, FALL = 3, 10
NAMES = ["member", "activity", "featured", "joined"]
ORDER = ["activity", "featured", "joined", "member"]
DOWN = [False, False, True, True]


def in_pandas(periods: Iterable[tuple[str, Sequence[Row]]]) -> list[Move]:
    """Return all moves, in the order of the periods and of the members' names."""
    held: dict[str, int] = {}
    moves: list[Move] = []
    for name, rows in periods:
        here = pd.DataFrame(rows, columns=NAMES)
        here["tier"] = here["member"].map(held).fillna(MIDDLE).astype("int64")
        here = here.sort_values(ORDER, ascending=DOWN)
        able = here[(here["activity"] > 0) & (here["tier"] < TOP)]
        up = able.groupby("tier").head(RISE)
        pool = here[here["tier"] == MIDDLE].drop(up.index, errors="ignore")
        down = pool.tail(FALL)
        goal = {m: int(t) + 1 for m, t in zip(up["member"], up["tier"], strict=True)}
        goal |= dict.fromkeys(down["member"], 0)
        moves += _moves(name, goal, held)
    return moves


def in_polars(periods: Iterable[tuple[str, Sequence[Row]]]) -> list[Move]:
    """Return the same by expressions of polars."""
    held: dict[str, int] = {}
    moves: list[Move] = []
    for name, rows in periods:
        tiers = [held.get(row[0], MIDDLE) for row in rows]
        here = pl.DataFrame(rows, schema=NAMES, orient="row").with_columns(
            pl.Series("tier", tiers)
        )
        here = here.sort(ORDER, descending=[not up for up in DOWN])
        able = here.filter((pl.col("activity") > 0) & (pl.col("tier") < TOP))
        up = able.group_by("tier", maintain_order=True).head(RISE)
        rising = up["member"]
        pool = here.filter(
            (pl.col("tier") == MIDDLE) & ~pl.col("member").is_in(rising.implode())
        )
        goal = {m: t + 1 for m, t in zip(rising, up["tier"], strict=True)}
        goal |= dict.fromkeys(pool.tail(FALL)["member"], 0)
        moves += _moves(name, goal, held)
    return moves


def _moves(name: str, goal: dict[str, int], held: dict[str, int]) -> list[Move]:
    found = [(name, m, held.get(m, MIDDLE), goal[m]) for m in sorted(goal)]
    held |= goal
    return found
