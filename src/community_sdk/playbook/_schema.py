"""The JSON Schema of playbook files, from the very tables that read them."""

from __future__ import annotations

from typing import Any, Final

from community_sdk.playbook._fields import table_of
from community_sdk.playbook._migrate import FORMAT
from community_sdk.playbook._shapes import Schema
from community_sdk.playbook._tables import Table
from community_sdk.playbook._template import Parameter

__all__ = ["describe"]

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


def describe(root: Table) -> Schema:
    """Return the schema of files whose top level is *root*."""
    defs: dict[str, Any] = {}
    top = root.describe(defs)
    parameter = table_of(Parameter, skip=frozenset({"name"})).schema(defs)
    keys = {
        "format": {"const": FORMAT, "description": "The number of the file format."},
        **top["properties"],
        "parameters": {
            "type": "object",
            "description": "What is filled in when the playbook is loaded.",
            "additionalProperties": parameter,
        },
    }
    return {
        "$schema": _DRAFT,
        **top,
        "title": "community-sdk playbook",
        "properties": keys,
        "required": ["format", *top.get("required", ())],
        "$defs": dict(sorted(defs.items())),
    }
