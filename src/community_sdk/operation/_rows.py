"""Steps as rows of a store, and partitions back from it."""

from __future__ import annotations

import json
from typing import Final, cast

from attrs import define, field

from community_sdk._time import micros
from community_sdk.codec import Codec
from community_sdk.decisions import (
    CloseCase,
    ClosePeriod,
    ConfirmBreach,
    Decision,
    EndSanction,
    Mode,
    NoteFirstValue,
    OpenObligation,
    PauseContact,
    RecordStage,
    ReportBreach,
    ReportDifference,
    RequestStandings,
)
from community_sdk.engine import Engine, Step
from community_sdk.errors import StoreError
from community_sdk.events import Event
from community_sdk.ports import (
    Commit,
    Plain,
    StoredDecision,
    StoredEvent,
    StoredPartition,
)

__all__ = ["Batch", "partition"]

_ON_RECORD: Final = (
    OpenObligation,
    ReportBreach,
    EndSanction,
    RecordStage,
    NoteFirstValue,
    PauseContact,
    ReportDifference,
    CloseCase,
    ConfirmBreach,
    RequestStandings,
    ClosePeriod,
)
"""Decisions that are done by being recorded: no platform has to act."""


def partition(row: StoredPartition) -> Plain:
    """Return the partition in *row* as builtins.

    Raises:
        StoreError: the stored text is damaged.
    """
    try:
        return cast("Plain", json.loads(row.data))
    except ValueError:
        raise StoreError(
            f"the stored state of `{row.key or 'the community'}` cannot be read",
            code="store.unreadable",
            hint="restore the database from a backup, or replay the events",
            found=row.key,
        ) from None


@define
class Batch:
    """What the steps of one transaction change."""

    codec: Codec
    outbox: bool
    events: list[StoredEvent] = field(factory=list[StoredEvent])
    decisions: list[StoredDecision] = field(factory=list[StoredDecision])
    touched: set[str] = field(factory=set[str])

    def add(self, event: StoredEvent | None, step: Step) -> None:
        """Take in one step, with the event that led to it (None: time passed)."""
        if event is not None:
            self.events.append(event)
        self.events.extend(self.stored(fact, derived=True) for fact in step.facts)
        self.decisions.extend(map(self._decision, step.decisions))
        self.touched |= step.touched

    def commit(self, engine: Engine, expected: int, notes: dict[str, str]) -> Commit:
        """Return everything as one commit; the community's partition always changes."""
        rows: list[StoredPartition] = []
        for name in ("", *sorted(self.touched - {""})):
            plain, due = engine.dump(name)
            text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
            rows.append(StoredPartition(key=name, data=text, due=due))
        return Commit(
            community=str(engine.playbook.community.key),
            expected=expected,
            events=tuple(self.events),
            decisions=tuple(self.decisions),
            partitions=tuple(rows),
            notes=notes,
        )

    def stored(self, event: Event, *, derived: bool = False) -> StoredEvent:
        """Return *event* as a store keeps it.

        Raises:
            HistoryError: a field has a value that cannot be stored.
        """
        return StoredEvent(
            id=event.id,
            kind=event.name,
            at=micros(event.at),
            recorded_at=micros(event.recorded_at),
            member=event.member,
            data=self.codec.dumps(event),
            derived=derived,
        )

    def _decision(self, decision: Decision) -> StoredDecision:
        acts = decision.mode is Mode.ACT and not isinstance(decision, _ON_RECORD)
        return StoredDecision(
            id=decision.id,
            kind=decision.kind,
            policy=decision.policy,
            member=decision.member,
            at=0 if decision.at is None else micros(decision.at),
            mode=decision.mode.value,
            data=self.codec.dumps(decision),
            pending=self.outbox and acts,
        )
