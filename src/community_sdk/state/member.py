"""The partition of one member: standing, record, duties, windows (S03–S08)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from attrs import evolve

from community_sdk._time import Window, WindowKind, instant
from community_sdk.metrics import WindowPlan
from community_sdk.model import (
    Account,
    GroupId,
    Member,
    MemberId,
    MemberStatus,
    Person,
    RoleAssignment,
    RoleName,
    SanctionState,
    Whereabouts,
)
from community_sdk.state.partition import Partition
from community_sdk.state.passage import NO_PASSAGE, Passage
from community_sdk.state.records import (
    ClosedConsent,
    Duty,
    Excuse,
    ExtraTier,
    Holding,
    OverrideRecord,
    PendingConsent,
    RoleSpan,
    SanctionRecord,
    SegmentRecord,
    Strike,
    TagRecord,
)
from community_sdk.state.restraint import restraints, whereabouts
from community_sdk.state.trail import Stand, Trail

__all__ = ["MemberState", "Moment", "RoleEnd"]

Moment = tuple[int, int]
"""An instant and the place (`seq`) within it."""

_RECORDS: Final = (
    *("roles", "overrides", "excuses", "extras", "strikes", "sanctions", "duties"),
    "consents",
)

RoleEnd = tuple[str, str, str, int, int]
"""A role, its group and the person stood in for (empty: all), instant and place."""


class MemberState(Partition):
    """All that is remembered of one member; policies read it and change nothing.

    Attributes:
        status: where the member stands; *since*: beginning of the membership (or the
            first sight), None before; *first*: the first event ever; *left*: the
            last time the member left or was put out; *removed*: was put out; *stays*:
            how many memberships there were.
        entered: the latest instant at which the member was seen, -1 before.
        trail: comings and goings that others may still be told before; what they
            come to are *status*, *since*, *stays* and *groups*.
        groups: by group, the instant of entry; *doors*: the latest entry and exit.
        roles: the roles given, with their spans; *role_ends*: the words that ended
            some: role, group and whom it stands in for (empty: all), instant, place.
        aliases: the accounts that turned out to be this member.
        tiers: by tier group, the tier held; *overrides*, *excuses*, *extras*: what
            people decided about tiers, as it came.
        strikes: in order of occurrence; sanctions, duties, consents: as they came;
            *closed*: how the last proposals ended.
        voided: strikes that were overturned before they were told.
        cleared: when the record was cleared last; strikes of before are forgiven.
        passage: admission, blacklists, pauses and erasure.
        tags: by tag, the latest that was said of it; *segments*: by segmentation, the
            segment that the member falls into.
        merged: the member that this account turned out to be, or None.
    """

    __slots__ = (
        "accounts",
        "aliases",
        "bot",
        "cleared",
        "closed",
        "consents",
        "doors",
        "duties",
        "entered",
        "excuses",
        "extras",
        "first",
        "groups",
        "id",
        "left",
        "merged",
        "overrides",
        "passage",
        "removed",
        "role_ends",
        "roles",
        "sanctions",
        "segments",
        "since",
        "status",
        "stays",
        "strikes",
        "tags",
        "tiers",
        "trail",
        "voided",
    )

    def __init__(self, key: str, plan: WindowPlan) -> None:
        """Begin with a member of whom nothing is known."""
        super().__init__(plan)
        self.id = MemberId(key)
        self.status = MemberStatus.UNKNOWN
        self.since: int | None = None
        self.first: int | None = None
        self.left: int | None = None
        self.entered = -1
        self.trail = Trail()
        self.stays = 0
        self.removed: int | None = None
        self.bot = False
        self.groups: dict[str, int] = {}
        self.doors: dict[str, tuple[Moment, Moment]] = {}
        self.roles: tuple[RoleSpan, ...] = ()
        self.role_ends: tuple[RoleEnd, ...] = ()
        self.aliases: tuple[str, ...] = ()
        self.tiers: dict[str, Holding] = {}
        self.accounts: dict[str, Account] = {}
        self.overrides: tuple[OverrideRecord, ...] = ()
        self.excuses: tuple[Excuse, ...] = ()
        self.extras: tuple[ExtraTier, ...] = ()
        self.strikes: tuple[Strike, ...] = ()
        self.sanctions: tuple[SanctionRecord, ...] = ()
        self.duties: tuple[Duty, ...] = ()
        self.consents: tuple[PendingConsent, ...] = ()
        self.closed: tuple[ClosedConsent, ...] = ()
        self.voided: tuple[str, ...] = ()
        self.cleared: int | None = None
        self.passage = NO_PASSAGE
        self.tags: dict[str, TagRecord] = {}
        self.segments: dict[str, SegmentRecord] = {}
        self.merged: str | None = None

    @property
    def here(self) -> bool:
        """Whether the membership is running."""
        return self.status is MemberStatus.ACTIVE

    def holds(self, role: str, now: int, group: str | None = None) -> bool:
        """Tell whether the member holds *role* at *now* in *group*.

        What is held in the whole community is held in each group; *group* None asks
        for that alone.
        """
        return any(
            span.role == role and span.group in ("", group) and span.holds(now)
            for span in self.roles
        )

    def held(self, now: int, group: str | None = None) -> tuple[str, ...]:
        """Return the roles held at *now* in *group*, as `holds` tells, by name."""
        spans = (s for s in self.roles if s.group in ("", group) and s.holds(now))
        return tuple(sorted({span.role for span in spans}))

    def serves(self, role: str, now: int) -> bool:
        """Tell whether the member holds *role* at *now* anywhere."""
        return any(span.role == role and span.holds(now) for span in self.roles)

    def bears(self, tag: str, now: int) -> bool:
        """Tell whether the member bears *tag* at *now*."""
        known = self.tags.get(tag)
        return known is not None and known.holds(now)

    def known_as(self, name: str | None) -> bool:
        """Tell whether *name* is this member, by any account."""
        return name == self.id or name in self.aliases

    def begun(self, window: Window) -> bool:
        """Tell whether a window runs: since joining there is none without a member."""
        return self.here or window.kind is not WindowKind.SINCE_JOIN

    def begins(self, window: Window) -> int:
        """Return where a window that the member's life begins does begin."""
        if window.kind is WindowKind.SINCE_JOIN:
            return self.since or 0
        held = [h for key, h in self.tiers.items() if window.tiers in ("", key)]
        return max((one.since + 1 for one in held), default=0)

    def strike(self, key: str) -> Strike | None:
        """Return the strike called *key*."""
        return next((s for s in self.strikes if s.id == key), None)

    def sanction(self, key: str) -> SanctionRecord | None:
        """Return the sanction called *key*."""
        return next((s for s in self.sanctions if s.id == key), None)

    def in_force(self, now: int) -> list[SanctionRecord]:
        """Return the sanctions that restrain at *now*, those joined into one as one."""
        return restraints(self.sanctions, now)

    def whereabouts(self, now: int) -> Whereabouts:
        """Return where the record leaves the person at *now*."""
        return whereabouts(self.status, self.sanctions, now)

    def let_in(self, at: int) -> None:
        """End the removals from before *at*: the person is in again."""
        self.sanctions = tuple(
            evolve(s, state=SanctionState.EXPIRED.value, ended=at)
            if s.expels and not s.holds and s.open and s.since <= at
            else s
            for s in self.sanctions
        )

    def as_member(self, now: int) -> Member:
        """Return the member as a value of the model, as of *now*."""
        return Member(
            id=self.id,
            status=self.status,
            since=None if self.since is None else instant(self.since),
            groups=tuple(GroupId(g) for g in sorted(self.groups)),
            roles=tuple(
                RoleName(role)
                for role in sorted({span.role for span in self.roles})
                if self.serves(role, now)
            ),
            tiers=tuple((g, h.tier) for g, h in sorted(self.tiers.items())),
            bot=self.bot,
        )

    def as_person(self) -> Person:
        """Return the member with all roles as a value of the model."""
        return Person(
            id=self.id,
            aliases=tuple(MemberId(alias) for alias in self.aliases),
            roles=tuple(
                RoleAssignment(
                    role=RoleName(span.role),
                    group=GroupId(span.group) if span.group else None,
                    since=instant(span.since),
                    until=None if span.until is None else instant(span.until),
                    substitute_for=MemberId(span.substitute_for) or None,
                )
                for span in self.roles
            ),
        )

    def plain(self) -> dict[str, object]:
        """Return the partition as builtins, what is empty left out."""
        out: dict[str, object] = {"id": self.id, "status": self.status.value}
        for name in ("since", "first", "left", "merged", "removed", "cleared"):
            if getattr(self, name) is not None:
                out[name] = getattr(self, name)
        if self.entered >= 0:
            out["entered"] = self.entered
        filled: dict[str, object] = {"bot": self.bot, "stays": self.stays}
        filled["trail"] = self.trail.plain()
        filled["voided"] = list(self.voided)
        filled["doors"] = [[g, *i, *o] for g, (i, o) in sorted(self.doors.items())]
        filled["groups"] = dict(sorted(self.groups.items()))
        filled["aliases"] = list(self.aliases)
        filled["role_ends"] = [list(end) for end in self.role_ends]
        filled["accounts"] = {c: a.plain() for c, a in sorted(self.accounts.items())}
        filled["tiers"] = {g: held.plain() for g, held in sorted(self.tiers.items())}
        for name in (*_RECORDS, "closed"):
            filled[name] = [record.plain() for record in getattr(self, name)]
        filled["tags"] = [t.plain() for _, t in sorted(self.tags.items())]
        filled["segments"] = {k: s.plain() for k, s in sorted(self.segments.items())}
        filled["passage"] = self.passage.plain()
        out |= {name: value for name, value in filled.items() if value}
        return out | self.plain_shared()

    @classmethod
    def restore(cls, plan: WindowPlan, plain: Mapping[str, object]) -> MemberState:
        """Rebuild from what `plain` returned."""
        self = cls(cast("str", plain["id"]), plan)
        self.status = MemberStatus(plain["status"])
        self.since = cast("int | None", plain.get("since"))
        self.first = cast("int | None", plain.get("first"))
        self.left = cast("int | None", plain.get("left"))
        self.removed = cast("int | None", plain.get("removed"))
        self.merged = cast("str | None", plain.get("merged"))
        self.cleared = cast("int | None", plain.get("cleared"))
        self.bot = bool(plain.get("bot"))
        self.stays = cast("int", plain.get("stays", 0))
        self.entered = cast("int", plain.get("entered", -1))
        self.voided = tuple(cast("list[str]", plain.get("voided", ())))
        doors = cast("list[tuple[str, int, int, int, int]]", plain.get("doors", ()))
        self.doors = {g: ((i, n), (o, k)) for g, i, n, o, k in doors}
        self.groups = dict(cast("dict[str, int]", plain.get("groups", {})))
        self.aliases = tuple(cast("list[str]", plain.get("aliases", ())))
        ends = cast("list[RoleEnd]", plain.get("role_ends", ()))
        self.role_ends = tuple((r, g, m, at, seq) for r, g, m, at, seq in ends)
        tiers = cast("dict[str, list[object]]", plain.get("tiers", {}))
        self.tiers = {group: Holding.restore(held) for group, held in tiers.items()}
        accounts = cast("dict[str, list[object]]", plain.get("accounts", {}))
        self.accounts = {c: Account.restore(held) for c, held in accounts.items()}
        found = cast("dict[str, list[object]]", plain.get("segments", {}))
        self.segments = {key: SegmentRecord.restore(one) for key, one in found.items()}
        self.trail = self._trail(cast("dict[str, object]", plain.get("trail", {})))
        self._restore_lists(cast("dict[str, list[list[object]]]", plain))
        if "passage" in plain:
            self.passage = Passage.restore(cast("dict[str, object]", plain["passage"]))
        self.restore_shared(plan, plain)
        return self

    def _trail(self, plain: Mapping[str, object]) -> Trail:
        """Return the trail; where none was kept, one that begins with what is known."""
        if plain or (self.entered < 0 and self.left is None):
            return Trail.restore(plain)
        out = MemberStatus.REMOVED if self.left == self.removed else MemberStatus.LEFT
        gone = MemberStatus.UNKNOWN if self.left is None else out
        groups = dict(self.groups)
        base = Stand(self.here, gone.value, self.since, self.stays, groups)
        return Trail.from_now(base, max(self.entered, self.left or 0) + 1)

    def _restore_lists(self, lists: Mapping[str, list[list[object]]]) -> None:
        """Rebuild what there are several of."""
        self.roles = tuple(map(RoleSpan.restore, lists.get("roles", ())))
        self.strikes = tuple(map(Strike.restore, lists.get("strikes", ())))
        self.sanctions = tuple(map(SanctionRecord.restore, lists.get("sanctions", ())))
        self.duties = tuple(map(Duty.restore, lists.get("duties", ())))
        self.overrides = tuple(map(OverrideRecord.restore, lists.get("overrides", ())))
        self.excuses = tuple(map(Excuse.restore, lists.get("excuses", ())))
        self.extras = tuple(map(ExtraTier.restore, lists.get("extras", ())))
        borne = map(TagRecord.restore, lists.get("tags", ()))
        self.tags = {one.tag: one for one in borne}
        self.consents = tuple(map(PendingConsent.restore, lists.get("consents", ())))
        self.closed = tuple(map(ClosedConsent.restore, lists.get("closed", ())))
