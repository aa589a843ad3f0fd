"""What may come in: the right community, a kind from outside, not too late."""

from __future__ import annotations

from collections.abc import Container
from datetime import tzinfo
from typing import Final

from attrs import evolve

from community_sdk._time import Duration, instant
from community_sdk.engine._partitions import Partitions
from community_sdk.errors import HistoryError, TooLate
from community_sdk.events import DERIVED, Event, IdentityLinked, PlaybookAdopted

__all__ = ["canonical", "check", "check_lateness"]

_DERIVED: Final = frozenset(cls.kind for cls in DERIVED)


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
    if event.kind in _DERIVED:
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


def canonical(event: Event, partitions: Partitions) -> Event:
    """Return *event* about the members that merged accounts belong to.

    So policies hear of a link between persons, whichever of their accounts it names.
    """
    if not partitions.merged:
        return event
    for field in ("member", "actor", "alias"):
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
