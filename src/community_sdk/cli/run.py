"""`run`: replay a history through a playbook and show what it decides, and why."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import TypeVar

from community_sdk.adapters._output import write_whole
from community_sdk.adapters.tables import Table, read_table
from community_sdk.cli._book import add_playbook, playbook
from community_sdk.cli._outputs import check_outputs, tell_refused, write_refused
from community_sdk.cli._progress import Progress
from community_sdk.cli._replay import InMemory, OnStore, Replay, recall
from community_sdk.cli._speech import sentence, tell
from community_sdk.operation import Operation
from community_sdk.playbook import Playbook
from community_sdk.ports import EventStore
from community_sdk.report import Summary, html, text
from community_sdk.wording import say_problem

__all__ = [
    "close",
    "declare",
    "declare_history",
    "gather",
    "history",
    "replay",
    "run",
]

S = TypeVar("S", bound=Summary)


def declare(parser: ArgumentParser, lang: str) -> None:
    """Name the arguments."""
    declare_history(parser, lang)
    parser.set_defaults(run=run)


def declare_history(parser: ArgumentParser, lang: str) -> None:
    """Name the arguments of a command that replays a table through a playbook."""
    add_playbook(parser, lang)
    for name, metavar in (
        ("events", "F"),
        ("mapping", "M"),
        ("encoding", "E"),
        ("store", "URL"),
        ("report", "HTML"),
        ("refused", "FILE"),
    ):
        told = sentence(f"cli.arg_{name}", lang)
        required = name == "events"
        parser.add_argument(f"--{name}", required=required, metavar=metavar, help=told)
    told = sentence("cli.arg_sort", lang)
    parser.add_argument("--sort", action="store_true", help=told)
    told = sentence("cli.arg_adopt", lang)
    parser.add_argument("--adopt", action="store_true", help=told)


def run(arguments: Namespace) -> int:
    """Replay the history; 3 when rows were refused."""
    book = playbook(arguments)
    return replay(book, history(book, arguments), arguments)


def history(book: Playbook, arguments: Namespace) -> Table:
    """Return the table that the arguments name."""
    return read_table(
        arguments.events,
        arguments.mapping,
        zone=arguments.zone,
        community=str(book.community.key),
        encoding=arguments.encoding,
    )


def replay(book: Playbook, table: Table, arguments: Namespace, credit: str = "") -> int:
    """Replay *table* through *book* and show the summary, as the arguments say."""
    lang = arguments.lang
    check_outputs(arguments, table.source)
    summary, work = gather(
        lambda: Summary(book, source=table.source, credit=credit), table, arguments
    )
    # No later failure may lose what was refused.
    code = write_refused(work.refusals, arguments, table.source, book.community.zone)
    if arguments.report:
        write_whole(arguments.report, [html.render(summary, lang)])
    print(text.render(summary, lang))
    close(work, arguments)
    return code


def gather(
    begin: Callable[[], S], table: Table, arguments: Namespace
) -> tuple[S, Replay]:
    """Replay *table* into a summary that *begin* makes; over a store, all on record."""
    summary = begin()
    progress = Progress(table.size)
    work = Replay(table, summary, progress)
    store = _store(arguments.store)
    try:
        running = _running(summary.playbook, store, adopt=arguments.adopt)
        work.feed(running, in_order=arguments.sort)
        seconds = progress.seconds()
        if isinstance(running, OnStore) and work.known:
            summary = begin()
            for refusal in work.refusals:
                summary.refuse(refusal)
            recall(running.operation, summary)
        engine = running.operation if isinstance(running, OnStore) else running.engine
        summary.finish(engine, seconds=None if work.known else seconds)
    finally:
        if store is not None:
            store.close()
    return summary, work


def close(work: Replay, arguments: Namespace) -> None:
    """Tell what is to be known beside the report."""
    lang, table = arguments.lang, work.table
    for note in table.notes:
        print(say_problem(note, lang))
    if work.known:
        tell("cli.known", lang, count=work.known)
    if arguments.report:
        tell("cli.report", lang, file=arguments.report)
    tell_refused(work.refusals, arguments, table.source)


def _store(address: str | None) -> EventStore | None:
    if address is None:
        return None
    from community_sdk.adapters.stores.sqlite import (
        SqliteStore,
    )

    return SqliteStore.open(address)


def _running(
    book: Playbook, store: EventStore | None, *, adopt: bool
) -> InMemory | OnStore:
    if store is None:
        return InMemory(book.engine())
    return OnStore(Operation.open(book, store, outbox=False, adopt=adopt))
