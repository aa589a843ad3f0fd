"""Every scenario that an operator wrote holds; the runner tells what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from community_sdk.cli import main
from community_sdk.errors import DefinitionError, PlaybookError, WorldError
from community_sdk.testing.scenarios import run_scenario
from tests.unit.wording.foreign import english

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("S*/*.toml"))
GIVEN = """
playbook = '''
format = 1
name = "p"

[community]
key = "p"
zone = "Asia/Shanghai"

[[rule]]
code = "spam"

[[policy]]
kind = "penalty_ladder"
key = "ladder"
steps = [{ at = 1, kind = "reminder" }]
'''

[[given]]
at = "2026-05-01 10:00"
kind = "rule_broken"
member = "ann"
rule = "spam"
"""


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_the_scenario_holds(path: Path) -> None:
    """What is expected comes, and nothing else of the kinds named."""
    result = run_scenario(path)
    assert result.passed, result.failures
    assert result.title


def told(folder: Path, text: str) -> tuple[str, ...]:
    """Return the failures of a scenario written to a file."""
    file = folder / "s.toml"
    file.write_text(text, "utf-8")
    return tuple(map(str, run_scenario(file).failures))


def test_every_failure_is_told_with_the_nearest(tmp_path: Path) -> None:
    """A wrong expectation names what came instead."""
    text = """
only = ["apply_sanction"]
[[expect]]
kind = "apply_sanction"
member = "ann"
at = "2026-05-01 11:00"
because = "penalty.jump"
figures = { total = 2 }
[[expect]]
kind = "greet"
[[standing]]
member = "ann"
strikes = 2
tiers = { grade = "core" }
[[standing]]
member = "nobody"
"""
    only, tables = text.split("[[expect]]", 1)
    failures = told(tmp_path, only + GIVEN + "[[expect]]" + tables)
    first = failures[0]
    assert "expected `penalty.jump`, found `penalty.step`" in first
    assert "expected `2`, found `1`" in first
    assert "`at`" in first
    assert "no decision is like {'kind': 'greet'}" in failures[1]
    assert failures[2].startswith("not expected after given 1: apply_sanction")
    assert "`strikes`: expected `2`, found `1`" in failures[4]
    assert "`tiers`" in failures[3]
    assert "nothing is known" in failures[5]
    assert len(failures) == 6


def test_a_wrong_file_is_told_whole(tmp_path: Path) -> None:
    """Unknown keys, missing parts and broken events, all of them."""
    failures = told(tmp_path, "plabook = 1\n")
    assert failures == (
        "unknown key `plabook` (did you mean `playbook`?)",
        "nothing is given: write at least one `[[given]]`",
        "nothing is expected: write `[[expect]]`, `only` or `[[standing]]`",
    )
    broken = "[[given]]\nkind = 'message'\n[[given]]\nat = 'noon'\n[[given]]\n"
    broken += "at = '2026-05-01 10:00'\nkind = 'mesage'\n[[standing]]\nmembr = 'x'\n"
    assert told(tmp_path, broken) == (
        "standing 1: unknown key `membr` (did you mean `member`?)",
    )
    failures = told(tmp_path, broken.replace("membr", "member"))
    assert failures[0] == "given 1: missing `at`"
    assert failures[1].startswith("given 2: ")
    assert "did you mean `message`?" in failures[2]


def test_what_cannot_be_read_raises(tmp_path: Path) -> None:
    """A missing file, no TOML, no playbook: each names its cure or its place."""
    with pytest.raises(WorldError, match="cannot read"):
        run_scenario(tmp_path / "none.toml")
    with pytest.raises(DefinitionError, match="is no TOML"):
        told(tmp_path, "a = [")
    with pytest.raises(DefinitionError, match="expected `playbook`"):
        told(tmp_path, "playbook = 1\n\n")
    with pytest.raises(PlaybookError):
        told(tmp_path, "playbook = 'nosuch'\n")
    with pytest.raises(PlaybookError):
        told(tmp_path, "playbook = '''\nformat = 1\n'''\n")


def test_a_playbook_may_lie_beside_its_scenario(tmp_path: Path) -> None:
    """Paths are read from the folder of the scenario; times may bear a zone."""
    book = GIVEN.split("'''")[1]
    (tmp_path / "mine.toml").write_text(book, "utf-8")
    text = """
