"""What would have been different: one history under two playbooks (S29).

``backtest(history, load("now.toml"), load("milder.toml"))`` says who would have been
treated differently, when and why. `AS_ACTED` stands for what the operators really did.
"""

from community_sdk.backtest._comparison import (
    Comparison,
    DayRow,
    DecisionRow,
    DifferenceRow,
    PersonRow,
    SideRow,
    Treatment,
    plain,
)
from community_sdk.backtest._difference import Difference, Parting, What
from community_sdk.backtest._harshness import Harshness, harshness
from community_sdk.backtest._replay import backtest
from community_sdk.backtest._sides import AS_ACTED, AsActed

__all__ = [
    "AS_ACTED",
    "AsActed",
    "Comparison",
    "DayRow",
    "DecisionRow",
    "Difference",
    "DifferenceRow",
    "Harshness",
    "Parting",
    "PersonRow",
    "SideRow",
    "Treatment",
    "What",
    "backtest",
    "harshness",
    "plain",
]
