"""The tree of a condition: data that compares by value and prints itself (S08 S20).

INVARIANT: no tree has more than 400 nodes or is deeper than 32, so that every reader
may recurse.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, NoReturn, cast

from attrs import Factory, field

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.conditions.figure import (
    LONGEST_NAME,
    checked,
    cure,
    is_name,
    is_whole,
    quoted,
    shown,
    shown_metric,
)
from community_sdk.errors import DefinitionError
from community_sdk.metrics import METRICS, Metric, Unit

__all__ = [
    "ALWAYS",
    "AT_LEAST",
    "NEVER",
    "OPS",
    "All",
    "Any",
    "AtLeast",
    "Compare",
    "Condition",
    "Fixed",
    "Holds",
    "Named",
    "Not",
    "Op",
    "as_condition",
]

Op = Literal[">=", ">", "<=", "<", "==", "!="]
OPS: Final[tuple[Op, ...]] = (">=", ">", "<=", "<", "==", "!=")
DEEPEST: Final = 32
LARGEST_TREE: Final = 400
AT_LEAST: Final = "at_least"


class _Tree:
    """What all nodes can do; the operators build new trees."""

    __slots__ = ()

    @property
    def nodes(self) -> int:
        """How many nodes the tree has, this one included."""
        return 1

    @property
    def depth(self) -> int:
        """How many levels the tree has, this one included."""
        return 1

    def __and__(self, other: Condition) -> All:
        """Ask for both; ``a & b & c`` is ``a and b and c``."""
        this = as_condition(self)
        left = this.parts if isinstance(this, All) else (this,)
        return All((*left, other))

    def __or__(self, other: Condition) -> Any:
        """Ask for either; ``a | b | c`` is ``a or b or c``."""
        this = as_condition(self)
        left = this.parts if isinstance(this, Any) else (this,)
        return Any((*left, other))

    def __invert__(self) -> Not:
        """Ask for the opposite."""
        return Not(as_condition(self))

    def __bool__(self) -> NoReturn:
        """Refuse: a condition is true of somebody, not by itself."""
        raise DefinitionError(
            f"expected a condition to be asked of a member, found it used as true or "
            f"false: `{shown(self)}`",
            code="condition.truth",
            hint="use `&`, `|` and `~` instead of `and`, `or` and `not`, "
            "and two comparisons instead of a chained one",
            found=shown(self),
        )


def as_condition(value: object) -> Condition:
    """Return *value* if it is a condition, and refuse it otherwise."""
    if isinstance(value, _Tree):
        return cast("Condition", value)
    raise DefinitionError(
        f"expected a condition, found `{shown(value)}`",
        code="condition.part",
        hint='compare the figure: `count("message", "30d") >= 20`',
        found=shown(value),
    )


def _parts(values: Iterable[object]) -> tuple[Condition, ...]:
    return tuple(as_condition(value) for value in values)


def _size(parts: Iterable[Condition]) -> tuple[int, int]:
    nodes, depth = 1, 0
    for part in parts:
        nodes += part.nodes
        depth = max(depth, part.depth)
    if nodes > LARGEST_TREE:
        raise DefinitionError(
            f"expected a condition of at most {LARGEST_TREE} parts, found {nodes}",
            code="condition.large",
            limit=str(LARGEST_TREE),
            found=str(nodes),
        )
    if depth >= DEEPEST:
        raise DefinitionError(
            f"expected a condition of at most {DEEPEST} levels",
            code="condition.deep",
            limit=str(DEEPEST),
        )
    return nodes, depth + 1


class _Branch(_Tree):
    __slots__ = ()
    _measures: tuple[int, int]

    @property
    def nodes(self) -> int:
        """How many nodes the tree has, this one included."""
        return self._measures[0]

    @property
    def depth(self) -> int:
        """How many levels the tree has, this one included."""
        return self._measures[1]


@frozen(cache_hash=True)
class Named(_Tree):
    """A condition or a metric that the playbook defines under *name*."""

    name: str

    def __attrs_post_init__(self) -> None:
        """Refuse what the text could not say."""
        if self.name in (*METRICS, AT_LEAST):
            raise DefinitionError(
                f"expected a name, found `{self.name}`, which is a word of conditions",
                code="condition.word_as_name",
                hint=f"write `{self.name}(…)` with its arguments",
                found=self.name,
            )
        if not is_name(self.name):
            raise DefinitionError(
                f"expected a name of letters, digits and `_`, at most {LONGEST_NAME} "
                f"characters, found `{shown(self.name)}`",
                code="condition.name",
                found=shown(self.name),
            )

    def __str__(self) -> str:
        """Print the name."""
        return self.name


@frozen(cache_hash=True)
class Fixed(_Tree):
    """Always true, or never: `True` and `False` in text."""

    holds: bool = field(converter=bool)

    def __str__(self) -> str:
        """Print ``True`` or ``False``."""
        return str(self.holds)


ALWAYS: Final = Fixed(holds=True)
NEVER: Final = Fixed(holds=False)


@frozen(cache_hash=True)
class Compare(_Tree):
    """A figure beside a number, a length of time or another figure.

    *value* is an integer, for metrics of time an exact `Duration`, or another metric
    of the same unit. A figure that was never observed compares with nothing: no
    comparison with it holds, ``!=`` included.

    Raises:
        DefinitionError: the two sides cannot be compared.
    """

    metric: Metric | Named
    op: Op
    value: int | Duration | Metric | Named

    def __attrs_post_init__(self) -> None:
        """Refuse sides that cannot be compared."""
        if self.op not in OPS:
            raise DefinitionError(
                f"expected one of {', '.join(f'`{o}`' for o in OPS)}, "
                f"found `{shown(self.op)}`",
                code="condition.op",
                hint="`==` compares",
                found=shown(self.op),
            )
        unit = _unit(self.metric)
        if unit is Unit.TRUTH:
            found = _side(self.metric)
            raise DefinitionError(
                f"expected `{shown(found, 80)}` alone, found it compared",
                code="condition.truth_compared",
                hint="write it, or `not` before it",
                found=found,
            )
        _check_value(self.metric, unit, self.value)

    def __str__(self) -> str:
        """Print ``metric op value``."""
        return f"{_side(self.metric)} {self.op} {_side(self.value)}"


def _side(value: int | Duration | Metric | Named) -> str:
    if isinstance(value, Metric):
        return shown_metric(value)
    return quoted(str(value)) if isinstance(value, Duration) else str(value)


def _unit(metric: Metric | Named) -> Unit | None:
    return None if isinstance(metric, Named) else checked(metric).spec.unit


def _check_value(metric: Metric | Named, unit: Unit | None, value: object) -> None:
    match value:
        case Metric() | Named():
            other = _unit(value)
            good = None in (unit, other) or unit is other or _whole(metric, value)
        case Duration(months=0):
            good = unit in (None, Unit.TIME)
        case _:
            good = unit is not Unit.TIME and is_whole(value)
    if good:
        return
    expected = "a whole number"
    if unit is Unit.TIME or (unit is None and isinstance(value, Duration)):
        expected = "an exact duration such as `3d` or `24h`"
    if isinstance(value, Metric) and unit is not None:
        expected = f"a figure in {unit.value}"
    found = _side(value) if isinstance(value, Metric) else shown(value)
    left = _side(metric)
    raise DefinitionError(
        f"expected {expected} beside `{shown(left, 80)}`, found `{found}`",
        code="condition.value",
        hint=cure(unit, value),
        found=found,
        expected=expected.replace("`", ""),
        metric=left,
    )


def _whole(*sides: Metric | Named) -> bool:
    """Tell whether a share of the whole stands beside a number of anything."""
    known = [side for side in sides if isinstance(side, Metric)]
    numbers = (Unit.TIMES, Unit.DAYS, Unit.AMOUNT)
    return any(side.word == "share" for side in known) and all(
        side.spec.unit in numbers for side in known
    )


@frozen(cache_hash=True)
class Holds(_Tree):
    """A metric that is true or not: ``has("role", "owner")``.

    Never observed counts as not true.
    """

    metric: Metric

    def __attrs_post_init__(self) -> None:
        """Refuse figures, which have to be compared."""
        if checked(self.metric).spec.unit is not Unit.TRUTH:
            text = shown_metric(self.metric)
            raise DefinitionError(
                f"expected a comparison, found `{shown(text, 80)}` alone",
                code="condition.not_compared",
                hint=f"write `{shown(text, 80)} >= …`",
                found=text,
            )

    def __str__(self) -> str:
        """Print the metric."""
        return shown_metric(self.metric)


_SIZED: Final = Factory(lambda self: _size(self.parts), takes_self=True)


@frozen(cache_hash=True)
class All(_Branch):
    """Every part holds (`and`); two parts or more."""

    parts: tuple[Condition, ...] = field(converter=_parts)
    _measures: tuple[int, int] = field(init=False, eq=False, repr=False, default=_SIZED)

    def __attrs_post_init__(self) -> None:
        """Refuse what the text could not say."""
        _check_two(self.parts, "and")

    def __str__(self) -> str:
        """Print the parts with ``and`` between them."""
        return " and ".join(_within(part) for part in self.parts)


@frozen(cache_hash=True)
class Any(_Branch):
    """At least one part holds (`or`); two parts or more."""

    parts: tuple[Condition, ...] = field(converter=_parts)
    _measures: tuple[int, int] = field(init=False, eq=False, repr=False, default=_SIZED)

    def __attrs_post_init__(self) -> None:
        """Refuse what the text could not say."""
        _check_two(self.parts, "or")

    def __str__(self) -> str:
        """Print the parts with ``or`` between them."""
        return " or ".join(
            str(part) if isinstance(part, All) else _within(part) for part in self.parts
        )


@frozen(cache_hash=True)
class Not(_Branch):
    """The part does not hold; so it holds for a figure never observed."""

    part: Condition = field(converter=as_condition)
    _measures: tuple[int, int] = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(lambda self: _size((self.part,)), takes_self=True),
    )

    def __str__(self) -> str:
        """Print the part with ``not`` before it."""
        return f"not {_within(self.part)}"


@frozen(cache_hash=True)
class AtLeast(_Branch):
    """At least *k* of the parts hold."""

    k: int
    parts: tuple[Condition, ...] = field(converter=_parts)
    _measures: tuple[int, int] = field(init=False, eq=False, repr=False, default=_SIZED)

    def __attrs_post_init__(self) -> None:
        """Refuse a number that is met always or never."""
        if type(self.k) is not int or not 1 <= self.k <= len(self.parts):
            raise DefinitionError(
                f"expected `{AT_LEAST}` with a number from 1 to {len(self.parts)}, "
                f"the number of its conditions, found `{shown(self.k)}`",
                code="condition.at_least",
                found=shown(self.k),
                limit=str(len(self.parts)),
            )

    def __str__(self) -> str:
        """Print ``at_least(k, …)``."""
        return f"{AT_LEAST}({self.k}, {', '.join(str(part) for part in self.parts)})"


Condition = Compare | Holds | All | Any | Not | AtLeast | Fixed | Named


def _check_two(parts: tuple[Condition, ...], word: str) -> None:
    if len(parts) < 2:  # noqa: PLR2004 - `and` and `or` stand between two
        raise DefinitionError(
            f"expected two conditions or more around `{word}`, found {len(parts)}",
            code="condition.two",
            hint="`all_of` and `any_of` take any number",
            found=str(len(parts)),
        )


def _within(part: Condition) -> str:
    return f"({part})" if isinstance(part, (All, Any)) else str(part)
