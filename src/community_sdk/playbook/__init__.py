"""The only file format: playbooks in TOML, checked whole.

`load` reads a file or a library playbook, `loads` a text, `dumps` writes one; `diff`
tells two playbooks apart; `json_schema` describes the files to editors.
"""

from typing import TYPE_CHECKING

from community_sdk._lazily import lazily

if TYPE_CHECKING:
    from community_sdk.playbook._diff import *
    from community_sdk.playbook._files import PlaybookFormat as PlaybookFormat
    from community_sdk.playbook._files import converter as converter
    from community_sdk.playbook._files import dumps as dumps
    from community_sdk.playbook._files import json_schema as json_schema
    from community_sdk.playbook._files import library as library
    from community_sdk.playbook._files import load as load
    from community_sdk.playbook._files import loads as loads
    from community_sdk.playbook._files import parameters_of as parameters_of
    from community_sdk.playbook._files import restore as restore
    from community_sdk.playbook._migrate import FORMAT as FORMAT
    from community_sdk.playbook._playbook import *
    from community_sdk.playbook._template import Parameter as Parameter
    from community_sdk.playbook._template import ParameterType as ParameterType
    from community_sdk.playbook._toml import toml_problem as toml_problem
else:
    __getattr__, __dir__, __all__ = lazily(
        __name__,
        _diff="Change diff",
        _files=(
            "PlaybookFormat converter dumps json_schema library load loads "
            "parameters_of restore"
        ),
        _migrate="FORMAT",
        _playbook="ApprovalRule Consent Playbook",
        _template="Parameter ParameterType",
        _toml="toml_problem",
    )
