"""The command as the tests call it: in this process, with what it printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from community_sdk.cli import main


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Run a command; return its code and what it printed."""
    try:
        code = main(words)
    except SystemExit as left:
        code = int(left.code or 0)
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return code, out, err


def english(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in *folder*, in an English place."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    return folder
