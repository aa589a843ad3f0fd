"""Places: none is given twice, granted ones count as taken, the oldest come first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from community_sdk._time import instant
from community_sdk.decisions import Admit
from community_sdk.explanation import Explanation, because
from community_sdk.model import GroupId, MemberId
from community_sdk.policies.admission._limits import PlatformLimits
from community_sdk.policies.admission._requests import Granted, granted
from community_sdk.state import State

__all__ = ["fill", "no_place"]


class Places(Protocol):
    """How many places there are."""

    @property
    def capacity(self) -> int | None:
        """Places of the community."""
        ...

    @property
    def limits(self) -> PlatformLimits:
        """What the platform allows."""
        ...


def no_place(group: str | None, places: Places, state: State) -> Explanation | None:
    """Explain why there is no place; who is inside already needs none."""
    member = state.member
    others: Granted = dict(granted(state.mine))
    others.pop(str(member.id), None)
    if group is not None and group not in member.groups:
        full = _full_group(group, others, places, state)
        if full is not None:
            return full
    return None if member.here else _full_house(others, places, state)


def fill(freed: str | None, places: Places, state: State) -> Iterator[Admit]:
    """Let in who has waited longest, as many as there are places."""
    taken: Granted = {**granted(state.mine)}
    for group, member, since in state.community.waiting:
        if freed not in (None, group):
            continue
        full = _full_house(taken, places, state)
        if full is None and group:
            full = _full_group(group, taken, places, state)
        if full is None:
            taken[member] = {**taken.get(member, {}), group: True}
            why = because("admission.place_free", waiting_since=instant(since))
            room = GroupId(group) if group else None
            yield Admit(member=MemberId(member), group=room, because=why)


def _full_house(taken: Granted, places: Places, state: State) -> Explanation | None:
    held = sum(any(grants.values()) for grants in taken.values())
    return _full(None, places.capacity, (state.community.members, held))


def _full_group(
    group: str, taken: Granted, places: Places, state: State
) -> Explanation | None:
    room = state.definition.community.group(group)
    cap = places.limits.room(None if room is None else room.capacity)
    held = sum(group in grants for grants in taken.values())
    return _full(group, cap, (state.community.groups.get(group, 0), held))


def _full(
    group: str | None, capacity: int | None, taken: tuple[int, int]
) -> Explanation | None:
    here, held = taken
    if capacity is None or here + held < capacity:
        return None
    return because(
        "admission.places", group=group, capacity=capacity, members=here, held=held
    )
