"""Strategies: any policy that makes sense, texts of every script in it."""

from datetime import timedelta
from string import ascii_lowercase, digits
from typing import Any, cast

from hypothesis import strategies as st

from community_sdk._time import Duration, PeriodUnit, QuietHours
from community_sdk.conditions import (
    Condition,
    active_days,
    at_least,
    count,
    distinct,
    has,
    recency,
    strikes,
    tenure,
    total,
)
from community_sdk.decisions import Mode
from community_sdk.model import (
    SANCTIONS,
    LadderStep,
    Notice,
    SanctionKind,
    Severity,
)
from community_sdk.policies import (
    AdmissionPolicy,
    Bar,
    EntryRequirement,
    Funnel,
    FunnelStep,
    OnboardingPolicy,
    OnboardingTask,
    PenaltyLadder,
    QualificationPolicy,
    RuleWatch,
    Trigger,
)

World = dict[str, list[str]]
"""The names that the parts of one playbook have."""

TEXTS = st.one_of(
    st.sampled_from(
        [
            "", "群主", 'say "hi"', "it's", "back\\slash", "two\nlines", "\r\n", "\t",
            "{{city}}", "{{{", "}}", "{{{{", "\u202e", "\x7f", "'''", '"""', "#", "🎉",
        ]
    ),
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8
    ),
)  # fmt: skip
# Twice as fast as `st.from_regex` of the same words.
PLAIN = st.tuples(
    st.sampled_from(ascii_lowercase),
    st.text(ascii_lowercase + digits + "_", max_size=6),
).map("".join)
NAMES = st.one_of(
    st.sampled_from(["ads", "群规", "a.b", "x y", "it's", 'q"', "{{x}}", "0", "-"]),
    PLAIN,
)
TITLES = st.dictionaries(st.sampled_from(["zh", "en", "ja"]), TEXTS, max_size=3)
DURATIONS = st.one_of(
    st.sampled_from(["90d", "1 month", "2 years", "15min", "24h", "1us", "3d"]).map(
        Duration.parse
    ),
    st.integers(1, 999_999_999).map(lambda us: Duration(us=us)),
)
MAYBE = st.none() | DURATIONS
SCALARS = st.one_of(TEXTS, st.integers(-(2**63), 2**63 - 1), st.booleans())
WORDS = ("message", "joined", "signed_in")
CLOCKS = st.times().map(lambda t: t.replace(second=0, microsecond=0))
MODES = st.sampled_from([Mode.ACT, Mode.SHADOW, Mode.PROPOSE])


@st.composite
def quiet_hours(draw: st.DrawFn) -> QuietHours | None:
    """None, or two times of day."""
    start, end = draw(CLOCKS), draw(CLOCKS)
    return None if start == end else QuietHours(start, end)


def unique(names: int = 4) -> st.SearchStrategy[list[str]]:
    """Some names, each once."""
    return st.lists(NAMES, min_size=1, max_size=names, unique=True)


@st.composite
def conditions(draw: st.DrawFn, world: World) -> Condition:
    """Any condition that names only what the playbook has."""
    word = draw(st.sampled_from(WORDS))
    leaves: list[Condition] = [
        count(word, draw(st.sampled_from(["30d", "24h", "month", "lifetime"])))
        >= draw(st.integers(0, 2**40)),
        active_days("30d", "message", group="x y") < draw(st.integers(0, 30)),
        total("purchase", "90d") > 100,
        distinct("group", "message", "90d") != 3,
        recency("message", by="actor") <= "3d",
        tenure() >= timedelta(days=2, microseconds=1),
        strikes("90d", draw(st.sampled_from(world["ladders"]))) == 0,
        has("role", draw(st.sampled_from(world["roles"]))),
        has("tier", draw(st.sampled_from(world["tiers"]))),
    ]
    parts = draw(st.lists(st.sampled_from(leaves), min_size=1, max_size=3))
    if len(parts) == 1:
        return parts[0] if draw(st.booleans()) else ~parts[0]
    shape = draw(st.integers(0, 2))
    if shape == 0:
        return parts[0] & parts[1]
    return parts[0] | parts[-1] if shape == 1 else at_least(1, *parts)


@st.composite
def steps(draw: st.DrawFn) -> tuple[LadderStep, ...]:
    """A ladder that rises, own sanctions among its kinds."""
    own = [
        SanctionKind("fine", 45),
        SanctionKind("time out", 55, holds=True),
        SanctionKind("exile", 90, holds=True, expels=True),
    ]
    kinds = sorted(
        draw(
            st.lists(
                st.sampled_from([*SANCTIONS.values(), *own]), min_size=1, max_size=4
            )
        ),
        key=lambda kind: kind.order,
    )
    return tuple(
        LadderStep(
            at=place * 2 + 1,
            kind=kind,
            duration=draw(MAYBE) if kind.holds else None,
            notice=draw(st.sampled_from(Notice)),
        )
        for place, kind in enumerate(kinds)
    )


