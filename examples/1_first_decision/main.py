"""Three breaches in three days: what is decided, and why."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from community_sdk import load, say
from community_sdk.events import RuleBroken
from community_sdk.model import EventId, MemberId, RuleCode

MONDAY = datetime(2026, 11, 16, 12, tzinfo=UTC)


def decide(lang: str) -> Iterator[str]:
    """Yield each decision with its reason."""
    engine = load("smart_home").engine()
    for day in range(3):
        breach = RuleBroken(
            id=EventId(f"breach-{day}"),
            at=MONDAY + timedelta(days=day),
            member=MemberId("ann"),
            rule=RuleCode("flooding"),
        )
        for decision in engine.receive(breach):
            yield f"{decision.kind}: {say(decision.because, lang)}"


if __name__ == "__main__":
    for language in ("en", "zh"):
        print(*decide(language), sep="\n")
