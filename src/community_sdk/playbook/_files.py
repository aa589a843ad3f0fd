"""Playbooks from files and texts, checked whole: every mistake at once (S01–S31).

Law: what `dumps` writes, `loads` reads back as an equal playbook.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import evolve

from community_sdk.errors import (
    DefinitionError,
    PlaybookError,
    Problem,
    StoreError,
    nearest,
)
from community_sdk.model import Rulebook
from community_sdk.playbook._checks import check
from community_sdk.playbook._layout import Layout, is_shipped, shipped
from community_sdk.playbook._migrate import migrate
from community_sdk.playbook._notes import Notes, placed
from community_sdk.playbook._parts import Parts
from community_sdk.playbook._playbook import Playbook
from community_sdk.playbook._schema import describe
from community_sdk.playbook._shapes import Schema
from community_sdk.playbook._template import Parameter, fill, parameters
from community_sdk.playbook._toml import LARGEST, decode, parse
from community_sdk.playbook._write import toml

__all__ = [
    "PlaybookFormat",
    "converter",
    "dumps",
    "json_schema",
    "library",
    "load",
    "loads",
    "parameters_of",
    "restore",
    "tables",
]

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

Source = str | os.PathLike[str]
_SUFFIX: Final = ".toml"


class PlaybookFormat:
    """Reads and writes playbooks, own policy classes included; made by `converter`."""

    __slots__ = ("_layout",)

    def __init__(self, layout: Layout) -> None:
        """Read and write by *layout*."""
        self._layout = layout

    def load(self, source: Source, /, **given: object) -> Playbook:
        """Read a playbook from a file or from the library.

        *source* is a path that ends in ``.toml``, or the name of a library playbook;
        *given* fills the parameters of a template.

        Raises:
            PlaybookError: every mistake, each with its path.
            StoreError: the file exists but could not be read.
        """
        name, raw = _fetch(source)
        notes = Notes()
        text = decode(raw, notes)
        if text is None:
            raise PlaybookError(notes.told(), source=name)
        return self._read(text, name, given, notes)

    def loads(self, text: str, /, source: str = "", **given: object) -> Playbook:
        """Read a playbook from *text*; *source* is its name in messages.

        Raises:
            PlaybookError: every mistake, each with its path.
        """
        return self._read(text, source, given, Notes())

    def restore(self, text: str, /, source: str = "") -> Playbook:
        """Read what `dumps` wrote of a playbook that runs; nothing is looked up again.

        Raises:
            PlaybookError: *text* is none that `dumps` wrote.
        """
        return self._read(text, source, {}, Notes(), whole=False)

    def _read(
        self,
        text: str,
        source: str,
        given: Mapping[str, object],
        notes: Notes,
        *,
        whole: bool = True,
    ) -> Playbook:
        parsed = parse(text, notes)
        playbook = None
        if parsed is not None:
            plain, text = parsed
            newest = migrate(plain, notes)
            if newest is not None:
                parts = self._layout.read(fill(newest, given, notes), notes)
                playbook = _assemble(parts, notes)
                if whole:
                    check(playbook, notes)
        if playbook is None or notes.problems:
            raise PlaybookError(_sorted(notes, text), source=source)
        return playbook

    def dumps(self, playbook: Playbook, /) -> str:
        """Return *playbook* as the text of a file; equal playbooks, equal texts.

        Raises:
            PlaybookError: a value that no file can hold.
        """
        notes = Notes()
        plain = self._layout.write(playbook, notes)
        if notes.problems:
            raise PlaybookError(notes.told(), source=playbook.name)
        return toml(plain)

    def json_schema(self) -> Schema:
        """Return the JSON Schema (draft 2020-12) of playbook files."""
        return describe(self._layout.root)


def _assemble(parts: Parts, notes: Notes) -> Playbook:
    return Playbook(
        name=parts.name,
        version=parts.version,
        lateness=parts.lateness,
        community=evolve(parts.community, groups=parts.group),
        roles=parts.role,
        tiers=parts.tiers,
        rulebook=_rulebook(parts, notes),
        policies=parts.policy,
        campaigns=parts.campaign,
        kpis=parts.kpi,
        events=parts.events.words,
        measures=parts.measures,
        approval=parts.approval,
    )


def _rulebook(parts: Parts, notes: Notes) -> Rulebook:
    """Put the rules into their rulebook, unless they contradict its versions."""
    try:
        return evolve(parts.rulebook, rules=parts.rule)
    except DefinitionError as error:
        if not any(p.path.startswith("rulebook") for p in notes.problems):
            notes.fault(f"rule[{error.figures['place']}]", error)
    return parts.rulebook


def converter(extra: Iterable[type] = ()) -> PlaybookFormat:
    """Return a reader and writer that knows the policy classes *extra* as well.

    Each is a frozen attrs class; its kind word is its class attribute ``kind``, or
    its name in snake case without ``_policy``.

    Raises:
        DefinitionError: a class has no fields that a file can hold, or its kind word
            is taken.
    """
    own = tuple(extra)
    return PlaybookFormat(Layout(own) if own else shipped())


def load(source: Source, /, *, extra: Iterable[type] = (), **given: object) -> Playbook:
    """Read a playbook: a path that ends in ``.toml``, or a name of the library.

    *given* fills the parameters of a template; *extra* are own policy classes.

    Raises:
        PlaybookError: every mistake, each with its path.
        StoreError: the file exists but could not be read.
    """
    return converter(extra).load(source, **given)


def loads(
    text: str, /, source: str = "", *, extra: Iterable[type] = (), **given: object
) -> Playbook:
    """Read a playbook from *text*; *source* is its name in messages.

    Raises:
        PlaybookError: every mistake, each with its path.
    """
    return converter(extra).loads(text, source, **given)


def restore(text: str, /, like: Playbook, *, source: str = "") -> Playbook:
    """Read what `dumps` wrote, own policies by the classes that *like* has of them.

    For stores: a playbook that ran is not asked again whether it makes sense.

    Raises:
        PlaybookError: *text* is none that `dumps` wrote, or of other classes.
    """
    own = {type(policy): None for policy in like.policies}
    return converter([c for c in own if not is_shipped(c)]).restore(text, source)


def dumps(playbook: Playbook, /) -> str:
    """Return *playbook* as the text of a file, defaults left out, own policies too.

    Raises:
        PlaybookError: a value that no file can hold.
    """
    return converter().dumps(playbook)


def tables(playbook: Playbook, /) -> dict[str, object]:
    """Return *playbook* as plain tables, defaults written out."""
    return shipped().write(playbook, Notes(lenient=True, full=True))


def json_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of playbook files.

    What it accepts may still be refused: references and conditions are beyond it.
    """
    return converter().json_schema()


