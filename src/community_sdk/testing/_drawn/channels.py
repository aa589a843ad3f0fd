"""How scans, joins by channels, contacts and follow-ups are drawn (S18 S20)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, get_args

from hypothesis import strategies as st

from community_sdk._time import Duration, Hours, PeriodUnit
from community_sdk.conditions import parse_condition
from community_sdk.decisions import Mode
from community_sdk.model import (
    Channel,
    ContactSide,
    FillOrder,
    FollowUpStage,
    GroupId,
    JoinCode,
    MemberId,
    Money,
    NextGroups,
    PolicyKey,
    PoolGroup,
    RoleName,
)
from community_sdk.policies import (
    ChannelAttribution,
    ChannelTally,
    ContactWatch,
    DeskShift,
    FollowUp,
    JoinCodes,
    ReclaimRule,
    StaffDesk,
    StaffRouting,
)
from community_sdk.testing._cast import Cast

if TYPE_CHECKING:
    from community_sdk.testing._scene import Scene

__all__ = ["CHANNELS", "CHANNEL_POLICIES"]

Drawn = st.SearchStrategy[dict[str, Any]]
Modes = st.SearchStrategy[Mode]

_WAYS: Final = st.sampled_from(["qr", "friend", "wall"])
_STAFF: Final = st.sampled_from([MemberId("sue"), MemberId("sam")])
_ROOMS: Final = st.sampled_from([GroupId("hall"), GroupId("den")])
_LENGTHS: Final = st.sampled_from(["1h", "1d", "7d"]).map(Duration.parse)
_FEW: Final = st.none() | st.integers(1, 2)


def _scan(_: Cast, __: Scene) -> Drawn:
    return st.fixed_dictionaries({"code": st.sampled_from(["door", "door", "gate"])})


def _renewed(_: Cast, __: Scene) -> Drawn:
    return st.fixed_dictionaries({"code": st.just("door"), "room": _ROOMS})


def _spent(_: Cast, __: Scene) -> Drawn:
    money = st.integers(-9, 99).map(lambda amount: Money(amount, "CNY"))
    return st.fixed_dictionaries({"channel": _WAYS, "money": money})


def _asked(_: Cast, __: Scene) -> Drawn:
    return st.fixed_dictionaries({}, optional={"channel": _WAYS})


def _added(_: Cast, __: Scene) -> Drawn:
    return st.fixed_dictionaries({"staff": _STAFF}, optional={"channel": _WAYS})


def _deleted(_: Cast, __: Scene) -> Drawn:
    sides = st.sampled_from(ContactSide)
    return st.fixed_dictionaries({"staff": _STAFF}, optional={"side": sides})


def _claimed(_: Cast, __: Scene) -> Drawn:
    return st.fixed_dictionaries({"staff": _STAFF})


def _followed(_: Cast, __: Scene) -> Drawn:
    return st.fixed_dictionaries({"actor": _STAFF})


def _stage(_: Cast, __: Scene) -> Drawn:
    return st.fixed_dictionaries({"stage": st.sampled_from(FollowUpStage)})


CHANNELS: Final[dict[str, Callable[[Cast, Scene], Drawn]]] = {
    "code_scanned": _scan,
    "code_renewed": _renewed,
    "channel_spent": _spent,
    "staff_requested": _asked,
    "contact_added": _added,
    "contact_deleted": _deleted,
    "follow_up_claimed": _claimed,
    "followed_up": _followed,
    "follow_up_stage_set": _stage,
}
"""What is drawn of channels and contacts, by kind."""


@st.composite
def _codes(draw: st.DrawFn, key: str, modes: Modes) -> JoinCodes:
    opens = st.sampled_from([None, NextGroups(name="room", capacity=2, most=2)])
    door = JoinCode(
        key="door",
        groups=tuple(PoolGroup(group=GroupId(name)) for name in ("hall", "den")),
        limit=draw(_FEW),
        scan_limit=draw(_FEW),
        invites=draw(st.booleans()),
        order=draw(st.sampled_from(get_args(FillOrder))),
        uses=draw(st.none() | st.integers(1, 3)),
        lasts=draw(st.none() | _LENGTHS),
        opens=draw(opens),
    )
    return JoinCodes(
        key=PolicyKey(key), codes=(door,), hold=draw(_LENGTHS), mode=draw(modes)
    )


@st.composite
def _attributions(draw: st.DrawFn, key: str, modes: Modes) -> ChannelAttribution:
    channels = (Channel(key="qr", codes=("door",), seed=True), Channel(key="friend"))
    return ChannelAttribution(
        key=PolicyKey(key),
        channels=draw(st.sampled_from([(), channels])),
        codes=draw(st.sampled_from(["", "codes"])),
        invited="friend",
        good=parse_condition(draw(st.sampled_from(_GOOD))),
        converted=parse_condition('count("purchase") >= 1'),
        mode=draw(modes),
    )


_GOOD: Final = ('count("message", "7d") >= 2', 'tenure() >= "2d"')


@st.composite
def _tallies(draw: st.DrawFn, key: str, modes: Modes) -> ChannelTally:
    units = st.sampled_from([PeriodUnit.DAY, PeriodUnit.MONTH])
    return ChannelTally(key=PolicyKey(key), period=draw(units), mode=draw(modes))


@st.composite
def _desks(draw: st.DrawFn, key: str, modes: Modes) -> StaffRouting:
    hours = draw(st.sampled_from(["00:00-24:00", "09:00-12:00", "22:00-06:00"]))
    shift = DeskShift(
        staff=(MemberId("sue"), MemberId("sam")), hours=(Hours.parse(hours),)
    )
    desk = StaffDesk(
        shifts=(shift,),
        daily=draw(_FEW),
        backup=draw(st.sampled_from([(), (MemberId("sid"),)])),
    )
    return StaffRouting(
        key=PolicyKey(key),
        desks=(desk,),
        contacts=draw(st.sampled_from(["", "contacts"])),
        hold=draw(_LENGTHS),
        mode=draw(modes),
    )


@st.composite
def _watches(draw: st.DrawFn, key: str, modes: Modes) -> ContactWatch:
    return ContactWatch(
        key=PolicyKey(key),
        duty=RoleName("owner"),
        after=draw(_LENGTHS),
        cool_down=draw(_LENGTHS),
        mode=draw(modes),
    )


@st.composite
def _follow_ups(draw: st.DrawFn, key: str, modes: Modes) -> FollowUp:
    after, remind = draw(_LENGTHS), draw(st.none() | _LENGTHS)
    sooner = remind is not None and remind.us < after.us
    rules = (
        ReclaimRule(after=draw(_LENGTHS), tiers=("core",)),
        ReclaimRule(after=after, remind=remind if sooner else None),
    )
    return FollowUp(key=PolicyKey(key), rules=rules, mode=draw(modes))


CHANNEL_POLICIES: Final[dict[str, Any]] = {
    "codes": _codes,
    "ways": _attributions,
    "tally": _tallies,
    "desk": _desks,
    "contacts": _watches,
    "follow_up": _follow_ups,
}
"""What is drawn of channels and contacts, by the word of the family."""
