"""Events, decisions and explanations ↔ plain builtins and JSON text, by `kind` word.

Strict both ways: nothing is coerced, so that what was stored is what comes back, or a
`CodecError` that names every mistake with its path. Instants are written in UTC,
defaults are left out, enums are written by their lower-case names.
"""

from typing import Final

from community_sdk.codec._codec import Codec, converter
from community_sdk.codec._faults import CodecError

__all__ = [
    "Codec",
    "CodecError",
    "converter",
    "decision",
    "dump",
    "dumps",
    "event",
    "explanation",
    "load",
    "loads",
]

_SHIPPED: Final = converter()

dump = _SHIPPED.dump
load = _SHIPPED.load
dumps = _SHIPPED.dumps
loads = _SHIPPED.loads
event = _SHIPPED.event
decision = _SHIPPED.decision
explanation = _SHIPPED.explanation
