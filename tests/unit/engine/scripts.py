"""Small policies that do what a test says, and events with little to type."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from attrs import field, frozen

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import Mode, Wish
from community_sdk.events import Event, EventTypes
from community_sdk.explanation import because
from community_sdk.model import (
    Community,
    CommunityId,
    EventId,
    Group,
    GroupId,
    MemberId,
    PolicyKey,
    Role,
    RoleName,
    Rule,
    Rulebook,
    RuleCode,
    Tier,
    TierGroup,
    TierKey,
)
from community_sdk.playbook import Consent, Playbook
from community_sdk.policies import Scope
from community_sdk.state import State

T0 = datetime(2026, 3, 2, 9, tzinfo=UTC)
WHY = because("test.why")
Say = Callable[[Any, State], Iterable[Wish]]


@frozen(kw_only=True)
class Scripted:
    """Answers every event with what *say* gives."""

    answers: ClassVar[EventTypes] = (Event,)

    key: PolicyKey
    say: Say = field(eq=False)
    scope: Scope = Scope.MEMBER
    mode: Mode = Mode.ACT

    def decide(self, event: Any, state: State, /) -> Iterable[Wish]:
        """Do as the script says."""
        return self.say(event, state)


def on(kind: str, *wishes: Any, key: str = "p", **more: Any) -> Scripted:
    """A policy that answers events of *kind* with *wishes*; functions are called."""

    def say(event: Event, state: State) -> Iterable[Wish]:
        if event.name == kind:
            for wish in wishes:
                made: Any = wish(event, state) if callable(wish) else wish
                yield made

    return Scripted(key=PolicyKey(key), say=say, **more)


def book(*policies: Any, **more: Any) -> Playbook:
    """A playbook around *policies* with something of everything."""
    tiers = tuple(Tier(key=TierKey(key)) for key in ("fan", "core", "star"))
    settings: dict[str, Any] = {
        "community": Community(
            key=CommunityId("c"),
            groups=(Group(key=GroupId("den"), capacity=1), Group(key=GroupId("hall"))),
        ),
        "roles": (
            Role(name=RoleName("owner"), rank=9),
            Role(name=RoleName("admin"), rank=5),
        ),
        "tiers": (TierGroup(key="grade", tiers=tiers),),
        "rulebook": Rulebook(rules=(Rule(code=RuleCode("ads")),)),
        "approval": Consent(duty="owner", within=Duration.parse("3d")),
        "policies": tuple(policies),
    }
    return Playbook(**(settings | more))


def at(days: float = 0, **more: float) -> datetime:
    """An instant some days (hours, …) after the first one."""
    return T0 + timedelta(days=days, **more)


_COUNT = iter(range(10**9))


def make(cls: Any, who: str | None = "ann", when: Any = T0, **more: Any) -> Any:
    """An event of *cls* about *who*, with an id of its own."""
    number = next(_COUNT)
    member = None if who is None else MemberId(who)
    return cls(**{"id": EventId(f"t{number}"), "at": when, "member": member, **more})


def post(who: str = "ann", when: datetime = T0, **more: Any) -> ev.MessagePosted:
    """A message."""
    event: ev.MessagePosted = make(ev.MessagePosted, who, when, **more)
    return event


def breach(who: str = "ann", when: datetime = T0, **more: Any) -> ev.RuleBroken:
    """A breach of the rule against advertising."""
    code = RuleCode("ads")
    event: ev.RuleBroken = make(ev.RuleBroken, who, when, **{"rule": code, **more})
    return event
