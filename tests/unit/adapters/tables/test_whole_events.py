"""What no row of cells can hold costs its own rows, and no other."""

from datetime import timedelta
from pathlib import Path

from community_sdk.adapters.tables import Refusal, read_table
from community_sdk.events import SanctionOrdered


def test_only_rows_of_such_events_are_refused(tmp_path: Path) -> None:
    """A table without them is read as ever."""
    path = tmp_path / "h.csv"
    path.write_text(
        "id,kind,at,member,measure,duration\n"
        "1,petition_started,2026-01-01T00:00:00Z,ann,,\n"
        "2,message,2026-01-01T00:00:00Z,ann,,\n"
        "3,sanction_ordered,2026-01-01T00:00:00Z,ann,mute,36h\n"
        "4,sanction_ordered,2026-01-01T00:00:00Z,ann,mute,soon\n",
        "utf-8",
    )
    refused, message, ordered, unread = read_table(path)
    assert isinstance(refused, Refusal)
    assert (refused.line, refused.code) == (2, "table.object")
    assert not isinstance(message, Refusal)
    assert isinstance(ordered, SanctionOrdered)
    assert ordered.duration is not None
    assert ordered.duration.us == timedelta(hours=36) // timedelta(microseconds=1)
    assert isinstance(unread, Refusal)
    assert unread.code == "time.duration"
