"""A store in one SQLite file, or in the host's database: no server, no ORM."""

from community_sdk.adapters.stores.sqlite._store import SqliteStore

__all__ = ["SqliteStore"]
