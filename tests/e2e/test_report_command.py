"""The command `report` as a user meets it: periods, languages, mistakes in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.command import english, said

HEAD = "id,kind,at,member,length\n"
PLAYBOOK = """
format = 1
name = "tiny"

[community]
key = "tiny"
zone = "Asia/Shanghai"

[[policy]]
kind = "onboarding"
key = "welcome"
"""
WORDS = ("report", "--playbook", "tiny.toml", "--events", "h.csv")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder with a small playbook and three weeks of messages."""
    english(tmp_path, monkeypatch)
    (tmp_path / "tiny.toml").write_text(PLAYBOOK, "utf-8")
    rows = [f"m{n},message,2026-05-{n:02}T10:00:00Z,ann,5" for n in range(4, 24)]
    (tmp_path / "h.csv").write_text(HEAD + "\n".join(rows) + "\n", "utf-8")
    return tmp_path


def test_each_period_has_its_report(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last one that is over, or the one that holds the day asked for."""
    assert here.is_dir()
    code, out, err = said(capsys, *WORDS, "--period", "week")
    assert (code, err) == (0, "")
    assert "Weekly analysis" in out
    assert "11 May 2026 – 17 May 2026 (2026-W20)" in out
    code, out, _ = said(capsys, *WORDS, "--period", "day", "--lang", "zh")
    assert code == 0
    assert "社群日报" in out
    assert "2026年5月22日" in out
    code, out, _ = said(capsys, *WORDS, "--period", "month", "--on", "2026-05-20")
    assert code == 0
    assert "Of 31 days, 20 were observed" in out


def test_the_page_is_written(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As one file, without ids of members unless they are asked for."""
    pytest.importorskip("matplotlib")
    words = (*WORDS, "--period", "week", "--report", "r.html")
    code, out, _ = said(capsys, *words)
    assert code == 0
    assert "r.html" in out
    assert "ann" not in out.split()
    assert "<svg" in (here / "r.html").read_text("utf-8")
    code, out, _ = said(capsys, *words, "--names")
    assert "ann" in out.split()


def test_over_a_store_all_on_record_is_told(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second run over the same store reports on the same history."""
    assert here.is_dir()
    words = (*WORDS, "--period", "week", "--store", "sqlite:///s.db")
    _, first, _ = said(capsys, *words)
    code, again, _ = said(capsys, *words)
    assert code == 0
    assert again.startswith(first.rstrip("\n"))


def test_mistakes_are_put_in_words(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A day that is none, a day outside of the history, no period at all."""
    assert here.is_dir()
    code, _, err = said(capsys, *WORDS, "--period", "week", "--on", "soon")
    assert code == 1
    assert "soon" in err
    code, _, err = said(capsys, *WORDS, "--period", "week", "--on", "2030-01-01")
    assert code == 1
    assert "2026-05-04" in err
    code, _, err = said(
        capsys, *WORDS, "--period", "week", "--on", "soon", "--lang", "zh"
    )
    assert "应写日期" in err
    code, _, err = said(capsys, *WORDS)
    assert code == 2
    assert "--period" in err


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_refused_rows_are_told_where_nothing_is_left(
    here: Path, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    """Without them nobody would know why the history is empty."""
    (here / "h.csv").write_text("id,kind,member\n1,message,ann\n", "utf-8")
    code, out, err = said(capsys, *WORDS, "--period", "week", "--lang", lang)
    assert code == 1
    assert "h.refused.jsonl" in out + err
    assert (here / "h.refused.jsonl").is_file()


def test_any_day_of_a_period_names_it(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also one before the history began, or after its end; none of another period."""
    for day, period in (("2026-05-01", "month"), ("2026-05-24", "week")):
        code, _, err = said(capsys, *WORDS, "--period", period, "--on", day)
        assert (code, err) == (0, "")
    for day in ("2026-05-03", "2026-05-25", "0001-01-01", "9999-12-31"):
        code, _, err = said(capsys, *WORDS, "--period", "week", "--on", day)
        assert code == 1
        assert "from 2026-05-04 to 2026-05-23" in err
    assert here.is_dir()
