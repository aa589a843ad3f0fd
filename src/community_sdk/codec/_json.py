"""JSON text: compact, in UTF-8, without NaN; mistakes told with their place."""

from __future__ import annotations

import json
from typing import Final

from community_sdk.codec._faults import CodecError, nested
from community_sdk.errors import Problem

__all__ = ["parsed", "written"]

# What is written is a tree made here: it holds no circles to look for.
written: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")
).encode
_DECODE: Final = json.JSONDecoder().raw_decode


def parsed(text: str | bytes) -> object:
    """Read JSON text; the compact form that we write takes the short way.

    Raises:
        CodecError: it is none, or nested so deep that nobody can follow.
    """
    try:
        if isinstance(text, str) and text.startswith("{"):
            found, end = _DECODE(text)
            if end == len(text):
                return found
        return json.loads(text)
    except RecursionError:
        raise nested() from None
    except ValueError as fault:
        raise CodecError([_no_json(fault)]) from None


def _no_json(fault: ValueError) -> Problem:
    figures: dict[str, str] = {}
    if isinstance(fault, json.JSONDecodeError):
        place = f"line {fault.lineno} column {fault.colno}"
        reason = fault.msg.lower()
        figures = {"line": str(fault.lineno), "column": str(fault.colno)}
    elif isinstance(fault, UnicodeDecodeError):
        place, reason = f"byte {fault.start}", "not encoded in UTF-8"
    else:
        place, reason = "the text", "a number with too many digits"
    return Problem(
        "$",
        f"expected JSON, found a mistake at {place}: {reason}",
        "",
        "codec.json",
        {"place": place, "reason": reason, **figures},
    )
