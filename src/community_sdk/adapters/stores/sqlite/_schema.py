"""The tables of the store, their format number and their statements.

The number stands in a table of ours, since `user_version` belongs to whoever owns the
file, and that may be the host.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "ADD_COMMUNITY",
    "ADD_DECISIONS",
    "ADD_EVENTS",
    "COMMUNITY",
    "DECISIONS",
    "DUE",
    "EVENTS",
    "FIND_FORMAT",
    "FIND_TABLES",
    "FORMAT",
    "FORMAT_TABLE",
    "KNOWN",
    "MOVE_COMMUNITY",
    "NOTES",
    "OF_MEMBER",
    "OUR_TABLES",
    "PARTITIONS",
    "PENDING",
    "PLACE_BITS",
    "PRAGMAS",
    "PREFIX",
    "PUT_NOTES",
    "PUT_PARTITIONS",
    "SCHEMA",
    "SETTLE",
    "SOME_PARTITIONS",
    "TAKEN",
]

PREFIX: Final = "community_"
FORMAT: Final = 1

# Where ids are digests, a batch touches most pages of their index: room for them, and
# checkpoints rarer than SQLite's own (32 MB of log; measured: a third to a half off the
# cost). Only in a file of our own.
PRAGMAS: Final = ("cache_size = -16000", "wal_autocheckpoint = 8000")

# INVARIANT: place = community << PLACE_BITS | position. One tree then holds the log in
# its order, and a position cannot be given twice: an index less to write (measured: a
# tenth of the cost) than with both as columns.
PLACE_BITS: Final = 40

# Tables with a rowid throughout: WITHOUT ROWID was equal for rows below 1 kB and two
# to three times slower above.
SCHEMA: Final = (
    """
    CREATE TABLE community_format (number INTEGER NOT NULL)
    """,
    """
    CREATE TABLE community_communities (
        number INTEGER PRIMARY KEY CHECK (number < 8388608),
        name TEXT NOT NULL UNIQUE,
        version INTEGER NOT NULL,
        events INTEGER NOT NULL,
        decisions INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE community_events (
        place INTEGER PRIMARY KEY,
        community INTEGER NOT NULL,
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        at INTEGER NOT NULL,
        recorded_at INTEGER NOT NULL,
        member TEXT,
        derived INTEGER NOT NULL,
        data TEXT NOT NULL,
        UNIQUE (community, id)
    )
    """,
    """
    CREATE TABLE community_decisions (
        place INTEGER PRIMARY KEY,
        community INTEGER NOT NULL,
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        policy TEXT NOT NULL,
        member TEXT,
        at INTEGER NOT NULL,
        mode TEXT NOT NULL,
        pending INTEGER NOT NULL,
        data TEXT NOT NULL,
        UNIQUE (community, id)
    )
    """,
    """
    CREATE INDEX community_decisions_member
        ON community_decisions (community, member)
        WHERE member IS NOT NULL
    """,
    """
    CREATE INDEX community_decisions_pending
        ON community_decisions (community)
        WHERE pending = 1
    """,
    """
    CREATE TABLE community_partitions (
        community INTEGER NOT NULL,
        key TEXT NOT NULL,
        due INTEGER,
        data TEXT NOT NULL,
        PRIMARY KEY (community, key)
    )
    """,
    """
    CREATE INDEX community_partitions_due
        ON community_partitions (community, due, key)
        WHERE due IS NOT NULL
    """,
    """
    CREATE TABLE community_notes (
        community INTEGER NOT NULL,
        name TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (community, name)
    )
    """,
    f"INSERT INTO community_format (number) VALUES ({FORMAT})",  # noqa: S608 - ours
)

FORMAT_TABLE: Final = "community_format"
OUR_TABLES: Final = frozenset(
    f"{PREFIX}{name}"
    for name in "communities decisions events format notes partitions".split()
)
FIND_TABLES: Final = """
    SELECT name FROM sqlite_master
    WHERE type = 'table' AND name NOT LIKE 'sqlite?_%' ESCAPE '?'
"""
FIND_FORMAT: Final = "SELECT number FROM community_format"

COMMUNITY: Final = """
    SELECT number, version, events, decisions FROM community_communities WHERE name = ?
"""
ADD_COMMUNITY: Final = """
    INSERT INTO community_communities (name, version, events, decisions)
    VALUES (?, 1, ?, ?)
"""
MOVE_COMMUNITY: Final = """
    UPDATE community_communities
    SET version = version + 1, events = events + ?, decisions = decisions + ?
    WHERE number = ?
"""

ADD_EVENTS: Final = """
    INSERT INTO community_events
        (place, community, id, kind, at, recorded_at, member, derived, data)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
EVENTS: Final = """
    SELECT place, id, kind, at, recorded_at, member, derived, data
    FROM community_events
    WHERE place > ? AND place <= ? ORDER BY place LIMIT ?
"""
TOLD: Final = """
    SELECT place, id, kind, at, recorded_at, member, derived, data
    FROM community_events WHERE community = ? AND id IN ({marks})
"""
KNOWN: Final = """
    SELECT id FROM community_events WHERE community = ? AND id IN ({marks})
"""
TAKEN: Final = {
    "event": "SELECT id FROM community_events "
    "WHERE community = ? AND place <= ? AND id = ?",
    "decision": "SELECT id FROM community_decisions "
    "WHERE community = ? AND place <= ? AND id = ?",
}

ADD_DECISIONS: Final = """
    INSERT INTO community_decisions
        (place, community, id, kind, policy, member, at, mode, pending, data)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_DECISION: Final = """
    SELECT place, id, kind, policy, member, at, mode, pending, data
    FROM community_decisions
"""
DECISIONS: Final = f"{_DECISION} WHERE place > ? AND place <= ? ORDER BY place LIMIT ?"
OF_MEMBER: Final = (
    f"{_DECISION} WHERE community = ? AND member = ? AND place > ? AND place <= ? "
    "ORDER BY place LIMIT ?"
)
PENDING: Final = (
    f"{_DECISION} WHERE community = ? AND pending = 1 ORDER BY place LIMIT ?"
)
SETTLE: Final = """
    UPDATE community_decisions SET pending = 0
    WHERE community = ? AND id = ? AND pending = 1
"""

PUT_PARTITIONS: Final = """
    INSERT INTO community_partitions (community, key, due, data) VALUES (?, ?, ?, ?)
    ON CONFLICT (community, key) DO UPDATE SET due = excluded.due, data = excluded.data
"""
PARTITIONS: Final = """
    SELECT key, due, data FROM community_partitions WHERE community = ? ORDER BY key
"""
SOME_PARTITIONS: Final = """
    SELECT key, due, data FROM community_partitions
    WHERE community = ? AND key IN ({marks}) ORDER BY key
"""
DUE: Final = """
    SELECT key FROM community_partitions
    WHERE community = ? AND due IS NOT NULL AND due <= ? AND key <> ''
    ORDER BY due, key LIMIT ?
"""

PUT_NOTES: Final = """
    INSERT INTO community_notes (community, name, text) VALUES (?, ?, ?)
    ON CONFLICT (community, name) DO UPDATE SET text = excluded.text
"""
NOTES: Final = "SELECT name, text FROM community_notes WHERE community = ?"
