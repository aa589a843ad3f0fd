"""What the command line says: sentences and complaints in the user's language."""

from __future__ import annotations

import sys
import traceback
from typing import Any

from community_sdk.errors import CommunityError, PlaybookError
from community_sdk.explanation import because
from community_sdk.wording import say, say_problem

__all__ = ["complain", "internal", "sentence", "tell"]


def sentence(key: str, lang: str, /, **figures: Any) -> str:
    """Return the sentence called *key*."""
    return say(because(key, **figures), lang)


def tell(key: str, lang: str, /, **figures: Any) -> None:
    """Print the sentence called *key*."""
    print(sentence(key, lang, **figures))


def complain(error: CommunityError, lang: str) -> None:
    """Print an error, with every mistake of a file on a line of its own."""
    if isinstance(error, PlaybookError):
        head = sentence(
            "cli.mistakes", lang, count=len(error.problems), source=error.source
        )
        lines = [head, *(f"  {say_problem(p, lang)}" for p in error.problems)]
    else:
        lines = [say_problem(error, lang)]
    for line in lines:
        print(line, file=sys.stderr)


def internal(error: Exception, lang: str, *, trace: bool) -> None:
    """Print that the library itself is at fault; the traceback only when asked."""
    if trace:
        traceback.print_exception(error)
    kind = type(error).__name__
    print(sentence("cli.internal", lang, kind=kind, reason=str(error)), file=sys.stderr)
