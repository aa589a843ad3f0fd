"""Join codes: an ordered pool of groups, filled one by one (S02 S03 S18).

INVARIANT: nobody is led into a group beyond its limit; every scan is answered.
Laws: a place that was offered is kept for its person until it is taken or over; who
waits comes before who scans later; opened groups have numbers that rise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Any, ClassVar, Final

from attrs import field, validators

from community_sdk._time import Duration, instant, micros
from community_sdk._values import frozen
from community_sdk.decisions import ClearTimer, Mode, SetTimer, Wish
from community_sdk.errors import DefinitionError, closest
from community_sdk.events import (
    CodeRenewed,
    CodeScanned,
    Event,
    EventTypes,
    IdentityLinked,
    Joined,
    Left,
    MemberRemoved,
    MembershipImported,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import JoinCode, PolicyKey
from community_sdk.policies._policy import Policy, Reference, Scope, group_names
from community_sdk.policies.channels._attribution import no_channel
from community_sdk.policies.channels._fits import clashes, no_room
from community_sdk.policies.channels._pool import (
    CODE,
    MEMBER,
    UNTIL,
    Pool,
    Slice,
    came_by,
)
from community_sdk.policies.channels._telling import wish
from community_sdk.state import Definition, State

__all__ = ["JoinCodes"]

_LOOK: Final = "look"
_DAY: Final = Duration.parse("24h")


@frozen(kw_only=True)
class JoinCodes:
    """Lead whoever scans one of *codes* into a group with a place, or let them wait.

    Groups that several codes fill stand in one policy: it counts them together.
    Accounts of machines do not count as members; leave them a `reserve`.

    Attributes:
        codes: The codes there are.
        hold: A place that was offered is kept for so long, the end excluded.
    """

    answers: ClassVar[EventTypes] = (
        CodeScanned,
        CodeRenewed,
        Joined,
        MembershipImported,
        Left,
        MemberRemoved,
        IdentityLinked,
        TimerFired,
    )
    folds: ClassVar[EventTypes] = answers
    guards: ClassVar[EventTypes] = (CodeRenewed,)

    key: PolicyKey
    codes: tuple[JoinCode, ...] = field(validator=validators.min_len(1))
    hold: Duration = _DAY
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def __attrs_post_init__(self) -> None:
        """Refuse two codes of one name."""
        names = [code.key for code in self.codes]
        for name in names:
            if names.count(name) > 1:
                raise DefinitionError(
                    f"expected each code of `{self.key}` once, found `{name}` twice",
                    code="join_codes.twice",
                    found=name,
                )

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name groups that the community does not have."""
        known = group_names(definition)
        for i, code in enumerate(self.codes):
            for j, each in enumerate(code.groups):
                if known and each.group not in known:
                    yield (f"codes[{i}].groups[{j}].group", each.group, known)

    def misfits(
        self, definition: Definition, policies: Sequence[Policy], /
    ) -> Iterator[tuple[str, DefinitionError]]:
        """Name groups without room, channels that there are not, what others fill."""
        before = takewhile(lambda each: each.key != self.key, policies)
        others = [each for each in before if isinstance(each, JoinCodes)]
        for nth, code in enumerate(self.codes):
            found = (
                *no_room(code, definition),
                *no_channel("channel", code.channel, policies),
                *(each for one in others for each in clashes(code, one.key, one.codes)),
            )
            yield from ((f"codes[{nth}].{where}", error) for where, error in found)

    @property
    def vocabulary(self) -> dict[str, tuple[str, ...]]:
        """The codes."""
        return {"code": tuple(code.key for code in self.codes)}

    def refuse(self, event: CodeRenewed, state: State, /) -> Explanation | None:
        """Refuse a picture of a group that the code does not lead into."""
        code = next((code for code in self.codes if code.key == event.code), None)
        if code is None:
            return None
        kept = (state.mine or self.start())["codes"].get(code.key, {"opened": ()})
        rooms = [*(str(each.group) for each in code.groups)]
        rooms += [name for name, _ in kept["opened"]]
        if event.room in rooms:
            return None
        near = closest(event.room, rooms)
        return because(
            "join_code.no_group", code=code.key, group=event.room, nearest=near
        )

    def start(self) -> Slice:
        """Keep no place, and let nobody wait."""
        return {"codes": {}, "held": [], "line": [], "told": [], "came": []}

    # -- filling -------------------------------------------------------------------

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Keep and free places; what came of it is told by `decide`."""
        mine["told"] = []
        self._lapse(mine, state)
        if isinstance(event, CodeScanned):
            self._serve(mine, state)
            self._scan(mine, event, state)
        elif isinstance(event, CodeRenewed):
            self._renew(mine, event, state)
        elif isinstance(event, IdentityLinked):
            _one_person(mine, str(event.alias), str(state.member.id))
        elif isinstance(event, (Joined, MembershipImported)) and event.group:
            mine["came"] = [str(event.id), *(came_by(mine, event, state) or ("", ""))]
            self._arrive(mine, str(event.group), state)
        elif isinstance(event, (Left, MemberRemoved)) and event.group is None:
            _forget(mine, str(state.member.id))
        self._serve(mine, state)
        return mine

    def _pools(self, mine: Slice, state: State) -> Iterator[Pool]:
        return (Pool(code, mine, state) for code in self.codes)

    def _lapse(self, mine: Slice, state: State) -> None:
        """Free the places that nobody took; tell what is over: pictures and codes."""
        now, told = state.now_us, mine["told"]
        for row in mine["held"]:
            mine["codes"][row[CODE]]["used"] -= row[UNTIL] <= now
        mine["held"] = [row for row in mine["held"] if row[UNTIL] > now]
        for pool in self._pools(mine, state):
            key, known = pool.code.key, pool.kept["told"]
            for group, until in pool.worn_groups():
                if until <= now and group not in known:
                    known.append(group)
                    told.append(_row("worn", None, key, group=group, until=until))
            if pool.over:
                for name in pool.line:
                    told.append(_row("no", name, key, reason="expired"))
                mine["line"] = [row for row in mine["line"] if row[0] != key]
        known = [code.key for code in self.codes]
        for key, name, _ in mine["line"]:
            if key not in known:
                told.append(_row("no", name, key, reason="unknown"))
        mine["line"] = [row for row in mine["line"] if row[0] in known]

    def _scan(self, mine: Slice, event: CodeScanned, state: State) -> None:
        told, name = mine["told"], str(state.member.id) if event.member else None
        code = next((code for code in self.codes if code.key == event.code), None)
        if code is None and not self._answers(event.code, state):
            return
        if code is None or name is None:
            reason = "unknown" if code is None else "nobody"
            told.append(_row("no", name, event.code, reason=reason))
            return
        pool, key = Pool(code, mine, state), code.key
        inside, held = pool.inside(), pool.held(name)
        if inside is not None:
            told.append(_row("no", name, key, reason="inside", group=inside))
        elif pool.over:
            told.append(_row("no", name, key, reason="expired"))
        elif held is not None:
            told.append(_row("go", name, key, **held, again=True))
        elif name in pool.line:
            place = pool.line.index(name) + 1
            told.append(_row("wait", name, key, place=place))
        elif pool.used_up:
            told.append(_row("no", name, key, reason="used_up"))
        else:
            self._lead(pool, name)

    def _answers(self, code: str, state: State) -> bool:
        """Tell whether to say that *code* is unknown: of several policies one does."""
        known = state.declared.get("code", ())
        return not known or (code not in known and known[0] == self.codes[0].key)

    def _lead(self, pool: Pool, name: str) -> None:
        mine, key = pool.mine, pool.code.key
        found = pool.keep(name, self.hold)
        if found is None:
            opened = pool.open_next()
            if opened is not None:
                mine["told"].append(_row("open", None, key, **opened))
                found = pool.keep(name, self.hold)
        if found is not None:
            mine["told"].append(_row("go", name, key, **found))
            return
        mine["line"].append([key, name, pool.state.now_us])
        mine["told"].append(_row("wait", name, key, place=len(pool.line)))

    def _renew(self, mine: Slice, event: CodeRenewed, state: State) -> None:
        for pool in self._pools(mine, state):
            if pool.code.key == event.code:
                room, known = str(event.room), pool.kept["renewed"]
                known[room] = max(known.get(room, 0), state.at_us)
                told = pool.kept["told"]
                pool.kept["told"] = [name for name in told if name != room]

    def _arrive(self, mine: Slice, group: str, state: State) -> None:
        """Take the places and the turns of a member who is in the pool now."""
        name = str(state.member.id)
        for pool in self._pools(mine, state):
            if group in pool.names:
                key, held = pool.code.key, pool.held(name)
                pool.kept["used"] -= held is not None and held["group"] != group
                here = [name, key]
                mine["held"] = [row for row in mine["held"] if row[:2] != here]
                mine["line"] = [row for row in mine["line"] if row[1::-1] != here]

    def _serve(self, mine: Slice, state: State) -> None:
        """Lead those who wait, in their order, as far as there are places."""
        for pool in self._pools(mine, state):
            key = pool.code.key
            for row in [row for row in mine["line"] if row[0] == key]:
                found = pool.keep(row[1], self.hold)
                if found is None:
                    break
                mine["line"].remove(row)
                mine["told"].append(_row("go", row[1], key, **found, since=row[2]))

    # -- telling -------------------------------------------------------------------

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Tell everybody where to go, and come back when a place is over."""
        mine: Slice = state.mine or self.start()
        subject = None if event.member is None else str(state.member.id)
        for row in mine["told"]:
            yield wish(row, self.codes, subject)
        due = self._next(mine, state)
        planned = state.community.timers.get(f"{self.key}/{_LOOK}")
        if due is not None and (planned is None or planned[0] != due):
            yield SetTimer(_LOOK, instant(due))
        elif due is None and planned is not None:
            yield ClearTimer(_LOOK)

    def _next(self, mine: Slice, state: State) -> int | None:
        """Return when a place, a picture or a code that is waited for is over."""
        dues = [row[UNTIL] for row in mine["held"]]
        for pool in self._pools(mine, state):
            known = pool.kept["told"]
            dues += [due for name, due in pool.worn_groups() if name not in known]
            until = pool.code.until
            if until is not None and pool.line:
                dues.append(micros(until))
        return min(dues, default=None)


