"""What follows from an event: facts of every decision, duties, bots, own words."""

from datetime import timedelta
from typing import Any, ClassVar

import pytest
from attrs import frozen

from community_sdk import decisions as de
from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import Decision, Mode
from community_sdk.engine import Engine
from community_sdk.events import EventTypes
from community_sdk.metrics import Metric
from community_sdk.model import (
    SANCTIONS,
    DecisionId,
    LadderStep,
    PolicyKey,
    RuleCode,
    SanctionState,
    TierKey,
)
from community_sdk.policies import (
    OnboardingPolicy,
    OnboardingTask,
    PenaltyLadder,
    Scope,
)
from tests.unit.engine.scripts import T0, WHY, at, book, breach, make, on, post

WORD = LadderStep(at=1, kind=SANCTIONS["warning"])
KNOWN = DecisionId("known")

MAKES: list[tuple[Decision, str, dict[str, Any]]] = [
    (de.Admit(because=WHY), "admitted", {}),
    (de.RefuseAdmission(because=WHY), "admission_refused", {}),
    (de.PutOnWaitingList(because=WHY), "waitlisted", {}),
    (
        de.OpenObligation(because=WHY, what="x", due=at(1), met_by="left", duty="d"),
        "obligation_opened",
        {"what": "x", "due": at(1), "met_by": "left", "duty": "d", "policy": "p"},
    ),
    (
        de.ReportBreach(because=WHY, rule=RuleCode("ads")),
        "rule_broken",
        {"rule": "ads", "automatic": True, "source": "policy:p"},
    ),
    (
        de.ApplySanction(because=WHY, step=WORD, until=None),
        "sanction_imposed",
        {"measure": "warning", "order": 40, "holds": False, "policy": "p"},
    ),
    (
        de.EndSanction(because=WHY, sanction=KNOWN, state=SanctionState.OVERTURNED),
        "sanction_ended",
        {"sanction": KNOWN, "state": SanctionState.OVERTURNED},
    ),
    (
        de.ChangeTier(
            because=WHY,
            tiers="grade",
            before=TierKey("fan"),
            after=TierKey("core"),
            rise=True,
        ),
        "tier_changed",
        {"tiers": "grade", "before": "fan", "after": "core", "rise": True},
    ),
    (
        de.RecordStage(because=WHY, step=2, opened=T0),
        "stage_reached",
        {"funnel": "p", "step": 2, "opened": T0},
    ),
]


@pytest.mark.parametrize(("wish", "kind", "fields"), MAKES)
def test_a_decision_makes_its_fact(
    wish: Decision, kind: str, fields: dict[str, Any]
) -> None:
    """One, with an id made of the decision's, about the same member, now."""
    step = Engine(book(on("message", wish))).receive(post(recorded_at=at(1)))
    (decision,), (fact, *rest) = step.decisions, step.facts
    assert not rest
    assert (fact.kind, fact.id) == (kind, f"{decision.id}:fact")
    assert fact.member == "ann"
    assert fact.at == (T0 if kind == "rule_broken" else at(1))
    assert {name: getattr(fact, name) for name in fields} == fields


@pytest.mark.parametrize(
    "wish",
    [
        de.Greet(because=WHY),
        de.AskForMore(because=WHY),
        de.Remind(because=WHY, what="x"),
        de.Escalate(because=WHY, what="x"),
        de.LiftSanction(because=WHY, sanction=KNOWN, measure="mute"),
        de.Recommend(because=WHY, action="x"),
        de.ReportDifference(because=WHY, subject="x"),
        de.RefuseAct(because=WHY, act="x"),
    ],
)
def test_advice_makes_no_fact(wish: Decision) -> None:
    """It is for the platform or for people."""
    assert not Engine(book(on("message", wish))).receive(post()).facts


def test_facts_are_folded_before_anybody_is_asked() -> None:
    """A policy that is asked first sees what a later one's fact will have changed."""
    seen: list[int] = []

    def look(_: Any, state: Any) -> de.Recommend:
        seen.append(len(state.member.strikes))
        return de.Recommend(action="look", because=WHY)

    first = on("rule_broken", look, key="first")
    report = on("message", de.ReportBreach(rule=RuleCode("ads"), because=WHY))
    Engine(book(first, report)).receive(post())
    assert seen == [1]


def test_a_policy_of_the_community_may_name_nobody() -> None:
    """Its decisions are about the community; those of a member's policy never are."""
    advice = de.Recommend(action="x", because=WHY)
    for scope, member in ((Scope.COMMUNITY, None), (Scope.MEMBER, "ann")):
        policy = on("message", advice, scope=scope)
        (decision,) = Engine(book(policy)).receive(post())
        assert decision.member == member


def test_a_policy_for_members_is_not_asked_about_nobody() -> None:
    """An event of the community concerns the community's policies only."""
    advice = de.Recommend(action="x", because=WHY)
    policies = (
        on("head_counted", advice, key="m"),
        on("head_counted", advice, key="c", scope=Scope.COMMUNITY),
    )
    step = Engine(book(*policies)).receive(make(ev.HeadCounted, None, count=1))
    assert [d.policy for d in step] == ["c"]


def test_nobody_decides_about_bots() -> None:
    """Nor remembers them, nor counts them."""
    ladder = PenaltyLadder(key=PolicyKey("ladder"), steps=(WORD,))
    welcome = OnboardingPolicy(key=PolicyKey("on"))
    engine = Engine(book(ladder, welcome))
    assert not engine.receive(make(ev.Joined, bot=True)).decisions
    assert not engine.receive(breach()).decisions
    assert not engine.members["ann"].slices
    assert engine.community.members == 0


# -- duties --------------------------------------------------------------------------


