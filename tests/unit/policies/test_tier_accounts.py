"""Tiers: what is told of a standing, and which events can move it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration, PeriodUnit
from community_sdk.conditions import moved_by, parse_condition
from community_sdk.decisions import ChangeTier, NoteTierReview
from community_sdk.errors import DefinitionError
from community_sdk.model import (
    EventId,
    MemberId,
    RoleName,
    RuleCode,
    TierKey,
)
from community_sdk.policies import Bar, QualificationPolicy
from tests.unit.desk import DAY, HOUR, START, Book, Desk
from tests.unit.policies.terraces import (
    ACTIVE,
    CORE,
    KEY,
    bar,
    desk,
    held,
    moves,
    policy,
    posts,
    put,
)


def test_what_a_review_would_do_can_be_asked_at_any_time() -> None:
    """Without waiting for it, and without doing it."""
    mine = policy()
    one = Desk(mine)
    put(one, CORE, START - DAY)
    assert [f"{m.before}>{m.after}" for m in reviewed(mine, one)] == ["core>active"]
    posts(one, 3, START + HOUR)
    assert reviewed(mine, one) == []
    assert held(one) == "core"


def reviewed(mine: QualificationPolicy, one: Desk) -> list[ChangeTier]:
    """What a review would decide now."""
    return [
        wish for wish in mine.review_now(one.view()) if isinstance(wish, ChangeTier)
    ]


def test_the_standing_tells_what_is_missing() -> None:
    """To rise, and to stay, and until when nothing can happen."""
    mine = policy(minimum_stay=Duration.parse("14d"))
    one = Desk(mine)
    posts(one, 2)
    why = mine.standing(one.view())
    assert (why.key, why["tier"]) == ("tier.standing", "fan")
    assert [(p.key, p["tier"]) for p in why.parts] == [("tier.to_rise", "active")]
    one.post(START + HOUR)
    why = mine.standing(one.view())
    assert [(p.key, p["tier"]) for p in why.parts] == [
        ("tier.to_rise", "core"),
        ("tier.to_stay", "active"),
    ]
    assert why.parts[1]["safe_until"] == (START + HOUR + 14 * DAY).isoformat()
    put(one, CORE, START + 2 * HOUR, START + 2 * HOUR)
    assert [p.key for p in mine.standing(one.view()).parts] == ["tier.to_stay"]
    assert policy().standing(one.view()).parts[0]["safe_until"] is None
    for other in (policy(fall="never"), policy(bars={ACTIVE: bar(9)})):
        assert other.standing(one.view()).parts == ()


def test_where_there_is_no_bar_nothing_is_missing() -> None:
    """Neither above nor where the member stands."""
    mine = policy(bars={CORE: bar(9)})
    one = Desk(mine)
    one.post(START)
    assert mine.standing(one.view()).parts == ()
    put(one, ACTIVE, START)
    assert [p.key for p in mine.standing(one.view()).parts] == ["tier.to_rise"]


def test_a_policy_says_which_events_can_move_a_figure() -> None:
    """What it counts, and what changes standing, roles, strikes and tiers."""
    own = {"tier_changed", "tier_imported", "timer_fired", "identity_linked"}
    own |= {"tier_review_requested"}
    own |= {"tier_set", "tier_overridden", "tier_override_ended", "tier_excused"}
    own |= {"tier_renewed", "tier_grace_started", "tier_grace_ended"}
    standing = {"joined", "membership_imported", "message", "left", "member_removed"}
    wanted = {
        'count("reaction", "30d") > 1': {"reaction"},
        "strikes() == 0": {"rule_broken", "strike_overturned", "sanction_ordered"}
        | {"record_cleared", "strikes_imported"},
        'tenure() > "30d"': standing,
        'has("role", "host")': standing | {"role_assigned", "role_ended"},
        'has("sanction", "mute")': standing
        | {"role_assigned", "role_ended", "sanction_imposed", "sanction_ended"}
        | {"sanction_lifted", "sanction_imported"},
        'balance("points") >= 9': {"points", "points_posted", "balance_imported"},
    }
    for text, words in wanted.items():
        mine = policy(bars={ACTIVE: Bar(entry=parse_condition(text))})
        assert mine.words == own | words | moved_by(mine.metrics)
        assert len(mine.metrics) == 1


def test_standing_roles_and_strikes_move_at_once() -> None:
    """Not only at the next message."""
    text = 'has("role", "host") and strikes() == 0 and has("status", "active")'
    bars = {ACTIVE: Bar(entry=parse_condition(text))}
    one = desk(bars=bars, downgrade="immediate")
    one.tell(ev.Joined, START)
    role = RoleName("host")
    assert moves(one.tell(ev.RoleAssigned, START, role=role)) == ["fan>active"]
    step = one.tell(ev.RuleBroken, START, rule=RuleCode("flood"), id="s")
    assert moves(step) == ["active>fan"]
    step = one.tell(ev.StrikeOverturned, START + HOUR, strike=EventId("s"))
    assert moves(step) == ["fan>active"]
    assert moves(one.tell(ev.Left, START + DAY)) == ["active>fan"]


def test_two_accounts_together_may_earn_a_tier() -> None:
    """When it becomes known that they are one person."""
    one = desk()
    posts(one, 2)
    one.post(START + HOUR, "alt")
    step = one.tell(ev.IdentityLinked, START + 2 * HOUR, alias=MemberId("alt"))
    assert moves(step) == ["fan>active"]
    assert moves(one.post(START + 3 * HOUR, "alt")) == []


def test_a_policy_names_tiers_that_do_not_exist() -> None:
    """The group, or the bars of unknown tiers."""
    bars = {ACTIVE: bar(1), TierKey("king"): bar(2)}
    found = [(w, word) for w, word, _ in policy(bars=bars).problems(Book())]
    assert found == [("bars", "king")]
    lost = QualificationPolicy(key=KEY, tiers="grad", bars={ACTIVE: bar(1)})
    assert [(w, word) for w, word, _ in lost.problems(Book())] == [("tiers", "grad")]
    with pytest.raises(DefinitionError) as caught:
        policy(bars={})
    assert caught.value.code == "tier.no_bars"


def test_reviews_may_be_told() -> None:
    """For points that begin anew, moved or not."""
    one = desk(tell_reviews=True, review=PeriodUnit.DAY)
    put(one, ACTIVE, START - 99 * DAY)
    step = one.advance(START + DAY)
    told = [d.tier for d in step.decisions if isinstance(d, NoteTierReview)]
    assert told == ["fan"]
    assert [f.kind for f in step.facts].count("tier_reviewed") == 1


@given(st.lists(st.integers(0, 400), max_size=25), st.integers(0, 24))
def test_more_activity_never_lowers_a_standing(hours: list[int], extra: int) -> None:
    """INVARIANT: who does one thing more stands at least as high at every review."""
    ranks: list[list[int]] = []
    for told in (sorted(hours), sorted([*hours, extra])):
        one = desk(bars={ACTIVE: bar(2, 1, "5d"), CORE: bar(4, 2, "5d")})
        found: list[int] = []
        for hour in range(0, 500, 100):
            for each in [h for h in told if hour <= h < hour + 100]:
                one.post(START + each * HOUR)
            one.advance(START + (hour + 100) * HOUR)
            known = one.engine.members.get("ann")
            tier = known.tiers.get("grade") if known else None
            found.append(("fan", "active", "core").index(tier.tier if tier else "fan"))
        ranks.append(found)
    assert all(more >= less for less, more in zip(*ranks, strict=True))
