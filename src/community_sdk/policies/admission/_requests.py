"""Requests that wait for something, fees paid ahead, places granted: the door's slice.

Open objects only: what is decided leaves it, and so does whoever asks for erasure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypedDict, cast

from community_sdk.events import (
    Admitted,
    EntryAnswered,
    EntryConsented,
    ErasureRequested,
    Event,
    FeePaid,
    IdentityLinked,
    Invited,
    Joined,
    JoinRequested,
)
from community_sdk.policies.admission._terms import Scalar
from community_sdk.state import State

__all__ = ["DECIDING", "Granted", "Request", "Slice", "answered_by", "fold", "granted"]

Granted = dict[str, dict[str, bool]]
"""By member, the groups let into (empty: the community), and whether as a newcomer."""


class Request(TypedDict):
    """A request that is open: since when, what was answered, who stands behind it.

    *way*: ``asked`` or ``invited``; *by*: who invited or handed it in, empty for the
    member; *agreed*: the roles in which it was agreed to; *against*: who has not.
    *channel*: the way in that was used.
    """

    at: int
    way: str
    answers: dict[str, Scalar]
    by: str
    agreed: list[str]
    against: str
    channel: str


class Slice(TypedDict):
    """What the door remembers, by member."""

    granted: Granted
    open: dict[str, dict[str, Request]]
    paid: dict[str, dict[str, int]]


DECIDING: Final = (JoinRequested, Invited, EntryAnswered, EntryConsented, FeePaid)
"""What a request is, or what may let it be decided."""


def granted(mine: Any) -> Granted:
    """Return the granted places of a slice, which may not be begun."""
    found: Granted = {} if mine is None else mine["granted"]
    return found


def answered_by(event: Event, mine: Any) -> tuple[str, Request] | None:
    """Return the open request that *event* is about, with its group.

    Where the event names no group, the oldest open one of the member.
    """
    every: Mapping[str, Mapping[str, Request]] = {} if mine is None else mine["open"]
    rows = every.get(str(event.member), {})
    if event.group is not None and event.group in rows:
        return event.group, rows[event.group]
    if event.group is None or "" in rows:
        oldest = sorted(rows.items(), key=lambda row: (row[0] != "", row[1]["at"]))
        return oldest[0] if oldest else None
    return None


def fold(mine: Slice, event: Event, state: State) -> Slice:
    """Return the slice after *event*; *mine* is changed in place."""
    name, group = str(event.member), event.group or ""
    if isinstance(event, (JoinRequested, Invited)):
        rows = mine["open"].setdefault(name, {})
        rows[group] = _opened(event, rows.get(group), state)
    elif isinstance(event, FeePaid):
        purse = mine["paid"].setdefault(name, {})
        code = event.money.currency
        purse[code] = purse.get(code, 0) + event.money.amount
    elif isinstance(event, (EntryAnswered, EntryConsented)):
        found = answered_by(event, mine)
        if found is not None:
            _more(found[1], event)
    elif isinstance(event, IdentityLinked):
        _merge(mine, name, str(event.alias))
    elif isinstance(event, ErasureRequested):
        for part in (mine["open"], mine["paid"]):
            part.pop(name, None)
        if not state.member.here:
            mine["granted"].pop(name, None)
    else:
        _closed(mine, event, state)
    return mine


def _opened(
    event: JoinRequested | Invited, before: Request | None, state: State
) -> Request:
    """Return the request; what was answered before holds where nothing newer is."""
    by, given = event.actor, dict[str, Scalar]()
    if isinstance(event, JoinRequested):
        by, given = event.actor or event.invited_by, dict(event.answers)
    kept = {} if before is None else before["answers"]
    way = "invited" if isinstance(event, Invited) else "asked"
    return Request(
        at=state.at_us,
        way=way,
        answers={**kept, **given},
        by="" if by in (None, event.member) else str(by),
        agreed=[] if before is None else before["agreed"],
        against="",
        channel=event.channel,
    )


def _more(request: Request, event: EntryAnswered | EntryConsented) -> None:
    if isinstance(event, EntryAnswered):
        request["answers"] = {**request["answers"], **event.answers}
    elif event.agrees:
        request["against"] = ""
    else:
        request["against"] = str(event.actor)


def _closed(mine: Slice, event: Event, state: State) -> None:
    """Take in an answer, an entry or an exit."""
    name, group = str(event.member), event.group or ""
    rows = mine["open"].get(name, {})
    rows.pop(group, None)
    if event.group is None and not isinstance(event, Admitted):
        rows = {}
    _keep(mine["open"], name, rows)
    if isinstance(event, Admitted):
        mine["paid"].pop(name, None)
    grants = mine["granted"].pop(name, {})
    if isinstance(event, Admitted):
        inside = state.member.here
        if not inside or (group and group not in state.member.groups):
            grants[group] = not inside
    elif event.group is None:
        grants = {}
    elif isinstance(event, Joined):
        # Who has come into one group is no newcomer to the others.
        grants = {g: False for g in grants if g not in ("", group)}
    else:
        grants.pop(group, None)
    _keep(mine["granted"], name, grants)


def _merge(mine: Slice, name: str, alias: str) -> None:
    """Let what was kept of *alias* be kept of *name*; the member's own comes first."""
    if name == alias:
        return
    for part in cast("tuple[dict[str, dict[str, Any]], ...]", tuple(mine.values())):
        both = {**part.pop(alias, {}), **part.pop(name, {})}
        _keep(part, name, both)


def _keep(part: dict[str, Any], name: str, rows: dict[str, Any]) -> None:
    part.pop(name, None)
    if rows:
        part[name] = rows
