"""Mistakes and refusals in words: what, where, the cure."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk._time import zone
from community_sdk.adapters.tables import Refusal
from community_sdk.codec import CodecError, loads
from community_sdk.conditions import parse_condition
from community_sdk.errors import (
    DefinitionError,
    HistoryError,
    MissingExtraError,
    PlaybookError,
    Problem,
    TooLate,
)
from community_sdk.wording import Mistake, say_problem
from community_sdk.wording._catalogue import catalogue


def _caught(text: str) -> DefinitionError:
    with pytest.raises(DefinitionError) as caught:
        parse_condition(text)
    return caught.value


def test_a_mistake_in_a_condition() -> None:
    """The column is named, and the nearest word."""
    error = _caught('cuont("message") > 3')
    assert say_problem(error, "zh") == (
        "没有 `cuont` 这个指标（第 1 列）。是否想写 `count`？"
    )
    assert say_problem(error, "en") == (
        "expected a metric, found `cuont` at column 1 (did you mean `count`?)"
    )


def test_a_mistake_on_a_later_line() -> None:
    """Line and column where the text has several lines."""
    error = _caught('count("message") > 3\nand has("rolle", "x")')
    assert "（第 2 行第 " in say_problem(error, "zh")


def test_a_path_and_a_line_of_the_file() -> None:
    """The place comes first."""
    problem = Problem(
        "policies[0].when",
        "m",
        code="condition.expected",
        figures={
            "expected": "a condition",
            "found": "3",
            "column": "4",
            "file_line": "12",
        },
    )
    assert say_problem(problem, "zh") == (
        "policies[0].when （文件第 12 行）：此处应为：一个条件；现为 `3`（第 4 列）"
    )
    assert say_problem(problem, "en") == "policies[0].when (line 12 of the file): m"


def test_a_refused_row() -> None:
    """File and line of the row stand before the reason."""
    row = Refusal(
        source="a.csv",
        line=7,
        code="table.few_cells",
        message="expected 3 cells, found 2",
        hint="a delimiter or a line end is missing",
        figures={"expected": "3", "found": "2"},
    )
    assert say_problem(row, "zh") == (
        "a.csv:7：应有 3 个单元格，只有 2 个；可能少了分隔符或换行"
    )
    assert say_problem(row, "en") == (
        "a.csv:7: expected 3 cells, found 2 (a delimiter or a line end is missing)"
    )


def test_all_mistakes_of_a_playbook() -> None:
    """One line each, under a head that counts them."""
    error = PlaybookError(
        [_caught("1").problem("a"), _caught("nope()").problem("b")], source="x.toml"
    )
    zh = say_problem(error, "zh").splitlines()
    assert zh[0] == "2 处错误（x.toml）："
    assert len(zh) == 3
    assert zh[2].startswith("  b：没有 `nope` 这个指标")
    assert say_problem(error, "en").startswith("2 mistakes in `x.toml`:\n  a: ")


def test_one_mistake_needs_no_head() -> None:
    """An error that gathers a single mistake says just that."""
    with pytest.raises(CodecError) as caught:
        loads("{")
    assert say_problem(caught.value, "zh") == (
        "$：不是 JSON；请检查该处的引号、逗号和括号（第 2 列）"
    )
    named = PlaybookError([Problem("a", "wrong")], source="x.toml")
    assert say_problem(named, "en") == "1 mistake in `x.toml`:\n  a: wrong"


def test_instants_of_a_refusal_are_local() -> None:
    """The reader's zone, not UTC."""
    late = TooLate(
        "late",
        code="event.too_late",
        id="e1",
        at="2026-03-01T16:00:00+00:00",
        lateness="7d",
        now="2026-03-20T00:00:00+00:00",
    )
    assert say_problem(late, "zh", zone="Asia/Shanghai") == (
        "事件 `e1` 发生于 2026年3月2日 00:00，到得太迟：最多可迟 7 天，"
        "现已到 2026年3月20日 08:00；请调大 `lateness`，或作为期初数据导入"
    )


def test_commands_are_kept() -> None:
    """A missing extra comes with the command that installs it."""
    said = say_problem(MissingExtraError("the report", extra="plot"), "zh")
    assert 'pip install "community-sdk[plot]"' in said


def test_what_the_hint_says_to_write_is_kept() -> None:
    """A cure that is a text to write needs no translation."""
    error = HistoryError("m", code="metric.filter", hint="write `x`", metric="has")
    assert say_problem(error, "zh") == "`has` 不能筛选。请写 `x`"


def test_without_a_sentence_the_message_stands() -> None:
    """Unknown codes and missing figures fall back to English."""
    assert say_problem(HistoryError("odd", code="no.such"), "zh") == "odd"
    assert say_problem(Problem("p", "odd", "do so", "time.zone"), "zh") == (
        "p：odd (do so)"
    )


def test_a_zone_error_is_said_in_any_language() -> None:
    """Errors of the library are mistakes in the sense of the protocol."""
    with pytest.raises(DefinitionError) as caught:
        zone("Nowhere")
    assert isinstance(caught.value, Mistake)
    assert "`Nowhere`" in say_problem(caught.value, "zh")
    assert "`Nowhere`" in say_problem(caught.value, "fr")


@given(
    st.sampled_from([*sorted(catalogue("zh").problems), "", "x.y"]),
    st.dictionaries(
        st.sampled_from("found path column line expected at id metric".split()),
        st.text(),
    ),
    st.text(),
    st.sampled_from(["zh", "en"]),
)
def test_any_mistake_can_be_said(
    code: str, figures: dict[str, str], message: str, lang: str
) -> None:
    """One line, no slot left open, never an exception."""
    said = say_problem(Problem("", message, "", code, figures), lang)
    assert not re.search(r"(?<!\{)\{[a-z_|]+\}", said)
    assert "\n" not in said


def test_braces_are_shown_as_they_were_typed() -> None:
    """A mistake about braces would mislead if they looked otherwise."""
    assert "`{`" in say_problem(_caught("{"), "zh")
    open_brace = Problem("a", "m", code="playbook.placeholder_open")
    assert "`{{name}}`" in say_problem(open_brace, "zh")


def test_a_line_of_a_file_without_a_path() -> None:
    """Mistakes of the whole text have a line alone."""
    problem = Problem(
        "",
        "m",
        code="playbook.syntax",
        figures={"reason": "r", "file_line": "3", "column": "2"},
    )
    assert say_problem(problem, "zh") == (
        "（文件第 3 行）：不是合格的 TOML：r（第 2 列）"
    )
