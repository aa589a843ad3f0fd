"""One period report, which shows itself in a notebook (S22)."""

from __future__ import annotations

from attrs import frozen

from community_sdk.report.period import html
from community_sdk.report.period._figures import PeriodFigures

__all__ = ["PeriodReport"]


@frozen(kw_only=True)
class PeriodReport(PeriodFigures):
    """A period of a community beside the one before; the fields are the figures.

    See `PeriodFigures`.
    """

    def _repr_html_(self) -> str:
        """Show the report in a notebook, without plots."""
        return html.fragment(self, "en")
