"""The one count of a campaign, where accounts turn out to be those of one person."""

import pytest

from community_sdk.policies.referral import _tally as tally


@pytest.mark.parametrize("name", ["bo", "cy"])
def test_accounts_of_accounts_lead_to_the_person(name: str) -> None:
    """Bo is an account of cy, then either name one of ann: all lead to ann."""
    mine = tally.start()
    tally.bring(mine, "di", "bo", 1)
    tally.bring(mine, "eve", "cy", 2)
    for member, alias in (("cy", "bo"), ("ann", name), ("ann", "bo")):
        tally.link(mine, member, alias)
    assert mine["names"] == {"bo": "ann", "cy": "ann"}
    assert tally.count(mine, "ann", 1, "never") == ["di", "eve"]
    assert tally.chain(mine, "bo", 3) == ("bo", "ann")
