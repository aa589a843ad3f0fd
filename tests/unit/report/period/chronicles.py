"""Chronicles of the small community of the report tests."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve

from community_sdk import events as ev
from community_sdk._time import PeriodUnit
from community_sdk.errors import HistoryError
from community_sdk.metrics import Metric
from community_sdk.model import KPI, EventId, MemberId, PolicyKey
from community_sdk.playbook import Playbook
from community_sdk.policies import AppraisalPolicy
from community_sdk.report.period import Chronicle
from tests.unit.report.history import MONDAY, book, events

DAY = timedelta(days=1)


def chronicle(
    playbook: Playbook,
    history: Iterable[ev.Event],
    until: datetime | None = None,
    **given: Any,
) -> Chronicle:
    """Replay *history*, up to *until*, and keep it."""
    engine = playbook.engine()
    kept = Chronicle(playbook, **given)
    last = until
    for event in history:
        try:
            kept.see(event, engine.receive(event))
        except HistoryError:
            continue
        if last is None or event.recorded_at > last:
            last = event.recorded_at
    if last is not None:
        kept.see(None, engine.advance(last))
    kept.finish(engine)
    return kept


def scored() -> Playbook:
    """The small community with a weekly appraisal of itself."""
    week = PeriodUnit.WEEK
    kpi = KPI(key="messages", measure="messages", period=week, target=10, cap=150)
    plain = book()
    appraisal = AppraisalPolicy(
        key=PolicyKey("score"),
        kpis=(kpi,),
        figures={"messages": Metric("count", kind="message")},
    )
    return evolve(plain, policies=(*plain.policies, appraisal))


def told() -> Chronicle:
    """Four weeks: ten lively days, invitations in the second week, then silence."""
    more = [
        ev.Joined(
            id=EventId(f"i{n}"),
            at=MONDAY + (7 + n) * DAY,
            member=MemberId(name),
            invited_by=MemberId(inviter),
        )
        for n, (name, inviter) in enumerate((("gus", "ann"), ("hal", "gus")))
    ]
    history = sorted([*events(), *more], key=lambda event: event.at)
    return chronicle(scored(), history, MONDAY + 28 * DAY, source="tea.csv")
