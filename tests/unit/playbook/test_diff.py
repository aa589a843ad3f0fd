"""Two playbooks told apart, part by part, by keys and not by places."""

from typing import Any

from attrs import evolve
from hypothesis import given

from community_sdk._time import Duration
from community_sdk.model import SANCTIONS, Community, CommunityId, LadderStep, PolicyKey
from community_sdk.playbook import Playbook, diff, load
from community_sdk.policies import PenaltyLadder
from tests.unit.playbook.books import playbooks

LADDER = PenaltyLadder(
    key=PolicyKey("ladder"),
    steps=(
        LadderStep(at=1, kind=SANCTIONS["reminder"]),
        LadderStep(at=3, kind=SANCTIONS["remove"]),
    ),
)
OTHER = evolve(LADDER, key=PolicyKey("other"))
BOOK = Playbook(community=Community(key=CommunityId("c")), policies=(LADDER, OTHER))


def told(before: Playbook, after: Playbook) -> list[str]:
    """The differences, one line each."""
    return [str(change) for change in diff(before, after)]


@given(playbooks(), playbooks())
def test_equal_ones_have_none_and_others_some(one: Playbook, two: Playbook) -> None:
    """INVARIANT: no difference if and only if equal; the way back mirrors it."""
    assert diff(one, one) == ()
    there, back = diff(one, two), diff(two, one)
    assert bool(there) == (one != two)
    mirrored = {"added": "removed", "removed": "added"}
    assert sorted((c.path, c.kind, c.before, c.after) for c in there) == sorted(
        (c.path, mirrored.get(c.kind, c.kind), c.after, c.before) for c in back
    )


def test_a_value_is_told_as_files_have_it() -> None:
    """Defaults count as written."""
    assert told(BOOK, evolve(BOOK, lateness=Duration.parse("1 month"))) == [
        'lateness: "7d" → "1 month"'
    ]


def test_policies_are_matched_by_key() -> None:
    """One more in front of the others is one difference."""
    first = evolve(LADDER, key=PolicyKey("first"), window=Duration.parse("30d"))
    assert told(BOOK, evolve(BOOK, policies=(first, LADDER, OTHER)))[0].startswith(
        "policy[first]: added { kind = "
    )
    assert len(diff(BOOK, evolve(BOOK, policies=(first, LADDER, OTHER)))) == 1
    assert told(BOOK, evolve(BOOK, policies=(LADDER,)))[0].startswith(
        "policy[other]: removed"
    )


def test_the_order_of_policies_is_a_difference() -> None:
    """They are asked in it."""
    (change,) = diff(BOOK, evolve(BOOK, policies=(OTHER, LADDER)))
    assert (change.path, change.kind) == ("policy", "moved")
    assert (change.before, change.after) == ("ladder, other", "other, ladder")
    assert str(change) == "policy: order ladder, other → other, ladder"


def test_steps_are_matched_by_their_number() -> None:
    """A step of a ladder is known by its strike."""
    steps = (*LADDER.steps[:1], evolve(LADDER.steps[1], kind=SANCTIONS["ban"]))
    longer = evolve(LADDER, steps=(*steps, LadderStep(at=9, kind=SANCTIONS["ban"])))
    assert told(BOOK, evolve(BOOK, policies=(longer, OTHER))) == [
        'policy[ladder].steps[3].kind: "remove" → "ban"',
        (
            "policy[ladder].steps[9]: added "
            '{ at = 9, kind = "ban", notice = "private", level = 0, grows = 1 }'
        ),
    ]


def test_steps_without_a_key_of_their_own_are_matched_by_place() -> None:
    """The journey of smart_home asks for a change of tier twice."""
    book = load("smart_home")
    journey: Any = book.policy("journey")
    other = evolve(journey, steps=(*journey.steps[:4], journey.steps[0]))
    policies = tuple(other if p.key == "journey" else p for p in book.policies)
    found = diff(book, evolve(book, policies=policies))
    assert {change.path for change in found} == {
        "policy[journey].steps[4].event",
        "policy[journey].steps[4].where.after",
        "policy[journey].steps[4].title.en",
        "policy[journey].steps[4].title.zh",
    }


def test_another_kind_under_the_same_key_is_another_policy() -> None:
    """It is told whole, not field by field."""
    door: Any = load("smart_home").policy("door")
    (change,) = diff(BOOK, evolve(BOOK, policies=(evolve(door, key="ladder"), OTHER)))
    assert (change.path, change.kind) == ("policy[ladder]", "changed")


def test_each_difference_can_be_put_into_words() -> None:
    """The facts are data, in no language."""
    (change,) = diff(BOOK, evolve(BOOK, version="2"))
    assert change.because.key == "playbook.changed"
    assert change.because["path"] == "version"
    assert (change.because["before"], change.because["after"]) == ('"1"', '"2"')


def test_a_template_filled_in_twice_differs_where_it_was_filled() -> None:
    """Two communities of one template."""
    found = diff(load("smart_home"), load("smart_home", key="hz", capacity=100))
    assert {change.path.partition("[")[0] for change in found} == {
        "community.key",
        "group",
    }
