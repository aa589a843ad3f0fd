"""What is remembered of questions: those that are open, and figures of the period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TypedDict

from community_sdk._values import frozen

__all__ = [
    "Answer",
    "Chat",
    "Closed",
    "Entry",
    "Notes",
    "ResponseFigures",
    "Slice",
    "begin",
    "blank",
    "figures",
    "of_member",
    "place",
]


class Entry(TypedDict):
    """At *at* (microseconds) it is told *what*: `remind`, `due` or `stage`."""

    at: int
    what: str
    duty: str


class Answer(TypedDict):
    """Somebody of the staff spoke in *group*, to *to* (empty: to everybody)."""

    at: int
    group: str
    to: str


class Chat(TypedDict):
    """An open question: one at most for a member in a group (empty: in private).

    *first* and *last* message of it, *base*: the one that its time runs from; *told*:
    it was told to be overdue.
    """

    who: str
    group: str
    first: int
    last: int
    base: int
    due: int | None
    agenda: list[Entry]
    told: bool


class Closed(TypedDict):
    """A question that was answered at *at*, by *staff* where that is known."""

    chat: Chat
    at: int
    staff: str
    late: bool
    worked: int


class Notes(TypedDict):
    """What the last event changed, for `decide` to tell."""

    clear: dict[str, int]
    wake: list[str]
    closed: list[Closed]
    ended: list[Chat]
    fired: dict[str, int]
    report: dict[str, dict[str, int]]
    load: dict[str, int]
    period: str
    differ: list[list[str]]
    begun: bool


class Slice(TypedDict):
    """All that is remembered; *load*: answers of each of the staff in the period."""

    open: dict[str, Chat]
    recent: list[Answer]
    period: str
    figures: dict[str, dict[str, int]]
    load: dict[str, int]
    notes: Notes


@frozen(kw_only=True)
class ResponseFigures:
    """What became of questions in one period and one group.

    Attributes:
        chats: Questions that were opened in the period.
        answered: Questions that were answered in it, late ones too.
        in_time: Questions that were answered in it by their time.
        overdue: Questions whose time was over in it, without an answer by then.
        lapsed: Questions that were closed in it without any answer.
        waited: Microseconds from the question to its answer, of all answered.
        worked: The part of them in which the responsible role was at work.
    """

    chats: int = 0
    answered: int = 0
    in_time: int = 0
    overdue: int = 0
    lapsed: int = 0
    waited: int = 0
    worked: int = 0

    @property
    def overdue_rate(self) -> Fraction | None:
        """Overdue among all whose outcome is known, None without any."""
        known = self.in_time + self.overdue
        return Fraction(self.overdue, known) if known else None

    @property
    def mean_wait(self) -> Fraction | None:
        """Microseconds from question to answer on average, None without any."""
        return Fraction(self.waited, self.answered) if self.answered else None

    @property
    def mean_work(self) -> Fraction | None:
        """Microseconds of work from question to answer on average, None without any."""
        return Fraction(self.worked, self.answered) if self.answered else None


def begin() -> Slice:
    """Return the memory before the first question."""
    return {
        "open": {},
        "recent": [],
        "period": "",
        "figures": {},
        "load": {},
        "notes": blank(),
    }


def blank() -> Notes:
    """Return notes of nothing."""
    return {
        "clear": {},
        "wake": [],
        "closed": [],
        "ended": [],
        "fired": {},
        "report": {},
        "load": {},
        "period": "",
        "differ": [],
        "begun": False,
    }


def place(group: str, who: str) -> str:
    """Return the key of a question, another for each group and member."""
    return f"{len(group)}:{group}{who}"


def of_member(mine: Slice, who: str, group: str | None) -> Iterator[tuple[str, Chat]]:
    """Yield what *who* has open in *group* (None: anywhere)."""
    for key, chat in mine["open"].items():
        if chat["who"] == who and group in (None, chat["group"]):
            yield key, chat


def figures(plain: Mapping[str, int]) -> ResponseFigures:
    """Return kept numbers as a value."""
    return ResponseFigures(**plain)
