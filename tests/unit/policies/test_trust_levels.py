"""Levels of trust: earned one step at a time, kept over a window, without penalties."""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve

from community_sdk import events as ev
from community_sdk.decisions import ChangeTier, RefuseAct
from community_sdk.engine import Engine, Step
from community_sdk.errors import DefinitionError
from community_sdk.metrics import Metric
from community_sdk.model import (
    EventId,
    MemberId,
    OverrideKind,
    RoleName,
    TierCause,
    TierKey,
    TierLook,
)
from community_sdk.playbook import Playbook, load
from community_sdk.policies import LevelBars, Progress, RegularBars, TrustLevels
from tests.unit.desk import DAY, HOUR, START, TICK

SMALL = RegularBars(
    window_days=10,
    days_visited=3,
    topics_replied_to=1,
    topics_viewed_all_time=2,
    posts_read_all_time=5,
    likes_given=1,
    likes_received=4,
)
EASY = LevelBars(posts_read=1)


def book(**given: Any) -> Playbook:
    """The shipped playbook with small bars."""
    shipped = load("discourse_trust")
    policy = shipped.policies[0]
    assert isinstance(policy, TrustLevels)
    small = {"basic": EASY, "member": LevelBars(days_visited=2), "regular": SMALL}
    return evolve(shipped, policies=(evolve(policy, **{**small, **given}),))


class Forum:
    """A forum with one member of interest."""

    def __init__(self, **given: Any) -> None:
        """Begin with small bars."""
        self.book = book(**given)
        self.engine = Engine(self.book)
        self.told = 0

    def tell(self, make: Any, when: datetime, **more: Any) -> Step:
        """Tell one event."""
        self.told += 1
        envelope: dict[str, Any] = {"id": EventId(f"e{self.told}"), "at": when}
        envelope["member"] = MemberId("ann")
        return self.engine.receive(make(**{**envelope, **more}))

    def own(self, word: str, when: datetime, **properties: Any) -> Step:
        """Tell one of the forum's own events."""
        who = properties.pop("member", MemberId("ann"))
        return self.tell(ev.Custom, when, word=word, properties=properties, member=who)

    def level(self) -> str:
        """The level on record."""
        known = self.engine.members.get("ann")
        held = None if known is None else known.tiers.get("trust")
        return "new" if held is None else held.tier

    def progress(self) -> Progress:
        """Where the member stands."""
        policy = self.book.policies[0]
        assert isinstance(policy, TrustLevels)
        return policy.progress(self.engine.view("ann"))

    def busy(self, day: datetime) -> None:
        """Do on three days what the regular's level asks for."""
        for n in range(3):
            when = day + n * DAY
            self.own("posts_read", when, amount=10)
            self.own("topic_viewed", when, topic=f"t{n}")
            self.own("like_received", when, giver=f"g{n % 2}")
        self.own("like_received", day + 2 * DAY, giver="g9")
        self.own("reply", day + 2 * DAY, topic="t0")
        self.own("like_given", day + 2 * DAY)

    def look(self, how: TierLook, when: datetime) -> Step:
        """Ask for a review."""
        return self.tell(ev.TierReviewRequested, when, tiers="trust", how=how)


def causes(step: Step) -> list[tuple[str, TierCause]]:
    """The moves of a step."""
    return [
        (f"{d.before}>{d.after}", d.cause)
        for d in step.decisions
        if isinstance(d, ChangeTier)
    ]


def test_levels_are_climbed_and_the_regulars_is_earned_at_the_end_of_a_day() -> None:
    """One step at a time; what is missing is told by name."""
    forum = Forum()
    forum.own("posts_read", START, amount=9)
    assert forum.level() == "basic"
    assert forum.progress().unmet_names == {"days_visited"}
    forum.busy(START + DAY)
    assert forum.level() == "member"
    assert forum.progress().met
    forum.engine.advance(START + 4 * DAY)
    assert forum.level() == "regular"
    assert forum.progress().next_tier == "leader"


