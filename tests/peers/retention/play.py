"""Words of the cases on retention, RFM and growth, as words of the library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from attrs import frozen

from community_sdk import metrics as of
from community_sdk.events import Custom
from community_sdk.model import EventId, MemberId
from tests.peers.frame import Plain
from tests.peers.retention import shop

COLUMNS: Final = {
    "frequency": "frequency",
    "age": "age",
    "monetary_value": "monetary",
    "recency_since_last": "recency",
    "recency": "tenure_at_last",
}


def failures(case: Plain) -> list[str]:
    """Return what the library answers otherwise than *case* expects."""
    answers = KINDS[case["kind"]](case)
    return [
        f"`{key}`: expected {wanted!r}, found {answers[key]!r}"
        for key, wanted in case["expect"].items()
        if key not in _REMARKS and not _same(wanted, answers[key])
    ]


_REMARKS: Final = frozenset({"note", "columns"})


@frozen
class Shown:
    """A figure that the source rounds for display only, up or down."""

    number: Fraction


def _same(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, dict):
        told = cast("Plain", wanted)
        return all(_same(value, found[key]) for key, value in told.items())
    if isinstance(wanted, list):
        row = cast("list[object]", wanted)
        return len(row) == len(found) and all(map(_same, row, found))
    if isinstance(found, Shown):
        return bool(abs(wanted - found.number) < 1)
    if isinstance(found, str):
        return str(wanted) == found
    if isinstance(found, Fraction) and isinstance(wanted, (int, float)):
        printed = Decimal(str(wanted))
        half = Fraction(Decimal((0, (5,), int(printed.as_tuple().exponent) - 1)))
        return abs(Fraction(printed) - found) <= half
    return bool(wanted == found)


def _selection(plain: Plain) -> of.Selection:
    where = [(name, value) for name, _, value in plain.get("where", ())]
    kind = "" if plain.get("any") else f"case:{plain['event']}"
    return of.Selection(kind, tuple(where))


def retention(plain: Plain) -> of.Retention:
    """Return what a case asks to count."""
    return of.Retention(
        target=_selection(plain["target"]),
        returning=_selection(plain["returning"]),
        period=plain["period"],
        cohort=plain["type"],
        bounded=not plain.get("cumulative", False),
        minimum=plain.get("min_occurrences", 1),
        week_start=plain.get("week_start", "monday"),
        zone=plain.get("tz", "UTC"),
    )


def _events(case: Plain) -> Iterator[Custom]:
    for number, (who, name, at, *rest) in enumerate(case["events"]):
        yield Custom(
            id=EventId(str(number)),
            at=datetime.fromisoformat(at),
            member=MemberId(str(who)),
            word=f"case:{name}",
            properties=rest[0] if rest else {},
        )


def _matrix(case: Plain) -> Plain:
    asked, counted = case["retention"], retention(case["retention"])
    start = datetime.fromisoformat(asked["start"])
    if start.tzinfo is None:
        start = start.replace(tzinfo=ZoneInfo(counted.zone))
    found = counted.matrix(_events(case), start=start, intervals=asked["intervals"])
    return {"matrix": [[n for n in row if n is not None] for row in found.counts]}


def _rate(case: Plain) -> Plain:
    asked = case["input"]
    members, size = asked["return_days"].values(), asked["cohort_size"]
    answers: dict[str, Any] = {}
    for key, bounded in (("bounded_percent", True), ("unbounded_percent", False)):
        counts = of.returns(members, asked["days"] + 1, bounded=bounded, size=size)
        shares = [of.share(number, size) for number in counts]
        answers[key] = [None if s is None else of.cut(s * 100) for s in shares]
    return answers


def _bought(asked: Plain) -> list[of.Transaction]:
    return [
        (str(who), date.fromisoformat(day[:10]), Fraction(str(rest[0])) if rest else 0)
        for who, day, *rest in asked["transactions"]
    ]


def _end(asked: Plain) -> date | None:
    return date.fromisoformat(asked["end"]) if "end" in asked else None


def _summary(case: Plain) -> Plain:
    asked, expected = case["input"], case["expect"]
    form: Any = "segment" if asked.get("include_first") else "model"
    unit = shop.UNITS[asked.get("unit", "day")]
    found = of.rfm_figures(_bought(asked), end=_end(asked), unit=unit, form=form)
    columns: list[Any] = [COLUMNS.get(c, c) for c in expected.get("columns", ())]
    rows = {
        who: [who if c == "id" else getattr(figures, c) for c in columns]
        for who, figures in found.items()
    }
    told = [str(row[columns.index("id")]) for row in expected.get("rows", ())]
    unasked = [row for who, row in rows.items() if who not in told]
    return {
        "rows": [*(rows.get(who) for who in told), *unasked],
        "monetary_value": {who: figures.monetary for who, figures in found.items()},
        "frequency": {who: figures.frequency for who, figures in found.items()},
    }


def _scores(asked: Plain) -> of.RfmScores:
    figures = of.rfm_figures(
        _bought(asked), end=_end(asked), unit=shop.UNITS[asked.get("unit", "day")]
    )
    return of.RfmScale(classes=asked.get("quantiles", 4)).score(figures)


def _segments(case: Plain) -> Plain:
    found = _scores(case["input"])
    names = case["input"].get("segment_map", of.RETAIL_SEGMENTS)
    return {
        "segments": found.segments(names),
        "warning": found.short,
        "max_frequency_score": found.classes[1],
    }


def _split(case: Plain) -> Plain:
    asked = case["input"]
    found = of.split(
        _bought(asked),
        calibration=date.fromisoformat(asked["calibration_end"]),
        observation=date.fromisoformat(asked["observation_end"]),
        unit=shop.UNITS[asked.get("unit", "day")],
    )
    return {
        "holdout_frequency": {who: later for who, (_, later) in found.items()},
        "frequency": {who: known.frequency for who, (known, _) in found.items()},
    }


def _gravity(case: Plain) -> Plain:
    asked = case["input"]
    found = of.gravity(tuple(asked["weights"].values()), asked["members"])
    return {
        "weighted_commitment": {p: g.commitment for p, g in found.items()},
        "change": {p: g.change for p, g in found.items()},
        "gravity": {p: g.gravity for p, g in found.items()},
    }


def _density(case: Plain) -> Plain:
    found = of.density(case["input"]["members"], case["input"]["connections"])
    return dict(zip(("potential", "density"), found, strict=True))


def _decay(case: Plain) -> Plain:
    asked = case["input"]
    strength, lost = (Fraction(str(asked[k])) for k in ("strength", "monthly_decay"))
    left = [of.decayed(strength, lost, months) for months in asked["idle_months"]]
    return {"rounded_1": [of.cut(each, 1) for each in left]}


def _viral(case: Plain) -> Plain:
    asked = case["input"]
    if "rows" in asked:
        rows = [dict(zip(asked["columns"], row, strict=True)) for row in asked["rows"]]
        return {"k_rounded_2": [of.nearest(_weekly(row), 2) for row in rows]}
    spread = _spread(asked)
    waves: dict[str, list[object]] = {}
    for n in case["expect"].get("waves", {}):
        wave = spread.wave(int(n))
        waves[n] = [wave.day, Shown(wave.new), Shown(wave.cumulative)]
    reached = spread.waves_to(10_000)
    days = None if reached is None else of.nearest(reached * spread.cycle_days)
    return {
        "k": spread.k,
        "waves": waves,
        "waves_to_10000": reached,
        "days_to_10000": days,
    }


def _spread(asked: Plain) -> of.Spread:
    return of.Spread(
        seed=asked.get("seed", 1),
        invitations=Fraction(str(asked["invitations_per_user"])),
        acceptance=Fraction(str(asked["acceptance_rate"])),
        cycle_days=asked.get("cycle_days", 1),
    )


def _weekly(row: Plain) -> Fraction:
    """Return k of one period: invitations of each member × acceptance of each."""
    figures = {name: Fraction(str(value)) for name, value in row.items()}
    if "invitations_per_user" in figures:
        return _spread(row).k

    def told(*words: str) -> Fraction:
        return next(v for n, v in figures.items() if any(w in n for w in words))

    sent = told("sent", "invit")
    return sent / told("user", "member") * (told("accept", "join", "sign") / sent)


def _funnel(case: Plain) -> Plain:
    exposed, counts = case["input"]["exposed"], case["input"]["counts"]
    return {
        "share_of_all": [of.share(n, exposed) for n in counts],
        "share_of_previous": list(map(of.share, counts, [exposed, *counts])),
    }


KINDS: Final[dict[str, Callable[[Plain], Plain]]] = {
    "retention_matrix": _matrix,
    "retention_rate": _rate,
    "rfm_summary": _summary,
    "rfm_segments": _segments,
    "rfm_degenerate": _segments,
    "rfm_split": _split,
    "rfm_real_data": shop.purchases,
    "retention_real_data": shop.cohorts,
    "community_gravity": _gravity,
    "community_density": _density,
    "connection_decay": _decay,
    "viral_growth": _viral,
    "funnel_rates": _funnel,
}
