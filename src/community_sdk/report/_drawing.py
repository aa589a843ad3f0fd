"""One drawing: made by matplotlib, finished as inline SVG in the words of the reader.

Words never pass through matplotlib: they are put into the finished drawing, where the
reader's own fonts show them. Colours are variables of the page, so that one drawing
serves light and dark. Equal input gives equal bytes.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from community_sdk.errors import MissingExtraError
from community_sdk.report._markup import Html

__all__ = ["OF", "Drawing", "drawing"]

_COLOURS: Final = {
    "#0a0001": "ink", "#0a0002": "soft", "#0a0003": "line", "#0a0004": "c1",
    "#0a0005": "c2", "#0a0006": "c3", "#0a0007": "shade", "#0a0008": "card",
    "#0a0009": "c1-half", "#0a000a": "soft-half", "#0b0001": "t1", "#0b0002": "t2",
    "#0b0003": "t3", "#0b0004": "t4",
    "#0b0005": "t5",
}  # fmt: skip
OF: Final = {name: colour for colour, name in _COLOURS.items()}
"""What matplotlib is given for each colour of the page."""

_RC: Final = {
    "svg.fonttype": "none",
    "svg.hashsalt": "community_sdk",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.parse_math": False,
    "axes.unicode_minus": False,
    "path.simplify": False,
}
_INCHES: Final = 9.6
_NO_METADATA: Final = dict.fromkeys(("Date", "Creator", "Type", "Format"))
_COLOUR: Final = re.compile("|".join(_COLOURS))
_FONT: Final = re.compile(r"font: ([0-9.]+px) [^;\"]*|font-family: [^;\"]*;? ?")
_WORD: Final = re.compile(r"@(\d{3,})@")
_ID: Final = re.compile(r'(\bid="|url\(#|xlink:href="#)')
_OPENING: Final = re.compile(r'<svg [^>]*?viewBox="([^"]*)"[^>]*>', re.DOTALL)
_DROPPED: Final = (
    re.compile(r"^.*?(?=<svg )", re.DOTALL),
    re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL),
    re.compile(r"<!--.*?-->\s*", re.DOTALL),
)


class Drawing:
    """A figure of matplotlib, and the words that will be put into it.

    Attributes:
        figure: the figure, 9.6 inches wide.
    """

    def __init__(self, height: float) -> None:
        """Begin an empty drawing, *height* inches high."""
        from matplotlib.figure import Figure

        self.figure: Any = Figure(figsize=(_INCHES, height))
        self._words: list[str] = []

    def word(self, text: str) -> str:
        """Return what stands for *text* while it is drawn."""
        self._words.append(text)
        return f"@{len(self._words) - 1:03}@"

    def write(
        self,
        axes: Any,
        at: tuple[float, float],
        text: str,
        *,
        beside: bool = False,
        **how: Any,
    ) -> None:
        """Write *text* at a place of the data; *beside*: at a share of the axes."""
        if beside:
            how["transform"] = axes.transAxes
        how.setdefault("color", OF["ink"])
        axes.text(*at, self.word(text), clip_on=False, **how)

    def finish(self, key: str, title: str, description: str) -> Html:
        """Return the drawing as one element, its ids beginning with *key*."""
        out = io.StringIO()
        self.figure.savefig(out, format="svg", transparent=True, metadata=_NO_METADATA)
        return _finished(out.getvalue(), key, (title, description), self._words)


@contextmanager
def drawing(height: float) -> Generator[Drawing]:
    """Draw in our own style, whatever the reader's settings of matplotlib are.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        import matplotlib as mpl
    except ImportError:
        raise MissingExtraError("plots in the report", extra="plot") from None
    library: Any = mpl
    with library.rc_context():
        library.rcdefaults()
        library.rcParams.update(_RC)
        yield Drawing(height)


def _finished(svg: str, key: str, told: tuple[str, str], words: Sequence[str]) -> Html:
    for dropped in _DROPPED:
        svg = dropped.sub("", svg)
    svg = _ID.sub(rf"\g<1>{key}-", svg)
    svg = _FONT.sub(lambda match: f"font-size: {match[1]}" if match[1] else "", svg)
    svg = _COLOUR.sub(lambda match: f"var(--{_COLOURS[match[0]]})", svg)
    svg = _WORD.sub(lambda match: html.escape(words[int(match[1])]), svg)
    title, description = map(html.escape, told)
    opening = (
        f'<svg viewBox="{{}}" role="img" aria-labelledby="{key}-t {key}-d"'
        ' xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<title id="{key}-t">{title}</title><desc id="{key}-d">{description}</desc>'
    )
    return Html(_OPENING.sub(lambda match: opening.format(match[1]), svg, count=1))
