r"""Text to tree: a small part of Python's expressions, parsed by `ast` (S08 S20).

INVARIANT: ``parse_condition(str(c)) == c``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from typing import Any as Anything
from typing import Final, NoReturn, TypeVar

from community_sdk._time import Duration, Window
from community_sdk.conditions.figure import (
    DEFAULT_KIND,
    LONGEST_TEXT,
    RESERVED,
    checked,
    known_arguments,
    missing,
    shown,
)
from community_sdk.conditions.tokens import at, read_tokens
from community_sdk.conditions.tree import (
    ALWAYS,
    AT_LEAST,
    NEVER,
    All,
    Any,
    AtLeast,
    Compare,
    Condition,
    Holds,
    Named,
    Not,
    Op,
)
from community_sdk.errors import DefinitionError, nearest
from community_sdk.metrics import METRICS, Metric

__all__ = ["parse_condition"]

T = TypeVar("T")
_OPS: Final[dict[type[ast.cmpop], Op]] = {
    ast.GtE: ">=", ast.Gt: ">", ast.LtE: "<=", ast.Lt: "<",
    ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
_MIRROR: Final[dict[Op, Op]] = {
    ">=": "<=", ">": "<", "<=": ">=", "<": ">", "==": "==", "!=": "!=",
}  # fmt: skip
_SPACE: Final = re.compile(r"[\t\r\n]")
_EXAMPLE: Final = 'write for example `count("message", "30d") >= 20`'


def parse_condition(text: str, /) -> Condition:
    """Read a condition.

    ``count("message", "30d") >= 20 and active_days("30d") >= 10`` · ``not has("role",
    "owner")`` · ``at_least(2, a, b, c)`` · ``5 <= count("message", "7d") <= 20`` ·
    filters as keywords, ``count("message", "7d", reply=True, by="actor")`` · lengths
    of time in quotes, ``recency("message") <= "3d"`` · ``True`` and ``False`` · names
    that the playbook defines.

    Raises:
        DefinitionError: *text* is no condition. The figures `line` and `column` say
            where, from 1.
    """
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise DefinitionError(
            f"expected a condition as text, found `{shown(text)}`",
            code="condition.no_text",
            hint=_EXAMPLE,
            found=shown(text),
        )
    read_tokens(text)
    # In brackets a condition may begin with spaces and run over several lines.
    line = f"({_SPACE.sub(' ', text)})"
    try:
        body = ast.parse(line, mode="eval").body
    except SyntaxError as error:
        start = min(max((error.offset or 0) - 2, 0), len(text))
        raise at(text, start, _broken(str(error.msg))) from None
    return _Reader(text, line).condition(body)


def _broken(message: str) -> DefinitionError:
    return DefinitionError(
        f"expected a condition, found a mistake in its form: {message.lower()}",
        code="condition.form",
        hint=_EXAMPLE,
        found=message,
    )


class _Reader:
    """Turns the white list of nodes into a tree; everything else is refused."""

    def __init__(self, text: str, line: str) -> None:
        self.text = text
        self.bytes = line.encode()

    def condition(self, node: ast.expr) -> Condition:
        match node:
            case ast.BoolOp(op=op, values=values):
                parts = tuple(self.condition(value) for value in values)
                join = All if isinstance(op, ast.And) else Any
                return self._at(node, lambda: join(parts))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                part = self.condition(operand)
                return self._at(node, lambda: Not(part))
            case ast.Compare():
                return self._chain(node)
            case ast.Call(func=ast.Name(id=word)) if word == AT_LEAST:
                return self._at_least(node)
            case ast.Call():
                metric = self._metric(node)
                return self._at(node, lambda: Holds(metric))
            case ast.Name(id=name):
                return self._at(node, lambda: Named(name))
            case ast.Constant(value=bool(value)):
                return ALWAYS if value else NEVER
            case _:
                return self._refuse(node, "a condition", _EXAMPLE)

    def _chain(self, node: ast.Compare) -> Condition:
        sides = [node.left, *node.comparators]
        pairs = zip(sides, node.ops, sides[1:], strict=False)
        parts = tuple(self._compare(a, _OPS[type(op)], b) for a, op, b in pairs)
        return parts[0] if len(parts) == 1 else self._at(node, lambda: All(parts))

    def _compare(self, left: ast.expr, op: Op, right: ast.expr) -> Condition:
        figures = (ast.Call, ast.Name)
        if isinstance(right, figures) and not isinstance(left, figures):
            left, op, right = right, _MIRROR[op], left
        metric, value = self._figure(left), self._value(right)
        return self._at(right, lambda: Compare(metric, op, value))

    def _figure(self, node: ast.expr) -> Metric | Named:
        if isinstance(node, ast.Name):
            return self._at(node, lambda: Named(node.id))
        if isinstance(node, ast.Call):
            return self._metric(node)
        return self._refuse(node, "a metric on one side of the comparison", _EXAMPLE)

    def _value(self, node: ast.expr) -> int | Duration | Metric | Named:
        match node:
            case ast.Call() | ast.Name():
                return self._figure(node)
            case ast.Constant(value=str()):
                text = self._text(node)
                return self._at(node, lambda: Duration.parse(text))
            case _:
                number = self._scalar(node)
                if isinstance(number, int) and not isinstance(number, bool):
                    return number
                return self._refuse(node, "a number, a length of time or a metric")

    def _at_least(self, node: ast.Call) -> Condition:
        if node.keywords:
            self._refuse(node.keywords[0].value, f"only conditions in `{AT_LEAST}`")
        k = self._scalar(node.args[0]) if node.args else None
        if type(k) is not int:
            place = node.args[0] if node.args else node
            self._refuse(place, "a number first", f"write `{AT_LEAST}(2, a, b, c)`")
        parts = tuple(self.condition(arg) for arg in node.args[1:])
        return self._at(node, lambda: AtLeast(k, parts))

    def _metric(self, node: ast.Call) -> Metric:
        assert isinstance(node.func, ast.Name)  # noqa: S101 - the tokens saw to it
        word = node.func.id
        if word not in METRICS:
            raise self._error(
                node,
                DefinitionError(
                    f"expected a metric, found `{shown(word)}`",
                    code="metric.unknown",
                    hint=nearest(word, (*METRICS, AT_LEAST)),
                    found=shown(word),
                ),
            )
        takes = METRICS[word].takes
        if len(node.args) > len(takes):
            known = ", ".join(takes) or "nothing"
            extra = node.args[len(takes)]
            self._refuse(extra, f"`{word}` to take {known} and no more")
        return self._assemble(node, word, dict(zip(takes, node.args, strict=False)))

    def _assemble(
        self, node: ast.Call, word: str, given: dict[str, ast.expr]
    ) -> Metric:
        where: dict[str, str | int | bool] = {}
        options = self._options(word, node.keywords)
        plain = [k for k in node.keywords if k.arg not in options]
        for keyword in plain:
            name, value = keyword.arg or "", keyword.value
            if name not in known_arguments(word):
                if not METRICS[word].filters or name in RESERVED:
                    self._refuse_keyword(word, name, value)
                if name in where:
                    self._refuse(value, f"`{name}` of `{word}` once")
                where[name] = self._scalar(value)
            elif name in given:
                self._refuse(value, f"`{name}` of `{word}` once")
            else:
                given[name] = value
        arguments: dict[str, Anything] = {n: self._text(v) for n, v in given.items()}
        for name in METRICS[word].takes[: METRICS[word].required]:
            if name not in given:
                raise self._error(node, missing(word, name))
        if word in DEFAULT_KIND:
            arguments.setdefault("kind", DEFAULT_KIND[word])
        if "window" in given:
            window = str(arguments["window"])
            place = given["window"]
            arguments["window"] = self._at(place, lambda: Window.parse(window))
        arguments["where"] = tuple(sorted(where.items()))
        arguments["args"] = tuple(sorted(options.items()))
        return self._at(node, lambda: checked(Metric(word, **arguments)))

    def _text(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if len(node.value) <= LONGEST_TEXT:
                return node.value
            self._refuse(node, f"text of at most {LONGEST_TEXT} characters")
        return self._refuse(node, "text in quotes")

    def _scalar(self, node: ast.expr) -> str | int | bool:
        match node:
            case ast.Constant(value=str() | int() as value):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
                return -value
            case _:
                return self._refuse(node, "text in quotes, a whole number or True")

    def _options(
        self, word: str, keywords: Iterable[ast.keyword]
    ) -> dict[str, int | str]:
        found: dict[str, int | str] = {}
        for keyword in keywords:
            name, node = keyword.arg or "", keyword.value
            if name not in METRICS[word].options:
                continue
            if name in found:
                self._refuse(node, f"`{name}` of `{word}` once")
            value = self._scalar(node)
            if isinstance(value, bool):
                self._refuse(node, "a whole number or text in quotes")
            found[name] = value
        return found

    def _start(self, node: ast.expr) -> int:
        # `ast` counts bytes of UTF-8, people count characters; 1 for our own bracket.
        return len(self.bytes[: node.col_offset].decode()) - 1

    def _error(self, node: ast.expr, error: DefinitionError) -> DefinitionError:
        return at(self.text, self._start(node), error)

    def _at(self, node: ast.expr, build: Callable[[], T]) -> T:
        try:
            return build()
        except DefinitionError as error:
            raise self._error(node, error) from None

    def _refuse_keyword(self, word: str, name: str, value: ast.expr) -> NoReturn:
        raise self._error(
            value,
            DefinitionError(
                f"expected no `{shown(name)}` on `{word}`",
                code="condition.argument",
                hint=nearest(name, known_arguments(word)),
                found=shown(name),
                metric=word,
            ),
        )

    def _refuse(self, node: ast.expr, expected: str, hint: str = "") -> NoReturn:
        end = node.end_col_offset or node.col_offset
        found = shown(self.bytes[node.col_offset : end].decode())
        raise self._error(
            node,
            DefinitionError(
                f"expected {expected}, found `{found}`",
                code="condition.expected",
                hint=hint,
                expected=expected.replace("`", ""),
                found=found,
            ),
        )
