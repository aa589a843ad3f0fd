"""Strategies: any playbook that makes sense."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, cast

from hypothesis import strategies as st

from community_sdk._time import PeriodUnit
from community_sdk.conditions import (
    Condition,
    count,
)
from community_sdk.metrics import Metric
from community_sdk.model import (
    KPI,
    Campaign,
    Community,
    Direction,
    Group,
    Money,
    Positioning,
    Role,
    Rule,
    Rulebook,
    Severity,
    Tier,
    TierGroup,
)
from community_sdk.playbook import Consent, Playbook
from tests.unit.playbook.instruments import (
    DURATIONS,
    NAMES,
    TEXTS,
    TITLES,
    World,
    conditions,
    policies,
    quiet_hours,
    unique,
)


@st.composite
def _rules(draw: st.DrawFn) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            code=cast("Any", code),
            text=draw(TITLES),
            category=draw(st.sampled_from(["", "order"])),
            severity=draw(st.sampled_from(Severity)),
            weight=draw(st.integers(0, 10)),
        )
        for code in draw(unique())
    )


@st.composite
def _campaigns(draw: st.DrawFn, groups: list[str]) -> tuple[Campaign, ...]:
    zones = [
        UTC,
        timezone(timedelta(hours=8)),
        timezone(timedelta(hours=-3, minutes=-30)),
    ]
    made: list[Campaign] = []
    for key in draw(st.lists(NAMES, max_size=2, unique=True)):
        since = draw(
            st.datetimes(datetime(1970, 1, 3), datetime(9000, 1, 1)).map(  # noqa: DTZ001
                lambda t: t.replace(tzinfo=zones[t.microsecond % 3])
            )
        )
        made.append(
            Campaign(
                key=key,
                since=since,
                until=since + timedelta(microseconds=draw(st.integers(1, 10**12))),
                title=draw(TITLES),
                groups=cast("Any", tuple(groups[: draw(st.integers(0, 2))])),
                online=draw(st.booleans()),
                places=draw(st.none() | st.integers(1, 100)),
                budget=draw(
                    st.none()
                    | st.builds(
                        Money,
                        st.integers(0, 10**15),
                        st.sampled_from(["CNY", "JPY", "KWD"]),
                    )
                ),
            )
        )
    return tuple(made)  # fmt: skip


@st.composite
def _tiers(draw: st.DrawFn, keys: list[str]) -> tuple[Tier, ...]:
    return tuple(
        Tier(
            key=cast("Any", key),
            title=draw(TITLES),
            benefits=tuple(draw(st.lists(TEXTS, max_size=2))),
        )
        for key in keys
    )


@st.composite
def _roles(draw: st.DrawFn, names: list[str]) -> tuple[Role, ...]:
    return tuple(
        Role(
            name=cast("Any", name),
            rank=draw(st.integers(-5, 100)),
            title=draw(TITLES),
            permissions=draw(st.frozensets(TEXTS, max_size=3)),
        )
        for name in names
    )


@st.composite
def _communities(draw: st.DrawFn, groups: list[str]) -> Community:
    where = st.builds(
        Positioning, purpose=TEXTS, goals=st.tuples(TEXTS), years=st.integers(0, 9)
    )
    rooms = [
        Group(
            key=cast("Any", key),
            title=draw(TITLES),
            theme=draw(TEXTS),
            capacity=draw(st.none() | st.integers(1, 500)),
            quiet_hours=draw(quiet_hours()),
        )
        for key in groups
    ]
    return Community(
        key=cast("Any", draw(NAMES)),
        zone=draw(st.sampled_from(["UTC", "Asia/Shanghai"])),
        title=draw(TITLES),
        positioning=draw(where),
        groups=tuple(rooms),
        quiet_hours=draw(quiet_hours()),
    )


@st.composite
def _kpis(draw: st.DrawFn) -> tuple[KPI, ...]:
    return tuple(
        KPI(
            key=key,
            measure=draw(TEXTS),
            period=draw(st.sampled_from(PeriodUnit)),
            direction=draw(st.sampled_from(Direction)),
            target=draw(st.none() | st.integers(-5, 500)),
        )
        for key in draw(st.lists(NAMES, max_size=2, unique=True))
    )


@st.composite
def _measures(draw: st.DrawFn, world: World) -> dict[str, Condition | Metric]:
    weight = count("message", "7d").metric
    assert isinstance(weight, Metric)
    some = {"regular": draw(conditions(world)), "weight": weight}
    return draw(st.sampled_from([{}, some]))


@st.composite
def playbooks(draw: st.DrawFn) -> Playbook:
    """Any playbook that a file can hold and an engine can run."""
    roles, groups, tiers = draw(unique()), draw(unique()), draw(unique())
    rules, group = draw(_rules()), draw(NAMES)
    world: World = {
        "roles": roles,
        "tiers": tiers,
        "ladder_of_tiers": tiers[1:] or tiers,
        "tier_group": [group],
        "rules": [str(rule.code) for rule in rules],
        "ladders": [rule.ladder for rule in rules],
    }
    own = draw(st.lists(st.sampled_from(["a", "签到"]), max_size=2, unique=True))
    return Playbook(
        name=draw(NAMES),
        version=draw(NAMES),
        community=draw(_communities(groups)),
        roles=draw(_roles(roles)),
        tiers=(TierGroup(key=group, tiers=draw(_tiers(tiers))),),
        rulebook=Rulebook(version=draw(st.integers(1, 9)), rules=rules),
        policies=draw(policies(world)),
        campaigns=draw(_campaigns(groups)),
        kpis=draw(_kpis()),
        events=("signed_in", *own),
        measures=draw(_measures(world)),
        lateness=draw(DURATIONS),
        approval=Consent(
            duty=roles[0], needs=draw(st.integers(1, 5)), within=draw(DURATIONS)
        ),
    )
