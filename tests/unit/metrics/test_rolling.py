"""Windows beside a plain list: whatever arrives in whatever order, figures agree."""

import json
from collections.abc import Callable
from datetime import UTC
from random import Random

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from community_sdk._time import DAY, Calendar, Window, WindowKind
from community_sdk.errors import DefinitionError
from community_sdk.metrics import DAY_ZERO, Rolling, WindowPlan
from tests.unit.metrics.naive import (
    LATENESS,
    LATER_WINDOWS,
    SLOTS,
    START,
    Entry,
    Twin,
)

HOUR = DAY // 24
Act = Callable[[Twin], None]


def post(slot: int, back: int, amount: int) -> Act:
    """Something happened a while ago."""
    return lambda twin: twin.post(slot, back, amount)


def undated(slot: int, amount: int) -> Act:
    """Something happened, nobody knows when."""

    def act(twin: Twin) -> None:
        twin.undated.append(Entry(slot, 0, amount))
        twin.rolling.total(slot, amount)

    return act


def wait(span: int) -> Act:
    """Time passes."""

    def act(twin: Twin) -> None:
        twin.now += span

    return act


def begin(kind: WindowKind, back: int) -> Act:
    """The member joined or moved, *back* microseconds ago."""

    def act(twin: Twin) -> None:
        twin.begins[kind] = twin.now - back

    return act


def grow(text: str) -> Act:
    """A new playbook asks for one more window."""
    return lambda twin: twin.grow(text)


BACK = st.one_of(
    st.just(0), st.sampled_from([1, HOUR, DAY, LATENESS]), st.integers(0, LATENESS)
)
SPANS = st.one_of(
    st.sampled_from([0, 1, 2 * HOUR, 30 * HOUR, DAY, 4 * DAY, 40 * DAY]),
    st.integers(0, 6 * DAY),
)
POSTS = st.builds(post, st.integers(0, SLOTS - 1), BACK, st.sampled_from([0, 5, -2]))
ACTS = st.one_of(
    POSTS,
    POSTS,
    POSTS,
    st.builds(undated, st.integers(0, SLOTS - 1), st.integers(0, 3)),
    st.builds(wait, SPANS),
    st.builds(wait, SPANS),
    st.builds(
        begin, st.sampled_from([WindowKind.SINCE_JOIN, WindowKind.SINCE_TIER]), BACK
    ),
    st.builds(grow, st.sampled_from(LATER_WINDOWS)),
    st.sampled_from([Twin.compact, Twin.store, Twin.turn]),
)


@given(st.lists(ACTS, max_size=40))
def test_windows_equal_a_plain_list(acts: list[Act]) -> None:
    """INVARIANT: every figure is that of the list.

    Whatever the order of arrival, with compaction and storing at any point, with new
    windows, and with members who join again.
    """
    twin = Twin()
    for act in acts:
        act(twin)
    asked = [(what, found) for what, found, _ in twin.figures()]
    assert asked == [(what, wanted) for what, _, wanted in twin.figures()]


@given(st.lists(ACTS, max_size=25))
def test_figures_agree_at_every_moment(acts: list[Act]) -> None:
    """INVARIANT: asking in between changes nothing, and is right each time."""
    twin = Twin()
    for act in acts:
        act(twin)
        assert [(w, found) for w, found, _ in twin.figures()] == [
            (w, wanted) for w, _, wanted in twin.figures()
        ]


