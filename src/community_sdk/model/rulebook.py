"""The rules of a community by version: a breach is judged by those of its time (S05).

Law: an amendment changes nothing before the instant from which it holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any, Final

from attrs import astuple, evolve, field, validators

from community_sdk._time import micros
from community_sdk._values import frozen
from community_sdk.errors import DefinitionError
from community_sdk.model.community import Titles
from community_sdk.model.ids import RuleCode
from community_sdk.model.sanction import SanctionKind

__all__ = [
    "WEIGHT_LIMIT",
    "Amendment",
    "Rule",
    "RuleChange",
    "Rulebook",
    "Severity",
]

WEIGHT_LIMIT: Final = 1_000_000
"""The greatest weight of a breach: any record of them adds up within 64 bits."""

_WEIGHT: Final = validators.and_(validators.ge(0), validators.le(WEIGHT_LIMIT))


class Severity(IntEnum):
    """How bad a breach is."""

    MINOR = 1
    SERIOUS = 2
    SEVERE = 3


@frozen(kw_only=True)
class Rule:
    """One rule: what is asked, how bad a breach is and how much it weighs.

    A breach without a category of its own counts under the rule's code. The rule is in
    force from version *since* of the rulebook on, up to, but not in, version *until*;
    without them from the first version on, and for good. A rule that changes stands
    twice: the old one *until* the version that the new one is *since*. *immediate* is
    the sanction that a breach leads to whatever the record. *evidence* names what a
    report should bring along, in words of the playbook. *weight*: from 0 to a million.
    """

    code: RuleCode
    text: Titles = field(factory=dict[str, str], hash=False)
    category: str = ""
    severity: Severity = Severity.MINOR
    weight: int = field(default=1, validator=_WEIGHT)
    immediate: SanctionKind | None = None
    evidence: tuple[str, ...] = ()
    since: int | None = field(
        default=None, validator=validators.optional(validators.ge(1))
    )
    until: int | None = field(
        default=None, validator=validators.optional(validators.ge(2))
    )

    @property
    def ladder(self) -> str:
        """The category that breaches are counted under."""
        return self.category or self.code

    def holds_in(self, version: int) -> bool:
        """Tell whether *version* of the rulebook has this rule."""
        begun = self.since is None or self.since <= version
        return begun and (self.until is None or version < self.until)

    def meets(self, other: Rule) -> bool:
        """Tell whether some version has both, each of which holds in some version."""
        later = max(self.since or 0, other.since or 0)
        return all(r.until is None or later < r.until for r in (self, other))


@frozen(kw_only=True)
class RuleChange:
    """What an amendment does to the rule called *code*: add, change or retire it.

    What is None stays as it was; for a new rule it is as in any rule that does not say
    it. *immediate* is the sanction that a breach leads to at once; *on_ladder*: none
    does any more. *evidence* is what a report should bring along, ``()`` nothing. The
    text belongs to the host, who keeps it by code and version.

    Raises:
        DefinitionError: both *immediate* and *on_ladder*.
    """

    code: RuleCode
    retired: bool = False
    category: str | None = None
    severity: Severity | None = None
    weight: int | None = field(default=None, validator=validators.optional(_WEIGHT))
    immediate: SanctionKind | None = None
    on_ladder: bool = False
    evidence: tuple[str, ...] | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a change that wants two things at once."""
        if self.on_ladder and self.immediate is not None:
            raise DefinitionError(
                f"expected `immediate` or `on_ladder` for rule `{self.code}`, found"
                " both",
                code="rulebook.immediate",
                hint="remove one of them",
                found=self.code,
            )

    def plain(self) -> list[object]:
        """Return the change as builtins."""
        severity = None if self.severity is None else int(self.severity)
        at_once = None if self.immediate is None else [*astuple(self.immediate)]
        evidence = None if self.evidence is None else [*self.evidence]
        head = [str(self.code), self.retired, self.category, severity, self.weight]
        return [*head, at_once, self.on_ladder, evidence]

    @classmethod
    def restore(cls, plain: Sequence[Any]) -> RuleChange:
        """Rebuild from `plain`."""
        code, retired, category, severity, weight = plain[:5]
        at_once, on_ladder, evidence = plain[5:] or (None, False, None)
        return cls(
            code=RuleCode(code),
            retired=retired,
            category=category,
            severity=None if severity is None else Severity(severity),
            weight=weight,
            immediate=None if at_once is None else SanctionKind(*at_once),
            on_ladder=on_ladder,
            evidence=None if evidence is None else tuple(evidence),
        )

    def applied(self, before: Rule, version: int) -> Rule:
        """Return the rule as it is from *version* on."""
        category = before.category if self.category is None else self.category
        kept = None if self.on_ladder else before.immediate
        return evolve(
            before,
            category=category,
            immediate=self.immediate or kept,
            evidence=before.evidence if self.evidence is None else self.evidence,
            severity=self.severity or before.severity,
            weight=before.weight if self.weight is None else self.weight,
            since=version,
            until=None,
        )