def _row(what: str, person: str | None, code: str, **more: Any) -> dict[str, Any]:
    """Return what is to be told of the present event."""
    return {"what": what, "person": person, "code": code, **more}


def _one_person(mine: Slice, alias: str, name: str) -> None:
    """Let what was kept for *alias* be kept for *name*, each thing once."""
    held: list[list[Any]] = []
    for _, code, *rest in (r for r in mine["held"] if r[MEMBER] in (alias, name)):
        if all(row[CODE] != code for row in held):
            held.append([name, code, *rest])
        else:
            mine["codes"][code]["used"] -= 1
    others = [row for row in mine["held"] if row[MEMBER] not in (alias, name)]
    mine["held"] = [*others, *held]
    line: list[list[Any]] = []
    for code, who, since in mine["line"]:
        row = [code, name if who == alias else who, since]
        if all(row[:2] != known[:2] for known in line):
            line.append(row)
    mine["line"] = [row for row in line if all(row[:2] != h[1::-1] for h in held)]


def _forget(mine: Slice, name: str) -> None:
    """Free the places of *name*, who is gone, and the turns in the lines."""
    for row in mine["held"]:
        if row[MEMBER] == name:
            mine["codes"][row[CODE]]["used"] -= 1
    mine["held"] = [row for row in mine["held"] if row[MEMBER] != name]
    mine["line"] = [row for row in mine["line"] if row[1] != name]
