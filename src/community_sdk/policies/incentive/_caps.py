"""Caps of what is given away: by local day, giver, receiver and in all (S17).

Law: what was given and did not go back never exceeds a cap; what goes back makes room
on the day on which it was given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

from attrs import field, validators

from community_sdk._values import frozen
from community_sdk.decisions import Decision, Mode
from community_sdk.errors import DefinitionError, nearest
from community_sdk.events import (
    Event,
    EventTypes,
    GiftReturned,
    GiftSent,
    IdentityLinked,
    RedemptionRequested,
    RedemptionReturned,
    RewardGranted,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import Money, PolicyKey
from community_sdk.policies._policy import Policy, Scope
from community_sdk.policies.incentive._program import PointsProgram
from community_sdk.state import Definition, State

__all__ = ["GiftCap", "GiftCaps", "RewardStock"]

Slice = dict[str, Any]
"""``gifts``: by id giver, receiver, form, amount, currency, local day; ``stock``: by
redemption the reward that it took."""

_OPTIONAL = validators.optional(validators.ge(0))


@frozen(kw_only=True)
class GiftCap:
    """At most *count* gifts, and *total* money, of one *whose* on one local day.

    *whose*: of each giver, of each receiver, or of the whole community together.
    *form* empty: gifts of every form; money is summed by its currency.
    """

    whose: Literal["giver", "receiver", "community"] = "community"
    count: int | None = field(default=None, validator=_OPTIONAL)
    total: Money | None = None
    form: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse a cap that caps nothing, and one below zero."""
        _refuse_negative("total", self.total)
        if self.count is None and self.total is None:
            raise DefinitionError(
                "expected `count` or `total` in a cap of gifts",
                code="gifts.no_cap",
                hint='write for example `count = 3` or `total = "20.00 CNY"`',
                found=self.whose,
            )


