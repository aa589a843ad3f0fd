"""Votes on the rules: quorum, share, deadline, one voice each (S11).

Laws: no person counts twice, not by two accounts either; the order in which voices
arrive changes no result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, ClassVar, Literal, cast

from attrs import field, validators

from community_sdk._time import Duration, instant
from community_sdk._values import frozen
from community_sdk.decisions import Mode, SetTimer, Wish
from community_sdk.errors import DefinitionError
from community_sdk.events import (
    Event,
    EventTypes,
    IdentityLinked,
    MotionWithdrawn,
    TimerFired,
    VoteCalled,
    VoteCast,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import PolicyKey, RoleName, Voice
from community_sdk.policies._policy import Reference, Scope, role_names, unknown
from community_sdk.policies.governance._motion import (
    ENDED,
    Ending,
    Slice,
    amend,
    begin,
    changes_of,
    close,
    entitled,
    follow,
    no_such_rule,
    not_mover,
    not_open,
    own_consent,
)
from community_sdk.state import Definition, State

__all__ = ["RuleVote"]


@frozen(kw_only=True)
class RuleVote:
    """A vote that holders of *callers* call and holders of *voters* take part in.

    It is open for *open_for*, ``[called, deadline)``. Then it passes if there are
    *quorum* voices, abstentions among them, and of yes and no together the share
    *threshold* says yes: more than that share where *threshold_edge* is ``exclusive``,
    that share itself is enough where it is ``inclusive``; ``0`` asks for one yes and
    stands with ``exclusive`` only. Each person has one voice;
    with *changeable* the last one counts. Roles must be held when the voice is given;
    *callers* or *voters* empty: any member. While a vote is open, its voices are kept.
    """

    answers: ClassVar[EventTypes] = (
        VoteCalled,
        VoteCast,
        *ENDED,
        IdentityLinked,
        TimerFired,
    )
    folds: ClassVar[EventTypes] = answers[:-1]
    guards: ClassVar[EventTypes] = (VoteCalled, VoteCast, MotionWithdrawn)

    key: PolicyKey
    open_for: Duration
    callers: tuple[RoleName, ...] = ()
    voters: tuple[RoleName, ...] = ()
    quorum: int = field(default=1, validator=validators.ge(1))
    threshold: Fraction = Fraction(1, 2)
    threshold_edge: Literal["inclusive", "exclusive"] = "exclusive"
    changeable: bool = True
    effect_after: Duration | None = None
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def __attrs_post_init__(self) -> None:
        """Refuse a mode that a vote cannot have, and a share that nobody reaches."""
        own_consent(self.key, self.mode)
        edge = 1 if self.threshold_edge == "exclusive" else 0
        if not 0 <= self.threshold <= 1 or self.threshold == edge:
            raise DefinitionError(
                "expected a share of the voices that some votes reach and others do"
                f" not in `{self.key}`, found `{self.threshold}`",
                code="vote.threshold",
                hint="write a share between `0` and `1`, such as `2/3`",
                found=str(self.threshold),
                key=self.key,
            )

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name roles that the playbook does not have."""
        roles = role_names(definition)
        yield from unknown("callers", self.callers, roles)
        yield from unknown("voters", self.voters, roles)

    def start(self) -> Slice:
        """Remember no vote."""
        return {"open": {}, "closed": {}}

    def refuse(
        self, event: VoteCalled | VoteCast | MotionWithdrawn, state: State, /
    ) -> Explanation | None:
        """Refuse who may not take part, a second voice, and what is over."""
        mine: Slice = state.mine or self.start()
        by = str(state.actor.id) or None
        if isinstance(event, MotionWithdrawn):
            return not_mover(mine, event.motion, state)
        if isinstance(event, VoteCalled):
            if event.way not in ("", self.key):
                return None
            if not entitled(self.callers, state):
                return because("vote.not_entitled", by=by, roles=self.callers)
            return no_such_rule(event.changes, state)
        why = not_open(mine, event.vote, state)
        vote = mine["open"].get(event.vote)
        if why is not None or vote is None:
            return why
        if by in vote["voices"] and not self.changeable:
            return because("vote.twice", by=by, vote=event.vote)
        if not entitled(self.voters, state):
            return because("vote.no_voice", by=by, roles=self.voters)
        return None

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Count the voice, or remember how the vote ended."""
        if isinstance(event, VoteCalled):
            if event.way in ("", self.key):
                begin(mine, event.id, event.changes, state)
        elif isinstance(event, VoteCast):
            self._count(mine, event, state)
        else:
            follow(mine, cast("Ending", event), state)
        return mine

    def _count(self, mine: Slice, event: VoteCast, state: State) -> None:
        """Let the last voice of a person count, in whatever order they arrive."""
        vote = mine["open"].get(event.vote)
        if vote is not None:
            who, word = str(state.actor.id), [state.at_us, event.seq, event.voice.value]
            vote["voices"][who] = max(word, vote["voices"].get(who, word))

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Set the deadline, and count when it has come."""
        mine: Slice = state.mine or self.start()
        if isinstance(event, VoteCalled) and event.id in mine["open"]:
            due = self.open_for.after(state.at_us, state.calendar.where)
            yield SetTimer(event.id, instant(due))
        elif isinstance(event, TimerFired) and event.timer in mine["open"]:
            yield self._result(event.timer, mine["open"][event.timer], state)

    def _result(self, motion: str, vote: Mapping[str, Any], state: State) -> Wish:
        said = [word for _, _, word in vote["voices"].values()]
        yes, no = said.count(Voice.YES.value), said.count(Voice.NO.value)
        figures: dict[str, Any] = {
            "yes": yes,
            "no": no,
            "abstain": len(said) - yes - no,
            "quorum": self.quorum,
            "threshold": self.threshold,
            "edge": self.threshold_edge,
        }
        if len(said) < self.quorum:
            return close(motion, because("vote.no_quorum", **figures))
        need = self.threshold * (yes + no)
        most = yes > need or (yes == need and self.threshold_edge == "inclusive")
        if not most or not yes:
            return close(motion, because("vote.failed", **figures))
        changes = changes_of(vote)
        why = because("vote.passed", **figures)
        return amend(motion, changes, self.effect_after, state, why)
