"""What a join code tells whom: a way in, a line, a reason, a group to be opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from community_sdk._time import instant
from community_sdk.decisions import (
    Decision,
    OpenGroup,
    Recommend,
    RefuseRoute,
    Route,
    WaitForRoute,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import GroupId, JoinCode, MemberId, RouteWay

__all__ = ["wish"]


def wish(
    row: Mapping[str, Any], codes: Iterable[JoinCode], subject: str | None
) -> Decision:
    """Return the decision that tells *row*; *subject*: whom the event is about."""
    key, person = row["code"], row["person"]
    if row["what"] == "open":
        return _opened(row)
    if row["what"] == "worn":
        return _worn(row)
    about = None if person != subject or person is None else MemberId(person)
    name = None if person is None else MemberId(person)
    if row["what"] == "no" or name is None:
        reason, group = row["reason"], row.get("group")
        why = because("join_code.refused", code=key, reason=reason, group=group)
        return RefuseRoute(member=about, person=name, code=key, because=why)
    found = next(code for code in codes if code.key == key)
    channel = found.channel or found.key
    if row["what"] == "wait":
        why = because("join_code.wait", code=key, place=row["place"])
        return WaitForRoute(
            member=about,
            person=name,
            code=key,
            channel=channel,
            place=row["place"],
            because=why,
        )
    return Route(
        member=about,
        person=name,
        group=GroupId(row["group"]),
        code=key,
        channel=channel,
        way=RouteWay(row["way"]),
        until=instant(row["until"]),
        because=_led(row),
    )


def _worn(row: Mapping[str, Any]) -> Recommend:
    key = row["code"]
    why = because("join_code.worn", code=key, until=instant(row["until"]))
    return Recommend(
        group=GroupId(row["group"]),
        action="renew_code",
        properties={"code": key},
        because=why,
    )


def _led(row: Mapping[str, Any]) -> Explanation:
    key, group = row["code"], row["group"]
    if row.get("again"):
        return because("join_code.again", code=key, group=group)
    since, people = row.get("since"), row["people"]
    if since is not None:
        waited = instant(since)
        return because("join_code.free", code=key, group=group, since=waited)
    way = row["way"]
    return because("join_code.place", code=key, group=group, people=people, way=way)


def _opened(row: Mapping[str, Any]) -> OpenGroup:
    return OpenGroup(
        group=GroupId(row["group"]),
        code=row["code"],
        name=row["name"],
        number=row["number"],
        capacity=row["capacity"],
        because=because("join_code.full", code=row["code"], number=row["number"]),
    )
