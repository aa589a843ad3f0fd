"""What happened in a day, a week or a month, as data (S22)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from community_sdk.metrics.cohorts import RetentionMatrix
from community_sdk.playbook import Playbook
from community_sdk.report.period.rows import (
    AnswerRow,
    BandRow,
    CalendarRow,
    ChannelRow,
    DecisionCount,
    Figure,
    FlowRow,
    GenerationRow,
    LifeChange,
    LifeRow,
    ScoreRow,
    SegmentRow,
    SpeakerRow,
    StepRow,
    Stretch,
    SurveyRow,
    WishRow,
)
from community_sdk.report.rows import TierRow, plain

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PeriodFigures"]


@frozen(kw_only=True)
class PeriodFigures:
    """A period of a community beside the one before, as data.

    Attributes:
        playbook: what the history was run by. *source*, *credit*: the table, and whose
            data they are.
        unit: ``day``, ``week`` (from Monday) or ``month``, cut in the community's zone.
        name: the stable name of the period, such as ``2026-W47``.
        now: the period. *before*: the one before it.
        began: the first instant of the history. *known*: the last one.
        figures: key figures of both periods.
        calendar: messages by day, up to the end of the period.
        bands: how many members wrote how often.
        funnels: who entered a funnel in the period, and how far they came by now.
        cohorts: by week of joining, who wrote in which later week; as of the end of
            the period; of a history without messages, who bought. *cohort_of* is the
            event that puts a member into a cohort.
        flows: moves between tiers from the beginning to the end, None where the
            beginning was not observed. *stocks*: members of each tier at the end.
        generations: what each generation of invited members brought within *cycle*.
        scores: scorecards issued. *staff_scores* counts those of persons that are left
            out because no names were asked for.
        lives: where groups stand in their life, by the policies that follow them.
        life_changes: what changed in it, and why.
        segments: members of each segment, at the end and at the beginning.
        channels: who came by which channel, at what cost, and what came of them.
        surveys: surveys that were summed up, or are open at the end.
        wishes: what members wished for. *answers*: what was done about wishes.
        decisions: what was decided.
        speakers: who wrote most, empty unless names were asked for.
    """

    playbook: Playbook = field(repr=False)
    source: str
    credit: str
    unit: str
    name: str
    now: Stretch
    before: Stretch
    began: datetime
    known: datetime
    figures: tuple[Figure, ...]
    calendar: tuple[CalendarRow, ...]
    bands: tuple[BandRow, ...]
    funnels: tuple[StepRow, ...]
    cohorts: RetentionMatrix | None
    cohort_of: str
    flows: tuple[FlowRow, ...] | None
    stocks: tuple[TierRow, ...]
    generations: tuple[GenerationRow, ...]
    cycle: timedelta
    scores: tuple[ScoreRow, ...]
    staff_scores: int
    lives: tuple[LifeRow, ...]
    life_changes: tuple[LifeChange, ...]
    segments: tuple[SegmentRow, ...]
    channels: tuple[ChannelRow, ...]
    surveys: tuple[SurveyRow, ...]
    wishes: tuple[WishRow, ...]
    answers: tuple[AnswerRow, ...]
    decisions: tuple[DecisionCount, ...]
    speakers: tuple[SpeakerRow, ...]

    def figure(self, key: str) -> Figure:
        """Return the figure called *key*.

        Raises:
            KeyError: there is none.
        """
        for one in self.figures:
            if one.key == key:
                return one
        raise KeyError(key)

    @property
    def tables(self) -> Mapping[str, tuple[Any, ...]]:
        """Every table by its name; retention is `cohorts`."""
        return {
            "figures": self.figures,
            "calendar": self.calendar,
            "bands": self.bands,
            "funnels": self.funnels,
            "flows": self.flows or (),
            "stocks": self.stocks,
            "generations": self.generations,
            "scores": self.scores,
            "lives": self.lives,
            "life_changes": self.life_changes,
            "segments": self.segments,
            "channels": self.channels,
            "surveys": self.surveys,
            "wishes": self.wishes,
            "answers": self.answers,
            "decisions": self.decisions,
            "speakers": self.speakers,
        }

    def to_frame(self, name: str) -> pd.DataFrame:
        """Return the table called *name* as a pandas frame.

        Raises:
            KeyError: there is no such table; `tables` has their names.
            MissingExtraError: pandas is not installed.
        """
        from community_sdk.adapters.tables.frames import to_frame

        return to_frame(map(plain, self.tables[name]))
