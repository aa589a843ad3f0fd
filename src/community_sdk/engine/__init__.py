"""The sans-I/O engine: `receive`, `preview`, `advance`, `replay`, snapshots."""

from typing import TYPE_CHECKING

from community_sdk._lazily import lazily

if TYPE_CHECKING:
    from community_sdk.engine._close import asked as asked
    from community_sdk.engine._close import joined as joined
    from community_sdk.engine._conflicts import CONFLICTS as CONFLICTS
    from community_sdk.engine._conflicts import MERGES as MERGES
    from community_sdk.engine._conflicts import Conflict as Conflict
    from community_sdk.engine._engine import *
    from community_sdk.engine._partitions import Needs as Needs
    from community_sdk.engine._step import *
    from community_sdk.engine._version import DecisionBorder as DecisionBorder
    from community_sdk.engine._version import Operable as Operable
    from community_sdk.engine._whole import *
else:
    __getattr__, __dir__, __all__ = lazily(
        __name__,
        _close="asked joined",
        _conflicts="CONFLICTS MERGES Conflict",
        _engine="Engine",
        _partitions="Needs",
        _step="Step Suppressed",
        _version="DecisionBorder Operable",
        _whole="WholeEngine",
    )
