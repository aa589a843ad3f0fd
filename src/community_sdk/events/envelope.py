"""What every event carries: identity, two times, place and people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum, EnumType
from types import NoneType
from typing import Any, ClassVar, Final, NewType, cast, get_args, get_type_hints

from attrs import Attribute, Factory, field, fields

from community_sdk._lazily import Kinds
from community_sdk._time import micros, stamp
from community_sdk._values import frozen
from community_sdk.errors import DefinitionError, HistoryError, nearest
from community_sdk.model import (
    AMOUNT_LIMIT,
    CommunityId,
    EventId,
    GroupId,
    MemberId,
    Money,
)

__all__ = [
    "KINDS",
    "Derived",
    "Event",
    "EventTypes",
    "Exogenous",
    "check_filter",
    "holds",
    "is_amount",
    "is_change",
    "is_end",
    "is_past",
    "refuse_number",
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


def refuse_number(
    key: str, name: str, number: int, *, least: int = 0, most: int = AMOUNT_LIMIT
) -> None:
    """Refuse a *number* that counts something and is below *least* or above *most*.

    With a limit on each, what is added up of them stays within 64 bits.

    Raises:
        HistoryError: it is.
    """
    if least <= number <= most:
        return
    if number < least:
        code, expected = "event.negative", f"of at least {least}"
    else:
        code, expected = "event.too_great", f"of at most {most}"
    raise HistoryError(
        f"event `{key}`: expected `{name}` {expected}, found `{number}`",
        code=code,
        id=key,
        name=name,
        found=str(number),
        least=str(least),
        most=str(most),
    )


def is_amount(
    event: Event, attribute: Attribute[Any], value: int | Money | None
) -> None:
    """Validate an amount: from zero to the greatest there is; None is none.

    Raises:
        HistoryError: it is below or above.
    """
    number = value.amount if isinstance(value, Money) else value or 0
    refuse_number(event.id, attribute.name, number)


def is_change(event: Event, attribute: Attribute[Any], value: int | None) -> None:
    """Validate an amount that is added or taken, within the greatest there is.

    Raises:
        HistoryError: it is beyond.
    """
    refuse_number(event.id, attribute.name, value or 0, least=-AMOUNT_LIMIT)


def is_end(event: Event, _: Attribute[Any], until: datetime | None) -> None:
    """Validate the end of something that begins at *since*, else when it happens.

    Raises:
        HistoryError: there is no instant in ``[since, until)``.
    """
    since = cast("datetime", getattr(event, "since", None) or event.at)
    if until is not None and micros(until) <= micros(since):
        raise HistoryError(
            f"event `{event.id}`: expected an end after {since.isoformat()}, found"
            f" {until.isoformat()}",
            code="event.ends_early",
            hint="it holds up to, but not at, its end: give a later one, or none",
            id=event.id,
            since=since.isoformat(),
            found=until.isoformat(),
        )


def is_past(event: Event, _: Attribute[Any], since: datetime) -> None:
    """Validate the beginning of what is taken over: up to when it is told.

    Raises:
        HistoryError: it lies later.
    """
    if micros(since) > micros(event.at):
        raise HistoryError(
            f"event `{event.id}`: expected a beginning up to {event.at.isoformat()},"
            f" found {since.isoformat()}",
            code="event.begins_late",
            hint="tell it when it begins",
            id=event.id,
            at=event.at.isoformat(),
            found=since.isoformat(),
        )


EventTypes = tuple[type[Event], ...]

_FIELDS: Final = {str: "text", bool: "truth", int: "number", Money: "amount"}
_SORTS: Final = {
    "text": "a text",
    "truth": "`true` or `false`",
    "number": "a whole number",
}


def holds(kind: type[Event], name: str, /) -> tuple[str, tuple[str, ...]]:
    """Return what sort of value the field *name* holds, and the words to choose from.

    The sort is ``text``, ``truth``, ``number``, ``amount``, ``words``, or ``other`` for
    what no filter can equal; empty where there is no such field.
    """
    told = get_type_hints(kind).get(name)
    if told is None:
        return "", ()
    if NoneType in get_args(told):
        told = next(each for each in get_args(told) if each is not NoneType)
    if isinstance(told, EnumType):
        return "words", tuple(each.lower() for each in told.__members__)
    if isinstance(told, NewType):
        return "text", ()
    return _FIELDS.get(told, "other"), ()


def check_filter(kind: type[Event], where: Iterable[tuple[str, object]], /) -> None:
    """Refuse a filter that no event of *kind* could ever pass.

    Raises:
        DefinitionError: a field cannot have the value that is asked for.
    """
    for name, value in where:
        sort, words = holds(kind, name)
        if words:
            good = value in words
        elif sort == "truth":
            good = isinstance(value, bool)
        elif sort == "number":
            good = isinstance(value, int) and not isinstance(value, bool)
        else:
            good = sort == "text" and isinstance(value, str)
        if good:
            continue
        wanted = ", ".join(f"`{word}`" for word in words) or _SORTS.get(sort, "nothing")
        raise DefinitionError(
            f"expected {'one of ' if words else ''}{wanted} as `{name}` of"
            f" `{kind.kind}`, found `{value}`",
            code="event.filter_words" if words else "event.filter",
            hint=nearest(str(value)[:60], words) if words else "",
            found=str(value),
            field=name,
            event=kind.kind,
            expected=wanted.replace("`", ""),
            sort=sort,
        )


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
