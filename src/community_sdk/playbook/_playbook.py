"""The playbook: one community operation, described once (S01–S31)."""

from __future__ import annotations

from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from attrs import evolve, field

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.conditions import Condition
from community_sdk.decisions import Decision
from community_sdk.engine import DecisionBorder, Engine
from community_sdk.errors import DefinitionError, nearest
from community_sdk.metrics import Metric
from community_sdk.model import (
    KPI,
    Campaign,
    Community,
    PolicyKey,
    Role,
    Rulebook,
    TierGroup,
)
from community_sdk.playbook._layout import mark
from community_sdk.playbook._measures import put_in
from community_sdk.playbook._parts import WEEK
from community_sdk.policies import Policy
from community_sdk.proposal import ApprovalRule, Consent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from community_sdk.events import Event
    from community_sdk.metrics.funnel import FunnelAnalysis
    from community_sdk.ports import Plain

__all__ = ["ApprovalRule", "Consent", "Playbook"]

_NO_RULES = Rulebook()


class _Codec:
    """Decisions at the border of a snapshot, by the codec of the library."""

    def dump(self, decision: Decision, /) -> Plain:
        from community_sdk import codec

        return codec.dump(decision)

    def load(self, plain: Plain, /) -> Decision:
        from community_sdk import codec

        return codec.decision(plain)


@frozen(kw_only=True, slots=False)
class Playbook:
    """Everything that a community is run by, as one value.

    Policies are asked in their order. *lateness* is how late an event may come in.
    *events* declares the hosts' own event words; *measures* names conditions and
    metrics that the conditions of policies may refer to: they are put in when the
    playbook is made.

    `engine` begins a community; `community_sdk.playbook.load` reads one from a file.
    """

    name: str = "playbook"
    version: str = "1"
    community: Community
    roles: tuple[Role, ...] = ()
    tiers: tuple[TierGroup, ...] = ()
    rulebook: Rulebook = _NO_RULES
    policies: tuple[Policy, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    kpis: tuple[KPI, ...] = ()
    events: tuple[str, ...] = ()
    measures: Mapping[str, Condition | Metric] = field(
        factory=dict[str, "Condition | Metric"], hash=False
    )
    lateness: Duration = WEEK
    approval: Consent = field(factory=Consent)

    def __attrs_post_init__(self) -> None:
        """Put what *measures* defines into the conditions of the policies."""
        if self.measures:
            whole = put_in(self.policies, self.measures)
            object.__setattr__(self, "policies", whole)

    @property
    def words(self) -> tuple[str, ...]:
        """The hosts' own event words."""
        return self.events

    @property
    def border(self) -> DecisionBorder:
        """How decisions that wait for consent are stored."""
        return _Codec()

    @property
    def digest(self) -> str:
        """A digest of the whole playbook: equal values, equal digests.

        What no file can hold, such as a function in an own policy, counts by the name
        of its class only: tell such playbooks apart by `version`.
        """
        return self._digest

    @cached_property
    def _digest(self) -> str:
        return blake2b(mark(self).encode(), digest_size=12).hexdigest()

    def engine(self) -> Engine:
        """Begin a community that nothing has happened in yet."""
        return Engine(self)

    def policy(self, key: str) -> Policy | None:
        """Return the policy called *key*."""
        return next((p for p in self.policies if str(p.key) == key), None)

    def analyse(
        self,
        funnel: str,
        events: Iterable[Event],
        /,
        *,
        until: datetime | None = None,
        **more: Any,
    ) -> FunnelAnalysis:
        """Replay *events*, and analyse the funnel called *funnel* over all of them.

        It answers as the engine did: what steps ask of the member is asked when the
        event comes in, and what follows from events, such as a new tier, is seen too.
        *events* may be in any order; they come in as they were recorded. *until* is the
        end of the observation; *more* are arguments of `FunnelAnalysis`.

        Raises:
            DefinitionError: there is no such funnel.
            HistoryError: an event that the playbook does not take.
        """
        from community_sdk.policies import Funnel
        from community_sdk.policies.funnel._witness import Witness

        known = {str(p.key): p for p in self.policies if isinstance(p, Funnel)}
        if funnel not in known:
            raise DefinitionError(
                f"expected a funnel of `{self.name}`, found `{funnel}`",
                code="funnel.unknown",
                hint=nearest(funnel, known),
                found=funnel,
            )
        witness = Witness(key=PolicyKey(f"~{funnel}"), funnel=known[funnel])
        engine = evolve(self, policies=(*self.policies, witness)).engine()
        for event in sorted(events, key=_told):
            engine.receive(event)
        if until is not None:
            engine.advance(until)
        asked: dict[str, Any] = {"where": self.community.zone, "until": until, **more}
        return known[funnel].analyse(witness.seen, judge=witness.stood, **asked)


def _told(event: Event) -> tuple[datetime, datetime, int]:
    return (event.recorded_at, event.at, event.seq)
