"""`member`: give out all that is held about one member, or erase what is personal."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

from community_sdk.adapters.stores.folder import PersonalFolder
from community_sdk.cli._book import add_playbook, playbook
from community_sdk.cli._speech import sentence
from community_sdk.errors import DefinitionError
from community_sdk.operation import Operation, erase, export_member
from community_sdk.wording import say

__all__ = ["declare", "run"]


def declare(parser: ArgumentParser, lang: str) -> None:
    """Name the arguments."""
    add_playbook(parser, lang)
    parser.add_argument("member", help=sentence("cli.arg_member", lang))
    told = sentence("cli.arg_store", lang)
    parser.add_argument("--store", required=True, help=told)
    told = sentence("cli.arg_export", lang)
    parser.add_argument("--export", metavar="FILE", help=told)
    told = sentence("cli.arg_erase", lang)
    parser.add_argument("--erase", action="store_true", help=told)
    told = sentence("cli.arg_beside", lang)
    parser.add_argument("--beside", metavar="FOLDER", help=told)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Export, then erase, as asked; what is exported was held before the erasure."""
    from community_sdk.adapters.stores.sqlite import SqliteStore

    if not (arguments.export or arguments.erase):
        raise DefinitionError(
            "expected `--export FILE`, `--erase` or both",
            code="cli.member",
            hint="say what is to be done",
        )
    if arguments.erase and arguments.beside is None:
        raise DefinitionError(
            "expected `--beside FOLDER`: without it nothing can be erased",
            code="cli.beside",
            hint="name the folder of profiles and texts",
        )
    book = playbook(arguments)
    beside = None if arguments.beside is None else PersonalFolder(arguments.beside)
    store = SqliteStore.open(arguments.store, create=False)
    try:
        operation = Operation.open(book, store)
        if arguments.export:
            _export(operation, beside, arguments)
        if arguments.erase and beside is not None:
            done = erase(operation, arguments.member, beside)
            zone = book.community.zone
            print(say(done.kept, arguments.lang, zone=zone, style="lines"))
    finally:
        store.close()
    return 0


def _export(
    operation: Operation, beside: PersonalFolder | None, arguments: Namespace
) -> None:
    found = export_member(operation, arguments.member, beside=beside)
    text = found.text(arguments.lang)
    if arguments.export == "-":
        print(text)
        return
    if arguments.export.endswith(".json"):
        text = json.dumps(found.content, ensure_ascii=False, indent=2)
    Path(arguments.export).write_text(f"{text}\n", "utf-8")