def welcoming(**more: Any) -> Engine:
    """A community in which newcomers introduce themselves within three days."""
    task = OnboardingTask(
        what="introduce",
        met_by="introduced",
        within=Duration.parse("3d"),
        remind=(Duration.parse("1d"), Duration.parse("2d")),
        **more,
    )
    policy = OnboardingPolicy(key=PolicyKey("on"), tasks=(task,))
    engine = Engine(book(policy))
    engine.receive(make(ev.Joined))
    return engine


def told(step: Any) -> list[tuple[str, Any]]:
    """Kinds and instants of decisions and facts."""
    return [(d.kind, d.at) for d in (*step.decisions, *step.facts)]


def test_a_duty_is_reminded_of_and_missed() -> None:
    """At its instants; the hand-over and the rescue come at the end of its time."""
    engine = welcoming(duty="owner")
    assert told(engine.advance(at(2))) == [("remind", at(1)), ("remind", at(2))]
    assert told(engine.advance(at(3))) == []
    assert told(engine.advance(at(9))) == [
        ("escalate", at(3)),
        ("recommend", at(3)),
        ("obligation_missed", at(3)),
    ]
    assert engine.dump("ann")[1] is None


def test_a_duty_is_met_once_and_in_time() -> None:
    """Its last instant is in time; nothing more comes of it."""
    engine = welcoming()
    step = engine.receive(make(ev.Introduced, when=at(3)))
    assert [f.kind for f in step.facts] == ["obligation_met"]
    assert not engine.receive(make(ev.Introduced, when=at(3))).facts
    assert not engine.advance(at(9)).decisions


def test_a_duty_may_be_said_to_be_met() -> None:
    """By whoever saw it."""
    engine = welcoming()
    (duty,) = engine.members["ann"].duties
    engine.receive(make(ev.ObligationMet, when=at(1), obligation=duty.id))
    assert not engine.advance(at(9)).decisions


def test_what_comes_too_late_does_not_meet_a_duty() -> None:
    """Also when it is told after it was missed, though it happened in time."""
    engine = welcoming()
    engine.advance(at(4))
    late = make(ev.Introduced, when=at(2), recorded_at=at(4))
    assert not engine.receive(late).facts


@pytest.mark.parametrize(
    "timer", ["~sanction/x", "~consent/x", "~duty/x", "~remind/x/0"]
)
def test_timers_without_a_record_are_passed_over(timer: str) -> None:
    """In a state that somebody wrote by hand."""
    engine = Engine(book())
    engine.receive(post())
    plain = engine.dump("ann")[0]
    engine.load({**plain, "timers": [[timer, 1, 0]]})
    assert engine.advance(at(1)).decisions == ()
    assert engine.dump("ann")[1] is None


# -- own words and windows -------------------------------------------------------------


@frozen(kw_only=True)
class Echo:
    """Answers hosts' own events, and nothing else."""

    answers: ClassVar[EventTypes] = (ev.Custom,)

    key: PolicyKey
    scope: Scope = Scope.MEMBER
    mode: Mode = Mode.ACT

    def decide(self, event: ev.Custom, _: Any, /) -> Any:
        """Repeat the word."""
        yield de.Recommend(action=event.word, because=WHY)


def test_own_words_reach_who_answers_them() -> None:
    """Declared or not; an event of a kind nobody answers does not."""
    engine = Engine(book(Echo(key=PolicyKey("e")), events=("signed_in",)))
    said = [engine.receive(make(ev.Custom, word=w)) for w in ("signed_in", "odd")]
    assert [d.action for step in said for d in step] == ["signed_in", "odd"]  # type: ignore[attr-defined]
    assert not engine.receive(make(ev.Left)).decisions


@frozen(kw_only=True)
class Counts:
    """Says how many messages there were in a day."""

    answers: ClassVar[EventTypes] = (ev.MessagePosted,)
    metrics: ClassVar[tuple[Metric, ...]] = (Metric("count", "message"),)

    key: PolicyKey = PolicyKey("c")  # noqa: RUF009 - a name
    scope: Scope = Scope.MEMBER
    mode: Mode = Mode.ACT

    def decide(self, _: ev.MessagePosted, state: Any, /) -> Any:
        """Say it."""
        figure = state.measure(self.metrics[0])
        yield de.Recommend(action=str(figure), because=WHY)


def test_old_entries_are_dropped_and_the_lifetime_stays() -> None:
    """Memory is bounded by the windows; counters are not lost."""
    engine = Engine(book(Counts(), lateness=Duration.parse("1d")))
    hours = [timedelta(hours=hour) for hour in range(300)]
    *_, step = (engine.receive(post(when=T0 + hour)) for hour in hours)
    assert [d.action for d in step] == ["300"]  # type: ignore[attr-defined]
    assert len(engine.members["ann"].rolling.stamps) < 120


def test_slots_survive_a_restart_in_another_order() -> None:
    """A state knows what its counters stand for."""
    engine = Engine(book(Counts()))
    engine.receive(post())
    slots = [["reaction", "actor", [["group", "hall"]]], *engine.slots()]
    other = Engine(book(Counts()), slots=slots)
    assert other.slots() == slots


def test_where_a_member_stands() -> None:
    """The register, and one part per policy that can tell."""
    ladder = PenaltyLadder(key=PolicyKey("ladder"), steps=(WORD,))
    engine = Engine(book(ladder, on("message"), OnboardingPolicy(key=PolicyKey("on"))))
    engine.receive(make(ev.Joined))
    engine.receive(breach())
    standing = engine.standing("ann")
    assert standing["status"] == "active"
    assert standing["since"] == T0.isoformat()
    assert [part.key for part in standing.parts] == [
        "penalty.standing",
        "onboarding.standing",
    ]
