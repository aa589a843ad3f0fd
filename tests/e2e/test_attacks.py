"""Bad input by malicious and clumsy users: a plain message, and nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from community_sdk.cli import main

PLAYBOOK = """
format = 1
name = "tiny"

[community]
key = "tiny"
zone = "Asia/Shanghai"

[[rule]]
code = "spam"

[[policy]]
kind = "penalty_ladder"
key = "ladder"
steps = [{ at = 1, kind = "reminder" }, { at = 2, kind = "mute", duration = "1h" }]
"""
ROWS = """id,kind,at,member,length,rule
m0,message,2026-05-01T10:00:00Z,ann,5,
b1,rule_broken,2026-05-02T10:00:00Z,ann,,spam
m1,messsage,2026-05-02T11:00:00Z,ann,5,
"""
REFUSED = 3


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a small playbook and a history with one bad row."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.toml").write_text(PLAYBOOK, "utf-8")
    (tmp_path / "h.csv").write_text(ROWS, "utf-8")
    return tmp_path


def attack(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Run over the small history; return the code and the complaints."""
    call = ("run", "--playbook", "tiny.toml", "--events", "h.csv", "--lang", "en")
    code = main([*call, *words])
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "itself is at fault" not in said
    return code, said


@pytest.mark.parametrize("option", ["--refused", "--report"])
@pytest.mark.parametrize("victim", ["h.csv", "tiny.toml", "x.db", "linked.csv"])
def test_nothing_that_is_read_is_written_over(
    here: Path, capsys: pytest.CaptureFixture[str], option: str, victim: str
) -> None:
    """A report or side file never takes the place of a source, by link or by name."""
    (here / "linked.csv").symlink_to("h.csv")
    code, said = attack(capsys, "--store", "sqlite:///x.db", option, victim)
    assert code == 1
    assert f"name the same file `{victim}`" in said
    assert (here / "h.csv").read_text("utf-8") == ROWS
    assert (here / "tiny.toml").read_text("utf-8") == PLAYBOOK
    assert not (here / "x.db").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of a Unix")
def test_a_pipe_is_written_to_and_not_replaced(here: Path) -> None:
    """What is no plain file, such as a pipe or a device, stays what it is."""
    os.mkfifo(here / "pipe")
    words = ("run", "--playbook", "tiny.toml", "--events", "h.csv", "--refused", "pipe")
    call = [sys.executable, "-m", "community_sdk.cli", *words]
    with subprocess.Popen(call, stdout=subprocess.DEVNULL) as running:
        refused = json.loads((here / "pipe").read_text("utf-8"))
        assert running.wait(60) == REFUSED
    assert refused["line"] == 4
    assert (here / "pipe").is_fifo()


def test_unreachable_outputs_are_told_before_the_work(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No folder, or a folder in the place of a file: no store is begun."""
    (here / "folder").mkdir()
    for words, expected in (
        (("--refused", "nosuch/r.jsonl"), "nosuch/r.jsonl"),
        (("--refused", "folder"), "is a directory: `folder`"),
        (("--report", "folder"), "is a directory: `folder`"),
        (("--report", "nosuch/r.html"), "nosuch"),
    ):
        code, said = attack(capsys, *words, "--store", "sqlite:///x.db")
        assert code == 1
        assert expected in said
    assert not (here / "x.db").exists()


def test_refused_rows_are_kept_though_the_report_fails(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The side file is written first; the complaint names the report."""
    pytest.importorskip("matplotlib")
    name = "r" * 253 + ".h"  # fits, but not with the ending of the part
    code, said = attack(capsys, "--report", name, "--refused", "side.jsonl")
    assert code == 1
    assert name in said
    assert json.loads((here / "side.jsonl").read_text("utf-8"))["line"] == 4


def test_a_closed_stdout_is_no_fault_of_ours(here: Path) -> None:
    """Rows are refused and written down where nobody listens."""
    words = ("run", "--playbook", "tiny.toml", "--events", "h.csv")
    script = 'exec "$0" -m community_sdk.cli "$@" >&-'
    call = ["sh", "-c", script, sys.executable, *words]
    done = subprocess.run(call, cwd=here, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (REFUSED, "")
    assert (here / "h.refused.jsonl").exists()


def test_a_kind_that_is_no_text_refuses_its_row(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A list or an object as `kind` is one bad row, not the end of the run."""
    good = '{"kind":"message","id":"a","at":"2026-05-01T10:00:00Z","member":"ann"}'
    lines = [good.replace('"message"', bad) for bad in ("[]", "{}", "1", "null")]
    (here / "h.jsonl").write_text("\n".join([*lines, good]) + "\n", "utf-8")
    code, _ = attack(capsys, "--events", "h.jsonl", "--refused", "r.jsonl")
    assert code == REFUSED
    found = (here / "r.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["line"] for line in found] == [1, 2, 3, 4]


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="devices of a Unix")
def test_a_stream_takes_what_is_written(here: Path) -> None:
    """The side file may be the standard output of the process, be it a pipe."""
    words = ("run", "--playbook", "tiny.toml", "--events", "h.csv")
    call = [sys.executable, "-m", "community_sdk.cli", *words]
    call += ["--lang", "en", "--refused", "/dev/stdout"]
    done = subprocess.run(call, cwd=here, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (REFUSED, "")
    assert json.loads(done.stdout.partition("\n")[0])["code"] == "table.unmatched"


def test_an_endless_mapping_is_refused(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mapping of a megabyte and more is not read to its end."""
    (here / "m.toml").write_text("#" * (1 << 20) + "\n", "utf-8")
    code, said = attack(capsys, "--mapping", "m.toml")
    assert code == 1
    assert "at most 1048576 bytes" in said
