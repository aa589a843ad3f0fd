"""The first days of a member: welcome, what is expected, help where it fails (S04)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Final

from community_sdk._time import instant
from community_sdk._values import frozen
from community_sdk.decisions import (
    AskForMore,
    Decision,
    Greet,
    Mode,
    OpenObligation,
    Recommend,
    ReportBreach,
)
from community_sdk.events import (
    EventTypes,
    Introduced,
    Joined,
    NicknameSet,
    ObligationMissed,
    SurveyAnswered,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import PolicyKey
from community_sdk.policies._policy import Reference, Scope, role_names, unknown
from community_sdk.policies.onboarding._newcomers import (
    NewcomerStep,
    OnboardingTask,
    PinnedNotice,
    Questionnaire,
    check_concerns,
    check_reminders,
)
from community_sdk.policies.onboarding._nickname import NicknameTerms
from community_sdk.state import Definition, State

__all__ = ["OnboardingPolicy"]

_NICKNAME: Final = "nickname"
_SURVEY: Final = "survey"
Events = Joined | ObligationMissed | SurveyAnswered | Introduced | NicknameSet


@frozen(kw_only=True)
class OnboardingPolicy:
    """Greet who joins, open the tasks of the first days, and help who misses one.

    A membership is greeted once: joining one more group of the community, or the same
    join told twice, greets nobody again; coming back after leaving does. Whoever was
    there before the first event was recorded is no newcomer. Leaving ends the tasks.

    *notice* is shown with the welcome. The *questionnaire* and the *nickname* are
    tasks of their own; a survey or an *introduction* with gaps is asked to be filled,
    a nickname refused again and again is a breach. *steps* are done for the newcomer.
    """

    answers: ClassVar[EventTypes] = (
        Joined,
        ObligationMissed,
        SurveyAnswered,
        Introduced,
        NicknameSet,
    )
    folds: ClassVar[EventTypes] = (Joined, ObligationMissed)

    key: PolicyKey
    welcome: str = "welcome"
    notice: PinnedNotice | None = None
    tasks: tuple[OnboardingTask, ...] = ()
    questionnaire: Questionnaire | None = None
    introduction: tuple[str, ...] = ()
    nickname: NicknameTerms | None = None
    steps: tuple[NewcomerStep, ...] = ()
    rescue: str = "greet_personally"
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def __attrs_post_init__(self) -> None:
        """Refuse a reminder after the time is over, and concerns left open."""
        for task in self._all_tasks:
            check_reminders(task.what, task.within, task.remind)
        check_concerns(self.key, self.steps)

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name duties and rules that the playbook does not have."""
        roles = role_names(definition)
        for i, step in enumerate(self.steps):
            yield from unknown(f"steps[{i}].duty", step.duty, roles)
        codes = tuple(str(r.code) for r in definition.rulebook.rules)
        rule = None if self.nickname is None else self.nickname.rule
        if rule is not None and rule not in codes:
            yield (f"{_NICKNAME}.rule", rule, codes)

    def start(self) -> dict[str, int]:
        """Remember no membership."""
        return {}

    def fold(
        self, mine: dict[str, int], event: Joined | ObligationMissed, state: State, /
    ) -> dict[str, int]:
        """Remember the membership that was greeted; ``new`` only while it is.

        ``refused``: how often the time for a nickname was over.
        """
        if isinstance(event, ObligationMissed):
            if event.what == _NICKNAME:
                return {**mine, "refused": mine.get("refused", 0) + 1}
            return mine
        member = state.member
        fresh = mine.get("stay") != member.stays and member.since == state.at_us
        refused = 0 if fresh else mine.get("refused", 0)
        kept = {"stay": member.stays, "new": int(fresh)}
        return kept | ({"refused": refused} if refused else {})

    def decide(self, event: Events, state: State, /) -> Iterator[Decision]:
        """Welcome a newcomer, ask for what is missing, help where a task was missed."""
        if isinstance(event, ObligationMissed):
            yield from self._missed(event, state)
        elif isinstance(event, Joined):
            if state.mine and state.mine["new"]:
                yield from self._begin(event, state)
        else:
            yield from self._look(event)

    def standing(self, state: State, /) -> Explanation:
        """Explain which tasks of the first days are still open."""
        parts = [
            because("onboarding.open", what=duty.what, due=instant(duty.due))
            for duty in state.member.duties
            if duty.policy == self.key
        ]
        return because("onboarding.standing", *parts, open=len(parts))

    @property
    def _all_tasks(self) -> tuple[OnboardingTask, ...]:
        """Return the tasks with those that the survey and the nickname are."""
        own = list(self.tasks)
        survey, name = self.questionnaire, self.nickname
        if survey is not None:
            where = (("survey", survey.survey),)
            own.append(
                OnboardingTask(
                    what=_SURVEY,
                    met_by="survey_answered",
                    where=where,
                    within=survey.within,
                    remind=survey.remind,
                )
            )
        if name is not None:
            own.append(_nickname_task(name))
        return tuple(own)

    def _begin(self, event: Joined, state: State) -> Iterator[Decision]:
        why = because("onboarding.welcome", joined=event.at, channel=event.channel)
        yield Greet(
            member=event.member,
            group=event.group,
            template=self.welcome,
            notice="" if self.notice is None else self.notice.key,
            because=why,
        )
        for task in self._all_tasks:
            yield self._open(task, event, state)
        for step in self.steps:
            yield self._step(step, event, state)

    def _open(self, task: OnboardingTask, event: Any, state: State) -> Decision:
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

    def _step(self, step: NewcomerStep, event: Joined, state: State) -> Decision:
        calendar, now = state.calendar, state.now_us
        if step.within is None:
            due = instant(calendar.start(calendar.day(now) + 1) - 1)
        else:
            due = instant(step.within.after(now, calendar.where))
        return OpenObligation(
            member=event.member,
            group=event.group,
            what=step.what,
            due=due,
            met_by="step_done",
            where=(("what", step.what),),
            duty=step.duty,
            because=because(
                "onboarding.step",
                what=step.what,
                duty=step.duty,
                due=due,
                concern=step.concern or None,
            ),
        )

    def _look(
        self, event: SurveyAnswered | Introduced | NicknameSet
    ) -> Iterator[Decision]:
        if isinstance(event, NicknameSet):
            if self.nickname is not None and not event.conforms:
                wanted = self.nickname.format
                why = because(
                    "onboarding.nickname", wanted=wanted.separator.join(wanted.parts)
                )
                yield Recommend(
                    member=event.member, action="explain_nickname", because=why
                )
            return
        gaps: tuple[str, ...] = ()
        survey = self.questionnaire
        if isinstance(event, Introduced):
            told = {*event.parts}
            gaps = tuple(p for p in self.introduction if told and p not in told)
        elif survey is not None and survey.survey == event.survey and event.answered:
            gaps = survey.gaps(event.answered)
        if gaps:
            why = because("onboarding.gaps", what=event.name, missing=gaps)
            yield AskForMore(member=event.member, missing=gaps, because=why)

    def _missed(self, event: ObligationMissed, state: State) -> Iterator[Decision]:
        if any(task.what == event.what for task in self._all_tasks):
            yield Recommend(
                member=event.member,
                action=self.rescue,
                properties={"task": event.what},
                because=because("onboarding.missed", what=event.what, due=event.at),
            )
        if event.what == _NICKNAME and self.nickname is not None and state.member.here:
            yield from self._refused(self.nickname, event, state)

    def _refused(
        self, terms: NicknameTerms, event: ObligationMissed, state: State
    ) -> Iterator[Decision]:
        """Report who goes on refusing the nickname, and let the time begin again."""
        mine: Mapping[str, Any] = state.mine or {}
        times = mine.get("refused", 0)
        if terms.rule is not None:
            why = because("onboarding.refused", times=times, due=event.at)
            yield ReportBreach(member=event.member, rule=terms.rule, because=why)
        if times < terms.at_most:
            yield self._open(_nickname_task(terms), event, state)


def _nickname_task(terms: NicknameTerms) -> OnboardingTask:
    """Return the task of setting a nickname."""
    return OnboardingTask(
        what=_NICKNAME,
        met_by="nickname_set",
        where=(("conforms", True),),
        within=terms.within,
        remind=terms.remind,
    )
