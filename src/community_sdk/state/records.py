"""Records that a member's partition keeps: strikes, sanctions, duties, tiers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Self, cast

from attrs import evolve, fields

from community_sdk._values import frozen
from community_sdk.model import (
    Notice,
    SanctionOrigin,
    SanctionState,
    TagOrigin,
    TierCause,
)

__all__ = [
    "ClosedConsent",
    "Duty",
    "Excuse",
    "ExtraTier",
    "Holding",
    "OverrideRecord",
    "PendingConsent",
    "RoleSpan",
    "SanctionRecord",
    "SegmentRecord",
    "Strike",
    "TagRecord",
    "Waiver",
]


_STRIKES: Final = 7
_APPROVERS: Final = 21
_VOTES: Final = 7
_OPEN: Final = (SanctionState.ACTIVE.value, SanctionState.PROVISIONAL.value)


class _Record:
    """Conversion to and from a list of builtins, in the order of the fields."""

    __slots__ = ()

    def plain(self) -> list[object]:
        """Return the fields as builtins."""
        return [_builtin(getattr(self, f.name)) for f in fields(type(self))]  # type: ignore[arg-type]

    @classmethod
    def restore(cls, plain: list[object]) -> Self:
        """Rebuild from `plain`."""
        return cls(*plain)


def _builtin(value: object) -> object:
    if isinstance(value, tuple):
        return [_builtin(v) for v in cast("tuple[object, ...]", value)]
    return value


@frozen
class Strike(_Record):
    """A confirmed breach with the version, weight and severity that held then.

    Instants are microseconds. *overturned*: the record stays, but it does not count.
    *consumed*: the sanction that used it up, where a ladder consumes. *by*: who found
    the breach, empty for automation. *forgiven*: the record was cleared later.
    *case*: the case that it was decided in. Points that were given by hand are a
    strike without rule and category.
    """

    id: str
    rule: str
    category: str
    severity: int
    weight: int
    occurred: int
    recorded: int
    version: int
    overturned: bool = False
    consumed: str = ""
    by: str = ""
    forgiven: bool = False
    case: str = ""
    seq: int = 0

    @property
    def order(self) -> tuple[int, int, str]:
        """The order of strikes: that of their events, whenever they became known."""
        return (self.occurred, self.seq, self.id)


@frozen
class SanctionRecord(_Record):
    """A measure on record; in force from *since* up to, but not at, *until*.

    *issuer*: who imposed it, empty for automation. *step*: the number of the ladder's
    step, 0 without one. *joins*: while others of its kind are in force, they count as
    one with the latest end. *replaced*: the sanction that took its place. *ended*:
    when it ended early. *forgiven*: the record was cleared; it counts while in force.
    *approvers*: who agreed, where somebody had to.
    """

    id: str
    measure: str
    order: int
    holds: bool
    since: int
    until: int | None
    policy: str
    strikes: tuple[str, ...] = ()
    state: str = SanctionState.ACTIVE.value
    issuer: str = ""
    origin: str = SanctionOrigin.AUTOMATIC.value
    level: int = 0
    notice: str = Notice.PRIVATE.value
    case: str = ""
    expels: bool = False
    irreversible: bool = False
    step: int = 0
    joins: bool = False
    replaced: str = ""
    ended: int | None = None
    forgiven: bool = False
    approvers: tuple[str, ...] = ()

    @classmethod
    def restore(cls, plain: list[object]) -> Self:
        """Rebuild from `plain`."""
        values: list[Any] = list(plain)
        values[_STRIKES] = tuple(values[_STRIKES])
        values[_APPROVERS:] = map(tuple, values[_APPROVERS:])
        return cls(*values)

    @property
    def open(self) -> bool:
        """Whether it was neither ended nor replaced; a provisional one is open."""
        return self.state in _OPEN and not self.replaced

    def runs(self, now: int) -> bool:
        """Tell whether it is open and its time is not over; without end: for ever."""
        return (
            self.open and self.since <= now and (self.until is None or now < self.until)
        )

    def in_force(self, now: int) -> bool:
        """Tell whether it restrains the member at *now*."""
        return self.holds and self.runs(now)


@frozen
class Duty(_Record):
    """An open obligation: what, by when (inclusive), how it is met, who else.

    *stages* are still to come: until when (inclusive), and whom it goes to then.
    *missed*: its time is over.
    """

    id: str
    what: str
    opened: int
    due: int
    met_by: str
    where: tuple[tuple[str, str | int | bool], ...]
    duty: str
    policy: str
    stages: tuple[tuple[int, str], ...] = ()
    missed: bool = False

    @classmethod
    def restore(cls, plain: list[object]) -> Self:
        """Rebuild from `plain`, also of a time before there were stages."""
        values: list[Any] = list(plain)
        values[5] = tuple((name, value) for name, value in values[5])
        values[8:9] = [tuple((us, to) for us, to in told) for told in values[8:9]]
        return cls(*values)


@frozen
class Holding(_Record):
    """A tier held since an instant, with the decision that gave it.

    *cause*: what decided it. *own*: the tier on the member's own account where a grant
    or an override decided. *until*: the end of its term, excluded; *term*: where the
    running term began, None: with the tier. *rules*: the bars it was judged by.
    *below*: since when the member is known to be below its bar. *order*: the
    purchase that brought it about. *own_until*: how long *own* is safe.
    """

    tier: str
    since: int
    decision: str = ""
    cause: str = TierCause.EARNED.value
    own: str = ""
    until: int | None = None
    term: int | None = None
    rules: str = ""
    below: int | None = None
    order: str = ""
    own_until: int | None = None


@frozen
class OverrideRecord(_Record):
    """What a person decided about a tier beside the rules, ``[since, until)``.

    *ended_by*: who ended it early.
    """

    id: str
    tiers: str
    kind: str
    tier: str
    since: int
    until: int | None = None
    by: str = ""
    reason: str = ""
    ended_by: str = ""

    def holds(self, now: int) -> bool:
        """Tell whether it is in force at *now*."""
        return self.since <= now and (self.until is None or now < self.until)


@frozen
class Excuse(_Record):
    """A stretch ``[since, until)`` in which a cause may keep a tier."""

    tiers: str
    cause: str
    since: int
    until: int


@frozen
class ExtraTier(_Record):
    """A tier that the member belongs to beside the one held, ``[since, until)``."""

    tiers: str
    tier: str
    cause: str
    since: int
    until: int | None = None


@frozen
class RoleSpan(_Record):
    """A role held in ``[since, until)``, in a group or (empty) the whole community.

    *said* and *seq*: when it was said, and its place within the instant; *planned*: it
    stands beside other spans instead of replacing what was said before.
    """

    role: str
    group: str
    substitute_for: str
    since: int
    until: int | None
    said: int
    seq: int = 0
    planned: bool = False

    @property
    def key(self) -> tuple[str, str, str, int | None]:
        """What a later word about the same replaces."""
        begins = self.since if self.planned else None
        return (self.role, self.group, self.substitute_for, begins)

    def holds(self, now: int) -> bool:
        """Tell whether it holds at *now*."""
        return self.since <= now and (self.until is None or now < self.until)

    def cut(self, at: int) -> Self:
        """Return it as ended at *at*."""
        until = at if self.until is None else min(self.until, at)
        return evolve(self, until=until)


@frozen
class TagRecord(_Record):
    """The latest that was said of a tag: given, or taken off (*ended*), at *since*.

    *until*: the end of its validity, excluded. *by* and *rule*: the policy and the rule
    that gave it, empty for people and imports.
    """

    tag: str
    since: int
    seq: int
    origin: str
    until: int | None = None
    by: str = ""
    rule: str = ""
    ended: bool = False

    def holds(self, now: int) -> bool:
        """Tell whether the member bears it at *now*."""
        return not self.ended and (self.until is None or now < self.until)

    @property
    def rank(self) -> tuple[bool, int, int]:
        """Of two tags that exclude each other the one of the higher rank stays."""
        return (self.origin != TagOrigin.RULE.value, self.since, self.seq)


@frozen
class SegmentRecord(_Record):
    """The segment that a member falls into, since when, and what is spared there."""

    segment: str
    since: int
    spares: tuple[str, ...] = ()

    @classmethod
    def restore(cls, plain: list[object]) -> Self:
        """Rebuild from `plain`."""
        segment, since, spares = cast("tuple[str, int, list[str]]", plain)
        return cls(segment, since, tuple(spares))


@frozen
class PendingConsent(_Record):
    """A decision that waits: who may agree, how many, who has, by when.

    *wish* is the decision itself in its plain form. Holders of a role in *also* may
    agree as well. *proposer*: who wants it, empty for automation; *excluded*: without a
    voice. *group*: where the duty is looked up, empty for the whole community.
    """

    id: str
    policy: str
    duty: str
    needs: int
    opened: int
    deadline: int | None
    wish: Mapping[str, object]
    votes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    proposer: str = ""
    excluded: bool = True
    group: str = ""

    @classmethod
    def restore(cls, plain: list[object]) -> Self:
        """Rebuild from `plain`."""
        values: list[Any] = list(plain)
        values[_VOTES : _VOTES + 2] = map(tuple, values[_VOTES : _VOTES + 2])
        return cls(*values)


@frozen
class ClosedConsent(_Record):
    """How a proposal ended: approved, refused, expired or dismissed."""

    id: str
    outcome: str
    at: int


@frozen
class Waiver(_Record):
    """An exception from a rule, ``[since, until)``; empty *member* or *group*: all."""

    id: str
    rule: str
    member: str
    group: str
    since: int
    until: int | None
    by: str = ""
    reason: str = ""

    def over(self, now: int) -> bool:
        """Tell whether it holds no longer at *now*."""
        return self.until is not None and self.until <= now

    def spares(
        self, rule: str, when: int, where: tuple[str | None, str | None]
    ) -> bool:
        """Tell whether a breach of *rule* at *when* is covered; *where*: who, group."""
        member, group = where
        return (
            rule == self.rule
            and self.since <= when
            and not self.over(when)
            and self.member in ("", member)
            and self.group in ("", group)
        )
