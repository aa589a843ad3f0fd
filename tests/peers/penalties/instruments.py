"""The parts of a case's policy as policies of the library."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from community_sdk import (
    SANCTIONS,
    AdmissionPolicy,
    Duration,
    LadderStep,
    Money,
    PenaltyLadder,
    RuleWatch,
)
from community_sdk.authorization import Rights
from community_sdk.model import (
    CaseStage,
    LaterSanctions,
    Notice,
    Overlap,
    PolicyKey,
    RoleName,
    RuleCode,
    StageLimit,
    TierKey,
)
from community_sdk.policies import (
    AppealPolicy,
    AppealTerms,
    Authority,
    ComplaintDesk,
    CouncilOrder,
    Decay,
    EmergencyActs,
    FirstOffence,
    LengthLimit,
    ManualSanctions,
    MinimumAge,
    NicknameFormat,
    NicknameTerms,
    OnboardingPolicy,
    PermitPolicy,
    Petition,
    Policy,
    ReportDesk,
    ReportThreshold,
    Trigger,
)
from community_sdk.proposal import ApprovalRule, Consent
from tests.peers.frame import Plain, length

NO_LIMIT: Final = Duration(months=12_000)
OFTEN: Final = 1_000
TRUST: Final = "trust"
LADDER: Final = PolicyKey("ladder")
TRIGGERS: Final = {
    "every_time": Trigger.EACH_STRIKE,
    "on_crossing": Trigger.ON_CROSSING,
}
MEASURES: Final[dict[str, Any]] = {
    "strikes": "count",
    "points": "points",
    "sanctions": "sanctions",
}
AS_THEY_ARE: Final = (
    "per",
    "window_edge",
    "window_from",
    "active_only",
    "running_always_counts",
    "reversed_strikes_count",
    "consume_on_trigger",
)
OVERLAPS: Final = {
    "independent": Overlap.INDEPENDENT,
    "longest": Overlap.LONGEST,
    "replace": Overlap.REPLACE,
    "manual_over_automatic_else_refuse": Overlap.MANUAL_OVER_AUTOMATIC,
}
OWNER: Final = RoleName("owner")


def trust(level: int) -> TierKey:
    """Return the tier that stands for a level of trust."""
    return TierKey(f"{TRUST}{level}")


def sanction(do: Plain, start: int = 1, **more: Any) -> LadderStep:
    """Return the measure of *do*, from the number *start* on."""
    if "notice" in do:
        more["notice"] = Notice(do["notice"])
    kind, lasting = SANCTIONS[do["kind"]], length(do.get("duration"))
    level = do.get("level", 0)
    return LadderStep(at=start, kind=kind, duration=lasting, level=level, **more)


def policies(policy: Plain) -> Iterable[Policy]:
    """Yield the policies that *policy* asks for; what is absent does not exist."""
    for part, make in PARTS.items():
        if part in policy:
            yield from make(policy[part], policy)
    yield _by_hand(policy)
    yield _door(policy)


def consent(policy: Plain) -> Consent:
    """Return what waits for the agreement of whom."""
    return Consent(
        rules=tuple(
            ApprovalRule(
                of=(one["kind"],),
                duty=one["from_role"],
                needs=one["needs"],
                within=NO_LIMIT,
                proposer="first_voice" if one.get("proposer_counts") else "excluded",
            )
            for one in policy.get("approval", ())
        )
    )


def _authority(part: Plain, _: Plain) -> Iterable[Policy]:
    rank = "not_lower" if part.get("exempt_if_rank") == "higher" else "any"
    strict = part.get("strictly_higher_rank", False)
    rights = Rights(
        rank="strictly_higher" if strict else rank,
        on_self=part.get("self", True),
        reverse_own=part.get("reverse_own", True),
        protected=_names(part.get("protected_roles")),
        lift_by=tuple(part.get("lift_only_by", ())),
        unlisted="allow",
    )
    yield Authority(key=PolicyKey("authority"), rights=rights)


def _emergency(part: Plain, _: Plain) -> Iterable[Policy]:
    yield EmergencyActs(
        key=PolicyKey("emergency"),
        grounds=tuple(part["grounds"]),
        acting=_names(part["by_role"]),
        ratifying=_names(part.get("ratify_by_role")),
        report_within=length(part.get("report_within")) or NO_LIMIT,
    )


def _quiet(_: Plain, __: Plain) -> Iterable[Policy]:
    key = "quiet_hours"
    yield RuleWatch(key=PolicyKey(key), rule=RuleCode(key), quiet_hours=True)


def _ads(part: Plain, _: Plain) -> Iterable[Policy]:
    yield PermitPolicy(
        key=PolicyKey("ads"),
        rule=RuleCode("ads"),
        what="ad",
        approval=part["needs_approval"],
        packets=part["packets"],
        packet=Money.of(part["packet_amount"], part["currency"]),
    )


def _nickname(part: Plain, _: Plain) -> Iterable[Policy]:
    wanted = NicknameFormat(
        parts=tuple(part["parts"]),
        separator=part["separator"],
        empty_part_allowed=part.get("empty_part_allowed", False),
    )
    terms = NicknameTerms(format=wanted, within=NO_LIMIT)
    yield OnboardingPolicy(key=PolicyKey("newcomers"), nickname=terms)


def _governance(part: Plain, _: Plain) -> Iterable[Policy]:
    if (asked := part.get("amend_rule")) is not None:
        roles, number = _names(asked["from_role"]), asked["signatures"]
        yield Petition(key=PolicyKey("petition"), signatures=number, roles=roles)
    if (orders := part.get("council_orders")) is not None:
        roles = _names(orders["from_role"])
        yield CouncilOrder(key=PolicyKey("council"), roles=roles)


def _complaints(part: Plain, _: Plain) -> Iterable[Policy]:
    within = length(part.get("decide_within")) or NO_LIMIT
    decision = StageLimit(stage=CaseStage.RESOLUTION, within=within)
    yield ComplaintDesk(
        key=PolicyKey("complaints"), stages=(decision,), patience="none", keep=NO_LIMIT
    )


def _reports(part: Plain, _: Plain) -> Iterable[Policy]:
    if {"one_open_case_per", "one_per_reporter", "own_content"} & part.keys():
        yield ReportDesk(key=PolicyKey("reports"), keep=NO_LIMIT)
    applies, do = part.get("applies_to", {}), sanction(part["do"])
    most, staff = applies.get("trust_level"), applies.get("staff", True)
    yield ReportThreshold(
        key=PolicyKey("threshold"),
        measure=do.kind,
        duration=do.duration,
        notice=do.notice,
        categories=(part["category"],) if "category" in part else (),
        score=Money.of(part["score_per_report"], "CNY").amount,
        needs_score=Money.of(part["needs_score"], "CNY").amount,
        needs_reporters=part.get("needs_reporters", 1),
        tiers=TRUST if most is not None else "",
        most=None if most is None else trust(most),
        spares=() if staff else (RoleName("staff"),),
    )


def _appeal(part: Plain, policy: Plain) -> Iterable[Policy]:
    later = part.get("later_sanctions") or part.get("granted", {}).get(
        "later_sanctions"
    )
    terms = AppealTerms(
        window=length(part.get("window")) or NO_LIMIT,
        window_edge=part.get("window_edge", "inclusive"),
        times=part.get("per_sanction", OFTEN),
        reviewers=policy["reviewers"],
        reviewer_not=tuple(part.get("reviewer_not", ())),
    )
    flag = None if later is None else LaterSanctions(later)
    yield AppealPolicy(key=PolicyKey("appeals"), terms=terms, later=flag)


def _door(policy: Plain) -> Policy:
    terms, back = policy.get("admission", {}), policy.get("reentry", {})
    age = None
    if "min_age" in terms:
        leap = terms.get("birthday_0229_in_common_year", "03-01")
        age = MinimumAge(years=terms["min_age"], leap_birthday=leap)
    return AdmissionPolicy(
        key=PolicyKey("door"),
        minimum_age=age,
        invitation_consent=(OWNER,) if terms.get("invite_needs") else (),
        reentry_consent=(OWNER,) if back.get("needs") else (),
    )


def _names(roles: Any) -> tuple[RoleName, ...]:
    return tuple(map(RoleName, roles or ()))


def _overlap(policy: Plain) -> dict[str, Overlap]:
    said = policy.get("overlap", {})
    return {"*": Overlap.INDEPENDENT} | {k: OVERLAPS[v] for k, v in said.items()}


def _by_hand(policy: Plain) -> Policy:
    limits = {
        kind: LengthLimit(least=length(said.get("min")), most=length(said.get("max")))
        for kind, said in policy.get("limits", {}).items()
    }
    return ManualSanctions(
        key=PolicyKey("by_hand"), limits=limits, overlap=_overlap(policy)
    )


def _steps(policy: Plain) -> tuple[LadderStep, ...]:
    if (growing := policy.get("geometric")) is not None:
        more = {"grows": growing["factor"], "longest": length(growing.get("max"))}
        return (sanction({**growing, "duration": growing["first"]}, **more),)
    return tuple(sanction(s["do"], s["at"]) for s in policy.get("steps", ()))


def _ladder(part: Plain, policy: Plain) -> Iterable[Policy]:
    more = {key: part[key] for key in AS_THEY_ARE if key in part}
    if (decay := part.get("decay")) is not None:
        frozen = ("suspend",) if decay.get("freeze_while_suspended") else ()
        over = length(decay["window"]) or NO_LIMIT
        more["decay"] = Decay(over=over, frozen_by=frozen)
    if (first := part.get("first_offence_discount")) is not None:
        more["first_offence"] = FirstOffence(
            good_standing_below=first["good_standing_below"],
            curve=tuple(first["curve"]),
            severe=tuple(first.get("severe_categories", ())),
        )
    if "between_steps" in policy:
        more["between"] = policy["between_steps"]
    immediate, back = policy.get("immediate", {}), policy.get("reversal", {})
    yield PenaltyLadder(
        key=LADDER,
        measure=MEASURES[part["what"]],
        window=length(part.get("window")),
        steps=_steps(policy),
        trigger=TRIGGERS[policy.get("trigger", "every_time")],
        groups=policy.get("category_group", {}),
        immediate={name: sanction(do) for name, do in immediate.items()},
        enter_at=policy.get("enter_at", {}),
        overlap=_overlap(policy),
        below_threshold="lift" if back.get("below_threshold") else "stand",
        **more,
    )


PARTS: Final[dict[str, Callable[[Plain, Plain], Iterable[Policy]]]] = {
    "authority": _authority,
    "emergency": _emergency,
    "quiet_hours": _quiet,
    "ads": _ads,
    "nickname": _nickname,
    "counting": _ladder,
    "reports": _reports,
    "complaints": _complaints,
    "appeal": _appeal,
    "governance": _governance,
}
