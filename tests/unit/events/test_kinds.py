"""The closed union of events, their words, and what their fields refuse."""

from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pkgutil import iter_modules

import pytest
from attrs import fields

from community_sdk import events as ev
from community_sdk.errors import HistoryError
from community_sdk.events import DERIVED, EXOGENOUS, KINDS, Custom, Event
from community_sdk.model import EventId, GroupId, MemberId, RuleCode

AT = datetime(2026, 1, 1, tzinfo=UTC)


def custom(word: str, **properties: object) -> Custom:
    """An event of the host's own."""
    return Custom(
        id=EventId("c"),
        at=AT,
        member=MemberId("ann"),
        group=GroupId("g"),
        word=word,
        properties=properties,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    )


def test_the_union_is_closed() -> None:
    """Every event class of the package is either fed or derived, and in one place."""
    names = [f"{ev.__name__}.{room.name}" for room in iter_modules(ev.__path__)]
    classes = {
        thing
        for room in map(import_module, names)
        for thing in vars(room).values()
        if isinstance(thing, type) and issubclass(thing, Event) and thing.kind
    }
    assert classes == {*EXOGENOUS, *DERIVED} == {*KINDS.values()}
    assert not {*EXOGENOUS} & {*DERIVED}
    assert {cls.__name__ for cls in classes} <= {*dir(ev)}


def test_every_kind_has_a_word_of_its_own() -> None:
    """Words are for ever: short, in lower case, never a class path."""
    assert len(KINDS) == len(EXOGENOUS) + len(DERIVED)
    for word, cls in KINDS.items():
        assert cls.kind == word
        assert word.isidentifier()
        assert word == word.lower()
        assert "kind" not in {field.name for field in fields(cls)}


@pytest.mark.parametrize("word", ["", *sorted(KINDS)])
def test_hosts_cannot_take_a_word_that_is_taken(word: str) -> None:
    """A host's own `message` would be counted as a message, and `custom` as nothing."""
    with pytest.raises(HistoryError) as caught:
        custom(word)
    assert caught.value.code == "event.word"
    assert f"found `{word}`" in str(caught.value)


@pytest.mark.parametrize("value", [0.5, None, [1], {"a": 1}, 2**63, -(2**63) - 1, b"x"])
def test_properties_are_plain(value: object) -> None:
    """Text, truth, whole numbers of 64 bits: nothing that rounds, nests or vanishes."""
    with pytest.raises(HistoryError) as caught:
        custom("badge", level=value)
    assert caught.value.code == "event.property"
    assert caught.value.figures["name"] == "level"


@pytest.mark.parametrize("value", ["", "gold", True, False, 0, 2**63 - 1, -(2**63)])
def test_properties_keep_their_value(value: object) -> None:
    """What is allowed is kept as it is, and found by its name."""
    event = custom("badge", level=value)
    assert event.value("level") is event.properties["level"] is value
    assert event.name == "badge"


def test_a_host_event_is_asked_for_properties_first() -> None:
    """Then for the fields of every event; a missing property is None."""
    event = custom("badge", source="shop")
    asked = [event.value(name) for name in ("source", "group", "member", "level")]
    assert asked == ["shop", "g", "ann", None]


@pytest.mark.parametrize("count", [-1, -(10**9)])
def test_numbers_of_people_and_weights_are_not_negative(count: int) -> None:
    """A breach is never a merit."""
    with pytest.raises(HistoryError) as caught:
        ev.HeadCounted(id=EventId("h"), at=AT, count=count)
    found = {"id": "h", "name": "count", "found": str(count)}
    assert caught.value.figures.items() >= found.items()
    with pytest.raises(HistoryError) as caught:
        ev.RuleBroken(id=EventId("r"), at=AT, rule=RuleCode("spam"), weight=count)
    assert caught.value.code == "event.negative"
    assert ev.HeadCounted(id=EventId("h"), at=AT, count=0).count == 0
    assert (
        ev.RuleBroken(id=EventId("r"), at=AT, rule=RuleCode("x"), weight=0).weight == 0
    )


def badge(at: datetime) -> Event:
    """A host's event of *at*."""
    return Custom(id=EventId("c"), at=at, word="badge")


def heads(at: datetime) -> Event:
    """A count of *at*."""
    return ev.HeadCounted(id=EventId("h"), at=at, count=1)


def breach(at: datetime) -> Event:
    """A breach of *at*."""
    return ev.RuleBroken(id=EventId("r"), at=at, rule=RuleCode("x"))


@pytest.mark.parametrize("build", [badge, heads, breach])
def test_events_with_checks_of_their_own_check_times_too(
    build: Callable[[datetime], Event],
) -> None:
    """The envelope's rules hold for every class."""
    assert build(AT).at == AT
    with pytest.raises(HistoryError, match="time zone"):
        build(AT.replace(tzinfo=None))
