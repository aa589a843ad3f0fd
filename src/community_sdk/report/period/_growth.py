"""The sections on channels, segments, the life of groups, and what members say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from community_sdk.report._words import percent
from community_sdk.report.period._outline import (
    Grid,
    Section,
    heads,
    number,
    picture,
    titled,
)
from community_sdk.report.period._words import Words

__all__ = ["channels", "lives", "segments", "surveys", "wishes"]


def lives(words: Words) -> Iterator[Section]:
    """Yield where groups stand in their life, and what changed."""
    found = words.report.lives
    if not found:
        return
    rows = [
        (
            words.group(row.group),
            words.word("lifecycle", row.state),
            "–" if row.before is None else words.word("lifecycle", row.before),
        )
        for row in found
    ]
    said = [words.life_change(one) for one in words.report.life_changes]
    yield Section(
        key="lives",
        title=titled(words, "lives"),
        said=[*words.trial(found), *(said or [words("period.steady")])],
        grids=[Grid(heads(words, "group", "state", "state_before"), rows, 3)],
    )


def segments(words: Words) -> Iterator[Section]:
    """Yield how many members each segment has."""
    for nth, (key, rows) in enumerate(
        groupby(words.report.segments, key=lambda row: row.segments)
    ):
        found = list(rows)
        told = [
            (
                words.segment(row.segment),
                number(row.members),
                number(row.before),
                "–" if row.before is None else words.signed(row.members - row.before),
            )
            for row in found
        ]
        keys = ("segment", "end", "beginning", "change")
        bars = [
            (name, row.members, row.before)
            for (name, *_), row in zip(told, found, strict=True)
        ]
        yield Section(
            key=f"segments{nth}",
            title=words("period.segments", name=words.word("segments", key)),
            said=words.trial(found),
            grids=[Grid(heads(words, *keys), told)],
            draw=picture("bars", words, bars, "segments"),
        )


def channels(words: Words) -> Iterator[Section]:
    """Yield what each channel brought and cost."""
    found = words.report.channels
    if not found:
        return
    columns = {
        "people": [number(row.people) for row in found],
        "people_before": [number(row.people_before) for row in found],
    }
    if any(row.costs or row.costs_before for row in found):
        columns["cost"] = [words.money(row.costs) for row in found]
        columns["cost_each"] = [words.money(row.cost_each) for row in found]
    if any(row.good is not None for row in found):
        columns["quality"] = [percent(row.quality) for row in found]
    if any(row.converted is not None for row in found):
        columns["conversion"] = [percent(row.conversion) for row in found]
        columns["conversion_before"] = [percent(row.conversion_before) for row in found]
    if any(row.costs_before for row in found):
        before = [row.costs_before or () for row in found]
        columns["cost_before"] = [words.money(costs) for costs in before]
    columns["joins"] = [number(row.joins) for row in found]
    names = [words.channel(row.channel) for row in found]
    bars = [
        (n, row.people, row.people_before) for n, row in zip(names, found, strict=True)
    ]
    yield Section(
        key="channels",
        title=titled(words, "channels"),
        grids=[
            Grid(
                heads(words, "channel", *columns),
                list(zip(names, *columns.values(), strict=True)),
            )
        ],
        draw=picture("bars", words, bars, "channels"),
        beside=True,
    )


def surveys(words: Words) -> Iterator[Section]:
    """Yield what came of surveys."""
    found = words.report.surveys
    if not found:
        return
    rows = [
        (
            words.survey(row),
            words.rated(row.figure, row.scale),
            words.rated(row.before, row.scale),
            number(row.answered),
            number(row.invited),
            percent(row.rate),
        )
        for row in found
    ]
    keys = ("survey", "figure_of", "figure_before", "answered", "asked", "rate")
    rated = [row for row in found if row.ratings]
    yield Section(
        key="surveys",
        title=titled(words, "surveys"),
        grids=[Grid(heads(words, *keys), rows)],
        draw=picture("ratings", words, rated) if rated else None,
        captions=[words("period.surveys_note")],
        beside=True,
    )


def wishes(words: Words) -> Iterator[Section]:
    """Yield what members wished for, and what was done about it."""
    report = words.report
    if not report.wishes and not report.answers:
        return
    made = [
        (words.topic(row.topic), number(row.made), number(row.before), number(row.open))
        for row in report.wishes
    ]
    done = [
        (
            words.word("done", row.outcome),
            words.listed(row.references),
            number(row.count),
            number(row.before),
        )
        for row in report.answers
    ]
    grids = (
        [Grid(heads(words, "topic", "made", "before", "waiting"), made)] if made else []
    )
    if done:
        keys = ("outcome", "reference", "now", "before")
        grids.append(Grid(heads(words, *keys), done, 2))
    yield Section(key="wishes", title=titled(words, "wishes"), grids=grids)
