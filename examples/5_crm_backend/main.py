"""A host with a database of its own: one transaction holds its rows and ours."""

import sqlite3
from datetime import UTC, datetime

from community_sdk import Operation, load, say
from community_sdk.adapters.stores.sqlite import SqliteStore
from community_sdk.events import RuleBroken
from community_sdk.model import EventId, MemberId, RuleCode


class Backend:
    """What a CRM does with a reported breach."""

    def __init__(self) -> None:
        """Open the CRM's database and the community in it."""
        self.database = sqlite3.connect(":memory:", isolation_level=None)
        self.database.execute("CREATE TABLE task (decision TEXT, note TEXT)")
        store = SqliteStore(self.database)
        self.operation = Operation.open(load("smart_home"), store)

    def on_breach(self, event: RuleBroken) -> int:
        """Record the breach and create a task for each decision; return how many."""
        self.database.execute("BEGIN IMMEDIATE")
        try:
            step = self.operation.record(event)
            rows = [(d.id, say(d.because, "zh")) for d in step]
            self.database.executemany("INSERT INTO task VALUES (?, ?)", rows)
            self.database.execute("COMMIT")
        except BaseException:
            self.database.execute("ROLLBACK")
            raise
        return len(rows)

    def tasks(self) -> list[str]:
        """Return the notes of all tasks."""
        rows = self.database.execute("SELECT note FROM task ORDER BY rowid")
        return [note for (note,) in rows]


def run() -> tuple[list[int], list[str]]:
    """Report one breach twice, as webhooks do."""
    backend = Backend()
    breach = RuleBroken(
        id=EventId("webhook-4711"),
        at=datetime(2026, 11, 16, 12, tzinfo=UTC),
        member=MemberId("ann"),
        rule=RuleCode("flooding"),
    )
    return [backend.on_breach(breach) for _ in range(2)], backend.tasks()


if __name__ == "__main__":
    print(run())