def parameters_of(source: Source, /) -> tuple[Parameter, ...]:
    """Return what a playbook file asks to be filled in, in the order of the file.

    Raises:
        PlaybookError: the file cannot be read that far.
        StoreError: the file exists but could not be read.
    """
    name, raw = _fetch(source)
    notes = Notes()
    text = decode(raw, notes)
    parsed = None if text is None else parse(text, notes)
    found = {} if parsed is None else parameters(parsed[0], notes)
    if notes.problems:
        raise PlaybookError(_sorted(notes, parsed[1] if parsed else ""), source=name)
    return tuple(found.values())


def _sorted(notes: Notes, text: str) -> tuple[Problem, ...]:
    """Return the problems in the order of the file that was read from *text*."""
    from community_sdk.playbook._lines import lines

    known = lines(text) if any(problem.path for problem in notes.problems) else {}
    found = [placed(problem, known) for problem in notes.told()]
    return tuple(sorted(found, key=lambda p: int(p.figures.get("file_line", 0))))


def _shelf() -> Traversable:
    from importlib.resources import files

    return files("community_sdk.playbook").joinpath("library")


def library() -> tuple[str, ...]:
    """Return the names of the playbooks that are shipped, sorted."""
    found = [each.name for each in _shelf().iterdir() if each.name.endswith(_SUFFIX)]
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found))


def _fetch(source: Source, /) -> tuple[str, bytes]:
    """Return the name of *source* for messages, and what stands in it.

    A text without ``.toml`` and without a slash is the name of a library playbook.

    Raises:
        PlaybookError: there is no such file or library playbook.
        StoreError: the file exists but could not be read.
    """
    told = os.fspath(source)
    path = told.endswith(_SUFFIX) or "/" in told or os.sep in told
    if path or not isinstance(source, str):
        return told, _read(Path(told))
    if told in library():
        return told, _shelf().joinpath(f"{told}{_SUFFIX}").read_bytes()
    raise _unknown(told)


def _unknown(told: str) -> PlaybookError:
    hint = nearest(told[:60], library())
    known = ", ".join(f"`{name}`" for name in library())
    if "\0" not in told and Path(f"{told}{_SUFFIX}").is_file():
        hint = f"for the file write `{told}{_SUFFIX}`"
    message = (
        f"expected a library playbook ({known}) or a path that ends in `.toml`,"
        f" found `{told}`"
    )
    figures = {"found": told, "expected": known}
    problem = Problem("", message, hint, "playbook.no_library", figures)
    return PlaybookError([problem], source=told)


def _read(path: Path) -> bytes:
    """Return the file, or a little more than is allowed of it."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise _missing(path, "none", "no_file", _near(path)) from None
    except IsADirectoryError:
        hint = "name the file inside it"
        raise _missing(path, "a folder", "folder", hint) from None
    except (OSError, ValueError) as error:
        reason = str(getattr(error, "strerror", None) or error).lower()
        raise StoreError(
            f"could not read `{path}`: {reason}",
            code="playbook.unreadable",
            hint="see that the file may be read",
            path=str(path),
            reason=reason,
        ) from None


def _near(path: Path) -> str:
    """Return what was probably meant: a file beside it, or a library playbook."""
    try:
        beside = [each.name for each in path.parent.glob(f"*{_SUFFIX}")]
    except (OSError, ValueError):
        beside = []
    hint = nearest(path.name, (*beside, *(f"{name}{_SUFFIX}" for name in library())))
    for name in library():
        if f"`{name}{_SUFFIX}`" in hint and f"{name}{_SUFFIX}" not in beside:
            return hint.replace(_SUFFIX, "")
    return hint


def _missing(path: Path, found: str, code: str, hint: str) -> PlaybookError:
    message = f"expected a file at `{path}`, found {found}"
    hint = hint or f"the path is looked up from `{Path.cwd()}`"
    problem = Problem("", message, hint, f"playbook.{code}", {"path": str(path)})
    return PlaybookError([problem], source=str(path))
