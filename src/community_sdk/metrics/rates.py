"""The one place where whole numbers become ratios: exact, and None over nothing."""

from __future__ import annotations

from fractions import Fraction

__all__ = ["cut", "nearest", "share"]


def share(part: int | None, whole: int | None) -> Fraction | None:
    """Return *part* of *whole*; None where nothing was observed or *whole* is 0."""
    return None if part is None or not whole else Fraction(part, whole)


def cut(ratio: Fraction, places: int = 0) -> Fraction:
    """Return *ratio* without what stands behind *places* decimals, towards zero."""
    scale = 10**places
    return Fraction(int(ratio * scale), scale)


def nearest(ratio: Fraction, places: int = 0) -> Fraction:
    """Return *ratio* rounded to *places* decimals, halves away from zero."""
    scale = 10**places
    size = (abs(ratio) * scale * 2 + 1) // 2
    return Fraction(size if ratio >= 0 else -size, scale)
