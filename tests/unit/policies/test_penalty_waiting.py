"""What waits for consent when its grounds turn out to be a mistake (S06)."""

from typing import Any

from community_sdk import events as ev
from community_sdk._time import Duration
from community_sdk.decisions import DismissProposal, RequestConsent
from community_sdk.engine import Step
from community_sdk.model import (
    Community,
    CommunityId,
    EventId,
    LaterSanctions,
    MemberId,
    Overlap,
    RoleName,
)
from community_sdk.playbook import Playbook
from community_sdk.policies import ManualSanctions, rolled_back
from community_sdk.proposal import Terms
from tests.unit.desk import DAY, HOUR, START, Desk
from tests.unit.policies.ladders import (
    HAND,
    KEY,
    both,
    breach,
    desk,
    imposed,
    measure,
    order,
    overturn,
    refused,
    reviews,
    rung,
)

MOD = MemberId("mod")
BORDER = Playbook(community=Community(key=CommunityId("c"))).border
HOSTS = {"remove": Terms(duty="host")}
STEPS = (rung(1, "warning"), rung(2, "mute", "1d"), rung(3, "remove"))


def waiting(breaches: int = 3, **given: Any) -> Desk:
    """A removal that waits for the consent of a host, after some breaches."""
    one = both(*STEPS, approval=HOSTS, **given)
    whole = Desk(*one.policies, lateness=Duration.parse("400d"), border=BORDER)
    whole.tell(ev.RoleAssigned, START - DAY, "pr", role=RoleName("host"), id="role")
    for nth in range(breaches):
        breach(whole, START + nth * HOUR, id=f"s{nth + 1}", actor=MOD)
    return whole


def asked(step: Step) -> list[RequestConsent]:
    """What needs consent."""
    return [d for d in step.decisions if isinstance(d, RequestConsent)]


def withdrawn(step: Step) -> list[str]:
    """Why something waits no longer."""
    found = (d for d in step.decisions if isinstance(d, DismissProposal))
    return [d.because.key for d in found]


def back(one: Desk, when: Any) -> Step:
    """Take back all that mod did to ann before *when*."""
    order_ = ev.ActsRolledBack(
        id=EventId("r"), at=when, issuer=MOD, since=START - DAY, until=when
    )
    (mine,) = rolled_back(order_, [one.member()])
    return one.engine.receive(mine)


def test_nobody_agrees_to_what_was_a_mistake() -> None:
    """The breach is overturned, so the removal that it led to is withdrawn."""
    one = waiting()
    (pending,) = one.member().consents
    step = overturn(one, "s3", START + DAY)
    assert withdrawn(step) == ["penalty.withdrawn"]
    assert (asked(step), imposed(step), one.member().consents) == ([], [], ())
    late = one.tell(
        ev.ProposalApproved, START + DAY, actor=MemberId("pr"), proposal=pending.id
    )
    assert refused(late) == ["consent.closed"]


def test_on_other_grounds_it_is_asked_anew() -> None:
    """With what still counts: another step at once, or the same one again."""
    one = waiting()
    step = overturn(one, "s1", START + DAY)
    assert withdrawn(step) == ["penalty.withdrawn"]
    assert measure(step) == "mute"
    (made,) = imposed(step)
    assert list(made.strikes) == ["s3", "s2"]
    more = waiting(4)
    step = overturn(more, "s1", START + DAY)
    assert len(withdrawn(step)) == 2
    assert [getattr(d.wish, "strikes", ()) for d in asked(step)] == [
        ("s3", "s2", "s4"),
        ("s4", "s2", "s3"),
    ]


def test_there_may_be_nothing_left_to_ask() -> None:
    """Too little is left, or the member is out by other means."""
    high = both(rung(3, "remove"), approval=HOSTS)
    one = Desk(*high.policies, lateness=Duration.parse("400d"), border=BORDER)
    for nth in range(3):
        breach(one, START, id=f"s{nth + 1}")
    step = overturn(one, "s1", START + HOUR)
    assert withdrawn(step)
    assert not imposed(step)
    gone = waiting()
    gone.tell(ev.MemberRemoved, START + DAY)
    assert gone.member().consents
    step = overturn(gone, "s1", START + 2 * DAY)
    assert withdrawn(step)
    assert not imposed(step)


def test_what_a_mistake_used_up_counts_when_asked_anew() -> None:
    """Its sanction ends in the same step, so its other grounds are free."""
    terms = {"mute": Terms(duty="host")}
    mute = both(rung(2, "mute", "1d"), approval=terms, consume_on_trigger=True)
    one = Desk(*mute.policies, lateness=Duration.parse("400d"), border=BORDER)
    pr = MemberId("pr")
    one.tell(ev.RoleAssigned, START - DAY, pr, role=RoleName("host"))
    for nth in range(3):
        breach(one, START + nth * HOUR, id=f"s{nth + 1}")
    first = one.member().consents[0].id
    assert imposed(one.tell(ev.ProposalApproved, START + DAY, actor=pr, proposal=first))
    assert [bool(s.consumed) for s in one.member().strikes] == [True, True, False]
    (again,) = asked(overturn(one, "s2", START + DAY))
    assert getattr(again.wish, "strikes", ()) == ("s3", "s1")


