"""Who of the members could take a role: recommended once, when it shows (S10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from attrs import field

from community_sdk._time import Duration, Window
from community_sdk._values import frozen
from community_sdk.conditions import Condition, holds, metrics, verdict
from community_sdk.decisions import Mode, Recommend
from community_sdk.events import Event, EventTypes, Exogenous
from community_sdk.explanation import because
from community_sdk.metrics import Metric
from community_sdk.model import PolicyKey, RoleName
from community_sdk.policies._policy import Reference, Scope, role_names, unknown
from community_sdk.state import Definition, State

__all__ = ["TalentWatch"]

_QUARTER: Final = Duration.parse("90d")
_HALF_YEAR: Final = Window.parse("180d")


@frozen(kw_only=True)
class TalentWatch:
    """Recommend a proven member for *role*, once, when everything comes together.

    It is looked at after what the member does. Whoever falls behind the condition, or
    gives the role up, can be recommended again. In mode ``propose`` it is put to the
    playbook's approval.

    Attributes:
        role: The role that the member could take.
        when: What shows a good candidate.
        tenure: How long the membership must have lasted.
        clean: The window in which no breach may count.
        trial: For how long the role should be given at first; power in measure.
        action: What is recommended.
    """

    answers: ClassVar[EventTypes] = (Exogenous,)
    folds: ClassVar[EventTypes] = (Exogenous,)

    key: PolicyKey
    role: RoleName
    when: Condition
    tenure: Duration = _QUARTER
    clean: Window = _HALF_YEAR
    trial: Duration | None = None
    action: str = "recruit"
    mode: Mode = Mode.ACT
    scope: Scope = field(default=Scope.MEMBER)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What the condition measures, and the strikes."""
        return (*metrics(self.when), self._strikes)

    @property
    def words(self) -> frozenset[str]:
        """What the condition counts, and what changes standing, role or record."""
        counted = {m.kind for m in self.metrics if m.kind}
        fixed = {"message", "rule_broken", "strike_overturned"}
        return frozenset(counted | fixed | {"role_assigned", "role_ended", "left"})

    @property
    def _strikes(self) -> Metric:
        return Metric("strikes", window=self.clean)

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name a role that the playbook does not have."""
        yield from unknown("role", self.role, role_names(definition))

    def start(self) -> dict[str, bool]:
        """Remember nothing shown."""
        return {"shown": False, "new": False}

    def fold(self, mine: dict[str, bool], _: Event, state: State, /) -> dict[str, bool]:
        """Remember whether everything comes together, and whether it is new."""
        shown = self._shows(state)
        return {"shown": shown, "new": shown and not mine["shown"]}

    def join(
        self, mine: dict[str, bool], other: dict[str, bool], _: State, /
    ) -> dict[str, bool]:
        """Let whoever was shown under either account have been shown."""
        return {"shown": mine["shown"] or other["shown"], "new": False}

    def decide(self, _: Event, state: State, /) -> Iterator[Recommend]:
        """Recommend the member."""
        if state.mine is None or not state.mine["new"]:
            return
        trial = {} if self.trial is None else {"trial": str(self.trial)}
        yield Recommend(
            member=state.member.id,
            action=self.action,
            properties={"role": self.role, **trial},
            because=because(
                "talent.shown",
                verdict(self.when, state).because(),
                role=self.role,
                tenure=self.tenure,
                clean=self.clean,
                trial=self.trial,
            ),
        )

    def _shows(self, state: State) -> bool:
        member, where = state.member, state.calendar.where
        if not member.here or member.since is None:
            return False
        if self.tenure.after(member.since, where) > state.now_us:
            return False
        if member.serves(self.role, state.now_us) or state.measure(self._strikes):
            return False
        return holds(self.when, state)
