"""Random penalty ladders: every switch, small numbers, so that steps are reached (S06).

What cannot hold together is not drawn together; the rules are ``ads`` and ``rude``, of
the category ``tone``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from hypothesis import strategies as st

from community_sdk._time import Duration
from community_sdk.decisions import Mode
from community_sdk.model import (
    SANCTIONS,
    LadderStep,
    LaterSanctions,
    Notice,
    Overlap,
    PolicyKey,
    RoleName,
    SanctionKind,
    Severity,
)
from community_sdk.policies import (
    Decay,
    FirstOffence,
    PenaltyLadder,
    SoftStep,
    Trigger,
)
from community_sdk.proposal import Terms

__all__ = ["ladders"]

Modes = st.SearchStrategy[Mode]
Drawn = st.SearchStrategy[Any]

_OWN: Final = (
    SanctionKind("fine", 45, irreversible=True),
    SanctionKind("read_only", 55, holds=True),
)
_KINDS: Final = (*SANCTIONS.values(), *_OWN)
_WORDS: Final = ("1h", "24h", "1d", "3d", "10d", "1 month")
_LENGTHS: Final = st.sampled_from([Duration.parse(word) for word in _WORDS])
_CATEGORIES: Final = st.sampled_from(["ads", "tone"])
_SOME: Final = st.sampled_from(["*", "mute", "ban", "suspend"])
_TERMS: Final = st.builds(
    Terms,
    duty=st.sampled_from(["owner", "admin"]),
    also=st.sampled_from([(), ("admin",)]),
    needs=st.integers(1, 2),
    within=_LENGTHS,
    proposer=st.sampled_from(["excluded", "first_voice"]),
)


@st.composite
def _step(draw: st.DrawFn, at: int, kind: SanctionKind, *, grows: bool) -> LadderStep:
    lasts = draw(st.none() | _LENGTHS) if kind.holds or kind.lasts else None
    if lasts is None or not grows:
        return LadderStep(at=at, kind=kind, duration=lasts)
    times = draw(st.integers(1, 3))
    far = Duration(us=lasts.us * 4, months=lasts.months * 4)
    return LadderStep(
        at=at,
        kind=kind,
        duration=lasts,
        notice=draw(st.sampled_from(Notice)),
        level=draw(st.integers(0, 2)),
        grows=times,
        longest=far if times > 1 and draw(st.booleans()) else None,
    )


@st.composite
def _rungs(
    draw: st.DrawFn, *, soft: bool, grows: bool
) -> tuple[tuple[SoftStep, ...], tuple[LadderStep, ...]]:
    count = draw(st.integers(1, 4))
    numbers = sorted(draw(st.sets(st.integers(1, 6), min_size=count, max_size=count)))
    gentle = draw(st.integers(0, count)) if soft else 0
    kinds = sorted(
        draw(st.lists(st.sampled_from(_KINDS), min_size=count, max_size=count)),
        key=lambda kind: kind.order,
    )
    return (
        tuple(SoftStep(at=at, action="call") for at in numbers[:gentle]),
        tuple(
            draw(_step(at, kind, grows=grows))
            for at, kind in zip(numbers[gentle:], kinds[gentle:], strict=True)
        ),
    )


_AT_ONCE: Final = st.sampled_from([SANCTIONS[w] for w in ("warning", "mute", "ban")])
_SWITCHES: Final[Mapping[str, Drawn]] = {
    "measure": st.sampled_from(["count", "points", "sanctions"]),
    "per": st.sampled_from(["category", "rule", "member"]),
    "categories": st.sampled_from([(), ("ads",), ("ads", "tone")]),
    "groups": st.sampled_from([{}, {"tone": "ads"}]),
    "window": st.none() | _LENGTHS,
    "window_edge": st.sampled_from(["inclusive", "exclusive"]),
    "window_from": st.sampled_from(["now", "latest_strike"]),
    "active_only": st.booleans(),
    "running_always_counts": st.booleans(),
    "reversed_strikes_count": st.booleans(),
    "consume_on_trigger": st.booleans(),
    "decay": st.none()
    | st.builds(
        Decay, over=_LENGTHS, frozen_by=st.sampled_from([(), ("mute", "suspend")])
    ),
    "first_offence": st.none()
    | st.builds(
        FirstOffence,
        good_standing_below=st.integers(1, 4),
        curve=st.sampled_from([(1,), (0, 1), (1, 2)]),
        severe=st.sampled_from([(), ("tone",)]),
    ),
    "trigger": st.sampled_from(Trigger),
    "between": st.sampled_from(["use_lower", "none"]),
    "after_last": st.sampled_from(["repeat", "none"]),
    "immediate": st.dictionaries(
        _CATEGORIES,
        _AT_ONCE.flatmap(lambda kind: _step(1, kind, grows=False)),
        max_size=1,
    ),
    "enter_at": st.sampled_from([{}, {"tone": 3}]),
    "zero_tolerance": st.sampled_from([None, None, *Severity]),
    "overlap": st.dictionaries(_SOME, st.sampled_from(Overlap), max_size=2),
    "approval": st.dictionaries(_SOME, _TERMS, max_size=1),
    "later": st.sampled_from(LaterSanctions),
    "below_threshold": st.sampled_from(["stand", "lift"]),
    "undone_by": st.sampled_from([(), (RoleName("owner"),)]),
    "appeal_within": st.none() | _LENGTHS,
}
_SUMS: Final = ("decay", "consume_on_trigger")


def _without_contradictions(drawn: dict[str, Any]) -> dict[str, Any]:
    """Return what was drawn without what the rest leaves no room for."""
    idle: set[str] = set()
    measure = drawn.get("measure", "count")
    if drawn.get("window") is None:
        idle.add("window_from")
    if measure != "points":
        idle.add("first_offence")
    if measure != "count":
        idle.add("active_only")
    if measure != "sanctions":
        idle.add("running_always_counts")
    if measure == "sanctions" or drawn.get("active_only"):
        idle.update(_SUMS)
    return {name: value for name, value in drawn.items() if name not in idle}


@st.composite
def ladders(
    draw: st.DrawFn,
    key: str = "ladder",
    modes: Modes | None = None,
    *,
    only: Collection[str] | None = None,
) -> PenaltyLadder:
    """Draw penalty ladders with every switch.

    Args:
        draw: given by Hypothesis.
        key: the key of the policy.
        modes: draw the mode from these; it acts otherwise.
        only: the settings to draw, by the names of `PenaltyLadder`; the others keep
            their defaults. ``steps`` are always there; named, they may grow, bear
            levels and be told in public. None: all.
    """
    wanted = (*_SWITCHES, "steps", "soft") if only is None else only
    drawn = {name: draw(values) for name, values in _SWITCHES.items() if name in wanted}
    drawn = _without_contradictions(drawn)
    grows = "steps" in wanted and drawn.get("measure") != "points"
    soft, steps = draw(_rungs(soft="soft" in wanted, grows=grows))
    if not steps:
        drawn.pop("zero_tolerance", None)
    mode = draw(modes) if modes is not None else Mode.ACT
    return PenaltyLadder(key=PolicyKey(key), steps=steps, soft=soft, mode=mode, **drawn)