playbook = "mine.toml"
zone = "Asia/Tokyo"
until = 2026-05-02T00:00:00Z
[[given]]
at = 2026-05-01T10:00:00
kind = "rule_broken"
member = "ann"
rule = "spam"
[[expect]]
kind = "apply_sanction"
given = 1
at = "2026-05-01T01:00:00+00:00"
"""
    assert told(tmp_path, text) == ()


def test_a_wrong_shape_is_told(tmp_path: Path) -> None:
    """What is no table, no list and no time is no crash."""
    assert told(tmp_path, "given = [1]\nexpect = 3\nonly = 'greet'\n") == (
        "given: expected tables: write `[[given]]` for each",
        "expect: expected tables: write `[[expect]]` for each",
        "only: expected a list of kinds",
    )
    late = "until = 'late'\n" + GIVEN
    late += "[[expect]]\nkind = 'apply_sanction'\nat = 'noon'\n"
    late += "[[expect]]\nkind = 'apply_sanction'\nfigures = 3\n"
    failures = told(tmp_path, late)
    expected = "expected a time such as `2026-05-01 10:00`, found"
    assert failures[0] == f"until: {expected} `late`"
    assert failures[1] == f"expect 1: {expected} `noon`"
    assert "`figures`: expected `3`" in failures[2]
    (tmp_path / "s.toml").write_bytes(b"\xff")
    with pytest.raises(DefinitionError, match="UTF-8"):
        run_scenario(tmp_path / "s.toml")
    with pytest.raises(DefinitionError, match="too deep"):
        told(tmp_path, "a = " + "[" * 9_000)
    moon = "zone = 'Moon'\n" + GIVEN + "[[standing]]\nmember = 'ann'\n"
    assert told(tmp_path, moon)[0].startswith("given 1: expected an IANA time zone")
    with pytest.raises(DefinitionError, match="`parameters` a table"):
        told(tmp_path, "parameters = 1\n")


CHINESE = """
only = ["apply_sanction"]
until = "soon"
[[expect]]
kind = "apply_sanction"
member = "ann"
because = "penalty.jump"
[[expect]]
kind = "greet"
[[standing]]
member = "ann"
strikes = 2
[[standing]]
member = "nobody"
"""


def test_failures_are_told_in_chinese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the command line each file is told, whatever is wrong with another."""
    only, tables = CHINESE.split("[[expect]]", 1)
    files = {
        "a_good.toml": GIVEN + "[[expect]]\nkind = 'apply_sanction'\n",
        "b_toml.toml": "a = [",
        "c_empty.toml": "plabook = 1\n",
        "d_event.toml": GIVEN + "[[given]]\n[[given]]\nat = 'noon'\n[[given]]\n"
        "at = '2026-05-01'\nkind = 'mesage'\nseq = 'x'\n[[standing]]\nmember = 'x'\n",
        "e_wrong.toml": only + GIVEN + "[[expect]]" + tables,
        "f_book.toml": "playbook = 'nosuch'\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    assert main(["test", str(tmp_path), "--lang", "zh"]) == 1
    out, err = capsys.readouterr()
    assert out.replace(f"{tmp_path}/", "") == TOLD
    assert err.replace(f"{tmp_path}/", "") == COMPLAINED
    assert not english(out + err)


TOLD = """\
通过 a_good.toml
失败 b_toml.toml
失败 c_empty.toml
     没有 `plabook` 这个键。是否想写 `playbook`？
     没有写明发生了什么；请至少写一个 `[[given]]`
     没有写明应有的结果；请写 `[[expect]]`、`only` 或 `[[standing]]`
失败 d_event.toml
     given 2：缺少 `at`，请补上
     given 3：应为时间，如 `2026-05-01 10:00`，现为 `noon`
     given 4.kind：没有这样的类型：`"mesage"`；\
全部类型见文档的 `events` 一页。是否想写 `message`？
     standing `x`：没有这个成员的任何记录
失败 e_wrong.toml
     until：应为时间，如 `2026-05-01 10:00`，现为 `soon`
     expect 1：没有这样的决定：\
`{'kind': 'apply_sanction', 'member': 'ann', 'because': 'penalty.jump'}`；\
最接近的是第 1 个事件之后的“处罚”，不同之处（应为 → 实为）：\
`because` `penalty.jump` → `penalty.step`
     expect 2：没有这样的决定：`{'kind': 'greet'}`
     第 1 个事件之后不应有“处罚”（penalty.step）
     standing `ann`：`strikes` 应为 `2`，实为 `1`
     standing `nobody`：没有这个成员的任何记录
失败 f_book.toml
6 个情景中有 5 个未通过。
"""
COMPLAINED = """\
（文件第 1 行）：`b_toml.toml` 不是合格的 TOML：\
值写得不对；文字要加引号，数字和 `true`、`false` 不加（第 6 列）
“nosuch”有 1 处错误：
  没有名为 `nosuch` 的内置手册；现有 `discourse_trust`、`half_month_league`、\
`retail_loyalty`、`smart_home`、`standard_regulation`、`vip_tracks`。\
若指文件，请写以 `.toml` 结尾的路径
"""
