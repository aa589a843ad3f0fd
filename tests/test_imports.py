"""What `import community_sdk` may load, and what it must not."""

import subprocess
import sys

FORBIDDEN = (
    "asyncio",
    "cattrs",
    "hypothesis",
    "matplotlib",
    "narwhals",
    "numpy",
    "openpyxl",
    "pandas",
    "pyarrow",
    "sqlite3",
)

PROBE = """
import sys
before = set(sys.modules)
import community_sdk
print("\\n".join(sorted(set(sys.modules) - before)))
"""


def test_the_front_door_loads_no_optional_module() -> None:
    """`import community_sdk` in a fresh process leaves the heavy modules alone."""
    run = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, check=True, text=True
    )
    loaded = {line.partition(".")[0] for line in run.stdout.split()}
    assert "community_sdk" in loaded
    assert loaded.isdisjoint(FORBIDDEN), sorted(loaded & set(FORBIDDEN))
