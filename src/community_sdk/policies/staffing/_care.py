"""Care of those who run the community: signs that one is about to leave (S10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from attrs import field, validators

from community_sdk._time import PeriodUnit, Window, WindowKind
from community_sdk._values import frozen
from community_sdk.conditions import Condition, holds, metrics, verdict
from community_sdk.decisions import Mode, Recommend, Wish
from community_sdk.errors import DefinitionError
from community_sdk.events import (
    Event,
    EventTypes,
    MessagePosted,
    RoleAssigned,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Metric
from community_sdk.model import PolicyKey, RoleName
from community_sdk.policies._policy import Reference, Scope, role_names, unknown
from community_sdk.policies.staffing._reviews import held, next_review
from community_sdk.state import Definition, State

__all__ = ["Fall", "Signal", "StaffCare"]

_FALL = "fall"
_HUNDRED = 100


@frozen(kw_only=True)
class Signal:
    """A sign that somebody may leave, and what to do about it.

    Attributes:
        key: Its name, such as `overload`, `missed_duties` or `no_recognition`.
        when: The condition that shows it.
        lever: What is recommended, such as `share_the_load`, `clarify_the_process`,
            `thank_in_public`, `name_a_substitute` or `talk_in_person`.
    """

    key: str
    when: Condition
    lever: str = "talk_in_person"


@frozen(kw_only=True)
class Fall:
    """Activity against one's own past: fewer than *percent* of the days before.

    Attributes:
        event: What is counted.
        days: How many local days, today included, are compared with as many before.
        percent: Below how much of those before it is a fall.
        least: How many there must have been before, so that little means little.
        lever: What is recommended.
    """

    event: str = "message"
    days: int = field(default=14, validator=(validators.ge(1), validators.le(180)))
    percent: int = field(default=50, validator=(validators.ge(1), validators.le(100)))
    least: int = field(default=10, validator=validators.ge(1))
    lever: str = "talk_in_person"

    @property
    def metrics(self) -> tuple[Metric, Metric]:
        """The days compared, and those with the ones before."""
        near, far = (
            Metric("count", self.event, Window(WindowKind.DAYS, self.days * times))
            for times in (1, 2)
        )
        return near, far

    def figures(self, state: State) -> tuple[int, int]:
        """Return how many there were of late, and before."""
        near, far = (state.measure(metric) or 0 for metric in self.metrics)
        return near, far - near

    def shows(self, state: State) -> bool:
        """Tell whether activity fell."""
        recent, before = self.figures(state)
        return before >= self.least and recent * _HUNDRED < before * self.percent


@frozen(kw_only=True)
class StaffCare:
    """Recommend what keeps people who hold a role, as soon as a sign shows.

    Signs are looked at when a period ends; each is told once, and again only after it
    was gone.

    Attributes:
        roles: The roles that are cared for.
        signals: The signs.
        fall: Falling activity; without one it is no sign.
        every: After which period it is looked at.
    """

    answers: ClassVar[EventTypes] = (RoleAssigned, MessagePosted, TimerFired)
    folds: ClassVar[EventTypes] = (TimerFired,)

    key: PolicyKey
    roles: tuple[RoleName, ...] = field(validator=validators.min_len(1))
    signals: tuple[Signal, ...] = ()
    fall: Fall | None = None
    every: PeriodUnit = PeriodUnit.WEEK
    mode: Mode = Mode.ACT
    scope: Scope = field(default=Scope.MEMBER)

    def __attrs_post_init__(self) -> None:
        """Refuse two signs of one name."""
        names = [signal.key for signal in self.signals]
        twice = next((n for n in (*names, _FALL) if (*names, _FALL).count(n) > 1), None)
        if twice is not None:
            raise DefinitionError(
                f"expected signs with names of their own, found `{twice}` twice",
                code="care.twice",
                hint=f"`{_FALL}` is the name of falling activity",
                found=twice,
            )

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What the signs measure."""
        found = [m for signal in self.signals for m in metrics(signal.when)]
        return (*found, *(() if self.fall is None else self.fall.metrics))

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name roles that the playbook does not have."""
        yield from unknown("roles", self.roles, role_names(definition))

    def start(self) -> dict[str, list[str]]:
        """Remember no sign."""
        return {"on": [], "new": []}

    def fold(
        self, mine: dict[str, list[str]], _: TimerFired, state: State, /
    ) -> dict[str, list[str]]:
        """Remember the signs that show now, and which of them are new."""
        shown: list[str] = []
        if held(self.roles, state):
            shown = [s.key for s in self.signals if holds(s.when, state)]
            if self.fall is not None and self.fall.shows(state):
                shown.append(_FALL)
        return {"on": shown, "new": [s for s in shown if s not in mine["on"]]}

    def join(
        self, mine: dict[str, list[str]], other: dict[str, list[str]], _: State, /
    ) -> dict[str, list[str]]:
        """Let a sign that was told of either account have been told."""
        return {"on": sorted({*mine["on"], *other["on"]}), "new": []}

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Recommend the lever of each new sign, and look again later."""
        roles = held(self.roles, state)
        if not roles:
            return
        if isinstance(event, TimerFired) and state.mine is not None:
            for name in state.mine["new"]:
                lever, part = self._told(name, state)
                yield Recommend(
                    member=state.member.id,
                    action=lever,
                    properties={"signal": name},
                    because=because("care.signal", part, signal=name, roles=roles),
                )
        yield from next_review(self.key, self.every, event, state)

    def _told(self, name: str, state: State) -> tuple[str, Explanation]:
        for signal in self.signals:
            if signal.key == name:
                return signal.lever, verdict(signal.when, state).because()
        fall = self.fall or Fall()
        recent, before = fall.figures(state)
        why = because(
            "care.fall",
            event=fall.event,
            recent=recent,
            before=before,
            days=fall.days,
            percent=fall.percent,
        )
        return fall.lever, why
