"""How tags and segments change a member's partition (S09).

Law: of what people said of one tag the latest holds, whatever came in first.
"""

from __future__ import annotations

from typing import Final

from attrs import evolve

from community_sdk import events as ev
from community_sdk._time import micros
from community_sdk.model import TagOrigin
from community_sdk.state.context import Fold, FoldContext
from community_sdk.state.member import MemberState
from community_sdk.state.records import SegmentRecord, TagRecord

__all__ = ["FOLDS"]


def _said(record: TagRecord, member: MemberState) -> None:
    known = member.tags.get(record.tag)
    moment = (record.since, record.seq)
    if known is None or (known.since, known.seq) <= moment:
        member.tags[record.tag] = record


def _decided(record: TagRecord, member: MemberState) -> None:
    """Take over what was decided now: it comes after all that was said before."""
    known = member.tags.get(record.tag)
    if known is not None and (known.since, known.seq) > (record.since, record.seq):
        record = evolve(record, since=known.since, seq=known.seq)
    member.tags[record.tag] = record


def _set(event: ev.TagSet, member: MemberState, _: FoldContext) -> None:
    until = None if event.until is None else micros(event.until)
    at, origin = micros(event.at), event.origin.value
    _said(TagRecord(event.tag, at, event.seq, origin, until), member)


def _cleared(event: ev.TagCleared, member: MemberState, _: FoldContext) -> None:
    at, origin = micros(event.at), TagOrigin.PERSON.value
    _said(TagRecord(event.tag, at, event.seq, origin, ended=True), member)


def _given(event: ev.TagGiven, member: MemberState, _: FoldContext) -> None:
    until = None if event.until is None else micros(event.until)
    at, origin = micros(event.at), TagOrigin.RULE.value
    by = (str(event.policy), event.rule)
    _decided(TagRecord(event.tag, at, event.seq, origin, until, *by), member)


def _ended(event: ev.TagEnded, member: MemberState, _: FoldContext) -> None:
    at, origin = micros(event.at), TagOrigin.RULE.value
    _decided(TagRecord(event.tag, at, event.seq, origin, ended=True), member)


def _segment(event: ev.SegmentChanged, member: MemberState, _: FoldContext) -> None:
    record = SegmentRecord(event.after, micros(event.at), event.spares)
    member.segments[event.segments] = record


FOLDS: Final[dict[str, Fold]] = {
    "tag_set": _set,
    "tag_cleared": _cleared,
    "tag_given": _given,
    "tag_ended": _ended,
    "segment_changed": _segment,
}
