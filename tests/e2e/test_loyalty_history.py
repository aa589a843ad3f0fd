"""A loyalty programme over a year of real invoices with their cancellations (S08 S17).

One customer in ten: those whose number ends in 0.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen

from bench.bench_loyalty import BOOK, LONDON, frame, invoices, ours, told
from community_sdk import events as ev
from community_sdk import load
from community_sdk.engine import Engine, Step
from community_sdk.events import Event, PointsPosted, TierChanged
from community_sdk.model import EventId, Ledger, Money
from community_sdk.playbook import Playbook, loads
from community_sdk.report.points import points_rows

pytestmark = pytest.mark.data
PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "run_a_loyalty_programme.md"
VOUCHER = 500
LATEST = 10**6
"""The place of a redemption in its instant: after whatever was bought then."""


@frozen
class Shop:
    """The shipped programme after the year: what was told, and what it did."""

    book: Playbook
    engine: Engine
    told: tuple[Event, ...]
    steps: tuple[Step, ...]

    @property
    def facts(self) -> list[Event]:
        """Everything that followed."""
        return [fact for step in self.steps for fact in step.facts]

    def points(self, member: str) -> int:
        """What *member* has to spend."""
        account = self.engine.members[member].accounts.get("points")
        return 0 if account is None else account.balance


@pytest.fixture(scope="module")
def bought(data_folder: Path) -> list[Event]:
    """The invoices and cancellations, in order."""
    return [e for e in invoices(data_folder) if str(e.member).endswith("0")]


@pytest.fixture(scope="module")
def shop(bought: list[Event]) -> Shop:
    """The year under the shipped programme; who has 500 points takes a voucher."""
    money = {"unit": "0.01 GBP", "step": "1.00 GBP", "packet": "5.00 GBP"}
    terms: dict[str, Any] = {**money, "packets_a_day": "200.00 GBP"}
    book = load("retail_loyalty", key="shop", zone=LONDON.key, **terms)
    found = Shop(book, engine := book.engine(), tuple(bought), ())
    steps: list[Step] = []
    for event in bought:
        steps.append(engine.receive(event))
        while found.points(str(event.member)) >= VOUCHER:
            steps.append(engine.receive(a_voucher(event, f"v{len(steps)}")))
    steps.append(engine.advance(bought[-1].at))
    return evolve(found, steps=tuple(steps))


def a_voucher(after: Event, key: str) -> Event:
    """A voucher asked for at once after an invoice."""
    return ev.RedemptionRequested(
        id=EventId(key),
        at=after.at,
        seq=LATEST,
        community=after.community,
        member=after.member,
        reward="voucher",
        reference=key,
    )


def test_points_and_tiers_are_those_of_the_rule_by_hand(bought: list[Event]) -> None:
    """Earned, taken back and expired points and moves by month, beside pandas."""
    points, moves = ours(loads(BOOK), bought)
    assert (points, moves) == told(frame(bought))
    assert {kind for _, kind in points} == {"earn", "clawback", "expire"}
    assert {way for _, way in moves} == {"up", "down"}


def test_the_page_tells_these_figures(shop: Shop) -> None:
    """The table of the page is what the programme books, month by month."""
    names = ("issued", "redeemed", "expired", "clawed_back", "rose", "fell")
    rows = [
        (row.month, *(int(getattr(row, name)) for name in names))
        for row in points_rows(shop.facts, LONDON)
    ]
    lines = PAGE.read_text("utf-8").replace("−", "-").replace(",", "").splitlines()
    cells = [[c.strip() for c in line.strip("|").split("|")] for line in lines]
    shown = [
        (month, *map(int, figures))
        for month, *figures in cells
        if month.startswith(("2009-", "2010-"))
    ]
    assert shown == rows


def test_the_books_agree_with_every_account(shop: Shop) -> None:
    """Sums of entries are balances, both sides cancel out, no number stands twice."""
    entries = [f.ledger_entry for f in shop.facts if isinstance(f, PointsPosted)]
    book = Ledger.of(entries)
    assert len(book.entries) == len(entries) > len(shop.told)
    assert sum(book.accounts().values()) == 0
    by_account: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        by_account[entry.member, entry.currency] += entry.amount
    for name, member in shop.engine.members.items():
        for currency, account in member.accounts.items():
            assert account.balance == by_account[name, currency] >= 0


def test_who_spent_is_who_rises_and_falls(shop: Shop) -> None:
    """Everybody's moves lead, one after the other, to the tier that they hold."""
    held: dict[str, str] = {}
    for fact in shop.facts:
        if isinstance(fact, TierChanged):
            assert held.get(str(fact.member), "member") == fact.before != fact.after
            held[str(fact.member)] = fact.after
    now = {
        name: member.tiers["club"].tier
        for name, member in shop.engine.members.items()
        if "club" in member.tiers
    }
    assert now == held


def test_what_goes_back_leaves_no_more_than_before(shop: Shop) -> None:
    """Whoever buys once more, takes a voucher and brings all back gains nothing."""
    engine, last = shop.engine, shop.told[-1]
    before = {name: shop.points(name) for name in engine.members}
    copy = Engine.restore(shop.book, engine.snapshot())
    fresh = evolve(shop, engine=copy)
    for nth, name in enumerate(sorted(before)):
        money = Money(98_765, "GBP")
        head: dict[str, Any] = {"at": last.at, "community": last.community}
        head["member"] = name
        buy = ev.PurchaseMade(id=EventId(f"b{nth}"), order="x", money=money, **head)
        back = ev.RefundMade(id=EventId(f"c{nth}"), order="x", money=money, **head)
        for event in (buy, a_voucher(buy, f"w{nth}"), back):
            fresh.engine.receive(event)
        assert fresh.points(name) <= before[name]


def test_what_is_closed_and_told_is_so_once(shop: Shop) -> None:
    """Closing again, and the last invoices again, changes nothing."""
    engine = shop.engine
    before = engine.snapshot()
    assert not engine.advance(shop.told[-1].at).facts
    for event in shop.told[-20:]:
        assert not engine.receive(event).facts
    assert engine.snapshot() == before
