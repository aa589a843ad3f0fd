"""What is written reads back as the same playbook, and equal ones are written alike."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from attrs import evolve, fields, frozen
from hypothesis import given

from community_sdk._time import Duration
from community_sdk.conditions import Named, count, figure
from community_sdk.errors import DefinitionError, PlaybookError
from community_sdk.model import (
    SANCTIONS,
    Campaign,
    Community,
    CommunityId,
    LadderStep,
    Money,
    PolicyKey,
    Role,
    RoleName,
    Rule,
    Rulebook,
    RuleCode,
    SanctionKind,
)
from community_sdk.playbook import Playbook, dumps, library, load, loads
from community_sdk.policies import (
    AdmissionPolicy,
    EntryRequirement,
    Funnel,
    FunnelStep,
    PenaltyLadder,
    RuleWatch,
    Scope,
)
from tests.unit.playbook.books import playbooks

BARE = Playbook(community=Community(key=CommunityId("c")))
FLOOD = Rulebook(rules=(Rule(code=RuleCode("flooding")),))


def book(*policies: Any, **parts: Any) -> Playbook:
    """A small playbook with these policies."""
    return evolve(BARE, rulebook=FLOOD, policies=policies, **parts)


@given(playbooks())
def test_what_is_written_reads_back(whole: Playbook) -> None:
    """INVARIANT: loads(dumps(p)) == p, and the digest is the same."""
    text = dumps(whole)
    again = loads(text)
    for each in fields(Playbook):
        assert getattr(again, each.name) == getattr(whole, each.name), each.name
    assert again == whole
    assert again.digest == whole.digest
    assert dumps(again) == text


@given(playbooks())
def test_the_order_of_mappings_is_not_written(whole: Playbook) -> None:
    """Equal playbooks give equal texts, however their mappings were filled."""
    turned: list[Any] = []
    for policy in cast("tuple[Any, ...]", whole.policies):
        names = [f.name for f in fields(cast("Any", type(policy))) if f.init]
        changed = {
            name: dict(reversed(cast("dict[str, Any]", getattr(policy, name)).items()))
            for name in names
            if isinstance(getattr(policy, name), dict)
        }
        turned.append(evolve(policy, **changed))
    twin = evolve(whole, policies=tuple(turned))
    assert twin == whole
    assert dumps(twin) == dumps(whole)
    assert twin.digest == whole.digest


@pytest.mark.parametrize("name", library())
def test_library_playbooks_read_back(name: str) -> None:
    """What the library holds survives writing, without its parameters."""
    whole = load(name)
    assert loads(dumps(whole)) == whole


def test_the_text_is_the_same_under_every_hash_seed() -> None:
    """Sets and mappings are written in an order of their own."""
    code = (
        "from community_sdk.playbook import dumps, load;"
        "print(dumps(load('smart_home')), load('smart_home').digest)"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(told) == 1


def test_the_layout_is_one_that_people_read() -> None:
    """Scalars first, short tables on one line, conditions without escapes."""
    watch = RuleWatch(
        key=PolicyKey("flood"),
        rule=RuleCode("flooding"),
        when=count("message", "1min") >= 8,
    )
    funnel = Funnel(
        key=PolicyKey("f"),
        window=Duration.parse("30d"),
        steps=(FunnelStep(event="joined"), FunnelStep(event="message")),
    )
    assert (
        dumps(book(watch, funnel))
        == """\
format = 1

[community]
key = "c"

[[rule]]
code = "flooding"

[[policy]]
kind = "rule_watch"
key = "flood"
rule = "flooding"
when = 'count("message", "1min") >= 8'

