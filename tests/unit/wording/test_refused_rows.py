"""Refused rows in Chinese: the place, the field, what is expected, the cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from community_sdk.adapters.tables import Refusal, read_table
from community_sdk.wording import say_problem
from tests.unit.wording.foreign import english

_HEAD = '"kind": "message", "at": "2026-01-02T08:00:00Z", "member": "ann"'


def refused(folder: Path, line: str) -> Refusal:
    """Return the refusal of the only row of a file of JSON Lines."""
    file = folder / "h.jsonl"
    file.write_text(line + "\n", "utf-8")
    (found,) = read_table(file, community="c")
    assert isinstance(found, Refusal)
    return found


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            '{"id": "1", "kind": "mesage", "at": "2026-01-02T08:00:00Z"}',
            (
                '字段 `kind`：没有这样的类型：`"mesage"`；'
                "全部类型见文档的 `events` 一页。是否想写 `message`？"
            ),
        ),
        (
            '{"id": "1", "kind": "message", "at": "2026-01-02T08:00:00"}',
            (
                '字段 `at`：时间缺少时区，现为 `"2026-01-02T08:00:00"`；'
                "请写成 `2026-01-02T08:00:00Z`，或写明来源的时差"
            ),
        ),
        (
            '{"id": "1", "kind": "message", "at": "soon"}',
            '字段 `at`：应为带时区的时间，如 `2026-11-21T08:00:00Z`，现为 `"soon"`',
        ),
        (
            '{"id": 5, ' + _HEAD + "}",
            "字段 `id`：应为文字（数字和真假不会自动变成文字，请加引号），现为 `5`",
        ),
        (
            '{"id": "1\\u0000", ' + _HEAD + "}",
            '字段 `id`：文字中有 NUL 或残缺的字符，请去掉：`"1�"`',
        ),
        (
            '{"id": "1", "seq": 1.5, ' + _HEAD + "}",
            "字段 `seq`：应为整数（不带引号、不带小数），现为 `1.5`",
        ),
        (
            '{"id": "1", "seq": 99999999999999999999, ' + _HEAD + "}",
            "字段 `seq`：整数过大，至多 64 位（19 位数字）：`99999999999999999999`",
        ),
        (
            '{"id": "1", "seq": [], "dated": 1, "colour": 2, ' + _HEAD + "}",
            (
                "字段 `seq`：应为整数（不带引号、不带小数），现为 列表；"
                "字段 `dated`：应为 `true` 或 `false`（不带引号），现为 `1`；"
                "没有 `colour` 这个键，请删去"
            ),
        ),
        ('{"id": "1", "at": "2026-01-02T08:00:00Z"}', "缺少 `kind`，请补上"),
        (
            (
                '{"id": "1", "kind": "purchase", "at": "2026-01-02T08:00:00Z",'
                ' "money": "12.50 CNY"}'
            ),
            (
                '字段 `money`：应为对象，如 `{"amount": 1250, "currency": "CNY"}`'
                '（以最小单位计），现为 `"12.50 CNY"`'
            ),
        ),
        (
            (
                '{"id": "1", "kind": "custom", "word": "w", "properties": {"a": [1]},'
                ' "at": "2026-01-02T08:00:00Z"}'
            ),
            "字段 `properties.a`：应为文字、整数或真假，现为 列表",
        ),
        (
            (
                '{"id": "1", "kind": "role_assigned", "at": "2026-01-02T08:00:00Z",'
                ' "role": {}}'
            ),
            "字段 `role`：应为文字（数字和真假不会自动变成文字，请加引号），现为 对象",
        ),
        ('{"id": "1"; }', "第 11 个字符处不是 JSON；请检查该处的引号、逗号和括号"),
        ("7", "应为 JSON 对象：请用花括号括起来，给每个值一个名称"),
        ('{"id": "1", "id": "2"}', "键 `id` 出现了两次，请只留一个"),
    ],
)
def test_a_row_of_json_lines(tmp_path: Path, line: str, said: str) -> None:
    """Each mistake of the row, in one line."""
    found = refused(tmp_path, line)
    assert say_problem(found, "zh") == f"h.jsonl:1：{said}"
    assert say_problem(found, "en") == str(found)
    assert not english(said)


def test_a_row_with_very_many_mistakes(tmp_path: Path) -> None:
    """The first eight are told, the others counted."""
    keys = ", ".join(f'"x{n}": 1' for n in range(11))
    said = say_problem(refused(tmp_path, f'{{"id": "1", {keys}, {_HEAD}}}'), "zh")
    assert said.count("；") == 8
    assert said.endswith("；另有 3 处错误")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            "1,2026-03-29T01:30:00,ann,buy,1,",
            (
                "Europe/London 的时钟跳过了 `2026-03-29T01:30:00` 这一时刻；"
                "请检查来源的时区（`when` 列）"
            ),
        ),
        (
            "1,yesterday,ann,buy,1,",
            (
                "应为时间，如 `2026-11-21T08:00:00Z`，现为 `yesterday`；"
                "若写法不同，请在映射中用 `format` 说明（`when` 列）"
            ),
        ),
        (
            "1,2026-03-28,ann,buy,1.005,",
            "`1.005` 不是金额；CNY 至多有 2 位小数（`total` 列）",
        ),
        (
            "1,2026-03-28,ann,say,,99999999999999999999",
            "整数过大，至多 64 位（19 位数字），现为 `99999999999999999999`（`n` 列）",
        ),
        ("1,2026-03-28,ann,say,,x", "应为整数，现为 `x`（`n` 列）"),
        (
            "1,2026-03-28,ann,buys,1,",
            (
                "没有规则适合这一行：`what` 为 `buys`；请添加规则，或跳过这样的行。"
                "是否想写 `buy`？"
            ),
        ),
    ],
)
def test_a_row_of_a_foreign_table(tmp_path: Path, rows: str, said: str) -> None:
    """The column is named, and what the mapping could say about it."""
    (tmp_path / "m.toml").write_text(MAPPING, "utf-8")
    file = tmp_path / "h.csv"
    file.write_text(f"id,when,who,what,total,n\n{rows}\n", "utf-8")
    (found,) = read_table(file, tmp_path / "m.toml")
    assert isinstance(found, Refusal)
    assert say_problem(found, "zh") == f"h.csv:2：{said}"


MAPPING = """
format = 1
source = "shop"
key = ["id"]
zone = "Europe/London"

[fields]
at = "when"
member = "who"

[[event]]
kind = "purchase"
when = { what = "buy" }
fields = { money = { column = "total", currency = "CNY" } }

[[event]]
kind = "message"
when = { what = "say" }
fields = { length = "n" }
"""
