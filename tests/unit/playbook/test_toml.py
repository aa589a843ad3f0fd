"""TOML: what is written is what a parser reads; mistakes of form have their place."""

import tomllib
from datetime import UTC

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from community_sdk.errors import PlaybookError, Problem
from community_sdk.playbook import loads, toml_problem
from community_sdk.playbook._lines import lines
from community_sdk.playbook._notes import Notes, inside
from community_sdk.playbook._toml import decode, parse
from community_sdk.playbook._write import toml, toml_value
from community_sdk.wording import say_problem
from tests.unit.wording.foreign import english

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
INSTANTS = st.datetimes(timezones=st.just(UTC))
LEAVES = st.one_of(TEXTS, st.integers(-(2**63), 2**63 - 1), st.booleans(), INSTANTS)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)
    ),
    max_leaves=12,
)
TABLES = st.dictionaries(TEXTS, VALUES, max_size=6)


@given(TABLES)
def test_a_parser_reads_what_was_written(plain: dict[str, object]) -> None:
    """INVARIANT: tomllib.loads(toml(x)) == x, whatever the texts hold."""
    assert tomllib.loads(toml(plain)) == plain


@given(VALUES)
def test_a_single_value_stands_on_one_line(value: object) -> None:
    """What stands behind a key never breaks the line."""
    text = toml_value(value)
    assert len(text.splitlines()) <= 1
    assert tomllib.loads(f"x = {text}") == {"x": value}


def test_what_hides_on_a_screen_is_escaped() -> None:
    """Nobody turns a rule around with invisible letters."""
    assert toml_value("a\u202eb\u200bc\x00") == '"a\\u202Eb\\u200Bc\\u0000"'
    with pytest.raises(TypeError):
        toml_value(1.5)


@given(TABLES)
def test_each_line_is_found_again(plain: dict[str, object]) -> None:
    """The index knows every key, and its line holds it."""
    text = toml(plain)
    rows = text.split("\n")
    found = lines(text)
    for key, value in plain.items():
        path = inside("", key)
        if value == {} or "…" in path or "�" in path:
            continue  # a path shows no more of a key than people can read
        assert path in found
        assert rows[found[path] - 1].strip()


SAMPLE = """\
# a comment with [brackets] = and "quotes
top = 1
"quoted key" = '''
[not.a.header]
x = 1
'''

[one.two] # here
a = "# no comment [" # but this is
b.c = { d = 1, "e f" = [1, 2] }
rows = [
  { at = 1 }, # first
  # between
  { at = 2, more = [
    3,
    4,
  ] },
]

[[many]]
x = 1
[[many]]
x = 2
[many.below]
y = \"\"\"
[[many]]
\"\"\"
z = 3
"""


def test_lines_of_a_file_with_everything_in_it() -> None:
    """Comments, strings of every sort and nested lists mislead nobody."""
    assert lines(SAMPLE) == {
        "top": 2,
        '"quoted key"': 3,
        "one": 8,
        "one.two": 8,
        "one.two.a": 9,
        "one.two.b": 10,
        "one.two.b.c": 10,
        "one.two.b.c.d": 10,
        'one.two.b.c."e f"': 10,
        'one.two.b.c."e f"[0]': 10,
        'one.two.b.c."e f"[1]': 10,
        "one.two.rows": 11,
        "one.two.rows[0]": 12,
        "one.two.rows[0].at": 12,
        "one.two.rows[1]": 14,
        "one.two.rows[1].at": 14,
        "one.two.rows[1].more": 14,
        "one.two.rows[1].more[0]": 15,
        "one.two.rows[1].more[1]": 16,
        "many": 20,
        "many[0]": 20,
        "many[0].x": 21,
        "many[1]": 22,
        "many[1].x": 23,
        "many[1].below": 24,
        "many[1].below.y": 25,
        "many[1].below.z": 28,
    }


@given(st.text(max_size=60))
@example('"\\x" = 1')
def test_the_index_of_any_text_ends(text: str) -> None:
    """Even of what is no TOML: nothing hangs, nothing breaks."""
    assert all(line >= 1 for line in lines(text).values())


