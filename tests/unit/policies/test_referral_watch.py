"""The watch of the spread: sums by period, points told once (S19)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration, PeriodUnit
from community_sdk.decisions import SumUpReferral, TellTippingPoint
from community_sdk.engine import Step
from community_sdk.model import MemberId, PolicyKey
from community_sdk.policies import ReferralWatch
from community_sdk.wording import say, say_decision
from tests.unit.desk import DAY, START, Desk

KEY = PolicyKey("spread")
WEEK = timedelta(days=7)
FIRST = START.replace(hour=0)
NAMES = ("ann", "bo", "cy", "di")


def watch(**given: Any) -> Desk:
    """A community that is looked at by weeks."""
    policy = ReferralWatch(key=KEY, period=PeriodUnit.WEEK, **given)
    return Desk(policy, lateness=Duration.parse("90d"))


def of(steps: list[Step], kind: type[Any]) -> list[Any]:
    """Return the decisions of one kind; each can be said in both languages."""
    found = [each for step in steps for each in step if isinstance(each, kind)]
    assert all(say_decision(one, lang) for one in found for lang in ("zh", "en"))
    return found


def points(steps: list[Step]) -> list[str]:
    """Return the points that were told."""
    return [one.point for one in of(steps, TellTippingPoint)]


def week(desk: Desk, nth: int, brought: dict[str, int], alone: int = 0) -> list[Step]:
    """Let members bring so many each in week *nth*, and the week pass."""
    at = FIRST + nth * WEEK + DAY
    steps: list[Step] = []
    for who, number in brought.items():
        names = [f"{who}{nth}{i}" for i in range(number)]
        steps += [desk.tell(ev.Joined, at, n, invited_by=MemberId(who)) for n in names]
    steps += [desk.tell(ev.Joined, at, f"n{nth}{i}") for i in range(alone)]
    return [*steps, desk.advance(FIRST + (nth + 1) * WEEK)]


def test_a_week_is_summed_up() -> None:
    """Members at its beginning, what was sent, who came, k for a thousand."""
    desk = watch(headcount=99, value=100)
    (first,) = of(week(desk, 0, {}, alone=4), SumUpReferral)
    assert (first.members, first.came, first.invited, first.k) == (0, 4, 0, None)
    desk.tell(ev.InvitationSent, FIRST + WEEK, "n00", guest=MemberId("x"))
    (second,) = of(week(desk, 1, {"n00": 2, "n01": 1}, alone=1), SumUpReferral)
    assert (second.since, second.until) == (FIRST + WEEK, FIRST + 2 * WEEK)
    assert (second.members, second.invitations, second.came) == (4, 1, 4)
    assert (second.invited, second.sharers, second.k) == (3, 2, 750)


def test_enough_members_are_told_once() -> None:
    """When the number is reached, not again."""
    desk = watch(headcount=3, value=100)
    assert points(week(desk, 0, {}, alone=2)) == []
    assert points(week(desk, 1, {}, alone=1)) == ["headcount"]
    assert points(week(desk, 2, {}, alone=1)) == []
    policy: Any = desk.policies[0]
    told = policy.standing(desk.view())
    assert [part["point"] for part in told.parts] == ["headcount"]
    assert say(told, "zh") != say(told, "en")
    assert say(policy.standing(watch().view()), "en")


def test_value_is_told_when_enough_members_share() -> None:
    """Two of ten, once."""
    desk = watch(value=20)
    week(desk, 0, {}, alone=10)
    assert points(week(desk, 1, {"n00": 1})) == []
    assert points(week(desk, 2, {"n00": 1, "n01": 1, "n02": 1})) == ["value"]
    assert points(week(desk, 3, {"n00": 1, "n01": 1, "n02": 1})) == []


def test_saturation_is_a_k_that_falls_again_and_again() -> None:
    """Twice in a row; told once, and again after it rose."""
    desk = watch(value=100, least=9)
    week(desk, 0, {}, alone=10)
    told = [points(week(desk, 1 + i, {"n00": n})) for i, n in enumerate((6, 3, 2, 1))]
    assert told == [[], [], ["saturation"], []]
    told = [points(week(desk, 5 + i, {"n00": n})) for i, n in enumerate((9, 2, 1))]
    assert told == [[], [], ["saturation"]]


def test_the_same_few_tire() -> None:
    """They shared before, and bring fewer than then."""
    desk = watch(value=100, falls=9, least=2)
    week(desk, 0, {}, alone=10)
    assert points(week(desk, 1, {"n00": 3, "n01": 3})) == []
    assert points(week(desk, 2, {"n00": 1, "n01": 1})) == ["fatigue"]
    assert points(week(desk, 3, {"n02": 1, "n03": 1})) == []


def test_what_does_not_count() -> None:
    """Bots, what is undated or of a period that is over, oneself, who was here."""
    desk = watch(headcount=99)
    week(desk, 0, {}, alone=1)
    at, by = FIRST + WEEK + DAY, MemberId("n00")
    desk.tell(ev.Joined, at, "bot", invited_by=by, bot=True)
    desk.tell(ev.Joined, at, "old", invited_by=by, dated=False)
    desk.tell(ev.Joined, FIRST, "late", invited_by=by)
    desk.tell(ev.Joined, at, "n00", invited_by=by)
    desk.tell(ev.Joined, at, "own", invited_by=MemberId("own"))
    (told,) = of([desk.advance(FIRST + 2 * WEEK)], SumUpReferral)
    assert (told.came, told.invited, told.sharers) == (1, 0, 0)


def test_only_so_many_sharers_are_told_apart() -> None:
    """What the others brought counts all the same."""
    desk = watch(most=1, headcount=99)
    (told,) = of(week(desk, 0, {"ann": 2, "bo": 1}), SumUpReferral)
    assert (told.sharers, told.invited) == (1, 3)


def test_two_accounts_of_one_person_share_once() -> None:
    """What both brought is one sharer's, in the week before as well."""
    desk = watch(headcount=99, least=1, same=100, value=100)
    week(desk, 0, {"ann": 2, "alt": 3})
    at = FIRST + WEEK
    desk.tell(ev.Joined, at, "x", invited_by=MemberId("alt"))
    desk.tell(ev.Joined, at, "y", invited_by=MemberId("ann"))
    desk.tell(ev.IdentityLinked, at, "ann", alias=MemberId("alt"))
    mine = desk.view().community.slices[KEY]
    assert (mine["who"], mine["before"]) == ({"ann": 2}, {"ann": 5})


