"""The command line as a user meets it: real files, real processes, plain words."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.command import english, said

HEAD = "id,kind,at,member,length,rule\n"
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


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder with a small playbook and a small history."""
    english(tmp_path, monkeypatch)
    (tmp_path / "tiny.toml").write_text(PLAYBOOK, "utf-8")
    rows = [f"m{n},message,2026-05-0{n + 1}T10:00:00Z,ann,5," for n in range(4)]
    rows += [f"b{n},rule_broken,2026-05-0{n + 5}T10:00:00Z,ann,,spam" for n in range(2)]
    (tmp_path / "h.csv").write_text(HEAD + "\n".join(rows) + "\n", "utf-8")
    return tmp_path


def test_run_shows_decisions(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two strikes, two sanctions, and the reasons in both languages."""
    words = ("run", "--playbook", "tiny.toml", "--events", "h.csv")
    code, out, err = said(capsys, *words)
    assert (code, err) == (0, "")
    assert "breach" in out
    code, chinese, _ = said(capsys, *words, "--lang", "zh")
    assert code == 0
    assert "禁言" in chinese
    assert not list(here.glob("*.refused.jsonl"))


def test_refused_rows_go_to_a_side_file(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bad row costs one row: the job is done, the code says that not all was."""
    with (here / "h.csv").open("a", encoding="utf-8") as file:
        file.write("x1,mesage,2026-05-09T10:00:00Z,ann,5,\n")
        file.write("x2,message,2026-05-09T10:00:00,ann,5,\n")
        file.write("x3,message,2026-05-09T10:00:00Z,ann,5,,,,\n")
        file.write("b9,rule_broken,2026-04-01T10:00:00Z,ann,,spam\n")
        file.write("m1,message,2026-05-02T10:00:00Z,ann,5,\n")
    words = ("run", "--playbook", "tiny.toml", "--events", "h.csv")
    side = here / "h.refused.jsonl"
    code, out, _ = said(capsys, *words)
    assert code == 3
    rows = [json.loads(line) for line in side.read_text("utf-8").splitlines()]
    assert [row["line"] for row in rows] == [8, 9, 10, 11]
    assert rows[3]["code"] == "event.too_late"
    assert "did you mean `message`?" in str(rows[0])
    assert "--sort" in out
    code, out, _ = said(capsys, *words, "--sort")
    assert code == 3
    assert len(side.read_text("utf-8").splitlines()) == 3


def test_the_side_file_is_in_the_language_of_the_run(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the place first and the cure last; what programs read stays as it is."""
    row = '{"id": "1", "kind": "mesage", "at": "2026-01-02T08:00:00Z", "member": 7}'
    (here / "h.jsonl").write_text(row + "\n", "utf-8")
    words = ("run", "--playbook", "tiny.toml", "--events", "h.jsonl")
    side = here / "h.refused.jsonl"
    told: dict[str, dict[str, str]] = {}
    for lang in ("en", "zh"):
        assert said(capsys, *words, "--lang", lang)[0] == 3
        told[lang] = json.loads(side.read_text("utf-8"))
    sentence = told["zh"].pop("said")
    assert sentence.startswith("h.jsonl:1：字段 `kind`：没有这样的类型")
    assert sentence.endswith("是否想写 `message`？")
    assert told["zh"] == told["en"]


def test_a_second_run_on_a_store_does_nothing_twice(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The report of the second run says the same as that of the first."""
    run = ("run", "--playbook", "tiny.toml", "--events", "h.csv")
    words = (*run, "--store", "sqlite:///c.db")
    code, first, _ = said(capsys, *words)
    assert code == 0
    code, out, _ = said(capsys, *words)
    assert code == 0
    assert "6 events" in out
    for told in ("Decisions", "Sanctions"):
        assert told in first
        assert told in out
    assert first.partition("Decisions")[2][:400] in out
    code, out, _ = said(
        capsys, "explain", "--playbook", "tiny.toml", "--store", "sqlite:///c.db", "ann"
    )
    assert code == 0
    assert "breach" in out
    assert (here / "c.db").exists()


def test_a_changed_playbook_is_adopted_on_demand(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another version is refused with the cure, and the cure works."""
    run = ("run", "--playbook", "tiny.toml", "--events", "h.csv")
    words = (*run, "--store", "sqlite:///c.db")
    assert said(capsys, *words)[0] == 0
    (here / "tiny.toml").write_text(PLAYBOOK.replace('"1h"', '"2h"'), "utf-8")
    code, _, err = said(capsys, *words)
    assert code == 1
    assert "--adopt" in err
    assert said(capsys, *words, "--adopt")[0] == 0
    assert said(capsys, *words)[0] == 0


def test_a_row_of_the_future_costs_one_row(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It does not move the clock: the rows after it are in time."""
    text = (here / "h.csv").read_text("utf-8")
    early = HEAD + "f,message,3500-01-01T00:00:00Z,ann,5,\n"
    (here / "h.csv").write_text(text.replace(HEAD, early), "utf-8")
    code, _, _ = said(capsys, "run", "--playbook", "tiny.toml", "--events", "h.csv")
    assert code == 3
    (row,) = (here / "h.refused.jsonl").read_text("utf-8").splitlines()
    assert json.loads(row)["code"] == "event.future"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("run", "--playbook", "tiny.toml", "--events", "none.csv"), 1),
        (("run", "--playbook", "none.toml", "--events", "h.csv"), 1),
        (("run", "--playbook", "tiny.toml", "--events", "."), 1),
        (("run", "--playbook", "tiny.toml", "--events", "tiny.toml"), 1),
        (
            ("run", "--playbook", "tiny.toml", "--events", "h.csv", "--zone", "Mars"),
            1,
        ),
        (
            (
                "run",
                "--playbook",
                "tiny.toml",
                "--events",
                "h.csv",
                "--report",
                "a/b.html",
            ),
            1,
        ),
        (
            ("run", "--playbook", "tiny.toml", "--events", "h.csv", "--store", "x://y"),
            1,
        ),
        (("check", "none.toml"), 1),
        (("check", "tiny.toml", "--set", "city"), 1),
        (("explain", "--playbook", "tiny.toml", "ann"), 1),
        (("explain", "--playbook", "tiny.toml", "--events", "h.csv", "nobody"), 1),
        (
            ("explain", "--playbook", "tiny.toml", "--store", "none.db", "ann"),
            1,
        ),
        (("test", "none.toml"), 1),
        (("frobnicate",), 2),
        (("run",), 2),
        ((), 2),
    ],
)
def test_mistakes_are_worded(
    here: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    code: int,
    lang: str,
) -> None:
    """No traceback, a message, and an exit code that says the job was not done."""
    assert here.is_dir()
    given, out, err = said(capsys, "--lang", lang, *words)
    assert given == code
    assert (out + err).strip()
    if lang == "zh" and words:
        assert any("一" <= char <= "鿿" for char in err)


