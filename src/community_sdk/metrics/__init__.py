"""The only numeric code: named metrics, rolling windows, cohorts, growth (S16 S22).

What only analyses of a history need is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from community_sdk.metrics.attempts import Attempts, levels
from community_sdk.metrics.catalogue import LIFETIME, METRICS, Metric, MetricSpec, Unit
from community_sdk.metrics.plan import DAY_ZERO, WindowPlan
from community_sdk.metrics.rolling import Rolling

if TYPE_CHECKING:
    from community_sdk.metrics.cohorts import Retention, RetentionMatrix, returns
    from community_sdk.metrics.growth import (
        Gravity,
        Spread,
        Wave,
        decayed,
        density,
        gravity,
    )
    from community_sdk.metrics.health import (
        Talk,
        Waits,
        bots,
        burstiness,
        centralisation,
        contributions,
        conversion_rate,
        departures,
        discussions,
        inactive_contributors,
        new_contributors,
        occasional_contributors,
        silences,
        splits,
        ties,
        time_to_first_response,
        top_share,
        zombies,
    )
    from community_sdk.metrics.rates import cut, nearest, share
    from community_sdk.metrics.referral import (
        Arrival,
        Branch,
        Burst,
        InvitationTree,
        Turn,
    )
    from community_sdk.metrics.rfm import (
        RETAIL_SEGMENTS,
        Rfm,
        RfmScale,
        RfmScores,
        Transaction,
        rfm_figures,
        split,
    )
    from community_sdk.metrics.scorecard import (
        Measured,
        Scorecard,
        attainment,
        figure_of,
        percent,
        scored,
    )
    from community_sdk.metrics.selection import Selection

__all__ = [
    "DAY_ZERO",
    "LIFETIME",
    "METRICS",
    "RETAIL_SEGMENTS",
    "Arrival",
    "Attempts",
    "Branch",
    "Burst",
    "Gravity",
    "InvitationTree",
    "Measured",
    "Metric",
    "MetricSpec",
    "Retention",
    "RetentionMatrix",
    "Rfm",
    "RfmScale",
    "RfmScores",
    "Rolling",
    "Scorecard",
    "Selection",
    "Spread",
    "Talk",
    "Transaction",
    "Turn",
    "Unit",
    "Waits",
    "Wave",
    "WindowPlan",
    "attainment",
    "bots",
    "burstiness",
    "centralisation",
    "contributions",
    "conversion_rate",
    "cut",
    "decayed",
    "density",
    "departures",
    "discussions",
    "figure_of",
    "gravity",
    "inactive_contributors",
    "levels",
    "nearest",
    "new_contributors",
    "occasional_contributors",
    "percent",
    "returns",
    "rfm_figures",
    "scored",
    "share",
    "silences",
    "split",
    "splits",
    "ties",
    "time_to_first_response",
    "top_share",
    "zombies",
]

_ROOMS: Final = {
    "cohorts": ("Retention", "RetentionMatrix", "returns"),
    "growth": ("Gravity", "Spread", "Wave", "decayed", "density", "gravity"),
    "health": (
        "Talk",
        "Waits",
        "bots",
        "burstiness",
        "centralisation",
        "contributions",
        "conversion_rate",
        "departures",
        "discussions",
        "inactive_contributors",
        "new_contributors",
        "occasional_contributors",
        "silences",
        "splits",
        "ties",
        "time_to_first_response",
        "top_share",
        "zombies",
    ),
    "rates": ("cut", "nearest", "share"),
    "referral": ("Arrival", "Branch", "Burst", "InvitationTree", "Turn"),
    "rfm": (
        "RETAIL_SEGMENTS",
        "Rfm",
        "RfmScale",
        "RfmScores",
        "Transaction",
        "rfm_figures",
        "split",
    ),
    "scorecard": (
        "Measured",
        "Scorecard",
        "attainment",
        "figure_of",
        "percent",
        "scored",
    ),
    "selection": ("Selection",),
}
_HOME: Final = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    room = _HOME.get(name)
    if room is None:
        msg = f"module `community_sdk.metrics` has no attribute `{name}`"
        raise AttributeError(msg)
    value = getattr(import_module(f"community_sdk.metrics.{room}"), name)
    globals()[name] = value
    return value
