"""Figures beyond a count: shares of the whole, heavy days, penalties, values."""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.conditions import parse_condition
from community_sdk.engine import Engine
from community_sdk.errors import DefinitionError
from community_sdk.metrics import Metric, WindowPlan
from community_sdk.model import MemberId, PolicyKey, TierKey
from community_sdk.policies import Bar, QualificationPolicy
from community_sdk.state import shared_entries
from community_sdk.state.figures import eased
from tests.unit.desk import DAY, HOUR, START, TICK, Desk, at


def metric(text: str) -> Metric:
    """A metric as a condition has it."""
    condition: Any = parse_condition(text if text.startswith("has") else f"{text} == 0")
    found = condition.metric
    assert isinstance(found, Metric)
    return found


def measuring(*texts: str, **book: Any) -> Desk:
    """A community that measures."""
    bars = {
        TierKey("active"): Bar(
            entry=parse_condition(
                " and ".join(t if t.startswith("has") else f"{t} < 0" for t in texts)
            )
        )
    }
    book.setdefault("lateness", Duration.parse("60d"))
    policy = QualificationPolicy(key=PolicyKey("q"), tiers="grade", bars=bars)
    return Desk(policy, words=("badge", "visit"), **book)


def figure(one: Desk, text: str, when: datetime | None = None) -> int | None:
    """The figure of ann."""
    if when is not None:
        one.advance(when)
    return one.view().measure(metric(text))


def own(one: Desk, when: datetime, member: str | None = "ann", **more: Any) -> None:
    """Tell an event of the host's own."""
    word = more.pop("word", "badge")
    one.tell(ev.Custom, when, member=member, word=word, properties=more)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("options", "share"),
    [
        ("", 10),
        ("percent=25", 3),
        ("percent=24", 2),
        ('percent=24, rounding="up"', 3),
        ('percent=29, rounding="down"', 2),
        ("percent=25, cap=2", 2),
        ("percent=25, floor=5", 5),
        ("percent=25, cap=2, floor=5", 5),
        ('percent=50, keep="9/10"', 5),
        ('percent=80, keep="9/10"', 8),
        ("percent=50, slack=2", 3),
        ("percent=50, slack=9", 0),
        ("percent=0", 0),
    ],
)
def test_a_share_of_what_everybody_did(options: str, share: int) -> None:
    """Rounded, capped, with a floor, and eased; whoever did it."""
    text = f'share("badge", "30d", {options})' if options else 'share("badge", "30d")'
    one = measuring(text)
    for n in range(10):
        own(one, START + n * HOUR, member=(None, "ann", "bo")[n % 3])
    one.post(START)
    assert figure(one, text) == share
    assert figure(one, text, START + 60 * DAY) == metric(text).number("floor", 0)


def test_shares_of_amounts_and_of_all_time() -> None:
    """Sums; what has no time of its own; filters; bots do not count."""
    texts = (
        'share("badge", of="amount")',
        'share("badge", "30d", "amount", room="a")',
        'share("badge")',
        'share("badge", "36h")',
    )
    one = measuring(*texts)
    own(one, START, amount=5, room="a")
    own(one, START + HOUR, "bo", amount=7, room="b")
    one.tell(
        ev.Custom, START, word="badge", properties={"amount": 2, "room": "a"},
        dated=False,
    )  # fmt: skip
    one.tell(ev.MembershipImported, START, "robot", since=START, bot=True)
    own(one, START + HOUR, "robot", amount=99, room="a")
    assert [figure(one, text) for text in texts] == [14, 5, 3, 2]


def test_a_community_forgets_what_no_share_needs() -> None:
    """Its windows are kept small, and stored and restored with it."""
    text = 'share("badge", "10d")'
    one = measuring(text, lateness=Duration.parse("1d"))
    for n in range(300):
        own(one, START + n * DAY, member=None)
    assert len(one.engine.community.rolling.stamps) < 120
    one.post(START + 299 * DAY)
    assert figure(one, text) == 10
    again = Engine(one.engine.playbook)
    again = again.restore(one.engine.playbook, one.engine.snapshot())
    assert again.view("ann").measure(metric(text)) == 10


def test_a_share_of_an_unknown_word_is_refused() -> None:
    """Like every other figure."""
    with pytest.raises(DefinitionError) as caught:
        shared_entries((metric('share("bagde", "30d")'),), WindowPlan(0), frozenset())
    assert caught.value.code == "metric.kind"
    with pytest.raises(DefinitionError) as caught:
        shared_entries((metric('share("message", of="amount")'),), WindowPlan(0))
    assert caught.value.code == "metric.amount"


