"""The house keeps its sizes, its names and its list of pure rooms."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path("src/community_sdk")
SIZED = ("src", "tests", "tools", "bench", "examples")
FILE_LINES, FUNCTION_LINES, PACKAGE_FILES = 400, 40, 20
NO_NAMES = {"base", "common", "core", "data", "handlers", "helpers", "info", "utils"}
NO_ENDINGS = ("Handler", "Helper", "Info", "Manager", "Utils")
# Floors from the ground up to the engine: these rooms must be in the contract `pure`.
PURE_UP_TO = "engine"


def main() -> int:
    """Print every breach, one per line; answer 1 if there was any."""
    breaches = [*sizes(), *names(), *unlisted()]
    print(*breaches, sep="\n", end="\n" if breaches else "")
    return bool(breaches)


def sizes() -> Iterator[str]:
    """Files, functions and packages that outgrew their limit."""
    for path in sorted(path for top in SIZED for path in Path(top).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        lines = text.count("\n")
        if lines > FILE_LINES:
            yield f"{path}: {lines} lines, the limit is {FILE_LINES}"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = body_lines(node)
                if length > FUNCTION_LINES:
                    yield (
                        f"{path}:{node.lineno}: `{node.name}` has {length} lines, "
                        f"the limit is {FUNCTION_LINES}"
                    )
    for folder in sorted({path.parent for path in PACKAGE.rglob("*.py")}):
        files = len(list(folder.glob("*.py")))
        if files > PACKAGE_FILES:
            yield f"{folder}: {files} files, the limit is {PACKAGE_FILES}"


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end; a long docstring makes no function long."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def names() -> Iterator[str]:
    """Modules and classes whose name says nothing."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.stem.strip("_") in NO_NAMES or path.parent.name in NO_NAMES:
            yield f"{path}: the name says nothing"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and node.name.endswith(NO_ENDINGS):
                yield f"{path}:{node.lineno}: `{node.name}` says nothing"


def unlisted() -> Iterator[str]:
    """Pure rooms that exist and are not in the contract `pure`, or the reverse."""
    settings = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    contracts = {c["id"]: c for c in settings["tool"]["importlinter"]["contracts"]}
    floors = [
        {room.strip(" ()") for room in floor.split("|")}
        for floor in contracts["floors"]["layers"]
    ]
    start = next(i for i, floor in enumerate(floors) if PURE_UP_TO in floor)
    rooms = {room for floor in floors[start:] for room in floor}
    built = {
        room
        for room in rooms
        if (PACKAGE / room).is_dir() or (PACKAGE / f"{room}.py").is_file()
    }
    listed = {
        name.removeprefix("community_sdk.")
        for name in contracts["pure"]["source_modules"]
    }
    for room in sorted(built - listed):
        yield f"pyproject.toml: add `community_sdk.{room}` to the contract `pure`"
    for room in sorted(listed - built):
        yield f"pyproject.toml: `community_sdk.{room}` of `pure` does not exist"


if __name__ == "__main__":
    sys.exit(main())
