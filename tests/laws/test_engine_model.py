"""The windows of the engine beside plain lists, whatever happens in whatever order."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from attrs import frozen
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from community_sdk import events as ev
from community_sdk._time import Window
from community_sdk.decisions import Mode, Wish
from community_sdk.engine import Engine
from community_sdk.events import EventTypes
from community_sdk.metrics import Metric
from community_sdk.model import (
    Community,
    CommunityId,
    EventId,
    GroupId,
    MemberId,
    Money,
    PolicyKey,
    RuleCode,
    TierKey,
)
from community_sdk.playbook import Playbook
from community_sdk.policies import Scope
from community_sdk.state import State
from community_sdk.testing import strategies as cst
from tests.laws.effort import one_in
from tests.laws.plain_model import PlainModel

ROLLING = (
    *("1h", "24h", "36h", "1d", "3d", "30d"),
    *("day", "week", "half_month", "month", "quarter", "year"),
)
EVERY = (*ROLLING, "since_join", "since_tier", "lifetime")
KEY = PolicyKey("gauge")
KINDS = ("message", "reaction", "purchase")
IN_HALL = (("group", "hall"),)


def metrics() -> Iterator[Metric]:
    """Every metric over every window, with and without filters."""
    for text in EVERY:
        window = Window.parse(text)
        for kind in KINDS:
            yield Metric("count", kind, window)
        yield Metric("count", "message", window, where=IN_HALL)
        yield Metric("count", "reaction", window, by="actor")
        yield Metric("total", "purchase", window)
        yield Metric("strikes", window=window)
        yield Metric("strikes", window=window, of="ads")
    for text in (*ROLLING[3:], "lifetime"):
        yield Metric("active_days", "message", Window.parse(text))
    for text in ROLLING:
        yield Metric("distinct", "message", Window.parse(text), of="group")
    for kind in KINDS:
        yield Metric("recency", kind)
        yield Metric("streak", kind)
    yield Metric("tenure")


@frozen(kw_only=True)
class Gauge:
    """A policy that only measures."""

    answers: ClassVar[EventTypes] = ()

    key: PolicyKey = KEY
    metrics: tuple[Metric, ...] = tuple(metrics())
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def decide(self, event: Any, state: State, /) -> Iterator[Wish]:
        """Decide nothing."""
        return iter(())


GAPS = st.sampled_from(
    [
        timedelta(0),
        timedelta(microseconds=1),
        timedelta(minutes=30),
        timedelta(hours=1),
        timedelta(hours=24),
        timedelta(hours=25),
        timedelta(days=2),
        timedelta(days=13),
        timedelta(days=120),
    ]
)
LATE = st.sampled_from(
    [timedelta(0)] * 3
    + [timedelta(microseconds=1), timedelta(hours=1), timedelta(days=7)]
)
PEOPLE = st.sampled_from(["ann", "ben", "cat"])
GROUPS = st.sampled_from([None, "hall", "den"])


class WindowsBesideLists(RuleBasedStateMachine):
    """Tell the engine and the lists the same, and compare every figure."""

    @initialize(zone=cst.zones(), data=st.data())
    def begin(self, zone: str, data: st.DataObject) -> None:
        """Begin at an odd instant of an odd zone."""
        community = Community(key=CommunityId("c"), zone=zone)
        self.playbook = Playbook(community=community, policies=(Gauge(),))
        self.engine = Engine(self.playbook)
        self.model = PlainModel(ZoneInfo(zone))
        self.model.now = data.draw(cst.instants(zone))
        self.seq = 0
        self.engine.advance(self.model.now)

    def tell(
        self, cls: type[ev.Event], member: str, late: timedelta, **more: Any
    ) -> None:
        """Tell both."""
        self.seq += 1
        event = cls(
            id=EventId(f"e{self.seq}"),
            at=self.model.now - late,
            recorded_at=self.model.now,
            seq=self.seq,
            member=MemberId(member),
            **more,
        )
        self.engine.receive(event)
        self.model.tell(event)

    @rule(gap=GAPS)
    def pass_time(self, gap: timedelta) -> None:
        """Nothing happens for a while."""
        self.model.now += gap
        self.engine.advance(self.model.now)

    @rule(gap=st.integers(-2, 2))
    def go_to_midnight(self, gap: int) -> None:
        """Stand just before, at or after the next local midnight."""
        day = self.model.local(self.model.now) + timedelta(days=1)
        start = datetime(day.year, day.month, day.day, tzinfo=self.model.zone)
        goal = start.astimezone(self.model.now.tzinfo) + timedelta(microseconds=gap)
        self.pass_time(max(goal - self.model.now, timedelta(0)))

    @rule(who=PEOPLE, group=GROUPS, late=LATE, dated=st.integers(0, 7))
    def post(self, who: str, group: str | None, late: timedelta, dated: int) -> None:
        """Somebody writes; now and then nobody knows when."""
        room = None if group is None else GroupId(group)
        self.tell(ev.MessagePosted, who, late, group=room, dated=dated > 0)

    @rule(who=PEOPLE, actor=PEOPLE, late=LATE, dated=st.booleans())
    def react(self, who: str, actor: str, late: timedelta, *, dated: bool) -> None:
        """Somebody likes what somebody wrote."""
        self.tell(ev.ReactionReceived, who, late, actor=MemberId(actor), dated=dated)

    @rule(who=PEOPLE, late=LATE, amount=st.integers(0, 500))
    def buy(self, who: str, late: timedelta, amount: int) -> None:
        """Somebody buys."""
        self.tell(ev.PurchaseMade, who, late, money=Money(amount, "CNY"))

    @rule(who=PEOPLE, late=LATE, bot=st.integers(0, 20))
    def join(self, who: str, late: timedelta, bot: int) -> None:
        """Somebody comes, seldom a bot."""
        self.tell(ev.Joined, who, late, bot=bot == 20)

    @rule(who=PEOPLE)
    def leave(self, who: str) -> None:
        """Somebody goes; that is known at once."""
        self.tell(ev.Left, who, timedelta(0))

    @rule(who=PEOPLE, late=LATE, code=st.sampled_from(["ads", "rude"]))
    def break_rule(self, who: str, late: timedelta, code: str) -> None:
        """Somebody breaks a rule."""
        self.tell(ev.RuleBroken, who, late, rule=RuleCode(code))

    @rule(data=st.data())
    def overturn(self, data: st.DataObject) -> None:
        """A strike was a mistake."""
        known = [e for e in self.model.told if isinstance(e, ev.RuleBroken)]
        if known:
            strike = data.draw(st.sampled_from(known))
            who = str(strike.member)
            self.tell(ev.StrikeOverturned, who, timedelta(0), strike=strike.id)

    @rule(who=PEOPLE)
    def rise(self, who: str) -> None:
        """Somebody gets a tier."""
        tier, since = TierKey("core"), self.model.now
        self.tell(ev.TierImported, who, timedelta(0), tiers="g", tier=tier, since=since)

    @precondition(lambda self: not self.model.same)
    @rule(who=PEOPLE, alias=PEOPLE)
    def link(self, who: str, alias: str) -> None:
        """Two accounts turn out to be one person; neither has left before."""
        if self.model.exit(who) is None and self.model.exit(alias) is None:
            one = MemberId(alias)
            self.tell(ev.IdentityLinked, who, timedelta(0), alias=one)

    @rule(who=PEOPLE, gap=st.sampled_from([timedelta(seconds=1), timedelta(hours=7)]))
    def flood(self, who: str, gap: timedelta) -> None:
        """So much is written that old entries are dropped."""
        for _ in range(25):
            self.model.now += gap
            self.tell(ev.MessagePosted, who, timedelta(0))

    @rule()
    def restart(self) -> None:
        """The process ends, another one goes on from the snapshot."""
        text = json.dumps(self.engine.snapshot())
        self.engine = Engine.restore(self.playbook, json.loads(text))

    @invariant()
    def figures_agree(self) -> None:
        """Every metric of everybody is what counting anew gives."""
        if not hasattr(self, "engine"):
            return
        for who in {self.model.person(name) for name in ("ann", "ben", "cat")} - {None}:
            state = self.engine.view(str(who))
            for metric in Gauge().metrics:
                found = state.measure(metric)
                expected = self.model.measure(metric, str(who))
                assert found == expected, (who, metric)


TestWindows = WindowsBesideLists.TestCase
TestWindows.settings = settings(one_in(4), stateful_step_count=20)