[[policy]]
kind = "funnel"
key = "f"
steps = [
  { event = "joined" },
  { event = "message" },
]
window = "30d"
"""
    )


def test_a_one_is_no_truth() -> None:
    """Values that Python takes for equal stay what they are."""
    one = AdmissionPolicy(
        key=PolicyKey("door"),
        requirements=(EntryRequirement(answer="children", value=1),),
    )
    again = loads(dumps(book(one))).policies[0]
    assert isinstance(again, AdmissionPolicy)
    assert again.requirements[0].value is not True


def test_own_sanctions_are_declared_beside() -> None:
    """A kind of one's own comes back with its order and its effects."""
    fine = SanctionKind("fine", 45)
    exile = SanctionKind("exile", 90, holds=True, expels=True)
    ladder = PenaltyLadder(
        key=PolicyKey("l"),
        steps=(LadderStep(at=1, kind=fine), LadderStep(at=2, kind=exile)),
    )
    text = dumps(book(ladder))
    assert '[[sanction]]\nword = "fine"\norder = 45\n' in text
    assert loads(text).policies == (ladder,)


def test_names_are_put_in_when_the_playbook_is_made() -> None:
    """A playbook in Python may use its measures just as a file does."""
    regular = count("message", "30d") >= 20
    busy = count("message", "1min").metric
    watch = RuleWatch(
        key=PolicyKey("w"),
        rule=RuleCode("flooding"),
        when=Named("regular") & (figure("busy") >= 8),
    )
    whole = book(watch, measures={"regular": regular, "busy": busy})
    assert isinstance(whole.policies[0], RuleWatch)
    assert whole.policies[0].when == regular & (count("message", "1min") >= 8)
    assert loads(dumps(whole)) == whole
    assert whole.engine().playbook is whole


def test_an_unknown_name_is_refused_when_the_playbook_is_made() -> None:
    """A name that leads nowhere is no measure."""
    watch = RuleWatch(key=PolicyKey("w"), rule=RuleCode("flooding"), when=Named("x"))
    with pytest.raises(DefinitionError, match="`x`"):
        book(watch, measures={"regular": count("message") >= 1})


def _step(kind: SanctionKind) -> PenaltyLadder:
    return PenaltyLadder(key=PolicyKey("l"), steps=(LadderStep(at=1, kind=kind),))


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (lambda: evolve(BARE, name="\ud800"), "name"),
        (lambda: evolve(BARE, name=""), "name"),
        (lambda: evolve(BARE, version=cast("Any", 2)), "version"),
        (lambda: evolve(BARE, events=("a\0b",)), "events.words[0]"),
        (lambda: evolve(BARE, lateness=cast("Any", "7d")), "lateness"),
        (
            lambda: evolve(BARE, roles=cast("Any", [Role(name=RoleName("a"))] and 3)),
            "role",
        ),
        (
            lambda: evolve(
                BARE, roles=(Role(name=RoleName("a"), rank=cast("Any", 1.5)),)
            ),
            "role[0].rank",
        ),
        (
            lambda: evolve(
                BARE, roles=(Role(name=RoleName("a"), permissions=cast("Any", ["x"])),)
            ),
            "role[0].permissions",
        ),
        (
            lambda: book(_step(SanctionKind("mute", 55))),
            "policy[0].steps[0].kind",
        ),
        (
            lambda: book(
                AdmissionPolicy(key=PolicyKey("d"), scope=Scope.MEMBER),
            ),
            "policy[0]",
        ),
        (
            lambda: book(
                Funnel(
                    key=PolicyKey("f"),
                    window=Duration.parse("1d"),
                    steps=(FunnelStep(event="message", where=(("a", 1), ("a", 2))),),
                )
            ),
            "policy[0].steps[0].where.a",
        ),
        (
            lambda: book(
                RuleWatch(
                    key=PolicyKey("w"),
                    rule=RuleCode("flooding"),
                    when=cast("Any", "count() > 1"),
                )
            ),
            "policy[0].when",
        ),
        (
            lambda: book(
                PenaltyLadder(
                    key=PolicyKey("l"),
                    steps=(LadderStep(at=1, kind=SANCTIONS["ban"]),),
                    immediate=cast("Any", ["ads"]),
                )
            ),
            "policy[0].immediate",
        ),
        (
            lambda: book(
                AdmissionPolicy(
                    key=PolicyKey("d"),
                    requirements=(
                        EntryRequirement(answer="x", value=cast("Any", 1.5)),
                    ),
                )
            ),
            "policy[0].requirements[0].value",
        ),
        (
            lambda: book(
                evolve(
                    _step(SANCTIONS["ban"]),
                    immediate={
                        "ads": evolve(
                            LadderStep(at=1, kind=SANCTIONS["ban"]),
                            duration=cast("Any", "3d"),
                        )
                    },
                )
            ),
            "policy[0].immediate.ads.duration",
        ),
        (
            lambda: book(AdmissionPolicy(key=PolicyKey("d"), mode=cast("Any", "act"))),
            "policy[0].mode",
        ),
        (
            lambda: evolve(BARE, measures={"a": cast("Any", Duration(us=1))}),
            "measures.a",
        ),
        (
            lambda: evolve(
                BARE,
                campaigns=(
                    Campaign(
                        key="x",
                        since=datetime(2026, 1, 1, tzinfo=UTC),
                        until=datetime(2026, 1, 2, tzinfo=UTC),
                        online=cast("Any", 1),
                        places=2**70,
                        budget=cast("Any", "5 CNY"),
                    ),
                ),
            ),
            "campaign[0].online",
        ),
    ],
)
def test_what_no_file_can_hold_is_refused(
    make: Callable[[], Playbook], path: str
) -> None:
    """The place is named; the digest still tells the playbook from others."""
    whole = make()
    with pytest.raises(PlaybookError) as caught:
        dumps(whole)
    assert caught.value.problems[0].path == path
    assert caught.value.problems[0].code == "playbook.unwritable"
    assert whole.digest != BARE.digest


