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


def _plain(cls: type[ev.Event]) -> Callable[[Any, Made], ev.Event]:
    return lambda d, made: cls(**_envelope(d, made.now))


def _same(
    cls: type[ev.Event], *, dated: bool = False
) -> Callable[[Any, Made], ev.Event]:
    """Make a *cls* of the fields that the decision has as well.

    *dated*: at the instant of what caused it, however late that became known.
    """
    names = [own.name for own in fields(cls) if own.name not in _ENVELOPE]

    def made_of(d: de.Decision, made: Made) -> ev.Event:
        at = made.caused if dated else made.now
        own = {name: getattr(d, name) for name in names}
        recorded = max(at, made.now)
        return cls(**_envelope(d, at), recorded_at=recorded, **own)

    return made_of


def _obligation(d: de.OpenObligation, made: Made) -> ev.Event:
    return ev.ObligationOpened(
        **_envelope(d, made.now),
        obligation=d.id,
        what=d.what,
        due=d.due,
        met_by=d.met_by,
        where=d.where,
        duty=d.duty,
        reminders=d.reminders,
        policy=d.policy,
        stages=d.stages,
    )


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


def _confirmed_sanction(d: de.ConfirmSanction, made: Made) -> ev.Event:
    return ev.SanctionConfirmed(**_envelope(d, made.now), sanction=d.sanction)


def _overturned(d: de.OverturnStrike, made: Made) -> ev.Event:
    envelope = _envelope(d, made.now)
    return ev.StrikeOverturned(
        **envelope, strike=d.strike, later=d.later, beside=d.beside
    )


def _dismissed(d: de.DismissProposal, made: Made) -> ev.Event:
    return ev.ProposalDismissed(**_envelope(d, made.now), proposal=d.proposal)


def _ended(d: de.EndSanction, made: Made) -> ev.Event:
    envelope = _envelope(d, made.now)
    return ev.SanctionEnded(**envelope, sanction=d.sanction, state=d.state)


def _tier(d: de.ChangeTier, made: Made) -> ev.Event:
    return ev.TierChanged(
        **_envelope(d, made.now),
        tiers=d.tiers,
        before=d.before,
        after=d.after,
        rise=d.rise,
        cause=d.cause,
        own=d.own,
        until=d.until,
        since=d.since,
        lock=d.lock,
        rules=d.rules,
        by=d.by,
        order=d.order,
    )


def _renewed(d: de.RenewTier, made: Made) -> ev.Event:
    envelope = _envelope(d, made.now)
    return ev.TierRenewed(
        **envelope, tiers=d.tiers, tier=d.tier, since=d.since, until=d.until
    )


def _grace(d: de.StartTierGrace, made: Made) -> ev.Event:
    envelope = _envelope(d, made.now)
    return ev.TierGraceStarted(**envelope, tiers=d.tiers, tier=d.tier, until=d.until)


def _grace_ended(d: de.EndTierGrace, made: Made) -> ev.Event:
    envelope = _envelope(d, made.now)
    return ev.TierGraceEnded(**envelope, tiers=d.tiers, tier=d.tier)


def _reviewed(d: de.NoteTierReview, made: Made) -> ev.Event:
    envelope = _envelope(d, made.now)
    return ev.TierReviewed(**envelope, tiers=d.tiers, tier=d.tier)


def _answer(d: de.RecordAnswer, made: Made) -> ev.Event:
    """Date the answer at its own instant, however late it became known."""
    return ev.AnswerGiven(
        **_envelope(d, made.caused),
        recorded_at=max(made.caused, made.now),
        asker=d.asker,
        asked=d.asked,
        due=d.due,
        late=d.late,
        waited=d.waited,
        worked=d.worked,
    )


def _period(d: de.ClosePeriod, made: Made) -> ev.Event:
    return ev.PeriodClosed(
        **_envelope(d, made.now),
        period=d.period,
        policy=d.policy,
        members=d.members,
        digest=d.digest,
        movements=d.movements,
        skipped=d.skipped,
    )


