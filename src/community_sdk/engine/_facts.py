"""What decisions that need nobody's consent make true, as events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, Final

from attrs import fields

from community_sdk import decisions as de
from community_sdk import events as ev
from community_sdk._values import frozen
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
    make = _FACTS.get(decision.kind)
    return None if make is None else make(decision, made)


def _envelope(decision: de.Decision, at: datetime) -> dict[str, Any]:
    return {
        "id": EventId(f"{decision.id}:fact"),
        "at": at,
        "member": decision.member,
        "group": decision.group,
        "source": f"policy:{decision.policy}",
    }


@cache
def _own(kind: str) -> tuple[type[ev.Event], tuple[str, ...]]:
    """Return the class of *kind* and the fields that it has beyond the envelope."""
    cls = ev.KINDS[kind]
    names = (one.name for one in fields(cls))
    return cls, tuple(name for name in names if name not in _ENVELOPE)


def _same(
    kind: str, *, dated: bool = False, **named: str
) -> Callable[[Any, Made], ev.Event]:
    """Make an event of *kind* of the fields of the decision, which bear the same names.

    *dated*: at the instant of what caused it, however late that became known. *named*:
    the fields of the event that the decision has under another name.
    """

    def made_of(d: de.Decision, made: Made) -> ev.Event:
        cls, names = _own(kind)
        at = made.caused if dated else made.now
        told = {name: getattr(d, named.get(name, name)) for name in names}
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


_FACTS: Final[dict[str, Callable[[Any, Made], ev.Event]]] = {
    "admit": _same("admitted"),
    "refuse_admission": _same("admission_refused"),
    "put_on_waiting_list": _same("waitlisted"),
    "note_first_value": _same("first_value_reached"),
    "pause_contact": _same("contact_paused"),
    "open_obligation": _same("obligation_opened", obligation="id"),
    "report_breach": _breach,
    "apply_sanction": _sanction,
    "confirm_sanction": _same("sanction_confirmed"),
    "end_sanction": _same("sanction_ended"),
    "overturn_strike": _same("strike_overturned"),
    "dismiss_proposal": _same("proposal_dismissed"),
    "change_tier": _same("tier_changed"),
    "renew_tier": _same("tier_renewed"),
    "start_tier_grace": _same("tier_grace_started"),
    "end_tier_grace": _same("tier_grace_ended"),
    "note_tier_review": _same("tier_reviewed"),
    "record_stage": _same("stage_reached", funnel="policy"),
    "close_period": _same("period_closed"),
    "record_answer": _same("answer_given", dated=True),
    "request_consent": _same("proposal_opened", proposal="id"),
    "amend_rulebook": _same("rulebook_amended"),
    "close_motion": _same("motion_closed"),
    "open_case": _same("case_opened"),
    "close_case": _same("case_closed"),
    "confirm_breach": _confirmed,
    "post_points": _points,
    "grant_reward": _same("reward_granted"),
    "grant_badge": _same("badge_granted"),
    "revoke_badge": _same("badge_revoked"),
    "name_best": _same("best_named"),
    "give_tag": _same("tag_given"),
    "end_tag": _same("tag_ended"),
    "assign_segment": _same("segment_changed"),
    "change_lifecycle": _same("lifecycle_changed", state="after"),
    "attribute_join": _same("join_attributed", dated=True),
    "note_channel_result": _same("channel_result_noted"),
    "reclaim_member": _same("follow_up_reclaimed"),
}
