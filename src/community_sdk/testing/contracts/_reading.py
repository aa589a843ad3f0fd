"""Readers are told what is stored, in one order, and never half a commit."""

# ruff: noqa: PLR2004, S101 - a contract speaks by assert, of figures where they are

from __future__ import annotations

from community_sdk.errors import HistoryError
from community_sdk.ports import EventStore
from community_sdk.testing.contracts._commits import (
    HERE,
    commit,
    decision,
    event,
    everything,
    part,
    refusal,
)

__all__ = ["Reading"]


class Reading:
    """What the questions of a store promise."""

    def test_known_ids(self, store: EventStore) -> None:
        """Only those stored, facts included; no question, no answer."""
        store.append(commit(events=[event("a"), event("f", derived=True)]))
        assert store.known(HERE, ["a", "b", "f", "a"]) == {"a", "f"}
        assert store.known(HERE, frozenset()) == frozenset()
        assert store.known("elsewhere", ["a"]) == frozenset()

    def test_events_by_id(self, store: EventStore) -> None:
        """Those named that exist, once, as they are stored, in the order of commit."""
        store.append(commit(events=[event("b"), event("a"), event("f", derived=True)]))
        told = list(store.told(HERE, ["f", "nobody", "b", "f"]))
        every = list(store.events(HERE))
        assert told == [every[0], every[2]]
        assert list(store.told(HERE, ())) == []
        assert list(store.told("elsewhere", ["a"])) == []

    def test_partitions_by_name(self, store: EventStore) -> None:
        """Those named that exist, once, in the order of their keys."""
        store.append(commit(partitions=[part(key) for key in ("cy", "", "ann", "bo")]))
        asked = store.partitions(HERE, ["cy", "dee", "ann", "", "ann"])
        assert [p.key for p in asked] == ["", "ann", "cy"]
        assert [p.key for p in store.partitions(HERE)] == ["", "ann", "bo", "cy"]
        assert list(store.partitions(HERE, ())) == []

    def test_timers_that_are_due(self, store: EventStore) -> None:
        """Earliest first, ties by key, the last instant included."""
        store.append(
            commit(
                partitions=[
                    part("", due=1),
                    part("late", due=31),
                    part("bo", due=20),
                    part("ann", due=20),
                    part("none"),
                    part("early", due=-10),
                ]
            )
        )
        assert store.due(HERE, 30, 9) == ("early", "ann", "bo")
        assert store.due(HERE, 20, 2) == ("early", "ann")
        assert store.due(HERE, 19, 9) == ("early",)
        assert store.due(HERE, -11, 9) == ()
        assert store.due(HERE, 2**70, 9) == ("early", "ann", "bo", "late")
        assert store.due("elsewhere", 30, 9) == ()
        for limit in (0, -1):
            assert store.due(HERE, 30, limit) == ()

    def test_reading_on_from_a_position(self, store: EventStore) -> None:
        """A reader that remembers its last position misses and repeats nothing."""
        names = [f"{nth:02d}" for nth in range(10)]
        store.append(commit(events=[event(name) for name in names[:6]]))
        seen = list(store.events(HERE))[:4]
        store.append(commit(1, events=[event(name) for name in names[6:]]))
        seen += store.events(HERE, after=seen[-1].position)
        assert [e.id for e in seen] == names
        assert list(store.events(HERE, after=seen[-1].position)) == []
        assert [e.id for e in store.events(HERE, after=-5)] == names
        assert list(store.events(HERE, after=2**70)) == []

    def test_writing_while_reading(self, store: EventStore) -> None:
        """A log that grows under the reader ends where it ended when asked for."""
        store.append(commit(events=[event(f"{nth}") for nth in range(1_200)]))
        store.append(commit(1, decisions=[decision("d"), decision("e")]))
        count = 0
        for version, one in enumerate(store.events(HERE), 2):
            if version < 100:
                store.append(commit(version, events=[event(f"echo of {one.id}")]))
            count += 1
        assert count == 1_200
        for old in store.decisions(HERE):
            new = decision(f"echo of {old.id}")
            store.append(commit(store.version(HERE), decisions=[new]))
        assert len(list(store.decisions(HERE))) == 4

    def test_decisions_of_a_member(self, store: EventStore) -> None:
        """In the order they were taken."""
        store.append(commit(decisions=[decision("d"), decision("c", member="bo")]))
        store.append(commit(1, decisions=[decision("b"), decision("a", member=None)]))
        assert [d.id for d in store.decisions(HERE, member="ann")] == ["d", "b"]
        assert [d.id for d in store.decisions(HERE, member="cy")] == []
        assert [d.id for d in store.decisions(HERE)] == ["d", "c", "b", "a"]

    def test_decisions_wait_until_settled(self, store: EventStore) -> None:
        """Oldest first; settled ones stay in the record; repeats do no harm."""
        names = ["d", "c", "b", "a"]
        store.append(commit(decisions=[decision(name, pending=True) for name in names]))
        store.append(commit(1, decisions=[decision("done")]))
        assert [d.id for d in store.pending(HERE, 3)] == names[:3]
        assert store.pending(HERE, 0) == store.pending(HERE, -1) == ()
        for _ in range(2):
            store.settle(HERE, (name for name in ("c", "unheard of", "a", "done")))
        assert [d.id for d in store.pending(HERE, 9)] == ["d", "b"]
        assert all(d.pending for d in store.pending(HERE, 9))
        every = {d.id: d.pending for d in store.decisions(HERE)}
        assert every == {"d": True, "c": False, "b": True, "a": False, "done": False}
        assert store.version(HERE) == 2

    def test_communities_are_kept_apart(self, store: EventStore) -> None:
        """The same ids in two communities are two things."""
        for nth, name in enumerate(("one", "two", "ONE", "")):
            store.append(
                commit(
                    events=[event("a", data=name)],
                    decisions=[decision("d", data=name, pending=True)],
                    partitions=[part("ann", name, due=nth)],
                    notes=[("n", name)],
                    community=name,
                )
            )
        store.settle("one", ["d"])
        store.append(commit(1, partitions=[part("bo")], community="two"))
        for name, version, waits, keys in (
            ("one", 1, 0, ["ann"]),
            ("two", 2, 1, ["ann", "bo"]),
            ("ONE", 1, 1, ["ann"]),
            ("", 1, 1, ["ann"]),
        ):
            assert store.version(name) == version
            assert [e.data for e in store.events(name)] == [name]
            assert [d.data for d in store.decisions(name, member="ann")] == [name]
            assert len(store.pending(name, 9)) == waits
            assert [p.key for p in store.partitions(name)] == keys
            assert store.notes(name) == {"n": name}

    def test_names_that_cannot_be(self, store: EventStore) -> None:
        """A question for what no store can hold is refused in words."""
        store.append(commit(events=[event("a")]))
        before = everything(store)
        bad = "half \ud83d smile"
        for call in (
            lambda: store.version(bad),
            lambda: store.known(HERE, ["a", bad]),
            lambda: store.told(HERE, ["a", bad]),
            lambda: store.partitions(HERE, [bad]),
            lambda: store.decisions(HERE, member=bad),
            lambda: store.settle(HERE, [bad]),
        ):
            error = refusal(call)
            assert isinstance(error, HistoryError)
            assert error.code == "store.text"
        assert everything(store) == before
