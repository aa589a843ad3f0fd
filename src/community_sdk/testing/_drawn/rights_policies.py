"""Random authorities and emergencies, small enough that they forbid and allow."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

from community_sdk._time import Duration
from community_sdk.authorization import Rights
from community_sdk.decisions import Mode
from community_sdk.model import PERMISSIONS, SANCTIONS, Limit, PolicyKey, Role, RoleName
from community_sdk.policies import Authority, EmergencyActs
from community_sdk.proposal import ApprovalRule, Consent

__all__ = ["ROLES", "approvals", "authorities", "emergencies"]

Modes = st.SearchStrategy[Mode]

_SHORT: Final = Limit(kind=SANCTIONS["mute"], longest=Duration.parse("24h"))
ROLES: Final = (
    Role(name=RoleName("owner"), rank=9, permissions=frozenset(PERMISSIONS)),
    Role(
        name=RoleName("admin"),
        rank=5,
        permissions=frozenset(PERMISSIONS),
        limits=(_SHORT,),
    ),
)
"""Whom the drawn policies speak of."""


@st.composite
def authorities(
    draw: st.DrawFn, key: str = "authority", modes: Modes | None = None
) -> Authority:
    """Draw authorities, strict and lax."""
    rights = Rights(
        rank=draw(st.sampled_from(["strictly_higher", "not_lower", "any"])),
        on_self=draw(st.booleans()),
        reverse_own=draw(st.booleans()),
        lift_by=draw(st.sampled_from([(), ("issuer",), ("issuer", "owner")])),
        unlisted=draw(st.sampled_from(["allow", "deny"])),
    )
    mode = draw(modes) if modes is not None else Mode.ACT
    return Authority(key=PolicyKey(key), rights=rights, mode=mode)


@st.composite
def emergencies(
    draw: st.DrawFn, key: str = "emergency", modes: Modes | None = None
) -> EmergencyActs:
    """Draw emergencies that soon lapse."""
    return EmergencyActs(
        key=PolicyKey(key),
        grounds=("ad_flood", "account_stolen"),
        acting=(RoleName("admin"), RoleName("owner")),
        report_within=Duration.parse(draw(st.sampled_from(["1h", "24h"]))),
        mode=draw(modes) if modes is not None else Mode.ACT,
    )


@st.composite
def approvals(draw: st.DrawFn) -> Consent:
    """Draw what needs consent, of whom, and whether the proposer counts."""
    proposer: st.SearchStrategy[Any] = st.sampled_from(["excluded", "first_voice"])
    rule = st.builds(
        ApprovalRule,
        of=st.sampled_from([("*",), ("ban", "remove"), ("mute", "change_tier")]),
        also=st.sampled_from([(), ("admin",)]),
        needs=st.integers(1, 2),
        proposer=proposer,
    )
    return Consent(
        duty="owner",
        needs=draw(st.integers(1, 2)),
        proposer=draw(proposer),
        rules=tuple(draw(st.lists(rule, max_size=1))),
    )
