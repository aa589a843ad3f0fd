"""Cases of other systems: funnels."""

from __future__ import annotations

import pytest

from tests.peers.frame import Plain, cases
from tests.peers.funnels.play import failures

CASES = [*cases("funnels"), *cases("funnels_own")]

if CASES:

    @pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
    def test_case(case: Plain) -> None:
        """The library answers as expected."""
        assert failures(case) == []
