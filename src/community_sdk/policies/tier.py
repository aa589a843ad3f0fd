"""Tiers by bars: rise by entry, stay by retention, fall with notice (S08)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, Literal

from attrs import field, frozen

from community_sdk._time import Duration, PeriodUnit, instant
from community_sdk.conditions import (
    Condition,
    holds,
    metrics,
    shortfall,
    verdict,
)
from community_sdk.decisions import ChangeTier, Mode, SetTimer, Wish
from community_sdk.errors import DefinitionError
from community_sdk.events import EXOGENOUS, Event, EventTypes, TierChanged, TimerFired
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Metric
from community_sdk.model import PolicyKey, TierGroup, TierKey
from community_sdk.policies._policy import Reference, Scope
from community_sdk.state import Definition, Holding, State

__all__ = ["Bar", "QualificationPolicy"]


@frozen(kw_only=True)
class Bar:
    """What a tier asks for: *entry* to rise into it, *retention* to stay.

    Retention None: the same as entry.
    """

    entry: Condition
    retention: Condition | None = None

    @property
    def stay(self) -> Condition:
        """What keeps the tier."""
        return self.entry if self.retention is None else self.retention


@frozen(kw_only=True)
class QualificationPolicy:
    """Move members within the tier group *tiers* by bars.

    A member without a record holds the lowest tier, which needs no bar.

    *climb*: ``one_step`` at a time, or ``as_earned`` to the highest whose entry holds.
    *fall*: ``one_down``; ``straight_down`` to the highest lower tier that the member
    can keep; ``never``. *upgrade* and *downgrade* are looked at after each event
    (``immediate``) or when a *review* period of the community's zone ends
    (``at_review``), as of its last microsecond. Nobody falls before *minimum_stay*
    since the last move is over (the end excluded), nobody rises before *cool_down*
    since the last fall is over. A retention bar that holds is never lost.
    """

    answers: ClassVar[EventTypes] = (*EXOGENOUS, TierChanged, TimerFired)
    folds: ClassVar[EventTypes] = (TierChanged,)

    key: PolicyKey
    tiers: str
    bars: Mapping[TierKey, Bar] = field(hash=False)
    climb: Literal["one_step", "as_earned"] = "one_step"
    fall: Literal["one_down", "straight_down", "never"] = "one_down"
    upgrade: Literal["immediate", "at_review"] = "immediate"
    downgrade: Literal["immediate", "at_review"] = "at_review"
    review: PeriodUnit = PeriodUnit.HALF_MONTH
    minimum_stay: Duration | None = None
    cool_down: Duration | None = None
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def __attrs_post_init__(self) -> None:
        """Refuse a policy without bars."""
        if not self.bars:
            raise DefinitionError(
                f"expected at least one bar in `{self.key}`",
                code="tier.no_bars",
                found=self.key,
            )

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Everything the bars measure."""
        found: dict[Metric, None] = {}
        for bar in self.bars.values():
            found |= dict.fromkeys((*metrics(bar.entry), *metrics(bar.stay)))
        return tuple(found)

    @property
    def words(self) -> frozenset[str]:
        """The events that can move a figure, and the reviews."""
        counted = {m.kind for m in self.metrics if m.kind and m.word != "has"}
        words = {m.word for m in self.metrics}
        if "strikes" in words:
            counted |= {"rule_broken", "strike_overturned"}
        if "has" in words:
            counted |= {"role_assigned", "role_ended"}
        if words & {"has", "tenure"}:
            counted |= {"joined", "membership_imported", "message"}
            counted |= {"left", "member_removed"}
        own = {"tier_changed", "tier_imported", "timer_fired", "identity_linked"}
        return frozenset(counted | own)

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name a tier group or tiers that the playbook does not have."""
        groups = {g.key: g for g in definition.tiers}
        group = groups.get(self.tiers)
        if group is None:
            yield ("tiers", self.tiers, tuple(groups))
            return
        for name in self.bars:
            if name not in group.keys:
                yield ("bars", name, group.keys)

    def start(self) -> dict[str, int]:
        """Remember no fall."""
        return {}

    def fold(
        self, mine: dict[str, int], event: TierChanged, state: State, /
    ) -> dict[str, int]:
        """Remember the last fall, for the cool-down."""
        if event.tiers != self.tiers:
            return mine
        return {} if event.rise else {"fell": state.now_us}

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Move the member if the figures say so; keep the next review in sight."""
        reviewing = isinstance(event, TimerFired)
        if isinstance(event, TierChanged) and event.tiers == self.tiers:
            yield from self._plan_review(state)
            return
        move = self._move(state, reviewing=reviewing)
        if move is not None:
            yield move
        if move is not None and self.mode is Mode.ACT:
            return
        if self._rank(state) > 0 if reviewing else self._unplanned(state):
            yield from self._plan_review(state)

    def _unplanned(self, state: State) -> bool:
        """Tell whether a review could change something and none is planned."""
        member = state.member
        could = self.upgrade == "at_review" or self.tiers in member.tiers
        return could and f"{self.key}/review" not in member.timers

    def review_now(self, state: State, /) -> Iterable[Wish]:
        """Return the move that a review would make now."""
        move = self._move(state, reviewing=True)
        return () if move is None else (move,)

    def standing(self, state: State) -> Explanation:
        """Explain where the member stands: what is missing to rise, what to stay."""
        group, rank = self._group(state), self._rank(state)
        parts: list[Explanation] = []
        if rank + 1 < len(group.tiers):
            above = group.tiers[rank + 1].key
            if above in self.bars:
                gap = shortfall(self.bars[above].entry, state)
                parts.append(because("tier.to_rise", gap.because(), tier=above))
        held = group.tiers[rank].key
        if rank > 0 and held in self.bars and self.fall != "never":
            gap = shortfall(self.bars[held].stay, state)
            stay = self._stays_until(state)
            until = None if stay is None else instant(stay)
            parts.append(
                because("tier.to_stay", gap.because(), tier=held, safe_until=until)
            )
        return because("tier.standing", *parts, tiers=self.tiers, tier=held)

    def _group(self, state: State) -> TierGroup:
        return state.ladders[self.tiers]

    def _held(self, state: State) -> Holding | None:
        return state.member.tiers.get(self.tiers)

    def _rank(self, state: State) -> int:
        held = self._held(state)
        return 0 if held is None else max(self._group(state).rank(held.tier), 0)

    def _stays_until(self, state: State) -> int | None:
        held = self._held(state)
        if held is None or self.minimum_stay is None:
            return None
        return self.minimum_stay.after(held.since, state.calendar.where)

    def _move(self, state: State, *, reviewing: bool) -> ChangeTier | None:
        group, rank = self._group(state), self._rank(state)
        if self.upgrade == "immediate" or reviewing:
            above = self._earned(group, rank, state)
            if above is not None:
                return self._change(group, (rank, above), state)
        if self.fall == "never" or (self.downgrade == "at_review" and not reviewing):
            return None
        below = self._lost(group, rank, state)
        return None if below is None else self._change(group, (rank, below), state)

    def _earned(self, group: TierGroup, rank: int, state: State) -> int | None:
        """Return the higher tier that the member has earned, if any."""
        if rank + 1 == len(group.tiers) or self._cooling(state):
            return None
        top = len(group.tiers) - 1 if self.climb == "as_earned" else rank + 1
        for higher in range(top, rank, -1):
            bar = self.bars.get(group.tiers[higher].key)
            if bar is not None and holds(bar.entry, state):
                return higher
        return None

    def _cooling(self, state: State) -> bool:
        if self.cool_down is None or not state.mine:
            return False
        fell: int = state.mine["fell"]
        return state.now_us < self.cool_down.after(fell, state.calendar.where)

    def _lost(self, group: TierGroup, rank: int, state: State) -> int | None:
        """Return the lower tier that the member falls to, if any."""
        bar = self.bars.get(group.tiers[rank].key)
        if rank == 0 or bar is None or holds(bar.stay, state):
            return None
        stays = self._stays_until(state)
        if stays is not None and state.now_us < stays:
            return None
        if self.fall == "one_down":
            return rank - 1
        for lower in range(rank - 1, 0, -1):
            kept = self.bars.get(group.tiers[lower].key)
            if kept is not None and holds(kept.stay, state):
                return lower
        return 0

    def _change(
        self, group: TierGroup, move: tuple[int, int], state: State
    ) -> ChangeTier:
        before, after = (group.tiers[r].key for r in move)
        rise = move[1] > move[0]
        judged = self.bars[after].entry if rise else self.bars[before].stay
        parts = [verdict(judged, state).because()]
        if not rise:
            parts.append(shortfall(judged, state).because())
        key = "tier.rise" if rise else "tier.fall"
        why = because(key, *parts, tiers=self.tiers, before=before, after=after)
        return ChangeTier(
            member=state.member.id,
            tiers=self.tiers,
            before=before,
            after=after,
            rise=rise,
            because=why,
        )

    def _plan_review(self, state: State) -> Iterator[SetTimer]:
        """Wake when the running period is over, if a review can change anything.

        A review looks at the last microsecond of its period; it fires once time has
        passed beyond it. Who can only rise is reviewed after activity.
        """
        falls = (
            self.downgrade == "at_review"
            and self.fall != "never"
            and self._rank(state) > 0
        )
        if not falls and self.upgrade == "immediate":
            return
        calendar = state.calendar
        period = calendar.period(self.review, state.now_us)
        last = calendar.start(period.until) - 1
        if last <= state.now_us:
            last = calendar.start(calendar.period(self.review, last + 1).until) - 1
        yield SetTimer("review", instant(last), "after")
