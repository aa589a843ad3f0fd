"""Reports and complaints: stages, outcomes, who is told."""

from datetime import timedelta

import pytest

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import (
    ApplySanction,
    OfferAppeal,
    OpenCase,
)
from community_sdk.errors import DefinitionError
from community_sdk.model import (
    SANCTIONS,
    CaseId,
    EventId,
    MemberId,
    PolicyKey,
    RoleName,
    Tier,
    TierGroup,
    TierKey,
)
from community_sdk.policies import (
    AppealTerms,
    Describes,
    ReportThreshold,
)
from tests.unit.desk import DAY, HOUR, START, TICK
from tests.unit.policies.cases.office import (
    ADMIN,
    DISMISSED,
    GRANTED,
    HOST,
    Office,
    kinds,
    of,
    refused,
)
from tests.unit.policies.cases.test_reports import desk


def test_the_author_who_turns_out_to_be_another() -> None:
    """The case is about the member that the account belongs to."""
    office = Office(desk())
    office.report(START)
    office.tell(ev.IdentityLinked, START + HOUR, "amy", alias=MemberId("ann"))
    assert refused(office.close(START + DAY, member="amy")) == []


def test_closed_cases_are_dropped_in_time() -> None:
    """A number is never given twice."""
    office = Office(desk(keep=Duration.parse("10d")))
    office.report(START)
    office.close(START + HOUR)
    office.report(START + 10 * DAY, content="p2")
    assert desk().case(office.view(), "cases-1") is not None
    (opened,) = of(office.report(START + 11 * DAY, content="p3"), OpenCase)
    assert opened.number == 3
    assert desk().case(office.view(), "cases-1") is None


TERMS = AppealTerms(window=Duration.parse("20d"), reviewers=(ADMIN,))


def test_a_reporter_appeals_a_dismissal() -> None:
    """In the window, once; granted, somebody else decides anew."""
    office = Office(desk(appeals=TERMS))
    office.report(START)
    (offer,) = of(office.close(START + HOUR, "ada", DISMISSED), OfferAppeal)
    assert (offer.member, offer.until) == ("bo", START + HOUR + 20 * DAY)
    when, case = START + DAY, CaseId("cases-1")
    step = office.appeal(when, "bo", id="appeal", case=case)
    assert [d.because.key for d in step] == ["appeal.filed"]
    assert refused(office.judge(when, "ada", case=case)) == [
        "appeal.conflict_of_interest"
    ]
    assert refused(office.judge(when, "bo", case=case)) == ["appeal.not_permitted"]
    done = office.judge(when, "abe", case=case)
    assert kinds(done) == ["tell_outcome", "open_case"]
    assert refused(office.judge(when, "abe", case=case)) == ["appeal.already_decided"]
    assert refused(office.close(when + HOUR, "ada")) == ["case.conflict_of_interest"]
    assert refused(office.close(when + HOUR, "abe")) == []
    again = office.appeal(when + 2 * HOUR, "ann", id="appeal2", case=case)
    assert refused(again) == []


def test_what_cannot_be_appealed_of_a_case() -> None:
    """Undecided, by a stranger, without terms, withdrawn by another, unknown."""
    office = Office(desk(appeals=TERMS))
    office.report(START)
    case = CaseId("cases-1")
    assert refused(office.appeal(START, "bo", case=case)) == ["appeal.not_decided"]
    office.close(START, outcome=DISMISSED)
    assert refused(office.appeal(START, "zoe", case=case)) == ["appeal.not_permitted"]
    office.appeal(START, "bo", id="appeal", case=case)
    gone = {"appeal": EventId("appeal"), "case": case}
    step = office.tell(ev.AppealWithdrawn, START, actor=MemberId("zoe"), **gone)
    assert refused(step) == ["appeal.not_permitted"]
    office.tell(ev.AppealWithdrawn, START, actor=MemberId("bo"), **gone)
    assert refused(office.judge(START, case=case)) == ["appeal.already_decided"]
    assert refused(office.judge(START, case=case, appeal="no")) == ["appeal.unknown"]
    plain = Office(desk())
    plain.report(START)
    plain.close(START, outcome=DISMISSED)
    assert refused(plain.appeal(START, "bo", case=case)) == ["appeal.none"]


def test_a_denied_appeal_leaves_the_case_closed() -> None:
    """And there is no second one."""
    office = Office(desk(appeals=TERMS))
    office.report(START)
    office.close(START, outcome=DISMISSED)
    case = CaseId("cases-1")
    office.appeal(START, "bo", id="appeal", case=case)
    step = office.judge(START + HOUR, case=case, outcome=GRANTED.DENIED)
    assert kinds(step) == ["tell_outcome"]
    assert refused(office.appeal(START + HOUR, "bo", case=case)) == [
        "appeal.already_appealed"
    ]


def test_a_desk_names_duties_that_are_not_there() -> None:
    """Handlers and reviewers."""
    terms = AppealTerms(reviewers=(ADMIN, RoleName("judge")))
    one = desk(duties=(HOST, RoleName("clerk")), appeals=terms)
    found = [(path, word) for path, word, _ in one.problems(Office().engine.playbook)]
    assert found == [("duties[1]", "clerk"), ("appeals.reviewers[1]", "judge")]


