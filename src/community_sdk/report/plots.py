"""The plots of a report: activity, hours, tiers, funnels (S08 S16 S20 S22)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Final

from community_sdk._time import QuietHours
from community_sdk.report._buckets import begin
from community_sdk.report._drawing import OF, Drawing, drawing
from community_sdk.report._markup import Html
from community_sdk.report._words import Words, in_quiet, on_the_hour, percent
from community_sdk.report.rows import FunnelRow, HourRow

__all__ = ["daily", "funnel", "hours", "tiers", "undrawn"]

_LABELS: Final = 12
_RAMPS: Final = {1: (3,), 2: (2, 4), 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}
_SMALL: Final = 8
_SATURDAY: Final = 5
_DWARFS: Final = 3
_HOURS: Final = 24
_DAYS: Final = 7


def daily(words: Words, key: str) -> Html:
    """Draw active members, messages and joins over time."""
    unit, buckets = words.buckets()
    days = [b.since.toordinal() for b in buckets]
    wide = (days[-1] - days[0]) / max(len(days) - 1, 1) if len(days) > 1 else 1
    with drawing(4.9) as sheet:
        panels: Any = sheet.figure.subplots(
            3, 1, sharex=True, height_ratios=(3, 3, 1.6)
        )
        sheet.figure.subplots_adjust(0.045, 0.05, 0.992, 0.945, hspace=0.42)
        names = ("active" if unit == "day" else "active_mean", "messages", "joins")
        series = (
            [float(b.active) for b in buckets],
            [float(b.messages) for b in buckets],
            [float(b.joins) for b in buckets],
        )
        for axes, name, values in zip(panels, names, series, strict=True):
            _frame(axes)
            if unit == "day":
                _weekends(axes, days)
            label = words(f"label.{name}")
            sheet.write(axes, (0, 1.05), label, beside=True, fontsize=10)
            if name.startswith("active"):
                axes.plot(days, values, color=OF["c1"], linewidth=1.7)
                axes.fill_between(days, values, color=OF["c1"], alpha=0.14, lw=0)
                _peak(axes, days, values)
            else:
                colour = OF["c2"] if name == "messages" else OF["c3"]
                axes.bar(days, values, width=wide * 0.78, color=colour, lw=0)
            axes.set_ylim(0, (max(values) or 1) * 1.12)
            axes.set_xlim(days[0] - wide * 0.6, days[-1] + wide * 0.6)
            axes.yaxis.get_major_locator().set_params(
                nbins=2 if name == "joins" else 4, integer=True, min_n_ticks=1
            )
        _dates(panels[-1], [b.since for b in buckets], unit)
        for axes in panels[:-1]:
            axes.tick_params(labelbottom=False)
        describe = words("activity.describe")
        return sheet.finish(key, words("section.activity"), describe)


def _frame(axes: Any) -> None:
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(OF["line"])
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=OF["line"], linewidth=0.6)
    axes.tick_params(length=0, labelcolor=OF["soft"], labelsize=_SMALL)


def _weekends(axes: Any, days: Sequence[int]) -> None:
    for day in days:
        if date.fromordinal(day).weekday() >= _SATURDAY:
            axes.axvspan(day - 0.5, day + 0.5, color=OF["shade"], lw=0, zorder=0)


def _peak(axes: Any, days: Sequence[int], values: Sequence[float]) -> None:
    top = max(range(len(values)), key=lambda nth: values[nth])
    if values[top] <= 0:
        return
    axes.plot([days[top]], [values[top]], "o", color=OF["c1"], markersize=4)
    axes.annotate(
        f"{values[top]:,.0f}",
        (days[top], values[top]),
        xytext=(5, 1),
        textcoords="offset points",
        color=OF["ink"],
        fontsize=_SMALL,
    )


def _dates(axes: Any, since: Sequence[date], unit: str) -> None:
    """Label months and years where they begin, days on Mondays."""
    if unit == "day":
        marks = [d for d in since if d.weekday() == 0] or list(since)
    else:
        marks = [
            next(group) for _, group in groupby(since, lambda d: begin(d, "month"))
        ]
    marks = marks[:: -(-len(marks) // _LABELS)]
    labels: list[str] = []
    year = 0
    for mark in marks:
        full = mark.isoformat() if unit == "day" else f"{mark:%Y-%m}"
        labels.append(full if mark.year != year else full[5:])
        year = mark.year
    axes.set_xticks([d.toordinal() for d in marks], labels)


def hours(words: Words, key: str) -> Html:
    """Draw messages by weekday and hour, and the quiet hours around them."""
    rows = words.summary.hours
    most = max(row.messages for row in rows) or 1
    with drawing(2.6) as sheet:
        axes: Any = sheet.figure.add_axes((0.055, 0.17, 0.93, 0.80))
        for row in rows:
            _cell(axes, row, most)
        quiet = words.summary.playbook.community.quiet_hours
        if quiet is not None and on_the_hour(quiet):
            _outline(axes, quiet)
        axes.set_xlim(0, _HOURS)
        axes.set_ylim(_DAYS, 0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.tick_params(length=0, labelcolor=OF["soft"], labelsize=_SMALL)
        axes.set_yticks([])
        axes.set_xticks([h + 0.5 for h in range(0, _HOURS, 3)], range(0, _HOURS, 3))
        for day in range(_DAYS):
            sheet.write(
                axes,
                (-0.25, day + 0.5),
                words(f"weekday.{day}"),
                ha="right",
                va="center",
                fontsize=_SMALL,
                color=OF["soft"],
            )
        sheet.write(
            axes,
            (0, -0.155),
            words("hours.axis"),
            beside=True,
            va="top",
            fontsize=_SMALL,
            color=OF["soft"],
        )
        _scale(sheet, axes, most)
        return sheet.finish(key, words("section.hours"), words("hours.describe"))


def _cell(axes: Any, row: HourRow, most: int) -> None:
    from matplotlib.patches import Rectangle

    share = row.messages / most
    box = (row.hour + 0.04, row.weekday + 0.06)
    axes.add_patch(Rectangle(box, 0.92, 0.88, color=OF["shade"], lw=0))
    if row.messages:
        alpha = round(0.1 + 0.9 * share, 3)
        axes.add_patch(Rectangle(box, 0.92, 0.88, color=OF["c1"], alpha=alpha, lw=0))


def _outline(axes: Any, quiet: QuietHours) -> None:
    from matplotlib.patches import Rectangle

    inside = [hour for hour in range(_HOURS) if in_quiet(quiet, hour)]
    for _, run in groupby(enumerate(inside), lambda pair: pair[1] - pair[0]):
        block = [hour for _, hour in run]
        axes.add_patch(
            Rectangle(
                (block[0], 0),
                len(block),
                _DAYS,
                fill=False,
                edgecolor=OF["ink"],
                linewidth=1.1,
                linestyle=(0, (4, 3)),
                clip_on=False,
            )
        )


def _scale(sheet: Drawing, axes: Any, most: int) -> None:
    """Draw what the shades mean: from none to *most*."""
    from matplotlib.patches import Rectangle

    shades = (0.1, 0.325, 0.55, 0.775, 1.0)
    for nth, alpha in enumerate(shades):
        box = Rectangle(
            (20.6 + nth * 0.45, 7.95),
            0.42,
            0.55,
            color=OF["c1"],
            alpha=alpha,
            lw=0,
            clip_on=False,
        )
        axes.add_patch(box)
    how: dict[str, Any] = {"va": "center", "fontsize": _SMALL, "color": OF["soft"]}
    sheet.write(axes, (20.45, 8.23), "1", ha="right", **how)
    sheet.write(axes, (22.95, 8.23), f"{most:,}", ha="left", **how)


def undrawn(stocks: Sequence[tuple[str, int]]) -> int:
    """Return how many tiers, from the lowest, are left out: 1 that dwarfs all others.

    *stocks* are tiers with their members, lowest first.
    """
    rest = sum(members for _, members in stocks[1:])
    return int(len(stocks) > 1 and rest > 0 and stocks[0][1] > _DWARFS * rest)


def tiers(words: Words, group: str, key: str) -> Html:
    """Draw how many members held each tier, stacked from the lowest up."""
    stocks = words.tiers(group)
    drawn = [tier for tier, _ in stocks[undrawn(stocks) :]]
    by_tier = {
        tier: [r for r in words.summary.tiers if (r.tiers, r.tier) == (group, tier)]
        for tier in drawn
    }
    days = [row.day for row in by_tier[drawn[0]]]
    at = [day.toordinal() for day in days]
    with drawing(3.1) as sheet:
        axes: Any = sheet.figure.add_axes((0.045, 0.085, 0.81, 0.80))
        _frame(axes)
        colours = [OF[_shade(nth, len(drawn))] for nth in range(len(drawn))]
        below = [0] * len(at)
        for tier, colour in zip(drawn, colours, strict=True):
            members = [row.members for row in by_tier[tier]]
            above = [low + more for low, more in zip(below, members, strict=True)]
            axes.fill_between(
                at, below, above, color=colour, lw=0.8, edgecolor=OF["card"], step="mid"
            )
            below = above
        axes.set_xlim(at[0] - 0.5, at[-1] + 0.5)
        top = (max(below) or 1) * 1.06
        axes.set_ylim(0, top)
        axes.yaxis.get_major_locator().set_params(nbins=5, integer=True, min_n_ticks=1)
        label = words("tiers.axis")
        sheet.write(axes, (0, 1.05), label, beside=True, fontsize=10)
        _ends(sheet, axes, words, [(t, by_tier[t][-1].members) for t in drawn], top)
        _tier_dates(axes, days)
        return sheet.finish(key, words("section.tiers"), words("tiers.describe"))


def _shade(nth: int, count: int) -> str:
    """Return a shade for the tier *nth* from below, spread over the ramp."""
    ramp = _RAMPS.get(count, _RAMPS[5])
    return f"t{ramp[nth * len(ramp) // count]}"


def _ends(
    sheet: Drawing,
    axes: Any,
    words: Words,
    stocks: Sequence[tuple[str, int]],
    top: float,
) -> None:
    """Write the name of each tier beside the end of its band, never one on another."""
    gap, low, floor = top * 0.075, 0.0, -top
    for tier, members in stocks:
        floor = max(low + members / 2, floor + gap)
        low += members
        said = words("tiers.item", tier=words.word("tier", tier), members=members)
        place = (1.012, floor / top)
        sheet.write(axes, place, said, beside=True, va="center", fontsize=9)


def _tier_dates(axes: Any, days: Sequence[date]) -> None:
    long = (days[-1] - days[0]) > timedelta(130)
    _dates(axes, days, "month" if long else "day")


def funnel(words: Words, rows: Sequence[FunnelRow], key: str) -> Html:
    """Draw how many reached each step, and what became of those who went no further."""
    most = rows[0].entered
    with drawing(0.35 + 0.62 * len(rows)) as sheet:
        axes: Any = sheet.figure.add_axes((0.0, 0.02, 0.89, 0.96))
        axes.set_axis_off()
        axes.set_xlim(0, most)
        axes.set_ylim(len(rows), 0)
        for row in rows:
            y = row.step + 0.66
            axes.barh(y, most, height=0.42, color=OF["shade"], lw=0)
            left = 0
            onwards = row.entered - row.still_open - row.dropped_off
            parts = ((onwards, "c1"), (row.still_open, "c1-half"))
            for value, colour in (*parts, (row.dropped_off, "soft-half")):
                if value:
                    how: dict[str, Any] = {"color": OF[colour], "height": 0.42}
                    axes.barh(y, value, left=left, lw=0, **how)
                left += value
            sheet.write(axes, (0, y - 0.33), words.step(row), fontsize=9.5)
            shown = f"{row.entered:,}"
            if row.step and row.share_of_previous is not None:
                shown = f"{shown} · {percent(row.share_of_previous)}"
            place = (1.012, 1 - y / len(rows))
            sheet.write(axes, place, shown, beside=True, va="center", fontsize=9.5)
        return sheet.finish(key, words("section.funnels"), words("funnel.describe"))
