"""`run`: replay a history through a playbook and show what it decides, and why."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from community_sdk.adapters._output import write_whole
from community_sdk.adapters.tables import Table, read_table, write_refusals
from community_sdk.cli._book import add_playbook, playbook
from community_sdk.cli._outputs import check_outputs, refused_file
from community_sdk.cli._progress import Progress
from community_sdk.cli._replay import InMemory, OnStore, Replay, recall
from community_sdk.cli._speech import sentence, tell
from community_sdk.operation import Operation
from community_sdk.playbook import Playbook
from community_sdk.ports import EventStore
from community_sdk.report import Summary, html, text
from community_sdk.wording import say_problem

__all__ = ["declare", "replay", "run"]

ROWS_REFUSED = 3


def declare(parser: ArgumentParser, lang: str) -> None:
    """Name the arguments."""
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
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Replay the history; 3 when rows were refused."""
    book = playbook(arguments)
    table = read_table(
        arguments.events,
        arguments.mapping,
        zone=arguments.zone,
        community=str(book.community.key),
        encoding=arguments.encoding,
    )
    return replay(book, table, arguments)


def replay(book: Playbook, table: Table, arguments: Namespace, credit: str = "") -> int:
    """Replay *table* through *book* and show the summary, as the arguments say."""
    lang = arguments.lang
    check_outputs(arguments, table.source)
    summary = Summary(book, source=table.source, credit=credit)
    progress = Progress(table.size)
    work = Replay(table, summary, progress)
    store = _store(arguments.store)
    try:
        running = _running(book, store, adopt=arguments.adopt)
        work.feed(running, in_order=arguments.sort)
        seconds = progress.seconds()
        if isinstance(running, OnStore) and work.known:
            summary = Summary(book, source=table.source, credit=credit)
            for refusal in work.refusals:
                summary.refuse(refusal)
            recall(running.operation, summary)
        engine = running.operation if isinstance(running, OnStore) else running.engine
        summary.finish(engine, seconds=None if work.known else seconds)
    finally:
        if store is not None:
            store.close()
    code = _refusals(work, arguments)
    if arguments.report:
        write_whole(arguments.report, [html.render(summary, lang)])
    print(text.render(summary, lang))
    for note in table.notes:
        print(say_problem(note, lang))
    if work.known:
        tell("cli.known", lang, count=work.known)
    if arguments.report:
        tell("cli.report", lang, file=arguments.report)
    if work.refusals:
        file = refused_file(arguments, table.source)
        tell("cli.refused", lang, count=len(work.refusals), file=file)
        if any(r.code == "event.too_late" for r in work.refusals):
            tell("cli.sort", lang)
    return code


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


def _refusals(work: Replay, arguments: Namespace) -> int:
    """Write the refused rows down first: no later failure may lose them."""
    if not work.refusals:
        return 0
    write_refusals(refused_file(arguments, work.table.source), work.refusals)
    return ROWS_REFUSED
