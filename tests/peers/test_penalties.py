"""Cases of other systems: penalties, appeals, permissions, admission."""

from __future__ import annotations

import pytest

from tests.peers.frame import Plain, cases
from tests.peers.penalties.play import failures

CASES = [*cases("penalties"), *cases("penalties_own")]

if CASES:

    @pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
    def test_case(case: Plain) -> None:
        """Every step is answered as expected."""
        assert failures(case) == []
