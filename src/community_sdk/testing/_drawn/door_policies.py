"""Random doors, first days and exits (S03 S04 S25)."""

from __future__ import annotations

from typing import Any, Final, Literal

from hypothesis import strategies as st

from community_sdk._time import Duration
from community_sdk.conditions import count, strikes
from community_sdk.model import GroupId, Mark, Money, PolicyKey, RoleName, RuleCode
from community_sdk.policies import (
    AdmissionPolicy,
    AlertPolicy,
    Blacklists,
    ContactCoolDown,
    DoubleMembership,
    EntryRequirement,
    EntryScreening,
    ExitPolicy,
    FirstValuePolicy,
    GroupTerms,
    MinimumAge,
    NewcomerStep,
    NicknameFormat,
    NicknameTerms,
    OnboardingPolicy,
    PlatformLimits,
    Prospect,
    Questionnaire,
    SurveyField,
)

__all__ = ["DOORS"]

_OWNER: Final = (RoleName("owner"),)
_DAY: Final = "24h"
_ENTRIES: Final[tuple[Literal["application", "invitation", "paid"], ...]] = (
    "application",
    "invitation",
    "paid",
)
_SPANS: Final = st.sampled_from([Duration.parse(w) for w in ("1h", _DAY, "3d")])
_SOME: Final = 2
_ACTIVE: Final = count("message", "10d") >= _SOME


@st.composite
def doors(draw: st.DrawFn, key: str, modes: Any) -> AdmissionPolicy:
    """Draw doors with every switch."""
    nobody_or_owner = st.sampled_from([(), _OWNER])
    vip = GroupTerms(group=GroupId("den"), when=_ACTIVE, fee=Money(500, "CNY"))
    entry = draw(st.sampled_from(_ENTRIES))
    return AdmissionPolicy(
        key=PolicyKey(key),
        entry=entry,
        fee=Money(500, "CNY") if entry == "paid" else None,
        requirements=draw(st.sampled_from([(), (EntryRequirement(answer="adult"),)])),
        minimum_age=draw(st.sampled_from([None, MinimumAge(years=18)])),
        capacity=draw(st.sampled_from([None, 1, 2])),
        limits=PlatformLimits(
            joins_a_day=draw(st.sampled_from([None, 1])),
            group_cap=draw(st.sampled_from([None, 1])),
        ),
        groups=draw(st.sampled_from([(), (vip,)])),
        invitation_consent=draw(nobody_or_owner),
        screened_by=draw(nobody_or_owner),
        reentry_after=draw(st.none() | _SPANS),
        reentry_consent=draw(nobody_or_owner),
        readmit_rule=draw(st.sampled_from([None, RuleCode("rude")])),
        blacklists=Blacklists(areas={"spring": (GroupId("hall"),)}),
        mode=draw(modes),
    )


@st.composite
def first_days(draw: st.DrawFn, key: str, modes: Any) -> OnboardingPolicy:
    """Draw first days with a survey, a nickname and steps."""
    return OnboardingPolicy(
        key=PolicyKey(key),
        questionnaire=Questionnaire(
            survey="", fields=(SurveyField(name="job"),), within=Duration.parse("3d")
        ),
        introduction=draw(st.sampled_from([(), ("who", "what")])),
        nickname=NicknameTerms(
            format=NicknameFormat(parts=("interest", "city")),
            within=draw(_SPANS),
            rule=draw(st.sampled_from([None, RuleCode("rude")])),
            at_most=2,
        ),
        steps=(NewcomerStep(what="meet_members", duty=_OWNER[0]),),
        mode=draw(modes),
    )


@st.composite
def _value(draw: st.DrawFn, key: str, modes: Any) -> FirstValuePolicy:
    when = draw(st.sampled_from([_ACTIVE, strikes("30d") >= 1]))
    return FirstValuePolicy(
        key=PolicyKey(key), when=when, within=draw(_SPANS), mode=draw(modes)
    )


@st.composite
def _screening(draw: st.DrawFn, key: str, modes: Any) -> EntryScreening:
    prospect = Prospect(group=GroupId("den"), when=_ACTIVE)
    return EntryScreening(
        key=PolicyKey(key), after=draw(_SPANS), prospects=(prospect,), mode=draw(modes)
    )


@st.composite
def _double(draw: st.DrawFn, key: str, modes: Any) -> DoubleMembership:
    return DoubleMembership(
        key=PolicyKey(key),
        groups=(GroupId("hall"), GroupId("den")),
        keep=draw(st.sampled_from(["oldest", "named", "most_active"])),
        named=GroupId("den"),
        exempt=draw(st.sampled_from([(), _OWNER])),
        mode=draw(modes),
    )


@st.composite
def _alert(draw: st.DrawFn, key: str, modes: Any) -> AlertPolicy:
    return AlertPolicy(
        key=PolicyKey(key),
        duty=_OWNER[0],
        marks=(Mark.LINK, Mark.CARD),
        again_after=draw(st.none() | _SPANS),
        mode=draw(modes),
    )


@st.composite
def _cool_down(draw: st.DrawFn, key: str, modes: Any) -> ContactCoolDown:
    return ContactCoolDown(
        key=PolicyKey(key),
        lasts=draw(_SPANS),
        after=("complaint_filed", "rule_broken"),
        mode=draw(modes),
    )


@st.composite
def _exit(draw: st.DrawFn, key: str, modes: Any) -> ExitPolicy:
    return ExitPolicy(
        key=PolicyKey(key), end_roles=draw(st.booleans()), mode=draw(modes)
    )


DOORS: Final[dict[str, Any]] = {
    "door": doors,
    "first_days": first_days,
    "first_value": _value,
    "screening": _screening,
    "double": _double,
    "alert": _alert,
    "cool_down": _cool_down,
    "exit": _exit,
}
"""By family, how its policies are drawn."""
