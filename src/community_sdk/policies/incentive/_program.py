"""A programme of points: earned by rules, spent, taken back, over in time (S17).

Laws: points are never made or lost by accident; a refund never leaves more than before
the purchase; what is told twice counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Final, Literal

from attrs import field, validators

from community_sdk._time import instant, micros
from community_sdk._values import frozen
from community_sdk.conditions import metrics
from community_sdk.decisions import Mode, PostPoints, SetTimer, Wish
from community_sdk.errors import DefinitionError
from community_sdk.events import (
    BalanceImported,
    Event,
    EventTypes,
    OrderCancelled,
    PointsAdjusted,
    PointsPosted,
    PointsReversed,
    RedemptionRequested,
    RedemptionReturned,
    RefundMade,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Metric
from community_sdk.model import Account, EntryKind, PolicyKey
from community_sdk.policies._policy import (
    Policy,
    Reference,
    Scope,
    group_names,
    role_names,
    unknown,
)
from community_sdk.policies.incentive._earning import (
    Slice,
    Terms,
    awards,
    joined,
    remember,
)
from community_sdk.policies.incentive._rules import EarnRule, Expiry, Reward
from community_sdk.policies.incentive._spending import give_back, redeem
from community_sdk.policies.incentive._taking_back import adjust, take_back, went_back
from community_sdk.state import Definition, State

__all__ = ["PointsProgram"]

_REDEEMED: Final = 4096
_OWN: Final = (
    BalanceImported, OrderCancelled, PointsAdjusted, PointsPosted, PointsReversed,
    RedemptionRequested, RedemptionReturned, RefundMade, TimerFired,
)  # fmt: skip


@frozen(kw_only=True)
class PointsProgram:
    """Keep the account of each member in *currency*; one programme per currency.

    Events earn by *rules*, never more than *daily_cap* on one local day (losses make
    room again). What is earned is good for *expiry* (None: for ever); the oldest points
    are spent first. Points buy *rewards*, or whatever the host says. A refund takes
    back what the part of the money that went back had brought, at the rate of that
    time, and counts against the period of the purchase; a cancelled order loses all.
    Where points were spent already, ``clamp_to_zero`` takes what there is down to
    *floor*, and ``allow_negative`` leaves a debt that the next points pay.

    When *begins_anew* happens (such as ``tier_reviewed``), what there is to spend goes
    to zero; what was earned for tiers stays.

    A refund of an order that is not known waits for it (``ignore``), or with
    *unmatched* ``latest`` is one of the member's latest purchases, the last first, as
    far as their money goes: for shops whose cancellations do not say of what.

    An order number of one source is paid once by each rule; a refund finds the order of
    its own source, or else of any. The latest 4096 orders and 256 redemptions are
    remembered for that.
    """

    answers: ClassVar[EventTypes] = (Event,)
    folds: ClassVar[EventTypes] = (PointsPosted, RefundMade, OrderCancelled)

    key: PolicyKey
    currency: str = "points"
    rules: tuple[EarnRule, ...] = ()
    expiry: Expiry | None = None
    daily_cap: int | None = field(
        default=None, validator=validators.optional(validators.ge(0))
    )
    clawback: Literal["clamp_to_zero", "allow_negative"] = "clamp_to_zero"
    floor: int = 0
    rewards: tuple[Reward, ...] = ()
    unmatched: Literal["ignore", "latest"] = "ignore"
    begins_anew: str = ""
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def __attrs_post_init__(self) -> None:
        """Refuse two rules or rewards of one name."""
        for what, names in (
            ("rule", [rule.name for rule in self.rules]),
            ("reward", [reward.key for reward in self.rewards]),
        ):
            for name in names:
                if names.count(name) > 1:
                    raise DefinitionError(
                        f"expected each {what} of `{self.key}` once, found `{name}`"
                        " twice",
                        code="points.twice",
                        hint="choose another name",
                        found=name,
                        key=self.key,
                    )

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Everything that rates and rewards measure."""
        asked = [each for rule in self.rules for each in rule.conditions()]
        asked += [r.when for r in self.rewards if r.when is not None]
        return tuple(dict.fromkeys(m for each in asked for m in metrics(each)))

    @property
    def vocabulary(self) -> dict[str, tuple[str, ...]]:
        """The currency that it books in."""
        return {"currency": (self.currency,)}

    @property
    def words(self) -> frozenset[str]:
        """The events that earn, and those about the account."""
        own = {cls.kind for cls in _OWN}
        words = own | {rule.event for rule in self.rules} | {self.begins_anew}
        return frozenset(words - {""})

    @property
    def terms(self) -> Terms:
        """What all rules share."""
        floor = self.floor if self.clawback == "clamp_to_zero" else None
        return Terms(self.currency, self.rules, self.expiry, self.daily_cap, floor)

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name roles and groups that the playbook does not have."""
        roles = role_names(definition)
        for nth, rule in enumerate(self.rules):
            groups = group_names(definition) or rule.not_in
            for role in sorted(rule.not_for):
                yield from unknown(f"rules[{nth}].not_for", role, roles)
            for group in sorted(rule.not_in):
                yield from unknown(f"rules[{nth}].not_in", group, groups)

    def misfits(
        self, _: Definition, policies: Sequence[Policy], /
    ) -> Iterator[tuple[str, DefinitionError]]:
        """Name another programme, before this one, that keeps the same accounts."""
        for other in policies:
            if other.key == self.key:
                return
            if isinstance(other, PointsProgram) and other.currency == self.currency:
                error = DefinitionError(
                    f"expected one programme of `{self.currency}`, found `{other.key}`"
                    f" and `{self.key}`",
                    code="points.currency",
                    hint="give one of them another `currency`, or join their rules",
                    found=self.currency,
                    first=other.key,
                    second=self.key,
                )
                yield ("currency", error)

    def start(self) -> Slice:
        """Remember nothing earned."""
        return {}

    def join(self, mine: Slice, other: Slice, _: State, /) -> Slice:
        """Let caps, waits, limits, numbers and refunds be those of both accounts."""
        return joined(mine, other, _REDEEMED)

    def fold(
        self,
        mine: Slice,
        event: PointsPosted | RefundMade | OrderCancelled,
        state: State,
        /,
    ) -> Slice:
        """Note what counts towards caps, and what went back of an order."""
        if not isinstance(event, PointsPosted):
            spread = self.unmatched == "latest" and isinstance(event, RefundMade)
            went_back(mine, event, self._account(state), spread=spread)
        elif event.currency == self.currency:
            if event.entry is EntryKind.EARN:
                remember(mine, event, self.rules, state)
            elif event.entry is EntryKind.REDEEM:
                known: list[str] = mine.setdefault("redeemed", [])
                mine["redeemed"] = [*known, event.external][-_REDEEMED:]
        return mine

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Book what *event* means for the account."""
        if getattr(event, "currency", self.currency) != self.currency:
            return
        if isinstance(event, TimerFired):
            if event.policy == self.key:
                yield from self._expired(state)
        elif isinstance(event, (PointsPosted, BalanceImported)):
            if not self._outlived(event, state):
                yield from self._plan(state)
        else:
            yield from self._asked(event, state)
        name = event.name
        if any(rule.event == name for rule in self.rules):
            yield from awards(self.terms, event, state.member, state.mine, state)
        if self.begins_anew and name == self.begins_anew:
            yield from self._anew(state)

    def _asked(self, event: Event, state: State) -> Iterator[Wish]:
        """Take back, adjust, redeem or give back, as *event* asks."""
        if isinstance(event, (RefundMade, OrderCancelled, PointsReversed)):
            yield from take_back(self.terms, event, state)
        elif isinstance(event, PointsAdjusted):
            yield from adjust(self.terms, event, state)
        elif isinstance(event, RedemptionRequested):
            yield from redeem(self.currency, self.rewards, event, state)
        elif isinstance(event, RedemptionReturned):
            yield from give_back(self.currency, event, state)

    def _account(self, state: State) -> Account:
        return state.member.accounts.get(self.currency, Account())

    def _outlived(self, event: PointsPosted | BalanceImported, state: State) -> bool:
        """Tell whether what came in is over no earlier than what is planned."""
        known = state.member.timers.get(f"{self.key}/expiry")
        if not (known and isinstance(event, PointsPosted) and event.amount > 0):
            return False
        until = event.expires_at
        return until is None or micros(until) >= known[0]

    def _plan(self, state: State) -> Iterator[SetTimer]:
        """Keep the next end of points in sight."""
        known = state.member.timers.get(f"{self.key}/expiry")
        due = self._account(state).next_expiry
        if due is not None and (known is None or known[0] != due):
            yield SetTimer("expiry", instant(due))

    def _expired(self, state: State) -> Iterator[Wish]:
        """Book the end of every lot whose time is over."""
        over = 0
        for lot in self._account(state).lots:
            if lot.usable(state.now_us):
                continue
            over += 1
            yield PostPoints(
                because=because(
                    "points.expired",
                    points=lot.left,
                    earned=instant(lot.earned),
                    until=None if lot.expires is None else instant(lot.expires),
                ),
                currency=self.currency,
                amount=-lot.left,
                entry=EntryKind.EXPIRE,
                counts_from=instant(state.now_us),
                external=lot.key,
                of=lot.key,
            )
        if not over:
            yield from self._plan(state)

    def _anew(self, state: State) -> Iterator[PostPoints]:
        """Set what there is to zero."""
        balance = self._account(state).balance
        if balance:
            yield PostPoints(
                because=because("points.anew", points=balance, on=self.begins_anew),
                currency=self.currency,
                amount=-balance,
                entry=EntryKind.ADJUST,
                counts_from=instant(state.now_us),
            )

    def standing(self, state: State, /) -> Explanation:
        """Explain the account: what there is, until when, what is missing for more."""
        account = self._account(state)
        due = account.next_expiry
        ending = sum(lot.left for lot in account.lots if lot.expires == due)
        left = [r for r in self.rewards if r.cost > account.balance]
        near = min(left, key=lambda r: (r.cost, r.key), default=None)
        return because(
            "points.standing",
            currency=self.currency,
            balance=account.balance,
            usable=account.active,
            earned=account.earned,
            debt=account.debt,
            next_expiry=None if due is None else instant(due),
            expiring=None if due is None else ending,
            reward=None if near is None else near.key,
            missing=None if near is None else near.cost - account.balance,
        )
