"""The shipped demonstration and, where they are, the real tables: counted twice."""

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from importlib.resources import as_file, files
from itertools import islice
from pathlib import Path

import pytest

from community_sdk import codec
from community_sdk.adapters.tables import Refusal, Table, load_mapping, read_table
from community_sdk.events import Joined, MessagePosted, ReactionReceived

SAMPLES = Path(__file__).parents[4] / "examples" / "mappings"
DEMO = files("community_sdk").joinpath("cli/demo_data/dd2030_slack.csv.gz")


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Read a table with nothing but the standard library."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def kinds(table: Table) -> Counter[str]:
    """Read a table that has no refusals; count events by kind."""
    found: Counter[str] = Counter()
    for each in table:
        assert not isinstance(each, Refusal), str(each)
        found[each.kind] += 1
    return found


@pytest.fixture(scope="module")
def demo() -> Iterator[Path]:
    """The shipped table as a file."""
    with as_file(DEMO) as path:
        yield path


def test_the_demonstration_is_counted_twice(demo: Path) -> None:
    """Events and skips of the shipped table are those that its rows tell of."""
    plain = Counter((row["kind"], row["is_bot"]) for row in rows(demo))
    begun = sum(
        row["kind"] == "message" and row["channel"] == "c09" and row["is_reply"] == ""
        for row in rows(demo)
    )
    table = read_table(demo, "dd2030_slack")
    assert kinds(table) == {
        "message": plain["message", ""],
        "reaction": plain["reaction", ""],
        "joined": plain["join", ""] + plain["join", "1"],
        "introduced": begun,
    }
    assert table.counts.rows == sum(plain.values()) == 24_812
    assert sum(table.counts.skipped.values()) == sum(
        count
        for (kind, bot), count in plain.items()
        if kind not in ("message", "reaction", "join") or (bot and kind != "join")
    )
    assert table.counts.skipped["messages of bots"] == plain["message", "1"]


def test_the_demonstration_keeps_its_facts(demo: Path) -> None:
    """Field by field, and ids that are unique; reactions have no time of their own."""
    by_seq = {row["seq"]: row for row in rows(demo)}
    seen: set[str] = set()
    for event in read_table(demo, "dd2030_slack"):
        assert not isinstance(event, Refusal)
        assert event.id not in seen
        seen.add(event.id)
        row = by_seq[str(event.seq)]
        extra = json.loads(row["extra"] or "{}")
        assert (event.group, event.member) == (row["channel"], row["member"])
        assert event.dated is not isinstance(event, ReactionReceived)
        if isinstance(event, Joined):
            assert event.invited_by == (row["actor"] or None)
            assert event.bot is (row["is_bot"] == "1")
        elif isinstance(event, ReactionReceived):
            assert (event.actor, event.word) == (row["actor"], extra["emoji"])
        elif isinstance(event, MessagePosted):
            facts = (event.length, event.reply, event.reply_to, event.mentions)
            assert facts == (
                int(row["length"] or 0),
                row["is_reply"] == "1",
                extra.get("to") if row["is_reply"] else None,
                int(row["mentions"] or 0),
            )
    assert len(seen) == 22_941


def test_the_demonstration_is_small_and_credited() -> None:
    """It fits a wheel, and says where it is from."""
    folder = files("community_sdk").joinpath("cli/demo_data")
    credit = folder.joinpath("CREDITS.md").read_text(encoding="utf-8")
    assert "dd2030 / digitaldemocracy2030 slack-logs, CC BY 4.0" in credit
    assert len(DEMO.read_bytes()) < 300_000


@pytest.mark.data
def test_the_demonstration_is_the_real_table(data_folder: Path, demo: Path) -> None:
    """Nothing was lost on the way into the wheel."""
    real = data_folder / "dd2030_slack" / "events.csv.gz"
    assert list(rows(demo)) == list(rows(real))


@pytest.mark.data
def test_invoices(data_folder: Path) -> None:
    """Sales and cancellations, with every penny."""
    path = data_folder / "online_retail" / "online_retail_invoices_2009_2010.csv.gz"
    plain = [row for row in rows(path) if row["customer_id"]]
    table = read_table(path, SAMPLES / "online_retail.toml", community="shop")
    pence: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for event in table:
        assert not isinstance(event, Refusal), str(event)
        pence[event.kind] += getattr(event, "money").amount  # noqa: B009 - two classes have it
        count[event.kind] += 1
    paid = [
        round(float(r["amount"]) * 100) for r in plain if r["is_cancellation"] == "0"
    ]
    back = [
        round(float(r["amount"]) * -100) for r in plain if r["is_cancellation"] == "1"
    ]
    assert count == {"purchase": len(paid), "refund": len(back)}
    assert pence == {"purchase": sum(paid), "refund": sum(abs(b) for b in back)}
    assert table.counts.rows == 28_816


@pytest.mark.data
def test_weeks_of_irc(data_folder: Path) -> None:
    """Every row of some busy weeks is an event or skipped for a reason."""
    path = data_folder / "raku_irc" / "events_2010.csv.gz"
    some = list(islice(rows(path), 50_000))
    plain = Counter(row["kind"] for row in some if row["is_bot"] != "1")
    table = read_table(path, SAMPLES / "raku_irc.toml", community="raku")
    reading = iter(table)
    found: Counter[str] = Counter()
    while table.counts.rows < len(some):
        event = next(reading)
        assert not isinstance(event, Refusal), str(event)
        found[event.kind] += 1
    assert table.counts.rows == len(some)
    assert found["message"] == plain["message"]
    assert found["joined"] == plain["join"]
    assert found["reaction"] == plain["kudos"] + plain["antikudos"]
    assert found["role_assigned"] == plain["op"]
    assert found.total() + sum(table.counts.skipped.values()) == len(some)


@pytest.mark.data
def test_moderation_of_two_decades(data_folder: Path) -> None:
    """Kicks and bans of all channels; what a server repeats is no new ban."""
    path = data_folder / "raku_irc" / "moderation_2005_2026.csv.gz"
    acts = [row for row in rows(path) if row["is_bot"] != "1"]
    again = sum(
        bool(json.loads(row["extra"] or "{}").get("by_server"))
        and row["kind"] in ("ban", "unban", "mute", "unmute")
        for row in acts
    )
    table = read_table(path, SAMPLES / "raku_irc.toml")
    words = Counter(getattr(event, "word", "") for event in table)
    assert table.counts.refused == 0
    assert words["kicked"] == sum(row["kind"] == "kick" for row in acts)
    assert table.counts.skipped["bans that a server applied again"] == again > 50


def test_events_of_the_demonstration_can_be_stored(demo: Path) -> None:
    """What a reader makes, the codec writes and reads."""
    for n, event in enumerate(read_table(demo, load_mapping("dd2030_slack"))):
        assert not isinstance(event, Refusal)
        if n % 50 == 0:
            assert codec.loads(codec.dumps(event)) == event
