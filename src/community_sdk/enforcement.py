"""What follows from a sanction: it ends, the platform undoes it (S06)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import Any, Final

from attrs import evolve

from community_sdk._time import instant, micros
from community_sdk._values import frozen
from community_sdk.decisions import (
    ApplySanction,
    DismissProposal,
    EndSanction,
    LiftSanction,
    RefuseAct,
)
from community_sdk.events import SanctionEnded, SanctionImposed, SanctionLifted
from community_sdk.explanation import Explanation, because
from community_sdk.model import (
    DecisionId,
    Overlap,
    PolicyKey,
    SanctionKind,
    SanctionState,
)
from community_sdk.state import NEVER, MemberState, SanctionRecord, latest_end

__all__ = [
    "Meeting",
    "already_active",
    "begin",
    "beside",
    "expire",
    "follow",
    "meet",
    "refusal",
]

_MET: Final = ("sanction.replaces", "sanction.longer")


@frozen(kw_only=True)
class Meeting:
    """How a new sanction meets those of its kind in force.

    *until*: the end for the platform, None for open; *alone*: its own end, where that
    is another; *joins*, *replaces*: as in `ApplySanction`; *refused*: the one in force
    that stands against it, None where nothing does.
    """

    until: int | None
    alone: int | None = None
    joins: bool = False
    replaces: tuple[DecisionId, ...] = ()
    refused: SanctionRecord | None = None

    @property
    def stamps(self) -> dict[str, Any]:
        """Return what it says of the decision."""
        return {
            "until": None if self.until is None else instant(self.until),
            "alone": None if self.alone is None else instant(self.alone),
            "joins": self.joins,
            "replaces": self.replaces,
        }


def meet(
    rule: Overlap,
    new: tuple[SanctionKind, int | None, str],
    records: Iterable[SanctionRecord],
    now: int,
) -> Meeting:
    """Return how *new* (kind, own end, issuer) meets *records* in force at *now*.

    Whatever the rule, the end of one never frees a member held by another: except
    where it takes their place, the platform is told the latest end.
    """
    kind, end, issuer = new
    if not kind.holds:
        return Meeting(until=end)
    running = [r for r in records if r.measure == kind.word and r.in_force(now)]
    joins = rule is Overlap.LONGEST
    if not running:
        return Meeting(until=end, joins=joins)
    if rule is Overlap.MANUAL_OVER_AUTOMATIC:
        over = bool(issuer) and not any(r.issuer for r in running)
        rule = Overlap.REPLACE if over else Overlap.REFUSE
    if rule is Overlap.REFUSE:
        return Meeting(until=end, refused=running[0])
    if rule is Overlap.REPLACE:
        return Meeting(until=end, replaces=tuple(DecisionId(r.id) for r in running))
    latest = latest_end(running) or now
    if end is None or latest <= end:
        return Meeting(until=end, joins=joins)
    return Meeting(until=None if latest == NEVER else latest, alone=end, joins=joins)


def already_active(kind: SanctionKind, other: SanctionRecord) -> Explanation:
    """Explain that *other*, of the same kind and in force, stands against a new one."""
    until = None if other.until is None else instant(other.until)
    return because("sanction.already_active", measure=kind, until=until)


def refusal(wish: ApplySanction, other: SanctionRecord) -> RefuseAct:
    """Return why *wish* comes to nothing: *other* stands against it."""
    why = already_active(wish.step.kind, other)
    act = SanctionImposed.kind
    return RefuseAct(
        member=wish.member, group=wish.group, act=act, because=why, policy=wish.policy
    )


def beside(wish: ApplySanction, met: Meeting) -> ApplySanction:
    """Return *wish* with the words for how it meets what is in force now."""
    kind, parts = wish.step.kind, wish.because.parts
    parts = tuple(part for part in parts if part.key not in _MET)
    if met.replaces:
        parts += (because("sanction.replaces", measure=kind),)
    elif met.alone is not None:
        until = None if met.until is None else instant(met.until)
        alone = instant(met.alone)
        told = because("sanction.longer", measure=kind, until=until, alone=alone)
        parts += (told,)
    return evolve(wish, because=evolve(wish.because, parts=parts))


def begin(
    wish: ApplySanction, member: MemberState, now: int, where: tzinfo
) -> ApplySanction | RefuseAct:
    """Return a sanction that was agreed to: it begins *now*, and lasts from now on.

    It meets what is in force now, whatever was when consent was asked for; where that
    stands against it, it is refused.
    """
    end = None if wish.until is None else micros(wish.until)
    if wish.step.duration is not None:
        end = wish.step.duration.after(now, where)
    rule = Overlap.LONGEST if wish.joins else Overlap.INDEPENDENT
    if wish.replaces:
        rule = Overlap.REPLACE
    rule = wish.overlap or rule
    met = meet(rule, (wish.step.kind, end, wish.issuer), member.sanctions, now)
    if met.refused is not None:
        return refusal(wish, met.refused)
    return evolve(beside(wish, met), **met.stamps)


def expire(record: SanctionRecord, member: MemberState) -> EndSanction:
    """Return the end of a sanction whose time is over; its strikes stay."""
    end = record.since if record.until is None else record.until
    why = because(
        "sanction.expired",
        measure=record.measure,
        since=instant(record.since),
        until=instant(end),
    )
    return EndSanction(
        member=member.id,
        sanction=DecisionId(record.id),
        because=why,
        policy=PolicyKey(record.policy),
    )


def _dismiss(event: SanctionImposed, member: MemberState) -> Iterator[DismissProposal]:
    kind = SanctionKind(event.measure, event.order, expels=event.expels)
    if not kind.terminal or event.state is SanctionState.EXPIRED:
        return
    for pending in member.consents:
        yield DismissProposal(
            member=member.id,
            proposal=DecisionId(pending.id),
            because=because("consent.dismissed", measure=event.measure),
            policy=PolicyKey(pending.policy),
        )


def follow(
    event: SanctionImposed | SanctionEnded | SanctionLifted,
    member: MemberState,
    now: int,
) -> Iterator[LiftSanction | DismissProposal]:
    """Yield what the beginning or the end of a sanction calls for.

    A measure that restrained the member and no longer does is undone; while another
    sanction of the same kind is in force, nothing is undone. Removal and ban leave
    nothing to decide: open proposals about the member are dismissed.
    """
    if isinstance(event, SanctionImposed):
        yield from _dismiss(event, member)
        return
    ended = event.state if isinstance(event, SanctionEnded) else SanctionState.LIFTED
    record = member.sanction(event.sanction)
    # One that was over or replaced before has been undone before.
    if record is None or not record.holds or record.state != ended.value:
        return
    if record.replaced or (
        record.ended is not None and record.ended < micros(event.at)
    ):
        return
    others = (s for s in member.sanctions if s.measure == record.measure)
    if any(other.in_force(now) for other in others):
        return
    why = because("sanction.over", measure=record.measure, state=record.state)
    yield LiftSanction(
        member=member.id,
        sanction=DecisionId(record.id),
        measure=record.measure,
        because=why,
        policy=PolicyKey(record.policy),
    )
