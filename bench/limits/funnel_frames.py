"""An ordered funnel over a table of numbers: pandas, and a database in the process."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def by_pandas(table: pd.DataFrame, steps: int, window: int) -> pd.Series:
    """Return the highest step of each member; *table* has member, at, step.

    Per step the latest opening of a chain that reached it, carried forward.
    """
    table = table.sort_values(["member", "at"], kind="stable")
    member, at, step = (table[name] for name in ("member", "at", "step"))
    opening = at.where(step == 0)
    level = pd.Series(np.where(step == 0, 0, -1), index=table.index)
    for number in range(1, steps):
        carried = opening.groupby(member, sort=False).cummax()
        carried = carried.groupby(member, sort=False).ffill()
        reached = (step == number) & (at - carried <= window)
        opening = carried.where(reached)
        level = level.where(~reached, number)
    highest = level.groupby(member, sort=False).max()
    return highest[highest >= 0]


QUERY = """
SELECT member, windowFunnel({window})(toUInt64(at), {steps})::Int32 - 1 AS level
FROM Python(table) GROUP BY member HAVING level >= 0
"""


def by_database(
    chdb: Any,
    table: pd.DataFrame,  # noqa: ARG001 - the query reads it by its name
    steps: int,
    window: int,
) -> Any:
    """Return the same as a frame of member and level, by `windowFunnel`."""
    conditions = ", ".join(f"step = {number}" for number in range(steps))
    text = QUERY.format(window=window, steps=conditions)
    return chdb.query(text, "DataFrame")
