"""The playbooks that a stored community has run: kept as text where a file can hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from community_sdk.errors import DefinitionError, PlaybookError
from community_sdk.playbook import Playbook, dumps, restore

__all__ = ["kept", "stored"]

_NO_TEXT: Final = ""


def kept(playbook: Playbook) -> str:
    """Return *playbook* as text, an empty one where no file can hold it."""
    try:
        return dumps(playbook)
    except PlaybookError:
        return _NO_TEXT


def stored(
    notes: Mapping[str, str], running: Playbook, given: Iterable[Playbook]
) -> dict[str, Playbook]:
    """Return the playbooks named in *notes* by their digest, except *running*.

    One that was kept without a text must be among *given*.

    Raises:
        DefinitionError: it is not.
    """
    known = {book.digest: book for book in given}
    found: dict[str, Playbook] = {}
    for name, text in notes.items():
        kind, _, digest = name.partition("/")
        if kind != "playbook" or digest == running.digest:
            continue
        if digest in known:
            found[digest] = known[digest]
        elif text == _NO_TEXT:
            raise DefinitionError(
                f"the community ran playbook `{digest}`, which no file could hold",
                code="operation.earlier",
                hint="give it to `open` again: `earlier=[…]`",
                found=digest,
            )
        else:
            found[digest] = restore(text, running, source="the store")
    return found
