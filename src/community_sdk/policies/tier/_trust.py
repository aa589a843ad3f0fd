"""Levels of trust in a forum: from newcomer to regular by what one does (S08).

The lower levels are earned once and for all; the regular's has to be kept, over a
window, with a low-water mark, without penalties. The highest is given by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Final, Literal

from attrs import Factory, asdict, evolve, field

from community_sdk._time import Duration, PeriodUnit, Window, WindowKind
from community_sdk._values import frozen
from community_sdk.conditions import (
    Compare,
    Condition,
    Holds,
    Not,
    all_of,
)
from community_sdk.decisions import Mode, Wish
from community_sdk.errors import DefinitionError
from community_sdk.events import Event, TierChanged, TierSet
from community_sdk.explanation import Explanation
from community_sdk.metrics import Metric
from community_sdk.model import GroupId, PolicyKey, RoleName, TierKey
from community_sdk.policies._policy import Reference, Scope
from community_sdk.policies.tier._bars import Bar
from community_sdk.policies.tier._policy import QualificationPolicy
from community_sdk.policies.tier._progress import Progress
from community_sdk.state import Definition, State

__all__ = ["LevelBars", "RegularBars", "TrustLevels"]

_HOUR: Final = 3_600_000_000
_DAY: Final = 24 * _HOUR
_LONGEST_STAY: Final = 366_000
_LEVELS: Final = 4
_REGULAR: Final = 3
_WITHIN: Final = (
    *("days_visited", "topics_replied_to", "topics_viewed", "posts_read"),
    *("likes_given", "likes_received", "likes_received_days", "likes_received_users"),
)
_EVER: Final = ("topics_viewed_all_time", "posts_read_all_time")
_FLAGS: Final = ("flagged_posts", "flagged_by_users")
_SHARES: Final = {"topics_viewed": "topics_created", "posts_read": "posts_created"}


@frozen(kw_only=True)
class LevelBars:
    """What an early level asks for, over all time; 0: not asked."""

    topics_entered: int = 0
    posts_read: int = 0
    reading_minutes: int = 0
    account_age_minutes: int = 0
    days_visited: int = 0
    likes_received: int = 0
    likes_given: int = 0
    topics_replied_to: int = 0


@frozen(kw_only=True)
class RegularBars:
    """What the regular's level asks for inside the last *window_days* × 24 hours.

    Topics viewed and posts read are shares in percent of what the community created in
    the window, rounded to the nearest, at most the cap. Likes have to come on at least
    a third as many days as their number (no more than three quarters of the window)
    and from a quarter as many people, both rounded up. *low_water*: the part of the
    bars over the window that keeps the level. *min_days_after_promotion*: no loss up to
    and with that many days after an automatic rise. *penalty_months*: penalties begun
    earlier are forgiven.
    """

    window_days: int = 100
    days_visited: int = 50
    topics_replied_to: int = 10
    topics_viewed_percent: int = 25
    topics_viewed_cap: int = 500
    posts_read_percent: int = 25
    posts_read_cap: int = 20_000
    topics_viewed_all_time: int = 200
    posts_read_all_time: int = 500
    max_flagged: int = 5
    likes_given: int = 30
    likes_received: int = 20
    low_water: Fraction = Fraction(9, 10)
    min_days_after_promotion: int = 14
    penalty_months: int = 6

    @property
    def likes_received_days(self) -> int:
        """On how many days the likes have to come."""
        return min(-(-self.likes_received // 3), -(-3 * self.window_days // 4))

    @property
    def likes_received_users(self) -> int:
        """From how many people the likes have to come."""
        return -(-self.likes_received // 4)


@frozen(kw_only=True)
class TrustLevels:
    """Move members between five levels of trust.

    *figures* say how each counter is measured, by its name; a bar whose counter is not
    named is not asked. The window of a figure is put in here; ``window_…`` names one
    that is measured otherwise inside the window. `topics_created` and `posts_created`
    are those of the whole community. *fixed*: bars by name that take the place of the
    computed ones. Levels are earned one step at a time; the two lower ones at once and
    for good, the regular's at the end of the local day. *default_level* 3 or 4: nobody
    loses the regular's level. A level set by hand below what is earned is locked.

    Raises:
        DefinitionError: there are not five levels, or the default is none of them.
    """

    answers = QualificationPolicy.answers
    folds = QualificationPolicy.folds
    guards = QualificationPolicy.guards

    key: PolicyKey
    tiers: str
    levels: tuple[TierKey, ...] = tuple(
        TierKey(word) for word in ("new", "basic", "member", "regular", "leader")
    )
    figures: Mapping[str, Metric] = field(hash=False)
    basic: LevelBars = LevelBars(
        topics_entered=5, posts_read=30, reading_minutes=10, account_age_minutes=10
    )
    member: LevelBars = LevelBars(
        topics_entered=20,
        posts_read=100,
        reading_minutes=60,
        account_age_minutes=60,
        days_visited=15,
        likes_received=1,
        likes_given=1,
        topics_replied_to=3,
    )
    regular: RegularBars = RegularBars()
    fixed: Mapping[str, int] = field(factory=dict[str, int], hash=False)
    silence: str = "mute"
    suspension: str = "suspend"
    default_level: int = 0
    role_floors: Mapping[RoleName, TierKey] = field(
        factory=dict[RoleName, TierKey], hash=False
    )
    group_floors: Mapping[GroupId, TierKey] = field(
        factory=dict[GroupId, TierKey], hash=False
    )
    looks: Literal["always", "asked"] = "always"
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER
    policy: QualificationPolicy = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(lambda own: _built(own), takes_self=True),  # noqa: PLW0108 - defined below
    )

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Everything the levels measure."""
        return self.policy.metrics

    @property
    def words(self) -> frozenset[str]:
        """The events that can move a figure, and the reviews."""
        return self.policy.words

    @property
    def starts_in(self) -> str:
        """The lowest tier is that of who has no record."""
        return ""

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name levels, roles or groups that the playbook does not have."""
        for path, word, known in self.policy.problems(definition):
            yield ("levels" if path == "bars" else path, word, known)

    def start(self) -> dict[str, int]:
        """Remember no fall."""
        return self.policy.start()

    def fold(
        self, mine: dict[str, int], event: TierChanged, state: State, /
    ) -> dict[str, int]:
        """Remember the last fall."""
        return self.policy.fold(mine, event, state)

    def join(
        self, mine: dict[str, int], other: dict[str, int], state: State, /
    ) -> dict[str, int]:
        """Remember the later fall of two accounts of one person."""
        return self.policy.join(mine, other, state)

    def refuse(self, event: TierSet, state: State, /) -> Explanation | None:
        """Refuse what a system asks for below what is still earned."""
        return self.policy.refuse(event, state)

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Move the member if the figures say so."""
        return self.policy.decide(event, state)

    def review_now(self, state: State, /) -> Iterable[Wish]:
        """Return the move that a review would make now."""
        return self.policy.review_now(state)

    def reckon(self, state: State, /) -> TierKey:
        """Return the level from scratch."""
        return self.policy.reckon(state)

    def progress(self, state: State, /) -> Progress:
        """Return where the member stands, with the bars by name."""
        found = self.policy.progress(state)
        known = found.tier in self.levels
        rank = self.levels.index(found.tier) if known else 0
        return evolve(found, names=_names(self, rank))

    def standing(self, state: State, /) -> Explanation:
        """Explain where the member stands."""
        return self.policy.standing(state)


