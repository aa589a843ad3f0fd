"""Progress: have, need, missing, until when; and what keeps a tier with less."""

from fractions import Fraction

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.conditions import any_of, count, evaluate, parse_condition
from community_sdk.errors import DefinitionError
from community_sdk.explanation import Explanation
from community_sdk.model import (
    EventId,
    GroupId,
    MemberId,
    OverrideKind,
    PolicyKey,
    RoleName,
    Tier,
    TierCause,
    TierGroup,
    TierKey,
)
from community_sdk.playbook import dumps, load, loads
from community_sdk.policies import Bar, QualificationPolicy, Validity
from community_sdk.wording import say
from tests.unit.desk import DAY, HOUR, START, Book, Desk, at
from tests.unit.policies.terraces import ACTIVE, CORE, FAN, bar, policy, posts, put


def test_progress_says_have_need_missing_and_until_when() -> None:
    """To rise and to stay, with the percent of the bracket."""
    mine = policy()
    one = Desk(mine)
    posts(one, 4)
    now = mine.progress(one.view())
    assert (now.tier, now.next_tier, now.decided_by) == (ACTIVE, CORE, TierCause.EARNED)
    (rise,) = now.unmet
    assert (rise.have, rise.need, rise.missing) == (4, 6, 2)
    assert now.percent == 33
    assert now.to_stay is not None
    assert now.to_stay.requirements[0].until is not None
    assert (now.met, now.lost, now.lost_because) == (False, False, ())
    assert now.projected == ACTIVE
    assert now.unmet_names == {'count("message", "30d")'}
    assert now.lost_names == frozenset()
    assert now.next_review == at("2026-01-16 00:00")


def test_progress_at_both_ends() -> None:
    """Nothing on record, nothing above, no bar."""
    mine = policy(bars={ACTIVE: bar(3, 1)}, downgrade="immediate")
    one = Desk(mine)
    now = mine.progress(one.view("nobody"))
    assert (now.tier, now.percent, now.to_stay) == (FAN, 0, None)
    assert (now.decided_by, now.next_review) == (TierCause.DEFAULT, None)
    put(one, CORE, START)
    now = mine.progress(one.view())
    assert (now.next_tier, now.percent, now.to_rise, now.unmet) == (None, 100, None, ())
    put(one, ACTIVE, START + HOUR, START + HOUR)
    one = Desk(policy(looks="asked"))
    posts(one, 3)
    now = policy().progress(one.view())
    assert (now.met, now.percent, now.projected) == (True, 100, ACTIVE)
    one = Desk(policy(bars={CORE: bar(9)}))
    one.post(START)
    assert policy(bars={CORE: bar(9)}).progress(one.view()).percent == 0


def test_the_percent_is_that_of_what_is_furthest_behind() -> None:
    """Upper limits and truths count as all or nothing."""
    text = 'count("message", "30d") >= 4 and count("reaction", "30d") <= 1'
    mine = policy(bars={ACTIVE: Bar(entry=parse_condition(text))})
    one = Desk(mine)
    posts(one, 3)
    assert mine.progress(one.view()).percent == 75
    for _ in range(2):
        one.tell(ev.ReactionReceived, START + HOUR)
    assert mine.progress(one.view()).percent == 0


def test_benefits_may_last_a_while() -> None:
    """From the beginning of the tier; what has no term lasts with it."""
    year = Duration.parse("30d")
    tier = Tier(key=ACTIVE, benefits=("gift", "adviser"), terms={"gift": year})
    groups = [TierGroup(key="grade", tiers=(Tier(key=FAN), tier, Tier(key=CORE)))]
    mine = policy(fall="never")
    one = Desk(mine, tiers=groups)
    put(one, ACTIVE, START)
    found = mine.progress(one.view()).benefits
    assert [(b.word, b.until) for b in found] == [
        ("gift", START + 30 * DAY),
        ("adviser", None),
    ]
    one.advance(START + 30 * DAY)
    assert [b.word for b in mine.progress(one.view()).benefits] == ["adviser"]
    with pytest.raises(DefinitionError) as caught:
        Tier(key=ACTIVE, benefits=("gift",), terms={"gifts": year})
    assert caught.value.code == "tier.no_benefit"
    assert groups[0].reaches("core", "active")
    assert not groups[0].reaches("fan", "active")
    assert not groups[0].reaches("core", "legend")


def test_the_override_that_decided_is_told() -> None:
    """By whom, why, and until when."""
    mine = policy()
    one = Desk(mine)
    one.tell(
        ev.TierOverridden, START, tiers="grade", override=OverrideKind.BOOST,
        tier=CORE, until=START + DAY, actor=MemberId("boss"), reason="guest", id="b",
    )  # fmt: skip
    now = mine.progress(one.view())
    assert now.override is not None
    assert (now.override.id, now.override.by) == (EventId("b"), "boss")
    assert (now.override.until, now.decided_by) == (START + DAY, TierCause.BOOST)
    assert (now.tier, now.override.reason) == (CORE, "guest")
    told = [say(mine.standing(one.view()), lang) for lang in ("en", "zh")]
    assert "by boss" in told[0]
    assert "a boost" in told[0]
    assert "临时提升" in told[1]


