"""A playbook from a file: who writes two messages on ten days rises."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from community_sdk import Event, load, say
from community_sdk.events import MessagePosted
from community_sdk.model import EventId, MemberId

PLAYBOOK = Path(__file__).with_name("reading_circle.toml")
FIRST = datetime(2026, 11, 1, 4, tzinfo=UTC)


def messages() -> Iterator[Event]:
    """Yield two messages a day for ten days."""
    for n in range(20):
        yield MessagePosted(
            id=EventId(f"m-{n}"),
            at=FIRST + timedelta(days=n // 2, minutes=n),
            member=MemberId("bo"),
        )


def run(lang: str) -> list[str]:
    """Return what was decided, in words."""
    engine = load(PLAYBOOK).engine()
    steps = engine.replay(messages())
    return [say(d.because, lang) for step in steps for d in step]


if __name__ == "__main__":
    print(*run("en"), *run("zh"), sep="\n")
