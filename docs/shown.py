"""What a page shows is what its tests do: files are written, commands are run.

A page calls `files` and `run` in code that only the tests see, by a comment such as::

    % invisible-code-block: python
    %
    % run()
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from doctest import ELLIPSIS, OutputChecker
from pathlib import Path
from typing import Final

__all__ = ["files", "run"]

_FILE: Final = re.compile(
    r"^```\{code-block\} \w+\n:caption: (\S+)\n\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
_CONSOLE: Final = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND: Final = re.compile(r"^\$ ((?:.*\\\n)*.*)\n?", re.MULTILINE)


def files(*others: str) -> None:
    """Write each block that has a caption to a file so called.

    The blocks are those of *others*, pages named from the calling one, then its own.
    """
    page, path, _ = _caller()
    told = [(path.parent / name).read_text(encoding="utf-8") for name in others]
    for text in (*told, page):
        for name, block in _FILE.findall(text):
            Path(name).write_text(block, encoding="utf-8")


def run() -> None:
    """Run the console block that follows on the calling page, and compare.

    ``...`` in the expected output stands for whatever comes there.

    Raises:
        AssertionError: a command says something else.
    """
    page, _, line = _caller()
    start = sum(map(len, page.splitlines(keepends=True)[:line]))
    block = _CONSOLE.search(page, start)
    if block is None:
        msg = "no console block follows"
        raise AssertionError(msg)
    _, *parts = _COMMAND.split(block[1])
    status = 0
    for command, expected in zip(parts[::2], parts[1::2], strict=True):
        text = command.replace("\\\n", " ").replace("$?", str(status))
        said, status = _told(text)
        if not OutputChecker().check_output(expected, said, ELLIPSIS):
            msg = f"`{text}` ({status}) says\n{said}\nand not\n{expected}"
            raise AssertionError(msg)


def _caller() -> tuple[str, Path, int]:
    """Return the page that asked, its path, and the line it asked from."""
    # A page is run as code of its own name.
    frame = sys._getframe(2)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    path = Path(frame.f_code.co_filename)
    return path.read_text(encoding="utf-8"), path, frame.f_lineno


def _told(command: str) -> tuple[str, int]:
    """Run *command* as a reader would; return all that it says, and its exit code."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    plain = {"PATH": path, "LC_ALL": "C.UTF-8", "COLUMNS": "88", "NO_COLOR": "1"}
    done = subprocess.run(  # noqa: S603 - commands stand on our own pages
        ["/usr/bin/env", "bash", "-c", command],
        env={**os.environ, **plain},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return re.sub(r"[ \t]+$", "", done.stdout, flags=re.MULTILINE), done.returncode
