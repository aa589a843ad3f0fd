"""The pictures of a backtest: which measure stands against which, and when (S22)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from community_sdk.report._buckets import begin
from community_sdk.report._drawing import OF, Drawing, drawing
from community_sdk.report._markup import Html
from community_sdk.report.backtest._words import Words

__all__ = ["matrix", "when"]

_SMALL: Final = 8
_LABELS: Final = 12
_MONTHS: Final = 36
_DARK: Final = 0.55
_WIDE: Final = {"day": 1, "week": 7, "month": 30}


def matrix(words: Words, key: str) -> Html:
    """Draw how often which sanction of the first side stands against which other."""
    ones, others, counts = words.matrix()
    most = max(counts.values())
    with drawing(0.95 + 0.42 * len(ones)) as sheet:
        height = 0.95 + 0.42 * len(ones)
        box = (0.19, 0.02, 0.8, 1 - 0.9 / height)
        axes: Any = sheet.figure.add_axes(box)
        axes.set_axis_off()
        axes.set_xlim(0, len(others))
        axes.set_ylim(len(ones), 0)
        for row, one in enumerate(ones):
            for column, other in enumerate(others):
                count = counts.get((one, other), 0)
                _cell(sheet, axes, (column, row), count, most)
            _name(sheet, axes, (-0.06, row + 0.5), one, ha="right", va="center")
        for column, other in enumerate(others):
            _name(sheet, axes, (column + 0.5, -0.22), other, ha="center", va="center")
        one, other = words.labels
        title = words("backtest.matrix", one=one, other=other)
        _name(sheet, axes, (-0.235, 1 + 0.62 / (height - 0.9)), title, beside=True)
        return sheet.finish(
            key,
            words("backtest.section_differences"),
            words("backtest.describe_matrix"),
        )


def _name(
    sheet: Drawing, axes: Any, at: tuple[float, float], text: str, **how: Any
) -> None:
    how.setdefault("fontsize", 10 if how.get("beside") else 9)
    sheet.write(axes, at, text, **how)


def _cell(
    sheet: Drawing, axes: Any, at: tuple[int, int], count: int, most: int
) -> None:
    from matplotlib.patches import Rectangle

    column, row = at
    place = (column + 0.02, row + 0.06)
    axes.add_patch(Rectangle(place, 0.96, 0.88, color=OF["shade"], lw=0))
    if not count:
        return
    share = count / most
    alpha = round(0.12 + 0.88 * share, 3)
    axes.add_patch(Rectangle(place, 0.96, 0.88, color=OF["c1"], alpha=alpha, lw=0))
    colour = OF["card"] if share > _DARK else OF["ink"]
    middle = (column + 0.5, row + 0.5)
    how: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 9.5}
    sheet.write(axes, middle, f"{count:,}", color=colour, **how)


def when(words: Words, key: str) -> Html:
    """Draw decisions that are harsher upwards, milder ones downwards, over time."""
    unit, buckets = words.buckets()
    since, until = (begin(at.date(), unit) for at in words.found.period)
    wide = _WIDE[unit] * 0.84
    days = [b.day.toordinal() + _WIDE[unit] / 2 for b in buckets]
    with drawing(2.7) as sheet:
        axes: Any = sheet.figure.add_axes((0.045, 0.1, 0.945, 0.78))
        up, down = [b.harsher for b in buckets], [-b.milder for b in buckets]
        axes.bar(days, up, width=wide, color=OF["c2"], lw=0)
        axes.bar(days, down, width=wide, color=OF["c1"], lw=0)
        axes.axhline(0, color=OF["soft"], linewidth=0.8)
        high, low = max(*up, 1), min(*down, -1)
        axes.set_ylim(low * 1.12, high * 1.12)
        end = until.toordinal() + _WIDE[unit]
        axes.set_xlim(since.toordinal() - wide * 0.3, end + wide * 0.3)
        _frame(axes)
        _dates(axes, since, until, unit)
        _, other = words.labels
        for place, name, colour in (
            ((0.0, 1.06), "harsher", "c2"),
            ((0.5, 1.06), "milder", "c1"),
        ):
            said = words(f"backtest.{name}", other=other)
            mark = "▲" if name == "harsher" else "▼"
            how: dict[str, Any] = {"beside": True, "fontsize": 10}
            sheet.write(axes, place, f"{mark} {said}", color=OF[colour], **how)
        return sheet.finish(
            key, words("backtest.section_when"), words("backtest.describe_when")
        )


def _frame(axes: Any) -> None:
    from matplotlib.ticker import FuncFormatter

    for side in ("top", "left", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=OF["line"], linewidth=0.6)
    axes.tick_params(length=0, labelcolor=OF["soft"], labelsize=_SMALL)
    axes.yaxis.get_major_locator().set_params(nbins=5, integer=True, min_n_ticks=1)
    axes.yaxis.set_major_formatter(FuncFormatter(_bare))


def _dates(axes: Any, since: date, until: date, unit: str) -> None:
    """Label days, months or years where they begin, a dozen at most."""
    days = [since + timedelta(n) for n in range((until - since).days + 1)]
    if unit == "day":
        marks, cut = days, 10
    else:
        months = {begin(day, "month"): None for day in days}
        marks, cut = [month for month in months if month >= since], 7
        if len(marks) > _MONTHS:
            marks, cut = [month for month in marks if month.month == 1], 4
    marks = marks[:: max(-(-len(marks) // _LABELS), 1)]
    axes.set_xticks([d.toordinal() for d in marks], [f"{d}"[:cut] for d in marks])


def _bare(value: float, _: int) -> str:
    """Return a number of the axis without its sign."""
    return f"{abs(value):,.0f}"
