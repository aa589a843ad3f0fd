"""Candidates for a role, and supporters who do not say that they are."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.conditions import parse_condition
from community_sdk.decisions import Mode, Recommend, RequestConsent
from community_sdk.engine import Step
from community_sdk.model import PolicyKey, RoleName, RuleCode, Tie
from community_sdk.policies import SupporterWatch, TalentWatch
from community_sdk.wording import say
from tests.unit.desk import DAY, HOUR, START, TICK, Desk

HOST = RoleName("host")
TALENT = TalentWatch(
    key=PolicyKey("talent"),
    role=HOST,
    when=parse_condition('count("message", "7d") >= 2'),
    tenure=Duration.parse("10d"),
    trial=Duration.parse("90d"),
)
QUIET = SupporterWatch(key=PolicyKey("open"), openly=(HOST,))


def told(step: Step) -> list[str]:
    """What was recommended."""
    return [d.action for d in step.decisions if isinstance(d, Recommend)]


def settled(policy: Any = TALENT) -> Desk:
    """A member since ten days who spoke once."""
    one = Desk(policy)
    one.tell(ev.Joined, START, "ann")
    one.post(START + 10 * DAY - HOUR, "ann")
    return one


def test_a_candidate_is_recommended_once() -> None:
    """When everything has come together; again after falling behind."""
    one = settled()
    step = one.post(START + 10 * DAY, "ann")
    (found,) = step.decisions
    assert isinstance(found, Recommend)
    assert found.properties == {"role": "host", "trial": "90d"}
    assert "建议先试任 90 天" in say(found.because, "zh")
    assert told(one.post(START + 10 * DAY + HOUR, "ann")) == []
    assert told(one.post(START + 30 * DAY, "ann")) == []
    assert told(one.post(START + 31 * DAY, "ann")) == ["recruit"]


def test_it_takes_its_time() -> None:
    """The membership must have lasted, to the last microsecond."""
    one = settled()
    assert told(one.post(START + 10 * DAY - TICK, "ann")) == []
    assert told(one.post(START + 10 * DAY, "ann")) == ["recruit"]


@pytest.mark.parametrize(
    ("make", "more", "recommended"),
    [
        (ev.RuleBroken, {"rule": RuleCode("caps")}, False),
        (ev.RoleAssigned, {"role": HOST}, False),
        (ev.RoleAssigned, {"role": RoleName("owner")}, True),
        (ev.Left, {}, False),
    ],
)
def test_what_speaks_against_it(
    make: Any, more: dict[str, Any], *, recommended: bool
) -> None:
    """A breach that counts, the role itself, not being here."""
    one = settled()
    one.tell(make, START + 9 * DAY, "ann", recorded_at=START + 10 * DAY, **more)
    if make is ev.Left:
        one.tell(ev.ReactionReceived, START + 10 * DAY, "ann")
    else:
        one.post(START + 10 * DAY, "ann")
    last = one.post(START + 10 * DAY, "bo")
    slices = one.member("ann").slices["talent"]
    assert slices["shown"] is recommended
    assert told(last) == []


def test_an_overturned_breach_speaks_for_nobody_else() -> None:
    """It no longer counts, and the candidate shows."""
    one = settled()
    one.tell(ev.RuleBroken, START + 9 * DAY, "ann", rule=RuleCode("caps"), id="s")
    assert told(one.post(START + 10 * DAY, "ann")) == []
    step = one.tell(ev.StrikeOverturned, START + 10 * DAY, "ann", strike="s")
    assert told(step) == ["recruit"]


def test_it_is_put_to_the_owner_where_the_playbook_says_so() -> None:
    """In mode propose, nothing is done without consent."""
    one = settled(evolve(TALENT, mode=Mode.PROPOSE, trial=None))
    (asked,) = one.post(START + 10 * DAY, "ann").decisions
    assert isinstance(asked, RequestConsent)
    assert asked.duty == "owner"
    assert isinstance(asked.wish, Recommend)
    assert asked.wish.properties == {"role": "host"}


def test_names_must_lead_somewhere() -> None:
    """Roles of the playbook."""
    book = Desk(TALENT).engine.playbook
    for wrong, path in (
        (evolve(TALENT, role=RoleName("x")), "role"),
        (evolve(QUIET, openly=(RoleName("x"),)), "openly[0]"),
    ):
        assert [where for where, _, _ in wrong.problems(book)] == [path]


@pytest.mark.parametrize("tie", [Tie.STAFF, Tie.PAID])
def test_a_hidden_supporter_is_flagged_with_the_reason(tie: Tie) -> None:
    """At the first message since, and again after a while."""
    one = Desk(QUIET)
    assert told(one.post(START, "ann")) == []
    assert told(one.tell(ev.SupporterKnown, START + HOUR, "ann", tie=tie)) == []
    early = one.post(START, "ann", recorded_at=START + HOUR)
    assert told(early) == []
    step = one.post(START + HOUR, "ann", group="hall")
    (flag,) = step.decisions
    assert isinstance(flag, Recommend)
    assert (flag.action, flag.group) == ("declare_supporter", "hall")
    assert flag.properties == {"tie": tie.value}
    assert "没有表明身份" in say(flag.because, "zh")
    month = timedelta(days=30)
    assert told(one.post(START + month, "ann")) == []
    assert told(one.post(START + month + HOUR, "ann")) == ["declare_supporter"]


def test_who_says_so_is_not_flagged() -> None:
    """A role that declares it, held when speaking; also in that group alone."""
    one = Desk(QUIET)
    one.tell(ev.SupporterKnown, START, "ann", tie=Tie.PAID)
    one.tell(ev.RoleAssigned, START, "ann", role=HOST, group="hall")
    assert told(one.post(START + HOUR, "ann", group="hall")) == []
    assert told(one.post(START + HOUR, "ann", group="shop")) == ["declare_supporter"]


def test_a_tie_that_ended_is_none() -> None:
    """The latest word about it holds, whenever it is told."""
    one = Desk(QUIET)
    one.tell(ev.SupporterKnown, START + 2 * HOUR, "ann", tie=Tie.NONE)
    one.tell(
        ev.SupporterKnown, START, "ann", tie=Tie.STAFF, recorded_at=START + 3 * HOUR
    )
    assert told(one.post(START + 4 * HOUR, "ann")) == []
    one.tell(ev.SupporterKnown, START + 5 * HOUR, "ann", tie=Tie.STAFF)
    assert told(one.post(START + 6 * HOUR, "ann", dated=False)) == []
