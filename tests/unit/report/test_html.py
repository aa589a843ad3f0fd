"""The page: whole, harmless, the same every time, and nothing fetched."""

import re
import sys
import warnings
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk.adapters.tables import Refusal
from community_sdk.errors import MissingExtraError
from community_sdk.model import MemberId, Rulebook
from community_sdk.playbook import Playbook
from community_sdk.report import Summary, _shell, html
from community_sdk.testing.strategies import histories, playbooks
from tests.unit.report.history import altered, book, events, summary_of, told

EVIL = "</svg></style><script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
VOID = {"meta", "br", "hr", "img", "link", "input"}


class _Reader(HTMLParser):
    """Checks that tags close in order; gathers tags, ids, attributes and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[Any]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[Any]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def page() -> str:
    """The Chinese page of the small community."""
    pytest.importorskip("matplotlib")
    return html.render(told(), "zh")


def test_it_is_well_formed(page: str) -> None:
    """Every tag closes, every id is there once, every reference has its goal."""
    read = _Reader(page)
    assert len(read.ids) == len(set(read.ids))
    goals = {v for n, v in read.attributes if n == "aria-labelledby"}
    assert {part for goal in goals for part in goal.split()} <= set(read.ids)
    assert set(re.findall(r"url\(#([^)]*)\)", page)) <= set(read.ids)
    assert set(re.findall(r'xlink:href="#([^"]*)"', page)) <= set(read.ids)


def test_nothing_is_fetched(page: str) -> None:
    """No script, no link, no address but names of namespaces."""
    read = _Reader(page)
    assert not read.tags & {"script", "link", "img", "iframe", "object", "image"}
    addresses = {value for _, value in read.attributes if "//" in value}
    assert addresses == {"http://www.w3.org/1999/xlink"}
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)
    policy = next(v for n, v in read.attributes if n == "content")
    assert policy.startswith("default-src 'none'")


def test_it_says_what_it_found(page: str) -> None:
    """Titles, figures, reasons, refusals, credit and method are on the page."""
    text = "".join(_Reader(page).text)
    for words in (
        "茶友会",
        "手册 tea 第 3 版",
        "常客 2 人",
        "2. 开口",
        "对 cho 予以禁言",
        "tea.csv:3：`soon` 不是时间",
        "数据来源：the tea friends, CC0",
        "1 个机器人账号不计入成员与活跃",
        "每日终了时的成员人数",
        "周一",
    ):
        assert words in text, words


def test_words_are_text_and_not_drawings(page: str) -> None:
    """The reader's fonts draw the letters; none is a path, none is a stand-in."""
    svgs = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(svgs) == 4
    for svg in svgs:
        assert "<text" in svg
        assert "<title " in svg
        assert "<desc " in svg
        assert "@0" not in svg
        assert "DejaVu" not in svg
        assert not re.search(r"#0[ab]00", svg)


def test_no_glyph_is_missed() -> None:
    """Chinese in a drawing must not make matplotlib look for a font."""
    pytest.importorskip("matplotlib")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        html.render(told(), "zh")


def test_equal_summaries_give_equal_bytes(page: str) -> None:
    """Even the speed of the run is not in the file."""
    slower = told()
    slower.speed = 1
    assert html.render(slower, "zh") == page


def test_the_reader_s_settings_of_matplotlib_do_not_matter(page: str) -> None:
    """A style of the host neither shows nor is changed."""
    matplotlib = pytest.importorskip("matplotlib")
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red"}):
        assert html.render(told(), "zh") == page
        assert matplotlib.rcParams["font.size"] == 30


def test_english_is_english() -> None:
    """No Chinese is left but what the playbook has no English for."""
    pytest.importorskip("matplotlib")
    read = _Reader(html.render(told(), "en"))
    chinese = set(re.findall("[\u4e00-\u9fff]+", "".join(read.text)))
    assert chinese - _in_css() == {"开口"}
    assert ("lang", "en") in read.attributes


