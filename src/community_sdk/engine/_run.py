"""What is gathered while one step runs: stamped decisions, facts, timers, trails."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from hashlib import blake2b
from typing import Any, Final

from attrs import evolve, fields

from community_sdk._time import instant
from community_sdk.decisions import ApplySanction, Decision, Mode, RequestConsent
from community_sdk.engine._facts import Made, fact_of
from community_sdk.engine._step import Step, Suppressed
from community_sdk.engine._version import Version
from community_sdk.errors import DefinitionError
from community_sdk.events import Event
from community_sdk.explanation import because
from community_sdk.model import DecisionId, MemberId, PolicyKey
from community_sdk.ports import Plain
from community_sdk.proposal import Terms
from community_sdk.state import MemberState

__all__ = ["Run", "digest"]


_NOTES: Final = (
    *("note_first_value", "record_answer", "record_stage"),
    *("request_standings", "close_period"),
)
"""What nobody has to agree to: it only notes or asks what is."""


def digest(*parts: str) -> str:
    """Return a short stable digest of *parts*."""
    text = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=12).hexdigest()


@cache
def _names(cls: Any) -> tuple[str, ...]:
    return tuple(attribute.name for attribute in fields(cls))


def _with(wish: Decision, **stamps: object) -> Decision:
    """Copy *wish* with other values, as `attrs.evolve` does; nothing is validated."""
    cls: Any = type(wish)
    copy: Decision = object.__new__(cls)
    for name in _names(cls):
        value = stamps[name] if name in stamps else getattr(wish, name)
        object.__setattr__(copy, name, value)
    return copy


def _proposer(decision: Decision, by: MemberState | None) -> MemberId | None:
    """Return who wants *decision*: who imposes it, or who did what led to it."""
    issuer = getattr(decision, "issuer", "")
    if issuer:
        return MemberId(issuer)
    return None if by is None or by.id == decision.member else by.id


def _voices(
    terms: Terms, decision: Decision, by: MemberState | None, now: int
) -> tuple[MemberId, ...]:
    """Return the first voice: of who imposes a sanction, as a holder of the duty."""
    if terms.proposer != "first_voice" or not isinstance(decision, ApplySanction):
        return ()
    if by is None or by.id == decision.member or not by.known_as(decision.issuer):
        return ()
    holds = any(by.holds(duty, now, decision.group) for duty in terms.duties)
    return (by.id,) if holds else ()


def _agreed(decision: Decision, voices: tuple[MemberId, ...]) -> Decision:
    """Return a decision that needs nobody else's consent."""
    return _with(decision, mode=Mode.ACT, approvers=voices)


def _request(
    decision: Decision,
    terms: Terms,
    voices: tuple[MemberState | None, tuple[MemberId, ...]],
    deadline: datetime,
) -> RequestConsent:
    """Return the request that *decision* be agreed to on *terms*."""
    by, first = voices
    why = because(
        "consent.needed",
        decision.because,
        duty=terms.duty,
        also=terms.also or None,
        needs=terms.needs,
        until=deadline,
    )
    return RequestConsent(
        member=decision.member,
        group=decision.group,
        because=why,
        policy=decision.policy,
        wish=decision,
        duty=terms.duty,
        also=terms.also,
        needs=terms.needs,
        deadline=deadline,
        proposer=_proposer(decision, by),
        excluded=terms.proposer == "excluded",
        voices=first,
    )


class Run:
    """One step in the making."""

    __slots__ = (
        "community",
        "decisions",
        "facts",
        "fired",
        "ordinals",
        "suppressed",
        "touched",
        "wishes",
    )

    def __init__(self, community: str) -> None:
        """Begin with nothing decided."""
        self.community = community
        self.decisions: list[Decision] = []
        self.facts: list[Event] = []
        self.suppressed: list[Suppressed] = []
        self.touched: set[str] = set()
        self.wishes: dict[str, Plain] = {}
        self.ordinals: dict[tuple[str, ...], int] = {}
        self.fired: set[tuple[str, str, int]] = set()

    def fire(self, whose: str, key: str, due: int) -> None:
        """Note that a timer fires.

        Raises:
            DefinitionError: it fired at the same instant before: it would go on so.
        """
        mark = (whose, key, due)
        if mark in self.fired:
            raise DefinitionError(
                f"timer `{key}` is set for the instant at which it fires",
                code="engine.timer",
                hint="set it for a later instant, or not again",
                timer=key,
            )
        self.fired.add(mark)

    def stamp(
        self, wish: Decision, version: Version, *, key: str, trigger: str, now: int
    ) -> Decision:
        """Give a wish its identity and circumstances.

        The id is the digest of community, policy, trigger, kind, subject and ordinal;
        the version of the playbook is no part of it, so that an upgrade sanctions
        nobody twice.
        """
        policy = key or str(wish.policy)
        mark = (policy, trigger, wish.kind, str(wish.member or ""))
        nth = self.ordinals.get(mark, 0)
        self.ordinals[mark] = nth + 1
        asked = version.by_key.get(policy)
        mode = asked.policy.mode if key and asked is not None else Mode.ACT
        if key and mode is Mode.ACT and version.playbook.approval.rule(wish):
            mode = Mode.PROPOSE
        return _with(
            wish,
            id=DecisionId(digest(self.community, *mark, str(nth))),
            policy=PolicyKey(policy),
            playbook=version.playbook.version,
            trigger=trigger,
            at=instant(now),
            mode=mode,
        )

    def consent(
        self, decision: Decision, version: Version, now: int, by: MemberState | None
    ) -> Decision:
        """Wrap a decision that a person must confirm first; others pass.

        *by* is who did what led to it. A request that a policy makes itself stands as
        it is; what it asks for is stamped, and carried out once it is agreed to.
        """
        if isinstance(decision, RequestConsent):
            return self._requested(decision, version, now)
        if decision.mode is not Mode.PROPOSE or decision.kind in _NOTES:
            return decision
        approval = version.playbook.approval
        terms = approval.rule(decision) or approval
        voices = _voices(terms, decision, by, now)
        if len(voices) >= terms.needs:
            return _agreed(decision, voices)
        where = version.state.calendar.where
        deadline = instant(terms.within.after(now, where))
        request = _request(decision, terms, (by, voices), deadline)
        stamped = self.stamp(
            request, version, key="", trigger=decision.trigger, now=now
        )
        self.wishes[stamped.id] = version.playbook.border.dump(decision)
        return stamped

    def _requested(
        self, request: RequestConsent, version: Version, now: int
    ) -> RequestConsent:
        """Return a policy's own request with the identity of what it asks for."""
        if request.mode is Mode.SHADOW:
            return request
        wish = self.stamp(
            _with(request.wish, member=request.wish.member or request.member),
            version,
            key=str(request.policy),
            trigger=request.trigger,
            now=now,
        )
        wish = _with(wish, mode=Mode.ACT)
        self.wishes[request.id] = version.playbook.border.dump(wish)
        return evolve(request, wish=wish, mode=Mode.ACT)

    def take(self, decision: Decision, made: Made) -> Event | None:
        """Note a decision that stands; return the fact it makes true, if any."""
        self.decisions.append(decision)
        if decision.mode is Mode.SHADOW:
            return None
        return fact_of(decision, made)

    def step(self, *, late: bool) -> Step:
        """Return the finished step."""
        return Step(
            decisions=tuple(self.decisions),
            facts=tuple(self.facts),
            suppressed=tuple(self.suppressed),
            touched=frozenset(self.touched),
            late=late,
        )
