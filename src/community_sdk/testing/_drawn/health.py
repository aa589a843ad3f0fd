"""How surveys, wishes, figures and lives of groups are drawn (S16 S21 S23 S31)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from community_sdk._time import Duration, PeriodUnit
from community_sdk.decisions import Mode
from community_sdk.metrics import Metric
from community_sdk.model import (
    KPI,
    Direction,
    GroupId,
    Lifecycle,
    Missing,
    PolicyKey,
    RoleName,
    SurveyScale,
)
from community_sdk.policies import (
    AppraisalPolicy,
    AtmospherePolicy,
    CentreWatch,
    LifecyclePolicy,
    LifeSigns,
    SurveyDesk,
    WaterSigns,
    WishDesk,
    ZombieWatch,
)
from community_sdk.testing._cast import Cast

if TYPE_CHECKING:
    from community_sdk.testing._scene import Scene

__all__ = ["HEALTH", "HEALTH_POLICIES"]

Drawn = st.SearchStrategy[dict[str, Any]]
Modes = st.SearchStrategy[Mode]

_OWNER: Final = RoleName("owner")
_SURVEYS: Final = st.sampled_from(["may", "june"])
_WORDS: Final = st.sampled_from(["", "done"])
_DAYS: Final = st.integers(1, 3)
_UNITS: Final = st.sampled_from([PeriodUnit.DAY, PeriodUnit.WEEK])
_ROOMS: Final = st.sampled_from([(), (GroupId("hall"),)])


def _survey(_: Cast, scene: Scene) -> Drawn:
    gaps = st.sampled_from([timedelta(hours=1), timedelta(days=2)])
    return st.fixed_dictionaries(
        {"survey": _SURVEYS, "until": gaps.map(lambda gap: scene.at + gap)},
        optional={
            "scale": st.sampled_from(SurveyScale),
            "invited": st.integers(0, 3),
        },
    )


def _rating(_: Cast, __: Scene) -> Drawn:
    return st.fixed_dictionaries({"survey": _SURVEYS, "rating": st.integers(-1, 11)})


def _wish(_: Cast, __: Scene) -> Drawn:
    return st.fixed_dictionaries({"topic": _WORDS})


def _answer(_: Cast, __: Scene) -> Drawn:
    wishes = st.sampled_from(["e0", "e1", "e2", "e3", "none"])
    return st.fixed_dictionaries({"wish": wishes, "outcome": _WORDS})


def _figure(_: Cast, __: Scene) -> Drawn:
    measures = st.sampled_from(["fans", "messages"])
    return st.fixed_dictionaries({"measure": measures, "figure": st.integers(-1, 9)})


def _life(cast: Cast, _: Scene) -> Drawn:
    groups = st.sampled_from((None, *cast.groups))
    states = st.sampled_from(Lifecycle)
    return st.fixed_dictionaries({"group": groups, "state": states})


HEALTH: Final[dict[str, Callable[[Cast, Scene], Drawn]]] = {
    "survey_opened": _survey,
    "rating_given": _rating,
    "wish_made": _wish,
    "wish_answered": _answer,
    "figure_reported": _figure,
    "lifecycle_set": _life,
}
"""What is drawn of health and feedback, by kind."""


@st.composite
def _airs(draw: st.DrawFn, key: str, modes: Modes) -> AtmospherePolicy:
    return AtmospherePolicy(
        key=PolicyKey(key),
        duty=_OWNER,
        groups=draw(_ROOMS),
        silent_days=draw(_DAYS),
        again_days=draw(st.none() | _DAYS),
        discussions=draw(st.none() | _DAYS),
        water=draw(st.sampled_from([None, WaterSigns(messages=1, short=99)])),
        mode=draw(modes),
    )


@st.composite
def _centres(draw: st.DrawFn, key: str, modes: Modes) -> CentreWatch:
    return CentreWatch(
        key=PolicyKey(key),
        duty=_OWNER,
        roles=(_OWNER,),
        period=draw(_UNITS),
        patience=draw(_DAYS),
        least=draw(_DAYS),
        mode=draw(modes),
    )


@st.composite
def _lives(draw: st.DrawFn, key: str, modes: Modes) -> LifecyclePolicy:
    return LifecyclePolicy(
        key=PolicyKey(key),
        duty=_OWNER,
        lively=LifeSigns(messages=2),
        keeps=draw(st.sampled_from([LifeSigns(messages=1), LifeSigns(messages=2)])),
        groups=draw(_ROOMS),
        period=draw(_UNITS),
        rescue_after=draw(_DAYS),
        rescue_for=draw(_DAYS),
        close_after=draw(_DAYS),
        mode=draw(modes),
    )


@st.composite
def _zombies(draw: st.DrawFn, key: str, modes: Modes) -> ZombieWatch:
    return ZombieWatch(
        key=PolicyKey(key),
        duty=_OWNER,
        after=Duration.parse(draw(st.sampled_from(["1h", "2d", "1 month"]))),
        exempt=draw(st.sampled_from([(), (_OWNER,)])),
        mode=draw(modes),
    )


@st.composite
def _scores(draw: st.DrawFn, key: str, modes: Modes) -> AppraisalPolicy:
    unit = draw(_UNITS)
    kpis = (
        KPI(key="talk", measure="messages", period=unit, target=2),
        KPI(key="share", measure="replies", of="messages", period=unit, target=50),
        KPI(
            key="fans",
            measure="fans",
            period=unit,
            target=2,
            direction=Direction.DOWN,
            missing=draw(st.sampled_from(Missing)),
        ),
    )
    replies = Metric("count", "message", where=(("reply", True),))
    figures = {"messages": Metric("count", "message"), "replies": replies}
    return AppraisalPolicy(
        key=PolicyKey(key), kpis=kpis, figures=figures, mode=draw(modes)
    )


@st.composite
def _surveys(draw: st.DrawFn, key: str, modes: Modes) -> SurveyDesk:
    return SurveyDesk(key=PolicyKey(key), least=draw(_DAYS), mode=draw(modes))


@st.composite
def _wishes(draw: st.DrawFn, key: str, modes: Modes) -> WishDesk:
    return WishDesk(
        key=PolicyKey(key),
        duty=_OWNER,
        within=Duration.parse(draw(st.sampled_from(["1h", "3d"]))),
        period=draw(_UNITS),
        kept=draw(st.sampled_from([1, 9])),
        mode=draw(modes),
    )


HEALTH_POLICIES: Final[dict[str, Any]] = {
    "air": _airs,
    "centre": _centres,
    "life": _lives,
    "zombies": _zombies,
    "score": _scores,
    "surveys": _surveys,
    "wishes": _wishes,
}
"""What is drawn of health and feedback, by the word of the family."""
