"""The page of all kinds of policies, from the schema of playbook files."""

import json
import re
from collections.abc import Iterator
from typing import Any

from community_sdk.playbook import json_schema

Plain = dict[str, Any]
_REF = "#/$defs/"
_TEXTS = {"string": "text", "integer": "number", "boolean": "flag", "object": "table"}


def named(part: object) -> set[str]:
    """Return the names of the definitions that *part* refers to."""
    return set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(part)))


def reached(schema: Plain, start: object) -> set[str]:
    """Return the names of the definitions that *start* leads to."""
    found, new = set[str](), named(start)
    while new := new - found:
        found |= new
        new = set[str]().union(*(named(schema["$defs"][name]) for name in new))
    return found


def elsewhere(schema: Plain) -> set[str]:
    """Return the definitions that stand outside of policies as well."""
    parts = {k: v for k, v in schema["properties"].items() if k != "policy"}
    return reached(schema, parts)


def value(schema: Plain, told: Plain) -> str:
    """Return what a key takes, in words."""
    if (ref := str(told.get("$ref", "")).removeprefix(_REF)) in schema["$defs"]:
        if "properties" not in schema["$defs"][ref]:
            return ref.lower() if ref.isalpha() else ref
        outside = ref in elsewhere(schema)
        return f"`{ref}`" if outside else f"[`{ref}`](#{ref.lower()})"
    if "anyOf" in told:
        first = [
            each for each in told["anyOf"] if each.get("$ref") != _REF + "Placeholder"
        ]
        return " or ".join(dict.fromkeys(value(schema, each) for each in first))
    if "enum" in told:
        return ", ".join(f"`{word}`" for word in told["enum"])
    if told.get("type") == "array":
        return f"list of {value(schema, told.get('items', {'type': 'string'}))}"
    if told.get("type") == "object" and told.get("additionalProperties"):
        return f"{value(schema, told['additionalProperties'])}, by name"
    return _TEXTS.get(str(told.get("type")), "text")


def table(schema: Plain, name: str) -> Iterator[str]:
    """Yield one kind or table: what it is, and its keys."""
    told = schema["$defs"][name]
    properties, needed = told.get("properties", {}), told.get("required", ())
    yield f"\n### `{name}`\n\n{told.get('description', '').replace('*', '`')}\n"
    yield "| key | takes | meaning |\n|---|---|---|"
    for key, each in properties.items():
        if key != "kind":
            shown = f"**`{key}`**" if key in needed else f"`{key}`"
            meaning = each.get("description", "").replace("|", r"\|")
            yield f"| {shown} | {value(schema, each)} | {meaning} |"


def kinds() -> str:
    """Return every kind of policy, then the tables that stand inside them."""
    schema = json_schema()
    policies = schema["properties"]["policy"]["items"]["oneOf"]
    words = [each["$ref"].removeprefix(_REF) for each in policies]
    inside = reached(schema, policies) - elsewhere(schema) - {*words}
    inner = sorted(name for name in inside if "properties" in schema["$defs"][name])
    lines = ["## Kinds"]
    for word in sorted(words):
        lines += table(schema, word)
    lines.append("\n## Tables inside them")
    for name in inner:
        lines += table(schema, name)
    return "\n".join(lines)
