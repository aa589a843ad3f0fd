"""How groups live, and into which segments members fall (S09 S23).

Law: the segments of a segmentation, with those not looked at yet, are all members.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from operator import itemgetter

from community_sdk._time import micros
from community_sdk.decisions import AssignSegment, ChangeLifecycle
from community_sdk.events import LifecycleSet
from community_sdk.explanation import Explanation
from community_sdk.model import Lifecycle
from community_sdk.policies import LifecyclePolicy, Segmentation
from community_sdk.report.period._frame import Frame
from community_sdk.report.period.rows import LifeChange, LifeRow, SegmentRow

__all__ = ["life_changes", "lives", "segments"]

_Turn = tuple[datetime, str, Lifecycle, Explanation | None]


def lives(frame: Frame) -> Iterator[LifeRow]:
    """Yield where each group that is followed stands; a group begins lively."""
    begun, over = frame.bounds(frame.now)
    for policy in _followed(frame):
        known = _changes(frame, policy)
        for name in map(str, policy.groups or ("",)):
            told = [one for one in known if one.group == name]
            yield LifeRow(
                policy=str(policy.key),
                group=name,
                state=_stood(told, over),
                before=None if frame.begins_unseen else _stood(told, begun),
                mode=policy.mode.value,
            )


def life_changes(frame: Frame) -> Iterator[LifeChange]:
    """Yield each change of a state; one that the end of the period brings is in it."""
    begun, over = frame.bounds(frame.now)
    for policy in _followed(frame):
        for one in _changes(frame, policy):
            if begun < micros(one.at) <= over:
                yield one


def _followed(frame: Frame) -> list[LifecyclePolicy]:
    policies = frame.kept.playbook.policies
    return [policy for policy in policies if isinstance(policy, LifecyclePolicy)]


def _stood(told: list[LifeChange], at: int) -> str:
    states = [one.after for one in told if micros(one.at) <= at]
    return states[-1] if states else Lifecycle.LIVELY.value


def _changes(frame: Frame, policy: LifecyclePolicy) -> list[LifeChange]:
    """Return what the policy found and what was set by hand, in order."""
    groups = tuple(map(str, policy.groups)) or ("",)
    by_hand: list[_Turn] = [
        (event.recorded_at, str(event.group or ""), event.state, None)
        for event in frame.kept.told
        if isinstance(event, LifecycleSet)
    ]
    found: list[_Turn] = [
        (at, str(decision.group or ""), decision.after, decision.because)
        for at, decision in frame.kept.noted
        if isinstance(decision, ChangeLifecycle) and decision.policy == policy.key
    ]
    states = dict.fromkeys(groups, Lifecycle.LIVELY)
    out: list[LifeChange] = []
    for at, group, after, why in sorted([*by_hand, *found], key=itemgetter(0)):
        if group in states and states[group] is not after:
            out.append(
                LifeChange(
                    policy=str(policy.key),
                    group=group,
                    at=at,
                    before=states[group].value,
                    after=after.value,
                    why=why,
                )
            )
            states[group] = after
    return out


def segments(frame: Frame) -> Iterator[SegmentRow]:
    """Yield how many members each segment has at the end; none: not looked at yet."""
    begun, over = frame.bounds(frame.now)
    first = frame.now.since.toordinal() - 1
    for policy in frame.kept.playbook.policies:
        if not isinstance(policy, Segmentation):
            continue
        now = _sorted(frame, policy, frame.last, over)
        past = None
        if not frame.begins_unseen:
            past = _sorted(frame, policy, first, begun)
        for name in (*(each.key for each in policy.every), ""):
            if name or now[name] or (past is not None and past[name]):
                yield SegmentRow(
                    segments=str(policy.key),
                    segment=name,
                    members=now[name],
                    before=None if past is None else past[name],
                    mode=policy.mode.value,
                )


def _sorted(frame: Frame, policy: Segmentation, day: int, at: int) -> Counter[str]:
    """Count the members at the end of *day* by segment, as found before *at*.

    Of two accounts of one person the one that stands for both counts.
    """
    presence, known = frame.kept.presence, dict[str, str]()
    for when, decision in frame.kept.noted:
        if (
            isinstance(decision, AssignSegment)
            and decision.policy == policy.key
            and micros(when) < at
        ):
            known[str(decision.member)] = decision.after
    here = presence.present(day, frame.kept.calendar)
    accounts = {presence.persons.person(name): found for name, found in known.items()}
    accounts |= known
    return Counter(accounts.get(name, "") for name in here)
