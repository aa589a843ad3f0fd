"""Sanctions end by themselves; the platform is told once, when nothing holds."""

from datetime import UTC
from typing import Any

import pytest
from attrs import evolve

from community_sdk import enforcement
from community_sdk import events as ev
from community_sdk._time import Duration, micros
from community_sdk.decisions import ApplySanction, DismissProposal, LiftSanction
from community_sdk.explanation import because
from community_sdk.metrics import WindowPlan
from community_sdk.model import (
    SANCTIONS,
    DecisionId,
    LadderStep,
    Overlap,
    SanctionState,
)
from community_sdk.state import MemberState, PendingConsent, SanctionRecord
from tests.unit.desk import DAY, HOUR, START, TICK, head

NOW = micros(START + HOUR)
Over = ev.SanctionEnded | ev.SanctionLifted


def record(key: str = "x", **more: Any) -> SanctionRecord:
    """A mute of a day, over by default."""
    given: dict[str, Any] = {
        "id": key,
        "measure": "mute",
        "order": 50,
        "holds": True,
        "since": micros(START),
        "until": micros(START + DAY),
        "policy": "ladder",
        "state": "expired",
    }
    return SanctionRecord(**given | more)


def member(*records: SanctionRecord) -> MemberState:
    """A member with sanctions on record."""
    one = MemberState("ann", WindowPlan(0))
    one.sanctions = records
    return one


def ended(state: SanctionState = SanctionState.EXPIRED) -> ev.SanctionEnded:
    """The sanction `x` is over."""
    return ev.SanctionEnded(**head("e", START), sanction=DecisionId("x"), state=state)


def lifted() -> ev.SanctionLifted:
    """The sanction `x` was lifted."""
    return ev.SanctionLifted(**head("e", START), sanction=DecisionId("x"))


def test_a_sanction_expires_with_its_reason() -> None:
    """By the policy that imposed it; one without an end names its beginning."""
    end = enforcement.expire(record(), member())
    assert (end.sanction, end.state, end.policy) == (
        "x",
        SanctionState.EXPIRED,
        "ladder",
    )
    assert end.because["until"] == (START + DAY).isoformat()
    endless = enforcement.expire(record(until=None), member())
    assert endless.because["until"] == START.isoformat()


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (ended(), "expired"),
        (ended(SanctionState.OVERTURNED), "overturned"),
        (lifted(), "lifted"),
    ],
)
def test_what_restrained_is_undone(event: Over, state: str) -> None:
    """Expired, overturned or lifted: the platform is told which measure."""
    (undo,) = enforcement.follow(event, member(record(state=state)), NOW)
    assert isinstance(undo, LiftSanction)
    assert (undo.sanction, undo.measure, undo.policy) == ("x", "mute", "ladder")
    assert undo.because["state"] == state


@pytest.mark.parametrize(
    ("event", "records"),
    [
        (ended(), []),
        (ended(), [record(measure="warning", holds=False)]),
        (lifted(), [record()]),
        (ended(SanctionState.OVERTURNED), [record()]),
        (ended(), [record(), record("y", state="active")]),
        (ended(), [record(), record("y", state="active", until=None)]),
        (ended(), [record(replaced="y")]),
        (ended(), [record(ended=micros(START) - 1)]),
    ],
)
def test_nothing_to_undo(event: Over, records: list[SanctionRecord]) -> None:
    """Unknown, done at once, over or replaced before, or another one still holds."""
    assert not [*enforcement.follow(event, member(*records), NOW)]


@pytest.mark.parametrize(
    "other",
    [
        record("y", state="active", measure="ban"),
        record("y", state="active", until=NOW),
        record("y", state="active", since=NOW + 1, until=None),
        record("y", state="lifted"),
    ],
)
def test_other_sanctions_keep_only_their_own_measure(other: SanctionRecord) -> None:
    """Of another kind, over at this instant, not begun, or lifted."""
    assert [*enforcement.follow(ended(), member(record(), other), NOW)]


# -- the beginning -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "state", "dismissed"),
    [
        ("ban", SanctionState.ACTIVE, ["p"]),
        ("remove", SanctionState.PROVISIONAL, ["p"]),
        ("remove", SanctionState.EXPIRED, []),
        ("suspend", SanctionState.ACTIVE, []),
        ("mute", SanctionState.ACTIVE, []),
    ],
)
def test_what_puts_out_for_good_leaves_nothing_to_decide(
    measure: str, state: SanctionState, dismissed: list[str]
) -> None:
    """Open proposals about the member are dismissed, with the measure as reason."""
    kind = SANCTIONS[measure]
    imposed = ev.SanctionImposed(
        **head("e", START),
        sanction=DecisionId("x"),
        measure=measure,
        order=kind.order,
        expels=kind.expels,
        state=state,
    )
    one = member()
    one.consents = (PendingConsent("p", "ladder", "owner", 1, micros(START), None, {}),)
    found = [*enforcement.follow(imposed, one, NOW)]
    assert [d.proposal for d in found if isinstance(d, DismissProposal)] == dismissed
    assert all(d.because["measure"] == measure for d in found)