@frozen(kw_only=True)
class RewardStock:
    """There are *count* pieces of *reward* for redeeming, each worth *each*.

    A budget is the number of pieces that it pays for. The daily caps see the form and
    the worth of the reward; *form* and *each* where no programme has it.
    """

    reward: str
    count: int = field(validator=validators.ge(0))
    each: Money | None = None
    form: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse pieces worth less than nothing."""
        _refuse_negative("each", self.each)


def _refuse_negative(name: str, money: Money | None) -> None:
    if money is not None and money.amount < 0:
        raise DefinitionError(
            f"expected `{name}` of zero or more, found `{money}`",
            code="gifts.negative",
            found=str(money),
            name=name,
        )


@frozen(kw_only=True)
class GiftCaps:
    """Refuse gifts and redemptions beyond *caps* and *stock*, before they count.

    A gift belongs to the local day on which it happened, also when it is told late. A
    gift that went back (`GiftReturned`, a redemption returned in full) is as if it had
    not been.
    """

    answers: ClassVar[EventTypes] = (
        GiftSent,
        GiftReturned,
        RewardGranted,
        RedemptionReturned,
        IdentityLinked,
    )
    folds: ClassVar[EventTypes] = answers
    guards: ClassVar[EventTypes] = (GiftSent, RedemptionRequested)

    key: PolicyKey
    caps: tuple[GiftCap, ...] = ()
    stock: tuple[RewardStock, ...] = ()
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def misfits(
        self, _: Definition, policies: Sequence[Policy], /
    ) -> Iterator[tuple[str, DefinitionError]]:
        """Name stock of a reward that no programme has, where there are programmes."""
        programs = [p for p in policies if isinstance(p, PointsProgram)]
        known = [reward.key for p in programs for reward in p.rewards]
        for nth, piece in enumerate(self.stock):
            if programs and piece.reward not in known:
                error = DefinitionError(
                    f"expected a reward of a programme, found `{piece.reward}`",
                    code="gifts.reward",
                    hint=nearest(piece.reward, known) or "add it to `rewards`",
                    found=piece.reward,
                )
                yield (f"stock[{nth}].reward", error)

    def start(self) -> Slice:
        """Remember nothing given."""
        return {"gifts": {}, "stock": {}}

    def refuse(
        self, event: GiftSent | RedemptionRequested, state: State, /
    ) -> Explanation | None:
        """Refuse what would exceed a cap, or is sold out."""
        mine: Slice = state.mine or self.start()
        if isinstance(event, GiftSent):
            if event.gift in mine["gifts"]:
                return because("gifts.known", gift=event.gift)
            return self._over(_row(event, state), mine)
        piece = next((s for s in self.stock if s.reward == event.reward), None)
        if piece is not None:
            taken = list(mine["stock"].values()).count(piece.reward)
            if taken >= piece.count:
                return because("gifts.sold_out", reward=piece.reward, count=piece.count)
        worth = _worth(event, piece, state)
        if worth is None:
            return None
        form, money = worth
        return self._over(_line("", str(state.member.id), form, money, state), mine)

    def _over(self, row: list[Any], mine: Slice) -> Explanation | None:
        """Return the first cap that *row* would exceed."""
        giver, receiver, form, amount, currency, day = row
        for cap in self.caps:
            if cap.form not in ("", form) or (cap.whose == "giver" and not giver):
                continue
            who = {"giver": giver, "receiver": receiver}.get(cap.whose, "")
            same = [g for g in mine["gifts"].values() if _same(cap, g, who, day)]
            if cap.count is not None and len(same) >= cap.count:
                return because(
                    "gifts.too_many",
                    have=len(same),
                    cap=cap.count,
                    whose=cap.whose,
                    who=who or None,
                    form=form,
                )
            if cap.total is None or cap.total.currency != currency:
                continue
            paid = sum(g[3] for g in same if g[4] == currency)
            if paid + amount > cap.total.amount:
                return because(
                    "gifts.too_much",
                    have=str(Money(paid, currency)),
                    want=str(Money(amount, currency)),
                    cap=str(cap.total),
                    left=str(Money(max(cap.total.amount - paid, 0), currency)),
                    whose=cap.whose,
                    who=who or None,
                    form=form,
                )
        return None

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Count what was given, and forget what went back."""
        gifts: dict[str, list[Any]] = mine["gifts"]
        if isinstance(event, GiftSent):
            gifts[event.gift] = _row(event, state)
        elif isinstance(event, RewardGranted):
            key = event.reference or str(event.id)
            gifts[key] = _row(event, state)
            if any(piece.reward == event.reward for piece in self.stock):
                mine["stock"][key] = event.reward
        elif isinstance(event, GiftReturned):
            gifts.pop(event.gift, None)
        elif isinstance(event, RedemptionReturned) and event.amount is None:
            gifts.pop(event.reference, None)
            mine["stock"].pop(event.reference, None)
        elif isinstance(event, IdentityLinked):
            names = {str(event.alias): str(event.member)}
            for row in gifts.values():
                row[:2] = [names.get(name, name) for name in row[:2]]
        where = state.calendar.where
        oldest = state.definition.lateness.after(state.now_us, where, times=-1)
        first = state.calendar.day(oldest)
        mine["gifts"] = {key: row for key, row in gifts.items() if row[5] >= first}
        return mine

    def decide(
        self,
        _: GiftSent
        | GiftReturned
        | RewardGranted
        | RedemptionReturned
        | IdentityLinked,
        __: State,
        /,
    ) -> Iterator[Decision]:
        """Decide nothing: what exceeds a cap was refused before it counted."""
        return iter(())


def _worth(
    event: RedemptionRequested, piece: RewardStock | None, state: State
) -> tuple[str, Money | None] | None:
    """Return form and worth of the reward: its programme's word, else the stock's.

    None where nothing is given: points alone are no gift.
    """
    policies: Sequence[Policy] = getattr(state.definition, "policies", ())
    for program in policies:
        if isinstance(program, PointsProgram) and program.currency == event.currency:
            for reward in program.rewards:
                if reward.key == event.reward:
                    return reward.form, reward.money
    return None if piece is None else (piece.form, piece.each)


def _row(event: GiftSent | RewardGranted, state: State) -> list[Any]:
    giver = str(event.actor or "") if isinstance(event, GiftSent) else ""
    return _line(giver, str(event.member or ""), event.form, event.money, state)


def _line(
    giver: str, receiver: str, form: str, money: Money | None, state: State
) -> list[Any]:
    amount, currency = (0, "") if money is None else (money.amount, money.currency)
    return [giver, receiver, form, amount, currency, state.calendar.day(state.at_us)]


def _same(cap: GiftCap, gift: list[Any], who: str, day: int) -> bool:
    """Tell whether *gift* counts for *cap* of *who* on *day*."""
    place = {"giver": 0, "receiver": 1}.get(cap.whose)
    return (
        gift[5] == day
        and cap.form in ("", gift[2])
        and (place is None or gift[place] == who)
    )
