"""A playbook as plain as can be, and shorthand for events: what unit tests share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from attrs import field, frozen

from community_sdk import events as ev
from community_sdk._time import Calendar, Duration, micros
from community_sdk.decisions import Decision
from community_sdk.engine import Engine, Step
from community_sdk.metrics import Metric, WindowPlan
from community_sdk.model import (
    Community,
    CommunityId,
    EventId,
    GroupId,
    MemberId,
    Role,
    RoleName,
    Rule,
    Rulebook,
    RuleCode,
    Tier,
    TierGroup,
    TierKey,
)
from community_sdk.policies import Policy
from community_sdk.proposal import Consent
from community_sdk.state import (
    CommunityState,
    FoldContext,
    MemberState,
    State,
    count_event,
    entries,
    fold_shared,
    read_metrics,
)

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
START = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""A Monday at noon."""


WEEK = Duration.parse("7d")
HOME = Community(key=CommunityId("home"))
RULES = Rulebook(
    rules=(
        Rule(code=RuleCode("quiet")),
        Rule(code=RuleCode("flood"), category="noise"),
        Rule(code=RuleCode("caps"), category="noise", weight=3),
    )
)


class Border:
    """Keeps decisions as they are: nothing leaves the process."""

    def dump(self, decision: Decision, /) -> Mapping[str, Any]:
        """Wrap *decision*."""
        return {"decision": decision}

    def load(self, plain: Mapping[str, Any], /) -> Decision:
        """Unwrap it."""
        decision: Decision = plain["decision"]
        return decision


@frozen(kw_only=True)
class Book:
    """What the engine asks of a playbook."""

    policies: Sequence[Policy] = ()
    community: Community = HOME
    rulebook: Rulebook = RULES
    roles: Sequence[Role] = (Role(name=RoleName("owner")), Role(name=RoleName("host")))
    tiers: Sequence[TierGroup] = (
        TierGroup(
            key="grade",
            tiers=tuple(Tier(key=TierKey(k)) for k in ("fan", "active", "core")),
        ),
    )
    lateness: Duration = WEEK
    words: Sequence[str] = ("badge",)
    approval: Consent = field(factory=Consent)
    border: Border = field(factory=Border)
    version: str = "1"
    digest: str = "d"


def at(text: str, zone: str = "UTC", fold: int = 0) -> datetime:
    """An instant by the clock of *zone*, such as ``2026-03-01 09:30``; in UTC.

    Python adds on the clock, not in time, where a datetime bears another zone.
    """
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return local.astimezone(UTC)


def head(key: str, when: datetime, member: str = "ann", **more: Any) -> dict[str, Any]:
    """The envelope of an event."""
    head: dict[str, Any] = {"id": EventId(key), "at": when, "member": MemberId(member)}
    if "group" in more:
        more["group"] = GroupId(more["group"])
    return head | more


class Desk:
    """One engine, told of events in few words; ids are given by number."""

    def __init__(self, *policies: Policy, **book: Any) -> None:
        """Begin a community run by *policies*."""
        self.policies = policies
        self.engine = Engine(Book(policies=policies, **book))
        self.told = 0

    def tell(
        self,
        make: Callable[..., ev.Event],
        when: datetime,
        member: str = "ann",
        **more: Any,
    ) -> Step:
        """Receive one event."""
        self.told += 1
        key = more.pop("id", f"e{self.told}")
        return self.engine.receive(make(**head(key, when, member, **more)))

    def post(self, when: datetime, member: str = "ann", **more: Any) -> Step:
        """Receive a message."""
        return self.tell(ev.MessagePosted, when, member, **more)

    def advance(self, when: datetime) -> Step:
        """Let time pass."""
        return self.engine.advance(when)

    def member(self, name: str = "ann") -> MemberState:
        """Return what is remembered of a member."""
        return self.engine.members[name]

    def view(self, name: str = "ann") -> State:
        """Return the state as a policy sees it."""
        return self.engine.view(name)


class Folded:
    """State without an engine: events are folded and counted, nobody decides."""

    def __init__(self, *metrics: Metric, **book: Any) -> None:
        """Count what *metrics* ask for."""
        self.book = Book(**book)
        self.plan = WindowPlan(0)
        self.hits = entries(metrics, self.plan, frozenset(self.book.words))
        self.state = State(self.book, self.plan)
        self.state.calendar = Calendar(ZoneInfo(self.book.community.zone))
        self.state.readers = read_metrics(metrics, self.plan)
        self.community = self.state.community = CommunityState(self.plan)
        self.members: dict[str, MemberState] = {}
        self.context = FoldContext(self.community, 0, self.book.rulebook, lambda _: {})
        self.told = 0

    def member(self, name: str = "ann") -> MemberState:
        """Return the partition of *name*, new at first sight."""
        if name not in self.members:
            self.members[name] = MemberState(name, self.plan)
        return self.members[name]

    def tell(
        self,
        make: Callable[..., ev.Event],
        when: datetime,
        member: str = "ann",
        **more: Any,
    ) -> MemberState:
        """Fold and count one event."""
        self.told += 1
        key = more.pop("id", f"e{self.told}")
        return self.fold(make(**head(key, when, member, **more)))

    def fold(self, event: ev.Event) -> MemberState:
        """Fold and count *event*."""
        member = self.member(str(event.member))
        actor = member if event.actor is None else self.member(event.actor)
        us = micros(event.at)
        fold_shared(event, us, member, self.context)
        day = self.state.calendar.day(us)
        count_event(event, us, (member, actor, day), self.hits.get(event.name, ()))
        return member

    def measure(
        self, metric: Metric, when: datetime, member: str = "ann"
    ) -> int | None:
        """Ask for a figure at an instant."""
        self.state.member = self.state.actor = self.member(member)
        self.state.begin(micros(when))
        return self.state.measure(metric)