def _built(own: TrustLevels) -> QualificationPolicy:
    if len(own.levels) != _LEVELS + 1 or not 0 <= own.default_level <= _LEVELS:
        raise DefinitionError(
            f"expected five levels in `{own.key}` and a default among them",
            code="tier.levels",
            found=own.key,
        )
    bars = {
        own.levels[1]: Bar(entry=_early(own, own.basic), lasting=True),
        own.levels[2]: Bar(entry=_early(own, own.member), lasting=True),
        own.levels[3]: Bar(
            entry=_regular(own), keep=own.regular.low_water, upgrade="at_review"
        ),
    }
    stay = min(own.regular.min_days_after_promotion, _LONGEST_STAY) * _DAY
    return QualificationPolicy(
        key=own.key,
        tiers=own.tiers,
        bars=bars,
        fall="never" if own.default_level >= _REGULAR else "one_down",
        review=PeriodUnit.DAY,
        minimum_stay=Duration(stay) if stay else None,
        stay_end="included",
        stay_causes=("earned",),
        role_floors=own.role_floors,
        group_floors=own.group_floors,
        below_earned="lock",
        system_below_earned="refuse",
        looks=own.looks,
        mode=own.mode,
        scope=own.scope,
    )


def _early(own: TrustLevels, bars: LevelBars) -> Condition:
    """Return the condition of an early level, over all time."""
    parts: list[Condition] = []
    for name, need in asdict(bars).items():
        if not need:
            continue
        if name == "account_age_minutes":
            age = Duration(60_000_000 * need)
            parts.append(Compare(Metric("tenure"), ">=", age))
        elif name == "reading_minutes" and "reading_seconds" in own.figures:
            seconds = own.figures["reading_seconds"]
            parts.append(Compare(seconds, ">=", 60 * need))
        elif name in own.figures:
            parts.append(Compare(own.figures[name], ">=", need))
    return all_of(*parts)


