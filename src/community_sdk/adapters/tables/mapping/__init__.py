"""Mappings: which rows of a foreign table are which events, as a value or a file."""

from community_sdk.adapters.tables.mapping._file import load_mapping, mapping_of
from community_sdk.adapters.tables.mapping._own import bind_own
from community_sdk.adapters.tables.mapping._translate import bind
from community_sdk.adapters.tables.mapping._values import (
    EventRule,
    FieldRule,
    Mapping,
    MappingError,
    SkipRule,
    When,
)

__all__ = [
    "EventRule",
    "FieldRule",
    "Mapping",
    "MappingError",
    "SkipRule",
    "When",
    "bind",
    "bind_own",
    "load_mapping",
    "mapping_of",
]
