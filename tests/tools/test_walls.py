"""Every wall that pyproject.toml draws between packages stops someone."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

SETTINGS = Path(__file__).parents[2] / "pyproject.toml"
FAMILIES = ("policies/penalty.py", "policies/tier.py")
STORES = ("adapters/stores/memory.py", "adapters/stores/sqlite.py")

BREACHES = [
    ("floors", "errors.py", "import community_sdk.model"),
    ("floors", "model/member.py", "from community_sdk import events"),
    ("floors", "unlisted.py", ""),
    ("pure", "errors.py", "import os"),
    ("pure", "policies/tier.py", "from time import time"),
    ("pure", "engine.py", "import cattrs"),
    ("shelf", "policies/tier.py", "import community_sdk.policies.penalty"),
    (
        "plugs",
        "adapters/stores/sqlite.py",
        "import community_sdk.adapters.stores.memory",
    ),
    ("no-rings", "model/tier.py", "import community_sdk.model.member"),
]


def contracts() -> dict[str, dict[str, Any]]:
    """The contracts by their id."""
    settings = tomllib.loads(SETTINGS.read_text(encoding="utf-8"))
    return {it["id"]: it for it in settings["tool"]["importlinter"]["contracts"]}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house of empty rooms under the real contracts."""
    shutil.copy(SETTINGS, tmp_path)
    package = tmp_path / "community_sdk"
    pure: list[str] = contracts()["pure"]["source_modules"]
    rooms = {name.removeprefix("community_sdk.") for name in pure}
    plain = rooms - {"model", "policies"}
    for file in (
        *(f"{room}.py" for room in plain),
        *FAMILIES,
        *STORES,
        "model/member.py",
        "model/tier.py",
    ):
        path = package / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
        for folder in path.relative_to(tmp_path).parents[:-1]:
            (tmp_path / folder / "__init__.py").touch()
    (package / "model/member.py").write_text("import community_sdk.model.tier\n")
    return tmp_path


def broken(house: Path) -> set[str]:
    """Ids of the contracts that this house breaks."""
    names = {str(it["name"]): key for key, it in contracts().items()}
    command = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [command, "--no-logo", "--no-cache"],
        capture_output=True,
        check=False,
        cwd=house,
        text=True,
    )
    assert "Contracts" in run.stdout, run.stdout + run.stderr
    ends = {f"{name} BROKEN": key for name, key in names.items()}
    return {key for end, key in ends.items() if end in run.stdout}


def test_the_house_without_a_breach_stands(house: Path) -> None:
    """Otherwise the breaches below would prove nothing."""
    assert broken(house) == set()


@pytest.mark.parametrize(("contract", "file", "line"), BREACHES)
def test_a_breach_is_caught(house: Path, contract: str, file: str, line: str) -> None:
    """One forbidden line breaks the contract that forbids it."""
    with (house / "community_sdk" / file).open("a") as module:
        module.write(f"{line}\n")
    assert contract in broken(house)
