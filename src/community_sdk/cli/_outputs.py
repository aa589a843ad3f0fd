"""Where a command writes: checked before the work, never over what it reads."""

from __future__ import annotations

import errno
import os
from argparse import Namespace
from collections.abc import Collection
from pathlib import Path

from community_sdk.adapters.tables import Refusal, write_refusals
from community_sdk.cli._speech import tell
from community_sdk.errors import DefinitionError, WorldError
from community_sdk.wording import say_problem

__all__ = ["check_outputs", "refused_file", "tell_refused", "write_refused"]

_ROWS_REFUSED = 3
_READ = ("events", "mapping", "playbook", "against")


def refused_file(arguments: Namespace, source: str) -> str:
    """Return where refused rows of the table *source* go."""
    stem = Path(source).name.partition(".")[0] or "events"
    return arguments.refused or f"{stem}.refused.jsonl"


def write_refused(
    refusals: Collection[Refusal], arguments: Namespace, source: str, zone: str
) -> int:
    """Write the refused rows of *source* down, in words that the user reads.

    Returns:
        The exit code: 3 where there are any.

    Raises:
        WorldError: the disk does not take it.
    """
    lang = arguments.lang
    if not refusals:
        return 0

    def say(refusal: Refusal) -> str:
        return say_problem(refusal, lang, zone=zone)

    file = refused_file(arguments, source)
    write_refusals(file, refusals, None if lang == "en" else say)
    return _ROWS_REFUSED


def tell_refused(
    refusals: Collection[Refusal], arguments: Namespace, source: str
) -> None:
    """Tell how many rows of *source* were refused and where the reasons are."""
    lang, file = arguments.lang, refused_file(arguments, source)
    if refusals:
        tell("cli.refused", lang, count=len(refusals), file=file)
    if any(refusal.code == "event.too_late" for refusal in refusals):
        tell("cli.sort", lang)


def check_outputs(arguments: Namespace, source: str) -> None:
    """Refuse, before an hour of work is done, what could not or must not be written.

    Raises:
        DefinitionError: no such folder, or a file that is read, or twice the same.
        WorldError: there is no folder for the refused rows.
        OSError: a folder stands there.
    """
    taken = {name: getattr(arguments, name, None) for name in _READ}
    store = getattr(arguments, "store", None)
    taken["store"] = store.removeprefix("sqlite:///") if store else None
    _refused_folder(arguments.refused)
    out = getattr(arguments, "out", None)
    for written in (arguments.report, out):
        _report_folder(written)
    outputs = {
        "report": arguments.report,
        "out": out,
        "refused": refused_file(arguments, source),
    }
    for name, path in outputs.items():
        if not path:
            continue
        if Path(path).is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        for other, used in taken.items():
            if used and _same(path, used):
                raise DefinitionError(
                    f"`--{name}` and `--{other}` name the same file `{path}`",
                    code="cli.same_file",
                    hint=f"name another file for `--{name}`",
                    found=path,
                    one=f"--{name}",
                    other=f"--{other}",
                )
        taken[name] = path


def _same(one: str, other: str) -> bool:
    if os.path.realpath(one) == os.path.realpath(other):
        return Path(one).is_file() or not Path(one).exists()
    both = Path(one).is_file() and Path(other).is_file()
    return both and Path(one).samefile(other)


def _report_folder(report: str | None) -> None:
    if report and not Path(report).resolve().parent.is_dir():
        folder = str(Path(report).resolve().parent)
        raise DefinitionError(
            f"expected an existing folder for the report, found `{folder}`",
            code="cli.folder",
            hint=f"mkdir -p {folder}",
            found=folder,
        )


def _refused_folder(refused: str | None) -> None:
    if refused and not Path(refused).resolve().parent.is_dir():
        reason = os.strerror(errno.ENOENT).lower()
        raise WorldError(
            f"refused rows could not be written to `{refused}`: {reason}",
            code="table.write",
            hint="free some space or name another folder",
            path=refused,
            reason=reason,
        )
