"""Tags: on crossing, by people, in a slot, for a while, one of a group (S09)."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration, Hours
from community_sdk.conditions import parse_condition
from community_sdk.decisions import EndTag, GiveTag, Mode
from community_sdk.engine import Engine, Step
from community_sdk.errors import DefinitionError
from community_sdk.model import PolicyKey, TagOrigin
from community_sdk.playbook import Playbook, dumps, loads
from community_sdk.policies import Tag, TagGroup, TagPolicy, TagRule
from community_sdk.wording import say, say_decision
from tests.unit.desk import DAY, HOME, HOUR, START, Book, Desk

MOTIVES = TagGroup(
    key="motive",
    tags=tuple(Tag(key=key) for key in ("giver", "grateful", "trader")),
    exclusive=True,
)
INTERESTS = TagGroup(key="interest", tags=(Tag(key="price"), Tag(key="newcomer")))


def rule(tag: str, when: str = "", **more: Any) -> TagRule:
    """A rule with its condition as text."""
    if "ends" in more:
        more["ends"] = parse_condition(more["ends"])
    return TagRule(tag=tag, when=parse_condition(when) if when else None, **more)


def policy(*rules: TagRule, **more: Any) -> TagPolicy:
    """The tags of a community."""
    key = PolicyKey("tags")
    return TagPolicy(key=key, groups=(MOTIVES, INTERESTS), rules=rules, **more)


def desk(*rules: TagRule, **more: Any) -> Desk:
    """A desk that gives tags by *rules*."""
    return Desk(policy(*rules, **more), words=("hit", "badge"))


def hit(one: Desk, when: Any, word: str = "price") -> Step:
    """Tell that a message held a word of the list called *word*."""
    return one.tell(ev.Custom, when, word="hit", properties={"list": word})


def told(step: Step) -> list[str]:
    """What a step gave and ended."""
    words = {GiveTag: "+", EndTag: "-"}
    return [
        f"{words[type(d)]}{d.tag}"
        for d in step.decisions
        if isinstance(d, (GiveTag, EndTag))
    ]


def borne(one: Desk, when: Any, name: str = "ann") -> list[str]:
    """The tags that a member bears."""
    us = int(when.timestamp() * 1_000_000)
    member = one.member(name)
    return [tag for tag in sorted(member.tags) if member.bears(tag, us)]


def test_hits_of_a_day_give_the_tag_at_the_crossing_alone() -> None:
    """The third hit of a day gives it; a fourth does not, nor what is held on."""
    one = desk(rule("price", 'count("hit", "day", list="price") >= 3'))
    steps = [hit(one, START + n * HOUR) for n in range(4)]
    assert [told(step) for step in steps] == [[], [], ["+price"], []]
    assert told(hit(one, START + 5 * HOUR, "other")) == []
    assert borne(one, START + 6 * HOUR) == ["price"]


def test_what_a_person_cleared_waits_for_the_next_crossing() -> None:
    """The condition goes on holding: nothing. It lapses at midnight and is met anew."""
    one = desk(rule("price", 'count("hit", "day") >= 2'))
    hit(one, START)
    assert told(hit(one, START + HOUR)) == ["+price"]
    one.tell(ev.TagCleared, START + 2 * HOUR, tag="price")
    assert borne(one, START + 2 * HOUR) == []
    assert told(hit(one, START + 3 * HOUR)) == []
    assert told(one.advance(START + DAY)) == []
    hit(one, START + DAY)
    assert told(hit(one, START + DAY + HOUR)) == ["+price"]


def test_a_crossing_after_a_silent_lapse_counts() -> None:
    """Time alone ends what held, so that one event can cross again."""
    one = desk(rule("price", 'count("hit", "24h") >= 1', valid=Duration.parse("1h")))
    assert told(hit(one, START)) == ["+price"]
    assert told(one.advance(START + 2 * HOUR)) == ["-price"]
    assert told(hit(one, START + 3 * DAY)) == ["+price"]


def test_a_temporary_tag_goes_with_its_condition_to_the_microsecond() -> None:
    """An exact window lets the hit go when its length is over."""
    one = desk(rule("price", 'count("hit", "24h") >= 1', temporary=True))
    hit(one, START)
    step = one.advance(START + 2 * DAY)
    assert told(step) == ["-price"]
    assert step.decisions[0].at == START + DAY
    assert step.decisions[0].because.key == "tag.lost"


def test_two_temporary_rules_uphold_one_tag() -> None:
    """It goes when neither holds any longer."""
    one = desk(
        rule("price", 'count("hit", "24h") >= 1', temporary=True),
        rule("price", 'count("message", "7d") >= 1', temporary=True, key="talk"),
    )
    hit(one, START)
    one.post(START + HOUR)
    assert told(one.advance(START + 3 * DAY)) == []
    assert told(one.advance(START + 8 * DAY)) == ["-price"]


def test_a_condition_takes_a_tag_off_that_a_rule_gave() -> None:
    """What a person gave stays."""
    one = desk(rule("newcomer", on="joined", ends='count("message") >= 2'))
    assert told(one.tell(ev.Joined, START)) == ["+newcomer"]
    one.post(START + HOUR)
    assert told(one.post(START + 2 * HOUR)) == ["-newcomer"]
    one.tell(ev.TagSet, START + 3 * HOUR, tag="newcomer")
    assert told(one.post(START + 4 * HOUR)) == []
    assert borne(one, START + 4 * HOUR) == ["newcomer"]


@pytest.mark.parametrize(
    ("more", "hours", "given"),
    [
        ({"hours": Hours.parse("12:00-13:00")}, 0, True),
        ({"hours": Hours.parse("12:00-13:00")}, 1, False),
        ({"hours": Hours.parse("22:00-06:00")}, 11, True),
        ({"hours": Hours.parse("22:00-06:00")}, 18, False),
        ({"weekdays": frozenset({"mon"})}, 11, True),
        ({"weekdays": frozenset({"mon"})}, 12, False),
        ({"month_days": frozenset({5})}, 11, True),
        ({"month_days": frozenset({5})}, 12, False),
        ({"where": (("channel", "qr"),)}, 0, False),
    ],
)
def test_a_slot_takes_its_first_instant_and_not_its_last(
    more: dict[str, Any], hours: int, *, given: bool
) -> None:
    """Hours, weekdays and days of the month are those of the event."""
    one = desk(rule("newcomer", on="joined", **more))
    step = one.tell(ev.Joined, START + hours * HOUR)
    assert told(step) == (["+newcomer"] if given else [])


def test_an_event_without_a_time_of_its_own_falls_into_no_slot() -> None:
    """Without a slot it gives the tag."""
    slot = rule("price", on="joined", hours=Hours.parse("00:00-24:00"))
    one = desk(slot, rule("newcomer", on="joined"))
    assert told(one.tell(ev.Joined, START, dated=False)) == ["+newcomer"]


def test_a_validity_ends_by_itself_and_each_crossing_begins_it_anew() -> None:
    """The end is excluded."""
    one = desk(rule("newcomer", on="joined", valid=Duration.parse("7d")))
    one.tell(ev.Joined, START)
    assert told(one.tell(ev.Joined, START + DAY)) == ["+newcomer"]
    assert told(one.advance(START + 7 * DAY)) == []
    last = one.advance(START + 8 * DAY)
    assert told(last) == ["-newcomer"]
    assert last.decisions[0].at == START + 8 * DAY
    assert borne(one, START + 8 * DAY) == []


def test_one_tag_of_an_exclusive_group() -> None:
    """A later rule replaces; what a person says is not replaced by a rule."""
    one = desk(
        rule("giver", 'count("hit", list="a") >= 1'),
        rule("trader", 'count("hit", list="b") >= 1'),
    )
    assert told(hit(one, START, "a")) == ["+giver"]
    assert told(hit(one, START + HOUR, "b")) == ["+trader", "-giver"]
    step = one.tell(ev.TagSet, START + 2 * HOUR, tag="grateful", actor="bo")
    assert told(step) == ["-trader"]
    both = desk(rule("giver", 'count("hit") >= 1'), rule("trader", 'count("hit") >= 1'))
    assert told(hit(both, START)) == ["+giver"]
    person = desk(rule("giver", 'count("hit") >= 1'))
    person.tell(ev.TagSet, START, tag="trader", origin=TagOrigin.IMPORT)
    assert told(hit(person, START + HOUR)) == []


@given(
    st.permutations(
        [
            (0, "giver", True),
            (1, "trader", True),
            (2, "trader", False),
            (3, "grateful", True),
        ]
    )
)
def test_what_people_said_holds_in_any_order(said: list[tuple[int, str, bool]]) -> None:
    """The latest word about each tag holds, and of a group one is left."""
    one = desk()
    for day, tag, on in said:
        kind: Callable[..., ev.Event] = ev.TagSet if on else ev.TagCleared
        late = START + 4 * DAY
        one.tell(kind, START + day * DAY, tag=tag, recorded_at=late)
        assert len(borne(one, START + 5 * DAY)) <= 1
    assert borne(one, START + 5 * DAY) == ["grateful"]


def test_two_accounts_of_one_person_keep_one_of_a_group() -> None:
    """Tags of both come together; what was said later stays."""
    one = desk(rule("price", 'count("hit") >= 2'))
    one.tell(ev.TagSet, START, tag="giver")
    one.tell(ev.TagSet, START + HOUR, "bo", tag="trader")
    hit(one, START + HOUR)
    one.tell(ev.Custom, START + HOUR, "bo", word="hit")
    step = one.tell(ev.IdentityLinked, START + 2 * HOUR, alias="bo")
    assert told(step) == ["+price", "-giver"]
    assert borne(one, START + 3 * HOUR) == ["price", "trader"]


def test_crossings_of_two_accounts_are_added_up() -> None:
    """What one of them crossed is not crossed again by the person."""
    one = desk(rule("price", 'count("hit") >= 1', valid=Duration.parse("1h")))
    hit(one, START)
    one.tell(ev.Custom, START, "bo", word="hit")
    assert told(one.tell(ev.IdentityLinked, START + HOUR / 2, alias="bo")) == []
    slices = one.member().slices["tags"]
    assert slices == {"price": [True, 2, ""]}


def test_conditions_ask_for_tags() -> None:
    """A tag that lapses at an instant is looked at again then."""
    one = desk(rule("newcomer", 'has("tag", "price")', temporary=True))
    until = START + DAY
    step = one.tell(ev.TagSet, START, tag="price", until=until)
    assert told(step) == ["+newcomer"]
    assert sorted(told(one.advance(START + 2 * DAY))) == ["-newcomer", "-price"]


def test_a_shadow_gives_nothing() -> None:
    """The decision is kept; the fact is not made."""
    one = desk(rule("price", 'count("hit") >= 1'), mode=Mode.SHADOW)
    assert told(hit(one, START)) == ["+price"]
    assert borne(one, START) == []


def test_a_snapshot_keeps_tags_and_crossings() -> None:
    """What was saved goes on the same."""
    one = desk(rule("price", 'count("hit") >= 2', valid=Duration.parse("7d")))
    hit(one, START)
    hit(one, START + HOUR)
    book = Book(policies=one.policies, words=("hit", "badge"))
    again = Engine.restore(book, one.engine.snapshot())
    assert told(again.advance(START + 9 * DAY)) == ["-price"]


def test_the_tags_are_told() -> None:
    """Standing and decisions, in both languages."""
    one = desk(rule("price", 'count("hit") >= 1'))
    step = hit(one, START)
    one.tell(ev.TagSet, START, tag="giver", until=START + DAY)
    standing = policy().standing(one.view())
    assert say(standing, "en") == (
        "Tags: “giver” since 5 January 2026 at 12:00 UTC, by a person, until 6 January"
        " 2026 at 12:00 UTC; “price” since 5 January 2026 at 12:00 UTC, by a rule."
    )
    assert say(standing, "zh") == (
        "标签：“乐于付出”（人工，2026年1月5日 12:00（UTC） 起，2026年1月6日"
        " 12:00（UTC） 前有效）；“price”（按规则，2026年1月5日 12:00（UTC） 起）。"
    )
    decision = step.decisions[0]
    assert say(decision.because, "en") == (
        "The tag “price” is due: 1 `hit` event in all (asked: at least 1 `hit` event)."
    )
    assert say_decision(decision, "zh") == (
        "给 ann 打上标签“price”。达到标签“price”的条件："
        "累计“hit” 1 次（要求至少 1 次）。"
    )


def test_a_file_holds_all_of_it() -> None:
    """Written to a file and read back it is the same."""
    rules = (
        rule("price", 'count("message", "day") >= 3', ends='count("message") >= 9'),
        rule(
            "newcomer",
            on="joined",
            hours=Hours.parse("22:00-06:00"),
            weekdays=frozenset({"sat", "sun"}),
            month_days=frozenset({1, 15}),
            where=(("channel", "qr"),),
            valid=Duration.parse("30d"),
        ),
    )
    book = Playbook(community=HOME, policies=(policy(*rules),))
    assert loads(dumps(book)).policies == book.policies


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: rule("price"), "tag.never"),
        (lambda: rule("price", "True", weekdays=frozenset({"mon"})), "tag.never"),
        (lambda: rule("price", on="joined", temporary=True), "tag.temporary"),
        (
            lambda: rule("price", on="joined", month_days=frozenset({32})),
            "tag.month_day",
        ),
        (lambda: policy(rule("prize", "True")), "tag.unknown"),
        (lambda: policy(rule("price", "True"), rule("price", "True")), "tag.twice"),
    ],
)
def test_what_can_never_be_is_refused(make: Callable[[], object], code: str) -> None:
    """With the code that says why."""
    with pytest.raises(DefinitionError) as caught:
        make()
    assert caught.value.code == code
