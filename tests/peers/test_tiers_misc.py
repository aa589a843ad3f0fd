"""Cases of other systems: tiers, points, badges, leagues."""

from __future__ import annotations

import pytest

from tests.peers.frame import Plain, cases
from tests.peers.tiers_misc.play import failures

CASES = [*cases("tiers_misc"), *cases("tiers_misc_own")]

if CASES:

    @pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
    def test_case(case: Plain) -> None:
        """The case is answered as expected."""
        assert failures(case) == []
