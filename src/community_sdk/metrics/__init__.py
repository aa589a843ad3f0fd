"""The only numeric code: named metrics, rolling windows, cohorts, growth (S16 S22).

What only analyses of a history need is loaded when it is first used.
"""

from typing import TYPE_CHECKING

from community_sdk._lazily import lazily

if TYPE_CHECKING:
    from community_sdk.metrics.attempts import Attempts as Attempts
    from community_sdk.metrics.attempts import levels as levels
    from community_sdk.metrics.catalogue import LIFETIME as LIFETIME
    from community_sdk.metrics.catalogue import METRICS as METRICS
    from community_sdk.metrics.catalogue import Metric as Metric
    from community_sdk.metrics.catalogue import MetricSpec as MetricSpec
    from community_sdk.metrics.catalogue import Unit as Unit
    from community_sdk.metrics.cohorts import Retention as Retention
    from community_sdk.metrics.cohorts import RetentionMatrix as RetentionMatrix
    from community_sdk.metrics.cohorts import returns as returns
    from community_sdk.metrics.growth import *
    from community_sdk.metrics.health import *
    from community_sdk.metrics.persons import *
    from community_sdk.metrics.plan import DAY_ZERO as DAY_ZERO
    from community_sdk.metrics.plan import WindowPlan as WindowPlan
    from community_sdk.metrics.rates import *
    from community_sdk.metrics.referral import Arrival as Arrival
    from community_sdk.metrics.referral import Branch as Branch
    from community_sdk.metrics.referral import Burst as Burst
    from community_sdk.metrics.referral import InvitationTree as InvitationTree
    from community_sdk.metrics.referral import Turn as Turn
    from community_sdk.metrics.rfm import *
    from community_sdk.metrics.rolling import *
    from community_sdk.metrics.scorecard import *
    from community_sdk.metrics.selection import *
else:
    __getattr__, __dir__, __all__ = lazily(
        __name__,
        attempts="Attempts levels",
        catalogue="LIFETIME METRICS Metric MetricSpec Unit",
        cohorts="Retention RetentionMatrix returns",
        growth="Gravity Spread Wave decayed density gravity",
        health=(
            "Talk Waits bots burstiness centralisation contributions conversion_rate "
            "departures discussions inactive_contributors new_contributors "
            "occasional_contributors silences splits ties time_to_first_response "
            "top_share zombies"
        ),
        persons="Persons as_persons people",
        plan="DAY_ZERO WindowPlan",
        rates="cut nearest share",
        referral="Arrival Branch Burst InvitationTree Turn",
        rfm="RETAIL_SEGMENTS Rfm RfmScale RfmScores Transaction rfm_figures split",
        rolling="Rolling",
        scorecard="Measured Scorecard attainment figure_of percent scored",
        selection="Selection",
    )
