"""How the pages are built: MyST pages, furo, and no network."""

from importlib.metadata import version as installed_version

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

nitpicky = True
# Links to other projects would need their inventories, and those a network; only our
# own names must resolve.
nitpick_ignore_regex = [("py:.*", r"(?!community_sdk).*")]

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_default_options = {"members": True, "show-inheritance": False}
napoleon_numpy_docstring = False

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

html_theme = "furo"
html_title = "community_sdk"
html_static_path = ["_static"]
html_css_files = ["own.css"]
html_copy_source = False
