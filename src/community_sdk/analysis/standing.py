"""Settings of standing that lead nowhere: tiers and rewards for nobody (S08 S17).

Such a playbook runs: these are warnings, and a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from community_sdk._time import DAY, WindowKind
from community_sdk.analysis._finding import Finding, warning
from community_sdk.analysis.segments import unreachable
from community_sdk.conditions import All, Any, AtLeast, Compare, Condition, implies
from community_sdk.metrics import Metric
from community_sdk.model import PolicyKey, TierGroup
from community_sdk.playbook import Playbook
from community_sdk.policies import (
    ActorCredit,
    BadgePolicy,
    Bar,
    BestContributors,
    PointsProgram,
    QualificationPolicy,
    Segment,
    Segmentation,
    TagPolicy,
)

__all__ = ["check_standing"]

_MONTH: Final = 31
_GROWS: Final = ("count", "distinct", "active_days", "tenure")
"""The words of figures that never shrink where they are counted over all time."""


def check_standing(playbook: Playbook, /) -> tuple[Finding, ...]:
    """Find conditions that nobody meets, bars that do not rise, rewards out of reach.

    And what is to keep a tier but never decides, for whoever meets the entry stays.

    A badge or tier whose bar is no harder than the one before it comes at once with
    that one. A reward is out of reach if the daily cap and the expiry of its programme
    leave no balance of its cost; points given by hand are not thought of.
    """
    return tuple(
        finding
        for place, policy in enumerate(playbook.policies)
        for finding in _look(policy, f"policy[{place}]", playbook)
    )


def _look(policy: object, path: str, playbook: Playbook) -> Iterator[Finding]:
    for where, name, asked in _conditions(policy):
        if unreachable(_alone(asked)) == ("asked",):
            yield warning(
                "standing.never",
                f"{path}.{where}",
                f"expected somebody to meet the condition of `{name}`, but nobody can",
                hint="its parts contradict each other",
                found=name,
            )
    if isinstance(policy, BadgePolicy):
        yield from _badges(policy, path)
    elif isinstance(policy, QualificationPolicy):
        groups = (g for g in playbook.tiers if g.key == policy.tiers)
        for group in groups:
            yield from _tiers(policy, group, path)
    elif isinstance(policy, PointsProgram):
        yield from _rewards(policy, path, playbook)


def _conditions(policy: object) -> Iterator[tuple[str, str, Condition]]:
    """Yield path, name and condition of what *policy* gives."""
    if isinstance(policy, QualificationPolicy):
        for tier, bar in policy.bars.items():
            yield f"bars.{tier}.entry", tier, bar.entry
    named: list[tuple[str, str, Condition | None]] = []
    if isinstance(policy, BadgePolicy):
        named = [("badges", each.key, each.when) for each in policy.badges]
    elif isinstance(policy, TagPolicy):
        named = [("rules", each.name, each.when) for each in policy.rules]
    elif isinstance(policy, PointsProgram):
        named = [("rewards", each.key, each.when) for each in policy.rewards]
    for nth, (table, name, asked) in enumerate(named):
        if asked is not None:
            yield f"{table}[{nth}].when", name, asked


def _alone(asked: Condition) -> Segmentation:
    """Return a segmentation that asks for nothing else."""
    segments = (Segment(key="asked", when=asked),)
    return Segmentation(
        key=PolicyKey("asked"), segments=segments, rest=Segment(key="rest")
    )


def _badges(policy: BadgePolicy, path: str) -> Iterator[Finding]:
    """Yield badges whose number does not rise above that of the one before."""
    known = [(n, b, _number(b.when)) for n, b in enumerate(policy.badges) if not b.on]
    for (_, first, low), (nth, badge, high) in pairwise(known):
        if low is None or high is None or low[0] != high[0] or high[1] > low[1]:
            continue
        yield warning(
            "standing.badges",
            f"{path}.badges[{nth}].when",
            f"expected a bar of `{badge.key}` above {low[1]} of `{first.key}`, found"
            f" {high[1]}",
            hint="order badges of one figure from the lowest to the highest",
            found=badge.key,
            before=first.key,
            low=str(low[1]),
            high=str(high[1]),
        )


def _number(asked: Condition | None) -> tuple[Metric, int] | None:
    """Return the figure and the least number that *asked* wants of it alone."""
    if not isinstance(asked, Compare) or asked.op not in (">=", ">"):
        return None
    if not isinstance(asked.metric, Metric) or not isinstance(asked.value, int):
        return None
    return asked.metric, asked.value + (asked.op == ">")


def _tiers(
    policy: QualificationPolicy, group: TierGroup, path: str
) -> Iterator[Finding]:
    """Yield bars that are no harder than the one below, and rungs without a way up."""
    barred = [key for key in group.keys if key in policy.bars]
    for low, high in pairwise(barred):
        if implies(policy.bars[low].entry, policy.bars[high].entry):
            yield warning(
                "standing.tiers",
                f"{path}.bars.{high}.entry",
                f"expected a bar of `{high}` above that of `{low}`, but whoever meets"
                " that one meets it",
                hint=f"nobody stays in `{low}`: raise the bar, or remove a tier",
                found=high,
                before=low,
            )
    yield from _kept(policy, path)
    given: set[str] = {*policy.role_floors.values(), *policy.group_floors.values()}
    given |= {policy.default, group.keys[0]}
    for nth, key in enumerate(group.keys):
        above = [k for k in group.keys[nth + 1 :] if k in policy.bars]
        blocked = policy.climb == "one_step" and above
        if key not in policy.bars and key not in given and blocked:
            yield warning(
                "standing.no_way",
                f"{path}.bars",
                f"expected a bar of `{key}`: nobody rises into it, nor past it to"
                f" `{above[0]}`",
                hint='give it a bar, or write `climb = "as_earned"`',
                found=key,
                above=above[0],
            )


def _kept(policy: QualificationPolicy, path: str) -> Iterator[Finding]:
    """Yield what is to keep a tier and never decides: the entry is enough to stay.

    A renewal is of all tiers: it is in vain where it decides about none.
    """
    for tier, bar in policy.bars.items():
        if bar.retention is not None:
            where = f"{path}.bars.{tier}.retention"
            yield from _in_vain(tier, bar, bar.retention, where)
    renewal = None if policy.validity is None else policy.validity.renewal
    if renewal is not None:
        where = f"{path}.validity.renewal"
        bars = policy.bars.items()
        found = [[*_in_vain(tier, bar, renewal, where)] for tier, bar in bars]
        yield from found[0] if all(found) else ()


def _in_vain(tier: str, bar: Bar, kept: Condition, where: str) -> Iterator[Finding]:
    """Yield that *kept* never decides about *tier*, whose entry keeps it."""
    if bar.lasting or implies(bar.entry, kept):
        return
    if implies(kept, bar.entry):
        yield warning(
            "standing.harsher",
            where,
            f"expected no more to stay in `{tier}` than to enter it: whoever meets the"
            " entry stays in any case",
            hint="ask for less, or remove it",
            found=tier,
        )
    elif _for_ever(bar.entry):
        yield warning(
            "standing.for_ever",
            where,
            f"expected an entry of `{tier}` over a stretch of time: whoever met it once"
            " meets it for ever, and stays in any case",
            hint='count over a window such as `"365d"` or `"since_tier"`',
            found=tier,
        )


def _for_ever(asked: Condition) -> bool:
    """Tell whether whoever met *asked* once goes on meeting it."""
    if isinstance(asked, (All, Any, AtLeast)):
        return all(_for_ever(part) for part in asked.parts)
    if not isinstance(asked, Compare) or not isinstance(asked.metric, Metric):
        return False
    grows = asked.metric.window.kind is WindowKind.LIFETIME
    known = asked.metric.word in _GROWS and not isinstance(asked.value, Metric)
    return known and grows and asked.op in (">=", ">")


def _rewards(policy: PointsProgram, path: str, playbook: Playbook) -> Iterator[Finding]:
    """Yield rewards that cost more than anybody can have at once."""
    most = _most(policy)
    others = (
        p for p in playbook.policies if isinstance(p, (ActorCredit, BestContributors))
    )
    if most is None or any(p.currency == policy.currency for p in others):
        return
    for nth, reward in enumerate(policy.rewards):
        if reward.cost > most:
            yield warning(
                "standing.reward",
                f"{path}.rewards[{nth}].cost",
                f"expected a cost of at most {most}, the most that `{policy.key}` lets"
                f" anybody have at once, found {reward.cost}",
                hint="lower it, or raise `daily_cap` or `expiry`",
                found=reward.key,
                cost=str(reward.cost),
                most=str(most),
            )


def _most(policy: PointsProgram) -> int | None:
    """Return the most points that rules can leave at once, None without a bound."""
    if policy.daily_cap is None or not policy.rules:
        return None
    if not all(rule.capped for rule in policy.rules):
        return None
    if policy.daily_cap == 0:
        return 0
    if policy.expiry is None:
        return None
    after = policy.expiry.after
    days = after.months * _MONTH + -(-after.us // DAY)
    extra = {"end_of_month": _MONTH, "end_of_year": 366}.get(policy.expiry.until, 0)
    return policy.daily_cap * (days + extra + 2)
