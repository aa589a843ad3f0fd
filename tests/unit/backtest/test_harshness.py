"""The order of harshness is the one that its module states."""

from community_sdk import Duration
from community_sdk import decisions as de
from community_sdk.backtest import harshness, plain
from community_sdk.backtest._difference import label, open_ended
from community_sdk.backtest._harshness import is_echo
from community_sdk.decisions import Decision
from community_sdk.explanation import because
from community_sdk.model import (
    SANCTIONS,
    DecisionId,
    EventId,
    LadderStep,
    MemberId,
    RuleCode,
    SanctionState,
    TierKey,
)
from tests.unit.backtest.stage import book, breach
from tests.unit.desk import DAY, START

WHY = because("test")
ANN = MemberId("ann")


def sanction(word: str, days: int | None = None, **more: object) -> de.ApplySanction:
    """A sanction for some days, or without end."""
    kind = SANCTIONS[word]
    length = None if days is None else Duration.parse(f"{days}d")
    return de.ApplySanction(
        member=ANN,
        because=WHY,
        at=START,
        until=None if days is None else START + days * DAY,
        step=LadderStep(at=1, kind=kind, duration=length),
        **more,  # type: ignore[arg-type]
    )


def tier(*, rise: bool) -> de.ChangeTier:
    """A move of a tier."""
    low, high = TierKey("fan"), TierKey("core")
    return de.ChangeTier(
        member=ANN, because=WHY, tiers="grade", before=low, after=high, rise=rise
    )


def asked(wish: Decision) -> de.RequestConsent:
    """The same, where somebody must agree first."""
    return de.RequestConsent(member=ANN, because=WHY, wish=wish, duty="owner")


def test_the_order() -> None:
    """From what is harshest down to what weighs nothing."""
    order: list[Decision] = [
        sanction("ban"),
        sanction("ban", 9),
        sanction("ban", 8),
        asked(sanction("ban")),
        sanction("remove"),
        de.RefuseAdmission(member=ANN, because=WHY),
        sanction("suspend", 1),
        sanction("mute", 30),
        sanction("warning"),
        tier(rise=False),
        de.PutOnWaitingList(member=ANN, because=WHY),
        de.AskForMore(member=ANN, because=WHY),
        sanction("reminder"),
        de.ReportBreach(member=ANN, because=WHY, rule=RuleCode("ads")),
        de.RefuseAct(member=ANN, because=WHY, act="message"),
        de.OpenObligation(member=ANN, because=WHY, what="intro", due=START),
        de.Greet(member=ANN, because=WHY),
    ]
    weights = [harshness(d) for d in order]
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) == len(weights)
    assert {w.burden for w in weights[:-1]} == {1}
    assert weights[-1].burden == 0


def test_what_is_good_counts_the_other_way() -> None:
    """A tier up, an admission, an overturned sanction or strike."""
    ended = de.EndSanction(
        member=ANN,
        because=WHY,
        sanction=DecisionId("s"),
        state=SanctionState.OVERTURNED,
    )
    strike = de.OverturnStrike(member=ANN, because=WHY, strike=EventId("e"))
    good = [tier(rise=True), de.Admit(member=ANN, because=WHY), ended, strike]
    assert {harshness(d).burden for d in good} == {-1}


def test_what_only_goes_on_record_is_no_measure() -> None:
    """A ban that is over already weighs like a breach on record."""
    recorded = sanction("ban", 9, state=SanctionState.EXPIRED)
    assert (
        harshness(recorded).rank
        == harshness(
            de.ReportBreach(member=ANN, because=WHY, rule=RuleCode("ads"))
        ).rank
    )


def test_echoes() -> None:
    """Ends that follow from the sanction, not those that undo it."""
    ends = {
        state: de.EndSanction(
            member=ANN, because=WHY, sanction=DecisionId("s"), state=state
        )
        for state in (
            SanctionState.EXPIRED,
            SanctionState.LIFTED,
            SanctionState.OVERTURNED,
        )
    }
    assert [is_echo(d) for d in ends.values()] == [True, True, False]
    lift = de.LiftSanction(
        member=ANN, because=WHY, sanction=DecisionId("s"), measure="mute"
    )
    assert is_echo(lift)


def test_labels() -> None:
    """A word for what is decided, also inside a proposal; nothing for nothing."""
    told = [
        label(d)
        for d in (
            None,
            asked(sanction("mute", 1)),
            tier(rise=True),
            de.Recommend(member=ANN, because=WHY, action="call"),
            de.Admit(member=ANN, because=WHY),
        )
    ]
    assert told == ["", "mute", "core", "call", ""]
    assert open_ended(sanction("ban"))
    assert not open_ended(sanction("ban", 3))
    assert not open_ended(sanction("remove"))
    assert not open_ended(None)


def test_rows_are_plain() -> None:
    """For frames and files: words, numbers, instants."""
    from community_sdk.backtest import backtest

    found = backtest([breach(0)], book("reminder"), book("-", "ban"))
    assert plain(found.differences[0])["what"] == "only_one"
    (top,) = map(plain, found.top)
    assert (top["one"], top["other"]) == ("reminder", None)
    assert (top["parted_at"], top["why_other"]) == (START, "member.standing")
    frame = found.to_frame("people")
    assert list(frame["treatment"]) == ["better"]
    assert set(found.tables) >= {"sides", "decisions", "days", "examples"}
