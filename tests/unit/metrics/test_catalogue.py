"""Metrics are data: what cannot be measured does not exist."""

import pytest

from community_sdk._time import Window
from community_sdk.errors import DefinitionError
from community_sdk.metrics import LIFETIME, METRICS, Metric, Unit

DAYS = Window.parse("30d")


@pytest.mark.parametrize("word", METRICS)
def test_every_word_says_what_it_takes_and_gives(word: str) -> None:
    """Required arguments come first; only times are ever unobserved."""
    spec = METRICS[word]
    assert 0 <= spec.required <= len(spec.takes)
    assert {*spec.takes} <= {"kind", "window", "of"}
    assert not spec.nullable or spec.unit is Unit.TIME


def test_a_metric_knows_its_word_and_its_source() -> None:
    """Windows do not tell sources apart; kind, person and filter do."""
    posts = Metric("count", kind="message", window=DAYS)
    assert posts.spec is METRICS["count"]
    assert posts.source == Metric("count", kind="message").source
    assert posts.source != Metric("count", kind="message", by="actor").source
    replies = Metric("count", kind="message", where=(("reply", True),))
    assert posts.source != replies.source
    assert hash(posts) == hash(Metric("count", kind="message", window=DAYS))
    assert Metric("count", kind="message").window == LIFETIME


@pytest.mark.parametrize(
    ("given", "code", "hint"),
    [
        ({"word": "cuont"}, "metric.unknown", "did you mean `count`?"),
        ({"word": ""}, "metric.unknown", ""),
        ({"word": "active_days", "window": "24h"}, "metric.days", "`30d`"),
        ({"word": "active_days", "window": "since_join"}, "metric.days", "`30d`"),
        ({"word": "active_days", "window": "since_tier"}, "metric.days", "`30d`"),
        ({"word": "active_days", "window": "36601d"}, "metric.days", "`30d`"),
        ({"word": "streak", "window": "2h"}, "metric.days", "`30d`"),
        ({"word": "has", "of": "rol", "kind": "x"}, "metric.has", "`role`"),
        ({"word": "has", "kind": "x"}, "metric.has", ""),
        ({"word": "share", "window": "since_tier"}, "metric.distinct", "`90d`"),
        ({"word": "share", "of": "group"}, "metric.option", "leave it out"),
        ({"word": "share", "args": (("procent", 5),)}, "metric.option", "`percent`"),
        ({"word": "share", "args": (("cap", -1),)}, "metric.option", ""),
        ({"word": "share", "args": (("cap", True),)}, "metric.option", ""),
        ({"word": "share", "args": (("cap", "5"),)}, "metric.option", ""),
        ({"word": "share", "args": (("rounding", "no"),)}, "metric.option", ""),
        ({"word": "share", "args": (("keep", "0.9"),)}, "metric.option", ""),
        ({"word": "count", "args": (("cap", 5),)}, "metric.option", ""),
        (
            {"word": "active_days", "window": "since_join", "args": (("worth", 1),)},
            "metric.days",
            "",
        ),
        (
            {"word": "distinct", "of": "group", "window": "since_join"},
            "metric.distinct",
            "`90d`",
        ),
        ({"word": "tenure", "by": "actor"}, "metric.filter", ""),
        ({"word": "strikes", "where": (("a", 1),)}, "metric.filter", ""),
        (
            {"word": "has", "of": "role", "kind": "x", "by": "actor"},
            "metric.filter",
            "",
        ),
    ],
)
def test_what_cannot_be_measured_is_refused(
    given: dict[str, object], code: str, hint: str
) -> None:
    """The message shows what was found, the hint what to write."""
    window = given.pop("window", None)
    if isinstance(window, str):
        given["window"] = Window.parse(window)
    with pytest.raises(DefinitionError) as caught:
        Metric(**given)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert caught.value.code == code
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    "text", ["1d", "36600d", "day", "week", "half_month", "month", "quarter", "year"]
)
def test_days_are_counted_over_days(text: str) -> None:
    """Any window that begins at the beginning of a local day, or the whole life."""
    for window in (Window.parse(text), LIFETIME):
        assert Metric("active_days", kind="message", window=window).window == window
    assert Metric("distinct", of="group", kind="x", window=Window.parse(text)).of
