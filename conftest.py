"""Every code block of README and docs and every doctest of a docstring is a test."""

from collections.abc import Iterator
from doctest import ELLIPSIS
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sybil import Sybil
from sybil.document import PythonDocStringDocument
from sybil.parsers import myst, rest

PAGES = Sybil(
    parsers=[
        myst.PythonCodeBlockParser(doctest_optionflags=ELLIPSIS),
        myst.SkipParser(),
    ],
    patterns=["README*.md", "docs/**/*.md", "examples/**/README*.md"],
    excludes=["docs/_build/**"],
    fixtures=["own_folder"],
    name="pages",
)
DOCSTRINGS = Sybil(
    parsers=[rest.DocTestParser(optionflags=ELLIPSIS), rest.SkipParser()],
    patterns=["src/**/*.py"],
    document_types={".py": PythonDocStringDocument},
    fixtures=["own_folder"],
    name="docstrings",
)

pytest_collect_file = (PAGES + DOCSTRINGS).pytest()

# Here and not in tests/: the profile holds for examples and pages as well. No profile
# has a deadline: what a machine does meanwhile is no property of the code.
settings.register_profile("dev", deadline=None)
settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,  # the same commit is red or green for everybody
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],  # shared machines are slow
)
settings.register_profile(
    "nightly",
    deadline=None,
    max_examples=2_000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("dev")


@pytest.fixture(scope="module")
def own_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Let the blocks of one page share an empty folder, and no other page see it."""
    folder = tmp_path_factory.mktemp("page")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder
