"""Every join has a channel, or is told to have none; the first touch is kept (S18).

INVARIANT: of the joins known so far the earliest is the first touch, in whatever order
they became known; each result is counted once for a member.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar

from community_sdk._time import instant, micros
from community_sdk._values import frozen
from community_sdk.conditions import (
    Condition,
    holds,
    metrics,
    moved_by,
    next_look,
    verdict,
)
from community_sdk.decisions import (
    AttributeJoin,
    ClearTimer,
    Mode,
    NoteChannelResult,
    SetTimer,
    Wish,
)
from community_sdk.errors import DefinitionError, nearest
from community_sdk.events import Event, EventTypes, Joined, MembershipImported
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Metric
from community_sdk.model import Channel, MemberId, PolicyKey
from community_sdk.policies._policy import (
    Policy,
    Reference,
    Scope,
    absent,
    unknown,
    vocabulary,
)
from community_sdk.policies.channels._pool import came_by
from community_sdk.state import Definition, State

__all__ = ["ChannelAttribution", "no_channel"]

Slice = dict[str, Any]
"""``first``: instant and channel; ``results``; ``told``: of the present event."""
_LOOK = "look"


@frozen(kw_only=True)
class ChannelAttribution:
    """Attribute each join to one of *channels*, and note what came of the member.

    The mark that the join bears names the channel; without one the join code that led
    the member does, else the invitation. A mark that no channel has stays unknown; as
    long as no channels are declared each mark is a channel of its own.

    Attributes:
        channels: The channels there are.
        codes: The key of the policy of join codes.
        invited: The channel of joins by invitation that bear no mark.
        good: What makes a member count as good for the first channel.
        converted: What makes a member count as converted for it.
        seeds_until: Whoever first came before this instant is a seed user.
    """

    answers: ClassVar[EventTypes] = (Event,)
    folds: ClassVar[EventTypes] = (Event,)

    key: PolicyKey
    channels: tuple[Channel, ...] = ()
    codes: str = ""
    invited: str = ""
    good: Condition | None = None
    converted: Condition | None = None
    seeds_until: datetime | None = None
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def __attrs_post_init__(self) -> None:
        """Refuse a mark that two channels have."""
        for mark in self.marks:
            if self.marks.count(mark) > 1:
                raise DefinitionError(
                    f"expected each mark of `{self.key}` once, found `{mark}` twice",
                    code="channel.twice",
                    found=mark,
                )

    def problems(self, _: Definition, /) -> Iterator[Reference]:
        """Name a channel of invitations that there is not."""
        if self.invited and self.channels:
            yield from unknown("invited", self.invited, self.marks)

    def misfits(
        self, _: Definition, policies: Sequence[Policy], /
    ) -> Iterator[tuple[str, DefinitionError]]:
        """Name a policy of join codes that there is not."""
        known = [str(p.key) for p in policies if "code" in vocabulary((p,))]
        yield from absent("codes", self.codes, "join_codes", known)

    @property
    def marks(self) -> tuple[str, ...]:
        """What joins of the channels may bear: their keys and codes."""
        return tuple(mark for c in self.channels for mark in (c.key, *c.codes))

    @property
    def _asked(self) -> dict[str, Condition]:
        found = {"good": self.good, "converted": self.converted}
        return {name: asked for name, asked in found.items() if asked is not None}

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Everything that both conditions measure."""
        asked = self._asked.values()
        return tuple(dict.fromkeys(m for each in asked for m in metrics(each)))

    @property
    def words(self) -> frozenset[str]:
        """Joins, and what moves a figure."""
        joins = {"joined", "membership_imported", "timer_fired"}
        return moved_by(self.metrics) | joins

    @property
    def vocabulary(self) -> dict[str, tuple[str, ...]]:
        """The channels; as long as none is declared each mark is one."""
        return {"channel": tuple(channel.key for channel in self.channels)}

    def start(self) -> Slice:
        """Know of no join."""
        return {"first": None, "results": [], "told": []}

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Remember the first touch, and which results were reached."""
        mine["told"] = list[Any]()
        if isinstance(event, (Joined, MembershipImported)):
            self._touch(mine, event, state)
        if mine["first"] is not None:
            for name, asked in self._asked.items():
                if name not in mine["results"] and holds(asked, state):
                    mine["results"].append(name)
                    mine["told"].append({"result": name})
        return mine

    def join(self, mine: Slice, other: Slice, _: State, /) -> Slice:
        """Keep the earlier touch and every result of two accounts of one person."""
        touches = [each for each in (mine["first"], other["first"]) if each is not None]
        first = min(touches, key=lambda touch: int(touch[0]), default=None)
        results = list(dict.fromkeys((*mine["results"], *other["results"])))
        return {"first": first, "results": results, "told": []}

    def _touch(
        self, mine: Slice, event: Joined | MembershipImported, state: State
    ) -> None:
        mark, code = self._mark(event, state)
        channel, known = self._channel(mark), mine["first"]
        at = state.at_us
        if isinstance(event, MembershipImported):
            at = micros(event.since)
        first = known is None or at < known[0]
        row = {"channel": channel, "code": code, "first": first, "mark": mark}
        row |= {"moved": first and known is not None, "before": ""}
        row["seed"] = first and self._seed(channel, at)
        if first:
            row["before"] = "" if known is None else known[1]
            mine["first"] = [at, channel]
        mine["told"].append(row)

    def _mark(
        self, event: Joined | MembershipImported, state: State
    ) -> tuple[str, str]:
        """Return the mark of a join, and the code it came by."""
        channel, inviter = "", _inviter(event)
        if isinstance(event, Joined):
            channel = event.channel
        kept = state.community.slices.get(self.codes)
        came = None if kept is None else came_by(kept, event, state)
        codes = {code for each in self.channels for code in each.codes}
        code = channel if channel in codes else ("" if came is None else came[0])
        if channel or came is not None:
            return channel or ("" if came is None else came[1]), code
        return ("" if inviter is None else self.invited), code

    def _channel(self, mark: str) -> str:
        if not self.channels:
            return mark
        found = (c.key for c in self.channels if mark in (c.key, *c.codes))
        return next(found, "")

    def _seed(self, channel: str, at: int) -> bool:
        until = self.seeds_until
        early = until is not None and at < micros(until)
        return early or any(c.seed for c in self.channels if c.key == channel)

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Tell where the member came from, and what came of it."""
        mine: Slice = state.mine or self.start()
        for row in mine["told"]:
            if "result" in row:
                yield self._result(row["result"], mine, state)
            else:
                yield _attributed(row, _inviter(event))
        asked = [c for n, c in self._asked.items() if n not in mine["results"]]
        look = next_look(asked, state) if mine["first"] is not None else None
        planned = state.member.timers.get(f"{self.key}/{_LOOK}")
        if look is not None and (planned is None or planned[0] != look):
            yield SetTimer(_LOOK, instant(look))
        elif look is None and planned is not None:
            yield ClearTimer(_LOOK)

    def _result(self, name: str, mine: Slice, state: State) -> NoteChannelResult:
        channel = mine["first"][1]
        parts = verdict(self._asked[name], state).because().parts
        why = because("channel.result", *parts, channel=channel or None, result=name)
        return NoteChannelResult(channel=channel, result=name, because=why)

    def standing(self, state: State, /) -> Explanation:
        """Tell by which channel the member first came, and what came of it."""
        mine: Slice = state.mine or self.start()
        if mine["first"] is None:
            return because("channel.none")
        at, channel = mine["first"]
        parts = [because("channel.reached", result=name) for name in mine["results"]]
        return because(
            "channel.standing", *parts, since=instant(at), channel=channel or None
        )


