"""Response time: a question is due in hours of work, whenever anybody looks (S07 S10).

Laws: due times follow from the instant of the question and the roster alone; a
question is open until it is answered, lapses or its asker is gone, and each of these is
counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Final, Literal

from attrs import field, validators

from community_sdk._time import Duration, PeriodUnit
from community_sdk._values import frozen
from community_sdk.decisions import Mode, Wish
from community_sdk.errors import DefinitionError
from community_sdk.events import (
    Custom,
    Event,
    EventTypes,
    IdentityLinked,
    Left,
    MemberRemoved,
    MessagePosted,
    QuestionAnswered,
    QuestionAsked,
    TimerFired,
)
from community_sdk.explanation import Explanation
from community_sdk.model import Escalation, GroupId, PolicyKey, RoleName
from community_sdk.policies._policy import (
    Reference,
    Scope,
    group_names,
    role_names,
    unknown,
)
from community_sdk.policies.response import _telling as telling
from community_sdk.policies.response._chats import (
    Entry,
    ResponseFigures,
    Slice,
    begin,
    blank,
    figures,
)
from community_sdk.policies.response._keeping import Keeping, Plan
from community_sdk.state import Definition, MemberState, State

__all__ = ["ResponseTime"]

_MONTH: Final = Duration.parse("30d")
_HOUR: Final = Duration.parse("1h")
_EVENTS: Final[EventTypes] = (
    MessagePosted,
    QuestionAsked,
    QuestionAnswered,
    Custom,
    Left,
    MemberRemoved,
    IdentityLinked,
    TimerFired,
)
_WORDS: Final = frozenset(
    cls.kind for cls in _EVENTS if cls not in (Custom, QuestionAsked)
)


@frozen(kw_only=True)
class ResponseTime:
    """Let *duty* answer members within a time of work, and hand over what is overdue.

    A member's message opens a question; it is due when *duty* has worked for *within*
    since then, by the roster of the community. The last instant is still in time. In a
    group a member has one question open at a time.

    Attributes:
        duty: The role that must answer; its shifts decide when time runs.
        within: Hours of work until an answer is due.
        staff: Further roles whose messages ask nothing.
        closers: The roles whose messages answer; empty means *duty* and *staff*.
        groups: The groups that are watched; empty means all.
        private: Whether messages outside of any group are watched, too.
        asks: The events that ask: `message`, `question_asked`, or own words.
        where: Fields that an event must have to ask.
        unless: Fields of events that need no answer. A message with `no_reply` needs
            none in any case.
        again: Another message before the answer keeps the due time, or moves it.
        outside: A message outside of all shifts waits for the next one, or is ignored.
        unaddressed: What a message of the staff in a group that names nobody answers:
            all questions there, the newest, or none.
        remind: How long before the due time to remind, in hours of work.
        escalation: To whom an overdue question goes, one after the other.
        lapse: After how long a question without an answer is closed; not before it is
            due and was handed over for the last time.
        recall: How long answers are remembered, for questions told after them.
        period: After which period the figures are told, for each group.
        overload: From which share of all answers of a period, in percent, one person
            carries too much; looked at from 20 answers on.
    """

    answers: ClassVar[EventTypes] = _EVENTS
    folds: ClassVar[EventTypes] = _EVENTS

    key: PolicyKey
    duty: RoleName
    within: Duration
    staff: tuple[RoleName, ...] = ()
    closers: tuple[RoleName, ...] = ()
    groups: tuple[GroupId, ...] = ()
    private: bool = True
    asks: tuple[str, ...] = ("message", "question_asked")
    where: tuple[tuple[str, str | int | bool], ...] = ()
    unless: tuple[tuple[str, str | int | bool], ...] = ()
    again: Literal["keep", "move"] = "keep"
    outside: Literal["next_shift", "ignore"] = "next_shift"
    unaddressed: Literal["all", "newest", "none"] = "all"
    remind: tuple[Duration, ...] = ()
    escalation: tuple[Escalation, ...] = ()
    lapse: Duration = _MONTH
    recall: Duration = _HOUR
    period: PeriodUnit = PeriodUnit.WEEK
    overload: int | None = field(
        default=None,
        validator=validators.optional((validators.ge(1), validators.le(100))),
    )
    mode: Mode = Mode.ACT
    scope: Scope = field(default=Scope.COMMUNITY)

    def __attrs_post_init__(self) -> None:
        """Refuse lengths in months, and times that are out of order."""
        lengths = [self.within, *self.remind, *(e.after for e in self.escalation)]
        for length in lengths:
            if length.months:
                raise DefinitionError(
                    f"expected hours of work such as `30 min`, found `{length}`",
                    code="response.months",
                    hint="nobody works for a month on end: write hours",
                    found=str(length),
                )
        for early in self.remind:
            if early.us >= self.within.us:
                raise DefinitionError(
                    f"expected reminders less than {self.within} before the due time,"
                    f" found {early}",
                    code="response.remind",
                    found=str(early),
                    within=str(self.within),
                )
        steps = [e.after.us for e in self.escalation]
        if steps != sorted(set(steps)):
            raise DefinitionError(
                "expected each step of the escalation after the one before",
                code="response.escalation",
                hint="order them by `after`, each with a time of its own",
            )
        over = Duration(us=self.within.us + (steps[-1] if steps else 0))
        if over.exceeds(self.lapse):
            raise DefinitionError(
                f"expected `lapse` of at least {over}, after the due time and the last"
                f" step of the escalation, found `{self.lapse}`",
                code="response.lapse",
                hint="nothing is overdue that is closed before",
                found=str(self.lapse),
                least=str(over),
            )

    @property
    def words(self) -> frozenset[str]:
        """Messages, answers, comings and goings, and what asks."""
        return _WORDS | frozenset(self.asks)

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name roles and groups that the playbook does not have."""
        roles = role_names(definition)
        yield from unknown("duty", self.duty, roles)
        yield from unknown("staff", self.staff, roles)
        yield from unknown("closers", self.closers, roles)
        for i, step in enumerate(self.escalation):
            yield from unknown(f"escalation[{i}].duty", step.duty, roles)
        groups = group_names(definition) or self.groups
        yield from unknown("groups", self.groups, groups)

    def start(self) -> Slice:
        """Remember no question."""
        return begin()

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Open, move and close questions, at the instants at which it happened."""
        mine["notes"] = blank()
        keep = self._keeping(mine, state)
        keep.forget(self.recall.after(state.now_us, state.calendar.where, times=-1))
        at, group = state.at_us, event.group
        if isinstance(event, TimerFired):
            self._woken(keep, event)
        elif isinstance(event, IdentityLinked):
            keep.linked(str(event.member), str(event.alias))
        elif isinstance(event, (Left, MemberRemoved)):
            keep.gone(str(event.member), group, at)
        elif isinstance(event, QuestionAnswered):
            if self._may_answer(event, state.actor, at):
                keep.answered(str(event.actor), str(event.member), group, at)
        elif event.dated and event.member is not None and not state.member.bot:
            self._said(keep, event, state)
        return mine

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Remind, hand over, and note who answered."""
        mine: Any = state.mine
        yield from telling.timers(mine, self._when(state))
        if isinstance(event, QuestionAnswered) and not self._may_answer(
            event, state.actor, state.at_us
        ):
            yield telling.not_counted(event, self.duty)
        yield from telling.answers(mine, self.duty)
        yield from telling.woken(mine, self, state)
        yield from telling.closed_period(mine)
        if self.overload is not None:
            yield from telling.overload(mine, self.overload)

    def figures(self, mine: Slice | None, /) -> dict[str, ResponseFigures]:
        """Return the figures of the running period by group (empty: in private).

        *mine* is the slice of the policy, from `Engine.community.slices`.
        """
        kept = {} if mine is None else mine["figures"]
        return {group: figures(plain) for group, plain in sorted(kept.items())}

    def standing(self, state: State, /) -> Explanation:
        """Explain which questions of the member wait for an answer, until when."""
        return telling.standing(state.mine, str(state.member.id), self.duty)

    def _keeping(self, mine: Slice, state: State) -> Keeping:
        roster, calendar = state.definition.community.roster, state.calendar

        def worked(since: int, until: int) -> int:
            return roster.worked(self.duty, since, until, calendar)

        return Keeping(
            mine,
            state.now_us,
            calendar,
            self.period,
            lambda base: self._plan(base, state),
            worked,
            self.again == "move",
            self.unaddressed,
        )

    def _plan(self, base: int, state: State) -> Plan:
        """Return when a question of *base* is due, and what is told when."""
        roster, calendar = state.definition.community.roster, state.calendar
        due = roster.due(self.duty, base, self.within.us, calendar)
        if due is None:
            return None, []
        agenda: list[Entry] = []
        for early in self.remind:
            when = roster.due(self.duty, base, self.within.us - early.us, calendar)
            if when is not None and when > state.now_us:
                agenda.append({"at": when, "what": "remind", "duty": self.duty})
        agenda.append({"at": due, "what": "due", "duty": self.duty})
        for step in self.escalation:
            when = roster.due(self.duty, due, step.after.us, calendar)
            if when is not None:
                agenda.append({"at": when, "what": "stage", "duty": step.duty})
        return due, agenda

    def _when(self, state: State) -> telling.Ends:
        period = state.calendar.period(self.period, state.now_us)
        where = state.calendar.where
        return (
            lambda base: self.lapse.after(base, where),
            state.calendar.start(period.until),
        )

    def _woken(self, keep: Keeping, event: TimerFired) -> None:
        word, _, key = event.timer.partition("/")
        chat = keep.mine["open"].get(key)
        if word == telling.CLOSE:
            keep.report()
        elif chat is None:
            return
        elif word == telling.LAPSE:
            keep.lapsed(key)
        elif int(word) < len(chat["agenda"]):
            keep.mine["notes"]["fired"][key] = int(word)
            if chat["agenda"][int(word)]["what"] == "due":
                keep.overdue(key)

    def _said(self, keep: Keeping, event: Event, state: State) -> None:
        """Take a message as an answer or a question, or neither."""
        who, at, group = state.member, state.at_us, event.group
        speaks = event.name == MessagePosted.kind or event.name in self.asks
        if speaks and _holds(who, self._closers, at, group):
            to = event.value("reply_to")
            keep.answered(str(who.id), str(to or ""), group, at)
        elif self._wants(event) and not _holds(who, self._people, at, group):
            roster = state.definition.community.roster
            ignored = self.outside == "ignore"
            if not ignored or roster.at_work(self.duty, at, state.calendar):
                keep.asked(str(who.id), group or "", at)

    def _wants(self, event: Event) -> bool:
        """Tell whether *event* asks for an answer."""
        watched = not self.groups or event.group in self.groups
        return (
            event.name in self.asks
            and (self.private if event.group is None else watched)
            and event.value("no_reply") is not True
            and all(event.value(name) == value for name, value in self.where)
            and not any(event.value(name) == value for name, value in self.unless)
        )

    @property
    def _people(self) -> tuple[RoleName, ...]:
        return (self.duty, *self.staff)

    @property
    def _closers(self) -> tuple[RoleName, ...]:
        return self.closers or self._people

    def _may_answer(self, event: QuestionAnswered, actor: MemberState, at: int) -> bool:
        named = event.actor is not None and event.actor != event.member
        return named and _holds(actor, self._closers, at, event.group)


def _holds(
    who: MemberState, roles: tuple[RoleName, ...], at: int, group: str | None
) -> bool:
    return any(who.holds(role, at, group) for role in roles)
