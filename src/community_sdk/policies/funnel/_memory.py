"""What a funnel keeps of a member, so that every mode is told event by event (S20).

INVARIANT: as long as events are no later than the playbook allows, the answer equals
that of `FunnelAnalysis` over all events. Attempts that nothing late can change any
more are folded into the best of them; only events that may still matter are kept.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, cast

from attrs import define

from community_sdk.metrics.funnel import (
    Attempt,
    FunnelRules,
    Search,
    Seen,
    apart,
    attempts,
    latest,
    may_convert,
    over_at,
)
from community_sdk.policies.funnel._outlook import leads_on, within_reach

__all__ = ["Kept", "Memory", "leaf"]

Kept = dict[str, Any]
Closing = Callable[[int], int]
_LUMP: Final = 32
_NEVER: Final = 1 << 30


@define
class Memory:
    """One member's events that may matter, kept in a dict of builtins.

    ``rows``: the events by instant, each as [instant, seq, id, steps, exclusions,
    values to hold]; ``first``: per step that asks for one, the first
    event; ``skip``: per value held, how many of the rows open nothing any more;
    ``top``: the highest level of attempts that are final; ``past``: the best of them
    as [level, opened, closes]; ``told``: the highest level announced, with
    ``totals`` per opening; ``high``: the highest level of any attempt, excluded or not;
    ``last``: when each step last came; ``now``: the attempt that counts.
    """

    rules: FunnelRules
    closing: Closing
    limits: Sequence[Closing | None]
    kept: Kept

    def __attrs_post_init__(self) -> None:
        """Begin, where nothing is kept."""
        if "rows" not in self.kept:
            self.kept |= {"rows": [], "first": {}, "skip": {}, "check": _LUMP}
            self.kept |= {"top": -1, "past": None, "told": {}, "over": False}
            self.kept |= {"high": -1, "last": [-1] * len(self.rules.steps), "now": None}

    def add(self, row: list[Any], firsts: Sequence[int]) -> list[list[int]]:
        """Take in an event; return attempts that came further than was announced.

        It is the first so far for the steps *firsts*, maybe.
        """
        rows = self.kept["rows"]
        newest = bool(rows) and row[0] > rows[-1][0]
        for step in firsts:
            known = self.kept["first"].get(str(step))
            if known is None or row[:2] < known[:2]:
                self.kept["first"][str(step)] = row[:3]
        if row[3] or row[4] or self.rules.order == "strict":
            insort(rows, row, key=_instant)
        steps = self._steps(row)
        for step in steps:
            self.kept["last"][step] = max(self.kept["last"][step], row[0])
        if newest and not row[4] and self._passes(row, steps):
            return []
        return self.news()

    def _passes(self, row: list[Any], steps: Sequence[int]) -> bool:
        """Tell whether the latest event leads no attempt on, with `now` set right."""
        kept, rules, now = self.kept, self.rules, self.kept["now"]
        if now is None:
            alone = kept["high"] < 0 and rules.order != "unordered"
            return alone and not leads_on(rules, steps, -1)
        if rules.entry != "best":
            runs = now[2] >= row[0] and now[0] < len(rules.steps) - 1
            only = rules.entry == "totals" or kept["past"] is None
            plain = not (rules.same or rules.exclusions or rules.order == "strict")
            calm = runs and only and plain
            return calm and not self._leads_on(row, steps, now[0])
        if self._leads_on(row, steps, kept["high"]) or kept["high"] > now[0]:
            return False
        if within_reach(rules, kept["last"], now[1]) >= now[0]:
            kept["now"] = self._later(now)
        return True

    def _leads_on(self, row: list[Any], steps: Sequence[int], level: int) -> bool:
        """Tell whether the latest event may lead on an attempt up to `now`."""
        if self.rules.order != "unordered":
            return leads_on(self.rules, steps, level)
        if self.rules.ties == "increasing":
            return bool(steps)
        same = 0
        for other in reversed(self.kept["rows"][:-1]):
            if other[0] <= self.kept["now"][1] or same >= len(steps):
                break
            same += other[3:] == row[3:]
        return same < len(steps)

    def _later(self, now: list[int]) -> list[int]:
        """Return the latest attempt that came as far as *now*."""
        rows = self.kept["rows"]
        since = bisect_right(rows, now[1], key=_when)
        found = (
            latest(search, self.closing, now[0])
            for _, search in self._searches(rows[since:])
        )
        return max([now, *(told(a) for a in found if a is not None)], key=_opening)

    def tracks(self) -> Iterator[tuple[str, Search, list[Attempt]]]:
        """Yield, per value held, the events and the attempts made of them."""
        for name, search in self._searches(self.kept["rows"]):
            free = self.kept["skip"].get(name, 0)
            found = attempts(search, self.closing, free)
            yield name, search, list(found)

    def _searches(self, kept: Sequence[Any]) -> Iterator[tuple[str, Search]]:
        rows = [
            (_values(row), Seen(row[0], self._steps(row), tuple(row[4])), row)
            for row in kept
        ]
        for values, own in apart(rows, self.rules):
            name = "\x1f".join(map(str, values))
            yield name, Search([each for each, _ in own], self.rules, self.limits)

    def _steps(self, row: list[Any]) -> tuple[int, ...]:
        first, matched = self.kept["first"], cast("list[int]", row[3])
        return tuple(
            step
            for step in matched
            if not self.rules.steps[step].first_time or first[str(step)][2] == row[2]
        )

    def standing(self, now: int) -> tuple[list[int] | None, bool]:
        """Return the latest attempt that came as far as any, and if it may go on."""
        spent = {int(step) for step in self.kept["first"]}
        found = [(a, search) for _, search, own in self.tracks() for a in own]
        chosen = self._best([a for a, _ in found])
        running = any(
            told(a) == chosen and may_convert(search, a, now, spent)
            for a, search in found
            if not a.excluded
        )
        return chosen, running

    def _best(self, found: Sequence[Attempt]) -> list[int] | None:
        """Return the latest of those that came furthest, final or not."""
        entry, past = self.rules.entry, self.kept["past"]
        clean = [told(a) for a in found if not a.excluded]
        top = max([self.kept["top"], *(a.level for a in found)])
        clean = clean if past is None else [past, *clean]
        if entry == "totals":
            return max(clean, key=_opening, default=None)
        if self.rules.scope == "user" and self.rules.order != "unordered":
            clean = [each for each in clean if each[0] == top]
        return max(clean, key=_rank, default=None)

    def _look(self) -> list[Attempt]:
        """Look at all attempts: note which counts, and how high any comes."""
        found = [a for _, _, own in self.tracks() for a in own]
        high = max([self.kept["top"], *(a.level for a in found)])
        self.kept |= {"now": self._best(found), "high": high}
        return found

    def news(self) -> list[list[int]]:
        """Return attempts that came further than was announced, and note them."""
        found = self._look()
        chosen = self.kept["now"]
        counted = [] if chosen is None else [chosen]
        if self.rules.entry == "totals":
            counted = [told(a) for a in found if not a.excluded]
        fresh: list[list[int]] = []
        for each in sorted(counted, key=_opening):
            name = str(each[1]) if self.rules.entry == "totals" else ""
            if each[0] > self.kept["told"].get(name, -1):
                self.kept["told"][name] = each[0]
                fresh.append(each)
        return fresh

    def join(self, other: Kept) -> None:
        """Take in what was kept of another account of the same person."""
        kept = self.kept
        for row in other["rows"]:
            insort(kept["rows"], row, key=_instant)
        for step, first in other["first"].items():
            known = kept["first"].get(step, first)
            kept["first"][step] = min(known, first, key=_instant)
        for opening, level in other["told"].items():
            kept["told"][opening] = max(level, kept["told"].get(opening, -1))
        kept["top"] = max(kept["top"], other["top"])
        better = _opening if self.rules.entry == "totals" else _rank
        final = [each for each in (kept["past"], other["past"]) if each is not None]
        kept["past"] = max(final, key=better, default=None)
        kept["skip"] = {k: n for k, n in kept["skip"].items() if n == _NEVER}
        kept["over"] = kept["over"] or other["over"]
        kept["last"] = [
            max(pair) for pair in zip(kept["last"], other["last"], strict=True)
        ]
        self._look()

    @property
    def crowded(self) -> bool:
        """Whether so many events are kept that `settle` is worth its while."""
        return bool(len(self.kept["rows"]) > self.kept["check"])

    def settle(self, oldest: int) -> None:
        """Forget what cannot matter: nothing earlier than *oldest* can come."""
        kept, rows = self.kept, self.kept["rows"]
        needed = [oldest]
        frees: dict[str, int] = {}
        for name, search, own in self.tracks():
            seen = search.seen
            running = [a for a in own if (a.closes or 0) >= oldest]
            for attempt in own[: len(own) - len(running)]:
                self._finish(attempt)
            since = running[0].opening if running else None
            if self.rules.entry == "first" and own and not running:
                kept["skip"][name] = _NEVER
            if self.rules.entry == "totals" and own and not running:
                since = over_at(seen, own[-1], self.rules)
            since = len(seen) if since is None else since
            frees[name] = since
            needed += [seen[since].at] if since < len(seen) else []
        cut = min(needed)
        skips = {k: n for k, n in kept["skip"].items() if n == _NEVER}
        for name, search, _ in self.tracks():
            if name in skips:
                continue
            early = sum(each.at < cut for each in search.seen)
            opens = next(
                (p for p, each in enumerate(search.seen) if each.at >= oldest),
                len(search.seen),
            )
            skips[name] = max(0, min(frees[name], opens) - early)
        kept["skip"] = skips
        kept["rows"] = [row for row in rows if row[0] >= cut]
        kept["check"] = 2 * len(kept["rows"]) + _LUMP
        self._close()

    def _finish(self, attempt: Attempt) -> None:
        kept = self.kept
        kept["top"] = max(kept["top"], attempt.level)
        if not attempt.excluded:
            mine, past = told(attempt), kept["past"]
            better = _opening if self.rules.entry == "totals" else _rank
            if past is None or better(mine) > better(past):
                kept["past"] = mine
        if self.rules.entry == "totals":
            kept["told"].pop(str(attempt.opened), None)

    def _close(self) -> None:
        """Keep no more events where nothing can be better than what is final."""
        kept, last = self.kept, len(self.rules.steps) - 1
        done = kept["past"] is not None and kept["past"][0] == last
        first = self.rules.entry == "first" and kept["top"] >= 0 and not self.rules.same
        if (done and self.rules.entry == "best") or first:
            kept |= {"rows": [], "first": {}, "over": True}


def told(attempt: Attempt) -> list[int]:
    """Return an attempt as it is kept."""
    return [attempt.level, attempt.opened, attempt.closes or 0]


def _rank(kept: Sequence[int]) -> tuple[int, ...]:
    return (kept[0], kept[1])


def _opening(kept: Sequence[int]) -> tuple[int, ...]:
    return (kept[1],)


def _when(row: Sequence[int]) -> int:
    return row[0]


def _instant(row: Sequence[int]) -> tuple[int, int]:
    return (row[0], row[1])


def _values(row: Sequence[Any]) -> tuple[object, ...]:
    return tuple(row[5])


def leaf(value: object) -> object:
    """Return *value* as something that can be stored."""
    return value if value is None or isinstance(value, (str, int)) else str(value)
