"""Funnels: one definition, judged per event and over whole histories (S20)."""

from typing import TYPE_CHECKING

from community_sdk._lazily import lazily

if TYPE_CHECKING:
    from community_sdk.metrics.funnel._analysis import *
    from community_sdk.metrics.funnel._attempts import Attempt as Attempt
    from community_sdk.metrics.funnel._attempts import attempts as attempts
    from community_sdk.metrics.funnel._attempts import best as best
    from community_sdk.metrics.funnel._attempts import latest as latest
    from community_sdk.metrics.funnel._attempts import may_convert as may_convert
    from community_sdk.metrics.funnel._attempts import over_at as over_at
    from community_sdk.metrics.funnel._history import apart as apart
    from community_sdk.metrics.funnel._history import closing_of as closing_of
    from community_sdk.metrics.funnel._history import limits_of as limits_of
    from community_sdk.metrics.funnel._levels import *
    from community_sdk.metrics.funnel._places import Seen as Seen
    from community_sdk.metrics.funnel._report import *
    from community_sdk.metrics.funnel._rules import *
    from community_sdk.metrics.funnel._search import Closing as Closing
    from community_sdk.metrics.funnel._search import Search as Search
else:
    __getattr__, __dir__, __all__ = lazily(
        __name__,
        _analysis="FunnelAnalysis TrendPeriod",
        _attempts="Attempt attempts best latest may_convert over_at",
        _history="apart closing_of limits_of",
        _levels="LEVEL_MODES window_level",
        _places="Seen",
        _report="FunnelReport Outcome StepFigures",
        _rules="Exclusion FieldTest FunnelRules FunnelStep",
        _search="Closing Search",
    )
