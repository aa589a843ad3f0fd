"""The closes of a league: a table, and a picture of who rose and fell (S08)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from attrs import frozen

from community_sdk.decisions import ClosePeriod, Decision
from community_sdk.events import Event, PeriodClosed
from community_sdk.model import PeriodClose
from community_sdk.report._drawing import OF, Drawing, drawing
from community_sdk.wording import language, phrase

__all__ = ["CloseRow", "close_rows", "closes_plot", "closes_text"]

_COLOURS: Final = {
    "ink": "#1b2431", "soft": "#5d6978", "line": "#dde3ea", "c1": "#2766b0",
    "c2": "#b9591c", "c3": "#2c8262",
}  # fmt: skip
_FONTS: Final = (
    "system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
)
_SMALL: Final = 8
_LABELS: Final = 12
_COLUMNS: Final = ("period", "members", "rose", "fell")


@frozen(kw_only=True)
class CloseRow:
    """One close: how many were ranked, rose and fell.

    *skipped*: why nobody moved, empty where the rules were applied.
    """

    period: str
    members: int
    rose: int
    fell: int
    skipped: str = ""


def close_rows(told: Iterable[PeriodClose | Decision | Event], /) -> list[CloseRow]:
    """Return a row for each close of *told*: of a table, decided, or on record.

    Decisions and facts of other kinds are left out.
    """
    return [
        CloseRow(
            period=one.period,
            members=len(one.ranks) if isinstance(one, PeriodClose) else one.members,
            rose=sum(1 for m in one.movements if m.rise),
            fell=sum(1 for m in one.movements if not m.rise),
            skipped=one.skipped,
        )
        for one in told
        if isinstance(one, (PeriodClose, ClosePeriod, PeriodClosed))
    ]


def closes_text(rows: Sequence[CloseRow], lang: str, /) -> str:
    """Return the closes as lines for a terminal, columns set apart by tabs."""
    speak = language(lang)
    lines = ["\t".join(phrase(f"closes.{name}", speak) for name in _COLUMNS)]
    lines += [f"{r.period}\t{r.members}\t{r.rose}\t{r.fell}" for r in rows]
    return "\n".join(lines)


def closes_plot(rows: Sequence[CloseRow], lang: str, /) -> str:
    """Return a picture (SVG) of the closes: members ranked, moves up and down.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    speak = language(lang)
    with drawing(4.2) as sheet:
        above, below = sheet.figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        sheet.figure.subplots_adjust(0.06, 0.08, 0.985, 0.93, hspace=0.4)
        places = range(len(rows))
        _frame(sheet, above, phrase("closes.members", speak))
        ranked = [row.members for row in rows]
        above.fill_between(places, ranked, step="mid", color=OF["c1"], alpha=0.16, lw=0)
        above.step(places, ranked, where="mid", color=OF["c1"], linewidth=1.2)
        above.set_ylim(0, max(ranked, default=1) * 1.1 or 1)
        _frame(sheet, below, phrase("closes.moves", speak))
        below.bar(places, [r.rose for r in rows], color=OF["c3"], width=1, lw=0)
        below.bar(places, [-r.fell for r in rows], color=OF["c2"], width=1, lw=0)
        below.axhline(0, color=OF["soft"], linewidth=0.6)
        _labels(below, rows)
        title, said = (
            phrase(f"closes.{name}", speak) for name in ("title", "describe")
        )
        return _alone(str(sheet.finish("closes", title, said)))


def _frame(sheet: Drawing, axes: Any, label: str) -> None:
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(OF["line"])
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=OF["line"], linewidth=0.6)
    axes.tick_params(length=0, labelcolor=OF["soft"], labelsize=_SMALL)
    sheet.write(axes, (0, 1.06), label, beside=True, fontsize=10)


def _labels(axes: Any, rows: Sequence[CloseRow]) -> None:
    """Name years where they begin, or periods where there are few."""
    years = [row.period[:4] for row in rows]
    firsts = [n for n, y in enumerate(years) if n == 0 or y != years[n - 1]]
    many = len(firsts) > 2  # noqa: PLR2004 - so that a year says something
    places = firsts if many else list(range(len(rows)))
    places = places[:: -(-len(places) // _LABELS)] if places else []
    names = [years[n] if many else rows[n].period for n in places]
    axes.set_xticks(places, names)
    axes.set_xlim(-0.6, max(len(rows) - 0.4, 0.6))


def _alone(svg: str) -> str:
    """Return the drawing as a file of its own, with colours and fonts."""
    own = ";".join(f"--{name}:{colour}" for name, colour in _COLOURS.items())
    style = f"<style>svg{{{own};font-family:{_FONTS};background:#fff}}</style>"
    svg = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    head, tail = svg.split("</desc>", 1)
    return f"{head}</desc>{style}{tail}"
