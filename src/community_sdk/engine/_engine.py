"""The engine: events in, explained decisions out; no clock, no I/O, no randomness.

Laws: the same events give the same decisions on every machine; lazy firing of timers
equals eager firing; an engine given only what `needs` names equals one given all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, Self, cast

from community_sdk import decisions as de
from community_sdk import events as ev
from community_sdk._time import instant, micros
from community_sdk.engine._close import count
from community_sdk.engine._gate import Recent, canonical, check, check_lateness
from community_sdk.engine._partitions import MORE_PEOPLE, Needs, Partitions, people
from community_sdk.engine._rounds import Rounds
from community_sdk.engine._run import Run
from community_sdk.engine._soundness import check_heirs
from community_sdk.engine._standing import standing
from community_sdk.engine._step import Step
from community_sdk.engine._timers import Timers
from community_sdk.engine._version import Operable, Version, compile_version
from community_sdk.errors import HistoryError, PolicyError
from community_sdk.explanation import Explanation
from community_sdk.metrics import WindowPlan
from community_sdk.ports import Plain
from community_sdk.state import (
    NEVER,
    CommunityState,
    MemberState,
    State,
)

__all__ = ["Engine"]

_FORMAT: Final = 1


class Engine:
    """Runs one community by one playbook.

    It owns its state. `receive` handles an event, `advance` lets time pass, `preview`
    answers without changing anything. Snapshots are builtins.

    A failure inside a policy stops the step; the engine then refuses further work
    until it is restored from a snapshot, because half a step is worse than none.
    """

    __slots__ = (
        "_broken",
        "_key",
        "_offered",
        "_partitions",
        "_recent",
        "_versions",
        "playbook",
    )

    def __init__(self, playbook: Operable, /, *, slots: Iterable[Any] = ()) -> None:
        """Begin a community that nothing has happened in yet.

        *slots* are the sources of a stored state, in their order (`slots`).

        Raises:
            DefinitionError: the playbook cannot run.
        """
        plan = WindowPlan(0)
        for kind, by, where in slots:
            plan.slot((kind, by, tuple((k, v) for k, v in where)))
        first = compile_version(playbook, plan)
        self._begin(playbook, Partitions(plan), {playbook.digest: first})
        self._versions: list[tuple[int, Version]] = [(-NEVER, first)]

    def _begin(
        self, playbook: Operable, partitions: Partitions, offered: dict[str, Version]
    ) -> None:
        self.playbook = playbook
        self._key = str(playbook.community.key)
        self._partitions = partitions
        self._offered = offered
        self._recent = Recent()
        self._broken = False

    @property
    def community(self) -> CommunityState:
        """The community's partition, to be read only."""
        return self._partitions.community

    @property
    def now(self) -> datetime | None:
        """The latest instant known, None before the first event."""
        now = self.community.now
        return None if now < 0 else instant(now)

    @property
    def members(self) -> Mapping[str, MemberState]:
        """The members' partitions that are in memory, to be read only."""
        return self._partitions.members

    # -- the front door ------------------------------------------------------------

    def receive(self, event: ev.Event, /) -> Step:
        """Handle *event*: fire what is due before it, fold it, ask the policies.

        A known id is a no-op; with other content it is refused. An event older than
        the latest instant known is late: it is folded at its own `at` and judged now.

        Raises:
            HistoryError: the event belongs to another community, only the engine
                makes events of its kind, or its id was told with other content. Nothing
                was changed.
            TooLate: it is older than the playbook's lateness. Nothing was changed.
            PolicyError: a policy broke; restore a snapshot.
        """
        at = micros(event.at)
        recorded = at if event.recorded_at is event.at else micros(event.recorded_at)
        if self._recent.knows(event):
            return Step(duplicate=True)
        raw, event = event, self._admissible(event)
        partitions = self._partitions
        community = partitions.community
        before = community.now
        now = max(before, recorded)
        if at < now:
            running = self._version(now)
            where = running.state.calendar.where
            check_lateness(event, (at, now), running.playbook.lateness, where)
        run = Run(self._key)
        self._broken = True
        self._fire_before(event, now, run)
        community.now = now
        self._recent.add(raw, now, partitions.plan.retention)
        if event.kind == "playbook_adopted":
            self._adopt(cast("ev.PlaybookAdopted", event))
        rounds = Rounds(self._version(at), run, partitions, now)
        rounds.follow(event, told=(at, raw))
        partitions.schedule(run.touched)
        self._broken = False
        return run.step(late=at < before)

    def preview(self, event: ev.Event, /) -> Step:
        """Return what `receive` would, and change nothing.

        It copies only the partitions that the step touches.
        """
        if self._recent.knows(event):
            return Step(duplicate=True)
        fork = self._fork()
        for name in self._people(event):
            fork._partitions.find(name)  # noqa: SLF001 - a copy of itself
        return fork.receive(event)

    def advance(self, until: datetime, /) -> Step:
        """Let time pass to *until*: fire everything that is due by then, in order.

        Going back is no error: time stays where it is.
        """
        goal, run = micros(until), Run(self._key)
        self._refuse_broken()
        self._broken = True
        Timers(self._partitions, self._version, run).until(goal)
        self.community.now = max(self.community.now, goal)
        self._partitions.schedule(run.touched)
        self._broken = False
        return run.step(late=False)

    def fire(self, members: Iterable[str], until: datetime, /) -> Step:
        """Fire what is due by *until* for the members named, and for nobody else.

        A shell that cannot hold everybody lets time pass in slices with it, before it
        calls `advance`.
        """
        goal, run = micros(until), Run(self._key)
        self._refuse_broken()
        self._broken = True
        Timers(self._partitions, self._version, run).only(members, goal)
        self._partitions.schedule(run.touched)
        self._broken = False
        return run.step(late=False)

    def replay(self, events: Iterable[ev.Event], /) -> Iterator[Step]:
        """Receive *events* one after the other; too late ones raise."""
        return map(self.receive, events)

    def needs(self, event: ev.Event, /) -> Needs:
        """Name the partitions that a step touches, reading only the community's.

        A second call after loading names those as well who only then are known to
        matter: the member that an account was merged into, who agreed to a proposal.
        """
        names = set(self._people(event))
        for name in tuple(names):
            known = self.members.get(name)
            while known is not None and known.merged is not None:
                names.add(known.merged)
                known = self.members.get(known.merged)
        now = max(self.community.now, micros(event.recorded_at))
        until = None if self.community.due(now) is None else now
        return Needs(members=frozenset(names), due_until=until)

    # -- playbooks -----------------------------------------------------------------

    def offer(self, playbook: Operable, /) -> None:
        """Make *playbook* known, so that `PlaybookAdopted` with its digest is valid.

        Raises:
            DefinitionError: a policy key now names another kind of policy, or one with
                another period: what was remembered under it would mean something else.
        """
        for old in self._offered.values():
            kept = (asked.policy for asked in old.by_key.values())
            check_heirs(kept, playbook.policies)
        self._offered[playbook.digest] = compile_version(
            playbook, self._partitions.plan
        )
        self._partitions.fit()

    def _adopt(self, event: ev.PlaybookAdopted) -> None:
        since = max(micros(event.effective), self.community.now)
        entry = (since, event.version, event.digest)
        self.community.versions = (*self.community.versions, entry)
        self._versions.append((entry[0], self._offered[event.digest]))

    def _version(self, at: int) -> Version:
        versions = self._versions
        if len(versions) == 1:
            return versions[0][1]
        return next(v for since, v in reversed(versions) if since <= at)

    # -- state at the border ---------------------------------------------------------

    def snapshot(self) -> dict[str, object]:
        """Return the whole state as JSON-ready builtins."""
        return {
            "format": _FORMAT,
            "slots": self.slots(),
            "community": self.community.plain(),
            "members": [m.plain() for _, m in sorted(self.members.items())],
            "recent": self._recent.plain(),
        }

    @classmethod
    def restore(
        cls, playbook: Operable, snapshot: Plain, /, *, offered: Iterable[Operable] = ()
    ) -> Self:
        """Rebuild an engine from `snapshot`.

        *playbook* is the one that the community began with; *offered* are those that
        were adopted since.

        Raises:
            HistoryError: the snapshot is of another format, or names a playbook that
                was not given.
        """
        if snapshot.get("format") != _FORMAT:
            found = str(snapshot.get("format"))
            raise HistoryError(
                f"expected a snapshot of format {_FORMAT}, found `{found}`",
                code="engine.format",
                found=found,
            )
        self = cls(playbook, slots=cast("Iterable[Any]", snapshot["slots"]))
        for version in offered:
            self.offer(version)
        recent = cast("list[tuple[str, int]]", snapshot.get("recent", ()))
        self._recent = Recent(recent)
        self.load_community(cast("Plain", snapshot["community"]))
        for plain in cast("list[Plain]", snapshot["members"]):
            self.load(plain)
        return self

    def slots(self) -> list[object]:
        """Return what the windows' slots stand for, in their order."""
        sources = cast(
            "list[tuple[str, str, tuple[Any, ...]]]", self._partitions.plan.slots
        )
        return [[kind, by, [list(p) for p in where]] for kind, by, where in sources]

    def load_community(self, plain: Plain, /) -> None:
        """Take over the community's partition."""
        partitions = self._partitions
        partitions.community = CommunityState.restore(partitions.plan, plain)
        first = self._versions[0]
        self._versions = [first]
        for since, name, digest in self.community.versions:
            known = self._offered.get(digest)
            if known is None:
                raise HistoryError(
                    f"the state was run by playbook version `{name}`, not given here",
                    code="engine.playbook",
                    hint="offer that version of the playbook first",
                    found=name,
                )
            self._versions.append((since, known))

    def load(self, plain: Plain, /) -> None:
        """Take over one member's partition."""
        self._partitions.load(plain)

    def dump(self, name: str, /) -> tuple[dict[str, object], int | None]:
        """Return one partition and its next due instant; the community's is ``""``."""
        return self._partitions.dump(name)

    def forget(self, names: Iterable[str], /) -> None:
        """Let go of members' partitions that are stored elsewhere."""
        for name in names:
            self._partitions.members.pop(name, None)

    def view(self, member: str, /) -> State:
        """Return the state as a policy would see it for *member* now, to be read only.

        It is good until the next call of the engine.
        """
        state = self._version(self.community.now).state
        state.community = self.community
        known = self._partitions.find(member)
        plan = self._partitions.plan
        state.member = state.actor = known or MemberState(member, plan)
        state.mine = None
        state.begin(max(self.community.now, 0))
        return state

    def standing(self, member: str, /) -> Explanation:
        """Explain where *member* stands: membership, and each policy that can tell."""
        version = self._version(self.community.now)
        return standing(self.view(member), version)

    def standings(
        self, request: de.RequestStandings, /, beside: Iterable[Plain] = ()
    ) -> ev.StandingsCounted:
        """Count what *request* asks for; *beside*: partitions that are elsewhere."""
        version = self._version(self.community.now)
        self.view("")
        return count(request, version, self._partitions, beside)

    def admits(self, event: ev.Event, /) -> bool:
        """Tell whether *event* is new, and of a community and kind to be received."""
        try:
            return not self._recent.knows(event) and bool(self._admissible(event))
        except HistoryError:
            return False

    # -- inside ----------------------------------------------------------------------

    def _admissible(self, event: ev.Event) -> ev.Event:
        self._refuse_broken()
        check(event, self._key, self._offered)
        return canonical(event, self._partitions)

    def _fire_before(self, event: ev.Event, now: int, run: Run) -> None:
        partitions = self._partitions
        members, soon = partitions.members, partitions.community.next_due
        names: Iterable[str | None] = (event.member, event.actor)
        audience = self._version(now).audiences[event.name]
        if event.kind in MORE_PEOPLE or audience.reaching:
            names = self._people(event)
        for name in names:
            known = None if name is None else members.get(name)
            if known is not None and known.next_due < soon:
                soon = known.next_due
        if soon <= now:
            timers = Timers(partitions, self._version, run)
            timers.before(dict.fromkeys(n for n in names if n is not None), now)

    def _people(self, event: ev.Event) -> list[str]:
        return people(event, self._partitions, self._version(micros(event.at)))

    def _refuse_broken(self) -> None:
        if self._broken:
            raise PolicyError(
                "the engine stopped in the middle of a step",
                policy="",
                code="engine.broken",
            )

    def _fork(self) -> Engine:
        fork = Engine.__new__(type(self))
        fork._begin(self.playbook, self._partitions.branch(), self._offered)  # noqa: SLF001 - a copy of itself
        fork._versions = list(self._versions)  # noqa: SLF001 - a copy of itself
        fork._broken = self._broken  # noqa: SLF001 - a copy of itself
        return fork
