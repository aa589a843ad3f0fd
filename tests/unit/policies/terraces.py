"""A community with one tier policy, for the tests of tiers."""

from datetime import datetime, timedelta
from typing import Any

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.conditions import parse_condition
from community_sdk.decisions import ChangeTier
from community_sdk.engine import Step
from community_sdk.model import (
    Community,
    CommunityId,
    MemberId,
    OverrideKind,
    PolicyKey,
    TierCause,
    TierKey,
)
from community_sdk.policies import Bar, QualificationPolicy
from tests.unit.desk import START, Desk

KEY = PolicyKey("q")
FAN, ACTIVE, CORE = TierKey("fan"), TierKey("active"), TierKey("core")
MINUTE = timedelta(minutes=1)


def bar(entry: int, stay: int | None = None, window: str = "30d") -> Bar:
    """So many messages to enter, so many to stay."""
    text = 'count("message", "{}") >= {}'
    kept = None if stay is None else parse_condition(text.format(window, stay))
    return Bar(entry=parse_condition(text.format(window, entry)), retention=kept)


def policy(**given: Any) -> QualificationPolicy:
    """Three messages for active (one to stay), six for core (three to stay)."""
    given.setdefault("bars", {ACTIVE: bar(3, 1), CORE: bar(6, 3)})
    for name in ("minimum_stay", "cool_down"):
        if isinstance(given.get(name), str):
            given[name] = Duration.parse(given[name])
    return QualificationPolicy(key=KEY, tiers="grade", **given)


def desk(zone: str = "UTC", **given: Any) -> Desk:
    """A community with one tier policy."""
    home = Community(key=CommunityId("home"), zone=zone)
    return Desk(policy(**given), community=home, lateness=Duration.parse("60d"))


def moves(step: Step) -> list[str]:
    """The moves of a step."""
    return [
        f"{d.before}>{d.after}" for d in step.decisions if isinstance(d, ChangeTier)
    ]


def posts(one: Desk, number: int, when: datetime = START) -> list[str]:
    """Post so many messages, a minute apart; return the moves."""
    found = [moves(one.post(when + n * MINUTE)) for n in range(number)]
    return [move for step in found for move in step]


def held(one: Desk, name: str = "ann") -> str | None:
    """The tier on record."""
    holding = one.member(name).tiers.get("grade")
    return None if holding is None else holding.tier


def put(one: Desk, tier: TierKey, since: datetime, when: datetime = START) -> Step:
    """Take over a tier."""
    return one.tell(ev.TierImported, when, tiers="grade", tier=tier, since=since)


LOCK, BOOST, FLOOR = OverrideKind.LOCK, OverrideKind.BOOST, OverrideKind.FLOOR
BOSS = MemberId("boss")


def decide(
    one: Desk, kind: OverrideKind, tier: TierKey, when: datetime = START, **more: Any
) -> Step:
    """Somebody decides about a tier."""
    more.setdefault("actor", BOSS)
    return one.tell(
        ev.TierOverridden, when, tiers="grade", override=kind, tier=tier, **more
    )


def end(one: Desk, kind: OverrideKind, when: datetime, **more: Any) -> Step:
    """The decision is taken back."""
    return one.tell(ev.TierOverrideEnded, when, tiers="grade", override=kind, **more)


def told(step: Step) -> list[tuple[str, TierCause]]:
    """The moves of a step with what decided them."""
    found = [d for d in step.decisions if isinstance(d, ChangeTier)]
    return [(f"{d.before}>{d.after}", d.cause) for d in found]


def set_to(one: Desk, tier: TierKey, when: datetime, **more: Any) -> Step:
    """Somebody sets the tier."""
    return one.tell(ev.TierSet, when, tiers="grade", tier=tier, **more)
