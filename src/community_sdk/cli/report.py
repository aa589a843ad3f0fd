"""`report`: the digest of a day, the analysis of a week, a month's report (S22)."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import date

from community_sdk.adapters._output import write_whole
from community_sdk.cli._book import playbook
from community_sdk.cli._outputs import check_outputs, tell_refused, write_refused
from community_sdk.cli._speech import sentence
from community_sdk.cli.run import close, declare_history, gather, history
from community_sdk.errors import DefinitionError
from community_sdk.report.period import Chronicle, html, text

__all__ = ["declare", "run"]


def declare(parser: ArgumentParser, lang: str) -> None:
    """Name the arguments."""
    declare_history(parser, lang)
    told = sentence("cli.arg_period", lang)
    units = ("day", "week", "month")
    parser.add_argument("--period", required=True, choices=units, help=told)
    told = sentence("cli.arg_on", lang)
    parser.add_argument("--on", metavar="DAY", help=told)
    told = sentence("cli.arg_names", lang)
    parser.add_argument("--names", action="store_true", help=told)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Replay the history and report on the period; 3 when rows were refused."""
    lang, on = arguments.lang, _day(arguments.on)
    book = playbook(arguments)
    table = history(book, arguments)
    check_outputs(arguments, table.source)
    chronicle, work = gather(
        lambda: Chronicle(book, source=table.source), table, arguments
    )
    code = write_refused(work.refusals, arguments, table.source, book.community.zone)
    try:
        found = chronicle.report(arguments.period, on=on, names=arguments.names)
    except DefinitionError:
        tell_refused(work.refusals, arguments, table.source)
        raise
    if arguments.report:
        write_whole(arguments.report, [html.render(found, lang)])
    print(text.render(found, lang))
    close(work, arguments)
    return code


def _day(text: str | None) -> date | None:
    """Return the day asked for.

    Raises:
        DefinitionError: it is no day.
    """
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise DefinitionError(
            f"expected a day such as 2026-03-31, found `{text}`",
            code="cli.day",
            hint="write year, month and day: `--on 2026-03-31`",
            found=str(text),
        ) from None
