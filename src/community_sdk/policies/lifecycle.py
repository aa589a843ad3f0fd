"""Life cycle: lively, fading, silent, rescue, merge, closed (S23).

Laws: a group is in exactly one state; every state and every figure lead to exactly one
next state; between the two bars nothing changes; each transition is told once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from attrs import field, validators

from community_sdk._time import PeriodUnit, instant
from community_sdk._values import frozen
from community_sdk.decisions import (
    ChangeLifecycle,
    Mode,
    ReportDifference,
    SetTimer,
    Wish,
)
from community_sdk.errors import DefinitionError, closest
from community_sdk.events import (
    Event,
    EventTypes,
    Joined,
    LifecycleSet,
    MembershipImported,
    MessagePosted,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import GroupId, Lifecycle, PolicyKey, RoleName
from community_sdk.policies._policy import (
    Policy,
    Reference,
    Scope,
    followed,
    group_names,
    keep_up,
    role_names,
    unknown,
)
from community_sdk.state import Definition, State

__all__ = ["LifeSigns", "LifecyclePolicy", "next_state"]

Slice = dict[str, Any]
_CLOSE: Final = "close"
_NONE, _LOW, _MIDDLE, _HIGH = "none", "low", "middle", "high"
_SIGNS: Final = ("messages", "active_days", "replies", "members")


@frozen(kw_only=True)
class LifeSigns:
    """What a group shows in one period; every figure that is given must be reached.

    Attributes:
        messages: Messages.
        active_days: Local days with a message.
        replies: Replies among the messages.
        members: Members at the end of the period.
    """

    messages: int | None = field(
        default=None, validator=validators.optional(validators.ge(1))
    )
    active_days: int | None = field(
        default=None, validator=validators.optional(validators.ge(1))
    )
    replies: int | None = field(
        default=None, validator=validators.optional(validators.ge(1))
    )
    members: int | None = field(
        default=None, validator=validators.optional(validators.ge(1))
    )

    def bars(self) -> dict[str, int]:
        """Return the figures that are asked for, by name."""
        found = {name: getattr(self, name) for name in _SIGNS}
        return {name: bar for name, bar in found.items() if bar is not None}

    def reached(self, figures: Mapping[str, int]) -> bool:
        """Tell whether *figures* reach every bar."""
        return all(figures[name] >= bar for name, bar in self.bars().items())


def next_state(
    state: Lifecycle, level: str, run: int, policy: LifecyclePolicy, /
) -> Lifecycle:
    """Return the state after one more period of *level*.

    *level* is ``none`` (no message at all), ``low`` (below what keeps a group lively),
    ``middle``, or ``high`` (all that makes it lively). *run* is for how many periods,
    this one included, it has been in *state*, or below the bar where it is lively.
    """
    if state is Lifecycle.CLOSED:
        return state
    if level == _HIGH:
        return Lifecycle.LIVELY
    if state is Lifecycle.LIVELY:
        if level == _MIDDLE or run < policy.fades_after:
            return state
        return Lifecycle.SILENT if level == _NONE else Lifecycle.FADING
    if level != _NONE:
        trying = state is Lifecycle.RESCUE and run < policy.rescue_for
        return state if trying else Lifecycle.FADING
    limit, further = {
        Lifecycle.FADING: (1, Lifecycle.SILENT),
        Lifecycle.SILENT: (policy.rescue_after, Lifecycle.RESCUE),
        Lifecycle.RESCUE: (policy.rescue_for, Lifecycle.MERGE),
        Lifecycle.MERGE: (policy.close_after, Lifecycle.CLOSED),
    }[state]
    return further if run >= limit else state


@frozen(kw_only=True)
class LifecyclePolicy:
    """Follow the life of each group, period by period, with a rescue before an end.

    A group begins lively. A period that was not watched from its first day on is not
    judged. What was decided by hand, `LifecycleSet`, holds from then on. A message that
    is told after the last period was judged too little alive is reported, once; what
    was decided stands.

    Attributes:
        duty: The role whose holders act on a change: they rescue, merge or close.
        groups: The groups that are followed; empty means the community as one.
        period: After which time each is looked at.
        lively: What makes a group lively again; all of it.
        keeps: What keeps a lively group so; no more than *lively* asks for. Between
            both nothing changes.
        fades_after: Below *keeps* in so many periods in a row, a lively group fades,
            or falls silent where there was no message.
        rescue_after: Silent for so many periods, it is to be rescued.
        rescue_for: A rescue takes so many periods; without a message in the last of
            them the group is to be merged into another.
        close_after: In so many periods without a message after that it is closed.
    """

    answers: ClassVar[EventTypes] = (
        MessagePosted,
        Joined,
        MembershipImported,
        LifecycleSet,
        TimerFired,
    )
    folds: ClassVar[EventTypes] = answers
    guards: ClassVar[EventTypes] = (LifecycleSet,)

    key: PolicyKey
    duty: RoleName
    lively: LifeSigns
    keeps: LifeSigns
    groups: tuple[GroupId, ...] = ()
    period: PeriodUnit = PeriodUnit.WEEK
    fades_after: int = field(default=1, validator=validators.ge(1))
    rescue_after: int = field(default=2, validator=validators.ge(1))
    rescue_for: int = field(default=2, validator=validators.ge(1))
    close_after: int = field(default=2, validator=validators.ge(1))
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def __attrs_post_init__(self) -> None:
        """Refuse a lower bar above the upper one, more days than there are."""
        upper, lower = self.lively.bars(), self.keeps.bars()
        days = max(upper.get("active_days", 0), lower.get("active_days", 0))
        if days > self.period.longest:
            raise DefinitionError(
                f"expected at most {self.period.longest} days in a period of"
                f" `{self.key}`, found {days}",
                code="lifecycle.days",
                hint="no group could reach it: lower `active_days`, or take a longer"
                " `period`",
                found=str(days),
                key=self.key,
                most=str(self.period.longest),
            )
        for name, bar in lower.items():
            if bar > upper.get(name, 0):
                raise DefinitionError(
                    f"expected `keeps` of `{self.key}` not above `lively`, found"
                    f" `{name}` at {bar}",
                    code="lifecycle.bars",
                    hint="what makes a group lively asks for no less than what keeps"
                    " it so",
                    found=f"{name} = {bar}",
                    key=self.key,
                )

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name a role or groups that the playbook does not have."""
        yield from unknown("duty", self.duty, role_names(definition))
        groups = group_names(definition) or self.groups
        yield from unknown("groups", self.groups, groups)

    def misfits(
        self, definition: Definition, _: Sequence[Policy], /
    ) -> Iterator[tuple[str, DefinitionError]]:
        """Name bars of members above what a group can hold."""
        bar = self.lively.members or 0
        for each in self.groups:
            room = definition.community.group(each)
            most = None if room is None else room.capacity
            if most is not None and bar > most:
                error = DefinitionError(
                    f"expected a bar of members that `{each}` with {most} places can"
                    f" reach, found {bar}",
                    code="lifecycle.members",
                    hint="lower it, or follow that group by a policy of its own",
                    found=str(bar),
                    group=str(each),
                    most=str(most),
                )
                yield ("lively.members", error)

    @property
    def vocabulary(self) -> dict[str, tuple[str, ...]]:
        """The groups that it follows; empty: the community as one."""
        return {"followed": tuple(map(str, self.groups)) or ("",)}

    def refuse(self, event: LifecycleSet, state: State, /) -> Explanation | None:
        """Refuse the state of a group that nobody follows."""
        name, known = str(event.group or ""), state.declared.get("followed", ())
        if not known or name in known:
            return None
        near = closest(name, filter(None, known))
        return because("lifecycle.not_followed", group=event.group, nearest=near)

    def start(self) -> Slice:
        """Follow nothing yet; the first sign of life begins it."""
        return {"groups": {}, "since": 0, "told": [], "late": []}

    def level(self, figures: Mapping[str, int], /) -> str:
        """Return how much life *figures* show: none, low, middle or high."""
        if not figures["messages"]:
            return _NONE
        if self.lively.reached(figures):
            return _HIGH
        return _MIDDLE if self.keeps.reached(figures) else _LOW

    # -- counting ------------------------------------------------------------------

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Count messages of the running period; judge it when it is over."""
        mine["told"], mine["late"] = [], []
        over = isinstance(event, TimerFired)
        if over:
            for name in sorted(followed(self.groups) & mine["groups"].keys()):
                self._judge(mine, name, mine["groups"][name], state)
        running = state.calendar.period(self.period, state.now_us)
        mine["since"] = state.calendar.start(running.since)
        name, known = str(event.group or "") if self.groups else "", mine["groups"]
        if over or name not in known or len(known) != max(len(self.groups), 1):
            whole = state.calendar.day(state.now_us) == running.since
            keep_up(known, followed(self.groups), lambda: _life(whole=whole))
        life = known.get(name)
        if life is None:
            return mine
        if isinstance(event, LifecycleSet):
            if event.group is not None and not self.groups:
                return mine
            life["state"], life["run"] = event.state.value, 0
        elif isinstance(event, MessagePosted) and event.dated and not state.member.bot:
            if state.at_us >= mine["since"]:
                _said(life, state.calendar.day(state.at_us), event)
            elif life["doubt"] == state.calendar.period(self.period, state.at_us).key:
                mine["late"], life["doubt"] = [name, life["doubt"]], ""
        return mine

    def _judge(self, mine: Slice, name: str, life: Slice, state: State) -> None:
        shared = state.community
        figures = {sign: life[sign] for sign in _SIGNS[:3]}
        figures["members"] = shared.groups.get(name, 0) if name else shared.members
        whole, level = life["whole"], self.level(figures)
        life.update(_life(whole=True) | {k: life[k] for k in ("state", "run")})
        if not whole:
            return
        if level != _HIGH:
            life["doubt"] = state.calendar.period(self.period, state.now_us - 1).key
        before = Lifecycle(life["state"])
        steady = before is Lifecycle.LIVELY and level in (_MIDDLE, _HIGH)
        life["run"] = 0 if steady else life["run"] + 1
        after = next_state(before, level, life["run"], self)
        if after is not before:
            life["state"], life["run"] = after.value, 0
            mine["told"].append([name, before.value, after.value, level, figures])

    # -- deciding ------------------------------------------------------------------

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Tell each change with what led to it, and set the next time."""
        mine: Slice = state.mine or self.start()
        over = state.calendar.period(self.period, state.now_us - 1)
        for name, before, after, level, figures in mine["told"]:
            why = because(
                "lifecycle.change",
                *self._signs(figures),
                period=over.key,
                before=before,
                after=after,
                level=level,
            )
            yield ChangeLifecycle(
                group=GroupId(name) if name else None,
                before=Lifecycle(before),
                after=Lifecycle(after),
                duty=self.duty,
                because=why,
            )
        if mine["late"]:
            name, key = mine["late"]
            why = because("lifecycle.late", group=name or None, period=key)
            group = GroupId(name) if name else None
            yield ReportDifference(group=group, subject=key, because=why)
        timers = state.community.timers
        if isinstance(event, TimerFired) or f"{self.key}/{_CLOSE}" not in timers:
            running = state.calendar.period(self.period, state.now_us)
            yield SetTimer(_CLOSE, instant(state.calendar.start(running.until)))

    def _signs(self, figures: Mapping[str, int]) -> Iterator[Explanation]:
        upper, lower = self.lively.bars(), self.keeps.bars()
        for name in _SIGNS:
            if name in upper or name == _SIGNS[0]:
                yield because(
                    "lifecycle.sign",
                    sign=name,
                    have=figures[name],
                    keeps=lower.get(name),
                    lively=upper.get(name),
                )

    def stage(self, state: State, group: str = "", /) -> Lifecycle | None:
        """Return where *group* is in its life (empty: the community); None unknown."""
        mine: Slice = state.community.slices.get(self.key) or self.start()
        life = mine["groups"].get(group)
        return None if life is None else Lifecycle(life["state"])


def _life(*, whole: bool) -> Slice:
    """Return the life of a group that nothing is known of yet."""
    counts = {"messages": 0, "active_days": 0, "replies": 0}
    days: list[int] = []
    begun = {"state": Lifecycle.LIVELY.value, "run": 0, "whole": whole, "doubt": ""}
    return {**begun, **counts, "days": days}


def _said(life: Slice, day: int, event: MessagePosted) -> None:
    life["messages"] += 1
    life["replies"] += event.reply or event.reply_to is not None
    if day not in life["days"]:
        life["days"].append(day)
        life["active_days"] += 1
