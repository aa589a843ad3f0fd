"""Overlapping rules shown by example, segments that nobody reaches proven (S09)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk import Playbook
from community_sdk.analysis import Gravity, check_segments, overlaps, unreachable
from community_sdk.conditions import evaluate, metrics, parse_condition
from community_sdk.metrics import Metric
from community_sdk.model import PolicyKey
from community_sdk.policies import Axis, Segment, Segmentation, rfm_axes, rfm_segments
from community_sdk.wording import say_problem
from tests.unit.desk import HOME


def rules(*texts: str) -> Segmentation:
    """Segments called a, b, c … by conditions."""
    segments = tuple(
        Segment(key=chr(97 + n), when=parse_condition(text))
        for n, text in enumerate(texts)
    )
    return Segmentation(key=PolicyKey("s"), segments=segments, rest=Segment(key="rest"))


def test_an_overlap_comes_with_figures_of_which_both_rules_hold() -> None:
    """The first one counts: that is a note."""
    policy = rules('strikes("90d") >= 2', 'count("message", "30d") >= 20')
    (found,) = overlaps(policy)
    read = found.figures.__getitem__
    assert all(s.when is not None and evaluate(s.when, read) for s in policy.segments)
    book = Playbook(community=HOME, policies=(policy,))
    (finding,) = check_segments(book)
    assert (finding.severity, finding.code) == (Gravity.NOTE, "segment.overlap")
    assert finding.path == "policy[0].segments[1]"
    assert say_problem(finding, "zh") == (
        'policy[0].segments[1]：`a` 与 `b` 可同时符合（例如 strikes("90d") = 2;'
        ' count("message", "30d") = 20），此时以排在前面的 `a` 为准'
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('count("message", "30d") >= 20', 'count("message", "30d") < 20'),
        ('count("message", "7d") > 3', 'count("message", "30d") <= 3'),
        ('active_days("30d") >= 5', 'count("message", "30d") < 5'),
        ('recency("message") < "7d"', 'recency("message") >= "7d"'),
        ('has("tag", "giver")', 'not has("tag", "giver")'),
        ('has("status", "active")', 'has("status", "removed")'),
        ('active_days("7d") > 7', 'tenure() > "1d"'),
    ],
)
def test_rules_that_exclude_each_other(first: str, second: str) -> None:
    """By their numbers, or because a shorter window never holds more."""
    assert overlaps(rules(first, second)) == ()


def test_a_figure_beside_another_is_never_taken_as_proof() -> None:
    """What is found is true; what is not found may be."""
    text = 'count("message", "7d") > 0'
    beside = 'count("message", "7d") < count("reaction", "7d")'
    assert len(overlaps(rules(text, beside))) == 1
    assert unreachable(rules("True", beside)) == ()


def test_who_takes_everybody_leaves_nobody() -> None:
    """An error: the segment and the rest are there for nothing."""
    policy = rules('count("message") >= 1', 'count("message") >= 3', "True")
    assert unreachable(policy) == ("b", "rest")
    book = Playbook(community=HOME, policies=(policy,))
    found = [f for f in check_segments(book) if f.severity is Gravity.ERROR]
    assert [f.path for f in found] == ["policy[0].segments[1]", "policy[0].rest"]
    assert say_problem(found[0], "zh") == (
        "policy[0].segments[1]：没有人会归入 `b`：前面的人群已包含所有人；"
        "请把它移到前面，或收窄前面的条件"
    )


def test_levels_are_told_apart_exactly() -> None:
    """The usual map of scores has no overlap; a pattern of stars has."""
    axes = rfm_axes((30, 60, 90), (1, 2, 3), (10, 20, 30))
    every = {"key": PolicyKey("rfm"), "axes": axes, "rest": Segment(key="other")}
    usual = Segmentation(**every, segments=rfm_segments())  # type: ignore[arg-type]
    assert overlaps(usual) == ()
    assert unreachable(usual) == ()
    stars = (Segment(key="a", levels=("4**", "3**")), Segment(key="b", levels=("*4*",)))
    crossed = Segmentation(**every, segments=stars)  # type: ignore[arg-type]
    (found,) = overlaps(crossed)
    assert "recency" in str(found)


def test_a_condition_and_a_level_of_one_figure_are_seen_together() -> None:
    """More than five messages are no level but the highest; days count as days."""
    talk = Axis(key="talk", measure=Metric("count", kind="message"), cuts=(2, 5))
    since = Axis(key="since", measure=Metric("recency", kind="message"), cuts=(3,))
    policy = Segmentation(
        key=PolicyKey("s"),
        axes=(talk, since),
        segments=(
            Segment(key="few", levels=("1*", "2*")),
            Segment(key="many", when=parse_condition('count("message") > 5')),
            Segment(key="late", levels=("*2",)),
            Segment(key="now", when=parse_condition('recency("message") < "3d"')),
        ),
        rest=Segment(key="rest"),
    )
    pairs = {(o.first, o.second) for o in overlaps(policy)}
    assert pairs == {("few", "late"), ("few", "now"), ("many", "late"), ("many", "now")}


SMALL = st.integers(0, 7)
RULE = st.one_of(
    st.tuples(st.sampled_from([">=", ">", "<=", "<", "==", "!="]), SMALL).map(
        lambda pair: f'count("message") {pair[0]} {pair[1]}'
    ),
    st.sampled_from(['has("tag", "x")', 'not has("tag", "x")']),
)


@settings(max_examples=150)
@given(st.lists(RULE, min_size=2, max_size=4), SMALL, SMALL)
def test_the_search_finds_what_going_through_all_finds(
    texts: list[str], low: int, more: int
) -> None:
    """Against every small member: overlaps and segments out of reach."""
    texts = [*texts, f'count("message") >= {low} and count("message") <= {low + more}']
    policy = rules(*texts)
    people = [(n, tag) for n in range(20) for tag in (0, 1)]

    def holding(person: tuple[int, int]) -> list[str]:
        def read(metric: Metric) -> int:
            return person[metric.word == "has"]

        return [
            s.key
            for s in policy.segments
            if s.when is not None and evaluate(s.when, read)
        ]

    sets = [holding(person) for person in people]
    pairs = {(a, b) for held in sets for a in held for b in held if a < b}
    found = overlaps(policy)
    assert {(o.first, o.second) for o in found} == pairs
    reached = {(held or ["rest"])[0] for held in sets}
    assert set(unreachable(policy)) == {s.key for s in policy.every} - reached
    for each in found:
        whens = [s.when for s in policy.segments if s.key in (each.first, each.second)]
        for when in whens:
            assert when is not None
            assert set(metrics(when)) <= set(each.figures)
            assert evaluate(when, each.figures.__getitem__)
