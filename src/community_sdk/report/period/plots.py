"""The pictures of a period report (S08 S16 S19 S20 S21 S22)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from community_sdk.metrics.cohorts import RetentionMatrix
from community_sdk.model import TierGroup
from community_sdk.report._drawing import OF, Drawing, drawing
from community_sdk.report._markup import Html
from community_sdk.report._words import percent
from community_sdk.report.period._words import Words
from community_sdk.report.period.rows import (
    CalendarRow,
    FlowRow,
    ScoreRow,
    StepRow,
    SurveyRow,
)

__all__ = [
    "bars",
    "calendar",
    "cohorts",
    "funnel",
    "generations",
    "ratings",
    "score",
    "tiers",
]

_SMALL: Final = 8
_WEEK: Final = 7
_WEEKS: Final = 26
_LATE: Final = 12
_FULL: Final = 100
_DARK: Final = 0.8
_LEAST: Final = 0.1
_GAP: Final = 0.06
_MARGIN: Final = 0.23
_VERDICTS: Final = {"nps": (6, 9), "csat": (2, 4)}


def _bare(axes: Any) -> None:
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_xticks([])
    axes.set_yticks([])


def _box(
    axes: Any, at: tuple[float, float], size: tuple[float, float], **how: Any
) -> None:
    from matplotlib.patches import Rectangle

    if "linewidth" not in how:
        how["lw"] = 0
    axes.add_patch(Rectangle(at, *size, **how))


def calendar(words: Words, key: str) -> Html:
    """Draw messages by day: a column a week, darker for more, the period outlined.

    Of a history without messages, active members.
    """
    days, now = words.report.calendar, words.report.now
    most = max(_shown(d) or 0 for d in days) or 1
    first = days[0].day
    weeks = -(-len(days) // _WEEK)
    with drawing(2.1) as sheet:
        axes: Any = sheet.figure.add_axes((0.055, 0.1, 0.935, 0.87))
        _bare(axes)
        for row in days:
            week, weekday = divmod((row.day - first).days, _WEEK)
            inside = now.since <= row.day < now.until
            _day(axes, row, (week, weekday), most, inside=inside)
        axes.set_xlim(0, max(weeks, _WEEKS))
        axes.set_ylim(_WEEK + 0.9, -0.1)
        for weekday in range(_WEEK):
            name = words(f"weekday.{weekday}")
            at = (-0.15, weekday + 0.5)
            _small(sheet, axes, at, name, ha="right")
        _months(sheet, axes, days, words)
        title = words("period.section_calendar")
        return sheet.finish(key, title, words("period.calendar_describe"))


def _shown(row: CalendarRow) -> int | None:
    """Return messages, or active members where the history tells of no messages."""
    return row.active if row.messages is None else row.messages


def _small(
    sheet: Drawing, axes: Any, at: tuple[float, float], text: str, **how: Any
) -> None:
    for name, value in (("va", "center"), ("fontsize", _SMALL), ("color", OF["soft"])):
        how.setdefault(name, value)
    sheet.write(axes, at, text, **how)


def _day(
    axes: Any, row: CalendarRow, place: tuple[int, int], most: int, *, inside: bool
) -> None:
    at, size = (place[0] + _GAP, place[1] + _GAP), (1 - 2 * _GAP, 1 - 2 * _GAP)
    shown = _shown(row)
    if shown is None:
        _box(axes, at, size, fill=False, edgecolor=OF["line"], linewidth=0.6)
        return
    _box(axes, at, size, color=OF["shade"])
    if shown:
        alpha = round(0.15 + 0.85 * shown / most, 3)
        _box(axes, at, size, color=OF["c1"], alpha=alpha)
    if inside:
        _box(axes, at, size, fill=False, edgecolor=OF["ink"], linewidth=1.2)


def _months(
    sheet: Drawing, axes: Any, days: Sequence[CalendarRow], words: Words
) -> None:
    """Name each month under the week in which it begins."""
    first = days[0].day
    for row in days:
        if row.day.day == 1 or row.day == first:
            week = (row.day - first).days // _WEEK
            if row.day == first and row.day.day > _LATE:
                continue
            text = words("period.month", month=f"{row.day:%Y-%m}")
            _small(sheet, axes, (week + _GAP, _WEEK + 0.55), text, ha="left")


def funnel(words: Words, rows: Sequence[StepRow], key: str) -> Html:
    """Draw how many came to each step in the period, the one before as a thin bar."""
    numbers = [n for row in rows for n in (row.reached, row.before or 0)]
    most = max(numbers) or 1
    with drawing(0.5 + 0.66 * len(rows)) as sheet:
        axes: Any = sheet.figure.add_axes((0.0, 0.02, 0.86, 0.96))
        axes.set_axis_off()
        axes.set_xlim(0, most)
        axes.set_ylim(len(rows) + 0.35, 0)
        for y, row in enumerate(rows):
            _box(axes, (0, y + 0.42), (most, 0.3), color=OF["shade"])
            _box(axes, (0, y + 0.42), (row.reached, 0.3), color=OF["c1"])
            if row.before is not None:
                _box(axes, (0, y + 0.74), (row.before, 0.1), color=OF["soft-half"])
            sheet.write(axes, (0, y + 0.25), words.step(row), fontsize=9.5, va="center")
            shown = f"{row.reached:,}"
            if y and row.share_of_first is not None:
                shown = f"{shown} · {percent(row.share_of_first)}"
            at = (most * 1.012, y + 0.57)
            sheet.write(axes, at, shown, va="center", fontsize=9.5)
        note = words("period.funnel_legend")
        _small(sheet, axes, (0, len(rows) + 0.2), note)
        title = words("period.section_funnels")
        return sheet.finish(key, title, words("period.funnel_describe"))


def cohorts(words: Words, matrix: RetentionMatrix, key: str) -> Html:
    """Draw who came back in which week; what may still grow is dashed."""
    kept = [i for i in range(len(matrix.starts)) if matrix.size(i) is not None]
    columns = max(len(matrix.starts) - 1, 1)
    cells = [(i, k) for i in kept for k in range(1, len(matrix.starts) - i)]
    most = max([_LEAST, *(float(matrix.rate(*cell) or 0) for cell in cells)])
    with drawing(0.5 + 0.3 * len(kept)) as sheet:
        axes: Any = sheet.figure.add_axes((_MARGIN, 0.01, 0.99 - _MARGIN, 0.98))
        _bare(axes)
        axes.set_xlim(0, columns)
        axes.set_ylim(len(kept), -1)
        for k in range(1, columns + 1):
            name = words("period.week_later", nth=k)
            _small(sheet, axes, (k - 0.5, -0.5), name, ha="center")
        for y, i in enumerate(kept):
            day = words("period.local_day", at=matrix.starts[i].isoformat())
            size = words("period.size", size=matrix.size(i))
            left = -columns * _MARGIN / (0.99 - _MARGIN)
            _small(sheet, axes, (left, y + 0.5), f"{day} · {size}", ha="left")
            for k in range(1, len(matrix.starts) - i):
                _rate(sheet, axes, matrix, (i, k, y), most)
        title = words("period.section_cohorts")
        return sheet.finish(key, title, words("period.cohort_describe"))


def _rate(
    sheet: Drawing,
    axes: Any,
    matrix: RetentionMatrix,
    place: tuple[int, int, int],
    most: float,
) -> None:
    """Draw cohort and week at their row; the greatest share of all is the darkest."""
    i, k, y = place
    rate = matrix.rate(i, k)
    at, size = (k - 1 + 0.03, y + 0.06), (0.94, 0.88)
    if matrix.counts[i][k] is None:
        return
    _box(axes, at, size, color=OF["shade"])
    if rate is None:
        return
    share = float(rate) / most
    if rate:
        _box(axes, at, size, color=OF["c1"], alpha=round(0.1 + 0.9 * share, 3))
    if not matrix.complete(i, k):
        dashed: dict[str, Any] = {"linestyle": (0, (3, 2)), "linewidth": 1}
        _box(axes, at, size, fill=False, edgecolor=OF["soft"], **dashed)
    colour = OF["card" if share > _DARK else "ink"]
    shown = f"{round(rate * _FULL)}%"
    _small(sheet, axes, (k - 0.5, y + 0.5), shown, ha="center", color=colour)


def tiers(words: Words, group: TierGroup, flows: Sequence[FlowRow], key: str) -> Html:
    """Draw the tiers at the beginning and at the end, and who moved between them."""
    order = [str(k) for k in group.keys][::-1]
    names = [*order, ""]
    moved = [f for f in flows if f.before != f.after]
    places = {name: nth for nth, name in enumerate(names)}
    most = max(f.members for f in moved)
    old = _sums(flows, "before")
    new = _sums(flows, "after")
    with drawing(0.5 + 0.62 * len(names)) as sheet:
        axes: Any = sheet.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        axes.set_xlim(0, 1)
        axes.set_ylim(len(names) + 0.1, -0.6)
        for name, y in places.items():
            for gone, held in ((False, old), (True, new)):
                label = words.tier(name, gone=gone)
                if name:
                    label = words("tiers.item", tier=label, members=held.get(name, 0))
                _place(sheet, axes, y, label, gone=gone)
        for flow in moved:
            _stream(sheet, axes, flow, _ends(flow, moved, places), most)
        for x, name, ha in ((0.24, "began", "right"), (0.76, "ended", "left")):
            _small(sheet, axes, (x, -0.3), words(f"period.{name}"), ha=ha)
        title = words("period.section_tiers")
        return sheet.finish(key, title, words("period.tiers_describe"))


def _place(sheet: Drawing, axes: Any, y: int, label: str, *, gone: bool) -> None:
    x, beside, ha = (0.74, 0.76, "left") if gone else (0.26, 0.24, "right")
    sheet.write(axes, (beside, y + 0.4), label, ha=ha, va="center", fontsize=9.5)
    _box(axes, (x - 0.004, y + 0.1), (0.008, 0.6), color=OF["soft-half"])


def _sums(flows: Sequence[FlowRow], side: str) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for flow in flows:
        name: str = getattr(flow, side)
        found[name] = found.get(name, 0) + flow.members
    return found


def _ends(
    flow: FlowRow, moved: Sequence[FlowRow], places: Mapping[str, int]
) -> tuple[float, float]:
    """Return where a stream leaves and arrives: side by side with the others there."""
    out = sorted(places[f.after] for f in moved if f.before == flow.before)
    into = sorted(places[f.before] for f in moved if f.after == flow.after)
    return (
        _beside(places[flow.before], out.index(places[flow.after]), len(out)),
        _beside(places[flow.after], into.index(places[flow.before]), len(into)),
    )


def _beside(place: int, nth: int, count: int) -> float:
    return place + 0.1 + 0.6 * (nth + 0.5) / count


def _stream(
    sheet: Drawing, axes: Any, flow: FlowRow, ends: tuple[float, float], most: int
) -> None:
    """Draw one move as a curve, thicker for more members, with its number."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    one, two = ends
    points = [(0.264, one), (0.5, one), (0.5, two), (0.736, two)]
    codes = [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
    colour = OF["c3" if two < one else "c2"]
    width = 1.2 + 10 * (flow.members / most) ** 0.5
    path: Any = Path(points, codes)
    how: dict[str, Any] = {"fill": False, "edgecolor": colour, "linewidth": width}
    axes.add_patch(PathPatch(path, alpha=0.45, **how))
    sheet.write(axes, (0.273, one), f"{flow.members:,}", va="center", fontsize=_SMALL)


def generations(words: Words, key: str) -> Html:
    """Draw how many newcomers each member of a generation brought; the line is 1."""
    found = words.report.generations
    most = max(1.0, *(float(g.k or 0) for g in found))
    with drawing(0.35 + 0.42 * len(found)) as sheet:
        axes: Any = sheet.figure.add_axes((0.15, 0.02, 0.55, 0.96))
        axes.set_axis_off()
        axes.set_xlim(0, most)
        axes.set_ylim(len(found), 0)
        for y, row in enumerate(found):
            _box(axes, (0, y + 0.2), (most, 0.6), color=OF["shade"])
            _box(axes, (0, y + 0.2), (float(row.k or 0), 0.6), color=OF["c1"])
            name = words("period.generation", nth=row.generation)
            at = (-most * 0.015, y + 0.5)
            sheet.write(axes, at, name, ha="right", va="center", fontsize=9.5)
            told = words(
                "period.generation_told",
                k=words.ratio(row.k),
                members=row.members,
                invited=row.invited,
            )
            sheet.write(axes, (most * 1.015, y + 0.5), told, va="center", fontsize=9)
        axes.axvline(1, color=OF["ink"], linewidth=1, linestyle=(0, (4, 3)))
        title = words("period.section_generations")
        return sheet.finish(key, title, words("period.generations_describe"))


def score(words: Words, row: ScoreRow, key: str) -> Html:
    """Draw what was reached of each key figure; the line is the whole target."""
    most = max(_FULL, *(n for _, n in row.reached))
    with drawing(0.3 + 0.52 * len(row.reached)) as sheet:
        axes: Any = sheet.figure.add_axes((0.0, 0.02, 0.9, 0.96))
        axes.set_axis_off()
        axes.set_xlim(0, most)
        axes.set_ylim(len(row.reached), 0)
        for y, (kpi, reached) in enumerate(row.reached):
            _box(axes, (0, y + 0.45), (most, 0.35), color=OF["shade"])
            colour = OF["c3" if reached >= _FULL else "c1"]
            _box(axes, (0, y + 0.45), (reached, 0.35), color=colour)
            name = words.word("kpi", kpi)
            sheet.write(axes, (0, y + 0.25), name, va="center", fontsize=9.5)
            sheet.write(axes, (most * 1.015, y + 0.62), f"{reached}%", va="center")
        axes.axvline(_FULL, color=OF["ink"], linewidth=1, linestyle=(0, (4, 3)))
        title = words.scored(row)
        return sheet.finish(key, title, words("period.score_describe"))


def bars(
    words: Words, rows: Sequence[tuple[str, int, int | None]], what: str, key: str
) -> Html:
    """Draw members by name, and those before as a thin bar."""
    most = max(max(members, before or 0) for _, members, before in rows) or 1
    with drawing(0.35 + 0.52 * len(rows)) as sheet:
        axes: Any = sheet.figure.add_axes((0.0, 0.02, 0.9, 0.96))
        axes.set_axis_off()
        axes.set_xlim(0, most)
        axes.set_ylim(len(rows) + 0.35, 0)
        for y, (name, members, before) in enumerate(rows):
            _box(axes, (0, y + 0.45), (most, 0.3), color=OF["shade"])
            _box(axes, (0, y + 0.45), (members, 0.3), color=OF["c1"])
            if before is not None:
                _box(axes, (0, y + 0.78), (before, 0.1), color=OF["soft-half"])
            sheet.write(axes, (0, y + 0.25), name, fontsize=9.5, va="center")
            at = (most * 1.012, y + 0.6)
            sheet.write(axes, at, f"{members:,}", va="center", fontsize=9.5)
        if any(before is not None for _, _, before in rows):
            legend = words(f"period.{what}_legend")
            _small(sheet, axes, (0, len(rows) + 0.2), legend)
        title = words(f"period.section_{what}")
        return sheet.finish(key, title, words(f"period.{what}_describe"))


def ratings(words: Words, rows: Sequence[SurveyRow], key: str) -> Html:
    """Draw which share of those who answered gave which rating, the lowest first."""
    with drawing(0.2 + 0.62 * len(rows)) as sheet:
        axes: Any = sheet.figure.add_axes((0.0, 0.02, 1.0, 0.96))
        axes.set_axis_off()
        axes.set_xlim(0, 1)
        axes.set_ylim(len(rows), 0)
        for y, row in enumerate(rows):
            sheet.write(
                axes, (0, y + 0.2), words.survey(row), fontsize=9.5, va="center"
            )
            whole, left = sum(n for _, n in row.ratings), 0.0
            for rating, n in row.ratings:
                colour = OF[_shade(row.scale, rating)]
                _box(axes, (left, y + 0.4), (n / whole - 0.003, 0.42), color=colour)
                at = (left + n / whole / 2, y + 0.61)
                _small(sheet, axes, at, str(rating), ha="center", color=OF["card"])
                left += n / whole
        title = words("period.section_surveys")
        return sheet.finish(key, title, words("period.surveys_describe"))


def _shade(scale: str, rating: int) -> str:
    """Return the colour of what counts against, not at all, or for."""
    against, good = _VERDICTS[scale]
    return "c2" if rating <= against else "c3" if rating >= good else "soft"