@pytest.mark.parametrize(
    ("keep", "slack", "need", "enough"),
    [("9/10", 0, 25, 23), ("9/10", 0, 7, 7), ("9/10", 1, 7, 6), ("1", 0, 5, 5)],
)
def test_what_is_enough(keep: str, slack: int, need: int, enough: int) -> None:
    """Never rounded in favour of less."""
    assert eased(need, Fraction(keep), slack) == enough


@given(
    st.lists(st.tuples(st.integers(0, 24 * 9), st.integers(0, 3)), max_size=25),
    st.sampled_from(["2d", "5d", "48h", "week", "lifetime"]),
    st.integers(1, 3),
    st.integers(0, 5),
)
def test_heavy_days_are_those_of_a_plain_count(
    visits: list[tuple[int, int]], window: str, least: int, worth: int
) -> None:
    """INVARIANT: local days inside the window with so many events, of such a worth."""
    text = f'active_days("{window}", "visit", at_least={least}, worth={worth})'
    one = measuring(text)
    for hour, amount in sorted(visits):
        own(one, START + hour * HOUR, word="visit", amount=amount)
    now = START + 24 * 9 * HOUR
    found: dict[Any, list[int]] = {}
    for hour, amount in visits:
        when = START + hour * HOUR
        begin = {
            "2d": at("2026-01-13 00:00"),
            "5d": at("2026-01-10 00:00"),
            "48h": now - 48 * HOUR + TICK,
            "week": at("2026-01-12 00:00"),
            "lifetime": START,
        }[window]
        if when >= begin:
            found.setdefault(when.date(), []).append(amount)
    days = [v for v in found.values() if len(v) >= least and sum(v) >= worth]
    one.post(now)
    assert figure(one, text) == len(days)


def test_different_values_are_remembered_for_ever_where_asked() -> None:
    """Over all time, whatever the windows of others forget."""
    ever, lately = 'distinct("room", "badge")', 'distinct("room", "badge", "2d")'
    one = measuring(ever, lately, lateness=Duration.parse("1d"))
    for n in range(120):
        own(one, START + n * DAY, room=f"r{n}")
    assert figure(one, ever) == 120
    assert figure(one, lately) == 2
    assert measuring(ever).view("nobody").measure(metric(ever)) == 0


def sanction(
    one: Desk, key: str, when: datetime, length: timedelta, measure: str = "mute"
) -> None:
    """Somebody was punished elsewhere."""
    one.tell(
        ev.SanctionImported, when, sanction=key, measure=measure, until=when + length
    )


def test_penalties_that_count() -> None:
    """Begun in the window, not taken back; one in force counts at least as one."""
    every, old, mute = 'penalties("30d")', "penalties()", 'penalties("30d", "mute")'
    over, now, any_of = (
        'served("30d")',
        'has("sanction", "mute")',
        'has("sanction", "any")',
    )
    one = measuring(every, old, mute, over, now, any_of)
    asked = (every, old, mute, over, now, any_of)
    sanction(one, "a", START, DAY)
    assert [figure(one, t) for t in asked] == [1, 1, 1, 0, 1, 1]
    sanction(one, "b", START + 2 * DAY, DAY, "suspend")
    assert [figure(one, t) for t in asked] == [2, 2, 1, 1, 0, 1]
    one.advance(START + 4 * DAY)
    assert [figure(one, t) for t in asked] == [2, 2, 1, 2, 0, 0]
    sanction(one, "c", START + 5 * DAY, 90 * DAY)
    one.advance(START + 60 * DAY)
    assert [figure(one, t) for t in asked] == [1, 3, 1, 0, 1, 1]
    one.tell(ev.SanctionLifted, START + 60 * DAY, sanction="c", actor=MemberId("mod"))
    assert [figure(one, t) for t in asked] == [0, 2, 0, 0, 0, 0]


def test_penalties_are_forgiven_after_calendar_months() -> None:
    """What began at that very instant, or earlier, counts no more."""
    text = "penalties(months=6)"
    one = measuring(text, 'penalties("since_tier:grade")')
    sanction(one, "a", at("2026-01-31 12:00"), DAY)
    assert figure(one, text, at("2026-07-31 12:00") - TICK) == 1
    assert figure(one, text, at("2026-07-31 12:00")) == 0
    assert figure(one, 'penalties("since_tier:grade")') == 1
