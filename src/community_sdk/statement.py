"""The statement of reasons: why somebody is restrained, and what to do about it (S29).

It has the points of Art. 17(3) of the Digital Services Act: what and for how long;
facts, circumstances and how they became known; automated means; the ground in the law
or in the rules; redress. Law: nobody who reported is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import Enum

from community_sdk._time import instant
from community_sdk._values import frozen
from community_sdk.explanation import Explanation, because
from community_sdk.model import (
    CommunityId,
    DecisionId,
    Evidence,
    MemberId,
    RuleCode,
    SanctionOrigin,
    SanctionState,
    Severity,
)
from community_sdk.state import MemberState, SanctionRecord, Strike

__all__ = ["Breach", "Origin", "Redress", "StatementOfReasons", "state_reasons"]


class Origin(Enum):
    """How what led to a sanction became known."""

    NOTICE = "notice"
    OWN = "own"
    AUTOMATIC = "automatic"


@frozen(kw_only=True)
class Breach:
    """One of the facts: which rule of which version was broken, when, how badly.

    *counts*: it does not where it was overturned or forgiven since.
    """

    rule: RuleCode
    version: int
    occurred: datetime
    severity: Severity
    counts: bool = True


@frozen(kw_only=True)
class Redress:
    """What can be done against it: an appeal *until* an instant (None: no limit).

    *duty*: to whom, empty where none is named. *open*: whether there is still time,
    and an appeal left.
    """

    until: datetime | None = None
    duty: str = ""
    open: bool = True


@frozen(kw_only=True)
class StatementOfReasons:
    """What the member is told about one sanction; `explanation` puts it into words.

    Attributes:
        measure: the restriction; *scope*: where it holds, the whole community; *since*
            and *until* (excluded; None: without end, or done at once): how long.
        facts: the breaches that it rests on, the one that was answered first;
            *evidence*: the snapshots on the case's file.
        origin: whether a notice (a report or complaint), a person's own finding or a
            policy brought it up; *case*: its file.
        automatic_detection, automatic_decision: whether a machine found it, and
            whether a machine decided.
        law: the ground in the law, empty where the ground is in the rules.
        redress: the appeal within the community, None without one. Courts and bodies
            outside remain open in any case.
        why: the reasons that the decision itself gave, None where they are not kept.
    """

    sanction: DecisionId
    member: MemberId
    scope: CommunityId
    measure: str
    state: SanctionState
    since: datetime
    until: datetime | None = None
    lasts: bool = False
    facts: tuple[Breach, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    origin: Origin = Origin.OWN
    case: str = ""
    automatic_detection: bool = False
    automatic_decision: bool = False
    law: str = ""
    redress: Redress | None = None
    why: Explanation | None = None

    def explanation(self) -> Explanation:
        """Return the statement as an explanation: one part per point of the article."""
        return because(
            "statement",
            *self._parts(),
            member=self.member,
            measure=self.measure,
            sanction=self.sanction,
        )

    def _parts(self) -> Iterator[Explanation]:
        yield because(
            "statement.what",
            measure=self.measure,
            scope=self.scope,
            since=self.since,
            until=self.until,
            lasts=self.lasts,
            state=self.state,
        )
        for fact in self.facts:
            yield because(
                "statement.fact",
                rule=fact.rule,
                version=fact.version,
                occurred=fact.occurred,
                severity=fact.severity,
                counts=fact.counts,
            )
        for item in self.evidence:
            yield because(
                "statement.evidence",
                what=item.kind,
                digest=item.digest,
                captured=item.captured_at,
                redacted=item.redacted,
            )
        if self.why is not None:
            yield self.why
        yield because("statement.origin", origin=self.origin, case=self.case)
        yield because(
            "statement.automatic",
            detection=self.automatic_detection,
            decision=self.automatic_decision,
        )
        yield self._ground()
        yield self._redress()
        yield because("statement.courts")

    def _ground(self) -> Explanation:
        if self.law:
            return because("statement.law", law=self.law)
        first = next(iter(self.facts), None)
        if first is None:
            return because("statement.no_rule")
        return because("statement.rules", rule=first.rule, version=first.version)

    def _redress(self) -> Explanation:
        redress = self.redress
        if redress is None:
            return because("statement.no_appeal")
        if not redress.open:
            return because("statement.appeal_over", until=redress.until)
        return because("statement.appeal", until=redress.until, duty=redress.duty)


def state_reasons(  # noqa: PLR0913 - all but two by name
    member: MemberState,
    sanction: str,
    /,
    *,
    scope: CommunityId,
    redress: Redress | None = None,
    evidence: tuple[Evidence, ...] = (),
    noticed: bool | None = None,
    law: str = "",
    why: Explanation | None = None,
) -> StatementOfReasons | None:
    """Return the statement of reasons of *sanction* as it is on record, None without.

    *noticed*: reports brought it up although the record names no case; None: as the
    record says.
    """
    record = member.sanction(sanction)
    if record is None:
        return None
    strikes = tuple(s for key in record.strikes if (s := member.strike(key)))
    origin = Origin.NOTICE if noticed else _origin(record, strikes)
    first = next(iter(strikes), None)
    return StatementOfReasons(
        sanction=DecisionId(record.id),
        member=member.id,
        scope=scope,
        measure=record.measure,
        state=SanctionState(record.state),
        since=instant(record.since),
        until=None if record.until is None else instant(record.until),
        lasts=record.holds,
        facts=tuple(map(_breach, strikes)),
        evidence=evidence,
        origin=origin,
        case=record.case or (first.case if first is not None else ""),
        automatic_detection=origin is Origin.AUTOMATIC,
        automatic_decision=record.origin == SanctionOrigin.AUTOMATIC.value,
        law=law,
        redress=redress,
        why=why,
    )


def _breach(strike: Strike) -> Breach:
    return Breach(
        rule=RuleCode(strike.rule),
        version=strike.version,
        occurred=instant(strike.occurred),
        severity=Severity(strike.severity),
        counts=not (strike.overturned or strike.forgiven),
    )


def _origin(record: SanctionRecord, strikes: tuple[Strike, ...]) -> Origin:
    """Return how it became known, by the case, the finder, or neither."""
    first = next(iter(strikes), None)
    if record.case or (first is not None and first.case):
        return Origin.NOTICE
    found = first.by if first is not None else record.issuer
    return Origin.OWN if found else Origin.AUTOMATIC