def test_a_standing_is_told_in_both_languages() -> None:
    """With the grace, the term, and tiers held beside."""
    given = {"minimum_stay": Duration.parse("14d"), "downgrade": "immediate"}
    mine = policy(**given)
    one = Desk(mine)
    one.tell(
        ev.TierImported, START, tiers="grade", tier=CORE, since=START,
        until=START + 99 * DAY,
    )  # fmt: skip
    one.tell(ev.ExtraTierGranted, START, tiers="grade", tier=ACTIVE)
    english, chinese = (say(mine.standing(one.view()), lang) for lang in ("en", "zh"))
    for word in ("minimum stay", "Valid until", "as well"):
        assert word in english
    for word in ("最短停留期", "有效期至", "同时列入"):
        assert word in chinese


@pytest.mark.parametrize(
    ("text", "keep", "slack", "stay"),
    [
        ('count("message", "30d") >= 25', "9/10", 0, 'count("message", "30d") >= 23'),
        ('count("message", "30d") >= 7', "9/10", 0, 'count("message", "30d") >= 7'),
        ('count("message", "30d") >= 7', "9/10", 1, 'count("message", "30d") >= 6'),
        ('count("message", "30d") > 6', "1", 2, 'count("message", "30d") >= 5'),
        ('count("message", "30d") >= 1', "1/2", 3, 'count("message", "30d") >= 0'),
        ('count("message") >= 100', "1/2", 9, 'count("message") >= 100'),
        ('count("message", "30d") <= 5', "1/2", 9, 'count("message", "30d") <= 5'),
        ('not count("like", "9d") >= 5', "1/2", 0, 'not count("like", "9d") >= 5'),
        ('tenure() >= "30d"', "1/2", 1, 'tenure() >= "30d"'),
        ('has("role", "host")', "1/2", 1, 'has("role", "host")'),
        ("regular >= 9", "1/2", 1, "regular >= 9"),
        (
            'count("a", "9d") >= count("b", "9d")', "1/2", 1,
            'count("a", "9d") >= count("b", "9d")',
        ),
        (
            'count("a", "9d") >= share("b", "9d", percent=5)', "1/2", 1,
            'count("a", "9d") >= share("b", "9d", keep="1/2", percent=5, slack=1)',
        ),
        (
            'at_least(1, count("a", "9d") >= 8, count("b", "9d") >= 4)', "1/2", 0,
            'at_least(1, count("a", "9d") >= 4, count("b", "9d") >= 2)',
        ),
        (
            'count("a", "9d") >= 8 and (count("b", "9d") >= 4 or False)', "1/2", 0,
            'count("a", "9d") >= 4 and (count("b", "9d") >= 2 or False)',
        ),
    ],
)  # fmt: skip
def test_what_is_enough_to_stay(text: str, keep: str, slack: int, stay: str) -> None:
    """Bars over a stretch of time are eased, nothing else."""
    one = Bar(entry=parse_condition(text), keep=Fraction(keep), slack=slack)
    assert str(one.stay) == stay


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"retention": parse_condition("False"), "slack": 1}, "tier.retention_twice"),
        (
            {"retention": parse_condition("False"), "keep": Fraction(1, 2)},
            "tier.retention_twice",
        ),
        ({"keep": Fraction(11, 10)}, "tier.retention_above"),
        ({"keep": Fraction(0)}, "tier.retention_above"),
        ({"slack": -1}, "tier.retention_above"),
    ],
)
def test_a_retention_is_told_once_and_never_above(
    more: dict[str, object], code: str
) -> None:
    """Either a condition, or ease."""
    with pytest.raises(DefinitionError) as caught:
        Bar(entry=parse_condition("True"), **more)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert caught.value.code == code


@given(
    st.integers(0, 40),
    st.integers(0, 40),
    st.fractions(Fraction(1, 10), 1, max_denominator=20),
    st.integers(0, 5),
)
def test_who_meets_a_bar_never_loses_it(
    have: int, need: int, keep: Fraction, slack: int
) -> None:
    """INVARIANT: met implies kept; nothing above ``keep × need`` is lost."""
    entry = parse_condition(f'count("message", "30d") >= {need}')
    one = Bar(entry=entry, keep=keep, slack=slack)
    kept = evaluate(one.stay, lambda _: have)
    assert kept or not evaluate(entry, lambda _: have)
    assert kept is (have >= keep * need or have >= need - slack)


def test_a_harsher_retention_is_no_trap() -> None:
    """Who meets the entry keeps the tier, whatever the retention says."""
    mine = policy(bars={ACTIVE: bar(2, 9)}, downgrade="immediate")
    one = Desk(mine)
    assert posts(one, 4) == ["fan>active"]
    now = mine.progress(one.view())
    assert not now.lost
    assert now.to_stay is not None
    assert [(r.have, r.need, r.met) for r in now.to_stay.requirements] == [(4, 2, True)]
    told = say(mine.standing(one.view()), "en")
    assert "9 messages" not in told


