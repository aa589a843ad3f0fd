"""The library answers the peer cases of penalties, not the runner that tells them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from community_sdk.policies import (
    AdmissionPolicy,
    AppealPolicy,
    Authority,
    ComplaintDesk,
    EmergencyActs,
    ManualSanctions,
    PenaltyLadder,
    PermitPolicy,
    Petition,
    ReportDesk,
    ReportThreshold,
    RuleWatch,
)
from tests.peers.frame import OWN, Plain
from tests.peers.penalties.book import playbook
from tests.peers.penalties.play import failures

CASES: list[Plain] = [
    case
    for suite in ("penalties", "penalties_own")
    for case in json.loads((OWN / suite / "cases.json").read_text("utf-8"))["cases"]
]
KINDS = (
    AdmissionPolicy,
    AppealPolicy,
    Authority,
    ComplaintDesk,
    EmergencyActs,
    ManualSanctions,
    PenaltyLadder,
    PermitPolicy,
    Petition,
    ReportDesk,
    ReportThreshold,
    RuleWatch,
)


def fails(case: Plain) -> bool:
    """Tell whether *case* is answered otherwise than expected, or not at all."""
    try:
        return bool(failures(case))
    except Exception:  # noqa: BLE001 - an answer that is not there is none
        return True


def nothing(*_: Any) -> tuple[()]:
    """Decide nothing."""
    return ()


def no_answer(*_: Any, **__: Any) -> None:
    """Neither forbid nor count."""


def silence(kind: type[Any], patch: pytest.MonkeyPatch) -> None:
    """Let policies of *kind* decide nothing, forbid nothing and count nothing."""
    patch.setattr(kind, "decide", nothing)
    for name in ("refuse", "tally"):
        if hasattr(kind, name):
            patch.setattr(kind, name, no_answer)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_without_a_policy_the_cases_fail(
    kind: type[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some case that uses the policy fails when it decides nothing."""
    silence(kind, monkeypatch)
    assert any(
        fails(case)
        for case in CASES
        if any(isinstance(policy, kind) for policy in playbook(case).policies)
    )


def test_without_any_policy_hardly_a_case_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is left expects that nothing comes of a thing, such as a refused date."""
    for kind in KINDS:
        silence(kind, monkeypatch)
    left = [case["id"] for case in CASES if not fails(case)]
    assert len(left) * 20 < len(CASES), left
