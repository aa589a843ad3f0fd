"""The JSON converter that cattrs itself offers, with its tagged union."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Union

from attrs import resolve_types
from cattrs.preconf.json import make_converter
from cattrs.strategies import configure_tagged_union

__all__ = ["Peer", "peer"]

Peer = tuple[Callable[[Any], str], Callable[[str], Any]]
"""What writes a value as text, and what reads it back."""


def peer(classes: Sequence[type[Any]], tag: str, **options: Any) -> Peer:
    """Make cattrs' converter for the union of *classes*, told apart by *tag*."""
    for cls in classes:
        resolve_types(cls)
    union: Any = Union[tuple(classes)]  # noqa: UP007 - made of a list
    converter = make_converter(**options)

    def word(cls: type[Any]) -> str:
        return str(getattr(cls, tag))

    configure_tagged_union(union, converter, tag_generator=word, tag_name=tag)

    def dumps(value: Any) -> str:
        return converter.dumps(value, unstructure_as=union)

    def loads(text: str) -> Any:
        return converter.loads(text, union)

    return dumps, loads