def _stage(d: de.RecordStage, made: Made) -> ev.Event:
    envelope = _envelope(d, made.now)
    return ev.StageReached(**envelope, funnel=d.policy, step=d.step, opened=d.opened)


def _first_value(d: de.NoteFirstValue, made: Made) -> ev.Event:
    return ev.FirstValueReached(
        **_envelope(d, made.now), moment=d.moment, since=d.since, policy=d.policy
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


def _pause(d: de.PauseContact, made: Made) -> ev.Event:
    return ev.ContactPaused(
        **_envelope(d, made.now), until=d.until, actions=d.actions, policy=d.policy
    )


def _proposal(d: de.RequestConsent, made: Made) -> ev.Event:
    return ev.ProposalOpened(
        **_envelope(d, made.now),
        proposal=d.id,
        duty=d.duty,
        needs=d.needs,
        deadline=d.deadline,
        policy=d.policy,
        also=d.also,
        proposer=d.proposer,
        excluded=d.excluded,
        voices=d.voices,
    )


def _case_opened(d: de.OpenCase, made: Made) -> ev.Event:
    return ev.CaseOpened(
        **_envelope(d, made.now),
        case=d.case,
        number=d.number,
        topic=d.topic,
        policy=d.policy,
    )


def _case_closed(d: de.CloseCase, made: Made) -> ev.Event:
    return ev.CaseClosed(
        **_envelope(d, made.now),
        case=d.case,
        outcome=d.outcome,
        by=d.by,
        voices=d.voices,
        content=d.content,
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


def _amended(d: de.AmendRulebook, made: Made) -> ev.Event:
    return ev.RulebookAmended(
        **_envelope(d, made.now),
        version=d.version,
        effective=d.effective,
        changes=d.changes,
        motion=d.motion,
    )


def _motion(d: de.CloseMotion, made: Made) -> ev.Event:
    envelope = _envelope(d, made.now)
    return ev.MotionClosed(**envelope, motion=d.motion, state=d.state)


def _lifecycle(d: de.ChangeLifecycle, made: Made) -> ev.Event:
    envelope = _envelope(d, made.now)
    return ev.LifecycleChanged(
        **envelope, before=d.before, state=d.after, policy=d.policy
    )


_FACTS: Final[dict[type[de.Decision], Callable[[Any, Made], ev.Event]]] = {
    de.Admit: _plain(ev.Admitted),
    de.RefuseAdmission: _plain(ev.AdmissionRefused),
    de.PutOnWaitingList: _plain(ev.Waitlisted),
    de.NoteFirstValue: _first_value,
    de.PauseContact: _pause,
    de.OpenObligation: _obligation,
    de.ReportBreach: _breach,
    de.ApplySanction: _sanction,
    de.ConfirmSanction: _confirmed_sanction,
    de.EndSanction: _ended,
    de.OverturnStrike: _overturned,
    de.DismissProposal: _dismissed,
    de.ChangeTier: _tier,
    de.RenewTier: _renewed,
    de.StartTierGrace: _grace,
    de.EndTierGrace: _grace_ended,
    de.NoteTierReview: _reviewed,
    de.RecordStage: _stage,
    de.ClosePeriod: _period,
    de.RecordAnswer: _answer,
    de.RequestConsent: _proposal,
    de.AmendRulebook: _amended,
    de.CloseMotion: _motion,
    de.OpenCase: _case_opened,
    de.CloseCase: _case_closed,
    de.ConfirmBreach: _confirmed,
    de.PostPoints: _points,
    de.GrantReward: _same(ev.RewardGranted),
    de.GrantBadge: _same(ev.BadgeGranted),
    de.RevokeBadge: _same(ev.BadgeRevoked),
    de.NameBest: _same(ev.BestNamed),
    de.GiveTag: _same(ev.TagGiven),
    de.EndTag: _same(ev.TagEnded),
    de.AssignSegment: _same(ev.SegmentChanged),
    de.ChangeLifecycle: _lifecycle,
    de.AttributeJoin: _same(ev.JoinAttributed, dated=True),
    de.NoteChannelResult: _same(ev.ChannelResultNoted),
    de.ReclaimMember: _same(ev.FollowUpReclaimed),
}
