"""What every event carries, and the times that no history can hold."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk._time import micros
from community_sdk.errors import HistoryError
from community_sdk.events import (
    ContactDeleted,
    Event,
    Joined,
    JoinRequested,
    Left,
    MessagePosted,
    PurchaseMade,
    RuleBroken,
)
from community_sdk.events._fields import holds
from community_sdk.model import (
    ContactSide,
    EventId,
    GroupId,
    MemberId,
    RuleCode,
    Severity,
)

ZONES = st.sampled_from(
    [UTC, *map(ZoneInfo, ("Asia/Shanghai", "Europe/London", "America/St_Johns"))]
)
ANY = st.datetimes(timezones=ZONES)
DAY = datetime.fromisoformat
LIKELY = st.one_of(
    st.datetimes(DAY("1969-12-30"), DAY("1970-01-03"), timezones=ZONES),
    st.datetimes(DAY("3999-12-30"), DAY("4000-01-02"), timezones=ZONES),
)
FIRST, END = datetime(1970, 1, 1, tzinfo=UTC), datetime(4000, 1, 1, tzinfo=UTC)


def left(at: datetime, recorded_at: datetime | None = None) -> Left:
    """An event of *at*, known at *recorded_at*."""
    if recorded_at is None:
        return Left(id=EventId("e"), at=at)
    return Left(id=EventId("e"), at=at, recorded_at=recorded_at)


@given(ANY | LIKELY)
def test_events_lie_where_windows_can_keep_them(at: datetime) -> None:
    """INVARIANT: 1970 ≤ at < 4000, whatever the zone; all else is refused."""
    if micros(FIRST) <= micros(at) < micros(END):
        assert left(at).recorded_at is at
        return
    with pytest.raises(HistoryError) as caught:
        left(at)
    assert caught.value.code == "time.range"


@given(
    st.datetimes(DAY("2020-01-01"), DAY("2027-01-01"), timezones=ZONES),
    st.timedeltas(timedelta(hours=-3), timedelta(hours=3)),
    ZONES,
    st.integers(0, 1),
)
def test_nothing_is_known_before_it_happens(
    at: datetime, later: timedelta, zone: ZoneInfo, fold: int
) -> None:
    """INVARIANT: instants are compared, not clocks: folds and zones change nothing."""
    known = (at.astimezone(UTC) + later).astimezone(zone)
    at = at.replace(fold=fold)
    if micros(known) >= micros(at):
        assert left(at, known).recorded_at == known
        return
    with pytest.raises(HistoryError) as caught:
        left(at, known)
    assert caught.value.code == "event.recorded_before"
    assert caught.value.figures == {"id": "e"}


def test_a_folded_hour_is_no_mistake() -> None:
    """01:45 and then, half an hour later, 01:15 again: the clock went back."""
    where = ZoneInfo("Europe/London")
    first = datetime(2026, 10, 25, 1, 45, tzinfo=where)
    second = datetime(2026, 10, 25, 1, 15, tzinfo=where, fold=1)
    assert left(first, second).recorded_at.fold == 1
    with pytest.raises(HistoryError, match="before it happened"):
        left(second, first)


@pytest.mark.parametrize("naive", ["at", "recorded_at", "both"])
def test_times_have_a_zone(naive: str) -> None:
    """Either time without a zone is refused, with the cure."""
    aware = datetime(2026, 1, 1, tzinfo=UTC)
    bare = aware.replace(tzinfo=None)
    with pytest.raises(HistoryError) as caught:
        left(
            bare if naive in ("at", "both") else aware,
            None if naive == "at" else bare,
        )
    assert caught.value.code == "time.naive"


def test_an_event_is_known_when_it_happens_by_default() -> None:
    """Nobody acted but the member, in the whole community, at an exact time."""
    event = left(FIRST)
    assert event.recorded_at is event.at
    assert (event.member, event.actor, event.group) == (None, None, None)
    assert (event.seq, event.community, event.source, event.dated) == (0, "", "", True)


def test_the_word_of_an_event_is_its_kind() -> None:
    """Metrics, steps and policies ask for it by that word."""
    assert (left(FIRST).name, Joined(id=EventId("j"), at=FIRST).name) == (
        "left",
        "joined",
    )


def test_filters_ask_for_fields_by_name() -> None:
    """A field that the event does not have is None, as is one that is not set."""
    post = MessagePosted(
        id=EventId("m"),
        at=FIRST,
        member=MemberId("ann"),
        group=GroupId("g"),
        reply=True,
    )
    asked = [post.value(name) for name in ("reply", "group", "actor", "other")]
    assert asked == [True, "g", None, None]


def test_filters_see_the_words_that_files_write() -> None:
    """A choice of words is told by its word, also where the words have an order."""
    fields: dict[str, Any] = {
        "id": EventId("e"),
        "at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    ended = ContactDeleted(**fields, staff=MemberId("sue"), side=ContactSide.STAFF)
    breach = RuleBroken(**fields, rule=RuleCode("ads"), severity=Severity.SEVERE)
    assert (ended.value("side"), breach.value("severity")) == ("staff", "severe")
    assert (breach.value("weight"), breach.value("nothing")) == (None, None)


@pytest.mark.parametrize(
    ("kind", "name", "found"),
    [
        (MessagePosted, "reply", ("truth", ())),
        (MessagePosted, "length", ("number", ())),
        (MessagePosted, "group", ("text", ())),
        (MessagePosted, "content", ("text", ())),
        (ContactDeleted, "side", ("words", ("member", "staff"))),
        (PurchaseMade, "money", ("amount", ())),
        (MessagePosted, "at", ("other", ())),
        (JoinRequested, "answers", ("other", ())),
        (MessagePosted, "size", ("", ())),
    ],
)
def test_what_a_field_holds(
    kind: type[Event], name: str, found: tuple[str, tuple[str, ...]]
) -> None:
    """So that a filter which nothing could pass is seen before it runs."""
    assert holds(kind, name) == found
