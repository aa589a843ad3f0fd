"""Rules that hang on their own absence are found; without a finding all settles."""

from __future__ import annotations

from contextlib import nullcontext, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import Playbook
from community_sdk import events as ev
from community_sdk.analysis import Gravity, check_dependence
from community_sdk.conditions import Condition, all_of, any_of, parse_condition
from community_sdk.errors import DefinitionError
from community_sdk.model import PolicyKey
from community_sdk.policies import (
    Policy,
    Segment,
    Segmentation,
    Tag,
    TagGroup,
    TagPolicy,
    TagRule,
)
from community_sdk.wording import say_problem
from tests.unit.desk import DAY, HOME, START, Desk

LIFE, WORDS = PolicyKey("life"), PolicyKey("words")
TALKED = 'count("message") >= 1'


def segments(*texts: str, keeps: str = "") -> Segmentation:
    """Segments called a, b, … by conditions; the last may be kept longer."""
    last = len(texts) - 1
    made = tuple(
        Segment(
            key=chr(97 + n),
            when=parse_condition(text),
            keeps=parse_condition(keeps) if keeps and n == last else None,
        )
        for n, text in enumerate(texts)
    )
    return Segmentation(key=LIFE, segments=made, rest=Segment(key="rest"))


def tags(when: str, ends: str = "", *, temporary: bool = False) -> TagPolicy:
    """One tag, called t."""
    over = parse_condition(ends) if ends else None
    rule = TagRule(tag="t", when=parse_condition(when), temporary=temporary, ends=over)
    group = TagGroup(key="g", tags=(Tag(key="t"),))
    return TagPolicy(key=WORDS, groups=(group,), rules=(rule,))


def found(*policies: Policy) -> list[tuple[str, str]]:
    """Where something hangs on its own absence, and how."""
    book = Playbook(community=HOME, policies=policies)
    faults = check_dependence(book)
    assert all(each.severity is Gravity.ERROR for each in faults)
    return [(each.path, each.figures["trail"]) for each in faults]


def test_a_segment_of_those_who_are_not_in_it() -> None:
    """It loops in the engine, whose error names the policy; the look names the path."""
    policy = segments('not has("segment", "a")')
    assert found(policy) == [("policy[0].segments[0].when", "`a` → `not a`")]
    with pytest.raises(DefinitionError) as caught:
        Desk(policy).post(START)
    assert caught.value.code == "engine.cycle"
    assert caught.value.figures["policies"] == "`life`"
    assert "in `life`" in str(caught.value)
    (finding,) = check_dependence(Playbook(community=HOME, policies=(policy,)))
    assert say_problem(finding, "zh") == (
        "policy[0].segments[0].when：`a` 取决于自身不成立（`a` → `not a`，"
        "策略 `life`），会反复变动；请改用数据作条件，要让人群保留更久请用 `keeps`"
    )


def test_two_policies_that_hang_on_each_other() -> None:
    """Both are named, here and by the engine."""
    book = (
        tags('not has("segment", "a")', temporary=True),
        segments('has("tag", "t")'),
    )
    assert found(*book) == [
        ("policy[0].rules[0].when", "`t` → `not a` → `t`"),
    ]
    with pytest.raises(DefinitionError) as caught:
        Desk(*book).post(START)
    assert caught.value.figures["policies"] == "`life`, `words`"


def test_a_segment_takes_members_from_those_after_it() -> None:
    """So a later one that an earlier one waits for hangs on its own absence."""
    assert found(segments('has("segment", "b")', TALKED)) == [
        ("policy[0].segments[0].when", "`b` → `not b`")
    ]


@pytest.mark.parametrize(
    "policies",
    [
        (segments(f'{TALKED} or has("segment", "a")'),),
        (segments(TALKED, keeps='has("segment", "a")'),),
        (segments('not has("tag", "t")'), tags(TALKED, temporary=True)),
        (tags('not has("tag", "t")'),),
        (tags('has("segment", "a")', temporary=True), segments('has("tag", "t")')),
        (tags(TALKED, 'has("segment", "a")'), segments('count("left") >= 1')),
    ],
)
def test_what_settles(policies: tuple[Policy, ...]) -> None:
    """What makes itself last, what is given once, what hangs on others alone."""
    assert found(*policies) == []


LEAVES = st.sampled_from(
    [TALKED, *(f'has("segment", "{word}")' for word in "abc"), 'has("tag", "t")']
).map(parse_condition)
TREES: st.SearchStrategy[Condition] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(all_of, inner, inner),
        st.builds(any_of, inner, inner),
        inner.map(lambda part: ~part),
    ),
    max_leaves=4,
)


@given(TREES, TREES, TREES, TREES | st.none(), TREES | st.none())
def test_without_a_finding_everything_settles(
    one: Condition,
    two: Condition,
    tag: Condition,
    keeps: Condition | None,
    ends: Condition | None,
) -> None:
    """INVARIANT: the engine never turns in a ring."""
    asked = (Segment(key="a", when=one), Segment(key="b", when=two, keeps=keeps))
    rule = TagRule(tag="t", when=tag, temporary=ends is None, ends=ends)
    group = TagGroup(key="g", tags=(Tag(key="t"),))
    policies = (
        Segmentation(key=LIFE, segments=asked, rest=Segment(key="c")),
        TagPolicy(key=WORDS, groups=(group,), rules=(rule,)),
    )
    book = Playbook(community=HOME, policies=policies)
    desk = Desk(*policies)
    with suppress(DefinitionError) if check_dependence(book) else nullcontext():
        desk.tell(ev.Joined, START)
        desk.post(START + DAY)
        desk.tell(ev.TagCleared, START + 2 * DAY, tag="t")
        desk.tell(ev.TagSet, START + 3 * DAY, tag="t")
