"""What happens in a community, told to the engine and to plain lists (S05 S06)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import ApplySanction, RefuseAct, RequestConsent
from community_sdk.engine import Engine, Step
from community_sdk.model import (
    SANCTIONS,
    Community,
    CommunityId,
    DecisionId,
    EventId,
    LadderStep,
    LaterSanctions,
    MemberId,
    Overlap,
    PolicyKey,
    Role,
    RoleName,
    Rule,
    Rulebook,
    RuleCode,
)
from community_sdk.playbook import Playbook
from community_sdk.policies import (
    AppealPolicy,
    AppealTerms,
    ManualSanctions,
    PenaltyLadder,
    Trigger,
)
from community_sdk.proposal import Terms
from tests.laws.order_model import Breach, Lists, Penalty, Wish, length

__all__ = ["ADMIN", "DAY", "MEMBERS", "RULES", "STAFF", "OrderScene"]

ADMIN = RoleName("admin")
STAFF = ("ada", "abe", "amy")
MEMBERS = ("ann", "dan")
RULES = {"ads": 2, "rude": 1, "fraud": 1}
DAY = timedelta(days=1)
LONG = Duration.parse("900d")


def rung(at: int, kind: str, days: int | None = None) -> LadderStep:
    """A step, for some days or without end."""
    lasts = None if days is None else Duration.parse(f"{days}d")
    return LadderStep(at=at, kind=SANCTIONS[kind], duration=lasts)


@st.composite
def ladders(draw: st.DrawFn) -> PenaltyLadder:
    """Ladders with every switch that the lists know."""
    low = (rung(1, "warning"), rung(2, "mute", 1), rung(3, "mute", 3))
    harsh = draw(st.sampled_from([rung(4, "ban", 9), rung(5, "remove")]))
    return PenaltyLadder(
        key=PolicyKey("ladder"),
        steps=draw(st.sampled_from([(*low, harsh), (low[1], harsh)])),
        measure=draw(st.sampled_from(["count", "points"])),
        per=draw(st.sampled_from(["category", "member"])),
        window=draw(st.sampled_from([None, Duration.parse("4d")])),
        window_edge=draw(st.sampled_from(["inclusive", "exclusive"])),
        consume_on_trigger=draw(st.booleans()),
        trigger=draw(st.sampled_from(Trigger)),
        immediate={"fraud": rung(1, "suspend", 2)},
        overlap={"*": draw(st.sampled_from(Overlap))},
        approval={
            "ban": Terms(duty=str(ADMIN), needs=2, within=Duration.parse("3d")),
        },
        later=draw(st.sampled_from(LaterSanctions)),
    )


def book(ladder: PenaltyLadder) -> Playbook:
    """A community with *ladder*, sanctions by hand and appeals."""
    hand = ManualSanctions(key=PolicyKey("hand"), overlap=ladder.overlap)
    terms = AppealTerms(window=LONG, reviewers=(ADMIN,))
    return Playbook(
        community=Community(key=CommunityId("c")),
        rulebook=Rulebook(
            rules=tuple(Rule(code=RuleCode(c), weight=w) for c, w in RULES.items())
        ),
        roles=(Role(name=ADMIN, rank=5),),
        policies=(ladder, hand, AppealPolicy(key=PolicyKey("appeals"), terms=terms)),
        lateness=LONG,
    )


class OrderScene(RuleBasedStateMachine):
    """The engine, and lists that are searched from the beginning each time."""

    def __init__(self) -> None:
        """Begin at noon."""
        super().__init__()
        self.now = datetime(2026, 1, 5, 12, tzinfo=UTC)
        self.told: list[ev.Event] = []
        self.lists: dict[str, Lists] = {}

    @initialize(ladder=ladders())
    def appoint(self, ladder: PenaltyLadder) -> None:
        """Choose a ladder, and give the staff its duty."""
        self.ladder, self.book = ladder, book(ladder)
        self.engine = Engine(self.book)
        self.lists = {name: Lists(ladder) for name in MEMBERS}
        for who in STAFF:
            self.tell(ev.RoleAssigned, who, role=ADMIN)
        for who in MEMBERS:
            self.tell(ev.Joined, who)

    # -- small words -------------------------------------------------------------------

    def tell(
        self, make: Any, member: str, ago: timedelta | None = None, **more: Any
    ) -> Step:
        """Receive one event now, of some time ago."""
        more.setdefault("id", EventId(f"e{len(self.told):03}"))
        at = self.now - (ago or timedelta(0))
        event = make(at=at, recorded_at=self.now, member=MemberId(member), **more)
        return self.receive(event)

    def receive(self, event: ev.Event) -> Step:
        """Receive one event."""
        self.told.append(event)
        return self.engine.receive(event)

    def next_key(self) -> str:
        """Return the id of the next event."""
        return f"e{len(self.told):03}"

    def refused(self, step: Step) -> list[str]:
        """Return the reasons for which acts do not count."""
        return [d.because.key for d in step if isinstance(d, RefuseAct)]

    # -- what happens ------------------------------------------------------------------

    @rule(hours=st.sampled_from([1, 12, 24, 48, 96, 240]))
    def wait(self, hours: int) -> None:
        """Let time pass: what is over ends, and who may still agree is fewer."""
        self.now += timedelta(hours=hours)
        self.engine.advance(self.now)
        for lists in self.lists.values():
            lists.tick(self.now)

    @rule()
    def store(self) -> None:
        """Write the state down and read it again."""
        plain = json.loads(json.dumps(self.engine.snapshot()))
        self.engine = Engine.restore(self.book, plain)

    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """Tell something again: nothing comes of it."""
        before = self.engine.snapshot()
        assert not self.engine.receive(data.draw(st.sampled_from(self.told))).decisions
        assert self.engine.snapshot() == before

    @rule(
        who=st.sampled_from(MEMBERS),
        what=st.sampled_from(["ads", "ads", "rude", "fraud"]),
        weight=st.sampled_from([None, None, 3]),
        by=st.sampled_from([None, *STAFF]),
        days=st.sampled_from([0, 0, 0, 1, 4, 5]),
        waived=st.sampled_from([False] * 5 + [True]),
    )
    def breach(  # noqa: PLR0913 - what is drawn
        self,
        who: str,
        what: str,
        weight: int | None,
        by: str | None,
        days: int,
        *,
        waived: bool,
    ) -> None:
        """Break a rule, perhaps told days later, perhaps excepted from it."""
        ago = timedelta(days=days)
        waiver = self.next_key()
        if waived:
            self.tell(ev.RuleWaived, who, ago, rule=RuleCode(what))
        key = self.next_key()
        actor = None if by is None else MemberId(by)
        fields = {"rule": RuleCode(what), "weight": weight, "actor": actor}
        step = self.tell(ev.RuleBroken, who, ago, **fields)
        if waived:
            assert self.refused(step) == ["rule.waived"]
            self.tell(ev.WaiverEnded, who, ago, waiver=EventId(waiver))
            return
        weight = RULES[what] if weight is None else weight
        new = Breach(key, what, weight, self.now - ago, self.now, by or "")
        self.lists[who].add(new)
        self.answered(step, who, new)

    def answered(self, step: Step, who: str, new: Breach) -> None:
        """Hold the answer to a breach against the lists."""
        lists, now = self.lists[who], self.now
        found = lists.counted(new.category, now)
        due = None if new.gone or lists.out(now) else lists.step(new, found)
        if due is None:
            assert not [d for d in step if isinstance(d, (ApplySanction, RefuseAct))]
            return
        others = [b.key for b in found if b is not new]
        at_once = new.category in self.ladder.immediate
        rests = [new.key] if at_once else [new.key, *others]
        met = lists.meets(due.kind.word, new.by, now)
        if met is None:
            assert self.refused(step) == ["sanction.already_active"]
        elif due.kind.word == "ban":
            (asked,) = (d for d in step if isinstance(d, RequestConsent))
            deadline = now + 3 * DAY
            wish = Wish(str(asked.id), new.key, rests, due, new.by, now, deadline)
            lists.wishes.append(wish)
        else:
            self.imposed(step, who, rests, due, by=new.by)

    def imposed(
        self, step: Step, who: str, rests: list[str], due: LadderStep, *, by: str
    ) -> None:
        """One sanction is imposed: which, on which grounds, for how long."""
        (made,) = (d for d in step if isinstance(d, ApplySanction) and not d.since)
        assert (made.step.kind, made.step.duration) == (due.kind, due.duration)
        assert list(made.strikes) == rests
        lasts = length(due)
        until = None if lasts is None else self.now + lasts
        word, ladder = due.kind.word, made.policy == "ladder"
        new = Penalty(str(made.id), word, self.now, until, by, rests, ladder)
        self.lists[who].impose(new, self.now)

    @rule(
        who=st.sampled_from(MEMBERS),
        kind=st.sampled_from(["warning", "mute", "suspend", "remove", "ban"]),
        days=st.sampled_from([None, 1, 3]),
        by=st.sampled_from(STAFF),
        points=st.sampled_from([0, 0, 2]),
    )
    def order(
        self, who: str, kind: str, days: int | None, by: str, points: int
    ) -> None:
        """Impose something by hand, perhaps with points."""
        lists, key = self.lists[who], self.next_key()
        due = rung(1, kind, None if kind == "remove" else days)
        step = self.tell(
            ev.SanctionOrdered,
            who,
            measure=kind,
            duration=due.duration,
            actor=MemberId(by),
            points=points,
        )
        if lists.meets(kind, by, self.now) is None:
            assert self.refused(step) == ["sanction.already_active"]
            return
        if points:
            lists.add(Breach(key, "", points, self.now, self.now, by))
        self.imposed(step, who, [key], due, by=by)

    @rule(
        who=st.sampled_from(MEMBERS),
        what=st.sampled_from(["ads", "rude"]),
        count=st.integers(1, 2),
        days=st.sampled_from([0, 2]),
    )
    def take_over(self, who: str, what: str, count: int, days: int) -> None:
        """Take over breaches from another system."""
        key, ago = self.next_key(), timedelta(days=days)
        step = self.tell(ev.StrikesImported, who, ago, rule=RuleCode(what), count=count)
        assert not step.decisions
        at, weight = self.now - ago, RULES[what]
        for nth in range(1, count + 1):
            one = Breach(f"{key}#{nth}", what, weight, at, self.now, "")
            self.lists[who].add(one)

    @rule(who=st.sampled_from(MEMBERS), days=st.sampled_from([None, 1, 5]))
    def import_sanction(self, who: str, days: int | None) -> None:
        """Take over a mute from another system."""
        key = self.next_key()
        until = None if days is None else self.now + days * DAY
        name = DecisionId(f"old-{key}")
        self.tell(ev.SanctionImported, who, sanction=name, measure="mute", until=until)
        old = Penalty(f"old-{key}", "mute", self.now, until, "", [], ladder=False)
        self.lists[who].penalties.append(old)

    @rule(who=st.sampled_from(MEMBERS))
    def clear(self, who: str) -> None:
        """Clear the record: what was before counts no more."""
        self.tell(ev.RecordCleared, who)
        lists = self.lists[who]
        lists.cleared = self.now
        for one in lists.breaches:
            one.forgiven |= one.at < self.now

    @rule(who=st.sampled_from(MEMBERS))
    def let_in(self, who: str) -> None:
        """Let a removed member in again."""
        self.tell(ev.Joined, who)
        for one in self.lists[who].penalties:
            if one.word == "remove" and one.state == "active":
                one.state = "expired"
