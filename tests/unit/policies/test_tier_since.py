"""``since_tier`` looks at the group of tiers that is meant, not at all of them."""

from __future__ import annotations

import pytest

from community_sdk import events as ev
from community_sdk._time import Window
from community_sdk.conditions import parse_condition
from community_sdk.errors import DefinitionError
from community_sdk.model import PolicyKey, Tier, TierGroup, TierKey
from community_sdk.playbook import dumps, loads
from community_sdk.policies import Bar, QualificationPolicy
from tests.unit.desk import DAY, HOUR, START, Desk
from tests.unit.playbook.test_single_mistakes import HEAD, one
from tests.unit.policies.terraces import moves, posts

GRADES = TierGroup(key="grade", tiers=(Tier(key=TierKey("a")), Tier(key=TierKey("b"))))
VIPS = TierGroup(key="vip", tiers=(Tier(key=TierKey("no")), Tier(key=TierKey("yes"))))


def graded(text: str) -> QualificationPolicy:
    """One bar of grades."""
    bars = {TierKey("b"): Bar(entry=parse_condition(text))}
    return QualificationPolicy(key=PolicyKey("q"), tiers="grade", bars=bars)


def desk(text: str) -> Desk:
    """Two groups of tiers; grades go by posts since the last change."""
    return Desk(graded(text), tiers=(GRADES, VIPS))


def test_a_move_in_another_group_does_not_begin_anew() -> None:
    """The bars of a group count from its own last move."""
    ann = desk('count("message", "since_tier") >= 3')
    assert posts(ann, 2) == []
    known = {"tiers": "vip", "tier": TierKey("yes")}
    ann.tell(ev.TierImported, START + HOUR, since=START + HOUR, **known)
    assert moves(ann.post(START + DAY)) == ["a>b"]


def test_a_group_may_be_named() -> None:
    """Then a move there begins anew, and one elsewhere does not."""
    ann = desk('count("message", "since_tier:vip") >= 3')
    posts(ann, 2)
    known = {"tiers": "vip", "tier": TierKey("yes")}
    ann.tell(ev.TierImported, START + HOUR, since=START + HOUR, **known)
    assert moves(ann.post(START + DAY)) == []
    assert posts(ann, 2, START + 2 * DAY) == ["a>b"]


def test_the_group_is_part_of_the_window() -> None:
    """Text and value, and back; no other window has one."""
    window = Window.parse("since_tier:vip")
    assert (str(window), window.tiers) == ("since_tier:vip", "vip")
    for bad in ("since_tier:", "since_join:vip", "month:vip"):
        with pytest.raises(DefinitionError):
            Window.parse(bad)
    bare = Window.parse("since_tier")
    assert (str(bare), bare.tiers) == ("since_tier", "")


def test_a_file_names_groups_that_exist() -> None:
    """What is written reads back; an unknown group is told with its column."""
    text = (
        "[[tiers]]\nkey='grade'\ntier=[{key='a'},{key='b'}]\n"
        "[[policy]]\nkind='qualification'\nkey='q'\ntiers='grade'\n[policy.bars.b]\n"
        'entry=\'count("message", "since_tier") >= 3\'\n'
    )
    book = loads(HEAD + text)
    assert loads(dumps(book)) == book
    assert "since_tier:grade" in dumps(book)
    problem = one(text.replace("since_tier", "since_tier:grad"))
    assert (problem.path, problem.code) == (
        "policy[0].bars.b.entry",
        "playbook.no_tiers",
    )
    assert "did you mean `grade`?" in problem.hint
