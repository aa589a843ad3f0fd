"""What policies and conditions see of the state while they are asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from community_sdk._time import Calendar, Duration, QuietHours, WindowKind, instant
from community_sdk.explanation import Explanation
from community_sdk.metrics import Metric, WindowPlan
from community_sdk.model import Community, Role, Rule, Rulebook, TierGroup
from community_sdk.state.community import CommunityState
from community_sdk.state.lawful import barred
from community_sdk.state.member import MemberState

__all__ = ["Definition", "Reader", "State"]


class Definition(Protocol):
    """The parts of a playbook that policies may look up."""

    @property
    def community(self) -> Community:
        """The community with its zone and groups."""
        ...

    @property
    def rulebook(self) -> Rulebook:
        """The rules in force."""
        ...

    @property
    def roles(self) -> Sequence[Role]:
        """The declared roles."""
        ...

    @property
    def tiers(self) -> Sequence[TierGroup]:
        """The declared tier groups."""
        ...

    @property
    def lateness(self) -> Duration:
        """How late an event may be."""
        ...


def _nobody(_: str) -> None:
    """Know of nobody: outside a step no event names anybody."""


Reader = Callable[["State"], int | None]


class State:
    """The state as one policy sees it during one call; keep no reference to it.

    Attributes:
        member: the partition of the event's member (read only).
        actor: the partition of who did it, the member's own when nobody is named.
        community: the community's counters and open objects (read only).
        at_us: when the event itself happened, in microseconds; *now_us*: the instant
            that the policy is asked at.
        mine: the slice of the policy that is asked, None before it was started.
        definition: community, rulebook, roles and tier groups of the playbook.
        calendar: local days of the community.
        ladders: the tier groups of the playbook by key.
        declared: the words that policies declare, by sort.
        find: the partition of the person whose account a name is, None where nothing
            is known of one (read only); only for whom an event names.
    """

    __slots__ = (
        "_hi",
        "_lo",
        "_quiet",
        "actor",
        "at_us",
        "bounds",
        "calendar",
        "community",
        "compiled",
        "declared",
        "definition",
        "find",
        "ladders",
        "member",
        "mine",
        "now_us",
        "plan",
        "readers",
    )

    def __init__(self, definition: Definition, plan: WindowPlan) -> None:
        """Look at nothing yet."""
        self.definition = definition
        self.ladders = {group.key: group for group in definition.tiers}
        self.declared: Mapping[str, tuple[str, ...]] = {}
        self.find: Callable[[str], MemberState | None] = _nobody
        self.plan = plan
        self.calendar: Calendar
        self.community: CommunityState
        self.member: MemberState
        self.actor: MemberState
        self.mine: Any = None
        self.now_us = 0
        self.at_us = 0
        self._quiet: dict[str | None, QuietHours | None] = {}
        self.bounds: list[int] = []
        self.readers: dict[Metric, Reader] = {}
        self.compiled: dict[object, Any] = {}
        self._lo = self._hi = 0

    def begin(self, now: int) -> None:
        """Let windows end at *now* (engine only)."""
        self.now_us = now
        plan, bounds = self.plan, self.bounds
        if not self._lo <= now < self._hi or len(bounds) != len(plan.windows):
            today = self.calendar.day(now)
            self._lo = self.calendar.start(today)
            self._hi = self.calendar.start(today + 1)
            self.bounds = bounds = [
                self.calendar.since(w, now) if w.rolling else -1 for w in plan.windows
            ]
        for w in plan.exact:
            bounds[w] = now - plan.windows[w].length + 1

    def begins(self, who: MemberState) -> list[int]:
        """Return where the windows of *who* begin now, in the order of the plan."""
        return [
            bound if window.rolling else who.begins(window)
            for window, bound in zip(self.plan.windows, self.bounds, strict=True)
        ]

    @property
    def now(self) -> datetime:
        """The instant that the policy is asked at; windows end here."""
        return instant(self.now_us)

    def measure(self, metric: Metric) -> int | None:
        """Return the member's figure, None where nothing was observed.

        Times are microseconds, amounts minor units.

        Raises:
            KeyError: the policy did not name the metric in its `metrics`.
        """
        return self.readers[metric](self)

    def quiet_hours(self, group: str | None) -> QuietHours | None:
        """Return the quiet hours of *group*, else those of the community."""
        if group not in self._quiet:
            self._quiet[group] = self.definition.community.quiet(group)
        return self._quiet[group]

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook of the playbook with every amendment decided since."""
        return self.community.rulebook(self.definition.rulebook)

    def rule(self, code: str) -> Rule | None:
        """Return the rule called *code* as it was in force when the event happened."""
        return self.rulebook.rule_at(code, instant(self.at_us))

    def barred(self, rule: str, when: int, group: str | None) -> Explanation | None:
        """Return why a breach of *rule* by the member at *when* does not count."""
        where = (self.member.id, group)
        return barred(rule, when, where, self.community, self.rulebook)

    def fades(self, metric: Metric, need: int) -> int | None:
        """Return when the figure falls below *need* if nothing else happens.

        None where it never does, or where it is below already.
        """
        window = metric.window
        if metric.word != "count" or not window.rolling:
            return None
        if (self.measure(metric) or 0) < need:
            return None
        since = self.calendar.since(window, self.now_us)
        rests = self.member.rolling.fades(self.plan.slot(metric.source), need, since)
        if rests is None:
            return None
        if window.kind is WindowKind.EXACT:
            return rests + window.length
        if window.kind is WindowKind.DAYS:
            return self.calendar.start(self.calendar.day(rests) + window.length)
        return self.calendar.ends(window, self.now_us)
