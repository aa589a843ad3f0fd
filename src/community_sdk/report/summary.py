"""What came of a history: the tables of a report (S20 S22)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from community_sdk.report import html, rows
from community_sdk.report._tally import Tally

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Summary"]


class Summary(Tally):
    """Gathers what a report shows: `see` each step, `refuse` each row, then `finish`.

    Days are cut in the zone of the playbook's community. Events without a time of
    their own (`Event.dated`) are counted, but belong to no day.

    The tables are empty until `finish`.

    Attributes:
        playbook: what the history was run by.
        source: the name of the table.
        credit: whose data they are.
        counts: ``events late undated duplicates refused decisions suppressed members
            bots``.
        period: the first and the last instant of dated events, None without any.
        speed: events per second, None where nobody took the time.
        events: events by word. *daily*: one row per local day from the first to the
            last. *hours*: messages by hour of the local week. *tiers*: stock per tier
            and day. *funnels*: one row per step. *decisions*, *suppressed*,
            *sanctions*: counts. *telling*: the ten most telling decisions (rule in
            `community_sdk.report._telling`). *refused*: refused rows by reason.
    """

    @property
    def tables(self) -> Mapping[str, tuple[Any, ...]]:
        """Every table by its name."""
        return {
            "events": self.events,
            "daily": self.daily,
            "hours": self.hours,
            "tiers": self.tiers,
            "funnels": self.funnels,
            "decisions": self.decisions,
            "suppressed": self.suppressed,
            "sanctions": self.sanctions,
            "telling": self.telling,
            "refused": self.refused,
        }

    def to_frame(self, name: str) -> pd.DataFrame:
        """Return the table called *name* as a pandas frame.

        Raises:
            KeyError: there is no such table; `tables` has their names.
            MissingExtraError: pandas is not installed.
        """
        from community_sdk.adapters.tables.frames import to_frame

        return to_frame(map(rows.plain, self.tables[name]))

    def _repr_html_(self) -> str:
        """Show the report in a notebook, without plots."""
        return html.fragment(self, "en")
