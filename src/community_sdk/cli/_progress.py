"""A progress line on a terminal; silent everywhere else."""

from __future__ import annotations

import sys
from time import monotonic
from typing import Final, TextIO

__all__ = ["Progress"]

_EVERY: Final = 0.1
_WIDTH: Final = 24


class Progress:
    """Draws how far a job has come, at most ten times a second."""

    def __init__(self, total: int, stream: TextIO | None = None) -> None:
        """Expect *total* units (0: unknown)."""
        self._stream = sys.stderr if stream is None else stream
        self._shown = self._stream.isatty()
        self._total = total
        self._begun = monotonic()
        self._next = 0.0

    def seconds(self) -> float:
        """Return the time since the job began."""
        return monotonic() - self._begun

    def at(self, done: int, events: int) -> None:
        """Draw *done* units and *events* events, unless it was drawn just now."""
        if not self._shown:
            return
        now = monotonic()
        if now < self._next:
            return
        self._next = now + _EVERY
        rate = events / max(now - self._begun, 1e-6)
        share = min(done / self._total, 1.0) if self._total else 0.0
        full = int(share * _WIDTH)
        bar = "█" * full + "░" * (_WIDTH - full)
        text = f"\r{bar} {share:4.0%}  {events:,}  {rate:,.0f}/s "
        self._stream.write(text)
        self._stream.flush()

    def done(self) -> None:
        """Clear the line."""
        if self._shown:
            self._stream.write("\r" + " " * 72 + "\r")
            self._stream.flush()
