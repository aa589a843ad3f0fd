"""The sections of a period report, before they become a page or a text (S22)."""

from __future__ import annotations

from collections.abc import Iterator

from community_sdk.metrics.cohorts import RetentionMatrix
from community_sdk.report._words import percent
from community_sdk.report.period._growth import (
    channels,
    lives,
    segments,
    surveys,
    wishes,
)
from community_sdk.report.period._outline import (
    Grid,
    Section,
    as_told,
    heads,
    number,
    picture,
    titled,
)
from community_sdk.report.period._words import Words
from community_sdk.report.period.rows import StepRow

__all__ = ["sections"]


def sections(words: Words) -> Iterator[Section]:
    """Yield every section that has something to show."""
    for build in (
        _findings,
        _figures,
        _calendar,
        _bands,
        _funnels,
        _cohorts,
        _tiers,
        segments,
        channels,
        _generations,
        _scores,
        lives,
        surveys,
        wishes,
        _decisions,
        _speakers,
    ):
        yield from build(words)


def _findings(words: Words) -> Iterator[Section]:
    said = [*words.warnings(), *words.findings()]
    yield Section(key="findings", title=titled(words, "findings"), said=said)


def _figures(words: Words) -> Iterator[Section]:
    rows = [
        (
            words.figure(f.key),
            words.number(f.value, f.unit),
            words.number(f.before, f.unit),
            words.change(f),
        )
        for f in words.report.figures
        if f.value is not None or f.before is not None
    ]
    grid = Grid(heads(words, "figure", "now", "before", "change"), rows)
    yield Section(
        key="figures",
        title=titled(words, "figures"),
        said=words.unobserved(),
        grids=[grid],
    )


def _calendar(words: Words) -> Iterator[Section]:
    days = words.report.calendar
    seen = [d for d in days if d.active is not None]
    if not seen:
        return
    talks = any(d.messages is not None for d in seen)
    now = words.report.now
    rows = [
        (d.day.isoformat(), number(d.messages), number(d.active))
        for d in days
        if now.since <= d.day < now.until
    ]
    yield Section(
        key="calendar",
        title=titled(words, "calendar"),
        grids=[Grid(heads(words, "day", "messages", "active"), rows)],
        draw=picture("calendar", words),
        captions=[words(f"period.calendar_{'note' if talks else 'members'}")],
        trend=[(d.messages if talks else d.active) or 0 for d in seen],
    )


def _bands(words: Words) -> Iterator[Section]:
    rows = [
        (words.band(b), number(b.members), number(b.before)) for b in words.report.bands
    ]
    if any(b.members or b.before for b in words.report.bands):
        grid = Grid(heads(words, "wrote", "now", "before"), rows)
        yield Section(key="bands", title=titled(words, "bands"), grids=[grid])


def _funnels(words: Words) -> Iterator[Section]:
    for nth, (named, steps) in enumerate(words.funnels()):
        if not steps[0].reached and not steps[0].before:
            continue
        head = heads(words, "step", "now", "of_first", "before", "of_first")
        said: list[str] = []
        if steps[0].open:
            said.append(words("period.still_open"))
        yield Section(
            key=f"funnel{nth}",
            title=named,
            said=said,
            grids=[Grid(head, [_step(words, s) for s in steps])],
            draw=picture("funnel", words, steps),
        )


def _step(words: Words, row: StepRow) -> tuple[str, ...]:
    return (
        words.step(row),
        number(row.reached),
        percent(row.share_of_first),
        number(row.before),
        percent(row.share_before),
    )


def _cohorts(words: Words) -> Iterator[Section]:
    matrix = words.report.cohorts
    if matrix is None or not any(row[0] for row in matrix.counts):
        return
    rows: list[list[str]] = []
    columns = len(matrix.starts)
    for i, start in enumerate(matrix.starts):
        rates = [
            percent(matrix.rate(i, k)) + ("" if _over(matrix, i, k) else "*")
            for k in range(1, columns)
        ]
        day = words("period.local_day", at=start.isoformat())
        rows.append([day, number(matrix.size(i)), *rates])
    head = [*heads(words, "cohort", "size"), *(f"+{k}" for k in range(1, columns))]
    yield Section(
        key="cohorts",
        title=titled(words, "cohorts"),
        said=[words(f"period.cohort_{_cohort(words)}")],
        grids=[Grid(head, rows)],
        draw=picture("cohorts", words, matrix),
        captions=[words("period.cohort_open")],
    )


