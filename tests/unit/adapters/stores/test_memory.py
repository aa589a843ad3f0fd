"""The memory store: what only it promises."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from community_sdk.adapters.stores.memory import MemoryStore
from community_sdk.ports import Commit


def test_threads_wait_for_the_end_of_a_transaction() -> None:
    """Another thread sees nothing of it until it is whole."""
    begun, seen = Event(), list[int]()

    def look() -> int:
        begun.set()
        return store.version("c")

    with MemoryStore() as store, ThreadPoolExecutor(1) as pool:
        with store.transaction():
            store.append(Commit(community="c", expected=0))
            answer = pool.submit(look)
            begun.wait()
            seen.append(store.version("c"))
            assert not answer.done()
            store.append(Commit(community="c", expected=1))
        assert seen == [1]
        assert answer.result() == 2