def mistakes(text: str) -> tuple[Problem, ...]:
    """What is wrong with a text."""
    with pytest.raises(PlaybookError) as caught:
        loads(text)
    return caught.value.problems


HEAD = 'format = 1\n[community]\nkey = "c"\n'


@pytest.mark.parametrize(
    ("text", "line", "column", "said", "cure"),
    [
        ("a = “x”\n", 4, 6, '`“` where TOML has `"`', 'write `"`'),
        ("a ＝ 1\n", 4, 3, "`＝` where TOML has `=`", "write `=`"),
        ("a = ninety\n", 4, 5, "invalid value", "put texts in quotes"),
        ("a: 1\n", 4, 2, "expected `=` after a key", "write `key = value`"),
        ('a = "x\n', 4, 7, "illegal character", "close the quotes"),
        ('a = "\\d"\n', 4, 8, "unescaped `\\`", "`\\\\`"),
        ('a = """x', 4, 9, "unterminated string", "close the quotes"),
        ("a = [1\n2]\n", 5, 1, "unclosed array", "put commas between"),
        ("a = {b = 1\n", 4, 11, "unclosed inline table", "close the table"),
        ("a = 1 b = 2\n", 4, 7, "expected newline", "begin a new line"),
        ("zone = 'UTC'\nzone = 'UTC'\n", 5, 13, "cannot overwrite", "once"),
        ("[community]\n", 4, 11, "cannot declare", "once"),
        ("[x\n", 4, 3, "expected `]`", ""),
        ("= 1\n", 4, 1, "invalid statement", "write `key = value`"),
        ("key.a = 1\n", 4, 10, "", ""),
        ("b = {}\nb.a = 1\n", 5, 8, "", "one place only"),
        ("a = {b = 1, b = 2}\n", 4, 18, "duplicate inline", "once"),
    ],
)
def test_mistakes_of_form_have_line_column_and_cure(
    text: str, line: int, column: int, said: str, cure: str
) -> None:
    """The place is told in the message, and as figures."""
    problem = mistakes(HEAD + text)[0]
    assert problem.code == "playbook.syntax"
    assert said in problem.message
    assert cure in problem.hint
    assert problem.figures["file_line"] == str(line)
    assert abs(int(problem.figures["column"]) - column) <= 1
    assert f"line {line} column {problem.figures['column']}" in problem.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = “x”", '`“` 是全角符号，请写 `"`'),
        ("a = ninety", "值写得不对；文字要加引号，数字和 `true`、`false` 不加"),
        ("a = 2026-02-30", "日期写得不对；请写成 `2026-11-21` 或"),
        ("a: 1", "键后面缺少 `=`；应写成 `key = value`"),
        ('a = "x', "引号没有结束；一行之内的文字要在同一行结束"),
        ('a = "\\d"', "反斜杠写得不对；反斜杠本身请写 `\\\\`，或改用单引号"),
        ("a = [1\n2]", "列表没有结束；各项之间要有逗号，最后要有 `]`"),
        ("a = {b = 1", "花括号没有结束；花括号要在同一行内结束"),
        ("a = 1 b = 2", "一个值之后要换行"),
        ("a = 1\na = 2", "同一个键写了两次；一张表里每个键只写一次"),
        ("[x\n", "缺少 `]`；方括号要在同一行内结束"),
        ("[community]", "同一张表写了两次；要写多个请用 `[[table]]`"),
        ("= 1", "这一行应为 `key = value`、`[table]` 或 `# 注释`"),
        ("b = {}\nb.a = 1", "花括号里的表和列表只能写在一处"),
        ("é = 1", "这一行应为"),
        ("a = 1 # \x01", "有不能出现的字符；请去掉，或把文字放进引号"),
    ],
)
def test_mistakes_of_form_in_chinese(text: str, said: str) -> None:
    """The line, what is wrong and the cure; no word of the parser's."""
    found = [p for p in mistakes(HEAD + text) if p.code == "playbook.syntax"]
    told = say_problem(found[0], "zh")
    assert said in told
    assert told.startswith("（文件第 ")
    assert not english(told)


