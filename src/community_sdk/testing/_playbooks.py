"""Random playbooks: every family, few members, small thresholds, so that it happens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final, cast

from hypothesis import strategies as st

from community_sdk._time import Duration, PeriodUnit, QuietHours, Window
from community_sdk.conditions import (
    All,
    AtLeast,
    Compare,
    Condition,
    Holds,
    Not,
    Op,
)
from community_sdk.conditions import Any as AnyOf
from community_sdk.decisions import Mode
from community_sdk.metrics import Metric
from community_sdk.model import (
    Community,
    CommunityId,
    Group,
    GroupId,
    PolicyKey,
    RoleName,
    Rule,
    Rulebook,
    RuleCode,
    Severity,
    Tier,
    TierGroup,
    TierKey,
)
from community_sdk.playbook import Playbook
from community_sdk.policies import (
    AdmissionPolicy,
    Bar,
    EntryRequirement,
    Funnel,
    FunnelStep,
    OnboardingPolicy,
    OnboardingTask,
    Policy,
    QualificationPolicy,
    RuleWatch,
)
from community_sdk.testing._cast import ZONES
from community_sdk.testing._drawn import (
    CHANNEL_POLICIES,
    HEALTH_POLICIES,
    INCENTIVE_POLICIES,
    REFERRAL_POLICIES,
    SEGMENT_POLICIES,
)
from community_sdk.testing._drawn.door_policies import DOORS
from community_sdk.testing._drawn.ladders import ladders
from community_sdk.testing._drawn.league import LEAGUES
from community_sdk.testing._drawn.rights_policies import (
    ROLES,
    approvals,
    authorities,
    emergencies,
)
from community_sdk.testing._drawn.tier_policies import TERMS

__all__ = ["FAMILIES", "conditions", "playbooks"]

_EXACT: Final = ("10min", "1h", "24h", "36h", "240h")
_DAYS: Final = ("1d", "3d", "10d", "day", "week", "half_month", "month", "quarter")
_LIFE: Final = ("since_join", "since_tier", "lifetime")
_KINDS: Final = ("message", "reaction", "introduced", "purchase", "joined", "signed_in")
_SPANS: Final = ("1h", "24h", "1d", "3d", "10d", "1 month")


# A strategy is made once, not at each draw: Hypothesis spends more on looking into a
# new one than on drawing from it.


def _windows(words: Sequence[str]) -> st.SearchStrategy[Window]:
    return st.sampled_from([Window.parse(word) for word in words])


def durations(words: Sequence[str] = _SPANS) -> st.SearchStrategy[Duration]:
    """Draw short durations, months among them."""
    return _durations(tuple(words))


@cache
def _durations(words: tuple[str, ...]) -> st.SearchStrategy[Duration]:
    return st.sampled_from([Duration.parse(word) for word in words])


@cache
def metrics() -> st.SearchStrategy[Metric]:
    """Draw metrics that a small history can move."""
    kinds, rolling = st.sampled_from(_KINDS), _windows(_EXACT + _DAYS)
    any_window, who = (
        _windows(_EXACT + _DAYS + _LIFE),
        st.sampled_from(["member", "actor"]),
    )
    days = _windows((*_DAYS, "lifetime"))
    categories = st.sampled_from(["", "ads"])
    filtered = st.sampled_from([(), (("group", "hall"),)])
    return st.one_of(
        st.builds(Metric, st.just("count"), kinds, any_window, by=who, where=filtered),
        st.builds(Metric, st.just("active_days"), kinds, days),
        st.builds(Metric, st.just("total"), st.just("purchase"), any_window),
        st.builds(Metric, st.just("distinct"), kinds, rolling, of=st.just("group")),
        st.builds(Metric, st.just("recency"), kinds),
        st.builds(Metric, st.just("streak"), kinds),
        st.just(Metric("tenure")),
        st.builds(
            Metric,
            st.just("strikes"),
            window=any_window,
            of=categories,
        ),
    )


_HAS: Final = (
    Metric("has", kind="owner", of="role"),
    Metric("has", kind="core", of="tier"),
    Metric("has", kind="hall", of="group"),
    Metric("has", kind="active", of="status"),
)


@st.composite
def _comparisons(draw: st.DrawFn) -> Compare:
    metric = draw(metrics())
    op = cast("Op", draw(st.sampled_from([">=", ">=", ">=", "<", "=="])))
    if metric.word in ("recency", "tenure"):
        return Compare(metric, op, draw(durations(("1h", "24h", "3d"))))
    return Compare(metric, op, draw(st.integers(0, 4)))


@cache
def conditions() -> st.SearchStrategy[Condition]:
    """Draw conditions over a few metrics with small thresholds, no names in them."""

    def grow(part: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        two = st.lists(part, min_size=2, max_size=3)
        some = two.map(lambda parts: AtLeast(1, parts))
        return st.one_of(two.map(All), two.map(AnyOf), part.map(Not), some)

    leaf: st.SearchStrategy[Condition] = st.one_of(
        _comparisons(), st.sampled_from(_HAS).map(Holds)
    )
    return st.recursive(leaf, grow, max_leaves=4)


@cache
def _earned() -> st.SearchStrategy[Condition]:
    """Draw conditions that activity meets."""
    windows = _windows((*_EXACT, *_DAYS, *_LIFE))
    messages = st.builds(Metric, st.just("count"), st.just("message"), windows)
    enough = st.builds(Compare, messages, st.just(">="), st.integers(1, 3))
    return st.one_of(enough, conditions())


Modes = st.SearchStrategy[Mode]


@st.composite
def _admission(draw: st.DrawFn, key: str, modes: Modes) -> AdmissionPolicy:
    requirements = draw(
        st.sampled_from(
            [
                (),
                (EntryRequirement(answer="adult"),),
                (EntryRequirement(answer="age", op=">=", value=18),),
            ]
        )
    )
    return AdmissionPolicy(
        key=PolicyKey(key),
        entry=draw(st.sampled_from(["application", "invitation", "closed"])),
        requirements=requirements,
        capacity=draw(st.sampled_from([None, 1, 2])),
        reentry_after=draw(st.none() | durations()),
        mode=draw(modes),
    )


@st.composite
def _onboarding(draw: st.DrawFn, key: str, modes: Modes) -> OnboardingPolicy:
    first = OnboardingTask(
        what="introduce",
        met_by="introduced",
        within=Duration.parse(draw(st.sampled_from(["3d", "1 month"]))),
        remind=draw(st.sampled_from([(), (Duration.parse("24h"),)])),
        duty=draw(st.sampled_from(["", "owner"])),
    )
    second = OnboardingTask(
        what="speak",
        met_by="message",
        where=(("group", "hall"),),
        within=Duration.parse("24h"),
    )
    return OnboardingPolicy(
        key=PolicyKey(key),
        tasks=draw(st.sampled_from([(), (first,), (first, second)])),
        mode=draw(modes),
    )


@st.composite
def _watch(draw: st.DrawFn, key: str, modes: Modes) -> RuleWatch:
    quiet = draw(st.booleans())
    return RuleWatch(
        key=PolicyKey(key),
        rule=RuleCode("ads" if quiet else "rude"),
        quiet_hours=quiet,
        when=None if quiet else draw(_earned()),
        exempt=draw(st.sampled_from([(), (RoleName("owner"),)])),
        again_after=draw(durations()),
        mode=draw(modes),
    )


@st.composite
def qualifications(
    draw: st.DrawFn, key: str = "grade", modes: Modes | None = None
) -> QualificationPolicy:
    """Draw tier policies with every switch."""
    bars = {
        TierKey(name): Bar(entry=draw(_earned()), retention=draw(st.none() | _earned()))
        for name in draw(st.sampled_from([("core",), ("core", "star")]))
    }
    return QualificationPolicy(
        key=PolicyKey(key),
        tiers="grade",
        bars=bars,
        climb=draw(st.sampled_from(["one_step", "as_earned"])),
        fall=draw(st.sampled_from(["one_down", "straight_down", "never"])),
        upgrade=draw(st.sampled_from(["immediate", "at_review"])),
        downgrade=draw(st.sampled_from(["immediate", "at_review"])),
        review=draw(st.sampled_from(PeriodUnit)),
        minimum_stay=draw(st.none() | durations()),
        cool_down=draw(st.none() | durations()),
        mode=draw(modes) if modes is not None else Mode.ACT,
    )


@st.composite
def funnels(draw: st.DrawFn, key: str = "funnel", modes: Modes | None = None) -> Funnel:
    """Draw funnels of up to four steps, the same event in several of them."""
    words = ("joined", "message", "introduced", "purchase", "signed_in", "rule_broken")
    named = draw(st.lists(st.sampled_from(words), min_size=1, max_size=4))
    where = st.sampled_from([(), (), (("group", "hall"),)])
    return Funnel(
        key=PolicyKey(key),
        steps=tuple(FunnelStep(event=word, where=draw(where)) for word in named),
        window=draw(durations()),
        nudge=draw(st.sampled_from(["", "call"])),
        mode=draw(modes) if modes is not None else Mode.ACT,
    )


FAMILIES: Final[dict[str, Any]] = {
    "admission": _admission,
    "onboarding": _onboarding,
    "watch": _watch,
    "ladder": ladders,
    "tier": qualifications,
    "funnel": funnels,
    **LEAGUES,
    **DOORS,
    **TERMS,
    **INCENTIVE_POLICIES,
    **REFERRAL_POLICIES,
    **SEGMENT_POLICIES,
    **HEALTH_POLICIES,
    **CHANNEL_POLICIES,
    "authority": authorities,
    "emergency": emergencies,
}


_NEEDS: Final = {"credit": "points", "ways": "codes", "desk": "contacts"}
"""Families that refer to another one."""


@st.composite
def communities(draw: st.DrawFn, zone: str | None = None) -> Community:
    """Draw communities with quiet hours, and a group that is soon full."""
    quiet = draw(st.sampled_from([None, "23:00-07:00", "00:00-01:30", "12:00-14:00"]))
    return Community(
        key=CommunityId("c"),
        zone=zone or draw(st.sampled_from(ZONES)),
        quiet_hours=None if quiet is None else QuietHours.parse(quiet),
        groups=(Group(key=GroupId("hall")), Group(key=GroupId("den"), capacity=1)),
    )


@st.composite
def playbooks(
    draw: st.DrawFn,
    families: Iterable[str] = tuple(FAMILIES),
    *,
    modes: Sequence[Mode] = (Mode.ACT,) * 4 + (Mode.PROPOSE, Mode.SHADOW),
    zone: str | None = None,
) -> Playbook:
    """Draw playbooks with policies of some of the *families*, in any order and mode."""
    words = st.sampled_from(tuple(families))
    chosen = draw(st.lists(words, min_size=1, max_size=6, unique=True))
    chosen += [_NEEDS[word] for word in chosen if _NEEDS.get(word, word) not in chosen]
    mode = st.sampled_from(modes)
    policies: tuple[Policy, ...] = tuple(
        draw(FAMILIES[word](word, mode)) for word in chosen
    )
    rules = (
        Rule(code=RuleCode("ads"), weight=2),
        Rule(code=RuleCode("rude"), category="tone", severity=Severity.SERIOUS),
    )
    return Playbook(
        name="drawn",
        community=draw(communities(zone)),
        roles=ROLES,
        tiers=(
            TierGroup(
                key="grade",
                tiers=tuple(Tier(key=TierKey(k)) for k in ("fan", "core", "star")),
            ),
        ),
        rulebook=Rulebook(rules=rules),
        policies=policies,
        events=("signed_in",),
        lateness=draw(durations(("24h", "7d", "1 month"))),
        approval=draw(approvals()),
    )
