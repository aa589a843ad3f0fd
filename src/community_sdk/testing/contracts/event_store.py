"""What every store of events must keep; a store's own test is four lines."""

# ruff: noqa: PLR2004, S101 - a contract speaks by assert, of figures where they are

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext, suppress
from typing import ClassVar
from unittest import SkipTest

from community_sdk.errors import StoreError
from community_sdk.ports import EventStore
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
from community_sdk.testing.contracts._reading import Reading
from community_sdk.testing.contracts._sharing import Sharing
from community_sdk.testing.contracts._writing import Writing

__all__ = ["EventStoreContract"]


class _Hosting:
    """A store inside the transaction of its host."""

    hosted: ClassVar[bool] = False

    def host(self, store: EventStore) -> AbstractContextManager[object]:
        """Run one transaction of the host: an exception that leaves it undoes it."""
        raise SkipTest("this store has no host")

    def test_the_host_undoes_all(self, store: EventStore) -> None:
        """What the host rolls back was never written."""
        self._skip_unhosted()
        store.append(commit(events=[event("a")], notes=[("n", "1")]))
        before = everything(store)
        with suppress(Quit), self.host(store):
            store.append(
                commit(
                    1,
                    events=[event("b")],
                    decisions=[decision("d", pending=True)],
                    partitions=[part("ann", due=1)],
                    notes=[("n", "2")],
                )
            )
            store.append(commit(events=[event("a")], community="elsewhere"))
            store.settle(HERE, ["d"])
            assert store.version(HERE) == 2
            leave()
        assert everything(store) == before
        assert store.version("elsewhere") == 0

    def test_the_host_keeps_all(self, store: EventStore) -> None:
        """What the host commits stays, a refused append in between takes nothing."""
        self._skip_unhosted()
        with self.host(store):
            store.append(commit(events=[event("a")]))
            refusal(lambda: store.append(commit(events=[event("b")])))
            refusal(lambda: store.append(commit(1, events=[event("b"), event("a")])))
            with store.transaction():
                store.append(commit(1, events=[event("c")]))
        assert [e.id for e in store.events(HERE)] == ["a", "c"]

    def test_outside_a_transaction_of_the_host_it_has_its_own(
        self, store: EventStore
    ) -> None:
        """An append that no host surrounds is kept at once."""
        self._skip_unhosted()
        store.append(commit(events=[event("a")]))
        with suppress(Quit), self.host(store):
            leave()
        assert store.version(HERE) == 1

    def _skip_unhosted(self) -> None:
        if not self.hosted:
            raise SkipTest("this store has no host")


class EventStoreContract(Writing, Reading, Sharing, _Hosting):
    """Inherit it as ``Test…`` and give it a fixture ``store`` with an empty store.

    A store whose contents outlive it sets ``persistent = True`` and overrides `again`;
    one that joins transactions of a host sets ``hosted = True`` and overrides `host`.
    """

    persistent: ClassVar[bool] = False

    def again(self, store: EventStore) -> AbstractContextManager[EventStore]:
        """Open another store on the same contents; called in the thread that uses it.

        By default the store itself, which then must bear several threads.
        """
        return nullcontext(store)

    def test_closing_twice_is_closing_once(self, store: EventStore) -> None:
        """A closed store says so, whatever it is asked."""
        store.append(commit())
        store.close()
        store.close()
        for call in (
            lambda: store.version(HERE),
            lambda: list(store.events(HERE)),
            lambda: store.append(commit(1)),
            lambda: store.settle(HERE, ["d"]),
            lambda: store.transaction().__enter__(),
        ):
            error = refusal(call)
            assert isinstance(error, StoreError)
            assert error.code == "store.closed"
