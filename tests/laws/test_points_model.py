"""Points beside plain lists: one entry per point, over random purchases (S17).

The other side keeps each point as an item of a list and knows nothing of lots.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from community_sdk import events as ev
from community_sdk._time import Duration, micros
from community_sdk.decisions import PostPoints, RefuseAct
from community_sdk.engine import Engine, Step
from community_sdk.model import Ledger, Money, PolicyKey
from community_sdk.policies import EarnRule, Expiry, PointsProgram, Rate
from tests.laws.effort import one_in
from tests.unit.desk import Book, head

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
PER = 100
GOOD_FOR = timedelta(days=20)
ORDERS = st.sampled_from(["a", "b", "c", "d", "e", "f"])
AMOUNTS = st.integers(0, 1_500)


def program(clawback: Any) -> PointsProgram:
    """A point for each full pound, good for twenty days."""
    rates = (Rate(points=1, per=Money(PER, "GBP")),)
    return PointsProgram(
        key=PolicyKey("club"),
        rules=(EarnRule(name="buy", event="purchase", rates=rates),),
        expiry=Expiry(after=Duration.parse("20d"), until="instant"),
        clawback=clawback,
    )


class Points:
    """One member's points, each an item: ``[earned, over, order]``."""

    def __init__(self, *, clamp: bool) -> None:
        self.clamp = clamp
        self.held: list[tuple[datetime, datetime, str]] = []
        self.debt = self.forgiven = self.earned = 0
        self.bought: dict[str, tuple[int, datetime]] = {}
        self.back: dict[str, int] = {}
        self.taken: dict[str, int] = {}
        self.spent: dict[str, list[tuple[datetime, datetime, str]]] = {}
        self.early: dict[str, int] = {}

    @property
    def balance(self) -> int:
        """What there is to spend."""
        return len(self.held) - self.debt

    def put(self, point: tuple[datetime, datetime, str]) -> None:
        """Put in one point, unless it pays a debt."""
        if self.debt:
            self.debt -= 1
        else:
            self.held.append(point)
            self.held.sort()

    def pass_to(self, now: datetime) -> None:
        """Let time pass."""
        self.held = [point for point in self.held if now < point[1]]

    def buy(self, order: str, amount: int, at: datetime) -> None:
        """Earn by an order, once."""
        if order in self.bought:
            return
        count = max(amount - self.back.get(order, 0), 0) // PER
        if count:
            self.bought[order] = (amount, at)
            self.taken[order] = 0
            self.earned += count
            for _ in range(count):
                self.put((at, at + GOOD_FOR, order))

    def refund(self, order: str, amount: int, at: datetime) -> None:
        """Take back what the money had brought."""
        before = self.back.get(order, 0)
        self.back[order] = before + amount
        if order not in self.bought:
            return
        paid, _ = self.bought[order]
        got = (paid - self.early.get(order, 0)) // PER
        keep = max(paid - self.back[order], 0) // PER
        due = max(got - keep, 0) - self.taken[order]
        if due <= 0:
            return
        self.taken[order] += due
        self.earned -= due
        self._take(due, order)

    def _take(self, count: int, order: str) -> None:
        own = [p for p in self.held if p[2] == order]
        rest = [p for p in self.held if p[2] != order]
        for _ in range(count):
            if self.clamp and self.balance <= 0:
                self.forgiven += 1
            elif own:
                self.held.remove(own.pop(0))
            elif rest:
                self.held.remove(rest.pop(0))
            else:
                self.debt += 1

    def redeem(self, reference: str, count: int) -> bool:
        """Spend the oldest points; False where they are too few."""
        if self.balance < count:
            return False
        self.spent[reference] = self.held[:count]
        self.held = self.held[count:]
        return True

    def give_back(self, reference: str, now: datetime) -> int:
        """Undo a redemption; return how many points came back."""
        points = [p for p in self.spent.pop(reference, []) if now < p[1]]
        for point in reversed(points):
            self.put(point)
        kept = min(len(points), self.forgiven)
        self.forgiven -= kept
        self.held = self.held[kept:]
        return len(points)


