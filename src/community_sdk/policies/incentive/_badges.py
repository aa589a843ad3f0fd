"""Badges: given for what happened or for how things are, taken back with it (S17).

Laws: a badge is judged by the facts as they are, never by the act that gave it; both
giving and taking are on record; what is held is not given again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Final

from attrs import field, validators

from community_sdk._time import Duration, instant
from community_sdk._values import frozen
from community_sdk.conditions import (
    Condition,
    holds,
    metrics,
    moved_by,
    shortfall,
)
from community_sdk.decisions import (
    ClearTimer,
    GrantBadge,
    Mode,
    RevokeBadge,
    SetTimer,
    Wish,
)
from community_sdk.errors import DefinitionError
from community_sdk.events import (
    BadgeGranted,
    BadgeImported,
    BadgeRevoked,
    BadgeWithdrawn,
    Event,
    EventTypes,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Metric
from community_sdk.model import PolicyKey, Titles
from community_sdk.policies._policy import Scope
from community_sdk.state import State

__all__ = ["Badge", "BadgePolicy"]

Slice = dict[str, list[Any]]
"""By badge: how often it was given, whether it is held, and who took it at which
instant (``[microseconds, name]``, the name empty for automation; False: nobody)."""
_NONE: Final[tuple[int, bool, Any]] = (0, False, False)
_HELD: Final = ("balance", "usable", "earned")


@frozen(kw_only=True)
class Badge:
    """A sign of honour, given on an event called *on* or when *when* comes to hold.

    With both, the event counts while the condition holds. *repeatable*: given at each
    such event; else once. *temporary*: taken back when the condition holds no longer,
    and given anew when it does again. *valid*: held for so long from the latest time it
    was given (the end excluded); None: for good. What somebody took is not given again
    for the same condition, only for another event.
    """

    key: str
    on: str = ""
    where: tuple[tuple[str, str | int | bool], ...] = ()
    when: Condition | None = None
    repeatable: bool = False
    temporary: bool = False
    valid: Duration | None = None
    title: Titles = field(factory=dict[str, str], hash=False)

    def __attrs_post_init__(self) -> None:
        """Refuse a badge that nothing gives, or that nothing could take back."""
        if not self.on and self.when is None:
            raise DefinitionError(
                f"expected `on` or `when` in badge `{self.key}`",
                code="badge.never",
                hint='write for example `on = "visit"` or a condition as `when`',
                found=self.key,
            )
        if self.temporary and self.when is None:
            raise DefinitionError(
                f"expected `when` in the temporary badge `{self.key}`",
                code="badge.temporary",
                hint="a condition that stops holding takes it back; or use `valid`",
                found=self.key,
            )

        if self.repeatable and not self.on:
            raise DefinitionError(
                f"expected `on` in the repeatable badge `{self.key}`",
                code="badge.repeatable",
                hint="name the event that gives it each time",
                found=self.key,
            )

    @property
    def slides(self) -> bool:
        """Whether its condition may cease to hold while nothing happens."""
        asked = () if self.when is None else metrics(self.when)
        return self.temporary and any(
            m.window.rolling or m.word in ("recency", "streak") for m in asked
        )

    def earned_by(self, event: Event) -> bool:
        """Tell whether *event* is one that gives it."""
        return event.name == self.on and all(
            event.value(name) == value for name, value in self.where
        )


@frozen(kw_only=True)
class BadgePolicy:
    """Give and take *badges*, in their order.

    Conditions are looked at after each event that can move their figures, and, while a
    temporary one is held whose window slides, when a local day begins.
    """

    answers: ClassVar[EventTypes] = (Event,)
    folds: ClassVar[EventTypes] = (
        *(BadgeGranted, BadgeImported, BadgeRevoked, BadgeWithdrawn),
    )

    key: PolicyKey
    badges: tuple[Badge, ...] = field(validator=validators.min_len(1))
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def __attrs_post_init__(self) -> None:
        """Refuse two badges of one name."""
        names = [badge.key for badge in self.badges]
        for name in names:
            if names.count(name) > 1:
                raise DefinitionError(
                    f"expected each badge of `{self.key}` once, found `{name}` twice",
                    code="badge.twice",
                    hint="choose another name",
                    found=name,
                )

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Everything that the conditions measure."""
        asked = [badge.when for badge in self.badges if badge.when is not None]
        return tuple(dict.fromkeys(m for each in asked for m in metrics(each)))

    @property
    def words(self) -> frozenset[str]:
        """The events that give badges or can move a figure, and the engine's own."""
        found = {badge.on for badge in self.badges if badge.on}
        asked = {metric.word for metric in self.metrics}
        found |= {m.kind for m in self.metrics if m.word not in ("has", *_HELD)}
        found |= {"badge_granted", "badge_revoked", "badge_withdrawn", "timer_fired"}
        found |= {"badge_imported"}
        if asked & {"has", "tenure"}:
            found |= {"joined", "membership_imported", "message", "left"}
            found |= {"member_removed", "role_assigned", "role_ended", "tier_changed"}
        return frozenset((found | moved_by(self.metrics)) - {""})

    @property
    def vocabulary(self) -> dict[str, tuple[str, ...]]:
        """The badges there are."""
        return {"badge": tuple(badge.key for badge in self.badges)}

    def start(self) -> Slice:
        """Remember no badge."""
        return {}

    def join(self, mine: Slice, other: Slice, _: State, /) -> Slice:
        """Let whoever held a badge under either account hold it.

        What is given once was given once; what was taken of one account stays taken
        unless the other holds it.
        """
        repeatable = {badge.key for badge in self.badges if badge.repeatable}
        found: Slice = {}
        for name in (*mine, *(name for name in other if name not in mine)):
            one, two = mine.get(name, _NONE), other.get(name, _NONE)
            nth = one[0] + two[0] if name in repeatable else max(one[0], two[0])
            held = bool(one[1] or two[1])
            found[name] = [nth, held, not held and (one[2] or two[2])]
        return found

    def fold(
        self,
        mine: Slice,
        event: BadgeGranted | BadgeImported | BadgeRevoked | BadgeWithdrawn,
        state: State,
        /,
    ) -> Slice:
        """Note what was given and taken."""
        if isinstance(event, BadgeWithdrawn):
            if event.badge in {badge.key for badge in self.badges}:
                taken = [state.at_us, str(event.actor or "")]
                known = mine.setdefault(event.badge, [0, False, False])
                known[2] = known[2] or taken
        elif isinstance(event, BadgeImported):
            if event.badge in {badge.key for badge in self.badges}:
                mine[event.badge] = [max(event.nth, 1), True, False]
        elif event.policy == self.key:
            known = mine.setdefault(event.badge, [0, False, False])
            given = isinstance(event, BadgeGranted)
            mine[event.badge] = [known[0] + given, given, not given and known[2]]
        return mine

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Give and take what the facts say now."""
        mine: Slice = state.mine or {}
        if isinstance(event, BadgeGranted) and event.policy == self.key:
            yield from self._given(event, mine, state)
            return
        if isinstance(event, BadgeRevoked) and event.policy == self.key:
            if f"{self.key}/over/{event.badge}" in state.member.timers:
                yield ClearTimer(f"over/{event.badge}")
            return
        if isinstance(event, TimerFired) and event.policy != self.key:
            return
        for badge in self.badges:
            yield from self._judge(badge, event, mine, state)
        if isinstance(event, (TimerFired, BadgeImported)):
            yield from self._plan(mine, state)

    def _judge(
        self, badge: Badge, event: Event, mine: Slice, state: State
    ) -> Iterator[Wish]:
        nth, held, barred = mine.get(badge.key, _NONE)
        if isinstance(event, BadgeWithdrawn):
            if held and event.badge == badge.key:
                by = None if event.actor is None else str(event.actor)
                yield self._revoke(
                    badge, because("badge.withdrawn", badge=badge.key, by=by)
                )
            return
        over = isinstance(event, TimerFired) and event.timer == f"over/{badge.key}"
        if held and over:
            yield self._revoke(badge, because("badge.over", badge=badge.key))
            return
        met = badge.when is None or holds(badge.when, state)
        if held and badge.temporary and not met:
            why = because("badge.lost", *self._gap(badge, state), badge=badge.key)
            yield self._revoke(badge, why)
        elif met and self._deserved(badge, event, held=held, nth=nth, barred=barred):
            yield self._grant(badge, nth + 1, state)

    def _deserved(
        self, badge: Badge, event: Event, *, held: bool, nth: int, barred: bool
    ) -> bool:
        """Tell whether a badge whose condition holds is given now."""
        if badge.on:
            return badge.earned_by(event) and (badge.repeatable or not nth)
        return not held and not barred and (badge.temporary or not nth)

    def _grant(self, badge: Badge, nth: int, state: State) -> GrantBadge:
        until = None
        if badge.valid is not None:
            until = instant(badge.valid.after(state.now_us, state.calendar.where))
        gap = self._gap(badge, state)
        on = badge.on or None
        why = because("badge.granted", *gap, badge=badge.key, nth=nth, on=on)
        return GrantBadge(badge=badge.key, nth=nth, until=until, because=why)

    def _revoke(self, badge: Badge, why: Explanation) -> RevokeBadge:
        return RevokeBadge(badge=badge.key, because=why)

    def _gap(self, badge: Badge, state: State) -> tuple[Explanation, ...]:
        """Return how things stand with the condition, nothing without one."""
        if badge.when is None:
            return ()
        return (shortfall(badge.when, state).because(),)

    def _given(self, event: BadgeGranted, mine: Slice, state: State) -> Iterator[Wish]:
        """Keep the end of a badge in sight; given again, its time begins again."""
        if event.until is not None:
            yield SetTimer(f"over/{event.badge}", event.until)
        yield from self._plan(mine, state)

    def _plan(self, mine: Slice, state: State) -> Iterator[Wish]:
        """Keep the next day in sight for conditions that slide."""
        held = any(mine.get(b.key, _NONE)[1] and b.slides for b in self.badges)
        if held and f"{self.key}/day" not in state.member.timers:
            today = state.calendar.day(state.now_us)
            yield SetTimer("day", instant(state.calendar.start(today + 1)))

    def standing(self, state: State, /) -> Explanation:
        """Explain which badges are held, and what is missing for the others."""
        mine: Slice = state.mine or {}
        parts = [
            _taken(badge, nth, taken)
            if taken
            else because(
                "badge.held" if held else "badge.missing",
                *(() if held else self._gap(badge, state)),
                badge=badge.key,
                nth=nth,
                on=badge.on or None,
            )
            for badge in self.badges
            for nth, held, taken in (mine.get(badge.key, _NONE),)
        ]
        count = sum(1 for part in parts if part.key == "badge.held")
        return because("badge.standing", *parts, held=count, of=len(parts))


def _taken(badge: Badge, nth: int, taken: Sequence[Any]) -> Explanation:
    """Explain that somebody took a badge; *on*: the event that may give it anew."""
    at, by = taken
    again = badge.on and (badge.repeatable or not nth)
    on = badge.on if again else None
    return because("badge.taken", badge=badge.key, at=instant(at), by=by or None, on=on)
