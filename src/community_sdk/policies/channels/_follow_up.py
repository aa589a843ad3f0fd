"""Follow-up by hand: who looks after a member, in which stage, and for how long (S20).

INVARIANT: each follow-up moves the end of the time on; a member is taken back at most
once for each time that nobody followed up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, Final

from attrs import field, validators

from community_sdk._time import Duration, instant
from community_sdk._values import frozen
from community_sdk.decisions import (
    ClearTimer,
    Mode,
    ReclaimMember,
    Recommend,
    SetTimer,
    Wish,
)
from community_sdk.errors import DefinitionError
from community_sdk.events import (
    Event,
    EventTypes,
    FollowedUp,
    FollowUpClaimed,
    FollowUpReclaimed,
    FollowUpStageSet,
    TierChanged,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import FollowUpStage, MemberId, PolicyKey
from community_sdk.policies._policy import Policy, Reference, Scope
from community_sdk.state import Definition, State

__all__ = ["FollowUp", "ReclaimRule"]

Slice = dict[str, Any]
_LOOK: Final = "look"
_OPEN: Final = (FollowUpStage.TO_FOLLOW, FollowUpStage.FOLLOWING)


@frozen(kw_only=True)
class ReclaimRule:
    """How long a member may go without a follow-up before the pool takes it back.

    Attributes:
        after: The time from the last follow-up, the end excluded.
        stages: In these stages.
        tiers: For members of one of these tiers; everybody without any.
        remind: So long after the last follow-up the staff is reminded, once.
    """

    after: Duration
    stages: tuple[FollowUpStage, ...] = field(
        default=_OPEN, validator=validators.min_len(1)
    )
    tiers: tuple[str, ...] = ()
    remind: Duration | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a reminder that never comes before the time is over."""
        remind, after = self.remind, self.after
        if remind is not None and (remind == after or remind.exceeds(after)):
            raise DefinitionError(
                f"expected a reminder before the {self.after} are over, found"
                f" `{self.remind}`",
                code="follow_up.remind",
                hint="both are counted from the last follow-up",
                found=str(self.remind),
                after=str(self.after),
            )


def _taken(
    earlier: Iterable[ReclaimRule], rule: ReclaimRule, stage: FollowUpStage
) -> bool:
    """Tell whether *earlier* rules take everybody in *stage* for whom *rule* is."""
    before = [each for each in earlier if stage in each.stages]
    if any(not each.tiers for each in before):
        return True
    tiers = {tier for each in before for tier in each.tiers}
    return bool(rule.tiers) and tiers.issuperset(rule.tiers)


