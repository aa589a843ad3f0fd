"""The first days of a member: welcome, what is expected, help where it fails (S04)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC
from typing import ClassVar, Final

from attrs import field, frozen, validators

from community_sdk._time import Duration, instant
from community_sdk.decisions import Decision, Greet, Mode, OpenObligation, Recommend
from community_sdk.errors import DefinitionError
from community_sdk.events import EventTypes, Joined, ObligationMissed
from community_sdk.explanation import Explanation, because
from community_sdk.model import PolicyKey
from community_sdk.policies._policy import Scope
from community_sdk.state import State

__all__ = ["NicknameFormat", "OnboardingPolicy", "OnboardingTask"]

_DASHES: Final = re.compile(r"[‐-―－﹣−·•・]")


def _plain(text: str) -> str:
    return _DASHES.sub("-", unicodedata.normalize("NFKC", text))


@frozen(kw_only=True)
class NicknameFormat:
    """A nickname made of *parts* in order, such as interest, city and job.

    Compared after NFKC; the dashes and dots people type for a hyphen all count as
    one. Judged where the nickname is known; events only say whether it conforms.
    """

    parts: tuple[str, ...] = field(validator=validators.min_len(1))
    separator: str = field(default="-", validator=validators.min_len(1))

    def check(self, nickname: str, /) -> Explanation:
        """Explain whether *nickname* conforms: ``nickname.fits`` or what is wrong."""
        given = [
            part.strip() for part in _plain(nickname).split(_plain(self.separator))
        ]
        wanted = self.separator.join(self.parts)
        if len(given) != len(self.parts):
            return because(
                "nickname.parts", wanted=wanted, count=len(self.parts), found=len(given)
            )
        for name, part in zip(self.parts, given, strict=True):
            if not part:
                return because("nickname.empty", wanted=wanted, part=name)
        return because("nickname.fits", wanted=wanted)

    def conforms(self, nickname: str, /) -> bool:
        """Tell whether *nickname* conforms."""
        return self.check(nickname).key == "nickname.fits"


@frozen(kw_only=True)
class OnboardingTask:
    """Something a newcomer is to do *within* a time: met by an event called *met_by*.

    *remind* says how long after joining to remind; *duty* whom a missed task goes to.
    """

    what: str
    met_by: str
    within: Duration
    where: tuple[tuple[str, str | int | bool], ...] = ()
    remind: tuple[Duration, ...] = ()
    duty: str = ""


@frozen(kw_only=True)
class OnboardingPolicy:
    """Greet who joins, open the tasks of the first days, and help who misses one.

    A membership is greeted once: joining one more group of the community, or the same
    join told twice, greets nobody again; coming back after leaving does. Whoever was
    there before the first event was recorded is no newcomer. Leaving ends the tasks.
    """

    answers: ClassVar[EventTypes] = (Joined, ObligationMissed)
    folds: ClassVar[EventTypes] = (Joined,)

    key: PolicyKey
    welcome: str = "welcome"
    tasks: tuple[OnboardingTask, ...] = ()
    rescue: str = "greet_personally"
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def __attrs_post_init__(self) -> None:
        """Refuse a reminder after the time is over."""
        for task in self.tasks:
            for early in task.remind:
                if early.after(0, UTC) >= task.within.after(0, UTC):
                    raise DefinitionError(
                        f"expected reminders of `{task.what}` before {task.within},"
                        f" found {early}",
                        code="onboarding.remind",
                        found=str(early),
                        what=task.what,
                    )

    def start(self) -> dict[str, int]:
        """Remember no membership."""
        return {}

    def fold(self, mine: dict[str, int], _: Joined, state: State, /) -> dict[str, int]:
        """Remember the membership that was greeted; ``new`` only while it is."""
        member = state.member
        fresh = mine.get("stay") != member.stays and member.since == state.at_us
        return {"stay": member.stays, "new": int(fresh)}

    def decide(
        self, event: Joined | ObligationMissed, state: State, /
    ) -> Iterator[Decision]:
        """Welcome a newcomer, or suggest a personal word where a task was missed."""
        if isinstance(event, ObligationMissed):
            yield from self._missed(event)
        elif state.mine and state.mine["new"]:
            why = because("onboarding.welcome", joined=event.at, channel=event.channel)
            yield Greet(
                member=event.member,
                group=event.group,
                template=self.welcome,
                because=why,
            )
            for task in self.tasks:
                yield self._open(task, event, state)

    def standing(self, state: State, /) -> Explanation:
        """Explain which tasks of the first days are still open."""
        parts = [
            because("onboarding.open", what=duty.what, due=instant(duty.due))
            for duty in state.member.duties
            if duty.policy == self.key
        ]
        return because("onboarding.standing", *parts, open=len(parts))

    def _open(self, task: OnboardingTask, event: Joined, state: State) -> Decision:
        where, now = state.calendar.where, state.now_us
        due = instant(task.within.after(now, where))
        return OpenObligation(
            member=event.member,
            group=event.group,
            what=task.what,
            due=due,
            met_by=task.met_by,
            where=task.where,
            duty=task.duty,
            reminders=tuple(instant(d.after(now, where)) for d in task.remind),
            because=because(
                "onboarding.task", what=task.what, due=due, within=task.within
            ),
        )

    def _missed(self, event: ObligationMissed) -> Iterator[Decision]:
        if any(task.what == event.what for task in self.tasks):
            yield Recommend(
                member=event.member,
                action=self.rescue,
                properties={"task": event.what},
                because=because("onboarding.missed", what=event.what, due=event.at),
            )