def test_explain_uses_the_names_of_the_playbook(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rule is quoted as the playbook words it, in the statement of reasons too."""
    rule = 'code = "ads"\ntext = { en = "nothing for sale here", zh = "群内不卖货" }'
    book = PLAYBOOK.replace('code = "spam"', rule)
    (here / "tiny.toml").write_text(book, "utf-8")
    table = (here / "h.csv").read_text("utf-8").replace(",spam", ",ads")
    (here / "h.csv").write_text(table, "utf-8")
    words = ("explain", "--playbook", "tiny.toml", "--events", "h.csv", "--reasons")
    for lang, text, other in (
        ("zh", "群内不卖货", "禁发广告"),
        ("en", "nothing for sale here", "no advertising"),
    ):
        code, out, _ = said(capsys, *words, "--lang", lang, "ann")
        assert code == 0
        assert text in out.partition("\n")[2]
        assert other not in out


def test_check_names_the_place_of_what_it_finds(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A segment of those who are not in it runs, and is an error all the same."""
    rule = """
        [[policy]]
        kind = "segmentation"
        key = "life"
        segments = [{ key = "a", when = 'not has("segment", "a")' }]
        rest = { key = "rest" }
    """
    (here / "ring.toml").write_text(PLAYBOOK + rule, "utf-8")
    code, out, _ = said(capsys, "check", "ring.toml", "--lang", "en")
    assert code == 1
    assert "segments[0].when: expected `a` not to hang on its own absence" in out


def test_check_and_diff(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A sound playbook is said to run; a changed one is told apart."""
    assert said(capsys, "check", "tiny.toml")[0] == 0
    changed = PLAYBOOK.replace('"1h"', '"2h"')
    (here / "other.toml").write_text(changed, "utf-8")
    assert said(capsys, "diff", "tiny.toml", "tiny.toml")[0] == 0
    code, out, _ = said(capsys, "diff", "tiny.toml", "other.toml")
    assert code == 1
    assert "2h" in out


def test_schema_is_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Editors can read it."""
    assert here.is_dir()
    code, out, _ = said(capsys, "schema")
    assert code == 0
    assert json.loads(out)["$schema"].startswith("https://json-schema.org/")


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    """Every command is named."""
    code, out, _ = said(capsys, "--help")
    assert code == 0
    assert all(name in out for name in ("demo", "run", "check", "explain"))
    code, out, _ = said(capsys, "--version")
    assert code == 0
    assert out.startswith("community-sdk ")


def test_scenarios_run(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The project's own scenarios pass from the command line."""
    assert here.is_dir()
    folder = Path(__file__).parents[1] / "scenarios"
    code, out, _ = said(capsys, "test", str(folder))
    assert code == 0
    assert "FAIL" not in out


def test_the_demonstration_is_whole(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Shipped data, no refusals, one self-contained page in the language asked for."""
    code, out, err = said(capsys, "demo", "--lang", "zh", "--report", "r.html")
    assert (code, err) == (0, "")
    assert "dd2030" in out
    page = (here / "r.html").read_text("utf-8")
    assert page.count("<svg") >= 3
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "src=" not in page
    assert "CC BY 4.0" in page


def test_a_closed_pipe_is_no_failure_of_ours(here: Path) -> None:
    """`community-sdk schema | head -1` ends without a word."""
    line = f"{sys.executable} -m community_sdk.cli schema | head -1"
    done = subprocess.run(
        ["/bin/sh", "-c", line], capture_output=True, text=True, check=False, cwd=here
    )
    assert done.stderr == ""
    assert done.stdout.startswith("{")


def test_a_playbook_with_faults_is_not_said_to_run(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is read; what must be mended stands below, and the code says so."""
    text = """
format = 1
name = "door"
[community]
key = "home"
[[policy]]
kind = "segmentation"
key = "kinds"
segments = [{ key = "all", when = 'count("message") >= 0' }]
rest = { key = "others" }
"""
    (here / "door.toml").write_text(text, "utf-8")
    code, out, _ = said(capsys, "check", "door.toml", "--lang", "zh")
    assert (code, "可以运行" in out) == (1, False)
    assert "请勿照此运行" in out
    assert "必须改正：" in out