@frozen(kw_only=True)
class Amendment:
    """A later version of the rulebook; it holds from the instant *since* (inclusive).

    Raises:
        HistoryError: *since* has no time zone.
    """

    version: int = field(validator=validators.ge(2))
    since: datetime

    def __attrs_post_init__(self) -> None:
        """Refuse an instant without a zone."""
        micros(self.since)


@frozen(kw_only=True)
class Rulebook:
    """The rules with the versions that breaches are judged by.

    *version* is the one that the community begins with; each of *amendments* is a
    later one with the instant from which it holds, in order. A rule says since and
    until which version it is in force.

    Raises:
        DefinitionError: versions out of order, a rule of a version that does not
            exist, or a rule that stands twice in one version.
    """

    version: int = field(default=1, validator=validators.ge(1))
    amendments: tuple[Amendment, ...] = ()
    rules: tuple[Rule, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse versions and rules that contradict each other."""
        before: Amendment | None = None
        for amendment in self.amendments:
            least = self.version if before is None else before.version
            early = before is not None and amendment.since < before.since
            if amendment.version <= least or early:
                raise DefinitionError(
                    "expected amendments in the order of their versions and instants,"
                    f" found version `{amendment.version}`"
                    f" from {amendment.since.isoformat()}",
                    code="rulebook.order",
                    hint="give each a higher version and no earlier instant",
                    found=str(amendment.version),
                )
            before = amendment
        known = dict.fromkeys((self.version, *(a.version for a in self.amendments)))
        alike: dict[str, list[Rule]] = {}
        for place, rule in enumerate(self.rules):
            self._check(rule, place, known)
            others = alike.setdefault(rule.code, [])
            if any(map(rule.meets, others)):
                raise DefinitionError(
                    f"expected each rule once, found `{rule.code}` twice",
                    code="rulebook.twice",
                    hint="let one hold `until` the version that the other is `since`",
                    found=rule.code,
                    place=str(place),
                )
            others.append(rule)

    def _check(self, rule: Rule, place: int, known: Collection[int]) -> None:
        for border in (rule.since, rule.until):
            if border is not None and border not in known:
                words = ", ".join(f"`{version}`" for version in known)
                raise DefinitionError(
                    f"expected a version of the rulebook ({words}) in rule"
                    f" `{rule.code}`, found `{border}`",
                    code="rulebook.version",
                    hint="declare it as `[[rulebook.amendment]]`",
                    found=str(border),
                    rule=rule.code,
                    place=str(place),
                )
        if not rule.holds_in(rule.since or self.version):
            raise DefinitionError(
                f"expected rule `{rule.code}` to be in force in some version, found"
                f" since `{rule.since}` until `{rule.until}`",
                code="rulebook.never",
                found=rule.code,
                place=str(place),
            )

    @property
    def newest(self) -> int:
        """The number of the last version, whether it holds already or not."""
        return self.amendments[-1].version if self.amendments else self.version

    @property
    def codes(self) -> tuple[RuleCode, ...]:
        """The codes of all rules of all versions, each once."""
        return tuple(dict.fromkeys(rule.code for rule in self.rules))

    def version_at(self, at: datetime) -> int:
        """Return the version in force at the instant *at*."""
        version = self.version
        for amendment in self.amendments:
            if at < amendment.since:
                break
            version = amendment.version
        return version

    def rules_at(self, at: datetime) -> tuple[Rule, ...]:
        """Return the rules in force at the instant *at*."""
        version = self.version_at(at)
        return tuple(rule for rule in self.rules if rule.holds_in(version))

    def rule_at(self, code: str, at: datetime) -> Rule | None:
        """Return the rule called *code* as it was in force at *at*, None without."""
        version = self.version_at(at)
        found = (r for r in self.rules if r.code == code and r.holds_in(version))
        return next(found, None)

    def rule(self, code: str) -> Rule | None:
        """Return the latest wording of the rule called *code*, None without one."""
        return max(
            (r for r in self.rules if r.code == code),
            key=lambda r: r.since or 0,
            default=None,
        )

    def amended(
        self, changes: Iterable[RuleChange], since: datetime, version: int = 0
    ) -> Rulebook:
        """Return the rulebook with one more version that holds from *since* on.

        It is numbered *version*, by default one more than the newest, and holds never
        before the one that was newest. To retire what is not in force does nothing.
        """
        number = version or self.newest + 1
        last = max((a.since for a in self.amendments), default=since)
        done = {change.code: change for change in changes}
        amendment = Amendment(version=number, since=max(since, last))
        return evolve(
            self,
            amendments=(*self.amendments, amendment),
            rules=(*self._closed(done, number), *self._opened(done, number)),
        )

    def _closed(self, done: Iterable[str], number: int) -> Iterator[Rule]:
        """Yield the rules there are; those that change end with the new version."""
        for rule in self.rules:
            ends = rule.code in done and rule.until is None
            yield evolve(rule, until=number) if ends else rule

    def _opened(self, done: dict[RuleCode, RuleChange], number: int) -> Iterator[Rule]:
        for code, change in done.items():
            if not change.retired:
                yield change.applied(self.rule(code) or Rule(code=code), number)