def no_channel(
    where: str, word: str, policies: Sequence[Policy]
) -> Iterator[tuple[str, DefinitionError]]:
    """Yield that *word*, which stands at *where*, is no channel, where any is declared.

    As joins do, it may name a channel by a mark.
    """
    ways = [each for each in policies if isinstance(each, ChannelAttribution)]
    marks = [mark for each in ways for mark in each.marks]
    if word and marks and word not in marks:
        error = DefinitionError(
            f"expected a channel that the playbook has, found `{word}`",
            code="channel.unknown",
            hint=nearest(word, marks) or f"add it to `channels` of `{ways[0].key}`",
            found=word,
        )
        yield (where, error)


def _inviter(event: Event) -> MemberId | None:
    """Return who invited the member, nobody where they name themselves."""
    inviter = event.invited_by if isinstance(event, Joined) else None
    return None if inviter == event.member else inviter


def _attributed(row: Slice, inviter: MemberId | None) -> AttributeJoin:
    channel, mark = row["channel"], row["mark"]
    why = because(
        "channel.join",
        channel=channel or None,
        mark=mark or None,
        first=row["first"],
    )
    return AttributeJoin(
        channel=channel,
        code=row["code"],
        invited_by=inviter,
        first=row["first"],
        seed=row["seed"],
        before=row["before"],
        moved=row["moved"],
        because=why,
    )
