"""Points of a programme by month: a table, a picture of what came and went (S17)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta, tzinfo
from typing import Any, Final

from attrs import asdict, frozen

from community_sdk.events import Event, PointsPosted, TierChanged
from community_sdk.model import EntryKind
from community_sdk.report._drawing import OF, Drawing, drawing
from community_sdk.wording import language, phrase

__all__ = ["PointsRow", "points_plot", "points_rows", "points_text"]

_KINDS: Final = {
    EntryKind.OPEN: "issued",
    EntryKind.EARN: "issued",
    EntryKind.ADJUST: "adjusted",
    EntryKind.REDEEM: "redeemed",
    EntryKind.GIVE_BACK: "redeemed",
    EntryKind.EXPIRE: "expired",
    EntryKind.CLAWBACK: "clawed_back",
}
_TICK: Final = timedelta(microseconds=1)
_COLOURS: Final = {
    "ink": "#1b2431", "soft": "#5d6978", "line": "#dde3ea", "c1": "#2766b0",
    "c2": "#b9591c", "c3": "#2c8262", "t4": "#7a4fa3",
}  # fmt: skip
_FONTS: Final = (
    "system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
)
_SMALL: Final = 8
_BARS: Final = ("issued", "redeemed", "expired", "clawed_back")


@frozen(kw_only=True)
class PointsRow:
    """One local month: points as booked, less below zero; moves of tiers.

    What was redeemed is less what was given back.
    """

    month: str
    issued: int = 0
    adjusted: int = 0
    redeemed: int = 0
    expired: int = 0
    clawed_back: int = 0
    rose: int = 0
    fell: int = 0


def points_rows(
    facts: Iterable[Event], where: tzinfo, /, *, currency: str = "points"
) -> list[PointsRow]:
    """Return a row for each month of *where* in which something was booked.

    A move at the end of a month is one of that month.
    """
    found: dict[str, dict[str, int]] = {}
    for fact in facts:
        if isinstance(fact, PointsPosted) and fact.currency == currency:
            month = f"{fact.recorded_at.astimezone(where):%Y-%m}"
            name, number = _KINDS[fact.entry], fact.amount
        elif isinstance(fact, TierChanged):
            month = f"{(fact.at - _TICK).astimezone(where):%Y-%m}"
            name, number = ("rose", 1) if fact.rise else ("fell", 1)
        else:
            continue
        row = found.setdefault(month, {})
        row[name] = row.get(name, 0) + number
    return [PointsRow(month=month, **found[month]) for month in sorted(found)]


def points_text(rows: Sequence[PointsRow], lang: str, /) -> str:
    """Return the months as lines for a terminal, columns set apart by tabs."""
    speak = language(lang)
    names = list(asdict(PointsRow(month="")))
    lines = ["\t".join(phrase(f"points.{name}", speak) for name in names)]
    lines += ["\t".join(str(value) for value in asdict(row).values()) for row in rows]
    return "\n".join(lines)


def points_plot(rows: Sequence[PointsRow], lang: str, /) -> str:
    """Return a picture (SVG) of the months: points that came and went, moves of tiers.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    speak = language(lang)
    with drawing(4.8) as sheet:
        above, below = sheet.figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        sheet.figure.subplots_adjust(0.09, 0.08, 0.985, 0.92, hspace=0.45)
        places = list(range(len(rows)))
        _frame(sheet, above, phrase("points.booked", speak))
        base = [0] * len(rows)
        for colour, name in zip(("c3", "c1", "t4", "c2"), _BARS, strict=True):
            values = [getattr(row, name) for row in rows]
            bottom = base if name != "issued" else [0] * len(rows)
            above.bar(places, values, bottom=bottom, color=OF[colour], width=0.8, lw=0)
            if name != "issued":
                base = [b + v for b, v in zip(base, values, strict=True)]
        _legend(sheet, above, [phrase(f"points.{name}", speak) for name in _BARS])
        _frame(sheet, below, phrase("points.moves", speak))
        below.bar(places, [r.rose for r in rows], color=OF["c3"], width=0.8, lw=0)
        below.bar(places, [-r.fell for r in rows], color=OF["c2"], width=0.8, lw=0)
        for axes in (above, below):
            axes.axhline(0, color=OF["soft"], linewidth=0.6)
        step = -(-len(rows) // 14) or 1
        below.set_xticks(places[::step], [row.month for row in rows[::step]])
        below.set_xlim(-0.6, max(len(rows) - 0.4, 0.6))
        title, said = (phrase(f"points.{n}", speak) for n in ("title", "describe"))
        return _alone(str(sheet.finish("points", title, said)))


def _legend(sheet: Drawing, axes: Any, names: Sequence[str]) -> None:
    """Write the names of the bars in their colours, beside each other."""
    for nth, (name, colour) in enumerate(
        zip(names, ("c3", "c1", "t4", "c2"), strict=True)
    ):
        at = (0.42 + 0.15 * nth, 1.06)
        sheet.write(axes, at, name, beside=True, fontsize=9, color=OF[colour])


def _frame(sheet: Drawing, axes: Any, label: str) -> None:
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(OF["line"])
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=OF["line"], linewidth=0.6)
    axes.ticklabel_format(axis="y", style="plain", useOffset=False)
    axes.tick_params(length=0, labelcolor=OF["soft"], labelsize=_SMALL)
    sheet.write(axes, (0, 1.06), label, beside=True, fontsize=10)


def _alone(svg: str) -> str:
    """Return the drawing as a file of its own, with colours and fonts."""
    own = ";".join(f"--{name}:{colour}" for name, colour in _COLOURS.items())
    style = f"<style>svg{{{own};font-family:{_FONTS};background:#fff}}</style>"
    svg = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    head, tail = svg.split("</desc>", 1)
    return f"{head}</desc>{style}{tail}"
