"""The doubles do what a test tells them to."""

from datetime import UTC, datetime, timedelta

import pytest

from community_sdk.adapters.stores.memory import MemoryStore
from community_sdk.errors import HistoryError, StoreError
from community_sdk.ports import Commit
from community_sdk.testing.fakes import FakeClock, FaultyStore

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)


def test_a_clock_that_is_moved() -> None:
    """It stands still, moves on, and goes back."""
    clock = FakeClock(NOON)
    assert clock.now() == clock.now() == NOON
    assert clock.advance(timedelta(days=1)) == clock.now() == NOON + timedelta(days=1)
    assert clock.advance(timedelta(days=-2)) == NOON - timedelta(days=1)
    clock.set(NOON)
    assert clock.now() == NOON
    with pytest.raises(HistoryError):
        clock.set(NOON.replace(tzinfo=None))


@pytest.mark.parametrize("after", [False, True])
def test_a_store_that_fails(*, after: bool) -> None:
    """Before: nothing is written. After: it is, though nobody is told."""
    store = FaultyStore(MemoryStore(), fail_at=2, after=after)
    store.append(Commit(community="c", expected=0))
    with pytest.raises(StoreError) as caught:
        store.append(Commit(community="c", expected=1))
    assert (caught.value.code, caught.value.retryable) == ("store.fault", True)
    assert store.version("c") == 1 + after
    store.append(Commit(community="c", expected=store.version("c")))
    assert store.appends == 3


def test_a_store_that_fails_with_an_error_of_ours() -> None:
    """At several appends, with the error that the test names."""
    error = OSError("gone")
    store = FaultyStore(MemoryStore(), fail_at={1, 3}, error=error)
    for expected, fails in ((0, True), (0, False), (1, True), (1, False)):
        try:
            store.append(Commit(community="c", expected=expected))
        except OSError as caught:
            assert fails
            assert caught is error  # noqa: PT017 - half of the appends succeed
        else:
            assert not fails
    assert store.version("c") == 2
