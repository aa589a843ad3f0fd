"""A case on tiers, points and leagues, told to the library and asked."""

from __future__ import annotations

from tests.peers.frame import Plain, differences
from tests.peers.tiers_misc import league, tiers


def failures(case: Plain) -> list[str]:
    """Return what the library answers otherwise than *case* expects."""
    asked = league if case["rules"].get("kind") else tiers
    return [*differences(case["then"], asked.Answers(case), "then")]
