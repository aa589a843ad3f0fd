"""Windows of a member beside a deque per kind: time and bytes.

Run as `python -m bench.bench_windows`. 500 members with 400 events each, in order.
"""

import random
import sys

from bench.limits.windows import KINDS, Deques
from bench.rounds import ratios
from community_sdk._time import Window
from community_sdk.metrics import DAY_ZERO, Rolling, WindowPlan

DAY = 86_400_000_000
MEMBERS, EVENTS = 500, 400
Event = tuple[int, int, int]


def draw() -> list[list[Event]]:
    """Return per member (kind, instant, day) in order, over some 130 days."""
    rng = random.Random(7)
    drawn: list[list[Event]] = []
    for _ in range(MEMBERS):
        at, events = 20_000 * DAY, list[Event]()
        for _ in range(EVENTS):
            at += rng.randrange(1, DAY * 2 // 3)
            events.append((rng.randrange(KINDS), at, at // DAY))
        drawn.append(events)
    return drawn


def plan() -> tuple[WindowPlan, list[int], int, int]:
    """Return a plan that counts every kind over 720 exact hours, and days of one."""
    made = WindowPlan(0)
    month = Window.parse("720h")
    slots = [made.slot((kind, "member", ())) for kind in range(KINDS)]
    counters = [made.count(slot, month) for slot in slots]
    return made, counters, made.keep(slots[0], "days"), made.window(month)


def main() -> None:
    """Assert equal figures, then print ratios of time and of bytes."""
    drawn = draw()
    made, counters, active, w = plan()
    length, begin = Window.parse("720h").length, made.bounds[w]

    def by_hand() -> int:
        total = 0
        for events in drawn:
            member = Deques()
            for kind, at, day in events:
                member.add(kind, at, day)
                total += member.count(kind, at) + member.active(day)
        return total

    def ours() -> int:
        total = 0
        for events in drawn:
            member = Rolling(made)
            nums = member.nums
            for kind, at, day in events:
                member.add(kind, at, 0, day)
                bound = at - length + 1
                if nums[begin] != bound:
                    member.move(w, bound)
                shift = day - 99 - nums[DAY_ZERO]
                days = nums[active]
                total += nums[counters[kind]]
                total += (days >> shift if shift > 0 else days).bit_count()
        return total

    if ours() != by_hand():
        raise SystemExit("the figures differ")
    ratios({"deque per kind": by_hand, "rolling": ours}, base="deque per kind")
    for events in (10, 60):
        mine, theirs = _bytes(made, drawn[0][:events]), _deque_bytes(drawn[0][:events])
        print(
            f"bytes after {events} events: {mine} and {theirs} (1/{theirs / mine:.1f})"
        )


def _bytes(made: WindowPlan, events: list[Event]) -> int:
    member = Rolling(made)
    for kind, at, day in events:
        member.add(kind, at, 0, day)
    size = sys.getsizeof(member)
    for name in Rolling.__slots__:
        if name == "plan":
            continue
        value = getattr(member, name)
        size += 0 if value is None else sys.getsizeof(value)
    return size + sum(sys.getsizeof(n) for n in member.nums if n > 256)


def _deque_bytes(events: list[Event]) -> int:
    member = Deques()
    for kind, at, day in events:
        member.add(kind, at, day)
    size = (
        sys.getsizeof(member) + sys.getsizeof(member.kinds) + sys.getsizeof(member.days)
    )
    for entries in member.kinds.values():
        size += sys.getsizeof(entries) + sum(sys.getsizeof(us) for us in entries)
    return size


if __name__ == "__main__":
    main()
