"""A backtest in words: in a terminal, on a page, in both languages."""

import re

import pytest
from attrs import evolve

from community_sdk.backtest import AS_ACTED, AsActed, Comparison, backtest
from community_sdk.model import EventId, MemberId
from community_sdk.playbook import Playbook
from community_sdk.report.backtest import html, text
from community_sdk.report.backtest._words import Words
from community_sdk.wording import Names
from tests.unit.backtest.stage import book, breach, message

CHINESE = re.compile("[\u4e00-\u9fff]")


def found(count: int = 3) -> Comparison:
    """A comparison with every sort of thing to say."""
    history = [breach(n, f"m{n % 2}") for n in range(count)]
    return backtest(
        [*history, message(count, "m0")],
        book("warning", "ban", name="hard"),
        book("reminder", "mute 24h", name="soft"),
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_terminal_shows_all_parts(lang: str) -> None:
    """No slot stays open, no line is too wide, the language is one."""
    page = text.render(found(), lang, source="h.csv", width=70)
    assert not re.search(r"[{}｛｝]", page)
    assert ("hard" in page, "soft" in page, "h.csv" in page) == (True, True, True)
    assert bool(CHINESE.search(page)) is (lang == "zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_needs_nothing_but_itself(lang: str) -> None:
    """No script, nothing from outside; equal comparisons give equal bytes."""
    page = html.render(found(), lang)
    assert page == html.render(found(), lang)
    assert page.count("<svg") == 2
    assert not re.search(r"<script|https?://(?!www\.w3\.org)|[{}]\w+[|}]", page)
    assert 'lang="zh-CN"' in page if lang == "zh" else 'lang="en"' in page


def test_a_page_without_pictures_shows_the_tables() -> None:
    """Each figure stands in a table."""
    page = html.render(found(), "en", plots=False)
    assert "<svg" not in page
    assert page.count("<table") >= 3


def test_what_comes_from_input_is_escaped() -> None:
    """Ids and names of playbooks are text."""
    bad = "<b onclick=x>"
    event = evolve(breach(0), member=MemberId(bad), id=EventId(bad))
    one = evolve(book("ban"), name="<i>")
    page = html.render(backtest([event], one, book("reminder")), "en")
    assert bad not in page
    assert "<i>" not in page
    assert "&lt;b onclick=x&gt;" in page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_differs(lang: str) -> None:
    """It says so, and shows no empty section."""
    one = book("reminder")
    same = backtest([breach(0)], one, one)
    page = text.render(same, lang)
    assert ("没有任何不同" if lang == "zh" else "Nothing differs") in page
    assert "<svg" not in html.render(same, lang)


def test_sides_are_never_called_the_same() -> None:
    """By name, else by version, else by their place; operators by their word."""
    one = book("reminder")
    pairs: list[tuple[Playbook | AsActed, Playbook, tuple[str, str]]] = [
        (one, evolve(one, name="then"), ("now", "then")),
        (one, evolve(one, version="2"), ("now 1", "now 2")),
        (one, one, ("now (first)", "now (second)")),
        (AS_ACTED, one, ("operators", "now")),
    ]
    for first, second, labels in pairs:
        words = Words(backtest([breach(0)], first, second), "en", Names())
        assert words.labels == labels


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_note_has_words(lang: str) -> None:
    """Also those that are seldom needed."""
    whole = found()
    one = evolve(whole.one, shadow=2, late=1, apart=3)
    counts = dict.fromkeys(whole.counts, 4)
    words = Words(evolve(whole, one=one, counts=counts), lang, Names())
    notes = list(words.notes())
    assert len(notes) == len(set(notes)) == 13
    assert all(not re.search(r"[{}｛｝]", note) for note in notes)


def test_a_difference_of_the_community_and_too_many_sorts() -> None:
    """Nobody is named; what is not shown is counted."""
    whole = found()
    first = evolve(whole.examples[0], member=None, why_one=None)
    rows = tuple(evolve(whole.differences[0], count=n) for n in range(70, 0, -1))
    odd = evolve(whole, examples=(first,), differences=rows, people=())
    page = text.render(odd, "en")
    assert "the community" in page
    assert "and 40 more sorts" in page
    assert "about the community" in page
    assert "and 10 more sorts" in html.render(odd, "en", plots=False)


@pytest.mark.parametrize("days", [1, 200, 1200])
def test_long_histories_are_drawn_by_week_and_month(days: int) -> None:
    """The sum of the parts stays."""
    history = [breach(0), breach(days)]
    whole = backtest(history, book("ban"), book("reminder"))
    words = Words(whole, "en", Names())
    unit, buckets = words.buckets()
    assert unit == {1: "day", 200: "week", 1200: "month"}[days]
    drawn = sum(b.harsher + b.milder + b.neither for b in buckets)
    assert drawn == whole.different == 2
    assert html.render(whole, "en").count("<svg") == 2
