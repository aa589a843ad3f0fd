"""Rolling windows of one member: exact, small, and right for late events (S16 S22).

One sorted array of ``microseconds << 8 | slot`` serves all windows; each window keeps
the index of its first entry and one counter per slot. Whatever the order in which
events arrive, the figures end the same.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import Final, cast

from community_sdk._time import Window, WindowKind
from community_sdk.errors import DefinitionError

__all__ = ["Rolling", "WindowPlan"]

_Values = list[tuple[int, str, list[tuple[str, int]]]]

_SLOTS: Final = 256
_FIRST_CHECK: Final = 48
_KEEP_DAYS: Final = 400
_MASK: Final = _SLOTS - 1


class WindowPlan:
    """Which sources (slots) and windows are kept; shared by all members.

    It only grows: a slot or a window keeps its number for ever.
    """

    __slots__ = (
        "counter",
        "counters",
        "exact",
        "keep_days",
        "retention",
        "slots",
        "windows",
    )

    def __init__(self, retention: int) -> None:
        """Keep entries for at least *retention* microseconds."""
        self.retention = retention
        self.slots: list[tuple[object, ...]] = []
        self.windows: list[Window] = []
        self.counter: dict[tuple[int, int], int] = {}
        self.counters: list[list[tuple[int, int]]] = []
        self.exact: list[int] = []
        self.keep_days = _KEEP_DAYS

    def slot(self, source: tuple[object, ...]) -> int:
        """Return the number of *source*, a new one at first sight.

        Raises:
            DefinitionError: more than 256 sources.
        """
        if source in self.slots:
            return self.slots.index(source)
        if len(self.slots) == _SLOTS:
            raise DefinitionError(
                "expected at most 256 different event filters in one playbook",
                code="metric.too_many",
            )
        self.slots.append(source)
        self.counters.append([])
        return len(self.slots) - 1

    def count(self, slot: int, window: Window) -> tuple[int, int]:
        """Return the numbers of a window and of the counter of *slot* in it."""
        if window not in self.windows:
            if window.kind is WindowKind.EXACT:
                self.exact.append(len(self.windows))
            self.windows.append(window)
            self.retention = max(self.retention, window.longest)
        w = self.windows.index(window)
        key = (slot, w)
        if key not in self.counter:
            self.counter[key] = len(self.counter)
            self.counters[slot].append((self.counter[key], w))
        return w, self.counter[key]


class Rolling:
    """What one member did, as far as the plan looks back.

    Attributes:
        stamps: sorted codes, the instant above the slot.
        heads, bounds: per window the first entry inside and the instant it begins.
        counts, sums: per counter the entries inside and their amounts.
        life, life_sums, last: per slot, over the lifetime; *last* is -1 for never.
        days: per slot a bit set of local days, bit 0 being `day0`.
        old_days: per slot, days that left the bit set.
        values: per distinct property the latest instant of each value.
        dropped: per counter, number and amount of entries that left the array while
            still inside a window that the member's life begins.
    """

    __slots__ = (
        "amounts",
        "bounds",
        "check",
        "counts",
        "day0",
        "days",
        "dropped",
        "heads",
        "last",
        "life",
        "life_sums",
        "old_days",
        "plan",
        "stamps",
        "sums",
        "values",
    )

    def __init__(self, plan: WindowPlan) -> None:
        """Begin with nothing."""
        self.plan = plan
        self.stamps = array("Q")
        self.amounts: array[int] | None = None
        self.heads = array("I")
        self.bounds = array("q")
        self.counts = array("I")
        self.sums: dict[int, int] = {}
        self.life = array("I")
        self.life_sums: dict[int, int] = {}
        self.last = array("q")
        self.days: dict[int, int] = {}
        self.day0 = 0
        self.values: dict[tuple[int, str], dict[str, int]] = {}
        self.old_days: dict[int, int] = {}
        self.dropped: dict[int, tuple[int, int]] = {}
        self.check = _FIRST_CHECK
        self.fit()

    def fit(self) -> None:
        """Make room for slots and windows that the plan has gained."""
        plan = self.plan
        slots = len(plan.slots) - len(self.life)
        if slots:
            self.life.extend([0] * slots)
            self.last.extend([-1] * slots)
        windows = len(plan.windows) - len(self.heads)
        counters = len(plan.counter) - len(self.counts)
        if windows or counters:
            self.heads.extend([0] * windows)
            self.bounds.extend([0] * windows)
            self.counts.extend([0] * counters)
            for w in range(len(self.heads)):
                self.recount(w, self.bounds[w])

    def add(self, slot: int, us: int, amount: int = 0, day: int = -1) -> None:
        """Count one event of *slot* at *us*; *day* is its local date."""
        stamps, code, bounds = self.stamps, us << 8 | slot, self.bounds
        if not stamps or code >= stamps[-1]:
            stamps.append(code)
            if self.amounts is not None or amount:
                self._amount(len(stamps) - 1, amount)
        else:
            at = bisect_right(stamps, code)
            stamps.insert(at, code)
            if self.amounts is not None or amount:
                self._amount(at, amount)
            heads = self.heads
            for w, bound in enumerate(bounds):
                if us < bound:
                    heads[w] += 1
        for counter, w in self.plan.counters[slot]:
            if us >= bounds[w]:
                self.counts[counter] += 1
                if amount:
                    self.sums[counter] = self.sums.get(counter, 0) + amount
        self.total(slot, amount)
        self.last[slot] = max(self.last[slot], us)
        if day >= 0:
            self._mark(slot, day)

    def total(self, slot: int, amount: int = 0) -> None:
        """Count one event over the lifetime only (it has no time of its own)."""
        self.life[slot] += 1
        if amount:
            self.life_sums[slot] = self.life_sums.get(slot, 0) + amount

    def note(self, slot: int, name: str, value: str, us: int) -> None:
        """Remember the latest instant at which the property had *value*."""
        seen = self.values.setdefault((slot, name), {})
        if us > seen.get(value, -1):
            seen[value] = us

    def _amount(self, at: int, amount: int) -> None:
        if self.amounts is None:
            self.amounts = array("q", [0] * (len(self.stamps) - 1))
        self.amounts.insert(at, amount)

    def _mark(self, slot: int, day: int) -> None:
        if not self.days:
            self.day0 = day
        elif day < self.day0:
            shift = self.day0 - day
            self.days = {s: bits << shift for s, bits in self.days.items()}
            self.day0 = day
        self.days[slot] = self.days.get(slot, 0) | 1 << (day - self.day0)

    def move(self, w: int, bound: int) -> None:
        """Let window *w* begin at *bound*: forget what has left it."""
        if bound < self.bounds[w]:
            self.recount(w, bound)
            return
        stamps, limit = self.stamps, bound << 8
        i, n, counter = self.heads[w], len(stamps), self.plan.counter
        while i < n and stamps[i] < limit:
            c = counter.get((stamps[i] & _MASK, w))
            if c is not None:
                self.counts[c] -= 1
                if self.amounts is not None and self.amounts[i]:
                    self.sums[c] -= self.amounts[i]
            i += 1
        self.heads[w], self.bounds[w] = i, bound

    def rebase(self, w: int, bound: int) -> None:
        """Let window *w*, whose beginning the member's life sets, begin at *bound*."""
        if bound == self.bounds[w]:
            return
        oldest = self.stamps[0] >> 8 if self.stamps else bound
        if bound >= oldest:
            for (_, window), c in self.plan.counter.items():
                if window == w:
                    self.dropped.pop(c, None)
        self.recount(w, bound)

    def recount(self, w: int, bound: int) -> None:
        """Count window *w* anew from the entries that are kept."""
        stamps = self.stamps
        head = bisect_left(stamps, bound << 8)
        for (slot, window), c in self.plan.counter.items():
            if window == w:
                inside = [
                    i for i in range(head, len(stamps)) if stamps[i] & _MASK == slot
                ]
                gone, amount = self.dropped.get(c, (0, 0))
                self.counts[c] = len(inside) + gone
                if self.amounts is not None:
                    self.sums[c] = sum(self.amounts[i] for i in inside) + amount
        self.heads[w], self.bounds[w] = head, bound

    def compact(self, now: int, today: int, begins: list[int]) -> None:
        """Drop entries and days that no window and no late event can need.

        *begins* are the beginnings of the rolling windows at *now*, -1 for windows
        that the member's life begins: those keep the number of what is dropped.
        """
        for w, bound in enumerate(begins):
            if bound > self.bounds[w]:
                self.move(w, bound)
        cut = bisect_left(self.stamps, now - self.plan.retention << 8)
        for c, w in ((c, w) for (_, w), c in self.plan.counter.items()):
            if begins[w] < 0 and cut > self.heads[w]:
                self._keep_dropped(c, w, cut)
        del self.stamps[:cut]
        if self.amounts is not None:
            del self.amounts[:cut]
        for w, head in enumerate(self.heads):
            self.heads[w] = max(head - cut, 0)
        self._forget_values(now)
        self._forget_days(today)
        self.check = 2 * len(self.stamps) + _FIRST_CHECK

    def _keep_dropped(self, c: int, w: int, cut: int) -> None:
        slot = next(s for (s, window), k in self.plan.counter.items() if k == c)
        gone = [i for i in range(self.heads[w], cut) if self.stamps[i] & _MASK == slot]
        if gone:
            count, amount = self.dropped.get(c, (0, 0))
            if self.amounts is not None:
                amount += sum(self.amounts[i] for i in gone)
            self.dropped[c] = (count + len(gone), amount)

    def _forget_values(self, now: int) -> None:
        oldest = now - self.plan.retention
        for key, seen in self.values.items():
            if any(us < oldest for us in seen.values()):
                kept = {v: us for v, us in seen.items() if us >= oldest}
                self.values[key] = kept

    def _forget_days(self, today: int) -> None:
        gone = today - self.day0 - self.plan.keep_days
        if gone <= 0 or not self.days:
            return
        low = (1 << gone) - 1
        for slot, bits in self.days.items():
            left = (bits & low).bit_count()
            if left:
                self.old_days[slot] = self.old_days.get(slot, 0) + left
            self.days[slot] = bits >> gone
        self.day0 += gone

    def fades(self, slot: int, need: int) -> int | None:
        """Return the instant of the entry that a figure of *need* rests on.

        When that entry leaves a window, the figure falls below *need*; None where
        there are fewer.
        """
        left = need
        for code in reversed(self.stamps):
            if code & _MASK == slot:
                left -= 1
                if left == 0:
                    return code >> 8
        return None

    def plain(self) -> dict[str, object]:
        """Return what cannot be derived, as builtins."""
        out: dict[str, object] = {
            "stamps": self.stamps.tolist(),
            "life": self.life.tolist(),
            "last": self.last.tolist(),
        }
        if self.amounts is not None:
            out["amounts"] = self.amounts.tolist()
        if self.life_sums:
            out["life_sums"] = [[s, n] for s, n in sorted(self.life_sums.items())]
        if self.days:
            out["day0"] = self.day0
            out["days"] = [[s, f"{bits:x}"] for s, bits in sorted(self.days.items())]
        if self.old_days:
            out["old_days"] = [[s, n] for s, n in sorted(self.old_days.items())]
        if self.values:
            out["values"] = [
                [slot, name, sorted(seen.items())]
                for (slot, name), seen in sorted(self.values.items())
            ]
        if self.dropped:
            names = {c: key for key, c in self.plan.counter.items()}
            out["dropped"] = [
                [names[c][0], str(self.plan.windows[names[c][1]]), *pair]
                for c, pair in sorted(self.dropped.items())
            ]
        return out

    @classmethod
    def restore(cls, plan: WindowPlan, plain: Mapping[str, object]) -> Rolling:
        """Rebuild from what `plain` returned."""
        self = cls(plan)
        self.stamps = array("Q", cast("list[int]", plain["stamps"]))
        life = cast("list[int]", plain["life"])
        last = cast("list[int]", plain["last"])
        self.life[: len(life)] = array("I", life)
        self.last[: len(last)] = array("q", last)
        if "amounts" in plain:
            self.amounts = array("q", cast("list[int]", plain["amounts"]))
        pairs = cast("list[tuple[int, int]]", plain.get("life_sums", ()))
        self.life_sums = dict(pairs)
        self.day0 = cast("int", plain.get("day0", 0))
        days = cast("list[tuple[int, str]]", plain.get("days", ()))
        self.days = {s: int(bits, 16) for s, bits in days}
        old = cast("list[tuple[int, int]]", plain.get("old_days", ()))
        self.old_days = dict(old)
        values = cast("_Values", plain.get("values", ()))
        self.values = {(s, name): dict(seen) for s, name, seen in values}
        dropped = cast("list[tuple[int, str, int, int]]", plain.get("dropped", ()))
        for slot, text, n, amount in dropped:
            self.dropped[plan.count(slot, Window.parse(text))[1]] = (n, amount)
        self.fit()
        self.check = 2 * len(self.stamps) + _FIRST_CHECK
        for w in range(len(self.heads)):
            self.recount(w, 0)
        return self

    def absorb(self, other: Rolling) -> None:
        """Take over what another account of the same person did."""
        self._take_stamps(other)
        for slot, times in enumerate(other.life):
            self.life[slot] += times
            self.last[slot] = max(self.last[slot], other.last[slot])
        for mine, theirs in (
            (self.life_sums, other.life_sums),
            (self.old_days, other.old_days),
        ):
            for slot, n in theirs.items():
                mine[slot] = mine.get(slot, 0) + n
        for slot, bits in other.days.items():
            for offset in range(bits.bit_length()):
                if bits >> offset & 1:
                    self._mark(slot, other.day0 + offset)
        for (slot, name), seen in other.values.items():
            for value, us in seen.items():
                self.note(slot, name, value, us)
        for w in range(len(self.heads)):
            self.recount(w, self.bounds[w])

    def _take_stamps(self, other: Rolling) -> None:
        theirs = other.amounts
        for i, code in enumerate(other.stamps):
            at = bisect_right(self.stamps, code)
            self.stamps.insert(at, code)
            amount = 0 if theirs is None else theirs[i]
            if self.amounts is not None or amount:
                self._amount(at, amount)