@st.composite
def policies(draw: st.DrawFn, world: World) -> tuple[Any, ...]:
    """Some policies, each with a key of its own."""
    makers = [_admission, _onboarding, _watch, _ladder, _tiers, _funnel]
    keys = draw(st.lists(NAMES, max_size=5, unique=True))
    return tuple(draw(draw(st.sampled_from(makers))(key, world)) for key in keys)


@st.composite
def _admission(draw: st.DrawFn, key: str, _: Any) -> AdmissionPolicy:
    scalar = draw(SCALARS)
    ordered = type(scalar) is int
    one = EntryRequirement(
        answer=draw(TEXTS),
        op=draw(st.sampled_from([">=", "<=", "==", "!="] if ordered else ["==", "!="])),
        value=scalar,
        title=draw(TITLES),
    )
    return AdmissionPolicy(
        key=cast("Any", key),
        entry=draw(st.sampled_from(["application", "invitation", "closed"])),
        requirements=draw(
            st.sampled_from([(), (one,), (one, EntryRequirement(answer="x"))])
        ),
        capacity=draw(st.none() | st.integers(0, 500)),
        reentry_after=draw(MAYBE),
        mode=draw(MODES),
    )


@st.composite
def _onboarding(draw: st.DrawFn, key: str, world: World) -> OnboardingPolicy:
    task = OnboardingTask(
        what=draw(TEXTS),
        met_by=draw(st.sampled_from(WORDS)),
        within=Duration.parse("9d"),
        where=draw(
            st.sampled_from(
                [(), (("group", "大厅"),), (("source", "a"), ("group", "b"))]
            )
        ),
        remind=draw(
            st.sampled_from([(), (Duration.parse("1d"), Duration.parse("3d"))])
        ),
        duty=draw(st.sampled_from(["", *world["roles"]])),
    )
    return OnboardingPolicy(
        key=cast("Any", key),
        welcome=draw(TEXTS),
        tasks=draw(st.sampled_from([(), (task,), (task, task)])),
        rescue=draw(TEXTS),
        mode=draw(MODES),
    )


@st.composite
def _watch(draw: st.DrawFn, key: str, world: World) -> RuleWatch:
    quiet = draw(st.booleans())
    return RuleWatch(
        key=cast("Any", key),
        rule=cast("Any", draw(st.sampled_from(world["rules"]))),
        quiet_hours=quiet,
        when=None if quiet else draw(conditions(world)),
        exempt=cast("Any", tuple(world["roles"][: draw(st.integers(0, 2))])),
        again_after=draw(DURATIONS),
        mode=draw(MODES),
    )


@st.composite
def _ladder(draw: st.DrawFn, key: str, world: World) -> PenaltyLadder:
    some = st.lists(st.sampled_from(world["ladders"]), max_size=2, unique=True)
    ladder = draw(steps())
    return PenaltyLadder(
        key=cast("Any", key),
        steps=ladder,
        measure=draw(st.sampled_from(["count", "points"])),
        per=draw(st.sampled_from(["category", "rule", "member"])),
        categories=tuple(draw(some)),
        window=draw(MAYBE),
        window_edge=draw(st.sampled_from(["inclusive", "exclusive"])),
        trigger=draw(st.sampled_from(Trigger)),
        immediate=dict.fromkeys(draw(some), ladder[-1]),
        enter_at={name: draw(st.integers(1, 9)) for name in draw(some)},
        zero_tolerance=draw(st.none() | st.sampled_from(Severity)),
        mode=draw(MODES),
    )


@st.composite
def _tiers(draw: st.DrawFn, key: str, world: World) -> QualificationPolicy:
    bars = {
        tier: Bar(
            entry=draw(conditions(world)),
            retention=draw(st.none() | conditions(world)),
        )
        for tier in world["ladder_of_tiers"]
    }
    return QualificationPolicy(
        key=cast("Any", key),
        tiers=world["tier_group"][0],
        bars=cast("Any", bars),
        climb=draw(st.sampled_from(["one_step", "as_earned"])),
        fall=draw(st.sampled_from(["one_down", "straight_down", "never"])),
        upgrade=draw(st.sampled_from(["immediate", "at_review"])),
        downgrade=draw(st.sampled_from(["immediate", "at_review"])),
        review=draw(st.sampled_from(PeriodUnit)),
        minimum_stay=draw(MAYBE),
        cool_down=draw(MAYBE),
        mode=draw(MODES),
    )


@st.composite
def _funnel(draw: st.DrawFn, key: str, _: Any) -> Funnel:
    step = st.builds(
        FunnelStep,
        event=st.sampled_from(["message", "joined"]),
        where=st.sampled_from([(), (("group", "x"),)]),
        title=TITLES,
    )
    own = st.builds(
        FunnelStep,
        event=st.just("signed_in"),
        where=st.dictionaries(TEXTS, SCALARS, max_size=3).map(
            lambda d: tuple(d.items())
        ),
    )
    return Funnel(
        key=cast("Any", key),
        steps=tuple(draw(st.lists(step | own, min_size=1, max_size=4))),
        window=draw(DURATIONS),
        nudge=draw(TEXTS),
        mode=draw(MODES),
    )
