"""Tiers by bars: rise by entry, stay by retention, fall with notice (S08)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from attrs import evolve

from community_sdk._values import frozen
from community_sdk.conditions import metrics, moved_by
from community_sdk.decisions import ChangeTier, Wish
from community_sdk.errors import DefinitionError
from community_sdk.events import Event, EventTypes, TierChanged, TierSet
from community_sdk.explanation import Explanation
from community_sdk.metrics import Metric
from community_sdk.model import TierKey, TierLook
from community_sdk.policies._policy import Reference, group_names, role_names, unknown
from community_sdk.policies.tier._bars import of_group
from community_sdk.policies.tier._deciding import answer
from community_sdk.policies.tier._moves import Seat, next_move
from community_sdk.policies.tier._progress import Progress, progress_of, standing_of
from community_sdk.policies.tier._setting import why_not
from community_sdk.policies.tier._settings import Settings
from community_sdk.state import Definition, State

__all__ = ["QualificationPolicy"]

_OWN = frozenset(
    {
        *("tier_changed", "tier_imported", "tier_set", "tier_overridden"),
        *("tier_override_ended", "tier_excused", "tier_renewed", "timer_fired"),
        "tier_review_requested",
        *("tier_grace_started", "tier_grace_ended", "identity_linked"),
    }
)


@frozen(kw_only=True)
class QualificationPolicy(Settings):
    """Move members within the tier group *tiers* by bars.

    A member without a record holds the lowest tier, which needs no bar. Of what
    several say a lock comes first, then a boost, then the highest of: earned, granted
    by a role or a group, manual floor, *default*.

    *climb*: ``one_step`` at a time, or ``as_earned`` to the highest whose entry holds.
    *fall*: ``one_down``; ``straight_down`` to the highest lower tier that the member
    can keep; ``never``. *upgrade* and *downgrade* are looked at when a *review* period
    of the community's zone ends (``at_review``), as of its last microsecond, or after
    each event as well (``immediate``): who does nothing rises by waiting, and falls, at
    reviews. *plan* takes the place of *review* (anniversaries, fixed dates, every n
    days); ``at_expiry``: only when the term of *validity* is over. Who keeps the bar
    of a tier, or meets its entry, never loses it.

    *minimum_stay*: nobody falls before it is over since the last move (the end
    excluded, or still inside: *stay_end*), of tiers come by *stay_causes* (empty: in
    any way). *cool_down*: nobody rises before it is over since the last fall. *grace*:
    who is found below the bar keeps the tier that long (the end excluded). *excuses*:
    causes for which a member may be excused, each with the longest time that counts.

    *role_floors*, *group_floors*: tiers granted while the member holds the role or is
    in the group. When what decided a tier ends, it is reckoned anew: as far as earned.
    *on_rule_change* ``upgrade_only``: bars changed since the tier was reached do not
    lower it before its term is over. *below_earned*: what becomes of a tier set by
    hand below what is earned: the rules go on (``allow``), or it is locked; what a
    system asks for without a person may be refused. *on_return*: look at the end of
    the local day whether a refund costs the tier: any, or only one of the purchase
    that brought it about. *tell_reviews*: note each review held, such as for points
    that begin anew. *looks* ``asked``: not after every event, only when asked
    (`TierReviewRequested`), at reviews, and when overrides, roles or groups change.
    """

    answers: ClassVar[EventTypes] = (Event,)
    folds: ClassVar[EventTypes] = (TierChanged,)
    guards: ClassVar[EventTypes] = (TierSet,)

    def __attrs_post_init__(self) -> None:
        """Refuse a policy without bars, and an expiry without a term.

        In its conditions ``since_tier`` means the last move in its own group.
        """
        bars = {tier: bar.of_group(self.tiers) for tier, bar in self.bars.items()}
        object.__setattr__(self, "bars", bars)
        term = self.validity
        if term is not None and term.renewal is not None:
            renewal = of_group(term.renewal, self.tiers)
            object.__setattr__(self, "validity", evolve(term, renewal=renewal))
        if not self.bars:
            raise DefinitionError(
                f"expected at least one bar in `{self.key}`",
                code="tier.no_bars",
                found=self.key,
            )
        if self.downgrade == "at_expiry" and self.validity is None:
            raise DefinitionError(
                f"expected a validity in `{self.key}`, whose tiers are to expire",
                code="tier.no_validity",
                hint="give `validity`, or another `downgrade`",
                found=self.key,
            )

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Everything the bars and the renewal measure."""
        found: dict[Metric, None] = {}
        for bar in self.bars.values():
            found |= dict.fromkeys((*metrics(bar.entry), *metrics(bar.stay)))
        renewal = None if self.validity is None else self.validity.renewal
        if renewal is not None:
            found |= dict.fromkeys(metrics(renewal))
        return tuple(found)

    @property
    def words(self) -> frozenset[str]:
        """The events that can move a figure, and the reviews."""
        counted = {m.kind for m in self.metrics if m.kind and m.word != "has"}
        words = {m.word for m in self.metrics}
        if "has" in words or self.role_floors:
            counted |= {"role_assigned", "role_ended"}
        if words & {"has", "tenure"} or self.group_floors:
            counted |= {"joined", "membership_imported", "message"}
            counted |= {"left", "member_removed"}
        if self.on_return != "ignore":
            counted |= {"refund"}
        return frozenset(counted | moved_by(self.metrics) | _OWN)

    @property
    def starts_in(self) -> str:
        """The lowest tier is that of who has no record."""
        return ""

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name a tier group, tiers, roles or groups that the playbook does not have."""
        groups = {g.key: g for g in definition.tiers}
        group = groups.get(self.tiers)
        if group is None:
            yield ("tiers", self.tiers, tuple(groups))
            return
        named = [("bars", name) for name in self.bars]
        named += [("role_floors", name) for name in self.role_floors.values()]
        named += [("group_floors", name) for name in self.group_floors.values()]
        named += [("default", TierKey(self.default))] if self.default else []
        for path, name in named:
            if name not in group.keys:
                yield (path, name, group.keys)
        for role in self.role_floors:
            yield from unknown("role_floors", role, role_names(definition))
        for room in self.group_floors:
            yield from unknown("group_floors", room, group_names(definition))

    def start(self) -> dict[str, int]:
        """Remember no fall."""
        return {}

    def fold(
        self, mine: dict[str, int], event: TierChanged, state: State, /
    ) -> dict[str, int]:
        """Remember the last fall, for the cool-down."""
        if event.tiers != self.tiers or event.account is not None:
            return mine
        return {} if event.rise else {"fell": state.now_us}

    def join(
        self, mine: dict[str, int], other: dict[str, int], _: State, /
    ) -> dict[str, int]:
        """Remember the later fall of two accounts of one person."""
        fell = [each["fell"] for each in (mine, other) if "fell" in each]
        return {"fell": max(fell)} if fell else {}

    def refuse(self, event: TierSet, state: State, /) -> Explanation | None:
        """Refuse what a system asks for below what is still earned."""
        if event.tiers != self.tiers or self.system_below_earned == "allow":
            return None
        return why_not(Seat(self, state), event)

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Move the member if the figures say so; keep the next review in sight."""
        yield from answer(Seat(self, state), event)

    def review_now(self, state: State, /) -> Iterable[Wish]:
        """Return the move that a review would make now."""
        move = next_move(Seat(self, state), TierLook.REVIEW)
        return () if move is None else (move,)

    def expire_now(self, state: State, /) -> ChangeTier | None:
        """Return the move that the end of the term would make now."""
        return next_move(Seat(self, state), TierLook.EXPIRY)

    def reckon(self, state: State, /) -> TierKey:
        """Return the tier from scratch: overrides, grants, then as far as earned."""
        seat = Seat(self, state)
        return seat.group.keys[seat.resolve(seat.anew()).rank]

    def progress(self, state: State, /) -> Progress:
        """Return where the member stands, what is missing, and until when."""
        return progress_of(Seat(self, state))

    def standing(self, state: State, /) -> Explanation:
        """Explain where the member stands: what is missing to rise, what to stay."""
        return standing_of(Seat(self, state))
