"""The whole engine on a real year beside the same rules written out by hand.

Run as `python -m bench.bench_engine`; it wants `COMMUNITY_SDK_DATA` (raku_irc) and
falls back to the shipped community.
"""

import csv
import gzip
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.limits.engine import Loop
from bench.rounds import ratios
from community_sdk import (
    SANCTIONS,
    Bar,
    Community,
    Duration,
    Event,
    Funnel,
    FunnelStep,
    LadderStep,
    OnboardingPolicy,
    PenaltyLadder,
    Playbook,
    QualificationPolicy,
    QuietHours,
    Rule,
    Rulebook,
    RuleWatch,
    Tier,
    TierGroup,
    parse_condition,
)
from community_sdk.events import Joined, Left, MessagePosted
from community_sdk.model import CommunityId, EventId, MemberId, PolicyKey, TierKey
from community_sdk.model import RuleCode as Code
from community_sdk.policies import OnboardingTask

ZONE = "Europe/Berlin"
NEVER = datetime.min.replace(tzinfo=UTC)
ROWS = int(os.environ.get("BENCH_ROWS", "150000"))


def playbook() -> Playbook:
    """Return the rules that `bench/limits/engine.py` writes out by hand."""
    tiers = tuple(Tier(key=TierKey(k)) for k in ("fan", "active", "core"))
    rules = tuple(Rule(code=Code(c)) for c in ("quiet_hours", "flooding"))
    return Playbook(
        community=Community(
            key=CommunityId("irc"),
            zone=ZONE,
            quiet_hours=QuietHours.parse("23:00-07:00"),
        ),
        rulebook=Rulebook(rules=rules),
        tiers=(TierGroup(key="grade", tiers=tiers),),
        policies=(onboarding(), *watches(), ladder(), qualification(), funnel()),
    )


def onboarding() -> OnboardingPolicy:
    """Return welcome and one task."""
    task = OnboardingTask(
        what="first_message",
        met_by="message",
        within=Duration.parse("3d"),
        remind=(Duration.parse("1d"),),
    )
    return OnboardingPolicy(key=PolicyKey("welcome"), tasks=(task,))


def watches() -> tuple[RuleWatch, RuleWatch]:
    """Return quiet hours and flooding."""
    crowd = parse_condition('count("message", "1min") >= 8')
    return (
        RuleWatch(key=PolicyKey("quiet"), rule=Code("quiet_hours"), quiet_hours=True),
        RuleWatch(key=PolicyKey("flood"), rule=Code("flooding"), when=crowd),
    )


def ladder() -> PenaltyLadder:
    """Return reminder, warning, a day, three days."""
    steps = ((1, "reminder", ""), (3, "warning", ""), (5, "mute", "24h"))
    return PenaltyLadder(
        key=PolicyKey("ladder"),
        window=Duration.parse("30d"),
        steps=tuple(
            LadderStep(
                at=at,
                kind=SANCTIONS[kind],
                duration=Duration.parse(lasts) if lasts else None,
            )
            for at, kind, lasts in (*steps, (8, "mute", "3d"))
        ),
    )


def qualification() -> QualificationPolicy:
    """Return three tiers by messages and active days."""
    active = 'count("message", "30d") >= 20 and active_days("30d") >= 5'
    core = 'count("message", "30d") >= 100 and active_days("30d") >= 12'
    return QualificationPolicy(
        key=PolicyKey("grade"),
        tiers="grade",
        minimum_stay=Duration.parse("14d"),
        bars={
            TierKey("active"): Bar(
                entry=parse_condition(active),
                retention=parse_condition('count("message", "30d") >= 10'),
            ),
            TierKey("core"): Bar(entry=parse_condition(core)),
        },
    )


def funnel() -> Funnel:
    """Return joined, message, introduced, risen; here nobody introduces himself."""
    words = ("joined", "message", "introduced", "tier_changed")
    return Funnel(
        key=PolicyKey("way"),
        steps=tuple(FunnelStep(event=word) for word in words),
        window=Duration.parse("30d"),
        nudge="invite",
    )


def history() -> list[Event]:
    """Return messages, joins and leaves of people, in order."""
    root = os.environ.get("COMMUNITY_SDK_DATA")
    if root is None:
        shipped = Path(__file__).parents[1] / "src/community_sdk/cli/demo_data"
        return list(_read(shipped / "dd2030_slack.csv.gz"))
    return list(_read(Path(root) / "raku_irc/events_2010.csv.gz"))


def _read(path: Path) -> Iterator[Event]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for i, row in enumerate(csv.DictReader(file)):
            if i == ROWS:
                return
            if row["is_bot"] == "1" or not row["member"]:
                continue
            name = EventId(f"e{i}")
            at = datetime.fromisoformat(row["at"]).astimezone(UTC)
            member = MemberId(row["member"])
            if row["kind"] == "message":
                yield MessagePosted(id=name, at=at, seq=i, member=member)
            elif row["kind"] == "join":
                yield Joined(id=name, at=at, seq=i, member=member)
            elif row["kind"] == "leave":
                yield Left(id=name, at=at, seq=i, member=member)


Decided = tuple[str, str, datetime]


def ours(book: Playbook, events: list[Event]) -> list[Decided]:
    """Return what the engine decides."""
    engine = book.engine()
    return [
        (d.kind, str(d.member), d.at or NEVER)
        for event in events
        for d in engine.receive(event)
    ]


def by_hand(events: list[Event]) -> list[Decided]:
    """Return what the loop decides."""
    return Loop(ZoneInfo(ZONE)).run(events)


def main() -> None:
    """Assert equal decisions, then print the ratios."""
    events = history()
    book = playbook()
    mine, theirs = sorted(ours(book, events)), sorted(by_hand(events))
    if mine != theirs:
        first = next(p for p in zip(mine, theirs, strict=False) if p[0] != p[1])
        raise SystemExit(f"not equal: {len(mine)} and {len(theirs)}; first {first}")
    kinds = Counter(kind for kind, _, _ in mine)
    print(f"{len(events):,} events, {len(mine):,} equal decisions: {dict(kinds)}")
    runs = {
        "by hand": lambda: by_hand(events),
        "engine": lambda: ours(book, events),
    }
    ratios(runs, base="by hand", rounds=7, number=1)


if __name__ == "__main__":
    main()
