"""The tree of invitations: no loops, one inviter, figures as by plain counting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from statistics import median

from hypothesis import given
from hypothesis import strategies as st

from community_sdk.metrics.referral import Arrival, Branch, InvitationTree, looped

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NAMES = ("ann", "bo", "cy", "di", "eve")


def came(member: str, day: int, inviter: str | None = None, **more: str) -> Arrival:
    """Return an arrival so many days after the first noon."""
    return Arrival(member=member, at=NOON + day * DAY, inviter=inviter, **more)


arrivals = st.lists(
    st.builds(
        came,
        st.sampled_from(NAMES),
        st.integers(0, 4),
        st.sampled_from((None, *NAMES)),
        channel=st.sampled_from(("", "fair")),
    ),
    max_size=9,
)
FAMILY = InvitationTree.grow(
    (
        came("ann", 0, tier="gold"),
        came("bo", 1, "ann", channel="fair"),
        came("cy", 2, "ann"),
        came("di", 4, "bo"),
        came("eve", 5),
    )
)


def ancestors(tree: InvitationTree, member: str) -> list[str]:
    """Return who stands above, nearest first, at most as many as there can be."""
    found: list[str] = []
    while member in tree.inviters and len(found) <= len(NAMES):
        member = tree.inviters[member]
        found.append(member)
    return found


@given(arrivals)
def test_nobody_is_their_own_inviter(given: list[Arrival]) -> None:
    """No way upwards comes back, and each has one inviter, the first that is right."""
    tree = InvitationTree.grow(given)
    for member in NAMES:
        above = ancestors(tree, member)
        assert member not in above
        assert len(set(above)) == len(above)
    named = {(a.member, a.inviter) for a in given if a.inviter}
    told = set(tree.inviters.items()) | {(m, i) for m, i, _ in tree.refused}
    assert named == told


@given(arrivals)
def test_refusals_have_their_reason(given: list[Arrival]) -> None:
    """Oneself, a loop, a second one: each is what it says."""
    tree = InvitationTree.grow(given)
    for member, inviter, why in tree.refused:
        assert why in {"self", "loop", "second", "known"}
        assert (why == "self") == (member == inviter)
        if why == "second":
            assert tree.inviters[member] != inviter
        if why == "known":
            times = [a.at for a in given if (a.member, a.inviter) == (member, inviter)]
            assert tree.arrivals[member].at < max(times)
        if why == "loop":
            assert member in ancestors(tree, inviter)


@given(arrivals)
def test_generations_and_those_below(given: list[Arrival]) -> None:
    """Both are what walking upwards from everybody gives."""
    tree = InvitationTree.grow(given)
    for member, depth in tree.generations().items():
        assert depth == len(ancestors(tree, member))
    for member, number in tree.below().items():
        assert number == sum(member in ancestors(tree, m) for m in tree.arrivals)


@given(arrivals, st.integers(1, 4), st.sampled_from(("generation", "channel")))
def test_branching_is_plain_counting(given: list[Arrival], days: int, by: str) -> None:
    """Who was observed for a cycle, and whom they brought within it."""
    tree, cycle, until = InvitationTree.grow(given), days * DAY, NOON + 5 * DAY
    seen = {n: a for n, a in tree.arrivals.items() if a.at + cycle <= until}
    brought = [
        member
        for member, who in tree.inviters.items()
        if who in seen
        and timedelta() <= tree.arrivals[member].at - seen[who].at < cycle
    ]
    rows = tree.branching("channel", cycle=cycle, until=until)
    if by == "generation":
        rows = tree.branching("generation", cycle=cycle, until=until)
    assert sum(row.members for row in rows) == len(seen)
    assert sum(row.invited for row in rows) == len(brought)
    assert sum(r.sharers for r in rows) == len({tree.inviters[m] for m in brought})


@given(arrivals)
def test_cycle_time_is_the_median(given: list[Arrival]) -> None:
    """Over inviters whose own coming is known and not later."""
    tree = InvitationTree.grow(given)
    waits = [
        (tree.arrivals[m].at - tree.arrivals[i].at).total_seconds()
        for m, i in tree.inviters.items()
        if i in tree.arrivals and tree.arrivals[i].at <= tree.arrivals[m].at
    ]
    found = tree.cycle_time()
    assert (found is None) == (not waits)
    assert found is None or found.total_seconds() == median(waits)


@given(arrivals)
def test_turns_share_out_everybody(given: list[Arrival]) -> None:
    """Each arrival is in one turn; who was there before is counted at its beginning."""
    tree = InvitationTree.grow(given)
    turns = tree.turns([NOON + day * DAY for day in (0, 1, 3, 5)])
    assert sum(turn.came for turn in turns) == len(tree.arrivals)
    assert sum(turn.invited for turn in turns) == len(tree.inviters)
    for one, after in pairwise(turns):
        assert after.members == one.members + one.came
        assert after.again <= min(one.sharers, after.sharers)


@given(arrivals, st.integers(1, 3), st.integers(1, 3))
def test_bursts_are_found_as_by_looking_everywhere(
    given: list[Arrival], least: int, days: int
) -> None:
    """Who is told of brought so many from some arrival on; nobody else did."""
    tree = InvitationTree.grow(given)
    most: dict[str, int] = {}
    for inviter in set(tree.inviters.values()):
        times = [tree.arrivals[m].at for m, i in tree.inviters.items() if i == inviter]
        spans = (sum(t <= one < t + days * DAY for one in times) for t in times)
        most[inviter] = max(spans)
    found = {one.inviter: one.count for one in tree.bursts(least, days * DAY)}
    assert found == {who: n for who, n in most.items() if n >= least}


def test_figures_of_a_family() -> None:
    """One of five brought two, one of these brought one more; one came alone."""
    assert FAMILY.branching("generation") == (
        Branch("0", 2, 1, 2),
        Branch("1", 2, 1, 1),
        Branch("2", 1, 0, 0),
    )
    by_tier = {row.of: row.k for row in FAMILY.branching("tier")}
    assert by_tier == {"gold": 2, "": Fraction(1, 4)}
    rows = FAMILY.branching("inviter")
    assert [row.of for row in rows if row.sharers] == ["ann", "bo"]
    assert FAMILY.cycle_time() == 2 * DAY
    assert FAMILY.saturation(20) == Fraction(1, 4)
    assert FAMILY.saturation(0) is None


def test_the_same_sharers_tire() -> None:
    """Two brought at first, one later: worn by one, k falls."""
    one, two = FAMILY.turns([NOON, NOON + 3 * DAY, NOON + 6 * DAY])
    assert (one.k, one.sharers, one.again, one.worn) == (None, 1, 0, 0)
    assert (two.k, two.sharers, two.again) == (Fraction(1, 3), 1, 0)
    more = InvitationTree.grow(
        [came("a", 0), came("b", 1, "a"), came("c", 1, "a"), came("d", 4, "a")]
    )
    last = more.turns([NOON, NOON + 3 * DAY, NOON + 6 * DAY])[1]
    assert (last.again, last.worn) == (1, 1)


def test_a_tree_without_anybody() -> None:
    """There is nothing to say, and nothing is said."""
    empty = InvitationTree.grow(())
    back = InvitationTree.grow((came("ann", 0), came("ann", 1, "bo")))
    assert back.refused == (("ann", "bo", "known"),)
    assert empty.branching("channel", cycle=DAY) == ()
    assert empty.cycle_time() is None
    assert empty.bursts(1, DAY) == ()
    assert looped({}, "ann", "ann")
    assert not looped({}, "ann", "bo")


def test_a_burst_is_the_fullest_span() -> None:
    """The end is excluded: a day later is another span; fewer make none."""
    told = [came("ann", 0), came("bo", 1, "ann"), came("cy", 2, "ann")]
    told += [came("di", 2, "ann"), came("eve", 4, "ann")]
    tree = InvitationTree.grow(told)
    (found,) = tree.bursts(2, DAY)
    assert (found.inviter, found.count) == ("ann", 2)
    assert found.since == found.until == NOON + 2 * DAY
    assert tree.bursts(3, DAY) == ()


def test_a_chain_of_ten_thousand() -> None:
    """Each brought the next one; that the last brought the first closes no circle."""
    chain = [came(f"m{n}", n, f"m{n - 1}" if n else None) for n in range(10_000)]
    tree = InvitationTree.grow([*chain, came("m0", 0, "m9999")])
    assert tree.refused == (("m9999", "m9998", "loop"),)
    assert tree.generations()["m9998"] == 9_999
    below = tree.below()
    assert (below["m9999"], below["m0"], below["m9998"]) == (9_999, 9_998, 0)
