"""Badges: once, each time, while it is so, for a while, taken by hand (S17)."""

from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.conditions import parse_condition
from community_sdk.decisions import GrantBadge, RevokeBadge
from community_sdk.engine import Step
from community_sdk.errors import DefinitionError
from community_sdk.model import PolicyKey
from community_sdk.policies import Badge, BadgePolicy
from community_sdk.wording import say
from tests.unit.desk import DAY, HOUR, START, Desk
from tests.unit.policies.club import program


def badge(key: str, when: str = "", **more: Any) -> Badge:
    """A badge with its condition as text."""
    condition = parse_condition(when) if when else None
    return Badge(key=key, when=condition, **more)


def desk(*badges: Badge) -> Desk:
    """A desk that gives *badges*."""
    return Desk(BadgePolicy(key=PolicyKey("honours"), badges=badges))


def told(step: Step) -> list[str]:
    """What a step gave and took."""
    words = {GrantBadge: "granted", RevokeBadge: "revoked"}
    return [
        f"{words[type(d)]} {d.badge}"
        for d in step.decisions
        if isinstance(d, (GrantBadge, RevokeBadge))
    ]


def test_a_temporary_badge_goes_with_its_condition_and_comes_back() -> None:
    """A permanent one stays and is given once."""
    bar = 'balance("points") > 4'
    honours = BadgePolicy(
        key=PolicyKey("honours"),
        badges=(badge("while", bar, temporary=True), badge("once", bar)),
    )
    one = Desk(program(), honours)

    def set_to(n: int, value: int) -> list[str]:
        when = START + n * HOUR
        return told(one.tell(ev.PointsAdjusted, when, to=value))

    assert set_to(0, 10) == ["granted while", "granted once"]
    assert set_to(1, 3) == ["revoked while"]
    assert set_to(2, 10) == ["granted while"]


def test_an_event_gives_once_or_each_time() -> None:
    """Only such events as it asks for, while its condition holds."""
    one = desk(
        badge("first", on="badge"),
        badge("each", on="badge", repeatable=True, where=(("what", "visit"),)),
        badge("third", 'count("badge") >= 3', on="badge", repeatable=True),
    )

    def visit(n: int, what: str = "visit") -> list[str]:
        more: dict[str, Any] = {"word": "badge", "properties": {"what": what}}
        return told(one.tell(ev.Custom, START + n * HOUR, **more))

    assert visit(0) == ["granted first", "granted each"]
    assert visit(1, "call") == []
    assert visit(2) == ["granted each", "granted third"]
    nth = one.engine.view("ann").member.slices["honours"]["each"][0]
    assert nth == 2


def test_a_badge_may_be_held_for_a_while() -> None:
    """The end is excluded; given again, the time begins again."""
    one = desk(
        badge("week", on="badge", repeatable=True, valid=Duration.parse("7d")),
    )
    one.tell(ev.Custom, START, word="badge")
    one.tell(ev.Custom, START + 5 * DAY, word="badge")
    assert told(one.advance(START + 7 * DAY)) == []
    assert told(one.advance(START + 12 * DAY)) == ["revoked week"]


def test_a_sliding_window_is_looked_at_each_day() -> None:
    """Nothing happens, and the badge is gone when the day begins."""
    one = desk(badge("busy", 'count("message", "3d") >= 2', temporary=True))
    one.post(START)
    assert told(one.post(START + HOUR)) == ["granted busy"]
    assert told(one.advance(START + 2 * DAY)) == []
    over = one.advance(START + 3 * DAY)
    assert told(over) == ["revoked busy"]
    assert over.decisions[0].because.key == "badge.lost"
    assert told(one.advance(START + 30 * DAY)) == []


def test_what_somebody_took_is_not_given_for_the_same_reason() -> None:
    """By hand, with the name; an event gives it anew."""
    one = desk(
        badge("known", 'count("message") >= 1'),
        badge("guest", on="badge", repeatable=True),
    )
    one.post(START)
    one.tell(ev.Custom, START, word="badge")
    step = one.tell(ev.BadgeWithdrawn, START + HOUR, badge="known", actor="bo")
    assert told(step) == ["revoked known"]
    assert step.decisions[0].because["by"] == "bo"
    assert told(one.tell(ev.BadgeWithdrawn, START + HOUR, badge="known")) == []
    assert told(one.tell(ev.BadgeWithdrawn, START + HOUR, badge="other")) == []
    assert told(one.post(START + DAY)) == []
    one.tell(ev.BadgeWithdrawn, START + DAY, badge="guest")
    standing = one.engine.standing("ann")
    taken = [part for part in standing.walk() if part.key == "badge.taken"]
    assert [(t["badge"], t["by"], t["on"]) for t in taken] == [
        ("known", "bo", None),
        ("guest", None, "badge"),
    ]
    english, chinese = (say(standing, lang) for lang in ("en", "zh"))
    assert "“known” was taken back on 5 January 2026" in english
    assert "by bo, and is not given again" in english
    assert "被 bo 收回，不会再自动授予" in chinese
    assert told(one.tell(ev.Custom, START + DAY, word="badge")) == ["granted guest"]
    assert "“guest” is held" in say(one.engine.standing("ann"), "en")


def test_standing_says_what_is_held_and_missing() -> None:
    """In both languages."""
    one = desk(badge("known", 'count("message") >= 2'), badge("guest", on="badge"))
    one.tell(ev.Custom, START, word="badge")
    told_all = one.engine.standing("ann").walk()
    standing = next(part for part in told_all if part.key == "badge.standing")
    assert (standing["held"], standing["of"]) == (1, 2)
    assert [part.key for part in standing.parts] == ["badge.missing", "badge.held"]
    assert "“guest” is held" in say(standing, "en")
    assert "2 枚徽章中持有 1 枚" in say(standing, "zh")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({}, "`on` or `when`"),
        ({"on": "visit", "temporary": True}, "expected `when`"),
        ({"when": "tenure() >= 1d", "repeatable": True}, "expected `on`"),
    ],
)
def test_badges_that_make_no_sense(more: dict[str, Any], why: str) -> None:
    """Nothing gives it, nothing takes it back, nothing repeats it."""
    when = more.pop("when", "")
    with pytest.raises(DefinitionError, match=why):
        badge("x", 'count("message") >= 1' if when else "", **more)


def test_each_badge_once() -> None:
    """Two of one name are a mistake."""
    with pytest.raises(DefinitionError, match="twice"):
        desk(badge("a", on="message"), badge("a", on="message"))


def test_a_badge_held_elsewhere_is_taken_over() -> None:
    """It is not given again for the same; a temporary one goes when it must."""
    one = desk(
        badge("first", on="visit"),
        badge("rich", 'balance("points") > 4', temporary=True),
    )
    assert told(one.tell(ev.BadgeImported, START, badge="first", nth=3)) == []
    assert told(one.tell(ev.BadgeImported, START, badge="unknown")) == []
    assert told(one.tell(ev.BadgeImported, START, badge="rich")) == ["revoked rich"]
    visit = one.tell(ev.Custom, START + HOUR, word="visit")
    assert told(visit) == []
    held = [
        p["badge"] for p in one.engine.standing("ann").walk() if p.key == "badge.held"
    ]
    assert held == ["first"]
