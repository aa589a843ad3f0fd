"""The limit for conditions: six of them, nested, by hand over a tuple of figures.

The figures: messages in 30 days, active days in 30 days, replies in 30 days, strikes
that count, spent in 90 days (minor units), days in a row.
"""

from collections.abc import Callable

__all__ = ["Facts", "HandRow", "by_readers", "explained", "passes"]

Facts = tuple[int, int, int, int, int, int]
HandRow = tuple[str, str, int, int, bool]


def passes(f: Facts) -> bool:
    """Answer."""
    return (
        f[0] >= 20
        and (f[1] >= 10 or f[2] >= 3)
        and (f[3] <= 2 and (f[4] >= 10_000 or f[5] >= 5))
    )


def explained(f: Facts) -> tuple[bool, tuple[HandRow, ...]]:
    """Answer with a row for each of the six."""
    messages, days, replies, strikes, spent, streak = f
    enough = messages >= 20
    often = days >= 10
    kind = replies >= 3
    clean = strikes <= 2
    buys = spent >= 10_000
    loyal = streak >= 5
    return (
        enough and (often or kind) and (clean and (buys or loyal)),
        (
            ('count("message", "30d")', ">=", 20, messages, enough),
            ('active_days("30d")', ">=", 10, days, often),
            ('count("reply", "30d")', ">=", 3, replies, kind),
            ("strikes()", "<=", 2, strikes, clean),
            ('total("purchase", "90d")', ">=", 10_000, spent, buys),
            ('streak("message")', ">=", 5, streak, loyal),
        ),
    )


def by_readers(
    readers: tuple[Callable[[Facts], int], ...],
) -> Callable[[Facts], bool]:
    """Answer over a member whose figures are read by functions when needed."""
    messages, days, replies, strikes, spent, streak = readers

    def answer(member: Facts) -> bool:
        return (
            messages(member) >= 20
            and (days(member) >= 10 or replies(member) >= 3)
            and (
                strikes(member) <= 2
                and (spent(member) >= 10_000 or streak(member) >= 5)
            )
        )

    return answer
