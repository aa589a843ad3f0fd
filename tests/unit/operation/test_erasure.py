"""Erasure: what is personal goes, the record stays, nobody else is touched (S29)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve

from community_sdk import Operation
from community_sdk.adapters.stores.folder import PersonalFolder
from community_sdk.adapters.stores.memory import MemoryStore
from community_sdk.adapters.stores.sqlite import SqliteStore
from community_sdk.decisions import Decision
from community_sdk.errors import HistoryError, StoreError
from community_sdk.events import DERIVED, PlaybookAdopted
from community_sdk.model import CommunityId
from community_sdk.operation import erase, finish_erasures, unfinished_erasures
from community_sdk.ports import EventStore
from community_sdk.testing.fakes import FakeClock
from community_sdk.wording import say
from tests.unit.operation.persons import (
    ANN,
    BO,
    KIM,
    OTHERS,
    PHONE,
    START,
    beside,
    circle,
    event,
    running,
)

OTHER = CommunityId("other")


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventStore]:
    """Give each shipped store in turn."""
    if request.param == "memory":
        yield MemoryStore()
        return
    with SqliteStore.open(tmp_path / "c.db") as made:
        yield made


def kinds(operation: Operation) -> list[str]:
    """The kinds of all events on record."""
    return [each.kind for each in operation.history()]


@pytest.mark.parametrize("name", [ANN, PHONE])
def test_profile_links_and_texts_go_under_every_account(
    store: EventStore, name: str
) -> None:
    """Whichever account asks; what others have stays."""
    side, operation = beside(), running(store)
    done = erase(operation, name, side)
    assert (done.member, done.accounts, done.items) == (ANN, (ANN, PHONE), 4)
    assert sorted(side.profiles) == sorted(OTHERS)
    assert side.texts == {"t-bo": "words of bo"}
    assert kinds(operation)[-2:] == ["erasure_requested", "personal_data_erased"]
    assert unfinished_erasures(operation) == ()


def test_what_stays_is_told_with_its_reason(store: EventStore) -> None:
    """The record and the member's own answers; not those given for another."""
    done = erase(running(store), ANN, beside())
    told = {part.key: part for part in done.kept.parts}
    assert set(told) == {"erasure.events", "erasure.record", "erasure.answers"}
    record = told["erasure.record"]
    assert [record[n] for n in ("strikes", "sanctions", "running")] == [1, 1, 1]
    assert told["erasure.answers"]["answers"] == ("adult",)
    for lang in ("zh", "en"):
        text = say(done.kept, lang, style="lines")
        assert ANN in text
        assert not any(name in text for name in OTHERS)


def test_who_answered_nothing_is_told_of_no_answers(store: EventStore) -> None:
    """Nothing is said to stay that is not there."""
    done = erase(running(store), KIM, beside())
    assert [p.key for p in done.kept.parts] == ["erasure.events", "erasure.record"]


def test_a_second_time_nothing_is_left_to_do(store: EventStore) -> None:
    """Nothing more is dropped, nothing more is recorded."""
    side, operation = beside(), running(store)
    erase(operation, ANN, side)
    before = kinds(operation)
    assert erase(operation, PHONE, side).items == 0
    assert kinds(operation) == before


def test_who_was_seen_since_is_erased_anew(store: EventStore) -> None:
    """A profile that came back goes as well."""
    side, operation = beside(), running(store)
    erase(operation, ANN, side)
    side.profiles[ANN] = {"name": "again"}
    operation.clock = FakeClock(START + timedelta(days=3))
    operation.record(event(50, "joined", ANN, group="hall"))
    assert erase(operation, ANN, side).items == 1
    assert kinds(operation).count("personal_data_erased") == 2


def test_nobody_is_not_erased(store: EventStore) -> None:
    """An unknown member is a mistake with its cure; nothing is recorded."""
    operation = running(store)
    before = kinds(operation)
    with pytest.raises(HistoryError, match="nothing is known of member `nobody`"):
        erase(operation, "nobody", beside())
    assert kinds(operation) == before


def test_a_failing_side_store_is_finished_later(store: EventStore) -> None:
    """The request is on record; what is unfinished is found, and done once."""
    side, operation = beside(), running(store)
    side.broken = 2
    with pytest.raises(StoreError):
        erase(operation, ANN, side)
    assert unfinished_erasures(operation) == (ANN,)
    with pytest.raises(StoreError):
        erase(operation, ANN, side)
    assert [done.items for done in finish_erasures(operation, side)] == [4]
    assert not list(finish_erasures(operation, side))
    assert kinds(operation).count("erasure_requested") == 1


def test_the_record_itself_stays_and_so_do_decisions_about_others(
    store: EventStore,
) -> None:
    """The same breach is answered as if nobody had asked for erasure."""
    operation, plain = running(store), running(MemoryStore())
    erase(operation, ANN, beside())
    later = [
        event(30, "rule_broken", BO, rule="ads"),
        event(31, "rule_broken", ANN, rule="ads"),
        event(32, "left", KIM),
    ]
    for one in (operation, plain):
        one.clock = FakeClock(START + timedelta(days=3))
    for each in later:
        assert operation.record(each).decisions == plain.record(each).decisions
    assert len(operation.view(ANN).member.strikes) == 2


def test_a_replay_decides_the_same_about_everybody(store: EventStore) -> None:
    """What is on record after an erasure is all that the decisions came from."""
    operation = running(store)
    erase(operation, ANN, beside())
    engine, again = circle().engine(), list[Decision]()
    for each in operation.history():
        if not isinstance(each, (*DERIVED, PlaybookAdopted)):
            again += engine.receive(each).decisions
    assert [d.id for d in again] == [d.id for d in operation.decisions()]


def test_each_community_erases_its_own(store: EventStore) -> None:
    """What was written elsewhere is held until it is erased there, too."""
    here, side = running(store), beside()
    book = circle()
    elsewhere = evolve(book, community=evolve(book.community, key=OTHER))
    there = Operation.open(elsewhere, store, clock=here.clock)
    there.record(event(0, "message", ANN, content="t-there", length=2))
    side.texts["t-there"] = "words elsewhere"
    assert erase(here, ANN, side).items == 4
    assert "t-there" in side.texts
    assert "erasure_requested" not in kinds(there)
    assert erase(there, ANN, side).items == 1
    assert side.texts == {"t-bo": "words of bo"}


def test_no_byte_of_what_is_personal_is_anywhere(tmp_path: Path) -> None:
    """Neither in the database with its log and free pages, nor in the folder."""
    folder = tmp_path / "beside"
    folder.mkdir()
    held = beside()
    for name, profile in held.profiles.items():
        (folder / name).write_text(profile["name"], "utf-8")
    for name, text in held.texts.items():
        (folder / name).write_text(text, "utf-8")
    with SqliteStore.open(tmp_path / "c.db") as made:
        operation = running(made)
        erase(operation, ANN, PersonalFolder(folder))
        found = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert ANN.encode() in found
    assert b"name of bo-2c" in found
    for gone in ("name of ann", "words of ann", "words of phone"):
        assert gone.encode() not in found
    assert sorted(p.name for p in folder.iterdir()) == ["bo-2c", "kim-9d", "t-bo"]
