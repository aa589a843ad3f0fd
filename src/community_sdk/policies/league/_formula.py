"""A number of places as a small formula over the size of a group (S08)."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final, Protocol, cast

from community_sdk.errors import DefinitionError, nearest

__all__ = ["NAMES", "check_formula", "places", "refuse_division"]

NAMES: Final = ("active", "max", "min", "n", "size")
_LONGEST: Final = 120
_OPERATORS: Final[Mapping[type[ast.operator], Callable[[Fraction, Fraction], Any]]] = {
    ast.Add: lambda one, other: one + other,
    ast.Sub: lambda one, other: one - other,
    ast.Mult: lambda one, other: one * other,
    ast.Div: lambda one, other: one / other,
    ast.FloorDiv: lambda one, other: one // other,
}
_CALLS: Final[Mapping[str, Callable[[list[Fraction]], Fraction | int]]] = {
    "ceil": lambda given: ceil(given[0]),
    "floor": lambda given: floor(given[0]),
    "max": max,
    "min": min,
}
_MOST_NODES: Final = 60
_TRIED: Final = 60


def check_formula(text: str) -> ast.expr:
    """Read a formula such as ``min(max, active // 5)`` or ``ceil(n / 6)``.

    ``n`` (or ``size``) is how many there are in the group, ``active`` how many were
    active, ``max`` and ``min`` the bounds of the quota.

    Raises:
        DefinitionError: anything else than numbers, these names, ``+ - * / //``,
            ``min``, ``max``, ``ceil`` and ``floor``.
    """
    tree = None
    if len(text) <= _LONGEST:
        try:
            tree = ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            tree = None
    if tree is None or sum(1 for _ in ast.walk(tree)) > _MOST_NODES:
        raise _refused(text)
    _check(tree.body, text)
    return tree.body


def _check(node: ast.expr, text: str) -> None:
    match node:
        case ast.Constant(value=int(value)) if type(value) is int:
            return
        case ast.Name(id=name):
            if name not in NAMES:
                raise _refused(text, name)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            _check(left, text)
            _check(right, text)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if args:
            if name not in _CALLS or (name in ("ceil", "floor") and len(args) > 1):
                raise _refused(text, name)
            for each in args:
                _check(each, text)
        case _:
            raise _refused(text)


def _refused(text: str, word: str = "") -> DefinitionError:
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    known = (*NAMES, *_CALLS)
    return DefinitionError(
        f"expected a formula over `n`, `active`, `max` and `min`, found `{shown}`",
        code="league.formula",
        hint=nearest(word, known) or "write for example `ceil(n / 6)`",
        found=shown,
    )


class _Bounds(Protocol):
    @property
    def least(self) -> int: ...
    @property
    def most(self) -> int | None: ...
    @property
    def formula(self) -> str: ...


def refuse_division(formula: ast.expr, bounds: _Bounds) -> None:
    """Refuse a formula that divides by zero in some group of up to 60.

    Raises:
        DefinitionError: it does; the group is named.
    """
    if not any(isinstance(each, (ast.Div, ast.FloorDiv)) for each in ast.walk(formula)):
        return
    for n in range(1, _TRIED + 1):
        for active in sorted({0, 1, n // 2, n}):
            most = n if bounds.most is None else bounds.most
            figures = {"n": n, "active": active, "max": most, "min": bounds.least}
            try:
                _value(formula, figures)
            except ZeroDivisionError:
                raise DefinitionError(
                    f"expected a formula for every group, found `{bounds.formula}`,"
                    f" which divides by zero in one of {n} with {active} active",
                    code="league.division",
                    hint="write `max(1, …)` around what it divides by",
                    found=bounds.formula,
                    members=str(n),
                    active=str(active),
                ) from None


def places(text: str, figures: Mapping[str, int]) -> int:
    """Work out a formula; the result is rounded down, and 0 at least.

    In a group in which it divides by zero there are no places.
    """
    try:
        value = _value(check_formula(text), figures)
    except ZeroDivisionError:
        return 0
    return max(0, floor(value))


def _value(node: ast.expr, figures: Mapping[str, int]) -> Fraction:
    match node:
        case ast.Constant(value=int(value)):
            return Fraction(value)
        case ast.Name(id=name):
            return Fraction(figures["n" if name == "size" else name])
        case ast.BinOp(left=left, op=op, right=right):
            one, other = _value(left, figures), _value(right, figures)
            return Fraction(_OPERATORS[type(op)](one, other))
        case _:
            call = cast("ast.Call", node)  # nothing else passes `check_formula`
            given = [_value(each, figures) for each in call.args]
            return Fraction(_CALLS[cast("ast.Name", call.func).id](given))
