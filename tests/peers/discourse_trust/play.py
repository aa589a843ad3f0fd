"""A case on levels of trust, told to the library and asked."""

from __future__ import annotations

from tests.peers.frame import Plain


def failures(case: Plain) -> list[str]:
    """Return what the library answers otherwise than *case* expects."""
    raise NotImplementedError(case["operation"])