def test_what_the_parser_says_besides_is_told_as_it_is() -> None:
    """A newer parser may have new words."""
    found = toml_problem(ValueError("Odd thing (at line 1, column 1)"), "a = 1")
    assert (found.figures["fault"], found.hint) == ("", "")
    assert say_problem(found, "zh").endswith("不是合格的 TOML：odd thing（第 1 列）")


def test_mistakes_of_form_and_of_meaning_are_told_together() -> None:
    """What fills one line hides nothing of the rest, and is not blamed twice."""
    text = (
        "format = 1\nname = “x”\n[community]\nkey = c\nzone = Asia/Tokyo\n"
        "[[rule]]\ncode = ads\nweight = 'x'\n[[role]]\nname = 'r'\nrank == 3\n"
    )
    found = [(p.code, p.path, p.figures["file_line"]) for p in mistakes(text)]
    assert found == [
        ("playbook.syntax", "", "2"),
        ("playbook.syntax", "", "4"),
        ("playbook.syntax", "", "5"),
        ("playbook.syntax", "", "7"),
        ("playbook.whole", "rule[0].weight", "8"),
        ("playbook.syntax", "", "11"),
    ]


def test_lines_with_windows_endings_are_counted_as_lines() -> None:
    """The editor of an operator changes nothing."""
    text = f"{HEAD}zone = 3\n".replace("\n", "\r\n")
    assert [p.figures["file_line"] for p in mistakes(text)] == ["4"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a = " + "[" * 5_000, "playbook.deep"),
        ("a = " + "[" * 20 + "]" * 20, "playbook.deep"),
        ("a" + ".a" * 200 + " = 1", "playbook.deep"),
        ("[" + "a." * 200 + "a]", "playbook.deep"),
        ("a = {" + "b." * 100 + "c = 1}", "playbook.deep"),
        ("a = " + "9" * 5_000, "playbook.digits"),
        ("a = '\ud800'", "playbook.surrogate"),
        ("#" * (2**20 + 1), "playbook.large"),
    ],
)
def test_bombs_are_refused_in_a_word(text: str, code: str) -> None:
    """Deep, long and broken texts cost nothing and get one message."""
    assert [p.code for p in mistakes(text)] == [code]


@pytest.mark.parametrize(
    "text",
    [
        'x = "' + "a" * 900_000 + '"',
        "x = [" + "1," * 50_000 + "]",
        "'" * 500_000,
        "a" * 1_000_000,
        "[[a]]\n" * 20_000,
        "a.b.c" * 150_000,
    ],
)
def test_large_texts_are_read_to_their_end(text: str) -> None:
    """Nothing here costs the square of its length."""
    assert mistakes(text)


def test_a_private_mark_in_a_text_is_only_a_text() -> None:
    """What stands for a value cut out is never one that the file holds."""
    mark = "\ue000 wrong \ue001"
    notes = Notes()
    parsed = parse(f'a = "{mark}"\nb = oops\n', notes)
    assert parsed is not None
    assert parsed[0]["a"] == mark
    assert parsed[0]["b"] != mark
    assert len(notes.problems) == 1


def test_after_twenty_repairs_it_is_enough() -> None:
    """A file that is no TOML at all is not repaired for ever."""
    found = mistakes("".join(f"k{n} = oops\n" for n in range(100)))
    assert [p.code for p in found] == ["playbook.syntax"] * 20


@pytest.mark.parametrize(
    ("raw", "code", "hint"),
    [
        ("format = 1 # 群规".encode("gb18030"), "playbook.encoding", "GB18030"),
        ("format = 1".encode("utf-16"), "playbook.encoding", "UTF-16"),
        (b"a = 1\nb = '\xff\xfe\x81'\n", "playbook.encoding", "save it as UTF-8"),
        (b" " * (2**20 + 1), "playbook.large", "rules, not records"),
    ],
)
def test_what_is_no_utf_8_is_named(raw: bytes, code: str, hint: str) -> None:
    """Encodings are not guessed at, only recognised for the cure."""
    notes = Notes()
    assert decode(raw, notes) is None
    assert [p.code for p in notes.problems] == [code]
    assert hint in notes.problems[0].hint


def test_a_byte_order_mark_is_no_mistake() -> None:
    """Some editors write one."""
    assert decode(b"\xef\xbb\xbfa = 1", Notes()) == "a = 1"
