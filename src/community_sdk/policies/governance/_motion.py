"""What petitions, orders and votes share: who may act, what is open, how it ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from community_sdk._time import Duration, instant
from community_sdk.decisions import AmendRulebook, CloseMotion, Mode
from community_sdk.errors import DefinitionError, closest
from community_sdk.events import (
    EventTypes,
    IdentityLinked,
    MotionClosed,
    MotionWithdrawn,
    RulebookAmended,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import EventId, MotionState, RoleName, RuleChange
from community_sdk.state import State

__all__ = [
    "ENDED",
    "Ending",
    "Slice",
    "amend",
    "begin",
    "changes_of",
    "close",
    "entitled",
    "follow",
    "no_such_rule",
    "not_mover",
    "not_open",
    "own_consent",
]

Slice = dict[str, dict[str, Any]]
"""``open``: by motion, what is known of it; ``closed``: by motion, how it ended."""

Ending = IdentityLinked | RulebookAmended | MotionClosed | MotionWithdrawn
"""What `follow` folds."""

ENDED: Final[EventTypes] = (MotionWithdrawn, RulebookAmended, MotionClosed)
"""What ends a motion."""
_REMEMBERED: Final = 64


def own_consent(key: str, mode: Mode) -> None:
    """Refuse mode `propose`: a motion asks for consent by itself."""
    if mode is Mode.PROPOSE:
        raise DefinitionError(
            f"expected mode `act` or `shadow` of `{key}`, found `propose`",
            code="governance.mode",
            hint="a petition, an order or a vote is itself the consent",
            found=key,
        )


def entitled(roles: tuple[RoleName, ...], state: State) -> bool:
    """Tell whether the actor holds one of *roles*, anywhere, at the event's instant."""
    if not roles:
        return bool(state.actor.id) and state.actor.here
    return any(state.actor.serves(role, state.at_us) for role in roles)


def no_such_rule(changes: Iterable[RuleChange], state: State) -> Explanation | None:
    """Refuse to retire what is no rule of the newest version."""
    book = state.rulebook
    standing = [str(r.code) for r in book.rules if r.holds_in(book.newest)]
    for change in changes:
        if change.retired and change.code not in standing:
            near = closest(change.code, standing)
            return because("amendment.no_rule", rule=change.code, nearest=near)
    return None


def not_open(mine: Slice, motion: str, state: State) -> Explanation | None:
    """Refuse a motion that is over, and one that no policy knows."""
    ended = mine["closed"].get(motion)
    if ended is not None:
        return because("motion.closed", motion=motion, state=ended)
    if any(motion in _motions(kept) for kept in state.community.slices.values()):
        return None
    return because("motion.unknown", motion=motion)


def _motions(kept: object) -> tuple[str, ...]:
    """Return the motions in what some policy remembers, none in other memories."""
    if not isinstance(kept, dict):
        return ()
    memory = cast("dict[str, object]", kept)
    found = (memory.get("open"), memory.get("closed"))
    motions = [cast("dict[str, Any]", known) for known in found if _is_dict(known)]
    return tuple(key for known in motions for key in known)


def _is_dict(value: object) -> bool:
    return isinstance(value, dict)


def not_mover(mine: Slice, motion: str, state: State) -> Explanation | None:
    """Refuse to let anybody but the mover take back a motion of this policy."""
    ended = mine["closed"].get(motion)
    if ended is not None:
        return because("motion.closed", motion=motion, state=ended)
    known = mine["open"].get(motion)
    if known is None or state.actor.known_as(known["by"]):
        return None
    by = str(state.actor.id) or None
    return because("motion.not_mover", motion=motion, by=by)


def begin(
    mine: Slice, motion: str, changes: tuple[RuleChange, ...], state: State
) -> None:
    """Remember a motion of the actor."""
    plain = [change.plain() for change in changes]
    by = str(state.actor.id)
    mine["open"][motion] = {"by": by, "changes": plain, "voices": {}}


def follow(mine: Slice, event: Ending, state: State) -> None:
    """Fold the end of a motion, or that two people who took part are one."""
    if isinstance(event, IdentityLinked):
        for motion in mine["open"].values():
            voices: dict[str, Any] = motion["voices"]
            one = str(state.member.id)
            for other in [name for name in voices if state.member.known_as(name)]:
                voice = voices.pop(other)
                voices[one] = max(voice, voices.get(one, voice))
    elif isinstance(event, RulebookAmended):
        _ended(mine, event.motion, MotionState.PASSED)
    elif isinstance(event, MotionClosed):
        _ended(mine, event.motion, event.state)
    else:
        _ended(mine, event.motion, MotionState.WITHDRAWN)


def _ended(mine: Slice, motion: str, state: MotionState) -> None:
    if mine["open"].pop(motion, None) is not None:
        closed = mine["closed"]
        closed[motion] = state.value
        for old in list(closed)[:-_REMEMBERED]:
            del closed[old]


def changes_of(motion: Mapping[str, Any]) -> tuple[RuleChange, ...]:
    """Return what the motion asks for."""
    return tuple(map(RuleChange.restore, motion["changes"]))


def _told(changes: Iterable[RuleChange], state: State) -> Iterator[Explanation]:
    """Say what becomes of each rule."""
    for change in changes:
        before = state.rulebook.rule(change.code)
        stands = before is not None and before.until is None
        if change.retired:
            yield because("amendment.retired", rule=change.code)
            continue
        key = "amendment.changed" if stands else "amendment.added"
        yield because(
            key,
            rule=change.code,
            category=change.category,
            severity=change.severity,
            weight=change.weight,
        )


def amend(
    motion: str,
    changes: tuple[RuleChange, ...],
    delay: Duration | None,
    state: State,
    why: Explanation,
) -> AmendRulebook:
    """Return the next version of the rules, never before one decided earlier."""
    book, holds = state.rulebook, state.now_us
    if delay is not None:
        holds = delay.after(holds, state.calendar.where)
    effective = max([instant(holds), *(a.since for a in book.amendments)])
    version = book.newest + 1
    parts = _told(changes, state)
    figures: dict[str, Any] = dict(why.figures)
    figures |= {"version": version, "effective": effective}
    return AmendRulebook(
        version=version,
        effective=effective,
        changes=changes,
        motion=EventId(motion),
        because=because(why.key, *parts, **figures),
    )


def close(motion: str, why: Explanation) -> CloseMotion:
    """Return the end of a motion that failed."""
    return CloseMotion(motion=EventId(motion), state=MotionState.FAILED, because=why)
