"""`community-sdk member`: what is held is given out, what is personal erased."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from community_sdk.adapters.stores.sqlite import SqliteStore
from tests.e2e import command
from tests.unit.operation.persons import ANN, BO, BOOK, KIM, PHONE, beside, running


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a playbook, a store and what is held beside it."""
    command.english(tmp_path, monkeypatch)
    (tmp_path / "circle.toml").write_text(BOOK, "utf-8")
    (tmp_path / "beside").mkdir()
    held = beside()
    for name, profile in held.profiles.items():
        (tmp_path / "beside" / name).write_text(profile["name"], "utf-8")
    for name, text in held.texts.items():
        (tmp_path / "beside" / name).write_text(text, "utf-8")
    with SqliteStore.open(tmp_path / "c.db") as store:
        running(store)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Run the command on the circle; return its code and what it printed."""
    return command.said(capsys, "member", "--playbook", "circle.toml", *words)


STORE = ("--store", "c.db")
BESIDE = ("--beside", "beside")


@pytest.mark.parametrize(("lang", "word"), [("zh", "全部记录"), ("en", "on record")])
def test_a_member_reads_what_is_held(
    capsys: pytest.CaptureFixture[str], lang: str, word: str
) -> None:
    """On the terminal, in either language, without anybody else."""
    code, out, err = said(capsys, ANN, *STORE, "--export", "-", "--lang", lang)
    assert (code, err, word in out) == (0, "", True)
    assert BO not in out
    assert KIM not in out


def test_an_export_is_written_before_the_erasure(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is in the file was held; what is held then is the record alone."""
    words = (PHONE, *STORE, *BESIDE, "--export", "ann.json", "--erase")
    code, out, _ = said(capsys, *words)
    assert (code, "erased" in out) == (0, True)
    content = json.loads((here / "ann.json").read_text("utf-8"))
    assert content["beside"]["profiles"] == {
        name: f"name of {name}" for name in (ANN, PHONE)
    }
    left = sorted(path.name for path in (here / "beside").iterdir())
    assert left == [BO, KIM, "t-bo"]
    code, _, _ = said(capsys, ANN, *STORE, *BESIDE, "--export", "again.json")
    again = json.loads((here / "again.json").read_text("utf-8"))
    assert again["beside"] == {"profiles": {}, "texts": {}}
    assert again["strikes"] == content["strikes"]


def test_erasing_twice_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """It is no error, and the record does not grow."""
    call = (ANN, *STORE, *BESIDE, "--erase")
    assert said(capsys, *call)[:2] == said(capsys, *call)[:2]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((ANN, *STORE), 1, "--export"),
        ((ANN, *STORE, "--erase"), 1, "--beside"),
        ((ANN, "--export", "-"), 2, "--store"),
        ((ANN, *STORE, "--erase", "--beside", "nowhere"), 1, "nowhere"),
        (("nobody", *STORE, "--export", "-"), 1, "nobody"),
        ((ANN, "--store", "no.db", "--export", "-"), 1, "no.db"),
        ((ANN, *STORE, "--export", "no/ann.json"), 1, "no/ann.json"),
    ],
)
def test_wrong_calls_are_explained(
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    code: int,
    told: str,
    lang: str,
) -> None:
    """In words, and nothing is done."""
    found, out, err = said(capsys, *words, "--lang", lang)
    assert (found, told in err, out) == (code, True, "")
