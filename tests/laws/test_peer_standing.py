"""The library answers the peer cases of trust, tiers and leagues, not their runners."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import pytest

from community_sdk.policies import (
    BadgePolicy,
    LeaguePolicy,
    PointsProgram,
    QualificationPolicy,
)
from tests.peers.discourse_trust import play as trust
from tests.peers.frame import OWN, Plain, whole
from tests.peers.tiers_misc import play as tiers

PLAYS: Final[dict[str, Callable[[Plain], list[str]]]] = {
    "discourse_trust": trust.failures,
    "tiers_misc": tiers.failures,
}
KINDS: Final[dict[type[Any], str]] = {
    QualificationPolicy: "discourse_trust",
    LeaguePolicy: "tiers_misc",
    PointsProgram: "tiers_misc",
    BadgePolicy: "tiers_misc",
}


def given(suite: str) -> list[Plain]:
    """Return the cases of a suite and our own."""
    files = (OWN / name / "cases.json" for name in (suite, f"{suite}_own"))
    return [
        case for file in files for case in whole(json.loads(file.read_text("utf-8")))
    ]


def fails(suite: str, case: Plain) -> bool:
    """Tell whether *case* is answered otherwise than expected, or not at all."""
    try:
        return bool(PLAYS[suite](case))
    except Exception:  # noqa: BLE001 - an answer that is not there is none
        return True


def nothing(*_: Any) -> tuple[()]:
    """Decide and answer nothing."""
    return ()


def silence(kind: type[Any], patch: pytest.MonkeyPatch) -> None:
    """Let policies of *kind* neither decide nor answer."""
    for name in ("decide", "review_now", "reckon", "progress", "stand"):
        if hasattr(kind, name):
            patch.setattr(kind, name, nothing)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_without_a_policy_the_cases_fail(
    kind: type[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some case fails when the policies of one kind decide nothing."""
    silence(kind, monkeypatch)
    assert any(fails(KINDS[kind], case) for case in given(KINDS[kind]))


@pytest.mark.parametrize("suite", PLAYS)
def test_without_any_policy_few_cases_hold(
    suite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left asks for what is, or for what a pure function answers."""
    for kind in KINDS:
        silence(kind, monkeypatch)
    cases = given(suite)[::4]
    left = [case["id"] for case in cases if not fails(suite, case)]
    assert len(left) * 2 < len(cases), left