class Machine(RuleBasedStateMachine):
    """Random purchases, refunds and redemptions of one member, some told twice."""

    clawback = "clamp_to_zero"

    def __init__(self) -> None:
        super().__init__()
        self.engine = Engine(Book(policies=(program(self.clawback),)))
        self.plain = Points(clamp=self.clawback == "clamp_to_zero")
        self.now = START
        self.told = 0
        self.facts: list[ev.PointsPosted] = []
        self.last: ev.Event | None = None

    def tell(self, make: Any, **more: Any) -> Step:
        """Tell both that time passed; receive an event."""
        self.told += 1
        event = make(**head(f"e{self.told}", self.now), **more)
        self.last = event
        step = self.engine.receive(event)
        self._keep(step)
        return step

    def _keep(self, step: Step) -> None:
        self.facts += [f for f in step.facts if isinstance(f, ev.PointsPosted)]

    @rule(hours=st.integers(1, 200))
    def time_passes(self, hours: int) -> None:
        """Nothing happens for a while."""
        self.now += timedelta(hours=hours)
        self._keep(self.engine.advance(self.now))
        self.plain.pass_to(self.now)

    def _tick(self) -> None:
        self.now += timedelta(minutes=7)
        self._keep(self.engine.advance(self.now))
        self.plain.pass_to(self.now)

    @rule(order=ORDERS, amount=AMOUNTS)
    def buys(self, order: str, amount: int) -> None:
        """An order, now and then one that is known."""
        self._tick()
        if order not in self.plain.bought:
            self.plain.early[order] = self.plain.back.get(order, 0)
        self.tell(ev.PurchaseMade, order=order, money=Money(amount, "GBP"))
        self.plain.buy(order, amount, self.now)

    @rule(order=ORDERS, amount=AMOUNTS)
    def refunds(self, order: str, amount: int) -> None:
        """Money goes back, now and then too early or too much."""
        self._tick()
        self.tell(ev.RefundMade, order=order, money=Money(amount, "GBP"))
        self.plain.refund(order, amount, self.now)

    @rule(count=st.integers(1, 20))
    def redeems(self, count: int) -> None:
        """Points are spent, or refused when they are too few."""
        self._tick()
        reference = f"r{self.told}"
        step = self.tell(ev.RedemptionRequested, amount=count, reference=reference)
        short = any(isinstance(d, RefuseAct) for d in step.decisions)
        assert self.plain.redeem(reference, count) is not short

    @rule(nth=st.integers(0, 5))
    def returns_what_was_redeemed(self, nth: int) -> None:
        """A redemption is undone."""
        self._tick()
        known = list(self.plain.spent)
        reference = known[nth % len(known)] if known else "never"
        step = self.tell(ev.RedemptionReturned, reference=reference)
        refused = any(isinstance(d, RefuseAct) for d in step.decisions)
        assert (self.plain.give_back(reference, self.now) == 0) is refused

    @rule()
    def the_last_is_told_twice(self) -> None:
        """What is known already changes nothing."""
        if self.last is not None:
            before = self.engine.snapshot()
            assert not self.engine.receive(self.last).decisions
            assert self.engine.snapshot() == before

    @invariant()
    def both_agree(self) -> None:
        """Balance, debt and lifetime points, and the books against the account."""
        if "ann" not in self.engine.members:
            return
        account = self.engine.members["ann"].accounts.get("points")
        book = Ledger.of(fact.ledger_entry for fact in self.facts)
        assert len(book.entries) == len(self.facts)
        assert sum(book.accounts().values()) == 0
        if account is None:
            assert not self.plain.held
            return
        assert account.balance == self.plain.balance == book.balance("ann")
        assert (account.debt, account.forgiven) == (
            self.plain.debt,
            self.plain.forgiven,
        )
        assert account.earned == self.plain.earned == book.qualifying("ann")
        points = [
            (lot.earned, lot.order) for lot in account.lots for _ in range(lot.left)
        ]
        assert points == [(micros(at), order) for at, _, order in self.plain.held]


class Indebted(Machine):
    """The same with debts."""

    clawback = "allow_negative"


TestClamped = Machine.TestCase
TestIndebted = Indebted.TestCase
TestClamped.settings = TestIndebted.settings = settings(
    one_in(4), stateful_step_count=30, deadline=None
)


def test_a_decision_tells_its_reason() -> None:
    """What is booked says why, in both directions."""
    engine = Engine(Book(policies=(program("clamp_to_zero"),)))
    money = Money(250, "GBP")
    step = engine.receive(ev.PurchaseMade(**head("1", START), order="a", money=money))
    (entry,) = (d for d in step.decisions if isinstance(d, PostPoints))
    assert (entry.amount, entry.because.key) == (2, "points.earned")
