"""What is kept of every member: sources, windows, and the cells that hold figures."""

from __future__ import annotations

from typing import Final, NamedTuple

from community_sdk._time import Window, WindowKind
from community_sdk.errors import DefinitionError

__all__ = ["CUT", "DAY_ZERO", "HIGHEST", "SLOTS", "Source", "WindowPlan"]

SLOTS: Final = 256
HIGHEST: Final = 0
"""The cell of the latest beginning of any window."""
DAY_ZERO: Final = 1
"""The cell of the local date that bit 0 of the day sets stands for."""
CUT: Final = 2
"""The cell of the instant before which entries were dropped."""

_KEEP_DAYS: Final = 400
NEVER: Final = -1

Source = tuple[object, ...]
"""Kind, whose event it is (member or actor), and the values its fields must have."""


class Kept(NamedTuple):
    """The cells of one slot outside of windows; 0: not kept."""

    life: int = 0
    paid: int = 0
    last: int = 0
    days: int = 0
    old_days: int = 0
    run: int = 0


Recipe = tuple[tuple[tuple[int, int], ...], int, int, int]
"""What one event of a slot changes: the cells of (number, beginning) of each window
that counts it, and those of `Kept.life`, `last` and `days`."""


class WindowPlan:
    """Which sources (slots) and windows are kept; shared by all members.

    A member's figures are one list of integers; the plan gives each figure a cell of
    it. It only grows: slots, windows and cells keep their numbers for ever.

    Attributes:
        blank: the cells of a member who did nothing.
        kept: by slot, the cells outside of windows.
        recipes: by slot, what one event of it changes.
        heads, bounds: by window, the cells of its first entry and its beginning.
        inside, paid: by window, by slot, the cells of number and amount, or 0.
        gone: by window that the member's life begins, by slot, the cells of number
            and amount of entries that left the array while they were inside.
        lasting: the properties, by slot, whose values are remembered for ever.
    """

    __slots__ = (
        "blank",
        "bounds",
        "exact",
        "gone",
        "heads",
        "inside",
        "keep_days",
        "kept",
        "lasting",
        "paid",
        "recipes",
        "retention",
        "slots",
        "windows",
    )

    def __init__(self, retention: int) -> None:
        """Keep entries for at least *retention* microseconds."""
        self.retention = retention
        self.keep_days = _KEEP_DAYS
        self.slots: list[Source] = []
        self.windows: list[Window] = []
        self.exact: list[int] = []
        self.blank: list[int] = [0, 0, 0]
        self.kept: list[Kept] = []
        self.recipes: list[Recipe] = []
        self.heads: list[int] = []
        self.bounds: list[int] = []
        self.inside: list[list[int]] = []
        self.paid: list[list[int]] = []
        self.gone: list[dict[int, tuple[int, int]]] = []
        self.lasting: set[tuple[int, str]] = set()

    def slot(self, source: Source) -> int:
        """Return the number of *source*, a new one at first sight.

        Raises:
            DefinitionError: more than 256 sources.
        """
        if source in self.slots:
            return self.slots.index(source)
        if len(self.slots) == SLOTS:
            raise DefinitionError(
                "expected at most 256 different event filters in one playbook",
                code="metric.too_many",
            )
        self.slots.append(source)
        self.kept.append(Kept())
        self.recipes.append(((), 0, 0, 0))
        for cells in (*self.inside, *self.paid):
            cells.append(0)
        return len(self.slots) - 1

    def keep(self, slot: int, what: str) -> int:
        """Return the cell of *what* (a field of `Kept`) of *slot*."""
        cell: int = getattr(self.kept[slot], what)
        if not cell:
            cell = self._cell(NEVER if what == "last" else 0)
            self.kept[slot] = self.kept[slot]._replace(**{what: cell})
            self._cook(slot)
        return cell

    def window(self, window: Window) -> int:
        """Return the number of *window*, a new one at first sight."""
        if window in self.windows:
            return self.windows.index(window)
        if window.kind is WindowKind.EXACT:
            self.exact.append(len(self.windows))
        self.windows.append(window)
        self.retention = max(self.retention, window.longest)
        self.heads.append(self._cell())
        self.bounds.append(self._cell())
        self.inside.append([0] * len(self.slots))
        self.paid.append([0] * len(self.slots))
        self.gone.append({})
        return len(self.windows) - 1

    def count(self, slot: int, window: Window, *, amount: bool = False) -> int:
        """Return the cell of the number (or the amount) of *slot* in *window*."""
        w = self.window(window)
        if not self.inside[w][slot]:
            self.inside[w][slot] = self._cell()
            if not window.rolling:
                self.gone[w][slot] = (self._cell(), self._cell())
        if amount and not self.paid[w][slot]:
            self.paid[w][slot] = self._cell()
        self._cook(slot)
        return self.paid[w][slot] if amount else self.inside[w][slot]

    def _cook(self, slot: int) -> None:
        counters = tuple(
            (cells[slot], bound)
            for cells, bound in zip(self.inside, self.bounds, strict=True)
            if cells[slot]
        )
        kept = self.kept[slot]
        self.recipes[slot] = (counters, kept.life, kept.last, kept.days)

    def _cell(self, value: int = 0) -> int:
        self.blank.append(value)
        return len(self.blank) - 1
