"""Suites that hold an adapter to its protocol: inherit one, give it a fixture.

The suites speak by plain ``assert``; for pytest's detailed answers let a `conftest.py`
call ``pytest.register_assert_rewrite("community_sdk.testing.contracts")`` first.
"""

from community_sdk.testing.contracts.event_store import EventStoreContract

__all__ = ["EventStoreContract"]
