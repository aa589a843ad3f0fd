"""What the fields of events may hold: within limits, and as filters may ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import EnumType
from types import NoneType
from typing import Any, Final, NewType, cast, get_args, get_type_hints

from attrs import Attribute

from community_sdk._time import micros
from community_sdk.errors import DefinitionError, HistoryError, nearest
from community_sdk.events.envelope import Event
from community_sdk.model import AMOUNT_LIMIT, Money

__all__ = [
    "NAMING",
    "check_filter",
    "holds",
    "is_amount",
    "is_change",
    "is_end",
    "is_past",
    "refuse_number",
    "sort_of",
]


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


NAMING: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "tag": ("tag", frozenset({"tag_set", "tag_cleared", "tag_given", "tag_ended"})),
    "badge": (
        "badge",
        frozenset(
            {"badge_imported", "badge_withdrawn", "badge_granted", "badge_revoked"}
        ),
    ),
    "currency": (
        "currency",
        frozenset(
            {"balance_imported", "points_adjusted", "points_reversed", "points_posted"}
            | {"redemption_requested", "redemption_returned"}
        ),
    ),
    "campaign": ("campaign", frozenset({"referral_claimed", "referral_judged"})),
    "code": ("code", frozenset({"code_scanned", "code_renewed"})),
    "channel": (
        "channel",
        frozenset({"channel_spent", "join_attributed", "channel_result_noted"}),
    ),
    "what": ("permit", frozenset({"permit_requested", "permit_granted"})),
}
"""Fields with the sort of word that they name, and in events of which kinds."""


def sort_of(kind: str, field: str, /) -> str:
    """Return the sort of word that *field* of *kind* names, empty: any word."""
    sort, kinds = NAMING.get(field, ("", frozenset[str]()))
    return sort if kind in kinds else ""


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
