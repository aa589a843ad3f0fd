"""Words of the cases on funnels, as words of the library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from community_sdk import Duration
from community_sdk.errors import DefinitionError
from community_sdk.events import Custom, Event, IdentityLinked
from community_sdk.metrics.funnel import (
    Exclusion,
    FieldTest,
    FunnelAnalysis,
    FunnelReport,
    FunnelRules,
    FunnelStep,
    TrendPeriod,
)
from community_sdk.model import EventId, MemberId
from tests.peers.frame import Plain

TIES: Final = {"strictly_increasing": "increasing"}
_START: Final = datetime(2020, 1, 1, tzinfo=UTC)


def failures(case: Plain) -> list[str]:
    """Return what the library answers otherwise than *case* expects."""
    found = _told("", case, case["expect"], None)
    other = case.get("expect_if_exclusion_scope_attempt")
    if other is not None:
        found += _told(" by attempt", case, other, "attempt")
    return found


def _told(place: str, case: Plain, expected: Plain, scope: str | None) -> list[str]:
    answers = KINDS[case["kind"]](case, scope)
    return [
        f"`{key}`{place}: expected {wanted!r}, found {answers[key]!r}"
        for key, wanted in expected.items()
        if wanted is not None
        and (
            not _same(wanted, answers[key])
            or (key in ("groups", "levels") and wanted.keys() != answers[key].keys())
        )
    ]


def _same(wanted: Any, found: Any) -> bool:
    """Compare; nothing observed is what the sources print as 0."""
    if wanted is None:
        return True
    if isinstance(wanted, dict):
        told = cast("Plain", wanted)
        figures = cast("Plain", found or {})
        return all(_same(value, figures.get(key)) for key, value in told.items())
    if isinstance(found, set):
        return {str(each) for each in wanted} == found
    if isinstance(wanted, list):
        row, told_so = cast("list[object]", wanted), found or ()
        return len(row) == len(told_so) and all(map(_same, row, told_so))
    if isinstance(found, Percent):
        return abs(Fraction(str(wanted)) - found) <= Fraction(1, 200)
    if isinstance(wanted, float) or isinstance(found, Fraction):
        expected, number = Fraction(wanted), Fraction(found or 0)
        return abs(expected - number) <= abs(expected) / 10**6
    return bool(wanted == (0 if found is None else found))


class Percent(Fraction):
    """A ratio in hundredths that the source prints with two decimals."""


# -- what is asked ---------------------------------------------------------------------


def _tests(plain: Iterable[Any]) -> tuple[FieldTest, ...]:
    return tuple(
        FieldTest(field=name, op=op, value=_value(value)) for name, op, value in plain
    )


def _value(value: Any) -> Any:
    return str(value) if isinstance(value, float) else value


def rules(plain: Plain, scope: str | None = None) -> FunnelRules:
    """Return the funnel that a case describes."""
    seconds = plain.get("window_seconds")
    window = None if seconds is None else Duration(us=int(seconds * 1_000_000))
    common = _tests(plain.get("where", ()))
    ties: Any = plain.get("ties", "any")
    within: Any = scope or plain.get("exclusion_scope", "user")
    steps = tuple(
        FunnelStep(
            event="" if step.get("any") else f"case:{step['event']}",
            tests=(*common, *_named(_tests(step.get("where", ())))),
            first_time=step.get("first_time") or "",
        )
        for step in plain["steps"]
    )
    return FunnelRules(
        steps=steps,
        window=window,
        order=plain.get("order", "ordered"),
        ties=cast("Any", TIES.get(ties, ties)),
        reuse_event=plain.get("reuse_event", False),
        exclusions=tuple(
            Exclusion(
                event=f"case:{each['event']}",
                tests=_tests(each.get("where", ())),
                after=each["from_step"],
                before=each["to_step"],
            )
            for each in plain.get("exclusions") or ()
        ),
        scope=within,
    )


def _named(tests: tuple[FieldTest, ...]) -> tuple[FieldTest, ...]:
    """Return *tests*; the own word of an event bears the prefix of the cases."""
    return tuple(
        FieldTest(field=t.field, op=t.op, value=f"case:{t.value}")
        if t.field == "event" and t.op in ("=", "!=")
        else t
        for t in tests
    )


def _at(time: Any) -> datetime:
    if isinstance(time, str):
        told = datetime.fromisoformat(time)
        return told if told.tzinfo else told.replace(tzinfo=UTC)
    return datetime.fromtimestamp(time, UTC)


def events(case: Plain) -> list[Event]:
    """Return the history of a case."""
    found: list[Event] = [
        IdentityLinked(
            id=EventId(f"link:{alias}"),
            at=_START,
            member=MemberId(str(member)),
            alias=MemberId(str(alias)),
        )
        for alias, member in cast("Plain", case.get("identity_merges") or {}).items()
    ]
    for number, (who, name, time, *rest) in enumerate(case["events"]):
        given: Mapping[str, Any] = (rest[0] if rest else None) or {}
        found.append(
            Custom(
                id=EventId(str(number)),
                at=_at(time),
                member=MemberId(str(who)),
                word=f"case:{name}",
                properties={k: _value(v) for k, v in given.items() if v is not None},
            )
        )
    return found


def _analysis(case: Plain, scope: str | None) -> FunnelAnalysis:
    asked = case["funnel"]
    since, until = (asked.get(f"events_{end}") for end in ("from", "to"))
    return FunnelAnalysis(
        rules(asked, scope),
        events(case),
        where=asked.get("tz", "UTC"),
        since=None if since is None else _at(since),
        until=None if until is None else _at(until),
        subject=asked.get("aggregate_by") or "",
    )


# -- what is answered ------------------------------------------------------------------


def _figures(report: FunnelReport) -> dict[str, Any]:
    steps = report.steps
    return {
        "counts": [s.reached for s in steps],
        "users_at_step": {
            str(k + 1): {o.subject for o in report.reached(k)}
            for k in range(len(steps))
        },
        "avg_seconds": [s.mean_seconds for s in steps],
        "median_seconds": [s.median_seconds for s in steps],
        "share_of_all_users": [s.share_of_all for s in steps],
        "share_of_previous": [s.share_of_previous for s in steps],
    }


def _steps(case: Plain, scope: str | None) -> Plain:
    return _figures(_analysis(case, scope).report())


def _ends(asked: Plain) -> tuple[int, int | None]:
    return asked.get("from_step") or 0, asked.get("to_step")


def _periods(analysis: FunnelAnalysis, case: Plain) -> list[TrendPeriod]:
    """Return the buckets that the case speaks of."""
    asked, told = case["funnel"], case["expect"].get("periods") or [None]
    first, last = _ends(asked)
    start = None if (text := told[0]) is None else datetime.fromisoformat(text)
    return analysis.trend(
        asked.get("interval", "day"),
        since_step=first,
        until_step=last,
        week_start="sunday",
        start=start and start.replace(tzinfo=ZoneInfo(asked.get("tz", "UTC"))),
        periods=len(told) if start else None,
    )


def _rates(found: Iterable[TrendPeriod]) -> list[Percent | None]:
    return [
        Percent(100 * p.reached_to, p.reached_from) if p.reached_from else None
        for p in found
    ]


def _trend(case: Plain, scope: str | None) -> Plain:
    asked = case["funnel"]
    found = _periods(_analysis(case, scope), case)
    return {
        "periods": [_local(p.start, asked) for p in found],
        "reached_from": [p.reached_from for p in found],
        "reached_to": [p.reached_to for p in found],
        "rate_percent": _rates(found),
    }


def _local(at: datetime, asked: Plain) -> str:
    return f"{at.astimezone(ZoneInfo(asked.get('tz', 'UTC'))):%Y-%m-%d}"


def _times(case: Plain, scope: str | None) -> Plain:
    asked = case["funnel"]
    report = _analysis(case, scope).report()
    first, last = _ends(asked)
    until = len(report.rules.steps) - 1 if last is None else last
    return {
        "avg_seconds": report.mean(until, first),
        "bins": [
            list(b) for b in report.histogram(first, until, bins=asked.get("bins"))
        ],
    }


def _label(values: tuple[object, ...]) -> str:
    return "|".join("" if value is None else str(value) for value in values)


def _breakdown(case: Plain, scope: str | None) -> Plain:
    wanted = case["breakdown"]
    found = _analysis(case, scope).breakdown(wanted["by"], wanted["attribution"])
    return {"groups": {_label(v): _figures(report) for v, report in found.items()}}


def _trend_breakdown(case: Plain, scope: str | None) -> Plain:
    asked, wanted = case["funnel"], case["breakdown"]
    analysis = _analysis(case, scope)
    parts = analysis.parts(wanted["by"], wanted["attribution"])
    found = {_label(values): _periods(part, case) for values, part in parts.items()}
    periods = next(iter(found.values()), _periods(analysis, case))
    return {
        "periods": [_local(p.start, asked) for p in periods],
        "groups": {
            label: {"rate_percent": _rates(trend)} for label, trend in found.items()
        },
    }


def _level(case: Plain, scope: str | None) -> Plain:
    asked = case["funnel"]
    found = _analysis(case, scope).levels(asked.get("modes") or ())
    return {"levels": found}


def _error(case: Plain, scope: str | None) -> Plain:
    try:
        rules(case["funnel"], scope)
    except DefinitionError:
        return {"error": True}
    return {"error": False}


KINDS: Final[dict[str, Callable[[Plain, str | None], Plain]]] = {
    "funnel_steps": _steps,
    "funnel_trend": _trend,
    "time_to_convert": _times,
    "funnel_breakdown": _breakdown,
    "funnel_trend_breakdown": _trend_breakdown,
    "window_funnel_level": _level,
    "definition_error": _error,
}
