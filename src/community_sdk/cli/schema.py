"""`schema`: the JSON Schema of playbook files, for editors."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace

from community_sdk.playbook import json_schema

__all__ = ["declare", "run"]


def declare(parser: ArgumentParser, _: str) -> None:
    """Name the arguments: none."""
    parser.set_defaults(run=run)


def run(_: Namespace) -> int:
    """Print the schema."""
    print(json.dumps(json_schema(), ensure_ascii=False, indent=2))
    return 0
