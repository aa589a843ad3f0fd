"""A small community, told by hand: ten days of eight people and a bot."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import evolve

from community_sdk import events as ev
from community_sdk._time import Duration, QuietHours
from community_sdk.adapters.tables import Refusal
from community_sdk.conditions import parse_condition
from community_sdk.decisions import Mode
from community_sdk.errors import HistoryError
from community_sdk.model import (
    SANCTIONS,
    Community,
    CommunityId,
    EventId,
    GroupId,
    LadderStep,
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
from community_sdk.playbook import Playbook
from community_sdk.policies import (
    Bar,
    Funnel,
    FunnelStep,
    OnboardingPolicy,
    OnboardingTask,
    PenaltyLadder,
    Policy,
    QualificationPolicy,
    RuleWatch,
)
from community_sdk.report import Summary

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)  # 08:00 in Shanghai


def _step(at: int, word: str, lasting: str = "") -> LadderStep:
    duration = Duration.parse(lasting) if lasting else None
    return LadderStep(at=at, kind=SANCTIONS[word], duration=duration)


def _ladder(key: str, *steps: LadderStep, mode: Mode = Mode.ACT) -> PenaltyLadder:
    window = Duration.parse("30d")
    return PenaltyLadder(key=PolicyKey(key), steps=steps, window=window, mode=mode)


def _policies() -> tuple[Policy, ...]:
    regular = parse_condition('count("message", "7d") >= 4')
    return (
        OnboardingPolicy(
            key=PolicyKey("welcome"),
            tasks=(
                OnboardingTask(
                    what="introduce",
                    met_by="introduced",
                    within=Duration.parse("3d"),
                ),
            ),
        ),
        RuleWatch(
            key=PolicyKey("night"), rule=RuleCode("quiet_hours"), quiet_hours=True
        ),
        _ladder("ladder", _step(1, "reminder"), _step(2, "mute", "24h")),
        _ladder("stern", _step(2, "ban"), mode=Mode.SHADOW),
        QualificationPolicy(
            key=PolicyKey("grade"),
            tiers="grade",
            bars={TierKey("regular"): Bar(entry=regular)},
        ),
        Funnel(
            key=PolicyKey("path"),
            steps=(
                FunnelStep(event="joined"),
                FunnelStep(event="message", title={"zh": "开口"}),
                FunnelStep(event="purchase"),
            ),
            window=Duration.parse("5d"),
            nudge="greet",
        ),
    )


def book(**changes: Any) -> Playbook:
    """The playbook of the small community."""
    community = Community(
        key=CommunityId("tea"),
        zone="Asia/Shanghai",
        title={"zh": "茶友会", "en": "Tea friends"},
        quiet_hours=QuietHours.parse("23:00-07:00"),
    )
    whole = Playbook(
        name="tea",
        version="3",
        community=community,
        roles=(Role(name=RoleName("owner")),),
        rulebook=Rulebook(
            rules=(
                Rule(code=RuleCode("quiet_hours")),
                Rule(code=RuleCode("ads"), weight=2, text={"zh": "不发广告"}),
            )
        ),
        tiers=(
            TierGroup(
                key="grade",
                tiers=(
                    Tier(key=TierKey("guest"), title={"zh": "客人", "en": "Guest"}),
                    Tier(key=TierKey("regular"), title={"zh": "常客", "en": "Regular"}),
                ),
            ),
        ),
        policies=_policies(),
    )
    return evolve(whole, **changes)


def altered(policy: Any, **changes: Any) -> Any:
    """A policy like *policy*, but for *changes*."""
    return evolve(policy, **changes)


class _Teller:
    def __init__(self) -> None:
        self.told: list[ev.Event] = []

    def __call__(self, cls: Any, who: str, day: int, hour: float, **more: Any) -> None:
        at = MONDAY + timedelta(days=day, hours=hour)
        key = EventId(f"e{len(self.told)}")
        self.told.append(cls(id=key, at=at, member=MemberId(who), **more))


def events() -> list[ev.Event]:
    """What happened, in order; hours are after 08:00 local time."""
    tell = _Teller()
    for nth, who in enumerate(("ann", "bo", "cho", "dai")):
        tell(ev.Joined, who, 0, nth / 10, group=GroupId("hall"))
    tell(ev.Joined, "bot", 0, 1, bot=True)
    tell(ev.MessagePosted, "bot", 0, 1.5)
    tell(ev.Introduced, "ann", 0, 2)
    for day in range(5):
        tell(ev.MessagePosted, "ann", day, 4)
        tell(ev.MessagePosted, "bo", day, 4.5)
    tell(ev.MessagePosted, "cho", 1, 15.5)  # 23:30
    tell(ev.MessagePosted, "cho", 2, 15.7)
    tell(ev.MessagePosted, "eve", 2, 16.5)  # never joined, half past midnight
    tell(ev.Joined, "ann", 3, 1, group=GroupId("den"))  # one more group, no new member
    react = {"actor": MemberId("dai")}
    tell(ev.ReactionReceived, "ann", 3, 3, **react)
    tell(ev.ReactionReceived, "ann", 3, 3, dated=False, **react)
    tell(ev.RuleBroken, "bo", 4, 6, rule=RuleCode("ads"))
    tell(ev.Left, "cho", 5, 0)
    tell(ev.Joined, "fay", 6, 2)
    tell(ev.Left, "fay", 6, 3, group=GroupId("hall"))  # a group, not the community
    tell(ev.Custom, "dai", 7, 1, word="tea_poured")
    tell(ev.IdentityLinked, "ann", 8, 0, alias=MemberId("eve"))
    tell(ev.MessagePosted, "fay", 9, 2)
    return sorted(tell.told, key=lambda event: event.at)


def summary_of(
    playbook: Playbook, history: Iterable[ev.Event], **given: Any
) -> Summary:
    """Replay *history* and draw up its summary."""
    engine = playbook.engine()
    summary = Summary(playbook, **given)
    last = None
    for event in history:
        try:
            step = engine.receive(event)
        except HistoryError as error:
            summary.refuse(error)
            continue
        summary.see(event, step)
        last = event.recorded_at if last is None else max(last, event.recorded_at)
    if last is not None:
        summary.see(None, engine.advance(last))
    summary.finish(engine)
    return summary


def refusals() -> Iterator[Refusal]:
    """Five rows that were none."""
    for line in (3, 9, 11, 40):
        yield Refusal(
            source="tea.csv",
            line=line,
            code="table.time",
            message="expected a time, found `soon`",
            figures={"found": "soon"},
        )
    yield Refusal(source="tea.csv", line=50, code="", message="odd")


def told() -> Summary:
    """The summary of the small community."""
    playbook = book()
    engine = playbook.engine()
    summary = Summary(playbook, source="tea.csv", credit="the tea friends, CC0")
    history = events()
    for event in (*history, history[0]):
        summary.see(event, engine.receive(event))
    for refusal in refusals():
        summary.refuse(refusal)
    summary.see(None, engine.advance(history[-1].at))
    summary.finish(engine, seconds=0.5)
    return summary
