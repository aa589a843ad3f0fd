"""The staffing plan: posts that are empty or thin, skills that nobody brings (S10).

Law: what is told is a gap that lasted; what is filled in the meantime is never told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final, TypedDict

from attrs import field

from community_sdk._time import Duration, instant
from community_sdk._values import frozen
from community_sdk.decisions import ClearTimer, Mode, Recommend, SetTimer, Wish
from community_sdk.events import (
    Event,
    EventTypes,
    IdentityLinked,
    Joined,
    Left,
    MemberRemoved,
    MembershipImported,
    RoleAssigned,
    RoleEnded,
    SkillNoted,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import MemberStatus, PolicyKey, Post, Roster
from community_sdk.policies._policy import Scope
from community_sdk.state import State

__all__ = ["StaffingPlan"]

_DAY: Final = Duration.parse("1d")
_CHECK: Final = "check"
_GONE: Final = (MemberStatus.LEFT, MemberStatus.REMOVED)
_EVENTS: Final[EventTypes] = (
    RoleAssigned,
    RoleEnded,
    Joined,
    MembershipImported,
    Left,
    MemberRemoved,
    SkillNoted,
    IdentityLinked,
    TimerFired,
)
_ACTIONS: Final = {
    "vacant": "fill_post",
    "thin": "add_hands",
    "alone": "name_a_substitute",
    "skill": "find_skill",
}


class _Term(TypedDict):
    """A role held in ``[since, until)``, in microseconds; until None for open."""

    role: str
    since: int
    until: int | None


class _Memory(TypedDict):
    """Who holds what of the plan, and the gaps: since when, which are told."""

    terms: dict[str, list[_Term]]
    skills: dict[str, list[str]]
    gaps: dict[str, int]
    told: list[str]
    new: list[str]


@frozen(kw_only=True)
class StaffingPlan:
    """Tell which posts of the roster are empty or thin, and which skills are missing.

    A post is vacant below its minimum and thin below its count. It has nobody to stand
    in where a single person holds it and nobody holds a role that substitutes. Skills
    are covered by the team together: by anybody who holds a post. A gap is told when
    it has lasted for *patience*, once, and again only after it was closed.

    Attributes:
        patience: How long a gap must last.
    """

    answers: ClassVar[EventTypes] = _EVENTS
    folds: ClassVar[EventTypes] = _EVENTS

    key: PolicyKey
    patience: Duration = _DAY
    mode: Mode = Mode.ACT
    scope: Scope = field(default=Scope.COMMUNITY)

    def start(self) -> _Memory:
        """Remember nobody."""
        return {"terms": {}, "skills": {}, "gaps": {}, "told": [], "new": []}

    def fold(self, mine: _Memory, event: Event, state: State, /) -> _Memory:
        """Remember who holds what, and note the gaps."""
        if event.member is not None:
            self._person(mine, event, state)
        now, roster = state.now_us, state.definition.community.roster
        found = list(self._gaps(mine, roster, now))
        mine["gaps"] = {gap: mine["gaps"].get(gap, now) for gap in found}
        mine["told"] = [gap for gap in mine["told"] if gap in mine["gaps"]]
        mine["new"] = [
            gap
            for gap in found
            if gap not in mine["told"] and self._ripe(mine["gaps"][gap], state) <= now
        ]
        mine["told"] += mine["new"]
        return mine

    def decide(self, _: Event, state: State, /) -> Iterator[Wish]:
        """Recommend what closes each gap that lasted, and look again later."""
        mine: _Memory = state.mine
        for gap in mine["new"]:
            yield self._told(gap, mine, state)
        coming = self._next(mine, state)
        if coming is not None:
            yield SetTimer(_CHECK, instant(coming))
        else:
            yield ClearTimer(_CHECK)

    def standing(self, state: State, /) -> Explanation:
        """Explain which gaps there are in the staffing."""
        mine: _Memory = state.mine or self.start()
        parts = [self._why(gap, mine, state) for gap in sorted(mine["gaps"])]
        return because("staffing.standing", *parts, open=len(parts))

    def _person(self, mine: _Memory, event: Event, state: State) -> None:
        """Take over what the member holds now, as the record has it."""
        who, member = str(state.member.id), state.member
        if isinstance(event, SkillNoted):
            known = set(mine["skills"].get(who, ()))
            (known.add if event.able else known.discard)(event.skill)
            mine["skills"][who] = sorted(known)
        elif isinstance(event, IdentityLinked):
            alias = str(event.alias)
            mine["terms"].pop(alias, None)
            both = {*mine["skills"].pop(alias, ()), *mine["skills"].get(who, ())}
            mine["skills"][who] = sorted(both)
        if not mine["skills"].get(who):
            mine["skills"].pop(who, None)
        roster = state.definition.community.roster
        roles = {str(p.role) for p in roster.posts}
        roles |= {str(role) for p in roster.posts for role in p.substitutes}
        terms: list[_Term] = [
            {"role": span.role, "since": span.since, "until": span.until}
            for span in member.roles
            if span.role in roles and (span.until is None or span.until > state.now_us)
        ]
        if terms and member.status not in _GONE and not member.bot:
            mine["terms"][who] = terms
        else:
            mine["terms"].pop(who, None)

    def _gaps(self, mine: _Memory, roster: Roster, now: int) -> Iterator[str]:
        staff: set[str] = set()
        for post in roster.posts:
            holders = _holders(mine, str(post.role), now)
            staff |= holders
            if len(holders) < post.minimum:
                yield f"vacant/{post.role}"
            elif len(holders) < post.count:
                yield f"thin/{post.role}"
            if len(holders) == 1 and not _substitutes(mine, post, now) - holders:
                yield f"alone/{post.role}"
        for skill in roster.skills:
            if not any(skill in mine["skills"].get(who, ()) for who in staff):
                yield f"skill/{skill}"

    def _ripe(self, since: int, state: State) -> int:
        return self.patience.after(since, state.calendar.where)

    def _next(self, mine: _Memory, state: State) -> int | None:
        """Return when a term begins or ends, or a gap has lasted long enough."""
        terms = [term for each in mine["terms"].values() for term in each]
        found = [term["since"] for term in terms]
        found += [us for term in terms if (us := term["until"]) is not None]
        found += [
            self._ripe(since, state)
            for gap, since in mine["gaps"].items()
            if gap not in mine["told"]
        ]
        return min((us for us in found if us > state.now_us), default=None)

    def _told(self, gap: str, mine: _Memory, state: State) -> Recommend:
        sort, _, name = gap.partition("/")
        what = "skill" if sort == "skill" else "role"
        return Recommend(
            action=_ACTIONS[sort],
            properties={what: name},
            because=self._why(gap, mine, state),
        )

    def _why(self, gap: str, mine: _Memory, state: State) -> Explanation:
        sort, _, name = gap.partition("/")
        since = instant(mine["gaps"][gap])
        if sort == "skill":
            return because("staffing.skill", skill=name, since=since)
        post = state.definition.community.roster.post(name) or Post(role=name)  # type: ignore[arg-type]
        return because(
            "staffing.post",
            gap=sort,
            role=name,
            holders=len(_holders(mine, name, state.now_us)),
            count=post.count,
            minimum=post.minimum,
            level=post.level,
            since=since,
        )


def _holders(mine: _Memory, role: str, now: int) -> set[str]:
    return {
        who
        for who, terms in mine["terms"].items()
        if any(term["role"] == role and _runs(term, now) for term in terms)
    }


def _runs(term: _Term, now: int) -> bool:
    until = term["until"]
    return term["since"] <= now and (until is None or now < until)


def _substitutes(mine: _Memory, post: Post, now: int) -> set[str]:
    return {who for role in post.substitutes for who in _holders(mine, role, now)}
