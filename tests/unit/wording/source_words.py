"""What the source says: keys of explanations with their figures, codes of mistakes."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from attrs import frozen

import community_sdk

SOURCE = Path(community_sdk.__file__).parent
_DOTTED = re.compile(r"[a-z_]+\.[a-z0-9_]+")
_NO_FIGURES = {"source"}


@frozen
class Call:
    """One call of `because` whose key stands in the source."""

    place: str
    keys: tuple[str, ...]
    figures: frozenset[str]
    exact: bool


@cache
def trees() -> tuple[tuple[str, tuple[ast.AST, ...]], ...]:
    """Return the nodes of every module but those that only put into words."""
    found: list[tuple[str, tuple[ast.AST, ...]]] = []
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if not name.startswith("wording/"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found.append((name, tuple(ast.walk(tree))))
    return tuple(found)


def _named(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def calls() -> Iterator[Call]:
    """Yield every call of `because`; keys are empty where they are computed."""
    for name, tree in trees():
        for node in tree:
            if not isinstance(node, ast.Call) or _named(node.func) != "because":
                continue
            if isinstance(node.func, ast.Attribute) and not node.args:
                continue
            key = node.args[0] if node.args else None
            keys = (key.value,) if isinstance(key, ast.Constant) else ()
            given = {k.arg for k in node.keywords if k.arg} - _NO_FIGURES
            exact = all(k.arg for k in node.keywords)
            place = f"{name}:{node.lineno}"
            words = tuple(str(k) for k in keys)
            yield Call(place, words, frozenset(given), exact)


def dotted() -> Iterator[tuple[str, str]]:
    """Yield every text in the source that looks like a key or a code, with its file."""
    for name, tree in trees():
        for node in tree:
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and _DOTTED.fullmatch(text):
                yield text, name


def _leaves(value: ast.AST) -> Iterator[str]:
    for leaf in ast.walk(value):
        text = getattr(leaf, "value", None)
        if isinstance(text, str) and re.fullmatch(r"[a-z0-9_.]+", text):
            yield text


def playbook_codes() -> Iterator[str]:
    """Yield every code that is written out where a playbook's mistake is noted."""
    places = {"wrong": 2, "expected": 3}
    for name, tree in trees():
        for node in tree:
            if not (name.startswith("playbook/") and isinstance(node, ast.Call)):
                continue
            nth = places.get(getattr(node.func, "attr", ""))
            if nth is None or len(node.args) <= nth:
                continue
            if not isinstance(node.args[nth], ast.JoinedStr):
                yield from (f"playbook.{code}" for code in _leaves(node.args[nth]))


def codes() -> Iterator[tuple[str, str]]:
    """Yield every constant given as `code`, whatever to, with its file."""
    for name, tree in trees():
        for node in tree:
            given = []
            if isinstance(node, ast.Call):
                given = [k.value for k in node.keywords if k.arg == "code"]
            elif isinstance(node, ast.FunctionDef):
                pairs = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
                given = [d for a, d in pairs if a.arg == "code" and d is not None]
            for value in given:
                yield from ((code, name) for code in _leaves(value))