newcomers = st.lists(
    st.tuples(
        st.integers(0, 20), st.one_of(st.none(), st.sampled_from(NAMES)), st.booleans()
    ),
    max_size=12,
)


@settings(max_examples=50)
@given(newcomers)
def test_sums_are_what_a_plain_recount_gives(
    told: list[tuple[int, str | None, bool]],
) -> None:
    """Each newcomer is in one week, with who brought or sent in it."""
    desk = watch()
    steps: list[Step] = [desk.tell(ev.Joined, FIRST, "seed")]
    seen: list[tuple[datetime, str | None, bool]] = []
    for nth, (day, by, joins) in enumerate(sorted(told, key=lambda row: row[0])):
        at = FIRST + day * DAY
        if joins:
            inviter = None if by is None else MemberId(by)
            steps.append(desk.tell(ev.Joined, at, f"m{nth}", invited_by=inviter))
        elif by is not None:
            steps.append(desk.tell(ev.InvitationSent, at, by, guest=MemberId("x")))
        seen.append((at, by, joins))
    steps.append(desk.advance(FIRST + 3 * WEEK))
    sums = of(steps, SumUpReferral)
    assert [one.since for one in sums] == [FIRST + i * WEEK for i in range(3)]
    for one in sums:
        mine = [row for row in seen if one.since <= row[0] < one.until]
        came = [by for _, by, joins in mine if joins]
        assert one.came == len(came) + (one.since == FIRST)
        assert one.invited == sum(by is not None for by in came)
        assert one.invitations == sum(not j and by is not None for _, by, j in mine)
        assert one.sharers == len({by for _, by, _ in mine if by is not None})