def test_what_is_asked_to_stay_is_what_decides() -> None:
    """Of two figures either is enough, and a fall is told by both."""
    entry, days = bar(2).entry, parse_condition('active_days("30d") >= 5')
    mine = policy(
        bars={ACTIVE: Bar(entry=entry, retention=days)}, downgrade="immediate"
    )
    assert mine.bars[ACTIVE].asked == any_of(days, entry)
    one = Desk(mine)
    posts(one, 3)
    (fall,) = one.post(START + 40 * DAY).decisions
    told = {row["metric"] for row in rows(fall.because)}
    assert told == {'count("message", "30d")', 'active_days("30d")'}


def rows(why: Explanation) -> list[Explanation]:
    """The rows of an explanation, wherever they stand."""
    inner = [row for part in why.parts for row in rows(part)]
    return [why, *inner] if why.key == "condition.row" else inner


@given(*(st.integers(0, 40),) * 3, st.sampled_from([1, -1]))
def test_the_easier_of_two_bars_is_asked(
    have: int, need: int, rest: int, order: int
) -> None:
    """INVARIANT: what is asked holds where the retention or the entry does."""
    texts = (f'count("message", "30d") >= {need}', f'count("message", "30d") > {rest}')
    entry, stay = map(parse_condition, texts[::order])
    asked = Bar(entry=entry, retention=stay).asked
    either = any(evaluate(each, lambda _: have) for each in (entry, stay))
    assert evaluate(asked, lambda _: have) is either
    assert asked in (entry, stay)


@pytest.mark.parametrize("name", ["discourse_trust", "vip_tracks"])
def test_the_playbooks_of_tiers_come_back_from_their_file(name: str) -> None:
    """As they are, with every setting."""
    book = load(name)
    assert loads(dumps(book)) == book
    assert dumps(loads(dumps(book))) == dumps(book)


def test_every_setting_comes_back_from_a_file() -> None:
    """Nested terms, plans, floors and excuses too."""
    book = load("vip_tracks")
    first = book.policies[0]
    assert isinstance(first, QualificationPolicy)
    bars = {**first.bars, TierKey("gold"): evolve(first.bars[TierKey("gold")], slack=2)}
    other = evolve(first, key=PolicyKey("more"), bars=bars, looks="asked")
    again = evolve(book, policies=(*book.policies, other))
    assert loads(dumps(again)) == again


def test_requirements_are_called_as_the_playbook_calls_them() -> None:
    """By the names of its measures, conditions of one figure included."""
    book = load("vip_tracks")
    policy = book.policies[1]
    assert isinstance(policy, QualificationPolicy)
    measures = {
        "answers": count("question_answered", "90d", by="actor").metric,
        "unpunished": parse_condition('not has("sanction", "any")'),
    }
    engine = evolve(book, measures={**book.measures, **measures}).engine()
    names = policy.progress(engine.view("ann")).names
    assert {"answers", "unpunished"} <= {*names.values()}


def test_what_the_playbook_does_not_have_is_named() -> None:
    """Tiers, roles and groups of grants, and the default."""
    mine = policy(
        default="king",
        role_floors={RoleName("host"): TierKey("lord"), RoleName("czar"): ACTIVE},
        group_floors={GroupId("den"): ACTIVE},
    )
    assert {(path, word) for path, word, _ in mine.problems(Book())} == {
        ("default", "king"),
        ("role_floors", "lord"),
        ("role_floors", "czar"),
        ("group_floors", "den"),
    }


def test_what_the_end_of_the_term_would_do_can_be_asked() -> None:
    """Without waiting for it."""
    year = Validity(length=Duration.parse("1 year"), anchor="registration")
    mine = policy(downgrade="at_expiry", validity=year)
    one = Desk(mine)
    put(one, CORE, START)
    move = mine.expire_now(one.view())
    assert move is not None
    assert (move.before, move.after) == (CORE, ACTIVE)
    assert mine.progress(one.view()).projected == ACTIVE


def test_what_renews_is_told() -> None:
    """As what keeps the tier where only the term ends it, else beside that."""
    asked = parse_condition('count("purchase", "365d") >= 2')
    yearly = Validity(length=Duration.parse("1 year"), renewal=asked)
    mine = policy(downgrade="at_expiry", validity=yearly)
    one = Desk(mine)
    put(one, CORE, START)
    now = mine.progress(one.view())
    assert (now.lost, now.to_renew) == (True, None)
    assert now.lost_names == {'count("purchase", "365d")'}
    both = policy(downgrade="immediate", validity=yearly)
    found = both.progress(one.view())
    assert found.lost_names == {'count("message", "30d")'}
    assert found.to_renew is not None
    assert found.named(found.to_renew.missing) == now.lost_names
    keys = [part.key for part in both.standing(one.view()).parts]
    assert keys == ["tier.to_stay", "tier.to_renew", "tier.valid"]
