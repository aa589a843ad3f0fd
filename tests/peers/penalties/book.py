"""The policy of a case as a playbook: the words of the case as those of the library."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count, zip_longest
from typing import Any, Final

import community_sdk as sdk
from community_sdk import Event, Playbook
from community_sdk import events as ev
from community_sdk import model as mo
from community_sdk import policies as po
from community_sdk.authorization import Rights
from community_sdk.model import MemberId, RoleName, RuleCode
from community_sdk.model import PolicyKey as Key
from community_sdk.proposal import ApprovalRule, Consent
from tests.peers.frame import Plain, at, length, named, words, written

LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
NO_LIMIT: Final = sdk.Duration(months=12_000)
TRUST: Final = tuple(sdk.Tier(key=mo.TierKey(f"trust {level}")) for level in range(10))
ORDINARY: Final = {1: 0}  # the rank of ordinary members: theirs, ours
NAMES: Final[dict[str, Any]] = words(
    "every_time=each_strike on_crossing=on_crossing strikes=count points=points"
    " sanctions=sanctions manual_over_automatic_else_refuse=manual_over_automatic"
    " independent=independent longest=longest replace=replace"
)
COUNTING: Final = words(
    "per=per window_edge=window_edge window_from=window_from active_only=active_only"
    " running_always_counts=running_always_counts"
    " reversed_strikes_count=reversed_strikes_count"
    " consume_on_trigger=consume_on_trigger"
)
ROLES: Final = ("role", "from_role", "by_role", "ratify_by_role", "protected_roles")
RULES: Final = (
    *("category", "category_points", "category_group", "immediate", "enter_at"),
    *("about", "rule", "severe_categories", "grounds"),
)
OWNER: Final = (RoleName("owner"),)


def playbook(case: Plain) -> Playbook:
    """Return the playbook that runs the community of *case*."""
    policy, roles = case["policy"], tuple(_roles(case))
    people = tuple(r.name for r in roles if r.permissions and r.name != "member")
    quiet, zones = policy.get("quiet_hours"), [*named(policy, "zone"), "UTC"]
    parts = (_people(policy), _procedures(policy, people), _permits(policy))
    return written(
        Playbook(
            name=case["id"],
            community=sdk.Community(
                key=mo.CommunityId("peers"),
                zone=zones[0],
                quiet_hours=quiet and _quiet(quiet),
            ),
            roles=roles,
            tiers=(sdk.TierGroup(key="trust", tiers=TRUST),),
            rulebook=_rulebook(case),
            policies=tuple(one for part in (*parts, _order(policy)) for one in part),
            approval=Consent(rules=tuple(map(_approval, policy.get("approval", ())))),
            lateness=NO_LIMIT,
        )
    )


def _quiet(hours: Plain) -> sdk.QuietHours:
    first = "[" if hours["start_inclusive"] else "("
    last = "]" if hours["end_inclusive"] else ")"
    return sdk.QuietHours.parse(f"{first}{hours['start']}-{hours['end']}{last}")


def _roles(case: Plain) -> Iterator[sdk.Role]:
    """Yield the roles, whose holders may do what no policy forbids, and the ranks."""
    policy, able = case["policy"], frozenset(mo.PERMISSIONS)
    lengths = policy.get("authority", {}).get("max_duration", {})
    found = [*named([case["actors"], policy, case["steps"]], *ROLES), *lengths]
    found += [name for name in named(policy, "lift_only_by") if name != "issuer"]
    for name in dict.fromkeys((*OWNER, "staff", "trusted", *found)):
        limits = tuple(
            mo.Limit(kind=sdk.SANCTIONS[kind], longest=length(longest))
            for kind, longest in lengths.get(name, {}).items()
        )
        yield sdk.Role(name=RoleName(name), permissions=able, limits=limits)
    for rank in dict.fromkeys(named(case["actors"], "rank")):
        yield sdk.Role(name=RoleName(f"rank {rank}"), rank=ORDINARY.get(rank, rank))


def people_of(case: Plain) -> Iterator[Event]:
    """Yield who holds which role, rank and trust; others may hear appeals."""
    told = (s["event"] for s in case["steps"] if s["event"]["type"] == "decide_appeal")
    judges = {
        e["by"]: {"role": "trusted"} for e in told if e.get("by", "system") != "system"
    }
    for name, actor in {**judges, **case["actors"]}.items():
        roles = [actor["role"]] if "role" in actor else []
        roles += [f"rank {actor['rank']}"] if "rank" in actor else []
        for role in (*roles, *(["staff"] if actor.get("staff") else [])):
            key, who = mo.EventId(f"{name}: {role}"), MemberId(name)
            yield ev.RoleAssigned(id=key, at=LONG_AGO, member=who, role=RoleName(role))
        if "trust_level" in actor:
            key, tier = mo.EventId(f"{name}: trust"), TRUST[actor["trust_level"]].key
            more: dict[str, Any] = {"member": MemberId(name), "since": LONG_AGO}
            yield ev.TierImported(id=key, at=LONG_AGO, tiers="trust", tier=tier, **more)


def versions(policy: Plain) -> dict[int, Plain]:
    """Return the versions by their numbers in the library, whose first has no rule."""
    return dict(zip(count(2), policy.get("rulebook", ()), strict=False))


def _rulebook(case: Plain) -> sdk.Rulebook:
    policy, books = case["policy"], versions(case["policy"])
    weights = policy.get("category_points", {})
    spans = [
        (name, version, following)
        for version, following in zip_longest(books, [*books][1:])
        for name in books[version]["rules"]
    ]
    groups = policy.get("category_group", {}).values()
    codes = [*named([policy, case["steps"]], *RULES), *groups] if not books else []
    own = dict.fromkeys([*codes, "quiet_hours", "ads", "nickname"])
    rules = (
        sdk.Rule(
            code=RuleCode(name), weight=weights.get(name, 1), since=since, until=to
        )
        for name, since, to in (*spans, *((name, None, None) for name in own))
    )
    dates = (mo.Amendment(version=n, since=at(b["from"])) for n, b in books.items())
    return sdk.Rulebook(amendments=tuple(dates), rules=tuple(rules))


def _approval(said: Plain) -> ApprovalRule:
    voice: Any = "first_voice" if said.get("proposer_counts") else "excluded"
    return ApprovalRule(
        of=(said["kind"],),
        duty=said["from_role"],
        needs=said["needs"],
        within=NO_LIMIT,
        proposer=voice,
    )


def _step(do: Plain, start: int = 1, **more: Any) -> sdk.LadderStep:
    more |= {"notice": mo.Notice(do["notice"])} if "notice" in do else {}
    kind, lasting = sdk.SANCTIONS[do["kind"]], length(do.get("duration"))
    more["level"] = do.get("level", 0)
    return sdk.LadderStep(at=start, kind=kind, duration=lasting, **more)


def _order(policy: Plain) -> Iterator[po.Policy]:
    """Yield what is imposed by hand and by a ladder."""
    said = {"*": "independent", **policy.get("overlap", {})}
    meet = {kind: mo.Overlap(NAMES[word]) for kind, word in said.items()}
    limits = {
        kind: po.LengthLimit(least=length(lim.get("min")), most=length(lim.get("max")))
        for kind, lim in policy.get("limits", {}).items()
    }
    yield po.ManualSanctions(key=Key("by_hand"), limits=limits, overlap=meet)
    if (counting := policy.get("counting")) is None:
        return
    steps = [_step(one["do"], one["at"]) for one in policy.get("steps", ())]
    if (grows := policy.get("geometric")) is not None:
        first, longest = {**grows, "duration": grows["first"]}, length(grows.get("max"))
        steps = [_step(first, grows=grows["factor"], longest=longest)]
    immediate, lowered = policy.get("immediate", {}), policy.get("reversal", {})
    yield sdk.PenaltyLadder(
        key=Key("ladder"),
        **_counting(counting),
        steps=tuple(steps),
        trigger=po.Trigger(NAMES[policy.get("trigger", "every_time")]),
        between=policy.get("between_steps", "use_lower"),
        groups=policy.get("category_group", {}),
        immediate={name: _step(do) for name, do in immediate.items()},
        enter_at=policy.get("enter_at", {}),
        overlap=meet,
        below_threshold="lift" if "below_threshold" in lowered else "stand",
    )


def _counting(said: Plain) -> dict[str, Any]:
    out = {ours: said[word] for word, ours in COUNTING.items() if word in said}
    out |= {"measure": NAMES[said["what"]], "window": length(said.get("window"))}
    if (fades := said.get("decay")) is not None:
        frozen = ("suspend",) if fades.get("freeze_while_suspended") else ()
        over = length(fades["window"]) or NO_LIMIT
        out["decay"] = po.Decay(over=over, frozen_by=frozen)
    if (first := said.get("first_offence_discount")) is not None:
        curve, severe = tuple(first["curve"]), tuple(first.get("severe_categories", ()))
        below = first["good_standing_below"]
        out["first_offence"] = po.FirstOffence(
            good_standing_below=below, curve=curve, severe=severe
        )
    return out


def _people(policy: Plain) -> Iterator[po.Policy]:
    """Yield who may do what, in an emergency as well, and who may come in."""
    if (said := policy.get("authority")) is not None:
        higher = "not_lower" if "exempt_if_rank" in said else "any"
        rank: Any = "strictly_higher" if said.get("strictly_higher_rank") else higher
        rights = Rights(
            rank=rank,
            on_self=said.get("self", True),
            reverse_own=said.get("reverse_own", True),
            protected=tuple(said.get("protected_roles", ())),
            lift_by=tuple(said.get("lift_only_by", ())),
            unlisted="allow",
        )
        yield po.Authority(key=Key("authority"), rights=rights)
    if (said := policy.get("emergency")) is not None:
        yield po.EmergencyActs(
            key=Key("emergency"),
            grounds=tuple(said["grounds"]),
            acting=tuple(said["by_role"]),
            ratifying=tuple(said.get("ratify_by_role", ())),
            report_within=length(said.get("report_within")) or NO_LIMIT,
        )
    terms, age = policy.get("admission", {}), None
    if "min_age" in terms:
        leap = terms.get("birthday_0229_in_common_year", "03-01")
        age = po.MinimumAge(years=terms["min_age"], leap_birthday=leap)
    yield sdk.AdmissionPolicy(
        key=Key("door"),
        minimum_age=age,
        invitation_consent=OWNER if terms.get("invite_needs") else (),
        reentry_consent=OWNER if policy.get("reentry", {}).get("needs") else (),
    )


def _procedures(policy: Plain, people: tuple[RoleName, ...]) -> Iterator[po.Policy]:
    """Yield how appeals, complaints, reports and petitions go."""
    if (said := policy.get("appeal")) is not None:
        terms = po.AppealTerms(
            window=length(said.get("window")) or NO_LIMIT,
            window_edge=said.get("window_edge", "inclusive"),
            times=said.get("per_sanction", 1_000),
            reviewers=people,
            reviewer_not=tuple(said.get("reviewer_not", ())),
        )
        later = mo.LaterSanctions(
            next(named(said, "later_sanctions"), "stand_and_flag")
        )
        yield po.AppealPolicy(key=Key("appeals"), terms=terms, later=later)
    if (said := policy.get("complaints")) is not None:
        within = length(said.get("decide_within")) or NO_LIMIT
        stages = (mo.StageLimit(stage=mo.CaseStage.RESOLUTION, within=within),)
        calm: dict[str, Any] = {"patience": "none", "keep": NO_LIMIT}
        yield po.ComplaintDesk(key=Key("complaints"), stages=stages, **calm)
    if (said := policy.get("reports")) is not None:
        if {"one_open_case_per", "one_per_reporter", "own_content"} & said.keys():
            yield po.ReportDesk(key=Key("reports"), keep=NO_LIMIT)
        yield _threshold(said, said.get("applies_to", {}), _step(said["do"]))
    asked = policy.get("governance", {})
    if (said := asked.get("amend_rule")) is not None:
        number, roles = said["signatures"], tuple(said["from_role"])
        yield po.Petition(key=Key("petition"), signatures=number, roles=roles)
    if (said := asked.get("council_orders")) is not None:
        yield po.CouncilOrder(key=Key("council"), roles=tuple(said["from_role"]))


def _threshold(said: Plain, who: Plain, do: sdk.LadderStep) -> po.Policy:
    most = who.get("trust_level")
    return po.ReportThreshold(
        key=Key("threshold"),
        measure=do.kind,
        duration=do.duration,
        notice=do.notice,
        categories=(said["category"],) if "category" in said else (),
        score=sdk.Money.of(said["score_per_report"], "CNY").amount,
        needs_score=sdk.Money.of(said["needs_score"], "CNY").amount,
        needs_reporters=said.get("needs_reporters", 1),
        tiers="" if most is None else "trust",
        most=None if most is None else TRUST[most].key,
        spares=() if who.get("staff", True) else (RoleName("staff"),),
    )


def _permits(policy: Plain) -> Iterator[po.Policy]:
    """Yield when one may post, advertise, and what one may be called."""
    if "quiet_hours" in policy:
        rule, watch = RuleCode("quiet_hours"), Key("quiet")
        yield sdk.RuleWatch(key=watch, rule=rule, quiet_hours=True, every_time=True)
    if (said := policy.get("ads")) is not None:
        yield po.PermitPolicy(
            key=Key("ads"),
            rule=RuleCode("ads"),
            what="ad",
            approval=said["needs_approval"],
            packets=said["packets"],
            packet=sdk.Money.of(said["packet_amount"], said["currency"]),
        )
    if (said := policy.get("nickname")) is not None:
        wanted = po.NicknameFormat(
            parts=tuple(said["parts"]),
            separator=said["separator"],
            empty_part_allowed=said.get("empty_part_allowed", False),
        )
        terms = po.NicknameTerms(format=wanted, within=NO_LIMIT)
        yield sdk.OnboardingPolicy(key=Key("newcomers"), nickname=terms)
        rule, watch = RuleCode("nickname"), Key("nicknames")
        yield sdk.RuleWatch(key=watch, rule=rule, nickname=True, every_time=True)
