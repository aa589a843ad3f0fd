"""`backtest`: who would have been treated differently over a history, when and why."""

from __future__ import annotations

import csv
import io
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final, TextIO

from attrs import define, evolve, field

from community_sdk._time import zone as zone_of
from community_sdk.adapters._output import write_whole
from community_sdk.adapters.tables import Refusal, Table, read_table
from community_sdk.backtest import AS_ACTED, AsActed, Comparison, Difference, backtest
from community_sdk.cli._book import add_parameters, parameters
from community_sdk.cli._outputs import check_outputs, tell_refused, write_refused
from community_sdk.cli._progress import Progress
from community_sdk.cli._speech import sentence, tell
from community_sdk.decisions import Decision
from community_sdk.errors import HistoryError
from community_sdk.events import Event
from community_sdk.explanation import Explanation
from community_sdk.operation import SystemClock, refuse_future
from community_sdk.playbook import Playbook, load
from community_sdk.report.backtest import html, text
from community_sdk.wording import Names, phrase, say, say_decision, say_problem, word

__all__ = ["declare", "run"]

OPERATORS: Final = "operators"
_COLUMNS: Final = (
    *("at", "member", "kind", "how", "first", "second"),
    *("why_first", "why_second", "parted_at", "impossible"),
)


def declare(parser: ArgumentParser, lang: str) -> None:
    """Name the arguments."""
    for name, metavar in (("playbook", "A"), ("against", "B"), ("events", "F")):
        key = "arg_backtest" if name == "playbook" else f"arg_{name}"
        told = sentence(f"cli.{key}", lang)
        parser.add_argument(f"--{name}", required=True, metavar=metavar, help=told)
    add_parameters(parser, lang)
    told = sentence("cli.arg_set_against", lang)
    parser.add_argument(
        *("--set-against",),
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=told,
    )
    for name, metavar in (
        ("mapping", "M"),
        ("zone", "Z"),
        ("encoding", "E"),
        ("report", "HTML"),
        ("out", "CSV"),
        ("refused", "FILE"),
    ):
        told = sentence(f"cli.arg_{name}", lang)
        parser.add_argument(f"--{name}", metavar=metavar, help=told)
    told = sentence("cli.arg_sort", lang)
    parser.add_argument("--sort", action="store_true", help=told)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Compare the two over the history; 3 when rows were refused."""
    lang = arguments.lang
    books = _books(arguments)
    named = [book for book in books if isinstance(book, Playbook)]
    table = read_table(
        arguments.events,
        arguments.mapping,
        zone=arguments.zone,
        community=str(named[0].community.key) if named else "",
        encoding=arguments.encoding,
    )
    check_outputs(arguments, table.source)
    both = [Names.of(book) for book in named]
    names = Names(
        {key: titles for one in both for key, titles in one.titles.items()},
        frozenset(key for one in both for key in one.funnels),
    )
    with TemporaryFile("w+", encoding="utf-8", newline="") as rows:
        sheet = _Sheet(rows, lang, names, _zone(books)) if arguments.out else None
        work = _Work(table, Progress(table.size))
        found = work.compare(books, sheet, in_order=arguments.sort)
        code = write_refused(work.refusals, arguments, table.source, _zone(books))
        if arguments.out:
            rows.seek(0)
            write_whole(arguments.out, rows)
    _report(_told_apart(found, arguments), arguments, names, work)
    return code


def _told_apart(found: Comparison, arguments: Namespace) -> Comparison:
    """Name two playbooks of one name and version by their files, else by settings."""
    sides = (found.one, found.other)
    if len({(side.name, side.version) for side in sides}) > 1:
        return found
    marks = (arguments.playbook, arguments.against)
    if marks[0] == marks[1]:
        marks = ("", ", ".join(arguments.set_against))
    names = [
        phrase("backtest.named", arguments.lang, {"name": side.name, "mark": mark})
        if mark
        else side.name
        for side, mark in zip(sides, marks, strict=True)
    ]
    one, other = map(lambda s, n: evolve(s, name=n), sides, names)
    return evolve(found, one=one, other=other)


def _report(found: Comparison, arguments: Namespace, names: Names, work: _Work) -> None:
    lang, source = arguments.lang, work.table.source
    if arguments.report:
        page = html.render(found, lang, names=names, source=source)
        write_whole(arguments.report, [page])
    print(text.render(found, lang, names=names, source=source))
    for note in work.table.notes:
        print(say_problem(note, lang))
    if arguments.report:
        tell("cli.report", lang, file=arguments.report)
    if arguments.out:
        tell("cli.differences", lang, count=found.different, file=arguments.out)
    tell_refused(work.refusals, arguments, source)


def _books(arguments: Namespace) -> tuple[Playbook | AsActed, Playbook | AsActed]:
    """Return both sides; what is set for the second comes after what is for both."""
    given = parameters(arguments)
    more = parameters(Namespace(set=arguments.set_against))
    return (
        _side(arguments.playbook, given, arguments.zone),
        _side(arguments.against, given | more, arguments.zone),
    )


def _side(name: str, given: dict[str, Any], zone: str | None) -> Playbook | AsActed:
    if name == OPERATORS and not Path(name).exists():
        return AS_ACTED
    book = load(name, **given)
    if zone is None:
        return book
    zone_of(zone)
    return evolve(book, community=evolve(book.community, zone=zone))


def _zone(books: Iterable[Playbook | AsActed]) -> str:
    zones = {b.community.zone for b in books if isinstance(b, Playbook)}
    return zones.pop() if len(zones) == 1 else "UTC"


@define
class _Work:
    """One table on its way through a backtest."""

    table: Table
    progress: Progress
    refusals: list[Refusal] = field(factory=list[Refusal])
    _lines: dict[str, int] = field(factory=dict[str, int])

    def compare(
        self,
        books: tuple[Playbook | AsActed, Playbook | AsActed],
        sheet: _Sheet | None,
        *,
        in_order: bool,
    ) -> Comparison:
        """Replay the table under both; *in_order* sorts it first, in memory."""
        events: Iterable[Event] = self._events()
        if in_order:
            events = sorted(events, key=lambda e: (e.recorded_at, e.at, e.seq))
        found = backtest(
            events,
            *books,
            on_difference=None if sheet is None else sheet.write,
            on_refused=self._refused,
            progress=lambda done: self.progress.at(self.table.position, done),
        )
        self.progress.done()
        return found

    def _events(self) -> Iterator[Event]:
        clock = SystemClock()
        for each in self.table:
            if isinstance(each, Refusal):
                self.refusals.append(each)
                continue
            self._lines = {str(each.id): self.table.line}
            early = refuse_future(each, clock)
            if early is None:
                yield each
            else:
                self._refused(each, early)

    def _refused(self, event: Event, error: HistoryError) -> None:
        self.refusals.append(
            Refusal(
                source=self.table.source,
                line=self._lines.get(str(event.id), 0),
                code=error.code,
                message=error.message,
                hint=error.hint,
                figures=error.figures,
            )
        )


@define
class _Sheet:
    """Every difference as a row of text, in the user's language."""

    out: TextIO
    lang: str
    names: Names
    zone: str

    def __attrs_post_init__(self) -> None:
        self._row(_COLUMNS)

    def write(self, found: Difference) -> None:
        """Write one difference."""
        self._row(
            (
                _when(found.at),
                str(found.member or ""),
                word("decision", found.kind, self.lang, names=self.names),
                found.what.value,
                self._said(found.one),
                self._said(found.other),
                self._why(found.why_one),
                self._why(found.why_other),
                _when(found.parted.at),
                str(int(found.after_one or found.after_other)),
            )
        )

    def _row(self, cells: Iterable[str]) -> None:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(cells)
        self.out.write(line.getvalue())

    def _said(self, decision: Decision | None) -> str:
        if decision is None:
            return ""
        zone, names = self.zone, self.names
        return say_decision(decision, self.lang, zone=zone, names=names, reasons=False)

    def _why(self, why: Explanation | None) -> str:
        if why is None:
            return ""
        return say(why, self.lang, zone=self.zone, names=self.names)


def _when(at: datetime) -> str:
    return at.isoformat()
