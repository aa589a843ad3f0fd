"""Packages whose rooms are loaded when one of their names is first used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

__all__ = ["Kinds", "lazily"]


def lazily(
    package: str, **rooms: str
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Return `__getattr__`, `__dir__` and `__all__` of *package*.

    *rooms* gives the public names of each module of the package, parted by blanks.
    Type checkers read them from imports that never run.
    """
    home = {name: room for room, names in rooms.items() for name in names.split()}
    names = sorted(home)

    def load(name: str) -> Any:
        if name in rooms:
            return import_module(f"{package}.{name}")
        door = import_module(package)
        if name not in home:
            raise AttributeError(
                f"module `{package}` has no attribute `{name}`", name=name, obj=door
            )
        value = getattr(import_module(f"{package}.{home[name]}"), name)
        setattr(door, name, value)
        return value

    return load, lambda: sorted({*vars(import_module(package)), *names}), names


class Kinds(Mapping[str, Any]):
    """The classes of a package by their kind words; a class is loaded when looked up.

    A class is called by its word (`rule_broken` is `RuleBroken`) but for those *named*.
    """

    __slots__ = ("_names", "_package")

    def __init__(self, package: str, words: str, **named: str) -> None:
        """Know the *words*, parted by blanks, of classes that *package* has."""
        self._package = package
        self._names = {word: word.title().replace("_", "") for word in words.split()}
        self._names |= named

    def __getitem__(self, word: str, /) -> Any:
        return getattr(import_module(self._package), self._names[word])

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
