"""What decisions that need nobody's consent make true, as events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from attrs import fields, frozen

from community_sdk import decisions as de
from community_sdk import events as ev
from community_sdk.model import EventId

__all__ = ["Made", "fact_of"]

_ENVELOPE: Final = frozenset(own.name for own in fields(ev.Event))


@frozen
class Made:
    """The circumstances of a decision: when its cause happened, when it is taken."""

    caused: datetime
    now: datetime


def fact_of(decision: de.Decision, made: Made) -> ev.Event | None:
    """Return the fact that *decision* makes true, None for mere advice."""
    make = _FACTS.get(type(decision))
    return None if make is None else make(decision, made)


def _envelope(decision: de.Decision, at: datetime) -> dict[str, Any]:
    return {
        "id": EventId(f"{decision.id}:fact"),
        "at": at,
        "member": decision.member,
        "group": decision.group,
        "source": f"policy:{decision.policy}",
    }


def _same(
    cls: type[ev.Event], *, dated: bool = False, **named: str
) -> Callable[[Any, Made], ev.Event]:
    """Make a *cls* of the fields of the decision, which bear the same names.

    *dated*: at the instant of what caused it, however late that became known. *named*:
    the fields of *cls* that the decision has under another name.
    """
    own = [one.name for one in fields(cls) if one.name not in _ENVELOPE]
    names = [(name, named.get(name, name)) for name in own]

    def made_of(d: de.Decision, made: Made) -> ev.Event:
        at = made.caused if dated else made.now
        told = {name: getattr(d, source) for name, source in names}
        return cls(**_envelope(d, at), recorded_at=max(at, made.now), **told)

    return made_of


def _breach(d: de.ReportBreach, made: Made) -> ev.Event:
    """Date the breach at its own instant, however late it became known."""
    caused = made.caused if d.occurred is None else d.occurred
    envelope = _envelope(d, caused)
    recorded = max(caused, made.now)
    return ev.RuleBroken(**envelope, recorded_at=recorded, rule=d.rule, automatic=True)


def _sanction(d: de.ApplySanction, made: Made) -> ev.Event:
    kind = d.step.kind
    return ev.SanctionImposed(
        **_envelope(d, made.now),
        sanction=d.id,
        measure=kind.word,
        order=kind.order,
        holds=kind.holds,
        until=d.until if d.alone is None else d.alone,
        policy=d.policy,
        strikes=d.strikes,
        state=d.state,
        issuer=d.issuer,
        origin=d.origin,
        level=d.step.level,
        notice=d.step.notice,
        case=d.case,
        expels=kind.expels,
        irreversible=kind.irreversible,
        step=d.step.at,
        since=d.since,
        joins=d.joins,
        replaces=d.replaces,
        consumes=d.consumes,
        approvers=d.approvers,
    )


def _points(d: de.PostPoints, made: Made) -> ev.Event:
    """Date the entry from where it counts, and book it now."""
    since = d.counts_from or made.caused
    return ev.PointsPosted(
        **_envelope(d, since),
        recorded_at=max(since, made.now),
        currency=d.currency,
        amount=d.amount,
        qualifying=d.qualifying,
        entry=d.entry,
        external=d.external,
        order=d.order,
        category=d.category,
        rule=d.rule,
        basis=d.basis,
        points=d.points,
        per=d.per,
        of=d.of,
        expires_at=d.expires_at,
        policy=d.policy,
    )


def _confirmed(d: de.ConfirmBreach, made: Made) -> ev.Event:
    """Date the breach when it happened, in the name of who decided the case."""
    return ev.RuleBroken(
        **_envelope(d, d.occurred),
        recorded_at=max(d.occurred, made.now),
        actor=d.by,
        rule=d.rule,
        content=d.content,
        case=d.case,
    )


_FACTS: Final[dict[type[de.Decision], Callable[[Any, Made], ev.Event]]] = {
    de.Admit: _same(ev.Admitted),
    de.RefuseAdmission: _same(ev.AdmissionRefused),
    de.PutOnWaitingList: _same(ev.Waitlisted),
    de.NoteFirstValue: _same(ev.FirstValueReached),
    de.PauseContact: _same(ev.ContactPaused),
    de.OpenObligation: _same(ev.ObligationOpened, obligation="id"),
    de.ReportBreach: _breach,
    de.ApplySanction: _sanction,
    de.ConfirmSanction: _same(ev.SanctionConfirmed),
    de.EndSanction: _same(ev.SanctionEnded),
    de.OverturnStrike: _same(ev.StrikeOverturned),
    de.DismissProposal: _same(ev.ProposalDismissed),
    de.ChangeTier: _same(ev.TierChanged),
    de.RenewTier: _same(ev.TierRenewed),
    de.StartTierGrace: _same(ev.TierGraceStarted),
    de.EndTierGrace: _same(ev.TierGraceEnded),
    de.NoteTierReview: _same(ev.TierReviewed),
    de.RecordStage: _same(ev.StageReached, funnel="policy"),
    de.ClosePeriod: _same(ev.PeriodClosed),
    de.RecordAnswer: _same(ev.AnswerGiven, dated=True),
    de.RequestConsent: _same(ev.ProposalOpened, proposal="id"),
    de.AmendRulebook: _same(ev.RulebookAmended),
    de.CloseMotion: _same(ev.MotionClosed),
    de.OpenCase: _same(ev.CaseOpened),
    de.CloseCase: _same(ev.CaseClosed),
    de.ConfirmBreach: _confirmed,
    de.PostPoints: _points,
    de.GrantReward: _same(ev.RewardGranted),
    de.GrantBadge: _same(ev.BadgeGranted),
    de.RevokeBadge: _same(ev.BadgeRevoked),
    de.NameBest: _same(ev.BestNamed),
    de.GiveTag: _same(ev.TagGiven),
    de.EndTag: _same(ev.TagEnded),
    de.AssignSegment: _same(ev.SegmentChanged),
    de.ChangeLifecycle: _same(ev.LifecycleChanged, state="after"),
    de.AttributeJoin: _same(ev.JoinAttributed, dated=True),
    de.NoteChannelResult: _same(ev.ChannelResultNoted),
    de.ReclaimMember: _same(ev.FollowUpReclaimed),
}
