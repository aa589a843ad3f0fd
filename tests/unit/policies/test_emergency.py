"""Emergencies: provisional at once; only a ratified act stands, others are undone."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import (
    ApplySanction,
    EndSanction,
    Escalate,
    Mode,
    OverturnStrike,
    RefuseAct,
)
from community_sdk.engine import Step
from community_sdk.model import (
    SANCTIONS,
    EventId,
    LadderStep,
    MemberId,
    PolicyKey,
    Role,
    RoleName,
    Rule,
    Rulebook,
    RuleCode,
    SanctionKind,
    SanctionState,
)
from community_sdk.policies import EmergencyActs, PenaltyLadder
from community_sdk.wording import say
from tests.unit.desk import DAY, HOUR, RULES, START, TICK, Desk

ROLES = tuple(Role(name=RoleName(name)) for name in ("owner", "admin", "host"))
STAFF = {"olga": "owner", "otto": "owner", "ada": "admin", "hugo": "host"}
KEY = PolicyKey("emergency")
ACT = EventId("act")


def policy(**more: Any) -> EmergencyActs:
    """Admins act, owners ratify, within a day."""
    return EmergencyActs(
        key=KEY,
        grounds=("ad_flood", "account_stolen"),
        acting=(RoleName("admin"),),
        **more,
    )


def desk(*others: Any, rulebook: Rulebook = RULES, **more: Any) -> Desk:
    """A community with staff and an ordinary member, ann."""
    made = Desk(policy(**more), *others, roles=ROLES, rulebook=rulebook)
    for name, role in STAFF.items():
        made.tell(ev.RoleAssigned, START, name, role=RoleName(role))
    made.tell(ev.Joined, START)
    return made


def act(made: Desk, by: str | None = "ada", **more: Any) -> Step:
    """Mute ann for three days at once."""
    fields: dict[str, Any] = {"ground": "ad_flood", "measure": "mute", "id": ACT}
    fields |= {"duration": Duration.parse("3d"), **more}
    actor = None if by is None else MemberId(by)
    of = str(fields.pop("of", "ann"))
    return made.tell(ev.EmergencyActed, START + HOUR, of, actor=actor, **fields)


def then(made: Desk, make: Any, hours: int = 2, by: str | None = "olga") -> Step:
    """Report, ratify or reject."""
    actor = None if by is None else MemberId(by)
    return made.tell(make, START + hours * HOUR, actor=actor, emergency=ACT)


def refusal(step: Step) -> str:
    """The key of the refusal, empty without one."""
    return next((d.because.key for d in step if isinstance(d, RefuseAct)), "")


def state(made: Desk) -> str:
    """The state of the only sanction of ann."""
    (record,) = made.member().sanctions
    return record.state


def counts(made: Desk) -> int:
    """How many strikes of ann count."""
    return sum(not strike.overturned for strike in made.member().strikes)


def test_the_measure_is_provisional_and_in_force() -> None:
    """It counts as a strike in the category of its ground; who acted is told."""
    made = desk()
    step = act(made)
    sanction = next(d for d in step if isinstance(d, ApplySanction))
    assert (sanction.issuer, sanction.strikes) == ("ada", (ACT,))
    assert sanction.until == START + HOUR + 3 * DAY
    assert sanction.because["due"] == (START + HOUR + DAY).isoformat()
    (record,) = made.member().sanctions
    assert (record.state, record.origin) == ("provisional", "emergency")
    assert record.in_force(made.engine.community.now)
    (strike,) = made.member().strikes
    assert (strike.id, strike.category, strike.overturned) == ("act", "ad_flood", False)


@pytest.mark.parametrize(
    ("by", "more", "reason"),
    [
        ("ada", {}, ""),
        (None, {}, ""),
        ("ada", {"ground": "off_topic"}, "emergency.not_a_ground"),
        ("ada", {"measure": "flogging"}, "emergency.not_a_measure"),
        ("hugo", {}, "authority.not_permitted"),
        ("zoe", {}, "authority.no_role"),
        ("ada", {"of": "ada"}, "authority.self"),
    ],
)
def test_who_may_act_on_what_ground(
    by: str | None, more: dict[str, Any], reason: str
) -> None:
    """What is refused leaves neither sanction nor strike."""
    made = desk()
    assert refusal(act(made, by, **more)) == reason
    of = more.get("of", "ann")
    assert (
        len(made.member(of).sanctions) == len(made.member(of).strikes) == (not reason)
    )


def test_a_community_may_list_its_measures() -> None:
    """Also kinds of its own; a measure done at once needs no duration."""
    fence = SanctionKind("fence", 45, holds=True)
    made = desk(measures=(fence, SANCTIONS["remove"]))
    assert refusal(act(made)) == "emergency.not_a_measure"
    act(made, measure="fence", id="again")
    assert made.member().sanctions[0].measure == "fence"
    made = desk(measures=(fence, SANCTIONS["remove"]))
    act(made, measure="remove")
    assert made.member().sanctions[0].until is None


def test_a_ratified_act_stands() -> None:
    """Until its end; nobody is asked for a report any more."""
    made = desk()
    act(made)
    assert refusal(then(made, ev.EmergencyRatified)) == ""
    assert (state(made), counts(made)) == ("active", 1)
    assert not made.member().duties
    made.advance(START + 2 * DAY)
    assert (state(made), counts(made)) == ("active", 1)
    made.advance(START + 4 * DAY)
    assert (state(made), counts(made)) == ("expired", 1)


def test_a_rejected_act_is_undone() -> None:
    """The measure is overturned, the strike does not count."""
    made = desk()
    act(made)
    step = then(made, ev.EmergencyRejected)
    kinds = [d.kind for d in step]
    assert kinds.count("end_sanction") == kinds.count("overturn_strike") == 1
    assert (state(made), counts(made)) == ("overturned", 0)


def test_an_unreported_act_lapses_at_the_deadline() -> None:
    """At that very instant, not before; the owner is told."""
    made = desk()
    act(made)
    made.advance(START + HOUR + DAY - TICK)
    assert (state(made), counts(made)) == ("provisional", 1)
    step = made.advance(START + HOUR + DAY)
    ended = next(d for d in step if isinstance(d, EndSanction))
    assert (ended.state, ended.at) == (SanctionState.LAPSED, START + HOUR + DAY)
    assert any(isinstance(d, OverturnStrike) for d in step)
    assert [d.duty for d in step if isinstance(d, Escalate)] == ["owner"]
    assert (state(made), counts(made)) == ("lapsed", 0)
    assert refusal(then(made, ev.EmergencyRatified, 26)) == "emergency.closed"


def test_a_reported_act_waits_for_a_decision() -> None:
    """However long; the report is in time up to the deadline, which is excluded."""
    made = desk()
    act(made)
    step = made.tell(
        ev.EmergencyReported, START + HOUR + DAY - TICK, emergency=ACT, actor="ada"
    )
    assert [f.kind for f in step.facts] == ["obligation_met"]
    assert not [d for d in made.advance(START + 2 * DAY) if d.kind == "end_sanction"]
    assert state(made) == "provisional"
    assert refusal(then(made, ev.EmergencyReported, 49)) == ""
    assert refusal(then(made, ev.EmergencyRejected, 50)) == ""
    assert state(made) == "overturned"


def test_a_report_that_is_known_late_may_be_too_late() -> None:
    """Its own instant decides, even where the act itself was told late."""
    made = desk()
    made.post(START + 3 * DAY)
    act(made)
    late = then(made, ev.EmergencyReported, 26, "ada")
    assert refusal(late) == "emergency.too_late"
    assert refusal(then(made, ev.EmergencyReported, 24, "ada")) == ""


@pytest.mark.parametrize(
    ("by", "reason"),
    [
        ("olga", ""),
        ("ada", "emergency.own"),
        ("ann", "authority.party"),
        ("hugo", "authority.not_permitted"),
        (None, "authority.no_role"),
    ],
)
@pytest.mark.parametrize("make", [ev.EmergencyRatified, ev.EmergencyRejected])
def test_who_decides(by: str | None, reason: str, make: Any) -> None:
    """Neither who acted nor who is concerned, whatever their roles."""
    made = desk()
    for name in ("ada", "ann"):
        made.tell(ev.RoleAssigned, START, name, role=RoleName("owner"))
    act(made)
    before = made.member().plain()
    assert refusal(then(made, make, by=by)) == reason
    assert (made.member().plain() == before) is bool(reason)


def test_what_is_decided_is_decided() -> None:
    """A second decision and an unknown act are told apart."""
    made = desk()
    assert refusal(then(made, ev.EmergencyRatified)) == "emergency.unknown"
    act(made)
    then(made, ev.EmergencyRatified)
    for make in (ev.EmergencyRatified, ev.EmergencyRejected, ev.EmergencyReported):
        assert refusal(then(made, make, 3)) == "emergency.closed"
    assert state(made) == "active"


def test_what_was_lifted_meanwhile_is_not_confirmed() -> None:
    """The act is ratified all the same; the measure is over."""
    made = desk()
    act(made)
    (record,) = made.member().sanctions
    made.tell(ev.SanctionLifted, START + 2 * HOUR, sanction=record.id)
    assert not then(made, ev.EmergencyRatified, 3).decisions
    assert state(made) == "lifted"
    made = desk()
    act(made)
    (record,) = made.member().sanctions
    made.tell(ev.SanctionLifted, START + 2 * HOUR, sanction=record.id)
    kinds = [d.kind for d in then(made, ev.EmergencyRejected, 3)]
    assert kinds.count("end_sanction") == 0


def test_a_ladder_counts_it_and_does_not_answer_it() -> None:
    """The next breach in that category stands on the second step."""
    steps = (
        LadderStep(at=1, kind=SANCTIONS["warning"]),
        LadderStep(at=2, kind=SANCTIONS["suspend"], duration=Duration.parse("1d")),
    )
    ladder = PenaltyLadder(key=PolicyKey("ladder"), steps=steps)
    rules = Rulebook(rules=(Rule(code=RuleCode("ad_flood")),))
    for make, measure in (
        (ev.EmergencyRatified, "suspend"),
        (ev.EmergencyRejected, "warning"),
    ):
        made = desk(ladder, rulebook=rules)
        assert [d.kind for d in act(made)] == ["apply_sanction", "open_obligation"]
        then(made, make)
        step = made.tell(ev.RuleBroken, START + DAY, rule=RuleCode("ad_flood"))
        (sanction,) = (d for d in step if isinstance(d, ApplySanction))
        assert sanction.step.kind.word == measure


def test_where_one_stands() -> None:
    """What waits to be reported or decided; in both languages."""
    made = desk()
    emergency = policy()

    def standing() -> tuple[str, str]:
        view = made.view()
        view.mine = made.member().slices.get("emergency")
        found = emergency.standing(view)
        return say(found, "zh"), say(found, "en")

    assert standing()[0] == "没有尚待处理的紧急处置。"
    act(made)
    assert "须在" in standing()[0]
    assert "to be reported before" in standing()[1]
    then(made, ev.EmergencyReported, by="ada")
    assert "已报告，待追认" in standing()[0]
    then(made, ev.EmergencyRatified)
    assert "No emergency act is open" in standing()[1]


def test_few_closed_acts_are_remembered() -> None:
    """State is bounded; open ones stay."""
    made = desk()
    for nth in range(40):
        key = f"act{nth}"
        act(made, id=key)
        if nth:
            made.tell(
                ev.EmergencyRatified,
                START + HOUR,
                actor=MemberId("olga"),
                emergency=EventId(key),
            )
    kept = made.member().slices["emergency"]
    assert "act0" in kept
    assert len(kept) < 20


def test_words_that_lead_nowhere() -> None:
    """Roles that the playbook lacks."""
    lost = policy(ratifying=(RoleName("owner"), RoleName("boss")))
    found = [(where, word) for where, word, _ in lost.problems(desk().engine.playbook)]
    assert found == [("ratifying[1]", "boss")]


def test_in_the_shadow_what_cannot_be_imposed_is_only_noted() -> None:
    """Without end, too, where no duration was given."""
    made = desk(mode=Mode.SHADOW)
    step = act(made, measure="flogging")
    assert [d.kind for d in step] == ["refuse_act"]
    step = act(made, id="other", duration=None)
    assert next((d.kind, d.mode) for d in step) == ("apply_sanction", Mode.SHADOW)
    assert not made.member().sanctions


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [ev.EmergencyReported, ev.EmergencyRatified, ev.EmergencyRejected]
        ),
        st.integers(1, 60),
        st.sampled_from([*STAFF, "ann", "zoe"]),
    ),
    max_size=6,
)


@given(STEPS)
def test_only_a_ratified_act_stands(told: list[tuple[Any, int, str]]) -> None:
    """INVARIANT: the strike counts and the measure stands, or neither."""
    made = desk()
    act(made)
    ratified = rejected = reported = False
    for make, hours, by in sorted(told, key=lambda one: one[1]):
        ok = not refusal(then(made, make, hours, by))
        ratified = ratified or (ok and make is ev.EmergencyRatified)
        rejected = rejected or (ok and make is ev.EmergencyRejected)
        reported = reported or (ok and make is ev.EmergencyReported)
    made.advance(START + timedelta(hours=70))
    open_still = reported and not ratified and not rejected
    assert not (ratified and rejected)
    expected = "lapsed"
    if ratified:
        expected = "active"
    elif rejected:
        expected = "overturned"
    elif open_still:
        expected = "provisional"
    assert state(made) == expected
    assert counts(made) == (expected in ("active", "provisional"))
