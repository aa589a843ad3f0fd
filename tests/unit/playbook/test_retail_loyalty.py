"""The loyalty programme of a shop, as shipped, and over a year of invoices."""

from pathlib import Path
from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk.adapters.tables import Refusal, read_table
from community_sdk.decisions import GrantReward, RefuseAct
from community_sdk.engine import Engine
from community_sdk.model import EventId, Ledger, Money
from community_sdk.playbook import dumps, load, loads
from community_sdk.wording import say, say_decision
from tests.unit.desk import DAY, HOUR, START, head

POUNDS: dict[str, Any] = {
    "key": "shop",
    "zone": "Europe/London",
    "step": "1.00 GBP",
    "unit": "0.01 GBP",
    "packet": "5.00 GBP",
    "packets_a_day": "200.00 GBP",
}
MAPPING = Path(__file__).parents[3] / "examples" / "mappings" / "online_retail.toml"


def test_it_is_written_as_it_is_read() -> None:
    """The file, with other money, round and round."""
    book = load("retail_loyalty", **POUNDS)
    assert loads(dumps(book)) == book


def test_a_purchase_a_voucher_and_a_refund() -> None:
    """Points and tier at once, a voucher, then all of it goes back."""
    engine = load("retail_loyalty", **POUNDS).engine()
    money = Money(120_000, "GBP")
    bought = engine.receive(ev.PurchaseMade(**head("1", START), order="a", money=money))
    assert engine.members["ann"].tiers["club"].tier == "silver"
    assert engine.members["ann"].accounts["points"].balance == 1_250
    assert "订单 a" in say(bought.decisions[1].because, "zh")
    asked = ev.RedemptionRequested(**head("2", START + HOUR), reward="voucher")
    step = engine.receive(asked)
    (voucher,) = (d for d in step.decisions if isinstance(d, GrantReward))
    assert "Voucher" in say_decision(voucher, "en") or voucher.reward == "voucher"
    trial = ev.RedemptionRequested(**head("3", START + HOUR), reward="trial")
    (no,) = engine.receive(trial).decisions
    assert isinstance(no, RefuseAct)
    engine.receive(ev.RefundMade(**head("4", START + DAY), order="a", money=money))
    account = engine.members["ann"].accounts["points"]
    assert (account.balance, account.earned) == (0, 0)
    assert account.forgiven == 500


@pytest.mark.data
def test_a_year_of_invoices(data_folder: Path) -> None:
    """Nothing is made or lost, whatever is bought, cancelled and redeemed."""
    path = data_folder / "online_retail" / "online_retail_invoices_2009_2010.csv.gz"
    table = read_table(path, MAPPING, community="shop")
    events = [event for event in table if not isinstance(event, Refusal)][:4_000]
    engine: Engine = load("retail_loyalty", **POUNDS).engine()
    facts: list[ev.Event] = []
    for nth, event in enumerate(sorted(events, key=lambda e: (e.at, e.seq))):
        facts += engine.receive(event).facts
        account = engine.members[str(event.member)].accounts.get("points")
        if account is not None and account.balance >= 500:
            wish = ev.RedemptionRequested(
                id=EventId(f"wish-{nth}"),
                at=event.at,
                seq=event.seq + 1,
                member=event.member,
                reward="voucher",
            )
            facts += engine.receive(wish).facts
    posted = [fact for fact in facts if isinstance(fact, ev.PointsPosted)]
    for currency in ("points", "spend"):
        book = Ledger.of(f.ledger_entry for f in posted if f.currency == currency)
        assert sum(book.accounts().values()) == 0
        totals: dict[str, list[int]] = {}
        for entry in book.entries:
            total = totals.setdefault(str(entry.member), [0, 0])
            total[0] += entry.amount
            total[1] += entry.qualifying
        for name, member in engine.members.items():
            account = member.accounts.get(currency)
            if account is not None:
                assert [account.balance, account.earned] == totals.get(name, [0, 0])
                assert account.balance >= 0