def _in_css() -> set[str]:
    return set(re.findall("[\u4e00-\u9fff]+", _shell.style()))


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plots name the cure; tables do without."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError) as caught:
        html.render(told(), "zh")
    assert caught.value.extra == "plot"
    page = html.render(told(), "zh", plots=False)
    read = _Reader(page)
    assert "svg" not in read.tags
    assert "2026-03-02" in "".join(read.text)


def _evil_book() -> Playbook:
    plain = book()
    titles = {"zh": EVIL, "en": EVIL}
    tiers = plain.tiers[0]
    named = tuple(evolve(tier, title=titles) for tier in tiers.tiers)
    return evolve(
        plain,
        name=EVIL,
        version=EVIL,
        community=evolve(plain.community, title=titles),
        rulebook=Rulebook(
            rules=tuple(evolve(r, text=titles) for r in plain.rulebook.rules)
        ),
        tiers=(evolve(tiers, tiers=named),),
    )


@pytest.mark.parametrize("plots", [True, False])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_can_be_injected(lang: str, *, plots: bool) -> None:
    """Titles, ids, sources, credits and refusals are text, whatever they hold."""
    if plots:
        pytest.importorskip("matplotlib")
    history = [
        evolve(e, member=None if e.member is None else MemberId(f"{e.member}{EVIL}"))
        for e in events()
    ]
    playbook = _evil_book()
    engine, summary = playbook.engine(), Summary(playbook, source=EVIL, credit=EVIL)
    for event in history:
        summary.see(event, engine.receive(event))
    summary.refuse(Refusal(source=EVIL, line=1, code=EVIL, message=EVIL, hint=EVIL))
    summary.finish(engine)
    read = _Reader(html.render(summary, lang, plots=plots))
    assert not read.tags & {"script", "img"}
    assert not any(name.startswith("on") for name, _ in read.attributes)
    assert "alert(1)" in "".join(read.text)


def test_a_long_history_is_drawn_by_weeks_and_months() -> None:
    """Years of days are put together, and the page says how."""
    pytest.importorskip("matplotlib")
    first = told()
    for days, said in ((400, "按周显示"), (1200, "按月显示")):
        start, daily = first.daily[0].day, first.daily
        first.daily = tuple(
            evolve(daily[n % 10], day=start + timedelta(n)) for n in range(days)
        )
        page = html.render(first, "zh")
        _Reader(page)
        assert said in page


def test_several_groups_of_tiers_and_several_funnels() -> None:
    """Each has a heading and a drawing of its own."""
    pytest.importorskip("matplotlib")
    plain = book()
    grade, path = plain.tiers[0], plain.policies[-1]
    twin = altered(path, key="second")
    playbook = evolve(
        plain,
        tiers=(grade, evolve(grade, key="other", tiers=grade.tiers[:1])),
        policies=(*plain.policies, twin),
    )
    read = _Reader(html.render(summary_of(playbook, events()), "zh"))
    text = "".join(read.text)
    assert "转化漏斗（second）" in text
    assert "历史中没有等级变动" in text


def test_a_tier_that_dwarfs_the_others_is_not_drawn() -> None:
    """And the page says so, with its number."""
    pytest.importorskip("matplotlib")
    summary = told()
    summary.tiers = tuple(
        evolve(row, members=row.members + 50) if row.tier == "guest" else row
        for row in summary.tiers
    )
    page = html.render(summary, "zh")
    assert "“客人”人数远多于其他等级（期末 52 人），未画入图中" in page


def test_a_report_of_nothing() -> None:
    """An empty history has a page of its own."""
    page = html.render(summary_of(book(), ()), "en")
    _Reader(page)
    assert "no event has a time of its own" in page
    assert "(none)" in page


@settings(max_examples=15)
@given(playbooks(), st.data(), st.sampled_from(["zh", "en"]))
def test_any_history_has_a_page(
    playbook: Playbook, data: st.DataObject, lang: str
) -> None:
    """Whatever was decided, the page is well formed, with drawings."""
    pytest.importorskip("matplotlib")
    history = data.draw(histories(playbook=playbook))
    _Reader(html.render(summary_of(playbook, history), lang))
