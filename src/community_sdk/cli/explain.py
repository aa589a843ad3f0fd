"""`explain`: where one member stands, what is missing, what was decided and why."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from community_sdk.adapters.tables import Refusal, read_table
from community_sdk.cli._book import add_playbook, playbook
from community_sdk.cli._speech import sentence
from community_sdk.decisions import Decision
from community_sdk.engine import WholeEngine
from community_sdk.errors import DefinitionError, HistoryError
from community_sdk.explanation import Explanation
from community_sdk.operation import Operation, statements
from community_sdk.playbook import Playbook
from community_sdk.statement import StatementOfReasons
from community_sdk.wording import Names, say, say_decision

__all__ = ["declare", "run"]

Told = tuple[Explanation, list[Decision], list[StatementOfReasons]]


def declare(parser: ArgumentParser, lang: str) -> None:
    """Name the arguments."""
    add_playbook(parser, lang)
    parser.add_argument("member", help=sentence("cli.arg_member", lang))
    for name in ("events", "mapping", "store"):
        parser.add_argument(f"--{name}", help=sentence(f"cli.arg_{name}", lang))
    parser.add_argument(
        "--reasons", action="store_true", help=sentence("cli.arg_reasons", lang)
    )
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Explain one member, from a store or by replaying a history."""
    if (arguments.store is None) == (arguments.events is None):
        raise DefinitionError(
            "expected either `--store` or `--events`",
            code="cli.source",
            hint="name the database of a running community, or a history to replay",
        )
    book, lang = playbook(arguments), arguments.lang
    if arguments.store is not None:
        standing, decisions, reasons = _stored(book, arguments)
    else:
        standing, decisions, reasons = _replayed(book, arguments)
    if standing["status"] == "unknown" and not decisions:
        raise HistoryError(
            f"nothing is known of member `{arguments.member}`",
            code="cli.no_member",
            found=arguments.member,
        )
    zone, names = book.community.zone, Names.of(book)
    print(say(standing, lang, zone=zone, style="lines", names=names))
    for decision in decisions:
        print(say_decision(decision, lang, zone=zone, names=names))
    for each in reasons if arguments.reasons else ():
        told = each.explanation()
        print(say(told, lang, zone=zone, style="lines", names=names))
    return 0


def _stored(book: Playbook, arguments: Namespace) -> Told:
    from community_sdk.adapters.stores.sqlite import (
        SqliteStore,
    )

    store = SqliteStore.open(arguments.store, create=False)
    try:
        operation = Operation.open(book, store)
        found = list(operation.decisions(arguments.member))
        state = operation.view(arguments.member)
        reasons = list(statements(book.policies, state, found))
        return operation.standing(arguments.member), found, reasons
    finally:
        store.close()


def _replayed(book: Playbook, arguments: Namespace) -> Told:
    engine = book.engine()
    whole = WholeEngine(engine)
    found: list[Decision] = []

    def keep(decisions: Iterator[Decision]) -> None:
        found.extend(d for d in decisions if d.member == arguments.member)

    for each in read_table(arguments.events, arguments.mapping, zone=arguments.zone):
        if isinstance(each, Refusal):
            continue
        try:
            keep(iter(whole.receive(each)))
        except HistoryError:
            continue
    if engine.now is not None:
        keep(iter(whole.advance(engine.now)))
    reasons = statements(book.policies, engine.view(arguments.member), found)
    return engine.standing(arguments.member), found, list(reasons)
