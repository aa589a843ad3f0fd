"""Frozen values: what attrs makes, but one comparison, hash and text for all classes.

attrs writes and compiles these anew for each class, half the time that making a class
takes; hundreds of classes are loaded by every process, few are compared or shown.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import attrs

__all__ = ["frozen"]

if TYPE_CHECKING:
    from attrs import frozen
else:

    def frozen(cls: type | None = None, /, **how: Any) -> Any:
        """Do as `attrs.frozen` does; the class shares what it does not define.

        A class that keeps its hash is compared often: that is written for it.
        """
        often = "cache_hash" in how

        def make(cls: type) -> type:
            for name, shared in _SHARED.items():
                if name not in vars(cls) and (name == "__repr__" or not often):
                    setattr(cls, name, shared)
            return attrs.frozen(cls, **how)

        return make if cls is None else make(cls)


@cache
def _compared(cls: Any) -> Callable[[object], object]:
    names = [one.name for one in attrs.fields(cls) if one.eq]
    return attrgetter("__class__", *names)


@cache
def _counted(cls: Any) -> Callable[[object], object]:
    """Return what goes into the hash: what is compared, unless a field says else."""
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cls)
    names = [f.name for f in fields if (f.eq if f.hash is None else f.hash)]
    return attrgetter("__class__", *names)


def _equal(one: Any, other: Any) -> Any:
    if other.__class__ is not one.__class__:
        return NotImplemented
    content = _compared(one.__class__)
    return content(one) == content(other)


def _hash(one: Any) -> int:
    return hash(_counted(one.__class__)(one))


def _text(one: Any) -> str:
    cls = one.__class__
    names = [field.name for field in attrs.fields(cls) if field.repr]
    told = [f"{name}={getattr(one, name, attrs.NOTHING)!r}" for name in names]
    return f"{cls.__qualname__.rpartition('>.')[2]}({', '.join(told)})"


_SHARED: Final = {"__eq__": _equal, "__hash__": _hash, "__repr__": _text}