@frozen(kw_only=True)
class FollowUp:
    """Keep stage and staff of each member, and take back who is left lying.

    The first of *rules* that fits stage and tier counts; without one nobody is taken
    back. A member in the pool waits there, to be followed, until somebody claims it.
    """

    answers: ClassVar[EventTypes] = (
        FollowUpClaimed,
        FollowedUp,
        FollowUpStageSet,
        FollowUpReclaimed,
        TierChanged,
        TimerFired,
    )
    folds: ClassVar[EventTypes] = answers

    key: PolicyKey
    rules: tuple[ReclaimRule, ...] = field(validator=validators.min_len(1))
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name tiers that the playbook does not have."""
        known = tuple(str(t.key) for group in definition.tiers for t in group.tiers)
        for i, rule in enumerate(self.rules):
            for j, tier in enumerate(rule.tiers):
                if tier not in known:
                    yield (f"rules[{i}].tiers[{j}]", tier, known)

    def misfits(
        self, _: Definition, __: Sequence[Policy], /
    ) -> Iterator[tuple[str, DefinitionError]]:
        """Name rules that nobody comes to: earlier ones answer for all of them."""
        for nth, rule in enumerate(self.rules):
            if all(_taken(self.rules[:nth], rule, stage) for stage in rule.stages):
                error = DefinitionError(
                    f"expected a rule that somebody comes to, but earlier ones of"
                    f" `{self.key}` take everybody",
                    code="follow_up.never",
                    hint="the first that fits counts: put the narrower rule first",
                    key=self.key,
                )
                yield (f"rules[{nth}]", error)

    def start(self) -> Slice:
        """Leave the member in the pool."""
        stage = [-1, 0, FollowUpStage.TO_FOLLOW.value]
        return {"staff": None, "stage": stage, "since": 0, "told": [], "done": []}

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Remember staff, stage and the last follow-up; see what is over."""
        mine["told"] = list[Any]()
        if isinstance(event, TimerFired):
            for what, due in self._dues(mine, state):
                if due <= state.now_us:
                    mine["told"].append(what)
                    mine["done"].append(what)
        elif isinstance(event, FollowUpReclaimed):
            mine["staff"], mine["stage"] = (
                None,
                [state.at_us, event.seq, _OPEN[0].value],
            )
        elif isinstance(event, FollowUpStageSet):
            row = [state.at_us, event.seq, event.stage.value]
            mine["stage"] = max(mine["stage"], row, key=lambda each: each[:2])
        elif isinstance(event, FollowUpClaimed):
            mine["staff"] = str(event.staff)
        moved = isinstance(event, (FollowUpClaimed, FollowedUp, FollowUpStageSet))
        if moved and state.at_us > mine["since"]:
            mine["since"], mine["done"] = state.at_us, []
        return mine

    def join(self, mine: Slice, other: Slice, _: State, /) -> Slice:
        """Go on with the account that was followed up last."""
        return max(mine, other, key=lambda each: int(each["since"]))

    def _rule(self, mine: Slice, state: State) -> ReclaimRule | None:
        stage = FollowUpStage(mine["stage"][2])
        held = {held.tier for held in state.member.tiers.values()}
        for rule in self.rules:
            if stage in rule.stages and (not rule.tiers or held & {*rule.tiers}):
                return rule
        return None

    def _dues(self, mine: Slice, state: State) -> list[tuple[str, int]]:
        """Return what is to come of the present follow-up, and when."""
        rule, where = self._rule(mine, state), state.calendar.where
        if rule is None or mine["staff"] is None:
            return []
        found = [("reclaim", rule.after.after(mine["since"], where))]
        if rule.remind is not None:
            found.insert(0, ("remind", rule.remind.after(mine["since"], where)))
        return [(what, due) for what, due in found if what not in mine["done"]]

    def ends(self, mine: Slice, state: State, /) -> int | None:
        """Return when the pool takes the member back; None: it does not."""
        rule = self._rule(mine, state)
        if rule is None or mine["staff"] is None:
            return None
        return rule.after.after(mine["since"], state.calendar.where)

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Remind, take back, and wait for the next time."""
        mine: Slice = state.mine or self.start()
        stage = FollowUpStage(mine["stage"][2])
        for what in mine["told"]:
            named = stage.value
            since, due = instant(mine["since"]), instant(self.ends(mine, state) or 0)
            if what == "remind":
                why = because("follow_up.remind", stage=named, since=since, due=due)
                yield Recommend(
                    member=state.member.id,
                    action="follow_up",
                    properties={"staff": mine["staff"]},
                    because=why,
                )
            else:
                why = because(
                    "follow_up.reclaim", stage=named, staff=mine["staff"], since=since
                )
                staff = MemberId(mine["staff"])
                yield ReclaimMember(staff=staff, stage=stage, because=why)
        yield from self._plan(mine, state)

    def _plan(self, mine: Slice, state: State) -> Iterator[Wish]:
        due = min((due for _, due in self._dues(mine, state)), default=None)
        planned = state.member.timers.get(f"{self.key}/{_LOOK}")
        if due is not None:
            due = max(due, state.now_us)
            if planned is None or planned[0] != due:
                yield SetTimer(_LOOK, instant(due))
        elif planned is not None:
            yield ClearTimer(_LOOK)

    def standing(self, state: State, /) -> Explanation:
        """Tell the stage, who follows up, and until when that must be done again."""
        mine: Slice = state.mine or self.start()
        due = self.ends(mine, state)
        return because(
            "follow_up.standing",
            stage=mine["stage"][2],
            staff=mine["staff"],
            due=None if due is None else instant(due),
        )
