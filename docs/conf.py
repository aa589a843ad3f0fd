"""How the pages are built: MyST pages, furo, and no network."""

import re
import sys
import tomllib
from enum import Enum
from importlib.metadata import version as installed_version
from importlib.resources import files
from inspect import isclass, isroutine
from pathlib import Path
from typing import Any, NewType

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.pycode import ModuleAnalyzer

sys.path.insert(0, str(Path(__file__).parents[1]))
from docs.policy_tables import kinds

project = "community_sdk"
author = "The community_sdk developers"
project_copyright = f"2026, {author}"
version = release = installed_version("community-sdk")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
]
exclude_patterns = ["_build"]

PUBLIC = {
    "community_sdk.metrics.cohorts": ("community_sdk.metrics", "class"),
    "community_sdk.model.ids": ("community_sdk.model", "data"),
}
"""Where what is defined in a room is public, and as what."""

nitpicky = True
# Links to other projects would need their inventories, and those a network; only our
# own names must resolve, but for what is not public and type variables.
nitpick_ignore_regex = [
    ("py:.*", r"(?!community_sdk).*"),
    ("py:.*", r"community_sdk\.(.*\.)?_\w+(\..*)?"),
    ("py:.*", r"community_sdk\..*\.[A-Z]"),
]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "no-value": True}
add_module_names = False
python_maximum_signature_line_length = 80
napoleon_numpy_docstring = False
napoleon_use_ivar = True

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

html_theme = "furo"
html_title = "community_sdk"
html_static_path = ["_static"]
html_css_files = ["own.css"]
html_copy_source = False


def keep(_app: Sphinx, what: str, _name: str, thing: Any, *_: Any) -> bool | None:
    """Show the words of enums; leave constants and types to the pages."""
    if isinstance(thing, Enum):
        return False
    return (
        True if what == "module" and not (isclass(thing) or isroutine(thing)) else None
    )


def describe(
    _app: Sphinx, what: str, name: str, thing: Any, _options: Any, lines: list[str]
) -> None:
    """Give a constant the words that stand under it where it is defined."""
    if what != "data":
        return
    type_only = "A text; only type checkers tell it from others."
    lines[:] = [type_only] if isinstance(thing, NewType) else []
    package, _, word = name.rpartition(".")
    for home in sorted(sys.modules):
        if f"{home}.".startswith(f"{package}."):
            analyzer = ModuleAnalyzer.for_module(home)
            analyzer.analyze()
            lines[:] = analyzer.attr_docs.get(("", word), lines)


def shorten(
    _app: Sphinx,
    _what: str,
    _name: str,
    _thing: Any,
    _options: Any,
    signature: str | None,
    returns: str | None,
) -> tuple[str | None, str | None]:
    """Write a default that is made anew each time as what it is: not given."""
    return signature and signature.replace(" = NOTHING", " = ..."), returns


def find(app: Sphinx, env: BuildEnvironment, node: Any, text: Any) -> Any:
    """Lead from where a thing is defined to where it is public."""
    home, _, word = str(node.get("reftarget", "")).rpartition(".")
    if home not in PUBLIC:
        return None
    package, kind = PUBLIC[home]
    public = f"{package}.{word}"
    domain = env.domains.python_domain
    return domain.resolve_xref(
        env, node["refdoc"], app.builder, kind, public, node, text
    )


def list_codes(_app: Sphinx, page: str, source: list[str]) -> None:
    """Put the catalogue of mistakes into the page that is about them."""
    if page != "reference/errors":
        return
    words = files("community_sdk.wording").joinpath("zh.toml").read_text("utf-8")
    rows: list[str] = []
    family = ""
    for code, said in tomllib.loads(words)["problems"].items():
        if code.partition(".")[0] != family:
            family = code.partition(".")[0]
            rows += ["", f"## `{family}`", "", "| code | 中文 |", "|---|---|"]
        ways = [said] if isinstance(said, str) else said
        text = next(way for way in ways if isinstance(way, str))
        plain = re.sub(r"\{(\w+)\|[^}]*\}", r"{\1}", text).replace("|", r"\|")
        rows.append(f"| `{code}` | {plain} |")
    source[0] = source[0].replace("<!-- catalogue -->", "\n".join(rows))


def list_kinds(_app: Sphinx, page: str, source: list[str]) -> None:
    """Put every kind of policy into the page that is about them."""
    if page == "reference/policy_kinds":
        source[0] = source[0].replace("<!-- kinds -->", kinds())


def setup(app: Sphinx) -> None:
    """Ask the functions above."""
    app.connect("autodoc-skip-member", keep)
    app.connect("autodoc-process-docstring", describe)
    app.connect("autodoc-process-signature", shorten)
    app.connect("missing-reference", find)
    app.connect("source-read", list_codes)
    app.connect("source-read", list_kinds)
