"""The report in a terminal: kept as it is, line by line."""

from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk.model import MemberId
from community_sdk.playbook import Playbook
from community_sdk.report import Summary, text
from community_sdk.report._columns import width
from community_sdk.testing.strategies import histories, playbooks
from tests.unit.report.history import altered, book, events, summary_of, told

HERE = Path(__file__).parent


def _page(lang: str) -> str:
    """The report, without the digest, which follows the format of playbooks."""
    return text.render(told(), lang).replace(book().digest, "d" * 24)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_whole_report(lang: str) -> None:
    """Compare with the page that was read and found good.

    To renew it: ``python -m tests.unit.report.test_text``.
    """
    kept = (HERE / f"report_{lang}.txt").read_text("utf-8")
    assert _page(lang) == kept


@pytest.mark.parametrize("cells", [40, 60, 88, 120])
def test_prose_stays_within_the_width(cells: int) -> None:
    """Sentences are broken; only tables may be wider than a narrow terminal."""
    for lang in ("zh", "en"):
        shown = text.render(told(), lang, width=cells)
        prose = [line for line in shown.splitlines() if line.startswith("     ")]
        assert prose
        assert all(width(line) <= cells + 2 for line in prose)


def test_a_report_of_nothing() -> None:
    """No event, no decision: it says so and ends."""
    shown = text.render(summary_of(book(), ()), "zh")
    assert "没有带时间的事件" in shown
    assert "（没有）" in shown
    assert "\n活跃\n" not in shown


def test_a_terminal_cannot_be_steered() -> None:
    """Ids with escape sequences are shown harmless."""
    history = [
        evolve(e, member=MemberId("bo\x1b[2J")) if e.member == "bo" else e
        for e in events()
    ]
    for lang in ("zh", "en"):
        shown = text.render(summary_of(book(), history), lang)
        assert "\x1b" not in shown
        assert "bo [2J" in shown


def test_dropped_decisions_are_listed() -> None:
    """With the reason of the conflict table."""
    twin = altered(book().policies[2], key="twin")
    playbook = book(policies=(*book().policies, twin))
    shown = text.render(summary_of(playbook, events()), "zh")
    assert "因冲突而舍去的决定" in shown
    assert "相同的决定" in shown


@settings(max_examples=25)
@given(playbooks(), st.data(), st.sampled_from(["zh", "en"]))
def test_any_history_has_a_report(
    playbook: Playbook, data: st.DataObject, lang: str
) -> None:
    """Whatever the playbook and the history, the text is there and complete."""
    history = data.draw(histories(playbook=playbook))
    summary: Summary = summary_of(playbook, history)
    shown = text.render(summary, lang)
    assert shown.endswith("\n")
    assert "{" not in shown
    assert f"{summary.counts['decisions']:,}" in shown


if __name__ == "__main__":
    for each in ("zh", "en"):
        (HERE / f"report_{each}.txt").write_text(_page(each), "utf-8")
