"""Community operation (社群运营): one playbook that runs, explains and is proved.

Names are loaded when they are first used, so that importing costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from community_sdk._time import Duration, QuietHours, Window
    from community_sdk.conditions import parse_condition
    from community_sdk.decisions import Decision, Mode
    from community_sdk.engine import Engine, Step
    from community_sdk.errors import CommunityError, PlaybookError
    from community_sdk.events import Event
    from community_sdk.explanation import Explanation, because
    from community_sdk.model import (
        KPI,
        SANCTIONS,
        Campaign,
        Community,
        Group,
        LadderStep,
        Member,
        Money,
        Role,
        Rule,
        Rulebook,
        Severity,
        Tier,
        TierGroup,
    )
    from community_sdk.operation import Operation
    from community_sdk.playbook import Playbook, load, loads
    from community_sdk.policies import (
        AdmissionPolicy,
        Bar,
        Funnel,
        FunnelStep,
        LeaguePolicy,
        OnboardingPolicy,
        PenaltyLadder,
        QualificationPolicy,
        RuleWatch,
    )
    from community_sdk.wording import say

__all__ = [
    "KPI",
    "SANCTIONS",
    "AdmissionPolicy",
    "Bar",
    "Campaign",
    "Community",
    "CommunityError",
    "Decision",
    "Duration",
    "Engine",
    "Event",
    "Explanation",
    "Funnel",
    "FunnelStep",
    "Group",
    "LadderStep",
    "LeaguePolicy",
    "Member",
    "Mode",
    "Money",
    "OnboardingPolicy",
    "Operation",
    "PenaltyLadder",
    "Playbook",
    "PlaybookError",
    "QualificationPolicy",
    "QuietHours",
    "Role",
    "Rule",
    "RuleWatch",
    "Rulebook",
    "Severity",
    "Step",
    "Tier",
    "TierGroup",
    "Window",
    "because",
    "load",
    "loads",
    "parse_condition",
    "say",
]

_ROOMS: Final = {
    "_time": ("Duration", "QuietHours", "Window"),
    "conditions": ("parse_condition",),
    "decisions": ("Decision", "Mode"),
    "engine": ("Engine", "Step"),
    "errors": ("CommunityError", "PlaybookError"),
    "events": ("Event",),
    "explanation": ("Explanation", "because"),
    "model": (
        "KPI",
        "SANCTIONS",
        "Campaign",
        "Community",
        "Group",
        "LadderStep",
        "Member",
        "Money",
        "Role",
        "Rule",
        "Rulebook",
        "Severity",
        "Tier",
        "TierGroup",
    ),
    "operation": ("Operation",),
    "playbook": ("Playbook", "load", "loads"),
    "policies": (
        "AdmissionPolicy",
        "Bar",
        "Funnel",
        "FunnelStep",
        "LeaguePolicy",
        "OnboardingPolicy",
        "PenaltyLadder",
        "QualificationPolicy",
        "RuleWatch",
    ),
    "wording": ("say",),
}
_HOME: Final = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - dear, rarely asked

        return version("community-sdk")
    room = _HOME.get(name)
    if room is None:
        msg = f"module `community_sdk` has no attribute `{name}`"
        raise AttributeError(msg)
    value = getattr(import_module(f"community_sdk.{room}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted((*__all__, "__version__"))
