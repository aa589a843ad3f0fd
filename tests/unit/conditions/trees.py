"""Strategies: any metric, any condition, figures; a reader that keeps count."""

from collections.abc import Callable, Mapping
from typing import cast

from hypothesis import strategies as st

from community_sdk._time import Duration, Window, WindowKind
from community_sdk.conditions import (
    All,
    Any,
    AtLeast,
    Compare,
    Condition,
    Fixed,
    Holds,
    Named,
    Not,
    Op,
    metrics,
)
from community_sdk.metrics import LIFETIME, METRICS, Metric, Unit

SIGNS: tuple[Op, ...] = (">=", ">", "<=", "<", "==", "!=")
OPS = st.sampled_from(SIGNS)
WHOLE = st.one_of(st.integers(-3, 30), st.integers(-(2**63) + 1, 2**63 - 1))
TEXTS = st.one_of(
    st.sampled_from(
        ["message", "reply", "群主", "a'b", 'say "hi"', "\\", "\n", "\u202e"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
)
NAMES = st.one_of(
    st.sampled_from(["regular", "x", "_1", "新人", "match"]),
    st.from_regex(r"\A[a-z_][a-z0-9_]{0,8}\Z").map(lambda word: f"{word}_"),
)
DURATIONS = st.one_of(
    st.integers(1, 90).map(lambda us: Duration(us=us)),
    st.integers(1, 10**9 - 1).map(lambda number: Duration.parse(f"{number}s")),
    st.sampled_from(["1d", "36h", "90min", "2w"]).map(Duration.parse),
)
DAYS = st.one_of(
    st.integers(1, 400).map(lambda n: Window(WindowKind.DAYS, n)),
    st.sampled_from(["day", "week", "half_month", "month"]).map(Window.parse),
)
WINDOWS = st.one_of(
    DAYS,
    st.sampled_from(["1us", "90s", "10min", "24h", "100h"]).map(Window.parse),
    st.sampled_from(["since_join", "since_tier", "lifetime"]).map(Window.parse),
)
SCALARS = st.one_of(TEXTS, st.booleans(), WHOLE)
FILTERS = st.dictionaries(NAMES, SCALARS, max_size=3).map(
    lambda found: tuple(sorted(found.items()))
)
WHO = st.sampled_from(["member", "actor"])


@st.composite
def measures(draw: st.DrawFn, units: tuple[Unit, ...] = tuple(Unit)) -> Metric:
    """Any metric that gives one of *units*."""
    words = [word for word, spec in METRICS.items() if spec.unit in units]
    word = draw(st.sampled_from(words))
    spec = METRICS[word]
    given: dict[str, object] = {}
    if "kind" in spec.takes:
        given["kind"] = draw(TEXTS)
    if word == "has":
        given["of"] = draw(st.sampled_from(["role", "tier", "group", "status"]))
    elif "of" in spec.takes:
        free = TEXTS if word == "distinct" else st.just("") | TEXTS
        given["of"] = draw(st.sampled_from(["", "amount"]) if word == "share" else free)
    if "window" in spec.takes:
        days = word in ("active_days", "distinct", "share")
        given["window"] = draw(DAYS if days else WINDOWS | st.just(LIFETIME))
    numbers = [name for name, value in spec.options.items() if type(value) is int]
    if numbers:
        some = st.dictionaries(st.sampled_from(numbers), st.integers(0, 99), max_size=2)
        given["args"] = tuple(sorted(draw(some).items()))
    if spec.filters:
        given |= {"by": draw(WHO), "where": draw(FILTERS)}
    return cast("Callable[..., Metric]", Metric)(word, **given)


@st.composite
def comparisons(draw: st.DrawFn) -> Compare:
    """Any comparison without names."""
    metric = draw(measures((Unit.TIMES, Unit.DAYS, Unit.TIME, Unit.AMOUNT)))
    plain: st.SearchStrategy[int | Duration] = WHOLE
    if metric.spec.unit is Unit.TIME:
        plain = DURATIONS
    other = measures((metric.spec.unit,)) | st.just(metric)
    return Compare(
        metric, draw(OPS), draw(plain) if draw(st.booleans()) else draw(other)
    )


HOLDS = measures((Unit.TRUTH,)).map(Holds)
FIXED = st.booleans().map(Fixed)
NAMED = NAMES.map(Named)
NAMED_COMPARISONS = st.one_of(
    st.builds(Compare, NAMED, OPS, st.one_of(WHOLE, DURATIONS, NAMED)),
    st.builds(Compare, measures((Unit.TIMES,)), OPS, NAMED),
)


@st.composite
def _tree(
    draw: st.DrawFn, leaf: st.SearchStrategy[Condition], levels: int
) -> Condition:
    sort = draw(
        st.sampled_from(["leaf", "leaf", "all", "any", "least", "not", "least"])
    )
    if sort == "leaf" or levels == 0:
        return draw(leaf)
    inner = _tree(leaf, levels - 1)
    if sort == "not":
        return Not(draw(inner))
    fewest = 1 if sort == "least" else 2
    parts = draw(st.lists(inner, min_size=fewest, max_size=4))
    if sort == "least":
        return AtLeast(draw(st.integers(1, len(parts))), parts)
    return All(parts) if sort == "all" else Any(parts)


def grown(leaf: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    """Trees of any form over *leaf*."""
    return _tree(leaf, 3)


def conditions() -> st.SearchStrategy[Condition]:
    """Any condition without names."""
    return grown(st.one_of(comparisons(), HOLDS, FIXED))


def written_conditions() -> st.SearchStrategy[Condition]:
    """Any condition, names included."""
    return grown(st.one_of(comparisons(), HOLDS, FIXED, NAMED, NAMED_COMPARISONS))


Figures = dict[Metric, int | None]


def figure_of(metric: Metric) -> st.SearchStrategy[int | None]:
    """Any figure that *metric* may have; nothing only where the catalogue says so."""
    if metric.spec.unit is Unit.TRUTH:
        return st.integers(0, 1)
    near = st.integers(0, 40)
    wide = st.integers(0, 2**50)
    return st.one_of(near, wide, st.none()) if metric.spec.nullable else near | wide


# Few metrics and near numbers, so that parts are often met and often shared.
FEW = (
    Metric("count", kind="message", window=Window.parse("30d")),
    Metric("count", kind="reply"),
    Metric("strikes"),
    Metric("recency", kind="message"),
    Metric("tenure"),
    Metric("has", kind="owner", of="role"),
)


def _few_leaf(metric: Metric) -> st.SearchStrategy[Condition]:
    if metric.spec.unit is Unit.TRUTH:
        return st.just(Holds(metric))
    same = st.sampled_from([m for m in FEW if m.spec.unit is metric.spec.unit])
    near = st.integers(1, 4)
    plain: st.SearchStrategy[int | Duration] = near
    if metric.spec.unit is Unit.TIME:
        plain = near.map(lambda us: Duration(us=us))
    return st.builds(Compare, st.just(metric), OPS, plain | same)


FEW_LEAVES = st.one_of(st.sampled_from(FEW).flatmap(_few_leaf), FIXED)


@st.composite
def asked(draw: st.DrawFn) -> tuple[Condition, Figures]:
    """A condition and figures of a member, close enough to matter."""
    condition = draw(st.one_of(conditions(), grown(FEW_LEAVES), grown(FEW_LEAVES)))
    figures: Figures = {}
    for metric in metrics(condition):
        near = st.integers(0, 1 if metric.spec.unit is Unit.TRUTH else 5)
        few = near | st.none() if metric.spec.nullable else near
        figures[metric] = draw(few if metric in FEW else figure_of(metric))
    return condition, figures


class Counted:
    """A reader of figures that remembers what was asked, in order."""

    def __init__(self, figures: Mapping[Metric, int | None]) -> None:
        """Read from *figures*."""
        self.figures = figures
        self.asked: list[Metric] = []

    def __call__(self, metric: Metric) -> int | None:
        """Give the figure."""
        self.asked.append(metric)
        return self.figures[metric]
