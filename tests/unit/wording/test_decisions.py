"""Decisions in words."""

from datetime import UTC, datetime

from attrs import evolve

from community_sdk._time import Duration
from community_sdk.conditions import judge, parse_condition
from community_sdk.decisions import (
    Admit,
    ApplySanction,
    ChangeTier,
    EndSanction,
    Mode,
    Recommend,
    RequestConsent,
)
from community_sdk.explanation import because
from community_sdk.model import (
    SANCTIONS,
    DecisionId,
    GroupId,
    LadderStep,
    MemberId,
    SanctionState,
    TierKey,
)
from community_sdk.wording import (
    say_decision,
)

AT = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)
MUTE = LadderStep(at=1, kind=SANCTIONS["mute"], duration=Duration.parse("24h"))
WHY = because("penalty.overturned", strike="s1", measure="mute")
ANN = MemberId("ann")


def test_a_sanction_with_an_end() -> None:
    """Who, what, until when, and why."""
    decision = ApplySanction(member=ANN, step=MUTE, until=AT, because=WHY)
    assert say_decision(decision, "zh", zone="UTC") == (
        "对 ann 予以禁言，到 2026年3月1日 15:30 为止。"
        "该次违规已被撤销，由它引起的禁言一并撤销。"
    )
    assert say_decision(decision, "en", zone="UTC", reasons=False) == (
        "Mute ann until 1 March 2026 at 15:30."
    )


def test_a_sanction_without_an_end() -> None:
    """Measures that last for ever, and those that are done at once."""
    ban = evolve(MUTE, kind=SANCTIONS["ban"], duration=None)
    decision = ApplySanction(member=ANN, step=ban, because=WHY)
    assert say_decision(decision, "zh", reasons=False) == "对 ann 予以封禁，不设期限。"
    warning = evolve(ban, kind=SANCTIONS["warning"])
    warned = evolve(decision, step=warning)
    assert say_decision(warned, "en", reasons=False) == "Warn ann."


def test_modes_are_said() -> None:
    """What is only tried or proposed must not read as done."""
    trial = ApplySanction(member=ANN, step=MUTE, because=WHY, mode=Mode.SHADOW)
    assert say_decision(trial, "zh", reasons=False).startswith("［试行，不执行］对 ann")
    asked = RequestConsent(
        member=ANN,
        wish=evolve(trial, mode=Mode.PROPOSE),
        duty="owner",
        needs=2,
        deadline=AT,
        because=because("consent.needed", WHY, duty="owner", needs=2, until=AT),
    )
    assert say_decision(asked, "zh", zone="UTC", reasons=False) == (
        "请 2 位群主在 2026年3月1日 15:30 前确认：对 ann 予以禁言，不设期限。"
    )
    assert say_decision(asked, "en", zone="UTC").startswith(
        "Ask 2 holders of the duty “owner” to agree by 1 March 2026 at 15:30: Mute ann"
    )


def test_a_move_is_not_said_twice() -> None:
    """The head of the reason repeats the decision and is left out beside it."""
    judged = judge(parse_condition("True"), lambda _: None).because()
    why = because("tier.rise", judged, tiers="t", before="fan", after="core")
    move = ChangeTier(
        member=ANN,
        tiers="t",
        before=TierKey("fan"),
        after=TierKey("core"),
        rise=True,
        because=why,
    )
    assert say_decision(move, "zh") == "将 ann 从“fan”升为“core”。条件满足：恒成立。"
    bare = evolve(move, because=evolve(why, parts=()), rise=False)
    assert say_decision(bare, "en") == (
        "Move ann down from “fan” to “core”. Up from “fan” to “core”."
    )


def test_other_decisions() -> None:
    """Ends, suggestions and admissions."""
    end = EndSanction(
        member=ANN,
        sanction=DecisionId("d"),
        state=SanctionState.OVERTURNED,
        because=WHY,
    )
    assert say_decision(end, "zh", reasons=False) == "撤销对 ann 的处罚。"
    advice = Recommend(action="own_action", because=WHY)
    assert say_decision(advice, "en", reasons=False) == "Suggestion: own_action."
    admit = Admit(member=ANN, group=GroupId("g1"), because=WHY)
    assert say_decision(admit, "zh", reasons=False) == "批准 ann 入群（g1）。"


def test_a_kind_that_is_not_ours() -> None:
    """Somebody else's decision is rendered plainly."""

    class Own(Admit):
        kind = "own_kind"

    said = say_decision(Own(member=ANN, because=WHY), "en", reasons=False)
    assert said.startswith("own_kind (member: ann, group: none")
