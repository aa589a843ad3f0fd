"""Doors beyond requirements: age, fee, consent, limits, lists, ways back (S03 S25)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.conditions import count
from community_sdk.decisions import RefuseAct
from community_sdk.errors import DefinitionError
from community_sdk.model import (
    GroupId,
    Money,
    PolicyKey,
)
from community_sdk.policies import (
    AdmissionPolicy,
    Answer,
    EntryRequirement,
    EntryScreening,
    GroupTerms,
    MinimumAge,
    PlatformLimits,
    Prospect,
    completed_years,
)
from community_sdk.policies._policy import Reference
from community_sdk.wording import say
from tests.unit.desk import DAY, HOUR, START, TICK, Book, Desk
from tests.unit.policies.entrances import (
    BO,
    HOME,
    KEY,
    OWNER,
    A,
    B,
    ask,
    door,
    last,
    reasons,
)


def problems(policy: AdmissionPolicy | EntryScreening) -> list[Reference]:
    """What a policy refers to and the playbook does not have."""
    return [*policy.problems(Book(community=HOME))]


@pytest.mark.parametrize(
    ("born", "on", "leap", "years"),
    [
        ("2008-05-01", "2026-04-30", "03-01", 17),
        ("2008-05-01", "2026-05-01", "03-01", 18),
        ("2008-02-29", "2026-02-28", "03-01", 17),
        ("2008-02-29", "2026-03-01", "03-01", 18),
        ("2008-02-29", "2026-02-28", "02-28", 18),
        ("2008-02-29", "2028-02-28", "02-28", 19),
        ("2008-02-29", "2028-02-29", "02-28", 20),
        ("2000-02-29", "2100-02-28", "02-28", 100),
    ],
)
def test_years_are_completed_on_the_birthday(
    born: str, on: str, leap: Literal["02-28", "03-01"], years: int
) -> None:
    """Also of who was born on 29 February."""
    found = completed_years(date.fromisoformat(born), date.fromisoformat(on), leap)
    assert found == years


@pytest.mark.parametrize(
    ("born", "answer"),
    [
        ("2008-01-05", Answer.MET),
        ("2008-01-06", Answer.UNMET),
        ("2027-01-01", Answer.UNKNOWN),
        ("soon", Answer.UNKNOWN),
        (2008, Answer.UNKNOWN),
        (None, Answer.UNKNOWN),
    ],
)
def test_an_age_is_met_unmet_or_unknown(born: Any, answer: Answer) -> None:
    """On the local date of the request; no date of birth is repeated."""
    given = {} if born is None else {"born": born}
    found = ask(door(minimum_age=MinimumAge(years=18)), answers=given)
    kinds = {
        Answer.MET: "admit",
        Answer.UNMET: "refuse_admission",
        Answer.UNKNOWN: "ask_for_more",
    }
    assert found.kind == kinds[answer]
    assert str(born) not in str(found.because.plain())


def test_a_fee_is_awaited_and_used_once() -> None:
    """In part it is not enough; what was paid is not paid for another group."""
    own = GroupTerms(group=A, fee=Money(300, "CNY"))
    desk = door(entry="paid", fee=Money(500, "CNY"), groups=(own,))
    assert ask(desk, group="a").missing == ("fee",)
    paid = [
        last(desk.tell(ev.FeePaid, START + n * HOUR, money=Money(money, "CNY"))).kind
        for n, money in ((2, 500), (3, -100), (4, 400))
    ]
    assert paid == ["ask_for_more", "ask_for_more", "admit"]
    assert desk.engine.community.slices["door"]["paid"] == {}


def test_a_group_has_terms_of_its_own() -> None:
    """Who is inside is asked those alone; a condition is measured of the member."""
    vip = GroupTerms(
        group=A,
        requirements=(EntryRequirement(answer="owns", value="car"),),
        when=count("message", "30d") >= 1,
    )
    desk = door(requirements=(EntryRequirement(answer="adult"),), groups=(vip,))
    answers = {"owns": "car"}
    assert ask(desk, group="a", answers=answers).kind == "refuse_admission"
    desk.tell(ev.Joined, START + 2 * HOUR)
    desk.post(START + 3 * HOUR)
    assert ask(desk, after=4 * HOUR, group="a", answers=answers).kind == "admit"


def test_consent_that_nobody_is_asked_for_is_answered_in_words() -> None:
    """No role is named where none is asked."""
    desk = door(requirements=(EntryRequirement(answer="job"),))
    assert last(desk.tell(ev.JoinRequested, START)).kind == "ask_for_more"
    step = desk.tell(ev.EntryConsented, START + HOUR, actor="kim")
    (refused,) = [d for d in step.decisions if isinstance(d, RefuseAct)]
    assert refused.because["roles"] == ()
    assert say(refused.because, "en") == (
        "Nobody is asked to agree to this request: what kim says has no effect."
    )
    assert say(refused.because, "zh") == "这一申请不需要谁来同意，kim 的意见不起作用。"


@pytest.mark.parametrize("agrees", [True, False])
def test_an_invitation_needs_consent(agrees: object) -> None:
    """Of a holder of the role; of nobody else, and not of oneself."""
    desk = door(invitation_consent=(OWNER,))
    invited = last(desk.tell(ev.Invited, START + HOUR, actor="kim"))
    assert (invited.kind, reasons(invited)) == (
        "ask_for_more",
        ["admission.needs_consent"],
    )
    for actor, why in (
        ("kim", "admission.not_permitted"),
        ("ann", "admission.own_consent"),
    ):
        step = desk.tell(ev.EntryConsented, START + 2 * HOUR, actor=actor)
        (refused,) = [d for d in step.decisions if isinstance(d, RefuseAct)]
        assert refused.because.key == why
    answer = last(
        desk.tell(ev.EntryConsented, START + 3 * HOUR, actor="bo", agrees=agrees)
    )
    assert answer.kind == ("admit" if agrees else "refuse_admission")
    assert reasons(answer) == [
        "admission.consented" if agrees else "admission.not_agreed"
    ]


def test_who_invites_and_may_consent_has_consented() -> None:
    """By inviting."""
    desk = door(invitation_consent=(OWNER,))
    assert last(desk.tell(ev.Invited, START + HOUR, actor="bo")).kind == "admit"


def test_a_word_about_no_request_is_refused() -> None:
    """Neither an answer nor a consent; a request of another group is none."""
    desk = door(screened_by=(OWNER,))
    words: list[tuple[type[ev.Event], dict[str, Any]]] = [
        (ev.EntryAnswered, {"answers": {"adult": True}}),
        (ev.EntryConsented, {"actor": BO}),
    ]
    for make, more in words:
        step = desk.tell(make, START, **more)
        assert step.decisions[-1].because.key == "admission.no_request"
    ask(desk, group="a")
    step = desk.tell(ev.EntryAnswered, START + 2 * HOUR, group="b")
    assert step.decisions[-1].because.key == "admission.no_request"
    step = desk.tell(ev.EntryConsented, START + 3 * HOUR, group="a", actor=BO)
    assert last(step).kind == "admit"


@pytest.mark.parametrize(("limit", "kind"), [(1, "refuse_admission"), (2, "admit")])
def test_an_account_scans_itself_into_so_many_groups_a_day(
    limit: int, kind: str
) -> None:
    """Entries by other ways do not count; the next local day begins anew."""
    limits = PlatformLimits(joins_a_day=limit, scan_channels=("qr", "qr", "poster"))
    desk = door(limits=limits)
    desk.tell(ev.Joined, START, group="a", channel="qr")
    desk.tell(ev.Joined, START, group="c", channel="friend")
    answer = ask(desk, group="b", channel="qr")
    assert answer.kind == kind
    if limit == 1:
        (part,) = answer.because.parts
        assert (part.key, part["used"]) == ("admission.day_limit", 1)
    assert ask(desk, after=2 * HOUR, group="b", channel="friend").kind == "admit"
    assert ask(desk, after=DAY, group="b", channel="qr").kind == "admit"


def test_any_way_in_counts_where_none_is_named() -> None:
    """What was granted and not used yet counts as well."""
    desk = door(limits=PlatformLimits(joins_a_day=1))
    assert ask(desk, group="a").kind == "admit"
    assert ask(desk, group="a").kind == "admit"
    assert reasons(ask(desk, group="b")) == ["admission.day_limit"]


@pytest.mark.parametrize(
    ("age", "kind"), [(7 * DAY - TICK, "admit"), (7 * DAY, "refuse_admission")]
)
def test_a_code_is_good_for_a_time(age: timedelta, kind: str) -> None:
    """Up to its end, which is excluded."""
    desk = door(limits=PlatformLimits(code_valid_for=Duration.parse("7d")))
    assert ask(desk, after=age, code_issued=START).kind == kind


def test_no_group_is_larger_than_the_platform_allows() -> None:
    """Whatever its own capacity."""
    desk = door(limits=PlatformLimits(group_cap=1))
    kinds = [ask(desk, name, group="a").kind for name in ("ann", "cy")]
    assert kinds == ["admit", "put_on_waiting_list"]


def test_where_somebody_stands() -> None:
    """On the list, pending, barred: each is told."""
    desk = door(capacity=1, reentry_after=Duration.parse("30d"))
    desk.tell(ev.Joined, START, "cy")
    ask(desk, group="a")
    desk.tell(ev.Joined, START, "dee")
    desk.tell(ev.MemberRemoved, START + HOUR, "dee")
    told = {
        name: [p.key for p in desk.engine.standing(name).parts[0].parts]
        for name in ("ann", "cy", "dee")
    }
    assert told == {"ann": ["admission.waits"], "cy": [], "dee": ["admission.removed"]}
    other = door(requirements=(EntryRequirement(answer="adult"),))
    ask(other)
    (part,) = other.engine.standing("ann").parts[0].parts
    assert part.key == "admission.pending"


def test_what_was_asked_under_two_names_is_one() -> None:
    """Fees and requests of an account go over; linking to oneself changes nothing."""
    desk = door(entry="paid", fee=Money(500, "CNY"))
    desk.tell(ev.FeePaid, START, "ann_2", money=Money(500, "CNY"))
    ask(desk)
    desk.tell(ev.IdentityLinked, START + HOUR, alias="ann")
    desk.tell(ev.IdentityLinked, START + HOUR, alias="ann_2")
    assert ask(desk, after=2 * HOUR).kind == "admit"


@pytest.mark.parametrize("here", [True, False])
def test_erasure_drops_what_the_door_keeps(here: object) -> None:
    """Open requests with their answers; a place granted to who never came."""
    desk = door(requirements=(EntryRequirement(answer="adult"),))
    ask(desk, group="a", answers={"adult": True})
    if here:
        desk.tell(ev.Joined, START + HOUR, group="b")
    ask(desk, after=2 * HOUR, group="c", answers={"q": "x"})
    desk.tell(ev.ErasureRequested, START + 3 * HOUR)
    mine = desk.engine.community.slices["door"]
    assert (mine["open"], mine["paid"]) == ({}, {})
    assert ("ann" in mine["granted"]) is here


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"entry": "paid"}, "admission.fee"),
        ({"entry": "open", "screened_by": (OWNER,)}, "admission.open"),
    ],
)
def test_a_door_says_one_thing(given: dict[str, Any], code: str) -> None:
    """Paying without a fee, open with terms: each is refused."""
    with pytest.raises(DefinitionError) as caught:
        AdmissionPolicy(key=KEY, **given)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"screened_by": ("bos",)}, "screened_by[0]"),
        ({"readmit_rule": "flod"}, "readmit_rule"),
        ({"groups": (GroupTerms(group=GroupId("x")),)}, "groups[0].group"),
    ],
)
def test_what_the_playbook_lacks_is_named(given: dict[str, Any], path: str) -> None:
    """Roles, rules and groups, by their place."""
    assert [found[0] for found in problems(AdmissionPolicy(key=KEY, **given))] == [path]


SCREEN = EntryScreening(
    key=PolicyKey("screen"),
    after=Duration.parse("3d"),
    prospects=(Prospect(group=B, when=count("message", "7d") >= 1),),
)


@pytest.mark.parametrize(
    ("wrote", "inside", "left", "moved"),
    [
        (True, False, False, True),
        (False, False, False, False),
        (True, True, False, False),
        (True, False, True, False),
    ],
)
def test_screening_comes_after_entry(
    *, wrote: bool, inside: bool, left: bool, moved: bool
) -> None:
    """Who fits another group is shown the way; who is there, or gone, is not."""
    desk = Desk(SCREEN, community=HOME)
    desk.tell(ev.Joined, START, group="a")
    if wrote:
        desk.post(START + HOUR, group="a")
    if inside:
        desk.tell(ev.Joined, START + HOUR, group="b")
    if left:
        desk.tell(ev.Left, START + 2 * HOUR)
    found = desk.advance(START + 3 * DAY).decisions
    assert [(d.kind, d.group) for d in found] == ([("recommend", B)] if moved else [])


def test_screening_names_groups_that_are_missing() -> None:
    """By the place in the list."""
    prospect = Prospect(group=GroupId("x"), when=count("message", "7d") >= 1)
    policy = EntryScreening(key=KEY, after=Duration.parse("3d"), prospects=(prospect,))
    (found,) = problems(policy)
    assert found == ("prospects[0].group", "x", ("a", "b", "c"))
