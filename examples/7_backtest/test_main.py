"""The example decides what it says."""

from pathlib import Path
from runpy import run_path

from community_sdk.backtest import Treatment

MAIN = run_path(str(Path(__file__).with_name("main.py")))


def test_two_members_are_treated_more_mildly() -> None:
    """And one of them had gone on after the removal."""
    found = MAIN["compare"]()
    assert {row.member: row.treatment for row in found.people} == {
        "bo": Treatment.BETTER,
        "cy": Treatment.BETTER,
    }
    assert (found.one.acts_after, found.other.acts_after) == (2, 0)
    assert (found.top[0].member, found.top[0].what.value) == ("cy", "other_measure")
