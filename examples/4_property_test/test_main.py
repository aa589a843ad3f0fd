"""A fair policy keeps every law; an unfair one is found out."""

from pathlib import Path
from runpy import run_path

from hypothesis import given, settings

from community_sdk.events import Event
from community_sdk.model import PolicyKey
from community_sdk.testing import laws

MAIN = run_path(str(Path(__file__).with_name("main.py")))
FAIR = MAIN["EveryThird"](key=PolicyKey("fair"))
UNFAIR = MAIN["EveryThirdOrSo"](key=PolicyKey("unfair"))
SHOP = MAIN["shop"](FAIR)


@settings(max_examples=20, deadline=None)
@given(MAIN["PURCHASES"])
def test_the_fair_one_keeps_every_law(history: list[Event]) -> None:
    """Determinism, snapshots, timers, duplicates, previews, names, and the rest."""
    laws.check_playbook(SHOP, history)


@settings(max_examples=50, deadline=None)
@given(MAIN["PURCHASES"])
def test_one_present_for_three_purchases(history: list[Event]) -> None:
    """A property of its own: a third of the purchases, rounded down, per member."""
    steps = SHOP.engine().replay(history)
    presents = [decision.member for step in steps for decision in step]
    buyers = [event.member for event in history]
    for name in set(buyers):
        assert presents.count(name) == buyers.count(name) // 3


def test_the_unfair_one_is_found_out() -> None:
    """The smallest history that shows it is named: two purchases."""
    assert not MAIN["find"](FAIR)
    assert "in this history of 2 events" in MAIN["find"](UNFAIR)
