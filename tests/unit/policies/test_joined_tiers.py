"""Two accounts are one person: the higher tier of both is kept, unless locked (S08)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk import load
from community_sdk._time import Duration
from community_sdk.decisions import ChangeTier
from community_sdk.engine import Step
from community_sdk.metrics import Metric
from community_sdk.model import (
    EventId,
    MemberId,
    OverrideKind,
    PolicyKey,
    TierCause,
    TierKey,
)
from community_sdk.policies import LeaguePolicy, LeagueRules, OrderKey, Validity
from community_sdk.wording import Names, say
from tests.unit.desk import DAY, HOUR, START, TICK, Desk
from tests.unit.policies.terraces import (
    ACTIVE,
    BOOST,
    BOSS,
    CORE,
    FAN,
    LOCK,
    bar,
    desk,
    held,
    moves,
    policy,
    posts,
    told,
)

BO = MemberId("bo")
GRADES = (FAN, ACTIVE, CORE)
KINDS = st.sampled_from([None, *OverrideKind])


def put(one: Desk, who: str, tier: TierKey, until: datetime | None = None) -> Step:
    """Take over a tier."""
    known = {"tiers": "grade", "tier": tier, "since": START - DAY, "until": until}
    return one.tell(ev.TierImported, START, who, **known)


def decide(one: Desk, who: str, kind: OverrideKind, tier: TierKey) -> Step:
    """Somebody decides about the tier of an account."""
    more = {"tiers": "grade", "override": kind, "tier": tier, "actor": BOSS}
    return one.tell(ev.TierOverridden, START + HOUR, who, **more)


def link(one: Desk, hours: int = 2, member: str = "ann", alias: MemberId = BO) -> Step:
    """The accounts turn out to be one person's."""
    return one.tell(ev.IdentityLinked, START + hours * HOUR, member, alias=alias)


def lenient() -> Desk:
    """Tiers that nobody loses by the bars."""
    return desk(fall="never")


@pytest.mark.parametrize(
    ("mine", "other", "moved"),
    [
        (ACTIVE, CORE, ["active>core"]),
        (None, CORE, ["fan>core"]),
        (CORE, ACTIVE, []),
        (CORE, None, []),
        (ACTIVE, ACTIVE, []),
    ],
)
def test_the_higher_tier_is_kept(
    mine: TierKey | None, other: TierKey | None, moved: list[str]
) -> None:
    """A move that tells why, once; the other account moves nobody any more."""
    one = lenient()
    for who, tier in (("ann", mine), ("bo", other)):
        if tier is not None:
            put(one, who, tier)
    step = link(one)
    assert moves(step) == moved
    assert held(one) == max(mine or FAN, other or FAN, key=GRADES.index)
    assert one.engine.members["bo"].tiers == {}
    assert moves(link(one, 3)) == []
    if moved:
        (move,) = (d for d in step.decisions if isinstance(d, ChangeTier))
        assert (move.because.key, move.account) == ("tier.merged", BO)


def test_a_lock_of_either_account_holds_for_the_person() -> None:
    """What the other had earned is there again when it ends."""
    one = lenient()
    put(one, "ann", ACTIVE)
    decide(one, "ann", LOCK, ACTIVE)
    put(one, "bo", CORE)
    assert moves(link(one)) == []
    ended: dict[str, Any] = {"tiers": "grade", "override": LOCK, "actor": BOSS}
    step = one.tell(ev.TierOverrideEnded, START + DAY, **ended)
    assert told(step) == [("active>core", TierCause.EARNED)]
    other = lenient()
    put(other, "ann", CORE)
    put(other, "bo", ACTIVE)
    decide(other, "bo", LOCK, ACTIVE)
    step = link(other)
    assert told(step) == [("core>active", TierCause.LOCK)]
    (move,) = step.decisions
    assert [(p.key, p["by"]) for p in move.because.parts] == [
        ("tier.overridden", "boss")
    ]
    step = other.tell(ev.TierOverrideEnded, START + DAY, **ended)
    assert told(step) == [("active>core", TierCause.EARNED)]


def test_both_accounts_together_may_rise_further() -> None:
    """The higher of both first, then what their figures earn together."""
    one = desk(climb="as_earned")
    posts(one, 2)
    for nth in range(4):
        one.post(START + nth * HOUR, "bo")
    assert moves(link(one, 5)) == ["fan>active", "active>core"]


