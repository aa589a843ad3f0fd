"""Moves of standing, stages and periods, mostly derived (S08 S17 S20)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import field

from community_sdk._values import frozen
from community_sdk.errors import HistoryError
from community_sdk.events._fields import is_change, is_end, is_past
from community_sdk.events.envelope import Derived, Event, Exogenous
from community_sdk.model import (
    NO_POLICY,
    DecisionId,
    EntryKind,
    LedgerEntry,
    MemberId,
    Movement,
    PolicyKey,
    Standing,
    TierCause,
    TierKey,
)

__all__ = [
    "BalanceImported",
    "EnforcementReported",
    "PeriodClosed",
    "PlaybookAdopted",
    "StageReached",
    "StandingsCounted",
    "TierChanged",
    "TierImported",
    "TimerFired",
]


@frozen(kw_only=True)
class TierChanged(Derived):
    """The member moved in *tiers* from *before* to *after*.

    *cause*: what decided the tier. *own*: the tier on the member's own account where a
    grant or an override decided, else empty. *until*: valid up to, but not at, this
    instant. *since*: from when it is held, None: from `at`. *lock*: no automatic move
    from here on. *rules*: the bars that it was judged by. *by*: who set it by hand.
    *order*: the purchase that brought it about. *account*: who held it, where two
    turned out to be one person. *own_until*: how long *own* is safe.
    """

    kind: ClassVar[str] = "tier_changed"

    tiers: str
    before: TierKey
    after: TierKey
    rise: bool
    cause: TierCause = TierCause.EARNED
    own: str = ""
    until: datetime | None = None
    since: datetime | None = None
    lock: bool = False
    rules: str = ""
    by: MemberId | None = None
    order: str = ""
    account: MemberId | None = None
    own_until: datetime | None = None


@frozen(kw_only=True)
class TierImported(Exogenous):
    """A tier held since *since*, taken over from another system.

    *until*: valid up to, but not at, this instant. *cause*: how it was come by there.
    *below*: since when the member is below the bar, where the system knows that.
    """

    kind: ClassVar[str] = "tier_imported"

    tiers: str
    tier: TierKey
    since: datetime = field(validator=is_past)
    until: datetime | None = field(default=None, validator=is_end)
    cause: TierCause = TierCause.IMPORTED
    below: datetime | None = None


@frozen(kw_only=True)
class BalanceImported(Exogenous):
    """Points held in *currency* at the cut-over, usable until *expires_at*.

    *qualifying*: how many of them count for tiers; None: all.
    """

    kind: ClassVar[str] = "balance_imported"

    currency: str = "points"
    amount: int = field(validator=is_change)
    qualifying: int | None = field(default=None, validator=is_change)
    expires_at: datetime | None = field(default=None, validator=is_end)

    @property
    def ledger_entry(self) -> LedgerEntry:
        """The line of the book that it opens."""
        return LedgerEntry(
            member=self.member or MemberId(""),
            kind=EntryKind.OPEN,
            amount=self.amount,
            qualifying=self.amount if self.qualifying is None else self.qualifying,
            currency=self.currency,
            at=self.at,
            booked=self.recorded_at,
            source=self.source,
            external=self.id,
            expires_at=self.expires_at,
        )


@frozen(kw_only=True)
class StageReached(Derived):
    """The member reached step *step* (0-based) of a funnel, opened at *opened*."""

    kind: ClassVar[str] = "stage_reached"

    funnel: PolicyKey
    step: int
    opened: datetime


@frozen(kw_only=True)
class PeriodClosed(Derived):
    """A period of the community is over and its figures stand.

    *movements* are who moved, out of *members*; *digest* is that of the ranking;
    *skipped* says why nobody moved, empty where the rules were applied.
    """

    kind: ClassVar[str] = "period_closed"

    period: str
    policy: PolicyKey = NO_POLICY
    members: int = 0
    digest: str = ""
    movements: tuple[Movement, ...] = ()
    skipped: str = ""


@frozen(kw_only=True)
class PlaybookAdopted(Exogenous):
    """From *effective* on, events are judged by this version of the playbook."""

    kind: ClassVar[str] = "playbook_adopted"

    version: str
    digest: str
    effective: datetime


@frozen(kw_only=True)
class EnforcementReported(Exogenous):
    """What a platform did about a decision; the decision itself stays as it is."""

    kind: ClassVar[str] = "enforcement_reported"

    decision: DecisionId
    effect: str


@frozen(kw_only=True)
class TimerFired(Derived):
    """A timer that a policy set is due; *due* is `at` however late it fires."""

    kind: ClassVar[str] = "timer_fired"

    timer: str
    policy: PolicyKey = NO_POLICY


@frozen(kw_only=True)
class StandingsCounted(Exogenous):
    """Where everybody stood in *period*, counted in ``[since, until)``.

    It answers the request of *policy* (`RequestStandings`): figures are those of the
    period, however late they were counted; tiers and locks are those of the moment of
    counting. *apply*: where the period is closed already, what differs is carried out
    as new moves; otherwise it is only reported.

    Raises:
        HistoryError: somebody is in it twice.
    """

    kind: ClassVar[str] = "standings_counted"
    once: ClassVar[bool] = True

    policy: PolicyKey
    period: str
    since: datetime
    until: datetime
    standings: tuple[Standing, ...] = ()
    apply: bool = False

    def __attrs_post_init__(self) -> None:
        """Refuse members who are named twice, and periods that end as they begin."""
        Event.__attrs_post_init__(self)
        if len({str(one.member) for one in self.standings}) < len(self.standings):
            raise HistoryError(
                f"event `{self.id}`: expected each member once, found one twice",
                code="event.standings",
                hint="count every member once, in `[since, until)`",
                id=self.id,
            )
