"""The period report as a page and as text: whole, harmless, in two languages."""

import re
import sys
import warnings
from datetime import date

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk.errors import MissingExtraError
from community_sdk.events import Event
from community_sdk.model import MemberId
from community_sdk.report import _shell
from community_sdk.report._columns import width
from community_sdk.report.period import PeriodReport, html, text
from community_sdk.report.period._outline import as_told
from community_sdk.report.period.rows import KpiRow, ScoreRow
from tests.unit.report.history import events
from tests.unit.report.period.chronicles import chronicle, scored, told
from tests.unit.report.period.test_period import reports
from tests.unit.report.test_html import EVIL, _evil_book, _Reader

WEEK_TWO = date(2026, 3, 9)
PEOPLE = ("ann", "bo", "cho", "dai", "fay", "gus", "hal")


@pytest.fixture(scope="module")
def report() -> PeriodReport:
    """The second week of the small community, beside the first."""
    return told().report("week", on=WEEK_TWO)


@pytest.fixture(scope="module")
def page(report: PeriodReport) -> str:
    """Its Chinese page."""
    pytest.importorskip("matplotlib")
    return html.render(report, "zh")


def test_it_is_well_formed(page: str) -> None:
    """Every tag closes, every id is there once, every reference has its goal."""
    read = _Reader(page)
    assert len(read.ids) == len(set(read.ids))
    goals = {v for n, v in read.attributes if n == "aria-labelledby"}
    assert {part for goal in goals for part in goal.split()} <= set(read.ids)


def test_nothing_is_fetched(page: str) -> None:
    """No script, no link, no address but names of namespaces."""
    read = _Reader(page)
    assert not read.tags & {"script", "link", "img", "iframe", "object", "image"}
    addresses = {value for _, value in read.attributes if "//" in value}
    assert addresses == {"http://www.w3.org/1999/xlink"}
    assert not re.search(r"url\((?!#)", page)


def test_it_says_what_it_found(page: str) -> None:
    """Title, period, figures with their change, pictures' words and the method."""
    said = "".join(_Reader(page).text)
    for words in (
        "社群周报",
        "2026年3月9日–2026年3月15日 (2026-W11)",
        "消息：1，比上期（13）减少 92.3%",
        "7 天里有 6 天无人发言",
        "转化漏斗 path",
        "2. 开口",
        "2026年3月2日 · 5 人",
        "常客 2 人",
        "2026-W11 考核得分 · 整个社群（score）",
        "得分：10%",
        "与上期相比：−120 个百分点",
        "日、周、月均按社群所在时区 Asia/Shanghai 划分",
    ):
        assert words in said, words


def test_words_are_text_and_not_drawings(page: str) -> None:
    """Calendar, funnel, cohorts, tiers, generations and scorecard are drawn."""
    svgs = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(svgs) == 6
    for svg in svgs:
        assert "<text" in svg
        assert "<title " in svg
        assert not re.search(r"@0\d\d@|DejaVu|#0[ab]00", svg)


def test_no_glyph_is_missed(report: PeriodReport) -> None:
    """Chinese in a drawing must not make matplotlib look for a font."""
    pytest.importorskip("matplotlib")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        html.render(report, "zh")


def test_equal_reports_give_equal_bytes(page: str) -> None:
    """Another replay of the same history gives the same file."""
    again = told().report("week", on=WEEK_TWO)
    assert html.render(again, "zh") == page
    assert text.render(again, "en") == text.render(again, "en")


def test_english_is_english(report: PeriodReport) -> None:
    """No Chinese is left but what the playbook has no English for."""
    read = _Reader(html.render(report, "en", plots=False))
    chinese = set(re.findall("[\u4e00-\u9fff]+", "".join(read.text)))
    css = set(re.findall("[\u4e00-\u9fff]+", _shell.style()))
    assert chinese - css == {"开口"}
    assert set(re.findall("[\u4e00-\u9fff]+", text.render(report, "en"))) == {"开口"}


def test_a_notebook_shows_it(report: PeriodReport) -> None:
    """As a part of a page, without plots."""
    shown = report._repr_html_()
    assert shown.startswith("<style>")
    assert "<svg" not in shown
    assert "Weekly analysis" in shown


def test_without_matplotlib(
    report: PeriodReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plots name the cure; tables do without."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError) as caught:
        html.render(report, "zh")
    assert caught.value.extra == "plot"
    assert "svg" not in _Reader(html.render(report, "zh", plots=False)).tags


def test_nobody_is_named_unless_asked() -> None:
    """Neither on the page nor in the text, whatever was found."""
    strange = {name: MemberId(f"zq-{name}-qz") for name in PEOPLE}

    def masked(event: Event) -> Event:
        return evolve(event, member=strange.get(str(event.member), event.member))

    kept = chronicle(scored(), map(masked, events()))
    quiet = kept.report("week", on=date(2026, 3, 2))
    for lang in ("zh", "en"):
        assert "zq-" not in html.render(quiet, lang, plots=False)
        assert "zq-" not in text.render(quiet, lang)
    named = kept.report("week", on=date(2026, 3, 2), names=True)
    assert "zq-ann-qz" in text.render(named, "zh")
    assert "应要求显示了成员编号" in text.render(named, "zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_can_be_injected(lang: str) -> None:
    """Titles, ids, sources and credits are text, whatever they hold."""
    pytest.importorskip("matplotlib")
    history = [
        evolve(e, member=None if e.member is None else MemberId(f"{e.member}{EVIL}"))
        for e in events()
    ]
    kept = chronicle(_evil_book(), history, source=EVIL, credit=EVIL)
    evil = evolve(
        kept.report("week", on=WEEK_TWO, names=True),
        scores=(
            ScoreRow(
                policy=EVIL,
                period=EVIL,
                member=EVIL,
                score=None,
                change=None,
                whole=False,
                reached=((EVIL, 50),),
                missing=(EVIL,),
                rows=(
                    KpiRow(
                        kpi=EVIL,
                        figure=EVIL,
                        before=None,
                        target=None,
                        reached=50,
                        weight=1,
                    ),
                ),
            ),
        ),
        staff_scores=1,
    )
    read = _Reader(html.render(evil, lang))
    assert not read.tags & {"script", "img"}
    assert EVIL in "".join(read.text)


@settings(deadline=None, max_examples=15)
@given(reports(), st.sampled_from(("zh", "en")))
def test_any_report_can_be_shown(drawn: tuple[object, PeriodReport], lang: str) -> None:
    """Whatever happened: tags close, drawings draw, no line of a table is too long."""
    pytest.importorskip("matplotlib")
    _, report = drawn
    _Reader(html.render(report, lang))
    lines = text.render(report, lang, width=60).splitlines()
    assert max(map(width, lines)) <= 88


@pytest.mark.parametrize(
    ("told", "read"),
    [(None, "–"), ("3369", "3,369"), ("12.5%", "12.5%"), ("-3", "-3"), ("", "")],
)
def test_figures_of_a_scorecard_are_read_as_others(told: str | None, read: str) -> None:
    """Whole numbers in groups of three; a dash where nothing was observed."""
    assert as_told(told) == read