@given(
    st.lists(
        st.tuples(st.integers(0, SLOTS - 1), st.integers(0, LATENESS)), max_size=30
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_arrival_does_not_matter(
    events: list[tuple[int, int]], order: Random
) -> None:
    """INVARIANT: the stored form itself is the same for every order."""
    shuffled = list(events)
    order.shuffle(shuffled)
    one, other = Twin(), Twin()
    for slot, back in events:
        one.post(slot, back, 1)
    for slot, back in shuffled:
        other.post(slot, back, 1)
    assert one.rolling.plain() == other.rolling.plain()


@given(st.lists(ACTS, max_size=30))
def test_storing_loses_nothing(acts: list[Act]) -> None:
    """INVARIANT: JSON-ready, and stored again it is the same text."""
    twin = Twin()
    for act in acts:
        act(twin)
    plain = json.loads(json.dumps(twin.rolling.plain()))
    assert Rolling.restore(twin.plan, plain).plain() == twin.rolling.plain()


@given(st.lists(ACTS, max_size=15), st.lists(ACTS, max_size=15))
def test_two_accounts_become_one(mine: list[Act], theirs: list[Act]) -> None:
    """INVARIANT: absorbing equals having done everything oneself.

    Only what was long ago and is but a number cannot be told apart any more.
    """
    twin = Twin()
    for act in mine:
        act(twin)
    other = evolve(twin, entries=[], undated=[])
    for act in theirs:
        act(other)
    twin.now, twin.begins = other.now, other.begins
    twin.rolling.fit()
    pair = (twin.rolling, other.rolling)
    assume(not any(one.forgetful or "gone" in one.plain() for one in pair))
    twin.rolling.absorb(other.rolling)
    twin.entries += other.entries
    twin.undated += other.undated
    asked = [(what, found) for what, found, _ in twin.figures()]
    assert asked == [(what, wanted) for what, _, wanted in twin.figures()]


def rolling(*texts: str, retention: int = 0) -> tuple[Rolling, list[int]]:
    """Windows of one slot, and the cells of the windows called *texts*."""
    plan = WindowPlan(retention)
    slot = plan.slot(("message", "member", ()))
    cells = [plan.count(slot, Window.parse(text), amount=False) for text in texts]
    for what in ("life", "days", "old_days", "run"):
        plan.keep(slot, what)
    return Rolling(plan), cells


def test_what_is_late_for_a_window_never_was_in_it() -> None:
    """A window that moved on while nothing happened, then a late event, then time."""
    one, (cell,) = rolling("1h", retention=9 * DAY)
    one.add(0, START)
    one.move(0, START + 5 * DAY)
    one.add(0, START + DAY)
    one.move(0, START + 6 * DAY)
    assert one.nums[cell] == 0


def test_a_member_who_joins_again_leaves_dropped_entries_behind() -> None:
    """What was dropped while it counted stops counting when the window begins anew."""
    one, (cell,) = rolling("since_join")
    for day in range(100):
        one.add(0, START + day * DAY, 0, day)
    one.compact(START + 99 * DAY, 99, [-1])
    assert one.nums[cell] == 100
    one.rebase(0, START + 99 * DAY + 1)
    assert one.nums[cell] == 0
    one.add(0, START + 120 * DAY)
    assert one.nums[cell] == 1


def test_joining_again_counts_though_nobody_asked_before_entries_were_dropped() -> None:
    """Compaction knows the beginnings of the day, not those of the last question."""
    one, (cell,) = rolling("since_join")
    for day in range(60):
        one.add(0, START + day * DAY)
    again = START + 30 * DAY
    one.compact(START + 59 * DAY, 0, [again])
    assert one.nums[cell] == 30
    one.rebase(0, again)
    assert one.nums[cell] == 30


@given(st.sets(st.integers(0, 60), max_size=50), st.lists(st.integers(0, 60)))
def test_forgotten_days_keep_their_number_and_the_last_run(
    active: set[int], cuts: list[int]
) -> None:
    """INVARIANT: days and the days in a row before any cut are those of the list."""
    one, _ = rolling()
    zero = START // DAY
    for day in sorted(active):
        one.add(0, START + day * DAY, 0, zero + day)
    kept, known = one.plan.kept[0], 0
    for cut in sorted(cuts):
        one.forget_days(zero + cut)
        known = max(known, cut) if active else 0
    days = one.nums[kept.days].bit_count() + one.nums[kept.old_days]
    assert days == len(active)
    first = min(active, default=0)
    if known > first:
        run = 0
        while known - run - 1 in active:
            run += 1
        assert one.nums[kept.run] == run
        assert one.nums[DAY_ZERO] == zero + known
        assert one.forgetful


def test_accounts_that_forgot_days_begin_them_together() -> None:
    """The longer last run stands; the day sets are laid over each other."""
    plan = WindowPlan(0)
    slot = plan.slot(("message", "member", ()))
    kept = [plan.keep(slot, what) for what in ("days", "old_days", "run")]
    mine, theirs = Rolling(plan), Rolling(plan)
    for day in range(1_000, 1_010):
        mine.add(0, day * DAY, 0, day)
    for day in (1_003, 1_008, 1_009, 1_012):
        theirs.add(0, day * DAY, 0, day)
    theirs.forget_days(1_010)
    mine.absorb(theirs)
    assert mine.nums[DAY_ZERO] == 1_010
    assert [mine.nums[cell] for cell in kept] == [0b100, 13, 10]


@pytest.mark.parametrize(("need", "rests"), [(1, 3), (2, 2), (3, 0), (4, None)])
def test_a_figure_rests_on_the_entry_that_leaves_last(
    need: int, rests: int | None
) -> None:
    """Of the newest *need* entries of the slot the oldest; None if there are fewer."""
    plan = WindowPlan(0)
    for kind in ("a", "b"):
        plan.slot((kind, "member", ()))
    one = Rolling(plan)
    for us, slot in ((0, 0), (1, 1), (2, 0), (3, 0)):
        one.add(slot, us)
    assert one.fades(0, need, 0) == rests
    assert one.fades(0, 0, 0) is None
    assert one.fades(0, need, 3) == (rests if rests == 3 else None)


def test_values_are_remembered_by_their_latest_instant() -> None:
    """An older sight changes nothing; those beyond all windows are forgotten."""
    one, _ = rolling(retention=DAY)
    one.note(0, "group", "a", 5)
    one.note(0, "group", "a", 3)
    one.note(0, "group", "b", 2 * DAY)
    assert one.values == {(0, "group"): {"a": 5, "b": 2 * DAY}}
    one.compact(3 * DAY, 0, [])
    assert one.values == {(0, "group"): {"b": 2 * DAY}}
    other = Rolling.restore(one.plan, json.loads(json.dumps(one.plain())))
    assert other.values == one.values
    other.absorb(one)
    assert other.values == one.values


def test_what_no_plan_asks_for_is_not_kept() -> None:
    """A slot without windows or lasting figures costs a stamp and nothing else."""
    plan = WindowPlan(0)
    plan.slot(("message", "member", ()))
    one = Rolling(plan)
    one.add(0, START, 7, 20_000)
    one.total(0, 7)
    assert one.nums == plan.blank
    assert one.plain() == {"stamps": [START << 8], "amounts": [7]}


def test_a_stored_figure_without_a_cell_is_left_out() -> None:
    """A plan of an older playbook may know less."""
    one, _ = rolling("since_join")
    one.add(0, START, 0, 20_000)
    one.compact(START + DAY, 20_001, [0])
    one.add(0, START + DAY, 0, 20_001)
    bare = WindowPlan(0)
    bare.slot(("message", "member", ()))
    for text in ("2d", "since_join", "since_tier"):
        other = Rolling.restore(bare, one.plain())
        assert not {"life", "gone", "run"} & {*other.plain()}
        bare.window(Window.parse(text))


def test_a_plan_gives_every_source_and_window_one_number() -> None:
    """Asked again, it answers the same; 256 sources are the most."""
    plan = WindowPlan(0)
    slots = [plan.slot((f"k{n}", "member", ())) for n in range(256)]
    assert slots == list(range(256))
    assert plan.slot(("k7", "member", ())) == 7
    with pytest.raises(DefinitionError) as caught:
        plan.slot(("one more", "member", ()))
    assert caught.value.code == "metric.too_many"
    month = Window.parse("month")
    assert plan.window(month) == plan.window(month) == 0
    assert plan.count(3, month) == plan.count(3, month)
    assert plan.count(3, month, amount=True) == plan.count(3, month, amount=True)
    assert plan.keep(3, "life") == plan.keep(3, "life")
    assert plan.retention == month.longest


def test_windows_count_only_what_they_were_planned_for() -> None:
    """Two kinds, two windows: what one leaves out, the other does not count."""
    plan = WindowPlan(0)
    hour, day = Window.parse("1h"), Window.parse("24h")
    post, buy = (plan.slot((kind, "member", ())) for kind in ("message", "purchase"))
    posts, bought = plan.count(post, hour), plan.count(buy, day, amount=True)
    plan.keep(post, "days")
    one = Rolling(plan)
    for nth in range(4):
        one.add(post, nth * HOUR, 0, 5 - nth)
        one.add(buy, nth * HOUR, 10, 5 - nth)
    for now in (3, 30, 3, 0, 26):
        one.move(plan.window(hour), (now - 1) * HOUR + 1)
        one.move(plan.window(day), (now - 24) * HOUR + 1)
        inside = [n for n in range(4) if n > now - 1]
        assert one.nums[posts] == len(inside)
        assert one.nums[bought] == 10 * len([n for n in range(4) if n > now - 24])
    assert (one.nums[DAY_ZERO], one.nums[plan.kept[post].days]) == (2, 0b1111)


def test_amounts_of_dropped_entries_stay_in_the_members_own_windows() -> None:
    """A sum since joining does not shrink when entries are dropped and stored."""
    plan = WindowPlan(0)
    slot = plan.slot(("purchase", "member", ()))
    paid = plan.count(slot, Window.parse("since_join"), amount=True)
    one = Rolling(plan)
    for day in range(10):
        one.add(slot, START + day * DAY, 7)
    one.rebase(0, START + DAY)
    one.compact(START + 9 * DAY, 0, [-1])
    assert one.stamps == Rolling.restore(plan, one.plain()).stamps
    assert one.nums[paid] == Rolling.restore(plan, one.plain()).nums[paid] == 63


def test_days_are_forgotten_of_those_who_keep_them() -> None:
    """A slot that counts days, one that also counts a streak, one that does neither."""
    plan = WindowPlan(0)
    plan.count(plan.slot(("a", "member", ())), Window.parse("1h"))
    slots = [plan.slot((kind, "member", ())) for kind in "bcd"]
    days = [plan.keep(slot, "days") for slot in slots[:2]]
    run = plan.keep(slots[1], "run")
    mine, theirs = Rolling(plan), Rolling(plan)
    for day in range(100, 105):
        for slot in slots:
            mine.add(slot, day * DAY, 0, day)
    theirs.add(slots[0], 106 * DAY, 0, 106)
    mine.forget_days(103)
    assert [mine.nums[cell] for cell in (*days, run)] == [0b11, 0b11, 3]
    mine.absorb(theirs)
    assert [mine.nums[cell] for cell in (*days, run)] == [0b1011, 0b11, 3]


def test_a_window_that_begins_earlier_again_keeps_what_was_counted() -> None:
    """What was dropped before cannot be found again; what was counted stays so."""
    one, (cell,) = rolling("since_join", retention=DAY)
    for day in range(10):
        one.add(0, START + day * DAY)
    one.compact(START + 9 * DAY, 0, [START + 2 * DAY])
    one.rebase(0, START + DAY)
    assert one.nums[cell] == 8


def test_windows_hold_what_happens_at_their_borders() -> None:
    """The first instant is inside; an exact window leaves its old end out."""
    one, (hour, days) = rolling("1h", "2d")
    calendar, now = Calendar(UTC), START + DAY + HOUR
    for us in (START - 1, START, now - HOUR, now - HOUR + 1, now):
        one.add(0, us)
    for w, text in enumerate(("1h", "2d")):
        one.move(w, calendar.since(Window.parse(text), now))
    assert (one.nums[hour], one.nums[days]) == (2, 4)
