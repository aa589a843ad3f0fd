"""The settings of tiers by bars, as the parts of the policy read them (S08)."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Literal

from attrs import field

from community_sdk._time import Duration, PeriodUnit
from community_sdk._values import frozen
from community_sdk.decisions import Mode
from community_sdk.model import GroupId, PolicyKey, RoleName, TierKey
from community_sdk.policies._policy import Scope
from community_sdk.policies.tier._bars import Bar
from community_sdk.policies.tier._terms import ReviewPlan, Validity

__all__ = ["Settings"]


@frozen(kw_only=True)
class Settings:
    """What `QualificationPolicy` is told; its own page says what each setting means."""

    key: PolicyKey
    tiers: str
    bars: Mapping[TierKey, Bar] = field(hash=False)
    climb: Literal["one_step", "as_earned"] = "one_step"
    fall: Literal["one_down", "straight_down", "never"] = "one_down"
    upgrade: Literal["immediate", "at_review"] = "immediate"
    downgrade: Literal["immediate", "at_review", "at_expiry"] = "at_review"
    review: PeriodUnit = PeriodUnit.HALF_MONTH
    plan: ReviewPlan | None = None
    validity: Validity | None = None
    minimum_stay: Duration | None = None
    stay_end: Literal["excluded", "included"] = "excluded"
    stay_causes: tuple[str, ...] = ()
    cool_down: Duration | None = None
    grace: Duration | None = None
    excuses: Mapping[str, Duration] = field(factory=dict[str, Duration], hash=False)
    role_floors: Mapping[RoleName, TierKey] = field(
        factory=dict[RoleName, TierKey], hash=False
    )
    group_floors: Mapping[GroupId, TierKey] = field(
        factory=dict[GroupId, TierKey], hash=False
    )
    default: str = ""
    on_rule_change: Literal["full", "upgrade_only"] = "full"
    below_earned: Literal["allow", "lock"] = "allow"
    system_below_earned: Literal["allow", "refuse"] = "allow"
    on_return: Literal["ignore", "any", "cause"] = "ignore"
    tell_reviews: bool = False
    looks: Literal["always", "asked"] = "always"
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    @property
    def rules(self) -> str:
        """A digest of the bars: a tier keeps that of the bars it was judged by."""
        text = "\x1e".join(f"{key}\x1f{bar.entry}" for key, bar in self.bars.items())
        return blake2b(text.encode("utf-8"), digest_size=8).hexdigest()
