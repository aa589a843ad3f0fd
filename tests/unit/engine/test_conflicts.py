"""The conflict table: each row, and what no row touches (S06)."""

from datetime import datetime

import pytest
from attrs import evolve

from community_sdk import decisions as de
from community_sdk import events as ev
from community_sdk.decisions import Decision, Mode
from community_sdk.engine import CONFLICTS, MERGES, Conflict, Engine
from community_sdk.engine._conflicts import settle
from community_sdk.model import (
    SANCTIONS,
    DecisionId,
    GroupId,
    LadderStep,
    MemberId,
    RuleCode,
    TierKey,
)
from tests.unit.engine.scripts import WHY, at, book, make, on, post

ANN = MemberId("ann")


def sanction(word: str, until: datetime | None = None) -> de.ApplySanction:
    """A sanction of ann."""
    step = LadderStep(at=1, kind=SANCTIONS[word])
    return de.ApplySanction(member=ANN, step=step, until=until, because=WHY)


def tier(*, rise: bool = True, after: str = "core") -> de.ChangeTier:
    """A change of ann's tier."""
    return de.ChangeTier(
        member=ANN,
        tiers="grade",
        before=TierKey("fan"),
        after=TierKey(after),
        rise=rise,
        because=WHY,
    )


def settled(*decisions: Decision) -> tuple[list[int], dict[int, str]]:
    """Numbers of those that stand, and of the others with the reason."""
    named = [evolve(d, id=DecisionId(str(n))) for n, d in enumerate(decisions)]
    stand, dropped = settle(named)
    lost = {int(s.decision.id): s.because.key.split(".")[1] for s in dropped}
    return [int(d.id) for d in stand], lost


ADMIT = de.Admit(member=ANN, because=WHY)
GREET = de.Greet(member=ANN, because=WHY)
REFUSE = de.RefuseAdmission(member=ANN, because=WHY)
ASK = de.AskForMore(member=ANN, because=WHY, missing=("age",))
WAIT = de.PutOnWaitingList(member=ANN, because=WHY)
ADVISE = de.Recommend(member=ANN, because=WHY, action="call")
REMIND = de.Remind(member=ANN, because=WHY, what="x")
OPEN = de.OpenObligation(member=ANN, because=WHY, what="x", due=at(1))
ADS = de.ReportBreach(member=ANN, because=WHY, rule=RuleCode("ads"))
REMOVE, MUTE, WARN = sanction("remove"), sanction("mute", at(1)), sanction("warning")

DROPS = [
    *((REFUSE, loser, "refused") for loser in (ADMIT, GREET, ASK, WAIT)),
    *((REMOVE, loser, "expelled") for loser in (ADMIT, GREET, ADVISE, REMIND, OPEN)),
    (REMOVE, tier(), "expelled"),
    (REMOVE, MUTE, "harsher"),
    (MUTE, WARN, "harsher"),
    (sanction("mute", at(2)), MUTE, "harsher"),
    (sanction("mute"), sanction("mute", at(900)), "harsher"),
    (sanction("ban"), REMOVE, "harsher"),
]


@pytest.mark.parametrize(("winner", "loser", "reason"), DROPS)
def test_a_row_drops_whatever_the_order(
    winner: Decision, loser: Decision, reason: str
) -> None:
    """The loser is dropped with its reason, asked before or after."""
    assert settled(winner, loser) == ([0], {1: reason})
    assert settled(loser, winner) == ([1], {0: reason})


@pytest.mark.parametrize(
    ("twin", "reason"),
    [
        (tier(after="star"), "first"),
        (ADS, "same"),
        (WARN, "same"),
        (sanction("ban"), "same"),
        (MUTE, "same"),
        (ADMIT, "same"),
        (GREET, "same"),
        (ADVISE, "same"),
        (OPEN, "same"),
    ],
)
def test_the_earlier_of_two_alike_stands(twin: Decision, reason: str) -> None:
    """For both."""
    first = tier() if isinstance(twin, de.ChangeTier) else twin
    assert settled(first, twin) == ([0], {1: reason})


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (REMOVE, tier(rise=False)),
        (MUTE, GREET),
        (MUTE, tier()),
        (GREET, evolve(GREET, template="other")),
        (ADVISE, evolve(ADVISE, action="write")),
        (OPEN, evolve(OPEN, what="y")),
        (ADMIT, evolve(ADMIT, group=GroupId("den"))),
        (ADS, evolve(ADS, rule=RuleCode("rude"))),
        (tier(), evolve(tier(), tiers="other")),
        (REMIND, REMIND),
        (REFUSE, evolve(GREET, member=MemberId("ben"))),
        (REMOVE, evolve(MUTE, member=MemberId("ben"))),
    ],
)
def test_what_no_row_names_stands(one: Decision, two: Decision) -> None:
    """Also about different people, things or rules."""
    assert settled(one, two) == ([0, 1], {})
    assert settled(two, one) == ([0, 1], {})


def test_shadows_and_proposals() -> None:
    """A shadow neither drops nor is dropped; what asks for consent drops no act."""
    shadow, asked = (evolve(REMOVE, mode=m) for m in (Mode.SHADOW, Mode.PROPOSE))
    assert settled(shadow, MUTE) == ([0, 1], {})
    assert settled(REMOVE, evolve(MUTE, mode=Mode.SHADOW)) == ([0, 1], {})
    assert settled(asked, MUTE) == ([0, 1], {})
    assert settled(asked, evolve(MUTE, mode=Mode.PROPOSE)) == ([0], {1: "harsher"})
    assert settled(REMOVE, evolve(MUTE, mode=Mode.PROPOSE)) == ([0], {1: "harsher"})


def test_whoever_is_dropped_drops_nobody() -> None:
    """Of three sanctions the harshest stands; a lone decision always does."""
    assert settled(WARN, MUTE, REMOVE) == ([2], {0: "harsher", 1: "harsher"})
    assert settled(REFUSE, GREET, REMOVE)[0] == [0, 2]
    assert settled(GREET) == ([0], {})
    assert settled() == ([], {})


def test_the_tables_can_be_read() -> None:
    """They are values: who wins, who loses, why."""
    assert all(isinstance(row, Conflict) for row in (*CONFLICTS, *MERGES))
    assert {row.reason for row in MERGES} == {"conflict.first", "conflict.same"}


def test_what_is_dropped_is_told_and_not_done() -> None:
    """A step says who was dropped and for which decision; no fact comes of it."""
    engine = Engine(book(on("message", WARN, key="a"), on("message", REMOVE, key="b")))
    step = engine.receive(post())
    (stands,) = step.decisions
    (dropped,) = step.suppressed
    assert stands.policy == "b"
    assert dropped.decision.policy == "a"
    assert dict(dropped.because.figures) == {
        "by": "apply_sanction",
        "winner": stands.id,
    }
    assert [fact.kind for fact in step.facts] == ["sanction_imposed"]


def test_an_earlier_round_is_never_undone() -> None:
    """A sanction that a fact led to drops no welcome of the round before."""
    removal = on("rule_broken", REMOVE, key="q")
    engine = Engine(book(on("joined", GREET, ADS), removal))
    step = engine.receive(make(ev.Joined))
    kinds = [d.kind for d in step.decisions]
    assert kinds == ["greet", "report_breach", "apply_sanction"]
    assert not step.suppressed
