"""What stands at the top of a playbook file, key by key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.model import (
    KPI,
    Campaign,
    Community,
    Group,
    Role,
    Rule,
    Rulebook,
    SanctionKind,
    TierGroup,
)
from community_sdk.policies import Policy
from community_sdk.proposal import Consent

__all__ = ["WEEK", "OwnEvents", "Parts"]

WEEK = Duration(us=7 * 86_400_000_000)


@frozen(kw_only=True)
class OwnEvents:
    """The hosts' own event words.

    *words* are the event words beside the shipped ones that hosts send.
    """

    words: tuple[str, ...] = ()


@frozen(kw_only=True)
class Parts:
    """What stands at the top of a file, by its keys."""

    name: str = "playbook"
    version: str = "1"
    lateness: Duration = WEEK
    community: Community
    group: tuple[Group, ...] = ()
    role: tuple[Role, ...] = ()
    tiers: tuple[TierGroup, ...] = ()
    rulebook: Rulebook = field(factory=Rulebook)
    rule: tuple[Rule, ...] = ()
    sanction: tuple[SanctionKind, ...] = ()
    events: OwnEvents = field(factory=OwnEvents)
    measures: Mapping[str, Any] = field(factory=dict[str, Any], hash=False)
    approval: Consent = field(factory=Consent)
    policy: tuple[Policy, ...] = ()
    campaign: tuple[Campaign, ...] = ()
    kpi: tuple[KPI, ...] = ()
