"""What may come in: the right community, a kind from outside, not too late."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import tzinfo
from typing import Final

from attrs import evolve

from community_sdk._time import Duration, instant
from community_sdk.engine._partitions import NAMED, Partitions
from community_sdk.errors import HistoryError, TooLate
from community_sdk.events import (
    Derived,
    Event,
    IdentityLinked,
    PlaybookAdopted,
    refuse_other,
)

__all__ = ["Recent", "canonical", "check", "check_lateness"]

_REMEMBER: Final = 4096


class Recent:
    """Events of late, by id: one that is told again is no news, or a mistake.

    After a restart only their ids are known.
    """

    __slots__ = ("_crowd", "_told")

    def __init__(self, told: Iterable[tuple[str, int]] = ()) -> None:
        """Begin with what `plain` returned, or with nothing."""
        self._told: dict[str, tuple[int, Event | None]] = {
            key: (now, None) for key, now in told
        }
        self._crowd = _REMEMBER

    def knows(self, event: Event) -> bool:
        """Tell whether *event* was told before.

        Raises:
            HistoryError: its id was told with other content.
        """
        known = self._told.get(event.id)
        if known is None:
            return False
        if known[1] is not None:
            refuse_other(known[1], event)
        return True

    def add(self, event: Event, now: int, retention: int) -> None:
        """Remember *event* as told at *now*; forget what is older than *retention*."""
        told = self._told
        told[event.id] = (now, event)
        if len(told) >= self._crowd:
            oldest = now - retention
            self._told = {key: one for key, one in told.items() if one[0] >= oldest}
            self._crowd = 2 * len(self._told) + _REMEMBER

    def plain(self) -> list[tuple[str, int]]:
        """Return the ids with when they were told, as builtins."""
        return [(key, now) for key, (now, _) in self._told.items()]


def check(event: Event, community: str, offered: Container[str]) -> None:
    """Refuse an event that this community cannot take in.

    Raises:
        HistoryError: another community's, one about an empty name, a link that does
            not name both accounts, one that only the engine makes, or the adoption of
            a playbook that was not offered.
    """
    if event.community and event.community != community:
        raise HistoryError(
            f"event `{event.id}` belongs to `{event.community}`, not `{community}`",
            code="event.community",
            id=event.id,
            found=event.community,
            expected=community,
        )
    _refuse_nameless(event)
    if isinstance(event, Derived):
        raise HistoryError(
            f"event `{event.id}`: only the engine makes `{event.kind}`",
            code="event.derived",
            hint="record what happened; the engine draws the conclusions",
            id=event.id,
            kind=event.kind,
        )
    if isinstance(event, PlaybookAdopted) and event.digest not in offered:
        raise HistoryError(
            f"event `{event.id}` adopts playbook `{event.version}`, not offered",
            code="engine.playbook",
            hint="call `offer` with that playbook first",
            found=event.version,
        )


def _refuse_nameless(event: Event) -> None:
    if "" in (event.member, event.actor):
        raise HistoryError(
            f"event `{event.id}` names a member without a name",
            code="event.nameless",
            hint="leave the member out, or give the name of the account",
            id=event.id,
        )
    if isinstance(event, IdentityLinked) and not (event.member and event.alias):
        raise HistoryError(
            f"event `{event.id}` links an account to nobody",
            code="event.link",
            hint="name both accounts: `member`, and `alias` for the other one",
            id=event.id,
        )


def canonical(event: Event, partitions: Partitions) -> Event:
    """Return *event* about the members that merged accounts belong to.

    So policies hear of persons, whichever of their accounts an event names.
    """
    if not partitions.merged:
        return event
    for field in ("member", "actor", "alias", *NAMED):
        name = getattr(event, field, None)
        known = None if name is None else partitions.find(name)
        if known is not None and known.id != name:
            event = evolve(event, **{field: known.id})  # type: ignore[arg-type]
    return event


def check_lateness(
    event: Event, times: tuple[int, int], lateness: Duration, where: tzinfo
) -> None:
    """Refuse an event that happened longer ago than *lateness*.

    *times* are its own instant and the present one; exactly *lateness* is in time.

    Raises:
        TooLate: it is older.
    """
    at, now = times
    if lateness.after(at, where) < now:
        raise TooLate(
            f"event `{event.id}` happened at `{event.at.isoformat()}`, more than"
            f" {lateness} before `{instant(now).isoformat()}`",
            code="event.too_late",
            hint="raise `lateness` in the playbook, or import it as opening fact",
            id=event.id,
            at=event.at.isoformat(),
            lateness=str(lateness),
            now=instant(now).isoformat(),
        )
