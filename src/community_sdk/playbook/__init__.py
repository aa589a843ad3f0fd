"""The only file format: playbooks in TOML, checked whole.

`load` reads a file or a library playbook, `loads` a text, `dumps` writes one; `diff`
tells two playbooks apart; `json_schema` describes the files to editors.
"""

from community_sdk.playbook._diff import Change, diff
from community_sdk.playbook._files import (
    PlaybookFormat,
    converter,
    dumps,
    json_schema,
    library,
    load,
    loads,
    parameters_of,
    restore,
)
from community_sdk.playbook._migrate import FORMAT
from community_sdk.playbook._playbook import Playbook
from community_sdk.playbook._template import Parameter, ParameterType
from community_sdk.playbook._toml import toml_problem
from community_sdk.proposal import ApprovalRule, Consent

__all__ = [
    "FORMAT",
    "ApprovalRule",
    "Change",
    "Consent",
    "Parameter",
    "ParameterType",
    "Playbook",
    "PlaybookFormat",
    "converter",
    "diff",
    "dumps",
    "json_schema",
    "library",
    "load",
    "loads",
    "parameters_of",
    "restore",
    "toml_problem",
]