def test_an_order_that_waits_is_rolled_back_too() -> None:
    """As if it had been given effect already."""
    one = waiting(0)
    assert asked(order(one, START, "remove", actor=MOD, id="order"))
    step = back(one, START + DAY)
    assert withdrawn(step) == ["penalty.withdrawn"]
    assert one.member().consents == ()
    other = waiting(0)
    order(other, START, "remove", actor=MemberId("bo"))
    order_ = ev.ActsRolledBack(
        id=EventId("r"), at=START + DAY, issuer=MOD, since=START, until=START + DAY
    )
    assert not list(rolled_back(order_, [other.member()]))


def mixed(later: LaterSanctions) -> Desk:
    """Two breaches found by mod, a third by somebody else: muted for the third."""
    one = both(rung(1, "warning"), rung(3, "mute", "9d"), later=later)
    breach(one, START, id="s1", actor=MOD)
    breach(one, START + HOUR, id="s2", actor=MOD)
    breach(one, START + 2 * HOUR, id="s3")
    return one


def test_mistakes_found_at_once_are_weighed_together() -> None:
    """Alone neither of the two had changed anything after the other; both do."""
    flagged = mixed(LaterSanctions.STAND_AND_FLAG)
    step = back(flagged, START + DAY)
    assert reviews(step) == [("mute", "warning")]
    again = mixed(LaterSanctions.RECOMPUTE)
    step = back(again, START + DAY)
    (made,) = imposed(step)
    assert (made.step.kind.word, list(made.strikes)) == ("warning", ["s3"])
    states = [(r.measure, r.state) for r in again.member().sanctions]
    assert states[-2:] == [("mute", "overturned"), ("warning", "active")]
    assert [p.key for p in again.policies][:1] == [KEY]


def test_what_ends_at_once_stands_against_nothing() -> None:
    """A mute that was a mistake does not hold up, or lengthen, the one in its place."""
    for rule in (Overlap.REFUSE, Overlap.REPLACE, Overlap.LONGEST):
        one = waiting(0, overlap={"*": rule})
        breach(one, START, id="s1")
        breach(one, START + HOUR, id="s2")
        breach(one, START + 2 * HOUR, id="s3")
        step = overturn(one, "s2", START + 3 * HOUR)
        (made,) = imposed(step)
        assert (made.step.kind.word, made.replaces, made.alone) == ("mute", (), None)
        assert made.until == START + 3 * HOUR + DAY
        states = [r.state for r in one.member().sanctions]
        assert states == ["active", "overturned", "active"]


def test_a_correction_uses_up_what_it_rests_on() -> None:
    """As the sanction did that it stands for; the mistake alone is free again."""
    one = desk(
        rung(2, "mute", "1d"),
        rung(3, "mute", "3d"),
        consume_on_trigger=True,
        later=LaterSanctions.RECOMPUTE,
    )
    one.tell(ev.StrikesImported, START, rule="flood", count=2)
    breach(one, START + HOUR)
    overturn(one, "e1#1", START + 2 * HOUR)
    new = one.member().sanctions[-1].id
    used = [(s.id, s.consumed) for s in one.member().strikes]
    assert used == [("e1#1", ""), ("e1#2", new), ("e2", new)]


def agreed(rule: Overlap, *, late: bool) -> tuple[Desk, Step]:
    """A mute of a day that was asked for before another began, or after; and agreed."""
    plain = both(
        rung(1, "mute", "1d"),
        overlap={"*": rule},
        approval={"mute": Terms(duty="host")},
    )
    # By hand without consent, so that it is in force at once.
    hand = ManualSanctions(key=HAND)
    one = Desk(plain.policies[0], hand, lateness=Duration.parse("400d"), border=BORDER)
    pr = MemberId("pr")
    one.tell(ev.RoleAssigned, START - DAY, pr, role=RoleName("host"))
    if not late:
        order(one, START - HOUR, "mute", "5d", id="other")
    breach(one, START)
    if late:
        order(one, START + HOUR, "mute", "5d", id="other")
    (pending,) = one.member().consents
    when = START + 2 * HOUR
    return one, one.tell(ev.ProposalApproved, when, actor=pr, proposal=pending.id)


def test_what_is_agreed_to_takes_the_place_of_what_came_since() -> None:
    """As it would where nobody had to agree."""
    for late in (True, False):
        one, step = agreed(Overlap.REPLACE, late=late)
        (made,) = imposed(step)
        keys = [part.key for part in made.because.parts]
        assert keys.count("sanction.replaces") == 1
        (other, mine) = one.member().sanctions
        assert (other.replaced, made.replaces) == (mine.id, (other.id,))


def test_what_is_agreed_to_is_refused_where_another_came_since() -> None:
    """With the reason, once; what is in force stays as it is."""
    for rule in (Overlap.REFUSE, Overlap.MANUAL_OVER_AUTOMATIC):
        one, step = agreed(rule, late=True)
        assert refused(step) == ["sanction.already_active"]
        (no,) = step.decisions
        assert (no.policy, no.mode.value, no.trigger) == (KEY, "act", "e4")
        assert len(one.member().sanctions) == 1
        assert one.member().consents == ()


def test_what_is_agreed_to_stands_beside_what_came_since() -> None:
    """Counted as one with it, or alone; said as of now."""
    _, step = agreed(Overlap.LONGEST, late=True)
    (made,) = imposed(step)
    assert (made.alone, made.until) == (START + 2 * HOUR + DAY, START + HOUR + 5 * DAY)
    assert [p.key for p in made.because.parts].count("sanction.longer") == 1
    one, step = agreed(Overlap.INDEPENDENT, late=True)
    (made,) = imposed(step)
    assert (made.joins, made.replaces) == (False, ())
    assert len(one.member().sanctions) == 2
