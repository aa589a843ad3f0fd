"""A commit is written whole or not at all."""

# ruff: noqa: PLR2004, S101 - a contract speaks by assert, of figures where they are

from __future__ import annotations

from contextlib import suppress

from attrs import evolve

from community_sdk.errors import ConflictError, HistoryError
from community_sdk.ports import Commit, EventStore
from community_sdk.testing.contracts._commits import (
    HERE,
    Quit,
    commit,
    decision,
    event,
    everything,
    leave,
    part,
    refusal,
)

__all__ = ["Writing"]

MANY = 5_000


class Writing:
    """What `append`, `settle` and `transaction` promise."""

    def test_an_unknown_community_is_empty(self, store: EventStore) -> None:
        """Nobody has to be registered before being asked about."""
        assert everything(store) == {
            "version": 0,
            "notes": {},
            "events": (),
            "decisions": (),
            "partitions": (),
            "due": (),
            "pending": (),
        }
        store.settle(HERE, ["unheard of"])
        assert store.version(HERE) == 0

    def test_what_is_written_is_read_back(self, store: EventStore) -> None:
        """Every field comes back as it was."""
        events = [event("a"), event("b", member=None, derived=True, data='{"n": 1}')]
        decisions = [decision("d", pending=True), decision("c", member=None)]
        parts = [part("", "[]"), part("ann", '{"n": 2}', due=-7)]
        store.append(
            commit(
                events=events,
                decisions=decisions,
                partitions=parts,
                notes=[("playbook", "digest"), ("tzdata", "2024a")],
            )
        )
        stored = tuple(store.events(HERE))
        assert [evolve(e, position=0) for e in stored] == events
        assert list(store.decisions(HERE)) == decisions
        assert list(store.partitions(HERE)) == parts
        assert store.notes(HERE) == {"playbook": "digest", "tzdata": "2024a"}
        assert store.version(HERE) == 1

    def test_order_is_the_order_of_writing(self, store: EventStore) -> None:
        """Positions grow; neither ids nor times sort anything."""
        names = ["z", "a", "m", "b", "y", "c"]
        for version in range(3):
            two = names[2 * version : 2 * version + 2]
            store.append(
                commit(
                    version,
                    events=[event(name) for name in two],
                    decisions=[decision(name) for name in two],
                )
            )
        events = list(store.events(HERE))
        positions = [e.position for e in events]
        assert [e.id for e in events] == names
        assert [d.id for d in store.decisions(HERE)] == names
        assert positions == sorted(set(positions))
        assert positions[0] > 0
        assert store.version(HERE) == 3

    def test_an_empty_commit_counts(self, store: EventStore) -> None:
        """A version is a number of commits, not of events."""
        store.append(commit(0))
        store.append(commit(1))
        assert store.version(HERE) == 2
        assert list(store.events(HERE)) == []

    def test_a_stale_writer_changes_nothing(self, store: EventStore) -> None:
        """Whoever read another version is refused: too old, or never written."""
        store.append(commit(events=[event("a")]))
        before = everything(store)
        for expected in (0, 2, -1):
            late = commit(expected, events=[event("b")], partitions=[part("ann")])
            error = _refused(store, late, "store.conflict")
            assert isinstance(error, ConflictError)
            assert error.retryable
            assert error.figures["expected"] == str(expected)
            assert error.figures["found"] == "1"
        assert everything(store) == before

    def test_an_id_is_stored_once(self, store: EventStore) -> None:
        """A repeated event or decision is refused by name, with all beside it."""
        store.append(commit(events=[event("a")], decisions=[decision("d")]))
        before = everything(store)
        for repeated, name in (
            (commit(1, events=[event("b"), event("a")]), "a"),
            (commit(1, events=[event("b"), event("c"), event("b")]), "b"),
            (commit(1, events=[event("b")], decisions=[decision("d")]), "d"),
            (commit(1, decisions=[decision("e"), decision("e")]), "e"),
        ):
            error = _refused(store, repeated, "store.duplicate")
            assert isinstance(error, ConflictError)
            assert not error.retryable
            assert error.figures["id"] == name
            assert everything(store) == before
        stale = commit(0, events=[event("a")])
        assert _refused(store, stale, "store.conflict").figures["found"] == "1"

    def test_events_and_decisions_may_share_ids(self, store: EventStore) -> None:
        """They are two kinds of things."""
        store.append(commit(events=[event("a")], decisions=[decision("a")]))
        assert store.known(HERE, ["a"]) == {"a"}
        assert [d.id for d in store.decisions(HERE)] == ["a"]

    def test_bad_text_spoils_the_whole_commit(self, store: EventStore) -> None:
        """What no store can keep is named, and nothing beside it is written."""
        store.append(commit(events=[event("a")]))
        before = everything(store)
        for bad in ("nul \0 nul", "half \ud83d smile"):
            for spoilt in (
                commit(1, events=[event("b"), event(bad)]),
                commit(1, events=[event("b"), event("c", data=bad)]),
                commit(1, events=[event("b", member=bad)]),
                commit(1, events=[event("b")], decisions=[decision("d", data=bad)]),
                commit(1, events=[event("b")], partitions=[part("ann"), part(bad)]),
                commit(1, events=[event("b")], partitions=[part("ann", bad)]),
                commit(1, events=[event("b")], notes=[("n", "1"), ("m", bad)]),
                commit(0, events=[event("b")], community=bad),
            ):
                error = _refused(store, spoilt, "store.text")
                assert isinstance(error, HistoryError)
                assert error.figures["found"] in ("U+0000", "U+D83D")
                str(error).encode()
        assert everything(store) == before

    def test_bad_numbers_spoil_the_whole_commit(self, store: EventStore) -> None:
        """Numbers of more than 64 bits are refused before anything is written."""
        huge = 2**63
        for spoilt in (
            commit(events=[event("a"), evolve(event("b"), at=huge)]),
            commit(events=[evolve(event("b"), recorded_at=-huge - 1)]),
            commit(events=[event("a")], decisions=[evolve(decision("d"), at=huge)]),
            commit(events=[event("a")], partitions=[part("ann", due=huge)]),
        ):
            error = _refused(store, spoilt, "store.number")
            assert isinstance(error, HistoryError)
        assert store.version(HERE) == 0
        store.append(commit(partitions=[part("ann", due=huge - 1)]))
        assert [p.due for p in store.partitions(HERE)] == [huge - 1]

    def test_partitions_and_notes_are_replaced(self, store: EventStore) -> None:
        """The last word counts, within a commit and across; others stay."""
        store.append(
            commit(
                partitions=[part("ann", "1", due=5), part("bo", "1", due=6)],
                notes=[("n", "1"), ("m", "1")],
            )
        )
        store.append(
            commit(
                1,
                partitions=[part("ann", "2"), part("cy", "1"), part("cy", "2", due=3)],
                notes=[("n", "2")],
            )
        )
        assert list(store.partitions(HERE)) == [
            part("ann", "2"),
            part("bo", "1", due=6),
            part("cy", "2", due=3),
        ]
        assert store.due(HERE, 10, 10) == ("cy", "bo")
        assert store.notes(HERE) == {"n": "2", "m": "1"}

    def test_text_of_all_languages_comes_back(self, store: EventStore) -> None:
        """Chinese, emoji, direction marks, quotes and statements are only text."""
        for nth, text in enumerate(
            (
                "社群",
                "👩‍👩‍👧",
                "\u202eabc",
                "'; DROP TABLE x; --",
                "a\nb\t",
                "é",
                "e\u0301",
            )
        ):
            full = commit(
                events=[event(text, member=text, data=text)],
                decisions=[decision(text, member=text, data=text)],
                partitions=[part(text, text, due=nth)],
                notes=[(text, text)],
                community=text,
            )
            store.append(full)
            assert store.known(text, [text]) == {text}
            assert [e.data for e in store.events(text)] == [text]
            assert [d.id for d in store.decisions(text, member=text)] == [text]
            assert list(store.partitions(text, [text])) == [part(text, text, due=nth)]
            assert store.due(text, nth, 9) == (text,)
            assert store.notes(text) == {text: text}

    def test_a_big_commit(self, store: EventStore) -> None:
        """Thousands of records in one commit, and as many names in one question."""
        names = [f"{nth:05d}" for nth in range(MANY)]
        store.append(
            commit(
                events=[event(name) for name in names],
                decisions=[decision(name, pending=True) for name in names],
                partitions=[part(name, due=1) for name in names],
            )
        )
        assert [e.id for e in store.events(HERE)] == names
        assert [d.id for d in store.decisions(HERE)] == names
        assert [d.id for d in store.pending(HERE, MANY)] == names
        assert [p.key for p in store.partitions(HERE)] == names
        assert [p.key for p in store.partitions(HERE, names)] == names
        assert store.due(HERE, 1, MANY) == tuple(names)
        assert store.known(HERE, [*names, "nobody"]) == set(names)
        store.settle(HERE, names[:-1])
        assert [d.id for d in store.pending(HERE, MANY)] == names[-1:]

    def test_a_transaction_keeps_together(self, store: EventStore) -> None:
        """Several appends and a settlement are kept or undone as one."""
        store.append(commit(decisions=[decision("d", pending=True)]))
        with store.transaction():
            store.append(commit(1, events=[event("a")]))
            assert store.version(HERE) == 2
            store.append(commit(2, events=[event("b")], partitions=[part("ann")]))
        before = everything(store)
        _undone(
            store,
            commit(3, events=[event("c")], decisions=[decision("e")]),
            commit(4, partitions=[part("ann", "2"), part("bo")], notes=[("n", "1")]),
            commit(0, events=[event("c")], community="elsewhere"),
        )
        assert everything(store) == before
        assert store.version("elsewhere") == 0
        store.append(commit(3, events=[event("c")]))

    def test_transactions_inside_transactions(self, store: EventStore) -> None:
        """An inner one that fails takes only its own with it."""
        with store.transaction():
            store.append(commit(0, events=[event("a")]))
            _undone(store, commit(1, events=[event("b")]))
            assert isinstance(
                refusal(lambda: store.append(commit(0, events=[event("c")]))),
                ConflictError,
            )
            store.append(commit(1, events=[event("c")]))
        assert [e.id for e in store.events(HERE)] == ["a", "c"]
        assert store.version(HERE) == 2


def _refused(store: EventStore, bad: Commit, code: str) -> ConflictError | HistoryError:
    error = refusal(lambda: store.append(bad))
    assert isinstance(error, ConflictError | HistoryError)
    assert error.code == code
    assert error.hint
    return error


def _undone(store: EventStore, *commits: Commit) -> None:
    """Write *commits* in a transaction that ends badly."""
    with suppress(Quit), store.transaction():
        for one in commits:
            store.append(one)
        store.settle(HERE, ["d"])
        assert store.pending(HERE, 9) == ()
        leave()
