"""Join codes that do not fit the playbook: no room, or filled by two (S02 S18)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from community_sdk.errors import DefinitionError
from community_sdk.model import JoinCode
from community_sdk.state import Definition

__all__ = ["clashes", "no_room"]

Misfit = tuple[str, DefinitionError]


def no_room(code: JoinCode, definition: Definition) -> Iterator[Misfit]:
    """Yield groups of *code* that hold no more people than it leaves free."""
    for nth, each in enumerate(code.groups):
        room = definition.community.group(each.group)
        capacity = None if room is None else room.capacity
        if capacity is not None and capacity <= code.reserve:
            error = DefinitionError(
                f"expected a group with more than the {code.reserve} places of the"
                f" reserve of code `{code.key}`, found `{each.group}` with {capacity}",
                code="join_code.no_room",
                hint="nobody could come in: lower `reserve`, or raise the capacity",
                found=str(each.group),
                key=code.key,
                reserve=str(code.reserve),
                capacity=str(capacity),
            )
            yield (f"groups[{nth}].group", error)


def clashes(code: JoinCode, key: str, others: Iterable[JoinCode]) -> Iterator[Misfit]:
    """Yield what of *code* the policy *key*, which has *others*, answers or fills too.

    Each policy counts people who are led for itself: together they would be too many.
    """
    others = tuple(others)
    if any(other.key == code.key for other in others):
        error = DefinitionError(
            f"expected each code in one policy, found `{code.key}`, which `{key}` has",
            code="join_codes.shared",
            hint="each scan would be answered twice: remove it from one of both",
            found=code.key,
            policy=key,
        )
        yield ("key", error)
    filled = {str(each.group) for other in others for each in other.groups}
    for nth, each in enumerate(code.groups):
        if each.group in filled:
            yield (f"groups[{nth}].group", _filled(str(each.group), key))
    opened = {other.opens.name for other in others if other.opens is not None}
    if code.opens is not None and code.opens.name in opened:
        yield ("opens.name", _filled(code.opens.name, key))


def _filled(group: str, key: str) -> DefinitionError:
    return DefinitionError(
        f"expected groups that one policy fills, found `{group}`, which `{key}` fills",
        code="join_codes.group",
        hint=f"it would be filled beyond its limit: move the code to `{key}`",
        found=group,
        policy=key,
    )
