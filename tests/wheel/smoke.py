"""What a stranger does first with the installed wheel; plain asserts, no test library.

Run as `python -I smoke.py {bare|all} README.md` in an empty folder.
"""

import importlib
import importlib.util
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

OPTIONAL = ("hypothesis", "matplotlib", "narwhals", "openpyxl", "pandas", "pyarrow")

# What would make a browser open a connection to show the page.
FETCHED = re.compile(
    r"""<(?:script|link|img|iframe|image)\b[^>]*\b(?:src|href)=["'](?!data:|\#)[^"']*"""
    r"""|@import|url\(["']?(?:https?:)?//""",
    re.IGNORECASE,
)


def extras_are_as_announced(kind: str) -> None:
    """Bare means bare, all means all: otherwise the other checks prove nothing."""
    present = [name for name in OPTIONAL if importlib.util.find_spec(name)]
    assert present == ([] if kind == "bare" else list(OPTIONAL)), present


def the_installed_package_is_meant() -> None:
    """Not a source tree that happens to lie near."""
    package = importlib.import_module("community_sdk")
    assert package.__file__
    assert Path(package.__file__).is_relative_to(sys.prefix), package.__file__
    for name in getattr(package, "__all__", ()):
        assert hasattr(package, name), name


def every_module_imports_or_names_its_extra(kind: str) -> None:
    """A missing library is told with the very words to install it."""
    package = importlib.import_module("community_sdk")
    for module in pkgutil.walk_packages(package.__path__, "community_sdk."):
        if any(part.startswith("_") for part in module.name.split(".")):
            continue  # reached through the public ones, which speak for them
        try:
            importlib.import_module(module.name)
        except ImportError as error:
            assert kind == "bare", (module.name, error)
            assert "community-sdk[" in str(error), (module.name, error)


def the_first_lines_of_the_readme_run(readme: Path) -> None:
    """Paste them, and a decision with its reason is printed."""
    block = re.search(r"(?ms)^```python\n(.*?)^```", readme.read_text("utf-8"))
    if block is None:
        return  # the README has no code yet
    printed = tell(sys.executable, "-I", "-c", block[1])
    assert printed.strip(), "the first lines of the README print nothing"


def the_command_line_answers(kind: str) -> None:
    """Help, then the demonstration; with all extras its report as well."""
    if importlib.util.find_spec("community_sdk.cli") is None:
        return  # the command line is not built yet
    command = str(Path(sys.executable).with_name("community-sdk"))
    assert "demo" in tell(command, "--help")
    assert len(tell(command, "demo").splitlines()) > 20
    if kind == "all":
        (report,) = (path.read_text("utf-8") for path in Path.cwd().glob("*.html"))
        assert report.count("<svg") > 1, "the report has no figures"
        fetched = FETCHED.findall(report)
        assert not fetched, f"the report would fetch {fetched}"


def tell(*command: str) -> str:
    """Run a command; answer what it printed, fail with what it complained of."""
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{command}: {ran.returncode}\n{ran.stdout}{ran.stderr}"
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran.stdout


def main(kind: str, readme: str) -> None:
    """Run every check in the order in which a stranger meets them."""
    extras_are_as_announced(kind)
    the_installed_package_is_meant()
    every_module_imports_or_names_its_extra(kind)
    the_first_lines_of_the_readme_run(Path(readme))
    the_command_line_answers(kind)


if __name__ == "__main__":
    main(*sys.argv[1:])
