"""An id that is told again with other content is refused, and nothing changes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk.engine import Engine, Step
from community_sdk.errors import HistoryError
from community_sdk.events import Event
from community_sdk.model import EventId, GroupId, MemberId, Money, PolicyKey
from community_sdk.testing import strategies as cst
from tests.unit.codec.plain_values import of_class
from tests.unit.desk import HOUR, START, Book, head


def purchase(**more: Any) -> ev.PurchaseMade:
    """A purchase for 10 yuan."""
    given: dict[str, Any] = {"order": "o1", "money": Money(1_000, "CNY"), **more}
    return ev.PurchaseMade(**head("p", START, **given))


def told(*events: Event) -> Engine:
    """A community that was told of *events*."""
    engine = Engine(Book())
    for event in events:
        engine.receive(event)
    return engine


@pytest.mark.parametrize(
    ("change", "known", "found"),
    [
        ({"money": Money(900, "CNY")}, "10.00 CNY", "9.00 CNY"),
        ({"order": "o2"}, "o1", "o2"),
        ({"member": MemberId("bo")}, "ann", "bo"),
        ({"group": GroupId("hall")}, "None", "hall"),
        ({"actor": MemberId("bo")}, "None", "bo"),
        ({"dated": False}, "True", "False"),
    ],
)
def test_what_differs_is_named_with_both_values(
    change: dict[str, Any], known: str, found: str
) -> None:
    """The field, what it was, what it is; the state stays as it was."""
    engine = told(purchase())
    before = json.dumps(engine.snapshot())
    for ask in (engine.receive, engine.preview):
        with pytest.raises(HistoryError) as caught:
            ask(evolve(purchase(), **change))
        (name,) = change
        assert caught.value.code == "event.other_content"
        facts = caught.value.figures
        assert (facts["id"], facts["name"]) == ("p", name)
        assert (facts["known"], facts["found"]) == (known, found)
    assert json.dumps(engine.snapshot()) == before
    assert engine.receive(purchase()) == Step(duplicate=True)


def test_all_fields_that_differ_are_named() -> None:
    """And another kind first of all."""
    engine = told(purchase())
    with pytest.raises(HistoryError) as caught:
        engine.receive(purchase(order="o2", money=Money(900, "CNY")))
    assert caught.value.figures["names"] == "order, money"
    refund = ev.RefundMade(**head("p", START, order="o1", money=Money(1_000, "CNY")))
    with pytest.raises(HistoryError, match="`kind` was `purchase`, found `refund`"):
        engine.receive(refund)


def test_how_it_was_told_may_differ() -> None:
    """The same fact delivered once more, from another export, stamped anew: no news."""
    engine = told(purchase())
    later = START + HOUR
    for again in (
        purchase(recorded_at=later, seq=7, source="march.csv"),
        evolve(purchase(), at=later, recorded_at=later),
    ):
        assert engine.receive(again) == Step(duplicate=True)


def test_a_merged_account_does_not_matter() -> None:
    """What is compared is what was told, not whose it turned out to be."""
    link = ev.IdentityLinked(**head("l", START, "ann", alias=MemberId("bo")))
    engine = told(purchase(member=MemberId("bo")), link)
    assert engine.receive(purchase(member=MemberId("bo"))).duplicate
    with pytest.raises(HistoryError, match="`member`"):
        engine.receive(purchase())


def test_after_a_restart_only_ids_are_known() -> None:
    """The engine does not guess; a store that keeps the events knows better."""
    engine = Engine.restore(Book(), told(purchase()).snapshot())
    assert engine.receive(purchase(order="o2")).duplicate


def test_an_answer_to_a_question_is_the_first() -> None:
    """Standings of a period have the id of the question, whenever they are counted."""
    first = ev.StandingsCounted(
        id=EventId("standings"),
        at=START,
        policy=PolicyKey("league"),
        period="2026-01",
        since=START - HOUR,
        until=START,
    )
    engine = told(first)
    assert engine.receive(evolve(first, apply=True)).duplicate


@given(cst.histories(min_size=1), st.data())
def test_every_history_told_again_is_no_news(
    history: list[Event], data: st.DataObject
) -> None:
    """INVARIANT: the same id is the same event, or it is refused; nothing changes."""
    engine = told(*history)
    before = json.dumps(engine.snapshot())
    event = data.draw(st.sampled_from(history))
    other = data.draw(of_class(type(event)))
    again = evolve(other, id=event.id, community=event.community)
    names = ("at", "recorded_at", "seq", "source")
    if again == _with(event, {n: getattr(again, n) for n in names}):
        assert engine.receive(again) == Step(duplicate=True)
    else:
        with pytest.raises(HistoryError) as caught:
            engine.receive(again)
        assert caught.value.code == "event.other_content"
    assert json.dumps(engine.snapshot()) == before


def _with(event: Event, apart: dict[str, Any]) -> Event | None:
    """*event* as *apart* would have it; None where that cannot be."""
    try:
        return evolve(event, **apart)
    except HistoryError:
        return None
