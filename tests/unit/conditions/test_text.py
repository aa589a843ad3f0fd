"""Text and tree give each other back; all else is refused with its place."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from community_sdk.conditions import (
    ALWAYS,
    NEVER,
    All,
    Any,
    AtLeast,
    Compare,
    Condition,
    Holds,
    Named,
    Not,
    has,
    parse_condition,
)
from community_sdk.conditions.figure import is_name
from community_sdk.conditions.tokens import LONGEST
from community_sdk.errors import DefinitionError
from community_sdk.metrics import METRICS, Metric
from tests.unit.conditions import trees

A, B, C, D = (Named(name) for name in "abcd")


@given(trees.written_conditions())
def test_what_is_printed_reads_back(condition: Condition) -> None:
    """INVARIANT: parse ∘ print is the identity."""
    text = str(condition)
    assume(len(text) <= LONGEST)
    assert parse_condition(text) == condition


@given(trees.written_conditions())
def test_print_is_stable(condition: Condition) -> None:
    """What was read prints the same for ever after, in one line of visible signs."""
    text = str(condition)
    assume(len(text) <= LONGEST)
    assert str(parse_condition(text)) == text
    assert "\n" not in text
    assert "\u202e" not in text


FORMS: list[tuple[str, Condition]] = [
    ("a and b and c", All((A, B, C))),
    ("(a and b) and c", All((All((A, B)), C))),
    ("a and (b and c)", All((A, All((B, C))))),
    ("a and b or c and d", Any((All((A, B)), All((C, D))))),
    ("a and (b or c)", All((A, Any((B, C))))),
    ("not a and b", All((Not(A), B))),
    ("not (a and b)", Not(All((A, B)))),
    ("not not a", Not(Not(A))),
    ("at_least(2, a, b or c, not d)", AtLeast(2, (A, Any((B, C)), Not(D)))),
    ("True or not False", Any((ALWAYS, Not(NEVER)))),
    ("a >= -5", Compare(A, ">=", -5)),
    ("a != b", Compare(A, "!=", B)),
]


@pytest.mark.parametrize(("text", "tree"), FORMS)
def test_the_structure_is_kept(text: str, tree: Condition) -> None:
    """Brackets that change the tree are kept, and only those."""
    assert parse_condition(text) == tree
    assert str(tree) == text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("5 <= a <= 20", "a >= 5 and a <= 20"),
        ("b and 5 < a != 7", "b and (a > 5 and a != 7)"),
        ("((a))", "a"),
        ("1_000 == a", "a == 1000"),
        ("  a\n  and\tb\r\n", "a and b"),
        ("recency() <= '36h'", 'recency("message") <= "36h"'),
        ('active_days("7d", kind="message") > 1', 'active_days("7d") > 1'),
        ('active_days("7d", "reply") > 1', 'active_days("7d", "reply") > 1'),
        ('strikes("lifetime", "spam") < 1', 'strikes(of="spam") < 1'),
        ('strikes("90d", of="spam") < 1', 'strikes("90d", "spam") < 1'),
        ("strikes() == 0", "strikes() == 0"),
        ('count("m", "lifetime") > 0', 'count("m") > 0'),
        (
            'count(window="7d", kind="m", z="2", by="actor", a=True, b=-1) > 0',
            'count("m", "7d", by="actor", a=True, b=-1, z="2") > 0',
        ),
        ('has("role", "\\u7fa4\\x41\\n")', 'has("role", "群A\\n")'),
        ('has(of="role", kind="群主")', 'has("role", "群主")'),
        ('tenure() > recency("m", by="member")', 'tenure() > recency("m")'),
    ],
)
def test_other_spellings_print_one_way(text: str, printed: str) -> None:
    """Chains, spaces, lines, keywords and defaults have one printed form."""
    assert str(parse_condition(text)) == printed


def test_text_becomes_the_metric_it_says() -> None:
    """Arguments by position and keyword and filters land where they belong."""
    condition = parse_condition('distinct("channel", "message", "7d", group="g1") >= 3')
    assert isinstance(condition, Compare)
    metric = condition.metric
    assert isinstance(metric, Metric)
    assert (metric.of, metric.kind, str(metric.window)) == ("channel", "message", "7d")
    assert metric.where == (("group", "g1"),)
    assert parse_condition('has("tier", "gold")') == has("tier", "gold")


REFUSED = [
    # text, code, column, a piece of the message with its hint
    ("", "condition.order", 1, "expected a condition, found the end"),
    ('cuont("m") > 1', "metric.unknown", 1, "did you mean `count`?"),
    ('a and actve_days("3d") > 1', "metric.unknown", 7, "did you mean `active_days`?"),
    ("at_lest(1, a)", "metric.unknown", 1, "did you mean `at_least`?"),
    ("a xor b", "condition.order", 3, "did you mean `or`?"),
    ('群 and cuont("m") > 1', "metric.unknown", 7, "found `cuont`"),
    ('has("rol", "x")', "metric.has", 1, "did you mean `role`?"),
    ('count("m", "30x") > 1', "time.window", 12, "`30d`, `24h` or `month`"),
    ('recency("m") < "3x"', "time.duration", 16, "`90d`"),
    ('recency("m") < "1 month"', "condition.value", 16, "write days"),
    ('a < "1 month"', "condition.value", 5, "write days"),
    ('recency("m") < 3', "condition.value", 16, 'write `"3d"`'),
    ('recency("m") < count("m")', "condition.value", 16, "a figure in time"),
    ('count("m") < "3d"', "condition.value", 14, "expected a whole number"),
    ('count("m") < 9999999999999999999', "condition.value", 14, "at most 9223"),
    ('count("m") < 99999999999999999999', "condition.number", 14, "19 digits"),
    ('count("m") < 007', "condition.number", 14, "found `007`"),
    ('count("m") < 1.5', "condition.number", 14, "found `1.5`"),
    ('recency("m") < 3d', "condition.number", 16, 'in quotes: `"3d"`'),
    ('count("m") < True', "condition.expected", 14, "found `True`"),
    ('count("m") < (a and b)', "condition.expected", 15, "found `a and b`"),
    ('(a and b) < count("m")', "condition.expected", 2, "found `a and b`"),
    ('count("m")', "condition.not_compared", 1, 'write `count("m") >= …`'),
    ('has("role", "x") == 1', "condition.truth_compared", 21, "alone"),
    ("count > 1", "condition.word_as_name", 1, "write `count(…)`"),
    ("count()  > 1", "condition.missing", 1, 'write `count("message", "30d")`'),
    ("active_days() > 1", "condition.missing", 1, "expected `window`"),
    ('distinct("m") > 1', "condition.missing", 1, "expected `kind`"),
    ('has("role")', "condition.missing", 1, 'write `has("role", "owner")`'),
    ('count("") > 1', "condition.missing", 1, "expected `kind`"),
    ('count("m", "1d", 4) > 1', "condition.expected", 18, "kind, window and no more"),
    ("tenure(1) > 1", "condition.expected", 8, "nothing and no more"),
    ("count(5) > 1", "condition.expected", 7, "text in quotes"),
    ('count("m", x=a) > 1', "condition.expected", 14, "text in quotes"),
    ('count("m", x=--1) > 1', "condition.order", 15, "expected a number"),
    ('count("m", x=not a) > 1', "condition.order", 14, "expected a value"),
    ('count("m", x=-a) > 1', "condition.order", 15, "expected a number"),
    ('count("m", kind="n") > 1', "condition.expected", 17, "`kind` of `count` once"),
    ('count("m", x=1, x=2) > 1', "condition.expected", 19, "`x` of `count` once"),
    ('count("m", of="n") > 1', "condition.argument", 15, "no `of` on `count`"),
    ('strikes(windov="3d") > 1', "condition.argument", 16, "did you mean `window`?"),
    ('count("m", by="me") > 1', "condition.by", 1, "`member` or `actor`"),
    ('count("m", x=1, "3d") > 1', "condition.form", None, "a mistake in its form"),
    ("at_least(3, a, b)", "condition.at_least", 1, "from 1 to 2"),
    ("at_least(0, a, b)", "condition.at_least", 1, "from 1 to 2"),
    ("at_least(a, b)", "condition.expected", 10, "found `a`"),
    ("at_least(True, b)", "condition.expected", 10, "a number first"),
    ("at_least()", "condition.expected", 1, "a number first"),
    ("at_least(1, b, k=a)", "condition.expected", 18, "only conditions"),
    ("1", "condition.expected", 1, "found `1`"),
    ('"a"', "condition.expected", 1, "expected a condition"),
    ("1 < 2", "condition.expected", 1, "a metric on one side"),
    ("a < 1 < 2", "condition.expected", 5, "a metric on one side"),
    ("-a", "condition.order", 2, "expected a number"),
    ("a b", "condition.order", 3, "expected `and`, `or` or the end, found `b`"),
    ("a and", "condition.order", 6, "found the end"),
    ("a >=", "condition.order", 5, "a number, a length of time or a metric"),
    ("a < not b", "condition.order", 5, "found `not`"),
    ("a and or b", "condition.order", 7, "found `or`"),
    ("(a", "condition.order", 3, "character 1 is still open"),
    ("a)", "condition.order", 2, "found `)`"),
    ("()", "condition.order", 2, "found `)`"),
    ("(a, b)", "condition.order", 3, "found `,`"),
    ("c or (a, b)", "condition.order", 8, "found `,`"),
    ('count("m",) > 1', "condition.order", 11, "found `)`"),
    ("a = 1", "condition.order", 3, "expected `==`"),
    ('count("m" = 1) > 1', "condition.order", 11, "expected `==`"),
    ('count("m" "n") > 1', "condition.order", 11, "`,` or `)`"),
    ("count(a b) > 1", "condition.order", 9, "`,` or `)`"),
    ("a()()", "condition.order", 4, "found `(`"),
    ("(a)(b)", "condition.order", 4, "found `(`"),
    ("True()", "condition.order", 5, "found `(`"),
    ("1()", "condition.order", 2, "found `(`"),
    ("a & b", "condition.character", 3, "write `and`"),
    ("a; b", "condition.character", 2, "found `;`"),
    ("a.b", "condition.character", 2, "found `.`"),
    ("a # b", "condition.character", 3, "found `#`"),
    ("[a]", "condition.character", 1, "found `[`"),
    ("a\x00", "condition.character", 2, "found `\\u0000`"),
    ("count（a", "condition.character", 6, "write `(`"),
    ("count(“m”)", "condition.character", 7, 'write `"`'),
    ("a ≥ 1", "condition.character", 3, "write `>=`"),
    ('has("role", "x', "condition.quotes", 13, "same line"),
    ('has("role", "\\q")', "condition.quotes", 13, "backslashes"),
    ('has("role", "\u202e")', "condition.quotes", 13, "same line"),
    ('f"x" > 1', "condition.order", 2, 'found `"x"`'),
    ("lambda: 1", "condition.keyword", 1, "a word of Python"),
    ("a if b else c", "condition.keyword", 3, "found `if`"),
    ("a is None", "condition.keyword", 3, "found `is`"),
    ("ｃount > 1", "condition.name", 1, "write `count`"),
    ("a > １", "condition.name", 5, "write `1`"),
    ("x" * 65, "condition.name", 1, "at most 64 characters"),
    ('count("m", x²=1) > 1', "condition.name", 12, "found `x²`"),
    ("a\nand\n b c", "condition.order", 4, "at line 3 column 4"),
]


@pytest.mark.parametrize(("text", "code", "column", "said"), REFUSED)
def test_refusals_say_what_and_where(
    text: str, code: str, column: int | None, said: str
) -> None:
    """Code, column from 1 in characters, what was expected and found, and the cure."""
    with pytest.raises(DefinitionError) as caught:
        parse_condition(text)
    error = caught.value
    assert error.code == code
    assert said in str(error)
    assert "\n" not in str(error)
    assert column is None or error.figures["column"] == str(column)
    assert f"column {error.figures['column']}" in str(error)


def test_the_limits_are_reached() -> None:
    """As much as is allowed is read: 64 brackets, 64 characters, 4,000 characters."""
    assert parse_condition("(" * 64 + "a" + ")" * 64) == A
    assert parse_condition("x" * 64) == Named("x" * 64)
    assert parse_condition("a".rjust(LONGEST)) == A
    text = f'has("role", "{"x" * 200}")'
    assert str(parse_condition(text)) == text


def test_text_is_text() -> None:
    """Numbers and trees are no text; the cure shows one."""
    with pytest.raises(DefinitionError, match="expected a condition as text") as caught:
        parse_condition(5)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    assert caught.value.code == "condition.no_text"


BOMBS = [
    "(" * 4_000,
    "(" * 2_000 + ")" * 2_000,
    "(" * 65 + "a" + ")" * 65,
    "not " * 1_000,
    "not " * 999 + "a",
    "not (" * 40 + "a" + ")" * 40,
    "-" * 4_000,
    "1<" * 1_999 + "1",
    "a<" * 1_999 + "a",
    "a and " * 600 + "a",
    "(a and b or " * 50 + "c" + ")" * 50,
    "a()" + "()" * 1_900,
    '"a"' * 1_300,
    "9" * 4_000,
    "a > " + "9" * 3_000,
    "x" * 4_000,
    "cuont" * 700 + "(1)",
    'has("' + "x" * 3_000 + '", "y")',
    "a" * 4_001,
    "[" * 3_000,
    "{" * 3_000,
    "a.b" * 1_000,
    "a+" * 1_900 + "a",
    "a if b else " * 300 + "c",
    "lambda:" * 500,
    "\x00" * 1_000,
    "\ud800" * 1_000,
    "at_least(1, " * 70 + "a" + ")" * 70,
    "at_least(1, " * 40 + "a" + ")" * 40,
    "at_least(" + "1," * 1_900 + "a)",
    "count(" + "x=1," * 900 + "y=1) > 1",
    "\\" * 4_000,
    '"' * 4_000,
    '"' + "\\" * 3_999,
    "\\N{DIGIT ONE}" * 200,
    "ﬁ" * 60,
    "`" * 100,
]


@pytest.mark.parametrize("bomb", BOMBS, ids=range(len(BOMBS)))
def test_bombs_are_refused(bomb: str) -> None:
    """Nothing that may be pasted exhausts stack or time; the message is short."""
    with pytest.raises(DefinitionError) as caught:
        parse_condition(bomb)
    assert len(str(caught.value)) < 400


WORDS = st.sampled_from(
    [
        *"a count has at_least and or not True False None if kind window by of".split(),
        *"( ) , = == >= < - 1 20 1.5 . + [ : * # \n \\ “ ≥ 群 ² ﬁ".split(" "),
        *'\'q\' "message" "30d" "3x" "role"'.split(),
    ]
)


def read_or_refused(text: str) -> Condition | DefinitionError:
    """Read *text*; what is no refusal of ours comes through as it is."""
    try:
        return parse_condition(text)
    except DefinitionError as error:
        return error


@given(
    st.lists(WORDS, max_size=30).map(" ".join) | st.text(string.printable) | st.text()
)
def test_nothing_but_definition_errors(text: str) -> None:
    """Whatever is read becomes a tree that prints back, or a refusal with its place."""
    read = read_or_refused(text)
    if isinstance(read, DefinitionError):
        assert int(read.figures["column"]) >= 1
        assert read.code.partition(".")[0] in ("condition", "metric", "time")
    else:
        assert parse_condition(str(read)) == read


@given(trees.written_conditions(), st.data())
def test_one_wrong_sign_is_refused_or_read(
    condition: Condition, data: st.DataObject
) -> None:
    """One sign changed anywhere in a good text never breaks the reader."""
    text = str(condition)
    assume(len(text) <= LONGEST)
    here = data.draw(st.integers(0, len(text)))
    signs = ["", "(", ")", '"', "\\", " ", "-", "=", "é", "not "]
    read = read_or_refused(
        text[:here] + data.draw(st.sampled_from(signs)) + text[here + 1 :]
    )
    if isinstance(read, DefinitionError):
        assert "column" in read.figures
    else:
        assert parse_condition(str(read)) == read


@given(st.text(max_size=5) | trees.NAMES)
def test_names_are_what_the_text_can_say(word: str) -> None:
    """`is_name` and the reader agree on what is a name."""
    known = (*METRICS, "at_least", "True", "False")
    assume(word not in known)
    read = read_or_refused(word)
    assert (isinstance(read, Named) and read.name == word) is is_name(word)


def test_holds_is_no_comparison() -> None:
    """`has` stands alone and means its metric."""
    assert parse_condition('not has("status", "member")') == Not(
        Holds(Metric("has", kind="member", of="status"))
    )
