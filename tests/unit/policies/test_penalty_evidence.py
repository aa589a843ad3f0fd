"""What is counted is called by its name; missing evidence is told."""

from __future__ import annotations

from typing import Any

from community_sdk import events as ev
from community_sdk.decisions import ConfirmBreach
from community_sdk.model import (
    SANCTIONS,
    CaseId,
    CaseOutcome,
    EventId,
    Evidence,
    MemberId,
    PolicyKey,
    RoleName,
    Rule,
    Rulebook,
    RuleChange,
    RuleCode,
)
from community_sdk.policies import CouncilOrder, PenaltyLadder, ReportDesk
from community_sdk.wording import say
from tests.unit.desk import HOUR, START, Desk
from tests.unit.policies.ladders import KEY, breach, imposed, ladder, rung

FAKE = RuleCode("fake")
BOOK = Rulebook(rules=(Rule(code=FAKE, evidence=("photo", "message")),))


def told(desk: Desk, **more: Any) -> list[str]:
    """The keys of why a sanction was imposed."""
    (sanction,) = imposed(desk.tell(ev.RuleBroken, START, rule=FAKE, **more))
    return [part.key for part in sanction.because.walk()]


def test_a_count_is_told_without_points() -> None:
    """Whatever the rule weighs; a ladder of points says how many."""
    for measure, words in (("count", ""), ("points", ", 3 points")):
        desk = Desk(ladder(rung(1, "warning"), measure=measure))
        (sanction,) = imposed(desk.tell(ev.RuleBroken, START, rule=RuleCode("caps")))
        (part,) = [p for p in sanction.because.walk() if p.key == "penalty.counted"]
        assert say(part, "en").rstrip(".").endswith(f"“caps”{words}")


def test_missing_evidence_is_told_and_holds_nothing_up() -> None:
    """Of a report alone: what came with it, and what was found, says nothing."""
    for more, missing in (
        ({}, True),
        ({"evidence": ("photo-1",)}, False),
        ({"automatic": True}, False),
        ({"case": "c"}, False),
    ):
        desk = Desk(ladder(rung(1, "warning")), rulebook=BOOK)
        assert ("penalty.no_evidence" in told(desk, **more)) is missing
    plain = Desk(ladder(rung(1, "warning")))
    assert breach(plain) == "warning"


def test_a_case_tells_which_evidence_is_not_on_file() -> None:
    """By its kinds."""
    desk = Desk(ReportDesk(key=PolicyKey("desk")), rulebook=BOOK)
    step = desk.tell(ev.ContentReported, START, actor=MemberId("bo"), content="x")
    (opened,) = [f for f in step.facts if isinstance(f, ev.CaseOpened)]
    photo = Evidence(kind="photo", ref="p", digest="d", captured_at=START)
    desk.tell(ev.EvidenceAdded, START, case=opened.case, evidence=photo, actor="hal")
    decided = desk.tell(
        ev.CaseDecided,
        START + HOUR,
        actor=MemberId("hal"),
        case=CaseId(opened.case),
        outcome=CaseOutcome.UPHELD,
        rule=FAKE,
    )
    (confirmed,) = [d for d in decided.decisions if isinstance(d, ConfirmBreach)]
    (part,) = [p for p in confirmed.because.walk() if p.key == "case.no_evidence"]
    assert part["missing"] == ("message",)
    assert "message" in say(part, "en")


def test_an_amendment_changes_what_follows_at_once_and_what_is_wanted() -> None:
    """A sanction at once, then none; another evidence, then none; it is kept."""
    order = CouncilOrder(key=PolicyKey("council"), roles=(RoleName("owner"),))
    rules: PenaltyLadder = ladder(rung(1, "reminder"))
    desk = Desk(order, rules, rulebook=BOOK)
    desk.tell(ev.RoleAssigned, START, "boss", role="owner")
    changes = (
        RuleChange(code=FAKE, immediate=SANCTIONS["mute"], evidence=("recording",)),
        RuleChange(code=FAKE, on_ladder=True, evidence=()),
    )
    found: list[tuple[str | None, tuple[str, ...]]] = []
    for nth, change in enumerate(changes, 1):
        desk.tell(ev.CouncilOrdered, START + nth * HOUR, "boss", changes=(change,))
        desk.engine = type(desk.engine).restore(
            desk.engine.playbook, desk.engine.snapshot()
        )
        rule = desk.view().rulebook.rule(FAKE)
        assert rule is not None
        when = START + nth * HOUR
        found.append((breach(desk, when, FAKE, id=EventId(f"b{nth}")), rule.evidence))
    assert found == [("mute", ("recording",)), ("reminder", ())]
    assert rules.key == KEY