def test_days_count_only_if_something_was_read() -> None:
    """A visit without reading is none."""
    forum = Forum()
    for n in range(5):
        forum.own("posts_read", START + n * DAY, amount=0)
    assert forum.progress().unmet_names == {"posts_read"}


@pytest.mark.parametrize(
    ("number", "need"), [(40, 10), (41, 10), (42, 11), (46, 12), (9, 2), (4_000, 12)]
)
def test_shares_are_rounded_and_capped(number: int, need: int) -> None:
    """A quarter of what the forum created in the window, to the nearest."""
    forum = Forum(regular=evolve(SMALL, topics_viewed_cap=12), fixed={"posts_read": 1})
    for n in range(min(number, 60)):
        forum.own("topic_created", START, member=None if n % 2 else MemberId("bo"))
    forum.own("posts_read", START, amount=9)
    forum.busy(START + DAY)
    gap = forum.progress().to_rise
    assert gap is not None
    names = forum.progress().names
    found = {names.get(r.metric): r.need for r in gap.requirements}
    assert found["topics_viewed"] == (12 if number > 60 else need)
    assert found["likes_received_days"] == SMALL.likes_received_days == 2
    assert found["likes_received_users"] == SMALL.likes_received_users == 1


def regular(forum: Forum, since: datetime, cause: TierCause = TierCause.EARNED) -> None:
    """Bring a member who is regular already."""
    forum.tell(
        ev.TierImported, since, tiers="trust", tier=TierKey("regular"), since=since,
        cause=cause,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "level", "grace"),
    [(14 * DAY, "regular", True), (14 * DAY + TICK, "member", False)],
)
def test_nobody_loses_the_level_just_after_an_automatic_rise(
    days: timedelta, level: str, grace: object
) -> None:
    """The fourteenth day included; by hand there is no such time."""
    forum = Forum(looks="asked")
    regular(forum, START)
    forum.look(TierLook.EVENT, START + days)
    assert forum.progress().staying is grace
    forum.look(TierLook.REVIEW, START + days)
    assert forum.level() == level
    hand = Forum(looks="asked")
    regular(hand, START, TierCause.MANUAL)
    hand.look(TierLook.REVIEW, START + HOUR)
    assert hand.level() == "member"


def test_a_stay_of_any_length_does_not_overflow() -> None:
    """It is for ever, as far as anybody can see."""
    ever = evolve(SMALL, min_days_after_promotion=2_000_000_000)
    forum = Forum(regular=ever, looks="asked")
    regular(forum, START)
    forum.look(TierLook.REVIEW, START + 4_000 * DAY)
    assert forum.level() == "regular"
    assert forum.progress().on_grace


@pytest.mark.parametrize(
    ("kind", "name"), [("mute", "silenced"), ("suspend", "suspended")]
)
def test_penalties_cost_the_level(kind: str, name: str) -> None:
    """In force, and for six months after; not when a person took them back."""
    forum = Forum(looks="asked", regular=evolve(SMALL, min_days_after_promotion=0))
    forum.busy(START)
    regular(forum, START + 3 * DAY)
    begun = START + 3 * DAY
    forum.tell(
        ev.SanctionImported, begun, sanction="s", measure=kind, until=begun + DAY
    )
    now = forum.progress()
    assert now.lost
    assert now.lost_names == {f"not_{name}"}
    forum.engine.advance(begun + 2 * DAY)
    assert forum.progress().lost_names == {"penalty_count"}
    other = Forum(looks="asked", regular=evolve(SMALL, min_days_after_promotion=0))
    other.busy(START)
    regular(other, begun)
    other.tell(
        ev.SanctionImported, begun, sanction="s", measure=kind, until=begun + 9 * DAY
    )
    other.tell(ev.SanctionLifted, begun + HOUR, sanction="s", actor=MemberId("mod"))
    assert other.progress().lost_names == frozenset()