def test_a_campaign_keeps_its_instants_and_money() -> None:
    """Offsets are written in UTC, money in words."""
    campaign = Campaign(
        key="meetup",
        since=datetime.fromisoformat("2026-11-21T20:00:00+08:00"),
        until=datetime.fromisoformat("2026-11-21T22:00:00.000001+08:00"),
        budget=Money.of("500", "CNY"),
    )
    text = dumps(evolve(BARE, campaigns=(campaign,)))
    assert "since = 2026-11-21T12:00:00Z\n" in text
    assert 'budget = "500.00 CNY"\n' in text
    assert loads(text).campaigns == (campaign,)


@frozen(kw_only=True)
class Callback:
    """A policy that no file can hold, since it holds a function."""

    key: PolicyKey
    answers = ()
    then: Callable[[], None] = print


class Plain:
    """A policy that is no attrs class at all."""

    key = PolicyKey("plain")
    answers = ()


@pytest.mark.parametrize("policy", [Callback(key=PolicyKey("plain")), Plain()])
def test_own_policies_that_no_file_can_hold_still_have_a_digest(policy: Any) -> None:
    """They count by class and key; writing them is refused with the cure."""
    whole = book(policy)
    assert whole.digest == book(policy).digest
    assert whole.digest != book().digest
    with pytest.raises(PlaybookError) as caught:
        dumps(whole)
    assert caught.value.problems[0].path == "policy[0]"
    assert caught.value.problems[0].hint


def test_a_kind_word_of_the_library_is_not_taken_over() -> None:
    """A class of the same name as a shipped one is not written as that one."""

    @frozen(kw_only=True)
    class RuleWatch:
        key: PolicyKey
        answers = ()

    with pytest.raises(PlaybookError) as caught:
        dumps(book(RuleWatch(key=PolicyKey("w"))))
    assert "`rule_watch`" in caught.value.problems[0].message


def test_all_shipped_sanctions_are_written_by_their_words() -> None:
    """No shipped kind is declared in the file."""
    kinds = sorted(SANCTIONS.values(), key=lambda kind: kind.order)
    steps = tuple(LadderStep(at=i, kind=kind) for i, kind in enumerate(kinds, 1))
    text = dumps(book(PenaltyLadder(key=PolicyKey("l"), steps=steps)))
    assert "[[sanction]]" not in text
    assert all(f'kind = "{word}"' in text for word in SANCTIONS)
