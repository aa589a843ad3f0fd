"""How tags and segments are drawn: few words, so that they meet again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from community_sdk._time import Duration, Hours
from community_sdk.conditions import parse_condition
from community_sdk.decisions import Mode
from community_sdk.model import PolicyKey, TagOrigin
from community_sdk.policies import (
    Segment,
    Segmentation,
    Tag,
    TagGroup,
    TagPolicy,
    TagRule,
    rfm_axes,
)
from community_sdk.testing._cast import Cast

if TYPE_CHECKING:
    from community_sdk.testing._scene import Scene

__all__ = ["SEGMENTS", "SEGMENT_POLICIES"]

Drawn = st.SearchStrategy[dict[str, Any]]
Modes = st.SearchStrategy[Mode]

_TAGS: Final = ("giver", "trader", "asks", "new")
_TAG: Final = st.sampled_from(_TAGS)
_LATER: Final = st.sampled_from([None, timedelta(microseconds=1), timedelta(hours=1)])
_SPAN: Final = st.sampled_from([None, Duration.parse("1h"), Duration.parse("3d")])
_ASKED: Final = st.sampled_from(
    [
        parse_condition(text)
        for text in (
            'count("message", "24h") >= 2',
            'active_days("3d") >= 2',
            'recency("message") < "36h"',
            'tenure() < "3d"',
            'strikes("10d") >= 1',
            'has("tag", "giver")',
            'has("segment", "near")',
        )
    ]
)


def _set(_: Cast, scene: Scene) -> Drawn:
    until = _LATER.map(lambda gap: None if gap is None else scene.at + gap)
    return st.fixed_dictionaries(
        {"tag": _TAG, "until": until}, optional={"origin": st.sampled_from(TagOrigin)}
    )


def _cleared(_: Cast, __: Scene) -> Drawn:
    return st.fixed_dictionaries({"tag": _TAG})


SEGMENTS: Final[dict[str, Callable[[Cast, Scene], Drawn]]] = {
    "tag_set": _set,
    "tag_cleared": _cleared,
}
"""What is drawn of tags, by kind."""


@st.composite
def _rules(draw: st.DrawFn, key: str) -> TagRule:
    if draw(st.booleans()):
        return TagRule(
            tag=draw(_TAG),
            key=key,
            when=draw(_ASKED),
            temporary=draw(st.booleans()),
            ends=draw(st.one_of(st.none(), _ASKED)),
            valid=draw(_SPAN),
        )
    hours = draw(st.sampled_from([None, "09:00-18:00", "22:00-06:00"]))
    return TagRule(
        tag=draw(_TAG),
        key=key,
        on=draw(st.sampled_from(["joined", "message", "signed_in"])),
        hours=None if hours is None else Hours.parse(hours),
        weekdays=draw(st.sampled_from([frozenset[Any](), frozenset({"sat", "sun"})])),
        valid=draw(_SPAN),
    )


@st.composite
def _tags(draw: st.DrawFn, word: str, mode: Modes) -> TagPolicy:
    first = tuple(Tag(key=key) for key in _TAGS[:2])
    other = tuple(Tag(key=key) for key in _TAGS[2:])
    names = draw(st.sampled_from(["", "a", "ab", "abc"]))
    return TagPolicy(
        key=PolicyKey(word),
        groups=(
            TagGroup(key="motive", tags=first, exclusive=True),
            TagGroup(key="interest", tags=other, exclusive=draw(st.booleans())),
        ),
        rules=tuple(draw(_rules(name)) for name in names),
        mode=draw(mode),
    )


@st.composite
def _segmentations(draw: st.DrawFn, word: str, mode: Modes) -> Segmentation:
    # A segmentation that asks for its own segments would never come to rest.
    asked = _ASKED.filter(lambda condition: "segment" not in str(condition))
    keeps = st.one_of(st.none(), asked)
    spared = st.sampled_from([(), ("greet",), ("thank",)])
    window = draw(st.sampled_from(["3d", "10d"]))
    return Segmentation(
        key=PolicyKey(word),
        axes=rfm_axes((0, 3), (1,), (100,), window=window),
        segments=(
            Segment(key="near", when=draw(asked), keeps=draw(keeps), gets=("thank",)),
            Segment(key="buyer", levels=("3**", "*2*"), spares=draw(spared)),
            Segment(key="far", when=draw(asked), spares=draw(spared)),
        ),
        rest=Segment(key="pending", gets=draw(st.sampled_from([(), ("greet_again",)]))),
        stays=draw(_SPAN),
        mode=draw(mode),
    )


SEGMENT_POLICIES: Final[dict[str, Any]] = {
    "tags": _tags,
    "segments": _segmentations,
}
"""What is drawn of tags and segments, by the word of the family."""