def _cohort(words: Words) -> str:
    """Return by what cohorts are made, and by what members are back."""
    talks = any(d.messages is not None for d in words.report.calendar)
    if words.report.cohort_of == "joined" and not talks:
        return "joined_purchase"
    return words.report.cohort_of


def _over(matrix: RetentionMatrix, i: int, k: int) -> bool:
    """Tell whether a cell needs no star: it was over, or not observed at all."""
    return matrix.counts[i][k] is None or matrix.complete(i, k)


def _tiers(words: Words) -> Iterator[Section]:
    report = words.report
    for nth, group in enumerate(report.playbook.tiers):
        stocks = [s for s in report.stocks if s.tiers == group.key]
        flows = [f for f in report.flows or () if f.tiers == group.key]
        moved = [f for f in flows if f.before != f.after]
        rows = [(words.word("tier", s.tier), f"{s.members:,}") for s in stocks]
        grids = [Grid(heads(words, "tier", "end"), rows[::-1])]
        if moved:
            moves = [
                (
                    words.tier(f.before, gone=False),
                    words.tier(f.after, gone=True),
                    f"{f.members:,}",
                )
                for f in moved
            ]
            grids.append(Grid(heads(words, "from", "to", "members"), moves, 2))
        said = [] if moved or not flows else [words("period.unmoved")]
        drawn = picture("tiers", words, group, flows) if moved else None
        title = titled(words, "tiers")
        if len(report.playbook.tiers) > 1:
            title = f"{title} · {group.key}"
        yield Section(
            key=f"tiers{nth}",
            title=title,
            said=said,
            grids=grids,
            draw=drawn,
            captions=[words("period.tiers_note")],
        )


def _generations(words: Words) -> Iterator[Section]:
    found = words.report.generations
    if not found:
        return
    rows = [
        (
            words("period.generation", nth=g.generation),
            *map(number, (g.members, g.sharers, g.invited)),
            words.ratio(g.k),
        )
        for g in found
    ]
    head = heads(words, "generation", "members", "sharers", "invited", "k")
    yield Section(
        key="generations",
        title=titled(words, "generations"),
        grids=[Grid(head, rows)],
        draw=picture("generations", words),
        captions=[words("period.generations_note")],
    )


def _scores(words: Words) -> Iterator[Section]:
    keys = ("kpi", "now", "before", "target", "reached", "weight")
    for nth, row in enumerate(words.report.scores):
        rows = [
            (
                words.word("kpi", one.kpi),
                *map(as_told, (one.figure, one.before)),
                number(one.target),
                "–" if one.reached is None else f"{one.reached}%",
                number(one.weight),
            )
            for one in row.rows
        ]
        score = "–" if row.score is None else f"{row.score}%"
        said = [words("period.score", score=score)]
        if row.change is not None:
            said.append(words("period.score_change", change=words.signed(row.change)))
        if not row.whole:
            said.append(words("period.score_partial"))
        yield Section(
            key=f"score{nth}",
            title=words.scored(row),
            said=said,
            grids=[Grid(heads(words, *keys), rows)] if rows else [],
            draw=picture("score", words, row) if row.reached else None,
            beside=True,
        )


def _decisions(words: Words) -> Iterator[Section]:
    found = words.report.decisions
    live = all(row.mode == "act" for row in found)
    rows = [
        (
            words.word("decision", row.kind),
            *(() if live else (words.word("mode", row.mode),)),
            number(row.count),
            number(row.before),
        )
        for row in found
    ]
    if rows:
        keys = ("decision", *(() if live else ("mode",)), "now", "before")
        grid = Grid(heads(words, *keys), rows, 1 if live else 2)
        yield Section(key="decisions", title=titled(words, "decisions"), grids=[grid])


def _speakers(words: Words) -> Iterator[Section]:
    rows = [(s.member, f"{s.messages:,}") for s in words.report.speakers]
    if rows:
        grid = Grid(heads(words, "member", "messages"), rows)
        yield Section(key="speakers", title=titled(words, "speakers"), grids=[grid])
