"""Rules, sanctions and tiers: what has an order, and what must stand alone."""

import pytest

from community_sdk._time import Duration
from community_sdk.errors import DefinitionError
from community_sdk.model import (
    SANCTIONS,
    LadderStep,
    Notice,
    Rule,
    Rulebook,
    RuleCode,
    SanctionKind,
    Severity,
    Tier,
    TierGroup,
    TierKey,
)


def tiers(*keys: str) -> tuple[Tier, ...]:
    """Tiers called *keys*, lowest first."""
    return tuple(Tier(key=TierKey(key)) for key in keys)


def test_sanctions_have_the_order_of_severity() -> None:
    """From a word to a ban; only some restrain, only some put out."""
    order = sorted(SANCTIONS.values(), key=lambda kind: kind.order)
    assert [kind.word for kind in order] == [
        "reminder",
        "delete_content",
        "education",
        "phone_call",
        "warning",
        "mute",
        "suspend",
        "remove",
        "ban",
    ]
    assert {k.word for k in order if k.holds} == {"mute", "suspend", "ban"}
    assert {k.word for k in order if k.expels} == {"suspend", "remove", "ban"}
    assert all(word == str(kind) for word, kind in SANCTIONS.items())


@pytest.mark.parametrize(
    "word", [w for w, kind in SANCTIONS.items() if not (kind.holds or kind.lasts)]
)
def test_what_is_done_at_once_has_no_duration(word: str) -> None:
    """A reminder of three days would mean nothing."""
    with pytest.raises(DefinitionError) as caught:
        LadderStep(at=1, kind=SANCTIONS[word], duration=Duration.parse("3d"))
    assert caught.value.code == "sanction.duration"
    assert f"`{word}`" in str(caught.value)
    assert LadderStep(at=1, kind=SANCTIONS[word]).notice is Notice.PRIVATE


def test_what_lasts_may_be_without_end() -> None:
    """A mute has a duration or none, and so has a warning; own kinds as they say."""
    assert LadderStep(at=1, kind=SANCTIONS["mute"]).duration is None
    slow = SanctionKind("slow_mode", 45, holds=True)
    warning, days = SANCTIONS["warning"], Duration.parse("3d")
    assert LadderStep(at=1, kind=warning).duration is None
    assert LadderStep(at=1, kind=warning, duration=days).duration == days
    assert not warning.holds
    assert LadderStep(at=1, kind=slow, duration=Duration.parse("3d")).kind == slow


@pytest.mark.parametrize("at", [0, -1])
def test_steps_are_numbered_from_one(at: int) -> None:
    """There is no step before the first strike."""
    with pytest.raises(ValueError, match="at"):
        LadderStep(at=at, kind=SANCTIONS["warning"])


def test_severities_compare_by_harm() -> None:
    """An ordered enum, not words that compare by alphabet."""
    assert Severity.MINOR < Severity.SERIOUS < Severity.SEVERE


def test_a_breach_counts_under_its_category_or_its_rule() -> None:
    """Rules share a ladder where they share a category."""
    flooding = Rule(code=RuleCode("flooding"))
    adverts = Rule(code=RuleCode("adverts"), category="spam", weight=3)
    assert (flooding.ladder, adverts.ladder) == ("flooding", "spam")
    with pytest.raises(ValueError, match="weight"):
        Rule(code=RuleCode("x"), weight=-1)


def test_a_rulebook_finds_its_rules() -> None:
    """It is silent on what it does not know."""
    book = Rulebook(version=3, rules=(Rule(code=RuleCode("flooding")),))
    assert book.rule("flooding") is book.rules[0]
    assert book.rule("other") is None
    with pytest.raises(ValueError, match="version"):
        Rulebook(version=0)


def test_a_rule_stands_in_the_book_once() -> None:
    """Two rules of one code would judge one breach twice."""
    with pytest.raises(DefinitionError) as caught:
        Rulebook(rules=tuple(Rule(code=RuleCode(c)) for c in "aba"))
    assert (caught.value.code, caught.value.figures) == (
        "rulebook.twice",
        {"found": "a", "place": "2"},
    )


def test_tiers_are_ranked_from_the_lowest() -> None:
    """An unknown key has no rank."""
    group = TierGroup(key="grade", tiers=tiers("fan", "active", "core"))
    assert group.keys == ("fan", "active", "core")
    assert [group.rank(key) for key in ("fan", "core", "other")] == [0, 2, -1]


def test_a_tier_stands_in_its_group_once() -> None:
    """And a group has at least one."""
    with pytest.raises(DefinitionError) as caught:
        TierGroup(key="grade", tiers=tiers("fan", "core", "fan"))
    assert caught.value.code == "tier.twice"
    with pytest.raises(ValueError, match="tiers"):
        TierGroup(key="grade", tiers=())
