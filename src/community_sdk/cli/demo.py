"""`demo`: the whole way on shipped data of a real community, ending in a report."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from importlib.resources import as_file, files
from importlib.util import find_spec
from typing import Any, Final

from community_sdk.adapters.tables import read_table
from community_sdk.cli._speech import sentence, tell
from community_sdk.cli.run import replay
from community_sdk.playbook import load

__all__ = ["declare", "run"]

CREDIT = "dd2030 / digitaldemocracy2030 slack-logs, CC BY 4.0"
ZONE = "Asia/Tokyo"
TITLES: Final[dict[str, Any]] = {
    "title_en": "Digital Democracy 2030",
    "title_zh": "数字民主 2030",
}


def declare(parser: ArgumentParser, lang: str) -> None:
    """Name the arguments."""
    told = sentence("cli.arg_report", lang)
    parser.add_argument(
        "--report", default="community_report.html", metavar="HTML", help=told
    )
    told = sentence("cli.arg_store", lang)
    parser.add_argument("--store", metavar="URL", help=told)
    parser.set_defaults(run=run, sort=False, adopt=False, refused=None)


def run(arguments: Namespace) -> int:
    """Replay ten weeks of a Japanese civic-tech community by `smart_home`."""
    lang = arguments.lang
    book = load("smart_home", key="dd2030", zone=ZONE, **TITLES)
    tell("cli.demo", lang, credit=CREDIT, playbook="smart_home", zone=ZONE)
    if find_spec("matplotlib") is None:
        tell("cli.no_plots", lang)
        arguments.report = None
    shelf = files("community_sdk.cli") / "demo_data"
    with as_file(shelf) as folder:
        table = read_table(
            folder / "dd2030_slack.csv.gz",
            folder / "dd2030_slack.toml",
            community=str(book.community.key),
        )
        return replay(book, table, arguments, credit=CREDIT)
