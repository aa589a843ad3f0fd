"""What the operators did stands in the place of a playbook."""

from datetime import timedelta

import pytest
from attrs import evolve

from community_sdk import Duration
from community_sdk import events as ev
from community_sdk.backtest import AS_ACTED, Difference, Treatment, What, backtest
from community_sdk.decisions import ApplySanction
from community_sdk.model import DecisionId, EventId, MemberId, PolicyKey
from community_sdk.policies import OnboardingPolicy
from tests.unit.backtest.stage import book, breach, day, message

ANN, OP = MemberId("ann"), MemberId("op")


def ordered(number: float, measure: str, **more: object) -> ev.SanctionOrdered:
    """An order of the operator on a day."""
    head = {"id": EventId(f"o{number}"), "at": day(number), "member": ANN, "actor": OP}
    return ev.SanctionOrdered(measure=measure, **(head | more))  # type: ignore[arg-type]


def told(*history: ev.Event, steps: tuple[str, ...] = ("warning",)) -> list[Difference]:
    """Every difference between the operators and a ladder."""
    out: list[Difference] = []
    backtest(history, AS_ACTED, book(*steps), on_difference=out.append)
    return out


def test_an_order_stands_against_the_step_of_the_day() -> None:
    """With who did it as the reason."""
    (found,) = told(breach(0), ordered(0.1, "ban"))
    assert found.what is What.MEASURE
    assert found.why_one is not None
    assert (found.why_one.key, found.why_one["actor"]) == ("backtest.acted", "op")
    assert isinstance(found.one, ApplySanction)
    assert (found.one.step.kind.word, found.one.until) == ("ban", None)


@pytest.mark.parametrize(
    ("end", "lasts"),
    [
        ({"duration": Duration.parse("36h")}, timedelta(hours=36)),
        ({"until": day(5)}, timedelta(days=5)),
    ],
)
def test_an_order_ends_as_it_says(end: dict[str, object], lasts: timedelta) -> None:
    """By its length or by its end."""
    (found,) = told(ordered(0, "mute", **end))
    assert isinstance(found.one, ApplySanction)
    assert found.one.until == day(0) + lasts
    assert (found.what, found.other) == (What.ONLY_ONE, None)


def test_other_acts_of_operators() -> None:
    """Removals, emergencies and imported sanctions; who puts himself out leaves."""
    head = {"member": ANN, "at": day(0)}
    removed = ev.MemberRemoved(id=EventId("r"), actor=OP, **head)  # type: ignore[arg-type]
    left = ev.MemberRemoved(id=EventId("s"), actor=ANN, **head)  # type: ignore[arg-type]
    brought = ev.SanctionImported(
        id=EventId("i"),
        sanction=DecisionId("old"),
        measure="curfew",
        **head,  # type: ignore[arg-type]
    )
    acted = ev.EmergencyActed(
        id=EventId("e"),
        actor=OP,
        ground="attack",
        measure="mute",
        **head,  # type: ignore[arg-type]
    )
    found = told(removed, left, brought, acted)
    words = {d.one.step.kind.word for d in found if isinstance(d.one, ApplySanction)}
    assert words == {"remove", "curfew", "mute"}
    (old,) = (d.one for d in found if d.one is not None and d.one.id == "old")
    assert isinstance(old, ApplySanction)
    assert old.step.kind.holds


def test_what_really_happened_was_possible() -> None:
    """Nobody is flagged on that side; the playbook's own bars hold."""
    history = [breach(0), ordered(0.1, "ban"), message(1)]
    found = backtest(history, AS_ACTED, book("remove"))
    assert (found.one.acts_after, found.other.acts_after) == (0, 1)
    turned = backtest(history, book("remove"), AS_ACTED)
    assert turned.members[Treatment.WORSE] == 1
    assert found.members[Treatment.BETTER] == 1


def test_beside_the_operators_only_sanctions_are_compared() -> None:
    """The rest has nothing to stand against, and is counted."""
    joined = ev.Joined(id=EventId("j"), at=day(0), member=ANN)
    welcome = book("warning")
    greeting = OnboardingPolicy(key=PolicyKey("welcome"))
    welcome = evolve(welcome, policies=(greeting, *welcome.policies))
    found = backtest([joined, breach(1)], AS_ACTED, welcome)
    assert found.other.apart == 1
    assert found.different == 1
