"""Packages whose rooms are loaded when one of their names is first used."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

__all__ = ["lazily"]


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
        door = import_module(package)
        if name not in home:
            raise AttributeError(
                f"module `{package}` has no attribute `{name}`", name=name, obj=door
            )
        value = getattr(import_module(f"{package}.{home[name]}"), name)
        setattr(door, name, value)
        return value

    return load, lambda: sorted({*vars(import_module(package)), *names}), names