def test_a_default_level_of_three_spares_everybody() -> None:
    """Nobody is demoted."""
    forum = Forum(looks="asked", default_level=3)
    regular(forum, START - 99 * DAY)
    forum.look(TierLook.REVIEW, START)
    assert forum.level() == "regular"
    assert not forum.progress().lost


def test_setting_by_hand_locks_and_unlocking_reckons_anew() -> None:
    """A person may; a system is refused."""
    forum = Forum(looks="asked")
    forum.busy(START)
    when = START + 2 * DAY + HOUR
    forum.look(TierLook.ANEW, when)
    assert forum.level() == "member"
    new = TierKey("new")
    (refused,) = forum.tell(ev.TierSet, when, tiers="trust", tier=new).decisions
    assert isinstance(refused, RefuseAct)
    step = forum.tell(ev.TierSet, when, tiers="trust", tier=new, actor=MemberId("a"))
    assert causes(step) == [("member>new", TierCause.MANUAL)]
    assert [o.kind for o in forum.engine.members["ann"].overrides] == ["lock"]
    step = forum.tell(
        ev.TierOverrideEnded, when + HOUR, tiers="trust", override=OverrideKind.LOCK
    )
    assert causes(step) == [("new>member", TierCause.EARNED)]


def test_a_role_grants_a_level_while_it_is_held() -> None:
    """And what is earned remains."""
    forum = Forum()
    forum.own("posts_read", START, amount=9)
    forum.tell(ev.RoleAssigned, START + HOUR, role=RoleName("moderator"))
    assert forum.level() == "leader"
    forum.tell(ev.RoleEnded, START + DAY, role=RoleName("moderator"))
    assert forum.level() == "basic"


def test_bars_may_be_fixed_and_figures_measured_apart() -> None:
    """By name; what is not measured is not asked."""
    shipped = book().policies[0]
    assert isinstance(shipped, TrustLevels)
    figures = {"window_likes_given": shipped.figures["likes_given"]}
    lone = evolve(shipped, figures=figures, fixed={"likes_given": 7})
    text = str(lone.policy.bars[TierKey("regular")].entry)
    assert text.startswith('count("like_given") >= 7 and not has("sanction"')
    assert str(lone.policy.bars[TierKey("basic")].entry) == "True"
    aged = evolve(shipped, basic=LevelBars(account_age_minutes=10, reading_minutes=2))
    assert str(aged.policy.bars[TierKey("basic")].entry) == (
        'total("reading") >= 120 and tenure() >= "10min"'
    )
    half = evolve(shipped, regular=evolve(SMALL, low_water=Fraction(1, 2)))
    assert half.policy.bars[TierKey("regular")].keep == Fraction(1, 2)
    whole = evolve(shipped, figures={"topics_viewed": shipped.figures["topics_viewed"]})
    assert "topic" not in str(whole.policy.bars[TierKey("regular")].entry)
    days = evolve(
        shipped, figures={"days_visited": Metric("active_days", kind="visit")}
    )
    assert "at_least=1" in str(days.policy.bars[TierKey("regular")].entry)


def test_five_levels_are_needed() -> None:
    """And a default among them; unknown ones are named."""
    shipped = book().policies[0]
    assert isinstance(shipped, TrustLevels)
    for wrong in ({"levels": shipped.levels[:4]}, {"default_level": 5}):
        with pytest.raises(DefinitionError) as caught:
            evolve(shipped, **wrong)
        assert caught.value.code == "tier.levels"
    other = evolve(shipped, levels=tuple(TierKey(f"l{n}") for n in range(5)))
    assert [p for p, _, _ in other.problems(book())] == ["levels"] * 3


def test_what_it_hands_on() -> None:
    """Reviews, standings, and the level from scratch."""
    forum = Forum(looks="asked")
    forum.busy(START)
    policy = forum.book.policies[0]
    assert isinstance(policy, TrustLevels)
    view = forum.engine.view("ann")
    assert policy.standing(view).key == "tier.standing"
    assert policy.reckon(view) == "member"
    (move,) = policy.review_now(view)
    assert isinstance(move, ChangeTier)
    assert policy.start() == {}
