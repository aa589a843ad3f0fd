"""The JSON Schema of playbook files, from the very tables that read them."""

from __future__ import annotations

from typing import Any, Final, cast

from community_sdk.playbook._fields import table_of
from community_sdk.playbook._layout import ORDER
from community_sdk.playbook._migrate import FORMAT
from community_sdk.playbook._shapes import Schema
from community_sdk.playbook._tables import Table
from community_sdk.playbook._template import Parameter

__all__ = ["describe"]

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_BLANK: Final = {"$ref": "#/$defs/Placeholder"}


def describe(root: Table) -> Schema:
    """Return the schema of files whose top level is *root*.

    A placeholder of a template may stand for any single value.
    """
    defs: dict[str, Schema] = {}
    top = root.describe(defs)
    keys = _open(top["properties"])
    found = {name: _open(each) for name, each in defs.items()}
    found["Placeholder"] = {
        "type": "string",
        "pattern": r"\{\{",
        "description": "A text with parameters in it, such as {{city}}.",
    }
    parameter = table_of(Parameter, skip=frozenset({"name"})).schema(found)
    keys |= {
        "format": {"const": FORMAT, "description": "The number of the file format."},
        "parameters": {
            "type": "object",
            "description": "What is filled in when the playbook is loaded.",
            "additionalProperties": parameter,
        },
    }
    order = ("format", "parameters", *ORDER[1:])
    return {
        "$schema": _DRAFT,
        **top,
        "title": "community-sdk playbook",
        "properties": {key: keys[key] for key in order},
        "required": ["format", *top.get("required", ())],
        "$defs": dict(sorted(found.items())),
    }


def _open(node: Any) -> Any:
    """Return a schema in which a placeholder may stand for any single value."""
    if isinstance(node, list):
        return [_open(each) for each in cast("list[object]", node)]
    if not isinstance(node, dict):
        return node
    schema = cast("Schema", node)
    if _single(schema):
        said = {k: v for k, v in schema.items() if k == "description"}
        rest = {k: v for k, v in schema.items() if k != "description"}
        return {**said, "anyOf": [rest, _BLANK]}
    kept = ("propertyNames", "enum", "required")
    return {k: v if k in kept else _open(v) for k, v in schema.items()}


def _single(schema: Schema) -> bool:
    """Tell whether *schema* is about a number, a flag, a word or a patterned text."""
    if schema.get("type") in ("integer", "boolean"):
        return True
    return isinstance(schema.get("pattern"), str) or isinstance(
        schema.get("enum"), list
    )
