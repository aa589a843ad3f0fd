"""Referral campaigns: one count, from who brought whom; claims are honoured once (S19).

INVARIANT: nobody earns by themselves, however many hands are between.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from typing import ClassVar, Final, Literal, cast

from attrs import field, frozen, validators

from community_sdk._time import Duration, instant, micros
from community_sdk.decisions import (
    DiscountReferral,
    FlagReferrer,
    Mode,
    SetTimer,
    Wish,
)
from community_sdk.errors import DefinitionError
from community_sdk.events import (
    Event,
    EventTypes,
    IdentityLinked,
    Joined,
    Left,
    MemberRemoved,
    PurchaseMade,
    ReferralClaimed,
    ReferralJudged,
    RefundMade,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import GroupId, MemberId, PolicyKey
from community_sdk.policies._policy import (
    Policy,
    Reference,
    Scope,
    group_names,
    unknown,
)
from community_sdk.policies.referral import _tally as tally
from community_sdk.policies.referral._tally import AT, FIXED, LOST, ORDERS, Slice
from community_sdk.policies.referral._telling import grant, pay, tell
from community_sdk.policies.referral._terms import (
    ReferralBurst,
    ReferralStage,
    beyond,
    check_terms,
)
from community_sdk.state import Definition, State

__all__ = ["ReferralCampaign"]

_END: Final = "end"
_FRAUD: Final = ("self", "loop")


@frozen(kw_only=True)
class ReferralCampaign:
    """Count whom members bring, and give what *stages* promise to who claims it.

    A newcomer is brought by whom the first entry names (`Joined.invited_by`); bots and
    undated entries do not count. The count is always derived from who brought whom.

    Attributes:
        stages: What is given, for ever more newcomers; each is told once when reached.
        since: From when on entries count; None: from the first event on.
        until: The end of counting, excluded, by when the newcomer came. None: open.
        claims: How long after *until* rewards may be claimed, the end excluded; then
            the campaign forgets who brought whom.
        groups: The rooms that newcomers must come into; empty: the community.
        new: Who counts as new: never in the ``community`` before, never in one of the
            ``groups``, or ``anybody``.
        loss: What a newcomer who leaves the community, or all *groups*, is worth:
            ``never`` lost, lost ``until_claimed`` for a stage (what a claim rested on
            stays), or ``always`` lost. Rewards already given are not taken back. Who
            comes back counts again, for the same inviter.
        depth: A newcomer counts for so many hands above.
        burst: What is odd for one inviter: claims wait until somebody has judged it.
        shares: The share of each purchase of a newcomer for the first hand above, the
            second, …; all parts of an order are cut together, a refund takes back.
        most: So many newcomers are remembered; more do not count, and that is told.
    """

    answers: ClassVar[EventTypes] = (
        *(Joined, Left, MemberRemoved, IdentityLinked, PurchaseMade, RefundMade),
        *(ReferralClaimed, ReferralJudged, TimerFired),
    )
    folds: ClassVar[EventTypes] = answers
    guards: ClassVar[EventTypes] = (ReferralClaimed, ReferralJudged)

    key: PolicyKey
    stages: tuple[ReferralStage, ...] = field(validator=validators.min_len(1))
    since: datetime | None = None
    until: datetime | None = None
    claims: Duration = field(factory=lambda: Duration.parse("7d"))
    groups: tuple[GroupId, ...] = ()
    new: Literal["community", "groups", "anybody"] = "community"
    loss: Literal["never", "until_claimed", "always"] = "until_claimed"
    depth: int = field(
        default=1, validator=validators.and_(validators.ge(1), validators.le(9))
    )
    burst: ReferralBurst | None = None
    shares: tuple[Fraction, ...] = field(default=(), validator=validators.max_len(3))
    most: int = field(default=10_000, validator=validators.ge(1))
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def __attrs_post_init__(self) -> None:
        """Refuse stages that do not rise, shares of more than there is, no time."""
        check_terms(self.key, self.stages, self.since, self.until)
        if sum(self.shares) > 1 or any(share < 0 for share in self.shares):
            raise DefinitionError(
                f"expected shares of `{self.key}` of at most the whole together",
                code="referral.shares",
                key=self.key,
            )
        if self.new == "groups" and not self.groups:
            raise DefinitionError(
                f"expected `groups` of `{self.key}`, in which newcomers are new",
                code="referral.groups",
                key=self.key,
            )

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name groups that the playbook does not have."""
        groups = group_names(definition) or self.groups
        yield from unknown("groups", self.groups, groups)

    def misfits(
        self, _: Definition, __: Sequence[Policy], /
    ) -> Iterator[tuple[str, DefinitionError]]:
        """Name what more newcomers would be needed for than are remembered."""
        yield from beyond(self.key, self.stages, self.burst, self.most)

    @property
    def vocabulary(self) -> dict[str, tuple[str, ...]]:
        """The name by which claims and judgements mean it."""
        return {"campaign": (self.key,)}

    def start(self) -> Slice:
        """Remember nobody."""
        return tally.start()

    def _end(self, state: State) -> int | None:
        """Return when the last claim may come, excluded."""
        if self.until is None:
            return None
        return self.claims.after(micros(self.until), state.calendar.where)

    # -- claims --------------------------------------------------------------------

    def refuse(
        self, event: ReferralClaimed | ReferralJudged, state: State, /
    ) -> Explanation | None:
        """Refuse a claim of what was not reached or was claimed, and all when over."""
        if event.campaign != self.key:
            return None
        mine, who = state.mine or self.start(), str(state.member.id)
        end = self._end(state)
        if mine["over"] or (end is not None and state.at_us >= end):
            return because("referral.over", until=None if end is None else instant(end))
        if isinstance(event, ReferralJudged):
            own = event.actor is not None and state.actor.known_as(who)
            return because("referral.own_judge") if own else None
        if not 1 <= event.stage <= len(self.stages):
            return because("referral.no_stage", stage=event.stage, of=len(self.stages))
        if event.stage in mine["claims"].get(who, ()):
            return because("referral.claimed", stage=event.stage)
        flags = mine["flags"].get(who, ())
        if "void" in flags or ("burst" in flags and "honest" not in flags):
            return because("referral.held", judged="void" in flags)
        need = self.stages[event.stage - 1].count
        have = self._count(mine, who)
        if have < need:
            return because("referral.too_few", stage=event.stage, have=have, need=need)
        return None

    def _count(self, mine: Slice, who: str) -> int:
        return len(tally.count(mine, who, self.depth, self.loss))

    # -- counting ------------------------------------------------------------------

    def reaches(self, event: Event, mine: Slice | None, /) -> Iterator[str]:
        """Name the hands above who comes, buys or is linked: they are told or paid."""
        inviter = event.invited_by if isinstance(event, Joined) else None
        alias = (event.alias,) if isinstance(event, IdentityLinked) else ()
        names = map(str, (inviter or event.member or "", *alias))
        hands, known = max(self.depth, len(self.shares)), mine or self.start()
        for name in names:
            yield from tally.chain(known, name, hands)

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Note who came, left, claimed or bought; forget all when it is over."""
        mine["note"] = []
        who = str(state.member.id)
        if isinstance(event, TimerFired):
            if state.now_us >= (self._end(state) or state.now_us + 1):
                mine |= {**self.start(), "over": True}
        elif mine["over"]:
            pass
        elif isinstance(event, Joined):
            self._came(mine, event, who, state)
        elif isinstance(event, IdentityLinked):
            tally.link(mine, who, str(event.alias))
            self._rise(mine, who)
        elif isinstance(event, (PurchaseMade, RefundMade)):
            self._bought(mine, event, who, state)
        elif isinstance(event, (ReferralClaimed, ReferralJudged)):
            if event.campaign == self.key:
                self._settle(mine, event, who)
        elif who in mine["by"]:
            mine["by"][who][LOST] = self._gone(state)
        return mine

    def _gone(self, state: State) -> bool:
        if self.groups:
            return not any(group in state.member.groups for group in self.groups)
        return not state.member.here

    def _settle(
        self, mine: Slice, event: ReferralClaimed | ReferralJudged, who: str
    ) -> None:
        if isinstance(event, ReferralJudged):
            mine["flags"][who] = ["honest" if event.honest else "void"]
            self._rise(mine, who)
            return
        claims = mine["claims"].setdefault(who, [])
        if event.stage in claims or not 1 <= event.stage <= len(self.stages):
            return
        for member in tally.count(mine, who, self.depth, self.loss):
            row = mine["by"][member]
            row[FIXED] = sorted({*row[FIXED], who})
        claims.append(event.stage)
        mine["note"].append(["claimed", event.stage, self._count(mine, who)])

    def _came(self, mine: Slice, event: Joined, who: str, state: State) -> None:
        if self.groups and event.group not in self.groups:
            return
        known = mine["by"].get(who)
        if known is not None:
            known[LOST] = self._gone(state)
            self._rise(mine, who)
        if event.invited_by is None or not event.dated or state.member.bot:
            return
        inviter = mine["names"].get(event.invited_by, str(event.invited_by))
        if known is not None and known[0] == inviter:
            return
        reason = self._against(mine, inviter, who, event, state)
        if reason:
            mine["note"].append(["dropped", inviter, reason])
            if reason in _FRAUD:
                self._flag(mine, inviter, reason, 1)
            return
        tally.bring(mine, who, inviter, state.at_us)
        self._look(mine, inviter, state)
        self._rise(mine, who)

    def _against(
        self, mine: Slice, inviter: str, who: str, event: Joined, state: State
    ) -> str:
        """Return why an entry does not count, nothing where it does."""
        since, until = self.since, self.until
        if state.member.known_as(inviter):
            return "self"
        if (since and event.at < since) or (until and event.at >= until):
            return "deadline"
        if who in mine["by"]:
            return "second"
        if who in mine["of"] and tally.looped(mine, who, inviter):
            return "loop"
        if self._been_here(event, state):
            return "known"
        return "full" if len(mine["by"]) >= self.most else ""

    def _been_here(self, event: Joined, state: State) -> bool:
        """Tell whether the newcomer is none, by what *new* asks."""
        member, at = state.member, state.at_us
        if self.new == "community":
            return member.stays > 1 or (member.since or at) < at
        if self.new == "anybody":
            return False
        for group in self.groups:
            door = member.doors.get(group)
            if door is not None and (
                group != event.group
                or door[1][0] >= 0
                or member.groups.get(group, at) < at
            ):
                return True
        return False

    def _rise(self, mine: Slice, who: str) -> None:
        """Note who reaches a stage for the first time: *who*, or the hands above."""
        for inviter in (who, *tally.above(mine, who, self.depth)):
            if mine["told"].get(inviter) == len(self.stages):
                continue
            have = self._count(mine, inviter)
            reached = sum(stage.count <= have for stage in self.stages)
            if reached > mine["told"].get(inviter, 0):
                mine["told"][inviter] = reached
                mine["note"].append(["reached", inviter, reached, have])

    def _look(self, mine: Slice, inviter: str, state: State) -> None:
        """Flag an inviter with more newcomers at once than is likely."""
        flags = mine["flags"].get(inviter, ())
        if self.burst is None or "honest" in flags or "burst" in flags:
            return
        times = sorted(mine["by"][m][AT] for m in mine["of"][inviter])
        need, where = self.burst.count, state.calendar.where
        begin = max(0, bisect_left(times, state.at_us) - need + 1)
        near = times[begin : begin + 2 * need]
        for first, last in zip(near, near[need - 1 :], strict=False):
            if last < self.burst.within.after(first, where):
                self._flag(mine, inviter, "burst", need)
                return

    def _flag(self, mine: Slice, inviter: str, reason: str, number: int) -> None:
        flags = mine["flags"].get(inviter, [])
        if reason not in flags and len(mine["flags"]) < self.most:
            mine["flags"][inviter] = [*flags, reason]
            mine["note"].append(["flag", inviter, reason, number])

    def _bought(
        self, mine: Slice, event: PurchaseMade | RefundMade, who: str, state: State
    ) -> None:
        """Share what was paid, and take back of a refund what each was given of it.

        A refund that is told before its purchase leaves nothing of it to be shared.
        """
        row = mine["by"].get(who)
        if row is None or not self.shares or state.at_us < row[AT]:
            return
        bought = isinstance(event, PurchaseMade)
        if bought and self.until is not None and event.at >= self.until:
            return
        key = f"{event.order}/{event.money.currency}"
        paid = row[ORDERS].setdefault(key, [0])
        paid += [0] * (1 + len(self.shares) - len(paid))
        before = max(0, paid[0])
        paid[0] += (1 if bought else -1) * abs(event.money.amount)
        payees = tally.above(mine, who, len(self.shares))
        for hand, (payee, share) in enumerate(
            zip(payees, self.shares, strict=False), 1
        ):
            amount = int(max(0, paid[0]) * share) - int(before * share)
            if bought and "void" in mine["flags"].get(payee, ()):
                continue
            amount = max(amount, -paid[hand])
            if amount:
                paid[hand] += amount
                mine["note"].append(["share", payee, hand, amount])

    # -- deciding ------------------------------------------------------------------

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Say what the event led to; come back when the campaign is over."""
        mine: Slice = state.mine or self.start()
        for what, *rest in mine["note"]:
            if what == "claimed":
                yield grant(self.key, self.stages, state.member.id, *rest)
            elif what == "reached":
                yield tell(self.stages, *rest)
            elif what == "dropped":
                why = because(f"referral.{rest[1]}", inviter=rest[0])
                yield DiscountReferral(
                    member=state.member.id, inviter=MemberId(rest[0]), because=why
                )
            elif what == "flag":
                inviter, reason, number = rest
                why = because("referral.flag", reason=reason, count=number)
                who = MemberId(inviter)
                yield FlagReferrer(member=who, reason=reason, count=number, because=why)
            else:
                yield pay(cast("PurchaseMade | RefundMade", event), *rest)
        end = None if mine["over"] else self._end(state)
        planned = state.community.timers.get(f"{self.key}/{_END}")
        if end is not None and (planned is None or planned[0] != end):
            yield SetTimer(_END, instant(end))

    def standing(self, state: State, /) -> Explanation:
        """Explain how many count, what the next stage asks, until when."""
        mine: Slice = state.community.slices.get(self.key) or self.start()
        who = str(state.member.id)
        have = self._count(mine, who)
        need = next((s.count for s in self.stages if s.count > have), None)
        return because(
            "referral.standing",
            have=have,
            missing=None if need is None else need - have,
            claimed=len(mine["claims"].get(who, ())),
            until=self.until,
        )
