"""Strategies for every class of the unions, built from the types of its fields."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import attrs
from hypothesis import strategies as st

from community_sdk._time import Duration
from community_sdk.decisions import Admit, Decision, Recommend
from community_sdk.events import (
    ActsRolledBack,
    AdPosted,
    Custom,
    Event,
    RoleAssigned,
    RuleBroken,
    RuleWaived,
    SanctionOrdered,
    StrikesImported,
    SurveyOpened,
)
from community_sdk.events._fields import is_amount, is_change, is_end, is_past
from community_sdk.explanation import Explanation
from community_sdk.model import (
    AMOUNT_LIMIT,
    SANCTIONS,
    WEIGHT_LIMIT,
    Evidence,
    HandOver,
    LadderStep,
    MemberId,
    Money,
    Movement,
    RuleChange,
    RuleCode,
    SanctionKind,
    Severity,
    Standing,
    TierKey,
)

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), min_size=0, max_size=12
)
WHOLE = st.integers(-(2**63), 2**63 - 1)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone.min])
INSTANTS = st.datetimes(
    datetime(1971, 1, 1),  # noqa: DTZ001 - the zone is drawn beside it
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=ZONES,
)
AFTERWARDS = INSTANTS.map(lambda at: at.replace(year=at.year + 150, day=1))
BEFORE = INSTANTS.map(lambda at: at.replace(year=1970, day=1))
SCALARS = st.one_of(TEXTS, WHOLE, st.booleans())
FIGURES = st.recursive(
    st.one_of(SCALARS, st.none()), lambda inner: st.lists(inner, max_size=3).map(tuple)
)
NAMED = st.dictionaries(TEXTS, FIGURES, max_size=3).map(lambda d: tuple(d.items()))
LEAF_EXPLANATIONS = st.builds(Explanation, TEXTS, NAMED, TEXTS)
EXPLANATIONS = st.recursive(
    LEAF_EXPLANATIONS,
    lambda inner: st.builds(
        Explanation, TEXTS, NAMED, TEXTS, st.lists(inner, max_size=2).map(tuple)
    ),
    max_leaves=3,
)
KINDS_OF_SANCTION = st.one_of(
    st.sampled_from(list(SANCTIONS.values())),
    st.builds(SanctionKind, TEXTS, WHOLE, st.booleans(), st.booleans()),
)


def _duration(count: int, unit: int) -> Duration:
    return Duration(us=count * unit)


DURATIONS = st.one_of(
    st.builds(
        _duration,
        st.integers(1, 9_999),
        st.sampled_from([1, 10**6, 3_600 * 10**6, 86_400 * 10**6]),
    ),
    st.builds(Duration, months=st.integers(1, 12_000)),
)
CURRENCIES = st.sampled_from(["CNY", "JPY", "KWD"])
AMOUNTS = st.integers(0, AMOUNT_LIMIT)
CHANGES_OF_AMOUNT = st.integers(-AMOUNT_LIMIT, AMOUNT_LIMIT)
WEIGHTS = st.integers(0, WEIGHT_LIMIT)
MONEY = st.builds(Money, CHANGES_OF_AMOUNT, CURRENCIES)
PAID = st.builds(Money, AMOUNTS, CURRENCIES)


def _step(at: int, kind: SanctionKind, lasts: Duration | None) -> LadderStep:
    may_last = kind.holds or kind.lasts
    return LadderStep(at=at, kind=kind, duration=lasts if may_last else None)


STEPS = st.builds(
    _step, st.integers(1, 2**62), KINDS_OF_SANCTION, st.none() | DURATIONS
)
_NAMES = st.text("abz0:/_-", min_size=1, max_size=8)
EVIDENCE = st.builds(
    Evidence,
    kind=_NAMES,
    ref=_NAMES,
    digest=_NAMES,
    captured_at=INSTANTS,
    redacted=st.booleans(),
)
CHANGES = st.lists(
    st.builds(
        RuleChange,
        code=_NAMES.map(RuleCode),
        retired=st.booleans(),
        category=st.none() | TEXTS,
        severity=st.none() | st.sampled_from(Severity),
        weight=st.none() | WEIGHTS,
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda change: change.code,
).map(tuple)
STANDINGS = st.lists(
    st.builds(
        Standing,
        member=TEXTS.map(MemberId),
        tier=TEXTS.map(TierKey),
        figures=st.dictionaries(TEXTS, WHOLE, max_size=3),
        joined=st.none() | INSTANTS,
        extra=st.lists(TEXTS.map(TierKey), max_size=2).map(tuple),
        locked=st.booleans(),
    ),
    max_size=3,
    unique_by=lambda one: one.member,
).map(tuple)
MOVEMENTS = st.builds(
    Movement,
    member=TEXTS.map(MemberId),
    before=TEXTS.map(TierKey),
    after=TEXTS.map(TierKey),
    rise=st.booleans(),
)
PROPERTIES = st.dictionaries(TEXTS, SCALARS, max_size=4)
OWN: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: WHOLE,
    bool: st.booleans(),
    datetime: INSTANTS,
    Money: MONEY,
    Duration: DURATIONS,
    Evidence: EVIDENCE,
    HandOver: st.builds(HandOver, at=INSTANTS, duty=TEXTS),
    LadderStep: STEPS,
    tuple[RuleChange, ...]: CHANGES,
    tuple[Standing, ...]: STANDINGS,
    Movement: MOVEMENTS,
    Explanation: EXPLANATIONS,
    Mapping[str, str | int | bool]: PROPERTIES,
    tuple[tuple[str, str | int | bool], ...]: PROPERTIES.map(lambda d: (*d.items(),)),
}


@cache
def of_type(kind: Any) -> st.SearchStrategy[Any]:
    """Draw values of the type of a field."""
    if kind in OWN:
        return OWN[kind]
    origin, args = get_origin(kind), get_args(kind)
    if hasattr(kind, "__supertype__"):
        return of_type(kind.__supertype__)
    if origin in (Union, UnionType):
        return st.one_of(
            *(st.none() if arg is NoneType else of_type(arg) for arg in args)
        )
    if origin is tuple:
        return st.lists(of_type(args[0]), max_size=3).map(tuple)
    if kind is Decision:
        return st.one_of(of_class(Admit), of_class(Recommend))
    assert issubclass(kind, Enum), kind
    return st.sampled_from(list(kind))


def of_validator(field: Any) -> st.SearchStrategy[Any]:
    """Draw values of a field that its validator lets in."""
    kinds = get_args(field.type) or (field.type,)
    nothing = st.none() if NoneType in kinds else st.nothing()
    if field.validator is is_amount:
        return nothing | (PAID if Money in kinds else AMOUNTS)
    if field.validator is is_change:
        return nothing | CHANGES_OF_AMOUNT
    if field.validator is is_end:
        return nothing | AFTERWARDS
    if field.validator is is_past:
        return BEFORE
    return of_type(field.type)


def of_class(cls: type[Any]) -> st.SearchStrategy[Any]:
    """Draw instances of *cls*, leaving out fields with defaults now and then."""
    key: Any = cls
    return _of_class(key)


@cache
def _of_class(cls: Any) -> st.SearchStrategy[Any]:
    attrs.resolve_types(cls)
    needed: dict[str, st.SearchStrategy[Any]] = {}
    spare: dict[str, st.SearchStrategy[Any]] = {}
    for field in attrs.fields(cls):
        drawn = of_validator(field)
        if field.name == "word" and cls is Custom:
            drawn = TEXTS.map(lambda text: f"own {text}")
        where = needed if field.default is attrs.NOTHING else spare
        where[field.name] = drawn
    spare.pop("recorded_at", None)
    _narrow(cls, needed, spare)
    both = st.tuples(
        st.fixed_dictionaries(needed, optional=spare), st.timedeltas(timedelta(0))
    )
    return both.map(lambda drawn: _later(cls, *drawn))


def _narrow(
    cls: type[Any],
    needed: dict[str, st.SearchStrategy[Any]],
    spare: dict[str, st.SearchStrategy[Any]],
) -> None:
    """Narrow fields to what the validators of *cls* let in, in place."""
    if cls is RuleWaived:
        spare["until"] = AFTERWARDS
        del spare["since"]
    elif cls is ActsRolledBack:
        needed["until"] = AFTERWARDS
    elif cls is SurveyOpened:
        needed["until"] = AFTERWARDS
        spare["invited"] = AMOUNTS
    elif cls is AdPosted:
        spare["packets"] = st.lists(PAID, max_size=3).map(tuple)
    elif cls is RoleAssigned:
        spare["until"] = st.none() | AFTERWARDS
    elif cls is RuleBroken:
        spare["weight"] = st.none() | WEIGHTS
    elif cls is SanctionOrdered:
        spare |= {"points": WEIGHTS, "level": AMOUNTS}
        spare["until"] = AFTERWARDS
    elif cls is StrikesImported:
        spare |= {"count": st.integers(1, 1_000), "weight": st.none() | WEIGHTS}


def _later(cls: type[Any], fields: dict[str, Any], gap: timedelta) -> Any:
    if issubclass(cls, Event) and gap < timedelta(days=3_000):
        fields = {**fields, "recorded_at": fields["at"] + gap}
    if cls is SanctionOrdered and fields.get("until") is not None:
        fields = {**fields, "duration": None}  # a length or an end, never both
    return cls(**fields)
