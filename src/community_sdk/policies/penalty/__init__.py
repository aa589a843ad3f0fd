"""Penalties: ladders, sanctions by hand, and how both are taken back (S06).

The public names, for playbooks and hosts:

- `PenaltyLadder`: counts strikes, points or sanctions, and answers a breach with a
  step; its settings `Trigger`, `Decay`, `FirstOffence`, `SoftStep`; of the
  model `LadderStep` (with *level*, *notice*, and *grows* and *longest* for lengths
  that grow at each repetition), `Overlap`, `LaterSanctions`.
- `PenaltyLadder.tally(state, category=…)` → `Tally`: what counts now (`total`), where
  the record `stands`, what was `given`, `revoked`, `decayed`, which strikes are
  `counted` and `left_out`.
- `ManualSanctions`: answers `SanctionOrdered`, `ActsRolledBack`, mistakes in both;
  forbids what has no effect; `LengthLimit`.
- `rolled_back(order, members)` → `order`, an `ActsRolledBack` of no member, as one
  event for each member concerned.
- `state.member.in_force(now)`, `state.member.whereabouts(now)`, `latest_end(records)`:
  what holds a member now, and where the record leaves the person.

Events: `RuleBroken`, `StrikeOverturned` (*later*), `SanctionOrdered`, `SanctionLifted`,
`RecordCleared`, `StrikesImported`, `ActsRolledBack`. Decisions: `ApplySanction`,
`RequestConsent` (its *wish* an `ApplySanction`), `EndSanction`, `OverturnStrike`,
`Recommend` (``review_sanction`` with *sanction*, *measure*, *would_be*; soft steps),
`DismissProposal`, `RefuseAct`. Reasons of refusals: ``sanction.already_active``,
``sanction.under_limit``, ``sanction.over_limit``, ``sanction.no_length``,
``sanction.unknown``, ``sanction.not_active``, ``sanction.already_overturned``.
"""

from typing import TYPE_CHECKING

from community_sdk._lazily import lazily

if TYPE_CHECKING:
    from community_sdk.policies.penalty._counting import Tally as Tally
    from community_sdk.policies.penalty._ladder import *
    from community_sdk.policies.penalty._settings import Decay as Decay
    from community_sdk.policies.penalty._settings import FirstOffence as FirstOffence
    from community_sdk.policies.penalty._settings import LengthLimit as LengthLimit
    from community_sdk.policies.penalty._settings import SoftStep as SoftStep
    from community_sdk.policies.penalty._settings import Trigger as Trigger
    from community_sdk.policies.penalty.manual import *
else:
    __getattr__, __dir__, __all__ = lazily(
        __name__,
        _counting="Tally",
        _ladder="PenaltyLadder",
        _settings="Decay FirstOffence LengthLimit SoftStep Trigger",
        manual="ManualSanctions rolled_back",
    )
