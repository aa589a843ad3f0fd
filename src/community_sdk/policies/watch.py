"""Breaches that a machine can see: quiet hours, flooding, any measure (S05)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from attrs import field

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.conditions import Condition, holds, metrics, verdict
from community_sdk.decisions import Mode, ReportBreach
from community_sdk.errors import DefinitionError
from community_sdk.events import Event, EventTypes, Exogenous, NicknameSet, RuleBroken
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Metric
from community_sdk.model import PolicyKey, RoleName, RuleCode
from community_sdk.policies._policy import Reference, Scope, role_names, unknown
from community_sdk.state import Definition, State

__all__ = ["RuleWatch"]


@frozen(kw_only=True)
class RuleWatch:
    """Report a breach of *rule* when a message falls into quiet hours, or *when* holds.

    Give one of three: *quiet_hours* (those of the group, else of the community);
    *nickname*, for nicknames that do not conform; or a condition, which is looked at
    after messages and whatever it counts. In quiet hours one member breaks the rule
    once a night, whichever message is known first. A nickname or a condition is
    reported again only after *again_after*, counted between the events' own instants,
    and from now where one is told late. With *every_time* each message in quiet hours,
    each nickname, each event with which the condition holds is a breach of its own.
    Who holds a role in *exempt* is passed over.
    An event without a time of its own (`Event.dated`) breaks nothing, and nothing is
    broken while the rule is not in force.
    """

    answers: ClassVar[EventTypes] = (Exogenous,)
    folds: ClassVar[EventTypes] = (RuleBroken,)

    key: PolicyKey
    rule: RuleCode
    quiet_hours: bool = False
    nickname: bool = False
    when: Condition | None = None
    exempt: tuple[RoleName, ...] = ()
    again_after: Duration = field(factory=lambda: Duration.parse("1h"))
    every_time: bool = False
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def __attrs_post_init__(self) -> None:
        """Refuse a watch that watches nothing, or two things."""
        if self.quiet_hours + self.nickname + (self.when is not None) != 1:
            raise DefinitionError(
                f"expected `quiet_hours`, `nickname` or `when` in watch `{self.key}`",
                code="watch.what",
                hint="give exactly one of them; write a watch for each",
                found=self.key,
            )

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What the condition measures."""
        return () if self.when is None else metrics(self.when)

    @property
    def words(self) -> frozenset[str]:
        """Messages, what the condition counts, and the breaches themselves."""
        if self.nickname:
            return frozenset({"nickname_set", "rule_broken"})
        counted = {m.kind for m in self.metrics if m.kind}
        return frozenset({"message", "rule_broken"} | counted)

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name rules and roles that the playbook does not have."""
        codes = tuple(map(str, definition.rulebook.codes))
        yield from unknown("rule", self.rule, codes)
        yield from unknown("exempt", self.exempt, role_names(definition))

    def start(self) -> list[int]:
        """Remember no breach."""
        return []

    def fold(self, mine: list[int], event: RuleBroken, state: State, /) -> list[int]:
        """Remember when this watch last found a breach: nights, or instants."""
        if self.every_time or event.source != f"policy:{self.key}":
            return mine
        oldest = self._oldest(state)
        return sorted(m for m in {*mine, self._mark(event, state)} if m >= oldest)

    def join(self, mine: list[int], other: list[int], _: State, /) -> list[int]:
        """Let what was found of either account have been found of the person."""
        return sorted({*mine, *other})

    def decide(self, event: Event, state: State, /) -> Iterator[ReportBreach]:
        """Report the breach that *event* is, or that it completes."""
        if isinstance(event, RuleBroken) or not event.dated:
            return
        if not self._breaks(event, state) or self._exempt(event, state):
            return
        if state.rulebook.rules and state.rule(self.rule) is None:
            return
        if not self._known(event, state):
            yield ReportBreach(
                member=event.member,
                group=event.group,
                rule=self.rule,
                occurred=event.at,
                because=self._why(event, state),
            )

    def _exempt(self, event: Event, state: State) -> bool:
        member, now = state.member, state.now_us
        return any(member.holds(role, now, event.group) for role in self.exempt)

    def _breaks(self, event: Event, state: State) -> bool:
        if self.when is not None:
            return holds(self.when, state)
        if self.nickname:
            return isinstance(event, NicknameSet) and not event.conforms
        hours = state.quiet_hours(event.group)
        return hours is not None and state.calendar.quiet(hours, state.at_us)

    def _why(self, event: Event, state: State) -> Explanation:
        if self.when is not None:
            rows = verdict(self.when, state).because()
            return because("watch.condition", rows, rule=self.rule, at=event.at)
        if self.nickname:
            return because("watch.nickname", rule=self.rule, at=event.at)
        return because(
            "watch.quiet_hours",
            rule=self.rule,
            clock=f"{state.calendar.clock(state.at_us):%H:%M}",
            hours=state.quiet_hours(event.group),
            zone=state.definition.community.zone,
        )

    def _known(self, event: Event, state: State) -> bool:
        if self.every_time:
            return False
        mine: Any = state.mine or ()
        mark = self._mark(event, state)
        if self.quiet_hours:
            return mark in mine
        where, now = state.calendar.where, state.now_us
        pairs = [
            sorted(pair) for known in mine for pair in ((known, mark), (known, now))
        ]
        return any(late < self.again_after.after(early, where) for early, late in pairs)

    def _oldest(self, state: State) -> int:
        """Return the earliest mark that an event which may still come in can meet."""
        calendar, lateness = state.calendar, state.definition.lateness
        oldest = lateness.after(state.now_us, calendar.where, times=-1)
        if self.quiet_hours:
            return calendar.day(oldest) - 1
        return self.again_after.after(oldest, calendar.where, times=-1)

    def _mark(self, event: Event, state: State) -> int:
        """Return the night that a quiet hour belongs to, or the instant itself."""
        hours = state.quiet_hours(event.group) if self.quiet_hours else None
        if hours is None:
            return state.at_us
        return state.calendar.night(hours, state.at_us)
