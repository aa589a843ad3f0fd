"""What every event carries: identity, two times, place and people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, ClassVar, Final

from attrs import Factory, field, fields

from community_sdk._lazily import Kinds
from community_sdk._time import stamp
from community_sdk._values import frozen
from community_sdk.errors import HistoryError
from community_sdk.model import (
    CommunityId,
    EventId,
    GroupId,
    MemberId,
)

__all__ = [
    "KINDS",
    "Derived",
    "Event",
    "EventTypes",
    "Exogenous",
    "refuse_other",
]

_ANY: Final = CommunityId("")
# In these years any zone's instant can be kept; at the edges it must be computed.
_SAFE: Final = range(1971, 3999)
_TOLD_APART: Final = frozenset({"id", "at", "recorded_at", "seq", "source"})


@frozen(kw_only=True)
class Event:
    """Something that happened.

    Attributes:
        id: unique in the community; the same id is the same event, and told again it
            is a no-op. With other content it is refused: see `refuse_other`.
        at: when it happened, an aware datetime.
        recorded_at: when we learned of it, not before *at*; default *at*.
        seq: orders events of one instant.
        community: whose event it is; the engine refuses another community's.
        group: the chat room, None for the whole community.
        member: whom it is about.
        actor: who did it; None: the member.
        source: where it came from, for the audit.
        dated: False when the source gives no time of its own and *at* is only the
            earliest it can have been. Such an event counts over ``lifetime`` alone:
            never in a window, a streak or a recency, and it breaks no rule.

    Raises:
        HistoryError: a time without zone, before 1970 or from 4000 on, or
            *recorded_at* before *at*.
    """

    kind: ClassVar[str] = ""
    # Its id names a question: of two answers the first stands, whatever they say.
    once: ClassVar[bool] = False

    id: EventId
    at: datetime
    recorded_at: datetime = field(
        default=Factory(lambda self: self.at, takes_self=True)
    )
    seq: int = 0
    community: CommunityId = _ANY
    group: GroupId | None = None
    member: MemberId | None = None
    actor: MemberId | None = None
    source: str = ""
    dated: bool = True

    def __attrs_post_init__(self) -> None:
        """Refuse times that no history can hold."""
        at, recorded = self.at, self.recorded_at
        if recorded is at:
            if at.tzinfo is None or at.year not in _SAFE:
                stamp(at)
        elif stamp(recorded) < stamp(at):
            raise HistoryError(
                f"event `{self.id}` was recorded before it happened",
                code="event.recorded_before",
                hint="`recorded_at` must not be earlier than `at`",
                id=self.id,
            )

    @property
    def name(self) -> str:
        """The word that metrics count it by: its kind."""
        return self.kind

    def value(self, name: str, /) -> object:
        """Return the field called *name* that filters compare, None without one.

        A choice of words is the word that files write: ``member``, ``severe``.
        """
        found = getattr(self, name, None)
        return found.name.lower() if isinstance(found, Enum) else found


@frozen(kw_only=True)
class Exogenous(Event):
    """An event from outside, which may stand in a log."""


@frozen(kw_only=True)
class Derived(Event):
    """An event that only the engine makes; stored for audit, never fed."""


def refuse_other(known: Event, event: Event) -> None:
    """Refuse *event*, which bears the id of the *known* one and says something else.

    Its times, its place within an instant and its source may differ: whoever delivers
    the same fact twice often stamps it anew. The first telling stands.

    Raises:
        HistoryError: naming the fields that differ, with both values of the first.
    """
    if known is event or event.once:
        return
    told, again = (_content(each) for each in (known, event))
    names = [n for n in {**told, **again} if told.get(n) != again.get(n)]
    if not names:
        return
    first = names[0]
    raise HistoryError(
        f"event `{event.id}` is known with other content: `{first}` was"
        f" `{told.get(first)}`, found `{again.get(first)}`",
        code="event.other_content",
        hint="tell each event once under an id of its own; correct a mistake by an"
        " event that says so",
        id=event.id,
        names=", ".join(names),
        name=first,
        known=str(told.get(first)),
        found=str(again.get(first)),
    )


def _content(event: Event) -> dict[str, object]:
    """Return what *event* says, by field, its kind first."""
    cls: Any = type(event)
    names = (each.name for each in fields(cls) if each.name not in _TOLD_APART)
    return {"kind": event.kind, **{name: getattr(event, name) for name in names}}


EventTypes = tuple[type[Event], ...]

KINDS: Final[Mapping[str, type[Event]]] = Kinds(
    "community_sdk.events",
    "join_requested joined membership_imported left member_removed introduced "
    "nickname_set survey_answered identity_linked role_assigned role_ended message "
    "reaction question_asked question_answered skill_noted supporter_known tag_set "
    "tag_cleared purchase refund head_counted custom rule_broken strike_overturned "
    "sanction_imported sanction_lifted sanction_ordered record_cleared "
    "strikes_imported acts_rolled_back proposal_approved proposal_refused "
    "obligation_met obligation_moved tier_imported tier_set tier_review_requested "
    "tier_overridden tier_override_ended tier_excused extra_tier_granted "
    "extra_tier_ended balance_imported playbook_adopted enforcement_reported "
    "content_reported complaint_filed evidence_added case_noted case_advanced "
    "case_decided compensation_given appeal_filed appeal_decided appeal_withdrawn "
    "rule_waived waiver_ended permit_requested permit_granted permit_withdrawn "
    "ad_posted invitation_sent petition_started petition_signed council_ordered "
    "vote_called vote_cast motion_withdrawn dispute_raised dispute_settled invited "
    "entry_answered entry_consented fee_paid step_done content_noticed blacklisted "
    "taken_off_blacklist erasure_requested personal_data_erased emergency_acted "
    "emergency_reported emergency_ratified emergency_rejected standings_counted "
    "points_adjusted points_reversed order_cancelled redemption_requested "
    "redemption_returned gift_sent gift_returned badge_imported badge_withdrawn "
    "survey_opened rating_given wish_made wish_answered figure_reported lifecycle_set "
    "code_scanned code_renewed channel_spent staff_requested contact_added "
    "contact_deleted follow_up_claimed followed_up follow_up_stage_set "
    "referral_claimed referral_judged "
    "admitted admission_refused waitlisted sanction_imposed sanction_confirmed "
    "sanction_ended proposal_opened proposal_expired proposal_dismissed "
    "obligation_opened obligation_missed obligation_escalated answer_given "
    "tier_changed tier_renewed tier_grace_started tier_grace_ended tier_reviewed "
    "stage_reached period_closed timer_fired case_opened case_closed rulebook_amended "
    "motion_closed first_value_reached contact_paused points_posted reward_granted "
    "badge_granted badge_revoked best_named tag_given tag_ended segment_changed "
    "lifecycle_changed join_attributed channel_result_noted follow_up_reclaimed",
    message="MessagePosted",
    reaction="ReactionReceived",
    purchase="PurchaseMade",
    refund="RefundMade",
)
"""Every event class by its `kind` word, for ever; those from outside first."""
