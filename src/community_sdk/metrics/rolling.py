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

from community_sdk._time import DAY, Window
from community_sdk.metrics.plan import CUT, DAY_ZERO, HIGHEST, SLOTS, WindowPlan

__all__ = ["Rolling"]

UNKNOWN: Final = -1
_FIRST_CHECK: Final = 48
_MASK: Final = SLOTS - 1
_KEPT: Final = ("life", "paid", "last", "old_days", "run")

_Values = list[tuple[int, str, list[tuple[str, int]]]]


class Rolling:
    """What one member did, as far as the plan looks back.

    Attributes:
        stamps: sorted codes, the instant above the slot.
        nums: the figures, in the cells of the plan.
        amounts: beside the stamps, None while nothing had an amount.
        values: per distinct property the latest instant of each value, or None.
        check: the number of stamps at which to `compact`.
    """

    __slots__ = ("amounts", "check", "nums", "plan", "stamps", "values")

    def __init__(self, plan: WindowPlan) -> None:
        """Begin with nothing."""
        self.plan = plan
        self.stamps = array("Q")
        self.nums = plan.blank.copy()
        self.amounts: array[int] | None = None
        self.values: dict[tuple[int, str], dict[str, int]] | None = None
        self.check = _FIRST_CHECK

    def fit(self) -> None:
        """Make room for what the plan has gained; it counts from now on."""
        known = len(self.nums)
        self.nums += self.plan.blank[known:]
        for w, bound in enumerate(self.plan.bounds):
            if any(cell >= known for cell in self.plan.inside[w]):
                self.recount(w, self.nums[bound])

    def add(self, slot: int, us: int, amount: int = 0, day: int = -1) -> None:
        """Count one event of *slot* at *us*; *day* is its local date."""
        stamps, nums = self.stamps, self.nums
        code, at = us << 8 | slot, len(stamps)
        if not at or code >= stamps[-1]:
            stamps.append(code)
        else:
            at = bisect_right(stamps, code)
            stamps.insert(at, code)
        if us < nums[HIGHEST]:
            self._before(us, at)
        counters, life, last, days = self.plan.recipes[slot]
        for count, bound in counters:
            if us >= nums[bound]:
                nums[count] += 1
        if life:
            nums[life] += 1
        if last and us > nums[last]:
            nums[last] = us
        if days and day >= 0:
            first = nums[DAY_ZERO]
            if first and day >= first:
                nums[days] |= 1 << day - first
            else:
                self._mark(days, day)
        if amount or self.amounts is not None:
            self._pay(slot, us, at, amount)

    def _pay(self, slot: int, us: int, at: int, amount: int) -> None:
        """Add *amount* to what is summed of *slot*."""
        nums, plan = self.nums, self.plan
        self._amount(at, amount)
        if plan.kept[slot].paid:
            nums[plan.kept[slot].paid] += amount
        for w, cells in enumerate(plan.paid):
            if cells[slot] and us >= nums[plan.bounds[w]]:
                nums[cells[slot]] += amount

    def _before(self, us: int, at: int) -> None:
        """Make place at *at* before the beginning of windows that begin after *us*."""
        for w, bound in enumerate(self.plan.bounds):
            if us < self.nums[bound]:
                head = self.plan.heads[w]
                self.nums[head] = max(self.nums[head], at) + 1

    def total(self, slot: int, amount: int = 0) -> None:
        """Count one event over the lifetime only (it has no time of its own)."""
        kept = self.plan.kept[slot]
        if kept.life:
            self.nums[kept.life] += 1
        if kept.paid:
            self.nums[kept.paid] += amount

    def note(self, slot: int, name: str, value: str, us: int) -> None:
        """Remember the latest instant at which the property had *value*."""
        if self.values is None:
            self.values = {}
        seen = self.values.setdefault((slot, name), {})
        if us > seen.get(value, -1):
            seen[value] = us

    def _amount(self, at: int, amount: int) -> None:
        if self.amounts is None:
            self.amounts = array("q", [0] * (len(self.stamps) - 1))
        self.amounts.insert(at, amount)

    def _mark(self, cell: int, day: int) -> None:
        nums = self.nums
        first = nums[DAY_ZERO]
        if not first:
            nums[DAY_ZERO] = first = day
        elif day < first:
            for kept in self.plan.kept:
                if kept.days:
                    nums[kept.days] <<= first - day
            nums[DAY_ZERO] = first = day
        nums[cell] |= 1 << (day - first)

    def move(self, w: int, bound: int) -> None:
        """Let window *w* begin at *bound*: forget what has left it."""
        nums, plan, stamps = self.nums, self.plan, self.stamps
        begin, i = plan.bounds[w], nums[plan.heads[w]]
        if bound < nums[begin]:
            self.recount(w, bound)
            return
        if i < len(stamps) and stamps[i] < bound << 8:
            self._leave(w, i, bound << 8)
        nums[begin] = bound
        nums[HIGHEST] = max(nums[HIGHEST], bound)

    def _leave(self, w: int, i: int, limit: int) -> None:
        """Take the entries from *i* up to the code *limit* out of window *w*."""
        nums, stamps, inside = self.nums, self.stamps, self.plan.inside[w]
        paid, n = self.plan.paid[w], len(stamps)
        while i < n and (code := stamps[i]) < limit:
            slot = code & _MASK
            if inside[slot]:
                nums[inside[slot]] -= 1
                if self.amounts is not None and paid[slot]:
                    nums[paid[slot]] -= self.amounts[i]
            i += 1
        nums[self.plan.heads[w]] = i

    def rebase(self, w: int, bound: int) -> None:
        """Let window *w*, whose beginning the member's life sets, begin at *bound*."""
        if bound == self.nums[self.plan.bounds[w]]:
            return
        if bound >= self.nums[CUT]:
            for count, amount in self.plan.gone[w].values():
                self.nums[count] = self.nums[amount] = 0
        self.recount(w, bound)

    def recount(self, w: int, bound: int) -> None:
        """Count window *w* anew from the entries that are kept."""
        nums, plan, stamps = self.nums, self.plan, self.stamps
        head = bisect_left(stamps, bound << 8)
        for slot, cell in enumerate(plan.inside[w]):
            if not cell:
                continue
            gone = plan.gone[w].get(slot)
            count, amount = (nums[gone[0]], nums[gone[1]]) if gone else (0, 0)
            found = [i for i in range(head, len(stamps)) if stamps[i] & _MASK == slot]
            nums[cell] = count + len(found)
            if plan.paid[w][slot]:
                amount += sum(self._amounts(found))
                nums[plan.paid[w][slot]] = amount
        nums[plan.heads[w]], nums[plan.bounds[w]] = head, bound
        nums[HIGHEST] = max(nums[HIGHEST], bound)

    def _amounts(self, found: list[int]) -> list[int]:
        return [] if self.amounts is None else [self.amounts[i] for i in found]

    def compact(self, now: int, today: int, begins: list[int]) -> None:
        """Drop entries and days that no window and no late event can need.

        *begins* are the beginnings of the windows at *now*, -1 where one stays as it
        is. Windows that the member's life begins keep the number of what is dropped.
        """
        nums, plan = self.nums, self.plan
        for w, bound in enumerate(begins):
            if plan.windows[w].rolling and bound > nums[plan.bounds[w]]:
                self.move(w, bound)
            elif not plan.windows[w].rolling and bound != UNKNOWN:
                self.rebase(w, bound)
        oldest = now - plan.retention
        nums[CUT] = max(nums[CUT], oldest)
        cut = bisect_left(self.stamps, oldest << 8)
        for w, cells in enumerate(plan.gone):
            for slot, (count, amount) in cells.items():
                span = range(nums[plan.heads[w]], cut)
                found = [i for i in span if self.stamps[i] & _MASK == slot]
                nums[count] += len(found)
                nums[amount] += sum(self._amounts(found))
        del self.stamps[:cut]
        if self.amounts is not None:
            del self.amounts[:cut]
        for head in plan.heads:
            nums[head] = max(nums[head] - cut, 0)
        self._forget_values(oldest)
        # A late event must not fall on a day that is only a number any more.
        self.forget_days(today - max(plan.keep_days, plan.retention // DAY + 2))
        self.check = 2 * len(self.stamps) + _FIRST_CHECK

    def forget_days(self, before: int) -> None:
        """Keep of the days earlier than *before* their number and the last run."""
        nums, first = self.nums, self.nums[DAY_ZERO]
        gone = before - first
        if gone <= 0 or not first:
            return
        low = (1 << gone) - 1
        for kept in self.plan.kept:
            if not kept.days:
                continue
            lost = nums[kept.days] & low
            if kept.old_days:
                nums[kept.old_days] += lost.bit_count()
            if kept.run:
                idle = low & ~lost
                run = gone if idle else nums[kept.run] + gone
                nums[kept.run] = run - idle.bit_length()
            nums[kept.days] >>= gone
        nums[DAY_ZERO] = before

    def _forget_values(self, oldest: int) -> None:
        for key, seen in (self.values or {}).items():
            if key in self.plan.lasting:
                continue
            for value in [v for v, us in seen.items() if us < oldest]:
                del seen[value]

    def fades(self, slot: int, need: int, since: int) -> int | None:
        """Return the instant of the entry that a figure of *need* rests on.

        When that entry leaves a window, the figure falls below *need*; None where
        there are fewer from *since* on.
        """
        left = need
        for code in reversed(self.stamps):
            if code >> 8 < since:
                return None
            if code & _MASK == slot:
                left -= 1
                if left == 0:
                    return code >> 8
        return None

    def plain(self) -> dict[str, object]:
        """Return what cannot be derived, as builtins keyed by slot."""
        nums, plan = self.nums, self.plan
        out: dict[str, object] = {"stamps": self.stamps.tolist()}
        if self.check != _FIRST_CHECK:
            out["check"] = self.check
        if self.amounts is not None:
            out["amounts"] = self.amounts.tolist()
        for what in _KEPT:
            cells: list[tuple[int, int]] = [
                (s, getattr(kept, what)) for s, kept in enumerate(plan.kept)
            ]
            known = [[s, nums[c]] for s, c in cells if c and nums[c] != plan.blank[c]]
            if known:
                out[what] = known
        days = [[s, f"{nums[k.days]:x}"] for s, k in enumerate(plan.kept) if k.days]
        if nums[DAY_ZERO]:
            out["day0"], out["days"] = nums[DAY_ZERO], days
        if self.values:
            out["values"] = [
                [slot, name, sorted(seen.items())]
                for (slot, name), seen in sorted(self.values.items())
            ]
        gone = [
            [slot, str(plan.windows[w]), nums[count], nums[amount]]
            for w, cells in enumerate(plan.gone)
            for slot, (count, amount) in cells.items()
            if nums[count]
        ]
        return out | ({"cut": nums[CUT], "gone": gone} if gone else {})

    @classmethod
    def restore(cls, plan: WindowPlan, plain: Mapping[str, object]) -> Rolling:
        """Rebuild from what `plain` returned; what the plan has no cell for is lost."""
        self = cls(plan)
        nums = self.nums
        self.stamps = array("Q", cast("list[int]", plain["stamps"]))
        if "amounts" in plain:
            self.amounts = array("q", cast("list[int]", plain["amounts"]))
        for what in _KEPT:
            for slot, number in cast("list[tuple[int, int]]", plain.get(what, ())):
                if cell := getattr(plan.kept[slot], what):
                    nums[cell] = number
        self._restore_days(plain)
        values = cast("_Values", plain.get("values", ()))
        if values:
            self.values = {(s, name): dict(seen) for s, name, seen in values}
        nums[CUT] = cast("int", plain.get("cut", 0))
        gone = cast("list[tuple[int, str, int, int]]", plain.get("gone", ()))
        for slot, text, count, amount in gone:
            window = Window.parse(text)
            if window in plan.windows:
                cells = plan.gone[plan.window(window)].get(slot)
                if cells is not None:
                    nums[cells[0]], nums[cells[1]] = count, amount
        self.check = cast("int", plain.get("check", _FIRST_CHECK))
        for w in range(len(plan.windows)):
            self.recount(w, 0)
        return self

    def _restore_days(self, plain: Mapping[str, object]) -> None:
        self.nums[DAY_ZERO] = cast("int", plain.get("day0", 0))
        for slot, bits in cast("list[tuple[int, str]]", plain.get("days", ())):
            if cell := self.plan.kept[slot].days:
                self.nums[cell] = int(bits, 16)

    def absorb(self, other: Rolling) -> None:
        """Take over what another account of the same person did.

        A day so long ago that only its number is kept counts for both accounts.
        """
        nums, theirs, plan = self.nums, other.nums, self.plan
        self._take_stamps(other)
        self._take_days(other)
        for kept in plan.kept:
            for cell in filter(None, (kept.life, kept.paid, kept.old_days)):
                nums[cell] += theirs[cell]
            if kept.last:
                nums[kept.last] = max(nums[kept.last], theirs[kept.last])
        for cells in plan.gone:
            for cell in (cell for pair in cells.values() for cell in pair):
                nums[cell] += theirs[cell]
        nums[CUT] = max(nums[CUT], theirs[CUT])
        for (slot, name), seen in (other.values or {}).items():
            for value, us in seen.items():
                self.note(slot, name, value, us)
        for w, bound in enumerate(plan.bounds):
            self.recount(w, nums[bound])

    def _take_days(self, other: Rolling) -> None:
        floors = [one.nums[DAY_ZERO] for one in (self, other) if one.forgetful]
        for one in (self, other):
            one.forget_days(max(floors, default=0))
        nums, theirs = self.nums, other.nums
        for kept in self.plan.kept:
            bits = theirs[kept.days] if kept.days else 0
            for offset in range(bits.bit_length()):
                if bits >> offset & 1:
                    self._mark(kept.days, theirs[DAY_ZERO] + offset)
            if kept.run:
                nums[kept.run] = max(nums[kept.run], theirs[kept.run])

    @property
    def forgetful(self) -> bool:
        """Whether days before `DAY_ZERO` are only a number any more."""
        cells = (cell for kept in self.plan.kept for cell in (kept.old_days, kept.run))
        return any(self.nums[cell] for cell in cells if cell)

    def _take_stamps(self, other: Rolling) -> None:
        theirs = other.amounts
        for i, code in enumerate(other.stamps):
            at = bisect_right(self.stamps, code)
            self.stamps.insert(at, code)
            amount = 0 if theirs is None else theirs[i]
            if self.amounts is not None or amount:
                self._amount(at, amount)
