"""The wheel, as a stranger gets it: every interpreter found × {bare, all extras}.

Builds sdist and wheel once, then makes throwaway environments from the pinned
requirements, installs the wheel without its dependencies and runs tests/wheel/smoke.py
in an empty folder. Interpreters that are not found are listed as not tried.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MINORS = ("3.11", "3.12", "3.13", "3.14")
AT_A_TIME = 2
PROBE = "import ensurepip, sys, venv; print(*sys.version_info[:3], sep='.')"
PINS = {"bare": "core.txt", "all": "all.txt"}


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One environment and what came of it."""

    version: str
    kind: str
    seconds: float
    error: str


def interpreter(minor: str) -> str | None:
    """The first interpreter of this minor version that really runs, if there is one."""
    for path in candidates(f"python{minor}"):
        try:
            probe = run(path, "-c", PROBE)
        except (OSError, subprocess.CalledProcessError):
            continue  # a shim may be there and refuse
        if probe.startswith(f"{minor}."):
            return path
    return None


def candidates(name: str) -> Iterator[str]:
    """Where an interpreter of this name may be: on the path, then in pyenv."""
    for folder in os.get_exec_path():
        if (path := Path(folder, name)).is_file():
            yield str(path)
    for path in sorted(Path.home().glob(f".pyenv/versions/*/bin/{name}")):
        yield str(path)


def run(*command: str, cwd: Path | None = None) -> str:
    """Run without the settings of the surrounding shell; answer what was printed."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    return subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, check=True, text=True
    ).stdout


def build(folder: Path) -> Path:
    """Make the sdist, and from the sdist the wheel; look into both."""
    try:
        run(
            *(sys.executable, "-m", "build", "--no-isolation"),
            *("--outdir", str(folder), str(ROOT)),
        )
    except subprocess.CalledProcessError as failure:
        sys.exit(f"the wheel cannot be built:\n{failure.stdout}{failure.stderr}")
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        inside = archive.namelist()
    strangers = [n for n in inside if not n.startswith("community_sdk")]
    if strangers or "community_sdk/py.typed" not in inside:
        sys.exit(f"wheel: does not belong {strangers}, or py.typed is missing")
    if not any(name.endswith("/licenses/LICENSE") for name in inside):
        sys.exit("wheel: the licence is missing")
    with tarfile.open(sdist) as archive:
        if not any(name.endswith("/CHANGELOG.md") for name in archive.getnames()):
            sys.exit("sdist: the changelog is missing")
    return wheel


def trial(python: str, kind: str, wheel: Path, home: Path) -> Trial:
    """Make one environment, install, run the smoke test, throw it away."""
    started = time.perf_counter()
    version = run(python, "-c", PROBE).strip()
    folder = home / f"{version}-{kind}"
    inner = str(folder / "bin" / "python")
    pip = (inner, "-m", "pip", "--disable-pip-version-check", "-qq", "install")
    empty = folder / "empty"
    error = ""
    try:
        run(python, "-m", "venv", str(folder))
        pins = str(ROOT / "requirements" / PINS[kind])
        run(*pip, "--no-compile", "--require-hashes", "-r", pins)
        run(*pip, "--no-deps", str(wheel))
        empty.mkdir()
        smoke = str(ROOT / "tests" / "wheel" / "smoke.py")
        run(inner, "-I", smoke, kind, str(ROOT / "README.md"), cwd=empty)
    except subprocess.CalledProcessError as failure:
        error = f"{failure.stdout}{failure.stderr}".strip() or str(failure)
    shutil.rmtree(folder, ignore_errors=True)
    seconds = time.perf_counter() - started
    return Trial(version=version, kind=kind, seconds=seconds, error=error)


def main() -> int:
    """Run every trial, two at a time, and print the table."""
    found = {minor: interpreter(minor) for minor in MINORS}
    with tempfile.TemporaryDirectory(prefix="wheel-") as name:
        home = Path(name)
        wheel = build(home)
        print(f"{wheel.name}, {wheel.stat().st_size:,} bytes")
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            running = [
                pool.submit(trial, python, kind, wheel, home)
                for kind in ("all", "bare")  # the long ones first
                for python in found.values()
                if python
            ]
            done = [job.result() for job in running]
    for it in sorted(done, key=lambda it: (it.version, it.kind)):
        word = "failed" if it.error else "passed"
        print(f"  python {it.version:<8} {it.kind:<5} {word} {it.seconds:6.1f} s")
    for minor in (minor for minor, python in found.items() if not python):
        print(f"  python {minor:<8} not found, not tried")
    for it in done:
        if it.error:
            print(f"\npython {it.version} {it.kind}:\n{it.error}")
    return not done or any(it.error for it in done)


if __name__ == "__main__":
    sys.exit(main())