MUTE = SANCTIONS["mute"]
TOMORROW = micros(START + DAY)
RUNNING = record(state="active")


@pytest.mark.parametrize(
    ("rule", "end", "met"),
    [
        (
            Overlap.LONGEST,
            NOW + 1,
            {"until": TOMORROW, "alone": NOW + 1, "joins": True},
        ),
        (Overlap.LONGEST, TOMORROW, {"until": TOMORROW, "joins": True}),
        (Overlap.LONGEST, None, {"until": None, "joins": True}),
        (Overlap.INDEPENDENT, NOW + 1, {"until": TOMORROW, "alone": NOW + 1}),
        (Overlap.REPLACE, NOW + 1, {"until": NOW + 1, "replaces": ("x",)}),
        (Overlap.REFUSE, NOW + 1, {"until": NOW + 1, "refused": RUNNING}),
        (Overlap.MANUAL_OVER_AUTOMATIC, 9, {"until": 9, "replaces": ("x",)}),
    ],
)
def test_how_two_of_a_kind_meet(
    rule: Overlap, end: int | None, met: dict[str, Any]
) -> None:
    """One with the later end, both, the new one only, or not at all."""
    found = enforcement.meet(rule, (MUTE, end, "mod"), [RUNNING], NOW)
    assert found == enforcement.Meeting(**met)


@pytest.mark.parametrize("rule", Overlap)
def test_nothing_to_meet(rule: Overlap) -> None:
    """What is over, of another kind, or done at once does not matter."""
    others = [record(), record(state="active", measure="ban")]
    found = enforcement.meet(rule, (MUTE, NOW + 1, ""), others, NOW)
    joins = rule is Overlap.LONGEST
    assert found == enforcement.Meeting(until=NOW + 1, joins=joins)
    warning = (SANCTIONS["warning"], None, "")
    warned = record(measure="warning", holds=False, state="active")
    found = enforcement.meet(rule, warning, [warned], NOW)
    assert found == enforcement.Meeting(until=None)


@pytest.mark.parametrize(
    ("old", "new", "refused"),
    [("", "", True), ("mod", "mod", True), ("mod", "", True), ("", "mod", False)],
)
def test_a_person_goes_before_the_automation(
    old: str, new: str, refused: object
) -> None:
    """Nobody replaces what a person imposed, and automation replaces nothing."""
    running = [record(state="active", issuer=old)]
    rule = Overlap.MANUAL_OVER_AUTOMATIC
    found = enforcement.meet(rule, (MUTE, None, new), running, NOW)
    assert (found.refused is not None) == refused
    assert bool(found.replaces) != refused


def test_an_endless_one_in_force_has_the_later_end() -> None:
    """The platform is told no end; by itself the new one has its own."""
    endless = [record(state="active", until=None)]
    found = enforcement.meet(Overlap.LONGEST, (MUTE, NOW + 1, ""), endless, NOW)
    assert (found.until, found.alone) == (None, NOW + 1)
    assert found.stamps["alone"] == START + HOUR + TICK


@pytest.mark.parametrize(
    ("wish", "until", "alone"),
    [
        ({"until": START}, START + HOUR + 2 * DAY, None),
        ({"joins": True}, START + HOUR + 2 * DAY, None),
        ({"replaces": (DecisionId("x"),)}, START + HOUR + 2 * DAY, None),
    ],
)
def test_what_was_agreed_to_begins_now(
    wish: dict[str, Any], until: object, alone: object
) -> None:
    """Its length runs from the agreement on."""
    lasts = LadderStep(at=1, kind=MUTE, duration=Duration.parse("2d"))
    asked = ApplySanction(step=lasts, because=because("x"), **wish)
    found = enforcement.begin(asked, member(RUNNING), NOW, UTC)
    assert isinstance(found, ApplySanction)
    assert (found.until, found.alone) == (until, alone)
    assert found.replaces == wish.get("replaces", ())


def test_an_end_that_was_named_stays() -> None:
    """By hand until an instant: agreed to later, it ends then all the same."""
    asked = ApplySanction(
        step=LadderStep(at=1, kind=MUTE), until=START + 2 * HOUR, because=because("x")
    )
    found = enforcement.begin(asked, member(), NOW, UTC)
    assert isinstance(found, ApplySanction)
    assert found.until == START + 2 * HOUR
    endless = enforcement.begin(evolve(asked, until=None), member(), NOW, UTC)
    assert isinstance(endless, ApplySanction)
    assert endless.until is None