def _regular(own: TrustLevels) -> Condition:
    """Return the condition of the regular's level, inside its window."""
    bars, parts = own.regular, list[Condition]()
    for name in _WITHIN:
        metric, need = _within(own, name), _need(own, name)
        if metric is not None and need is not None:
            parts.append(Compare(metric, ">=", need))
    for name in _EVER:
        if name in own.figures:
            need = own.fixed.get(name, int(getattr(bars, name)))
            parts.append(Compare(own.figures[name], ">=", need))
    for name in _FLAGS:
        metric = _within(own, name)
        if metric is not None:
            most = own.fixed.get(f"max_{name}", bars.max_flagged)
            parts.append(Compare(metric, "<=", most))
    parts += [Not(Holds(_in_force(kind))) for kind in (own.suspension, own.silence)]
    parts.append(Compare(_served(own), "==", 0))
    return all_of(*parts)


def _in_force(kind: str) -> Metric:
    return Metric("has", of="sanction", kind=kind)


def _served(own: TrustLevels) -> Metric:
    return Metric("served", args=(("months", own.regular.penalty_months),))


def _need(own: TrustLevels, name: str) -> int | Metric | None:
    """Return the bar called *name*: fixed, a share of the whole, or a number."""
    if name in own.fixed:
        return own.fixed[name]
    if name not in _SHARES:
        return int(getattr(own.regular, name))
    whole = _within(own, _SHARES[name])
    if whole is None:
        return None
    percent: int = getattr(own.regular, f"{name}_percent")
    cap: int = getattr(own.regular, f"{name}_cap")
    args = {**dict(whole.args), "percent": percent, "cap": cap}
    return evolve(whole, args=tuple(sorted(args.items())))


def _within(own: TrustLevels, name: str) -> Metric | None:
    """Return the figure called *name* as it is inside the window."""
    own_figure = own.figures.get(f"window_{name}")
    if own_figure is not None:
        return own_figure
    metric = own.figures.get(name)
    if metric is None:
        return None
    args = metric.args
    if metric.word == "active_days" and not args:
        args = (("at_least", 1),)
    window = Window(WindowKind.EXACT, own.regular.window_days * _DAY)
    return evolve(metric, window=window, args=args)


def _names(own: TrustLevels, rank: int) -> dict[Metric, str]:
    """Return what each figure is called where the level of *rank* is left or lost."""
    found: dict[Metric, str] = {_served(own): "penalty_count"}
    found[_in_force(own.suspension)] = "not_suspended"
    found[_in_force(own.silence)] = "not_silenced"
    if rank < _REGULAR - 1:
        found[Metric("tenure")] = "account_age_minutes"
        for name in asdict(own.basic):
            metric = own.figures.get(name)
            if name == "reading_minutes":
                metric = own.figures.get("reading_seconds", metric)
            if metric is not None:
                found[metric] = name
        return found
    for name in (*_WITHIN, *_FLAGS):
        within = _within(own, name)
        if within is not None:
            found[within] = name
    for name in _EVER:
        if name in own.figures:
            found[own.figures[name]] = name
    return found
