"""The spread of a community by periods: k, tipping points, saturation, fatigue (S19).

Laws: a point is told once; the watch keeps who shared in two periods, nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Final

from attrs import field, validators

from community_sdk._time import PeriodUnit, instant
from community_sdk._values import frozen
from community_sdk.decisions import (
    Mode,
    SetTimer,
    SumUpReferral,
    TellTippingPoint,
    Wish,
)
from community_sdk.errors import DefinitionError
from community_sdk.events import (
    Event,
    EventTypes,
    IdentityLinked,
    InvitationSent,
    Joined,
    MembershipImported,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.metrics.rates import nearest, share
from community_sdk.model import PolicyKey
from community_sdk.policies._policy import Policy, Scope
from community_sdk.state import Definition, State

__all__ = ["ReferralWatch"]

Slice = dict[str, Any]
_CLOSE: Final = "close"
_HUNDRED: Final = 100
_FRESH: Final = {"came": 0, "sent": 0, "invited": 0}


@frozen(kw_only=True)
class ReferralWatch:
    """Sum up every *period* how members brought members, and tell tipping points.

    Who sends an invitation or brings somebody shares. Bots, undated events and those of
    a period that is over do not count; k is of the members at the period's beginning.

    Attributes:
        period: After which time of the community's zone it is summed up.
        value: From so many of a hundred members who share on, the spread carries
            itself: told once.
        headcount: From so many members on, even a middling idea spreads: told once.
        falls: So many periods in a row with a lower k each are saturation: told once
            until k rises.
        same: Where so many of a hundred sharers shared in the period before as well,
            and these bring fewer than then, the same few tire: told once until a period
            without it.
        least: With fewer sharers nothing is said about tiring.
        most: So many sharers of a period are told apart; of more only what they brought
            counts.
    """

    answers: ClassVar[EventTypes] = (
        InvitationSent,
        Joined,
        MembershipImported,
        IdentityLinked,
        TimerFired,
    )
    folds: ClassVar[EventTypes] = answers

    key: PolicyKey
    period: PeriodUnit = PeriodUnit.MONTH
    value: int = field(
        default=15, validator=validators.and_(validators.ge(1), validators.le(100))
    )
    headcount: int = field(default=100, validator=validators.ge(1))
    falls: int = field(default=2, validator=validators.ge(1))
    same: int = field(
        default=60, validator=validators.and_(validators.ge(1), validators.le(100))
    )
    least: int = field(default=3, validator=validators.ge(1))
    most: int = field(default=1_000, validator=validators.ge(1))
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def misfits(
        self, _: Definition, __: Sequence[Policy], /
    ) -> Iterator[tuple[str, DefinitionError]]:
        """Name a least number of sharers above those that are told apart."""
        if self.least > self.most:
            error = DefinitionError(
                f"expected `least` of `{self.key}` of at most {self.most} sharers,"
                f" found {self.least}",
                code="referral.least",
                hint="`most` are told apart: nothing would be said about tiring",
                key=self.key,
                found=str(self.least),
                most=str(self.most),
            )
            yield ("least", error)

    def start(self) -> Slice:
        """Remember nothing."""
        return {
            **_FRESH,
            "since": None,
            "members": 0,
            "who": {},
            "before": {},
            "k": None,
            "down": 0,
            "told": [],
            "note": None,
            "points": [],
        }

    # -- counting ------------------------------------------------------------------

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Count what the running period brings; judge it when it is over."""
        mine["note"], mine["points"] = None, []
        if isinstance(event, TimerFired):
            self._judge(mine, state)
            return mine
        if isinstance(event, IdentityLinked):
            for shared in (mine["who"], mine["before"]):
                _one_sharer(shared, str(event.alias), str(state.member.id))
            return mine
        if mine["since"] is None:
            running = state.calendar.period(self.period, state.now_us)
            mine["since"] = state.calendar.start(running.since)
        own = event.dated and state.at_us >= mine["since"] and not state.member.bot
        if own and isinstance(event, InvitationSent):
            mine["sent"] += 1
            self._shared(mine, str(state.member.id), 0)
        elif own and isinstance(event, Joined):
            self._came(mine, event, state)
        self._heads(mine, state)
        return mine

    def _came(self, mine: Slice, event: Joined, state: State) -> None:
        member, inviter = state.member, event.invited_by
        if member.stays > 1 or (member.since or 0) < state.at_us:
            return
        mine["came"] += 1
        if inviter is not None and not member.known_as(inviter):
            mine["invited"] += 1
            self._shared(mine, str(inviter), 1)

    def _shared(self, mine: Slice, who: str, brought: int) -> None:
        if who in mine["who"] or len(mine["who"]) < self.most:
            mine["who"][who] = mine["who"].get(who, 0) + brought

    def _heads(self, mine: Slice, state: State) -> None:
        if state.community.members >= self.headcount:
            self._point(mine, "headcount", state.community.members, self.headcount)

    def _point(self, mine: Slice, point: str, have: int, of: int) -> None:
        if point not in mine["told"]:
            mine["told"] = [*mine["told"], point]
            mine["points"].append([point, have, of])

    def _judge(self, mine: Slice, state: State) -> None:
        """Sum up the period, and begin the next one."""
        names = ("members", "sent", "came", "invited")
        figures = {name: mine[name] for name in names}
        who, before = mine["who"], mine["before"]
        rate = share(mine["invited"] * 1_000, mine["members"])
        k = None if rate is None else int(nearest(rate))
        mine["note"] = {**figures, "sharers": len(who), "k": k}
        if mine["members"] and len(who) * _HUNDRED >= self.value * mine["members"]:
            self._point(mine, "value", len(who), mine["members"])
        if k is not None and mine["k"] is not None:
            mine["down"] = mine["down"] + 1 if k < mine["k"] else 0
            if self._holds(mine, "saturation", now=mine["down"] >= self.falls):
                self._point(mine, "saturation", mine["down"], k)
        again = who.keys() & before.keys()
        worn = sum(before[w] for w in again) > sum(who[w] for w in again)
        many = len(again) * _HUNDRED >= self.same * len(who) and bool(again)
        tired = worn and many and len(who) >= self.least
        if self._holds(mine, "fatigue", now=tired):
            self._point(mine, "fatigue", len(again), len(who))
        mine |= _FRESH | {"members": state.community.members}
        mine["before"], mine["who"], mine["k"] = who, {}, k
        running = state.calendar.period(self.period, state.now_us)
        mine["since"] = state.calendar.start(running.since)

    def _holds(self, mine: Slice, point: str, *, now: bool) -> bool:
        """Tell whether *point* holds *now*; where it does not, it may be told anew."""
        if not now:
            mine["told"] = [each for each in mine["told"] if each != point]
        return now

    # -- deciding ------------------------------------------------------------------

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Tell the sums of a period that is over, and points that were passed."""
        if isinstance(event, IdentityLinked):
            return
        mine: Slice = state.mine or self.start()
        fired = isinstance(event, TimerFired)
        running = state.calendar.period(self.period, state.now_us - fired)
        if mine["note"] is not None:
            yield self._sum(mine["note"], state)
        for point, have, of in mine["points"]:
            why = because("referral.point", point=point, have=have, of=of)
            yield TellTippingPoint(point=point, period=running.key, because=why)
        if fired or f"{self.key}/{_CLOSE}" not in state.community.timers:
            now = state.calendar.period(self.period, state.now_us)
            yield SetTimer(_CLOSE, instant(state.calendar.start(now.until)))

    def _sum(self, note: Slice, state: State) -> SumUpReferral:
        over = state.calendar.period(self.period, state.now_us - 1)
        why = because(
            "referral.sum",
            period=over.key,
            members=note["members"],
            invitations=note["sent"],
            came=note["came"],
            invited=note["invited"],
            sharers=note["sharers"],
            k=note["k"],
        )
        return SumUpReferral(
            period=over.key,
            since=instant(state.calendar.start(over.since)),
            until=instant(state.calendar.start(over.until)),
            members=note["members"],
            invitations=note["sent"],
            came=note["came"],
            invited=note["invited"],
            sharers=note["sharers"],
            k=note["k"],
            because=why,
        )

    def standing(self, state: State, /) -> Explanation:
        """Explain what the running period brought so far, and which points hold."""
        mine: Slice = state.community.slices.get(self.key) or self.start()
        parts = [because("referral.holds", point=point) for point in mine["told"]]
        return because(
            "referral.so_far",
            *parts,
            came=mine["came"],
            invited=mine["invited"],
            sharers=len(mine["who"]),
        )


def _one_sharer(shared: dict[str, int], alias: str, name: str) -> None:
    """Let what *alias* brought have been brought by *name*."""
    if alias in shared and alias != name:
        shared[name] = shared.get(name, 0) + shared.pop(alias)
