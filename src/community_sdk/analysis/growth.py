"""Settings of growth without effect, or whose effect comes twice (S18–S23 S31).

Such a playbook runs: these are warnings, and a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from community_sdk.analysis._finding import Finding, warning
from community_sdk.decisions import Mode
from community_sdk.errors import closest
from community_sdk.model import KPI, Direction, JoinCode
from community_sdk.playbook import Playbook
from community_sdk.policies import (
    AppraisalPolicy,
    ChannelAttribution,
    ChannelTally,
    FollowUp,
    Funnel,
    JoinCodes,
    LifecyclePolicy,
    Measures,
    Policy,
    StaffRouting,
    SurveyDesk,
    WishDesk,
)

__all__ = ["check_growth"]

_ALONE: Final = (
    *(ChannelAttribution, FollowUp, StaffRouting, SurveyDesk, WishDesk),
    LifecyclePolicy,
)
"""Of these one answers for all that it follows: a second one answers again."""
_MARKED: Final = ("joined", "join_requested", "invited")
_WHOLE: Final = 100


def check_growth(playbook: Playbook, /) -> tuple[Finding, ...]:
    """Find limits that nothing reaches, words that lead nowhere, work done twice."""
    return tuple(
        finding
        for place, policy in enumerate(playbook.policies)
        for finding in _look(policy, f"policy[{place}]", playbook)
    ) + tuple(_caps(playbook))


def _look(policy: Policy, path: str, playbook: Playbook) -> Iterator[Finding]:
    yield from _twice(policy, path, playbook)
    yield from _marks(policy, path, playbook)
    if isinstance(policy, JoinCodes):
        for nth, code in enumerate(policy.codes):
            yield from _code(code, policy, f"{path}.codes[{nth}]", playbook)
    elif isinstance(policy, Funnel):
        yield from _funnel(policy, path)
    elif isinstance(policy, AppraisalPolicy):
        yield from _figures(policy, path, playbook)
    elif isinstance(policy, ChannelTally) and not _ways(playbook):
        yield warning(
            "growth.no_joins",
            path,
            f"expected joins for `{policy.key}` to count, but nothing attributes them",
            hint="add a policy of the kind `channel_attribution`",
            found=str(policy.key),
        )


def _ways(playbook: Playbook) -> list[ChannelAttribution]:
    return [each for each in playbook.policies if isinstance(each, ChannelAttribution)]


def _marks(policy: Policy, path: str, playbook: Playbook) -> Iterator[Finding]:
    """Yield marks that *policy* asks joins for, and that no channel has."""
    marks = {mark for ways in _ways(playbook) for mark in ways.marks}
    asked: dict[str, str] = {}
    if isinstance(policy, Funnel):
        for nth, step in enumerate(policy.steps):
            where = f"{path}.steps[{nth}].where.channel"
            asked |= {str(v): where for v in _channels(step.event, step.where)}
    if isinstance(policy, Measures):
        for metric in policy.metrics:
            words = _channels(metric.kind, metric.where)
            asked |= {str(word): path for word in words if str(word) not in asked}
    for word, where in asked.items():
        if word and marks and word not in marks:
            near = closest(word, marks)
            yield warning(
                "growth.channel",
                where,
                f"joins by `{word}` belong to no channel",
                hint=f"did you mean `{near}`?" if near else "add it to `channels`",
                found=word,
            )


def _channels(kind: str, where: Iterable[tuple[str, object]]) -> list[object]:
    """Return the marks that a filter asks for in what bears any mark."""
    return [value for name, value in where if name == "channel" and kind in _MARKED]


def _twice(policy: Policy, path: str, playbook: Playbook) -> Iterator[Finding]:
    """Yield a policy that does once more what one before it does."""
    if not isinstance(policy, _ALONE):
        return
    for other in playbook.policies:
        if other.key == policy.key:
            return
        both = (other.mode, policy.mode)
        if type(other) is type(policy) and Mode.SHADOW not in both:
            if isinstance(policy, LifecyclePolicy) and not _meets(policy, other):
                continue
            yield warning(
                "growth.twice",
                path,
                f"`{policy.key}` does once more what `{other.key}` does",
                hint="make one of both, or let one run in the mode `shadow`",
                found=str(policy.key),
                before=str(other.key),
            )
            return


def _meets(one: LifecyclePolicy, other: Policy) -> bool:
    """Tell whether both follow some group, or the community as one."""
    groups = other.groups if isinstance(other, LifecyclePolicy) else ()
    return bool({*one.groups} & {*groups}) or not (one.groups or groups)


def _code(
    code: JoinCode, policy: JoinCodes, path: str, playbook: Playbook
) -> Iterator[Finding]:
    """Yield limits that no group reaches, and what has no effect."""
    for nth, each in enumerate(code.groups):
        room = playbook.community.group(each.group)
        capacity = None if room is None else room.capacity
        if each.limit and capacity is not None and each.limit > capacity - code.reserve:
            most = capacity - code.reserve
            yield warning(
                "growth.limit",
                f"{path}.groups[{nth}].limit",
                f"expected a limit of `{each.group}` up to {most}, found {each.limit}",
                hint="the capacity, less the reserve, ends it before: lower the limit",
                found=str(each.limit),
                group=str(each.group),
                most=str(most),
            )
    if code.invites and code.scan_limit is None and code.lasts is None:
        yield warning(
            "growth.invites",
            f"{path}.invites",
            f"nobody is ever invited: the code `{code.key}` can always be scanned",
            hint="give `scan_limit` or `lasts`, or remove `invites`",
            found=code.key,
        )
    for ways in _ways(playbook):
        led = ways.codes == policy.key and ways.marks and not code.channel
        if led and code.key not in ways.marks:
            yield warning(
                "growth.mark",
                f"{path}.key",
                f"joins by the code `{code.key}` belong to no channel of `{ways.key}`",
                hint=f"give the code a `channel`, or write it into `{ways.key}`",
                found=code.key,
                ways=str(ways.key),
            )


def _funnel(funnel: Funnel, path: str) -> Iterator[Finding]:
    """Yield limits beyond the window, and a nudge that nobody gets."""
    for nth, step in enumerate(funnel.steps):
        if step.within is not None and step.within.exceeds(funnel.window):
            yield warning(
                "growth.within",
                f"{path}.steps[{nth}].within",
                f"expected `within` no longer than the window of `{funnel.key}`,"
                f" {funnel.window}, found `{step.within}`",
                hint="the window ends the attempt before",
                found=str(step.within),
                window=str(funnel.window),
            )
    if funnel.nudge and len(funnel.steps) == 1:
        yield warning(
            "growth.nudge",
            f"{path}.nudge",
            f"nobody gets the nudge `{funnel.nudge}`: `{funnel.key}` has one step",
            hint="it is for who stops before the last step: add steps, or remove it",
            found=funnel.nudge,
            key=str(funnel.key),
        )


def _figures(
    policy: AppraisalPolicy, path: str, playbook: Playbook
) -> Iterator[Finding]:
    """Yield figures that nothing asks for, and what key figures ask in vain."""
    asked = {word for kpi in policy.kpis for word in (kpi.measure, kpi.of)}
    unused = [name for name in policy.figures if name not in asked]
    for name in unused:
        yield warning(
            "growth.unused",
            f"{path}.figures.{name}",
            f"no key figure of `{policy.key}` asks for `{name}`",
            hint="remove it, or name it as `measure` or `of`",
            found=name,
            key=str(policy.key),
        )
    for nth, kpi in enumerate(policy.kpis):
        at = f"{path}.kpis[{nth}]"
        if kpi in playbook.kpis:
            at = f"kpi[{playbook.kpis.index(kpi)}]"
        yield from _asked(kpi, policy, at)


def _asked(kpi: KPI, policy: AppraisalPolicy, at: str) -> Iterator[Finding]:
    """Yield a target that tells nothing, and measures that look mistyped."""
    if _decided(kpi, policy):
        yield warning(
            "growth.target",
            f"{at}.target",
            f"the target {kpi.target} of `{kpi.key}` tells nothing: a number of"
            " times is never below 0",
            hint="give a target above 0, or the other `direction`",
            found=str(kpi.target),
            key=kpi.key,
        )
    for field, word in (("measure", kpi.measure), ("of", kpi.of)):
        counted = (*policy.figures, "members")
        near = closest(word, counted) if word not in counted else None
        if near is not None:
            yield warning(
                "growth.reported",
                f"{at}.{field}",
                f"`{word}` must be reported: `{policy.key}` does not count it",
                hint=f"did you mean `{near}`?",
                found=word,
                key=str(policy.key),
            )


def _decided(kpi: KPI, policy: AppraisalPolicy) -> bool:
    """Tell whether every count of a measure, or none, reaches the target."""
    counted = policy.figures.get(kpi.measure)
    if kpi.target is None or counted is None or counted.word != "count":
        return False
    return kpi.target < (kpi.direction is Direction.UP)


def _caps(playbook: Playbook) -> Iterator[Finding]:
    """Yield caps below the target."""
    for nth, kpi in enumerate(playbook.kpis):
        if kpi.target is not None and kpi.cap < _WHOLE:
            yield warning(
                "growth.cap",
                f"kpi[{nth}].cap",
                f"`{kpi.key}` never counts as reached: its cap is {kpi.cap} percent",
                hint="the cap is in percent of the target: write 100 or more",
                found=str(kpi.cap),
                key=kpi.key,
            )
