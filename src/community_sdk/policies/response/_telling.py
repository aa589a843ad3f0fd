"""What is told of questions: reminders, hand-overs, answers, figures, differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Final, Protocol

from community_sdk._time import instant
from community_sdk.decisions import (
    ClearTimer,
    Escalate,
    Recommend,
    RecordAnswer,
    RefuseAct,
    Remind,
    ReportDifference,
    SetTimer,
    Wish,
)
from community_sdk.events import QuestionAnswered
from community_sdk.explanation import Explanation, because
from community_sdk.model import Escalation, GroupId, MemberId, RoleName
from community_sdk.policies.response._chats import Chat, Slice, figures, of_member
from community_sdk.state import State

__all__ = [
    "CLOSE",
    "LAPSE",
    "Ends",
    "Terms",
    "answers",
    "closed_period",
    "not_counted",
    "overload",
    "standing",
    "timers",
    "woken",
]

CLOSE: Final = "close"
LAPSE: Final = "lapse"
WHAT: Final = "answer"
_MANY: Final = 20
Ends = tuple[Callable[[int], int], int]
"""When a question lapses, by the message it runs from; when the period ends."""


class Terms(Protocol):
    """The settings that a hand-over names."""

    @property
    def duty(self) -> RoleName:
        """Who must answer."""
        ...

    @property
    def escalation(self) -> tuple[Escalation, ...]:
        """To whom it goes."""
        ...


def timers(mine: Slice, ends: Ends) -> Iterator[Wish]:
    """Yield the timers of what was opened, moved and closed."""
    notes = mine["notes"]
    lapses, over = ends
    for key, entries in notes["clear"].items():
        yield from (ClearTimer(f"{nth}/{key}") for nth in range(entries))
        yield ClearTimer(f"{LAPSE}/{key}")
    for key in notes["wake"]:
        chat = mine["open"][key]
        for nth, entry in enumerate(chat["agenda"]):
            when, early = instant(entry["at"]), entry["what"] == "remind"
            yield SetTimer(f"{nth}/{key}", when, "before" if early else "after")
        yield SetTimer(f"{LAPSE}/{key}", instant(lapses(chat["base"])), "after")
    if notes["begun"]:
        yield SetTimer(CLOSE, instant(over))


def answers(mine: Slice, duty: RoleName) -> Iterator[Wish]:
    """Yield who answered, and what was told to be overdue and was not."""
    for closed in mine["notes"]["closed"]:
        chat = closed["chat"]
        asked, at = instant(chat["first"]), instant(closed["at"])
        due = None if chat["due"] is None else instant(chat["due"])
        if closed["staff"]:
            why = because(
                "response.late" if closed["late"] else "response.in_time",
                asker=chat["who"],
                asked=asked,
                answered=at,
                due=due,
                duty=duty,
            )
            yield RecordAnswer(
                member=MemberId(closed["staff"]),
                group=_group(chat),
                asker=MemberId(chat["who"]),
                asked=asked,
                due=due,
                late=closed["late"],
                waited=closed["at"] - chat["first"],
                worked=closed["worked"],
                because=why,
            )
        if chat["told"] and not closed["late"]:
            why = because(
                "response.in_time_after_all", asked=asked, answered=at, due=due
            )
            yield ReportDifference(
                member=MemberId(chat["who"]),
                group=_group(chat),
                subject=WHAT,
                because=why,
            )


def woken(mine: Slice, terms: Terms, state: State) -> Iterator[Wish]:
    """Yield reminders and hand-overs that are due, and what lapsed."""
    roster = state.definition.community.roster
    for key, nth in mine["notes"]["fired"].items():
        chat = mine["open"][key]
        entry = chat["agenda"][nth]
        what, duty = entry["what"], entry["duty"]
        overdue = "response.overdue" if what == "due" else "response.still_open"
        why = because(
            "response.open" if what == "remind" else overdue,
            asker=chat["who"],
            asked=instant(chat["first"]),
            due=None if chat["due"] is None else instant(chat["due"]),
            until=state.now,
            duty=duty,
            people=roster.on_duty(duty, state.now_us, state.calendar) or None,
        )
        who, group = MemberId(chat["who"]), _group(chat)
        if what == "remind":
            yield Remind(member=who, group=group, what=WHAT, duty=duty, because=why)
        else:
            yield Escalate(member=who, group=group, what=WHAT, duty=duty, because=why)
    for chat in mine["notes"]["ended"]:
        yield Recommend(
            member=MemberId(chat["who"]),
            group=_group(chat),
            action="look_after_unanswered",
            properties={"duty": terms.duty},
            because=because(
                "response.lapsed", asker=chat["who"], asked=instant(chat["first"])
            ),
        )


def closed_period(mine: Slice) -> Iterator[Wish]:
    """Yield the figures of a period that is over, and what came too late for one."""
    notes = mine["notes"]
    for group, plain in sorted(notes["report"].items()):
        told = figures(plain)
        rate = told.overdue_rate
        yield Recommend(
            group=GroupId(group) if group else None,
            action="review_response_times",
            properties={"period": notes["period"], **dict(sorted(plain.items()))},
            because=because(
                "response.period",
                period=notes["period"],
                group=group or None,
                chats=told.chats,
                answered=told.answered,
                overdue=told.overdue,
                percent=None if rate is None else round(rate * 100),
                minutes=_minutes(told.mean_work),
            ),
        )
    for period, group in sorted({(each[0], each[1]) for each in notes["differ"]}):
        yield ReportDifference(
            group=GroupId(group) if group else None,
            subject=period,
            because=because("response.period_over", period=period),
        )


def overload(mine: Slice, percent: int) -> Iterator[Wish]:
    """Yield whoever gave *percent* of the answers of a period that is over, or more."""
    load, period = mine["notes"]["load"], mine["notes"]["period"]
    total = sum(load.values())
    for staff, answered in sorted(load.items()):
        if total >= _MANY and answered * 100 >= percent * total:
            yield Recommend(
                member=MemberId(staff),
                action="share_the_load",
                properties={"signal": "overload", "period": period},
                because=because(
                    "response.overload", period=period, answered=answered, of=total
                ),
            )


def _minutes(mean: Fraction | None) -> int | None:
    """Return whole minutes of a mean of microseconds, the half ones to even."""
    return None if mean is None else round(mean / 60_000_000)


def not_counted(event: QuestionAnswered, duty: RoleName) -> RefuseAct:
    """Return why an answer does not count."""
    why = because("response.not_staff", by=event.actor, duty=duty)
    return RefuseAct(
        member=event.member, group=event.group, act=event.kind, because=why
    )


def standing(mine: Slice | None, who: str, duty: RoleName) -> Explanation:
    """Explain what *who* has open."""
    chats = () if mine is None else [c for _, c in of_member(mine, who, None)]
    parts = [
        because(
            "response.waiting",
            asked=instant(chat["first"]),
            due=None if chat["due"] is None else instant(chat["due"]),
            overdue=chat["told"],
        )
        for chat in chats
    ]
    return because("response.standing", *parts, open=len(parts), duty=duty)


def _group(chat: Chat) -> GroupId | None:
    return GroupId(chat["group"]) if chat["group"] else None
