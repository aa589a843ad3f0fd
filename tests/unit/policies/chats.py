"""A small office in Shanghai, its questions, and a slow reader of histories."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen

from community_sdk import events as ev
from community_sdk._time import Calendar, Dates, Duration, Hours, instant, micros
from community_sdk.model import (
    Community,
    CommunityId,
    Escalation,
    Group,
    GroupId,
    MemberId,
    PolicyKey,
    Role,
    RoleName,
    Roster,
    Rota,
    Shift,
    WorkDays,
)
from community_sdk.policies import ResponseTime
from tests.unit.desk import START, Desk, at

STAFF, HEAD = RoleName("staff"), RoleName("head")
ROLES = (Role(name=STAFF), Role(name=HEAD), Role(name=RoleName("owner")))
ROSTER = Roster(
    days=WorkDays(
        holidays=(Dates.parse("2026-01-07"),), shifted=(Dates.parse("2026-01-10"),)
    ),
    shifts=(
        Shift(
            roles=(STAFF, HEAD),
            hours=(Hours.parse("09:00-12:00"), Hours.parse("13:00-18:00")),
        ),
    ),
    rotas=(
        Rota(
            role=STAFF,
            people=(MemberId("sue"), MemberId("sam")),
            first=Dates.parse("2026-01-05"),
        ),
    ),
)
OFFICE = Community(
    key=CommunityId("home"),
    zone="Asia/Shanghai",
    groups=(Group(key=GroupId("hall")), Group(key=GroupId("shop"))),
    roster=ROSTER,
)
CALENDAR = Calendar(ZoneInfo("Asia/Shanghai"))


def on(text: str) -> datetime:
    """An instant of January 2026 by the clock of Shanghai, such as ``05 10:00``."""
    return at(f"2026-01-{text}", "Asia/Shanghai")


def policy(**more: Any) -> ResponseTime:
    """Answer within an hour of work; then the head, an hour later."""
    given: dict[str, Any] = {
        "key": PolicyKey("answer"),
        "duty": STAFF,
        "within": Duration.parse("1h"),
        "escalation": (Escalation(after=Duration.parse("2h"), duty=HEAD),),
    }
    return ResponseTime(**{**given, **more})


def desk(**more: Any) -> Desk:
    """An office with two of the staff and a head."""
    made = Desk(policy(**more), community=OFFICE, roles=ROLES)
    for name, role in (("sue", STAFF), ("sam", STAFF), ("hal", HEAD)):
        made.tell(ev.RoleAssigned, min(START, on("04 00:00")), name, role=role)
    return made


@frozen
class Row:
    """A message of a history: who spoke when in which group, to whom."""

    minute: int
    who: str
    group: str | None
    to: str | None = None

    @property
    def when(self) -> datetime:
        """Minutes after Monday, 5 January 2026, at 8 o'clock."""
        return instant(micros(on("05 08:00")) + self.minute * 60_000_000)