def test_the_term_comes_along() -> None:
    """That of the higher tier; of equal ones the later."""
    year = Validity(length=Duration.parse("12 months"))
    given: dict[str, Any] = {"downgrade": "at_expiry", "validity": year}
    for mine, ends in ((ACTIVE, 20), (CORE, 20), (CORE, 90)):
        one = desk(**given)
        put(one, "ann", mine, START + 50 * DAY)
        put(one, "bo", CORE, START + ends * DAY)
        link(one)
        over = START + (max(ends, 50) if mine == CORE else ends) * DAY
        assert policy(**given).progress(one.view()).valid_until == over
        assert moves(one.advance(over - TICK)) == []
        assert moves(one.advance(over)) == ["core>active"]


def test_a_fall_before_holds_back_a_rise_after() -> None:
    """The tier of the other account is no rise that ends the waiting."""
    bars = {ACTIVE: bar(3), CORE: bar(6)}
    one = desk(cool_down="10d", downgrade="immediate", bars=bars)
    assert moves(put(one, "ann", ACTIVE)) == ["active>fan"]
    for nth in range(3):
        one.post(START + nth * HOUR, "bo")
    assert moves(link(one, 3)) == ["fan>active"]
    assert posts(one, 3, START + DAY) == []
    assert posts(one, 1, START + 11 * DAY) == ["active>core"]


def test_a_place_beside_the_tiers_lasts_as_long_as_either() -> None:
    """An end of one account does not end what the other has without one."""
    one = lenient()
    for who, until in (("ann", START + DAY), ("bo", None)):
        extra = {"tiers": "grade", "tier": CORE, "cause": "featured", "until": until}
        one.tell(ev.ExtraTierGranted, START, who, **extra)
    link(one)
    assert [e.until for e in one.member().extras] == [None]


def league() -> Desk:
    """Whoever has no record stands in the middle."""
    rules = LeagueRules(tiers=GRADES, order=(OrderKey(by="activity"),), to=FAN)
    figures = {"activity": Metric(word="count", kind="message")}
    key = PolicyKey("league")
    mine = LeaguePolicy(
        key=key, tiers="grade", rules=rules, figures=figures, entry=ACTIVE
    )
    return Desk(mine)


def test_in_a_league_no_record_is_the_beginning() -> None:
    """It outranks a lower tier; an account that never was here stands nowhere."""
    one = league()
    one.post(START, "ann")
    put(one, "bo", FAN)
    assert (moves(link(one)), held(one)) == ([], None)
    other = league()
    other.post(START, "bo")
    put(other, "ann", FAN)
    assert (moves(link(other)), held(other)) == (["fan>active"], ACTIVE)
    fresh = league()
    put(fresh, "bo", FAN)
    assert (moves(link(fresh)), held(fresh)) == (["active>fan"], FAN)


def test_with_a_shipped_playbook_it_is_told_in_its_words() -> None:
    """The gold card of the other account."""
    book = load("retail_loyalty", zone="UTC")
    engine = book.engine()
    head: dict[str, Any] = {"at": START, "tiers": "club", "since": START}
    gold = ev.TierImported(id=EventId("1"), member=BO, tier=TierKey("gold"), **head)
    engine.receive(gold)
    step = engine.receive(
        ev.IdentityLinked(id=EventId("2"), at=START, member=MemberId("ann"), alias=BO)
    )
    (move,) = (d for d in step.decisions if isinstance(d, ChangeTier))
    assert (move.policy, move.account) == ("tiers", "bo")
    said = say(move.because, "zh", names=Names.of(book))
    assert said == "与账号“bo”为同一人：等级由“会员”改为“金卡会员”。"
    assert engine.members["ann"].tiers["club"].tier == "gold"


@given(
    st.sampled_from(GRADES),
    KINDS,
    st.sampled_from(GRADES),
    KINDS,
    st.sampled_from(GRADES),
)
def test_nobody_loses_by_merging_unless_somebody_decided(
    mine: TierKey,
    kind: OverrideKind | None,
    other: TierKey,
    theirs: OverrideKind | None,
    tier: TierKey,
) -> None:
    """INVARIANT: without lock and boost the higher of both; with one, its tier."""
    one = lenient()
    put(one, "ann", mine)
    put(one, "bo", other)
    for who, what in (("ann", kind), ("bo", theirs)):
        if what is not None:
            decide(one, who, what, tier)
    before = [GRADES.index(TierKey(held(one, who) or "fan")) for who in ("ann", "bo")]
    link(one)
    now = held(one)
    if {kind, theirs} & {LOCK, BOOST}:
        assert now == tier
    else:
        assert GRADES.index(TierKey(now or "fan")) == max(before)
