"""Errors carry facts, are told in one line and name the cure."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk.errors import (
    CommunityError,
    ConflictError,
    DefinitionError,
    HistoryError,
    MissingExtraError,
    PlatformError,
    PlaybookError,
    PolicyError,
    Problem,
    StoreError,
    TooLate,
    WorldError,
    nearest,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)


def errors() -> list[CommunityError]:
    """One error of every kind."""
    return [
        DefinitionError("expected x, found `y`", code="a.b", hint="write x", found="y"),
        PlaybookError([Problem("a", "no"), Problem("b", "nor")], source="x.toml"),
        PolicyError("policy `p` broke", policy="p"),
        HistoryError("no history holds `e1`", code="c", id="e1"),
        TooLate("too late", code="event.too_late"),
        WorldError("the disk is full", retryable=False),
        ConflictError("somebody wrote first", retryable=True),
        StoreError("no such table", code="store.table", found="t"),
        PlatformError("try later", retryable=True, retry_after=30),
        MissingExtraError("parquet", extra="parquet"),
    ]


def test_the_root_is_never_raised() -> None:
    """Only its kinds say who must act."""
    with pytest.raises(TypeError, match="only a root"):
        CommunityError("something")


@pytest.mark.parametrize(
    ("kind", "also"),
    [
        (DefinitionError, ValueError),
        (PlaybookError, DefinitionError),
        (PolicyError, DefinitionError),
        (HistoryError, ValueError),
        (TooLate, HistoryError),
        (ConflictError, WorldError),
        (StoreError, WorldError),
        (PlatformError, WorldError),
        (MissingExtraError, ImportError),
    ],
)
def test_kinds_can_be_caught_by_who_must_act(
    kind: type[CommunityError], also: type[Exception]
) -> None:
    """Writers catch ValueError, hosts their ImportError, everybody the root."""
    assert issubclass(kind, also)
    assert issubclass(kind, CommunityError)


def test_an_error_tells_the_cure_and_keeps_the_facts() -> None:
    """The text is made from facts, which stay at hand."""
    error = DefinitionError("found `y`", code="a.b", hint="write `x`", found="y")
    assert str(error) == "found `y` (write `x`)"
    assert (error.message, error.hint, error.code) == ("found `y`", "write `x`", "a.b")
    assert error.figures == {"found": "y"}
    assert str(HistoryError("plain")) == "plain"


def test_an_error_becomes_a_problem_at_its_place() -> None:
    """The same mistake as a value: nothing is lost, the place is added."""
    error = DefinitionError("found `y`", code="a.b", hint="write `x`", found="y")
    problem = error.problem("policies[0].fade")
    assert problem == Problem(
        "policies[0].fade", "found `y`", "write `x`", "a.b", {"found": "y"}
    )
    assert str(problem) == "found `y` @ policies[0].fade (write `x`)"
    assert str(Problem("", "found `y`")) == "found `y`"
    assert error.problem().path == ""


@given(ANY_TEXT, ANY_TEXT)
def test_every_error_is_one_line_that_can_be_written(found: str, hint: str) -> None:
    """Whatever was found: no line break, no half surrogate, no hidden turn."""
    told = [
        str(DefinitionError(f"found `{found}`", hint=hint)),
        str(Problem("a", f"found `{found}`", hint)),
        DefinitionError(f"found `{found}`").message,
    ]
    for text in told:
        assert text.splitlines() == [text]
        assert text.encode()
        assert not set(text) & set("\u202e\u2066\x1b\x00")


def test_what_is_huge_is_cut() -> None:
    """A line of a hundred megabytes is not told whole."""
    assert len(str(DefinitionError("x" * 10**6))) < 2_000


def test_a_playbook_error_lists_every_mistake() -> None:
    """One line per mistake, the number and the file first."""
    two = PlaybookError([Problem("a", "no"), Problem("b", "nor")], source="x.toml")
    assert str(two) == "2 mistakes in `x.toml`\n  no @ a\n  nor @ b"
    assert two.message == "2 mistakes in `x.toml`"
    one = PlaybookError(iter([Problem("", "no\nway")]))
    assert str(one) == "1 mistake\n  no\\u000away"
    assert one.problems == (Problem("", "no\nway"),)
    assert one.source == ""


def test_a_missing_extra_names_the_command() -> None:
    """The cure can be copied."""
    error = MissingExtraError("reading `x.parquet`", extra="parquet")
    assert str(error) == (
        "reading `x.parquet` needs the extra `parquet`"
        ' (pip install "community-sdk[parquet]")'
    )
    assert error.extra == "parquet"
    assert error.figures == {"what": "reading `x.parquet`", "extra": "parquet"}


def test_failures_of_the_world_say_whether_to_try_again() -> None:
    """What a retry needs to know is an attribute."""
    again = PlatformError("wait", retryable=True, retry_after=30, found="429")
    assert (again.retryable, again.retry_after) == (True, 30)
    assert again.figures == {"found": "429"}
    assert (StoreError("gone").retryable, StoreError("gone").retry_after) == (
        False,
        None,
    )
    assert PolicyError("broke", policy="p").figures == {"policy": "p"}


@pytest.mark.parametrize("error", errors(), ids=lambda e: type(e).__name__)
def test_errors_pass_between_processes(error: CommunityError) -> None:
    """A worker's error arrives with all its facts."""
    other = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(other) is type(error)
    assert (str(other), other.args) == (str(error), error.args)
    assert other.__dict__ == error.__dict__


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("fadd", "did you mean `fade`?"),
        ("FADE", "did you mean `fade`?"),
        ("STEPZ", "did you mean `Steps`?"),
        ("quite_other", ""),
        ("", ""),
    ],
)
def test_the_nearest_word_is_offered(word: str, hint: str) -> None:
    """A slip of the finger or of the shift key is understood; a guess is not made."""
    assert nearest(word, ["fade", "Steps"]) == hint
    assert nearest(word, ()) == ""


@given(st.lists(st.text(max_size=8), max_size=6), st.text(max_size=8))
def test_the_hint_does_not_depend_on_order(known: list[str], word: str) -> None:
    """The same mistake has the same cure everywhere."""
    assert nearest(word, known) == nearest(word, reversed(known))
    hint = nearest(word, known)
    assert hint == "" or hint.removeprefix("did you mean `")[:-2] in known
