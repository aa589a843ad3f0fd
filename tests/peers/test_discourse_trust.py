"""Cases of other systems: levels of trust, by bars."""

from __future__ import annotations

import pytest

from tests.peers.discourse_trust.play import failures
from tests.peers.frame import Plain, cases

CASES = [*cases("discourse_trust"), *cases("discourse_trust_own")]

if CASES:

    @pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
    def test_case(case: Plain) -> None:
        """The case is answered as expected."""
        assert failures(case) == []