# -- the threshold -----------------------------------------------------------------

TRUST = TierGroup(
    key="trust", tiers=tuple(Tier(key=TierKey(k)) for k in ("new", "known", "old"))
)


def threshold(**more: object) -> ReportThreshold:
    """Two people, four points, two each: a mute."""
    given = {
        "key": PolicyKey("threshold"),
        "measure": SANCTIONS["mute"],
        "score": 200,
        "needs_score": 400,
        "needs_reporters": 2,
    }
    return ReportThreshold(**(given | more))  # type: ignore[arg-type]


def test_a_threshold_takes_the_measure() -> None:
    """When score and people are both reached, over all contents, and once."""
    one = threshold()
    office = Office(desk(), one)
    office.report(START, content="p1")
    assert of(office.report(START, content="p2"), ApplySanction) == []
    assert one.tally(office.view()) == (2, 400, 1)
    (mute,) = of(office.report(START + HOUR, "cy", "p2"), ApplySanction)
    assert (mute.step.kind.word, mute.until, mute.strikes) == ("mute", None, ())
    assert one.tally(office.view()) == (3, 600, 2)
    office.report(START + HOUR, "dan", "p2")
    assert of(office.report(START + HOUR, "eve", "p2"), ApplySanction) == []
    assert isinstance(one, Describes)
    assert one.standing(office.view())["score"] == "10.00"


def test_used_reports_lead_to_nothing_more() -> None:
    """New ones do, and the later end holds."""
    office = Office(desk(), threshold(duration=Duration.parse("24h")))
    office.report(START)
    office.report(START, "cy")
    assert of(office.report(START, "dan"), ApplySanction) == []
    (more,) = of(office.report(START + HOUR, "eve"), ApplySanction)
    assert more.until == START + HOUR + DAY


def test_a_report_counts_once() -> None:
    """Also where no desk refuses it; one's own and nobody's never."""
    one = threshold()
    office = Office(one)
    for by in ("bo", "bo", "ann", None):
        office.report(START, by)
    assert one.tally(office.view()) == (1, 200, 1)


def test_other_categories_and_old_reports_do_not_count() -> None:
    """Exactly as old as the window counts."""
    one = threshold(categories=("spam",), window=Duration.parse("24h"))
    office = Office(desk(), one)
    office.report(START, category="off_topic")
    office.report(START, content="p2", category="spam")
    assert one.tally(office.view()) == (1, 200, 1)
    office.advance(START + DAY)
    assert one.tally(office.view()) == (1, 200, 1)
    office.advance(START + DAY + TICK)
    assert one.tally(office.view()) == (0, 0, 0)


def test_reports_of_a_dismissed_case_stop_counting() -> None:
    """Those of other contents, and of a case that was upheld, go on."""
    one = threshold()
    office = Office(desk(), one)
    office.report(START)
    office.report(START, content="p2")
    office.close(START, outcome=DISMISSED)
    assert one.tally(office.view()) == (1, 200, 1)
    office.close(START, case="cases-2")
    assert one.tally(office.view()) == (1, 200, 1)


@pytest.mark.parametrize("spared", [True, False])
def test_staff_and_trusted_members_are_spared(*, spared: bool) -> None:
    """A person may still decide; a newcomer without tier is measured."""
    one = threshold(spares=(HOST,), tiers="trust", most=TierKey("new"))
    office = Office(desk(), one, tiers=(TRUST,))
    if spared:
        office.tell(
            ev.TierImported, START, tiers="trust", tier=TierKey("known"), since=START
        )
    for who in ("ann", "hugo"):
        office.report(START, "bo", f"of {who}", member=who)
        step = office.report(START + HOUR, "cy", f"of {who}", member=who)
        muted = bool(of(step, ApplySanction))
        assert muted is (who == "ann" and not spared)


def test_a_threshold_that_is_half_said() -> None:
    """Tier group and tier belong together; a warning has no duration."""
    with pytest.raises(DefinitionError, match="most"):
        threshold(tiers="trust")
    with pytest.raises(DefinitionError, match="duration"):
        threshold(measure=SANCTIONS["remove"], duration=Duration.parse("1d"))


def test_a_threshold_names_what_is_not_there() -> None:
    """Duties, tier groups, tiers."""
    book = Office(tiers=(TRUST,)).engine.playbook
    one = threshold(spares=(RoleName("clerk"),), tiers="trust", most=TierKey("gold"))
    found = [(path, word) for path, word, _ in one.problems(book)]
    assert found == [("spares[0]", "clerk"), ("most", "gold")]
    one = threshold(tiers="grade", most=TierKey("gold"))
    assert [path for path, _, _ in one.problems(book)] == ["tiers"]
    assert list(threshold(spares=(HOST,)).problems(book)) == []
    one = threshold(tiers="trust", most=TierKey("new"))
    assert list(one.problems(book)) == []


def test_reports_told_late_count_at_their_own_time() -> None:
    """Told within the lateness, after the case was decided: a new case."""
    office = Office(desk())
    office.report(START)
    office.close(START + 2 * DAY)
    late = office.report(START + DAY, "cy", recorded_at=START + 3 * DAY)
    (opened,) = of(late, OpenCase)
    assert opened.due == START + DAY + timedelta(days=2)
