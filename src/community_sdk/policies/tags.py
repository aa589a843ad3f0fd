"""Tags: given by rules on crossing a condition, by people, or brought over (S09).

INVARIANT: after each event a member bears at most one tag of an exclusive group.
Laws: a rule takes off only what a rule gave; what a person cleared is not given again
before the rule's next crossing; of what people said the latest holds, in any order.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar, Final, get_args

from attrs import field, validators

from community_sdk._time import Duration, Hours, instant
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
    ClearTimer,
    EndTag,
    GiveTag,
    Mode,
    SetTimer,
    Wish,
)
from community_sdk.errors import DefinitionError, nearest
from community_sdk.events import Event, EventTypes, TimerFired
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Metric
from community_sdk.model import PolicyKey, TagOrigin, Titles
from community_sdk.model.roster import Weekday
from community_sdk.policies._policy import Scope
from community_sdk.state import State
from community_sdk.state.records import TagRecord

__all__ = ["Tag", "TagGroup", "TagPolicy", "TagRule"]

Slice = dict[str, list[Any]]
"""By rule: whether its condition held last, its crossings, the event of the latest."""
_NEW: Final = (False, 0, "")
_WEEK: Final[tuple[Weekday, ...]] = get_args(Weekday)
_MONTH: Final = 31
_SAID: Final = frozenset({"tag_set", "tag_cleared", "tag_given", "tag_ended"})
_SETTLES: Final = frozenset({"tag_set", "tag_given", "identity_linked"})


@frozen(kw_only=True)
class Tag:
    """A word that a member can bear; no other tag of the community has its name."""

    key: str
    title: Titles = field(factory=dict[str, str], hash=False)


@frozen(kw_only=True)
class TagGroup:
    """Tags of one sort, such as where somebody came from or what moves them.

    Attributes:
        tags: The tags of the group.
        exclusive: At most one of them is borne. The one given later takes the place of
            the other; what a person gave or was brought over is not replaced by a rule.
    """

    key: str
    tags: tuple[Tag, ...] = field(validator=validators.min_len(1))
    exclusive: bool = False


@frozen(kw_only=True)
class TagRule:
    """Give *tag* when *when* begins to hold, or at each event called *on*.

    With both, the event counts while the condition holds. A condition gives the tag
    when it is crossed, from not holding to holding, and not while it goes on holding;
    so hits of a word, told as events and never as text, give a tag once a day with
    ``count("keyword_hit", "day", list="price") >= 3``.

    Attributes:
        tag: The tag that is given.
        key: The name of the rule; by default that of its tag.
        on: The event that gives it.
        where: The fields that this event must have, with their values.
        hours: Only events in these hours of the local day, the end excluded; those of
            a slot past midnight belong to the day on which they happen.
        weekdays: Only events on these local weekdays.
        month_days: Only events on these days of the local month.
        temporary: Taken off when the condition holds no longer.
        ends: Taken off when this condition holds.
        valid: Borne for so long, the end excluded; each crossing begins it anew. None:
            for good.
    """

    tag: str
    key: str = ""
    when: Condition | None = None
    on: str = ""
    where: tuple[tuple[str, str | int | bool], ...] = ()
    hours: Hours | None = None
    weekdays: frozenset[Weekday] = frozenset()
    month_days: frozenset[int] = frozenset()
    temporary: bool = False
    ends: Condition | None = None
    valid: Duration | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a rule that gives nothing, or whose slot nothing can fall into."""
        slot = self.hours or self.weekdays or self.month_days or self.where
        if not self.on and (self.when is None or slot):
            raise DefinitionError(
                f"expected `on` or `when` in the rule of tag `{self.tag}`",
                code="tag.never",
                hint="a slot and `where` ask for the event `on` that falls into it",
                found=self.tag,
            )
        if self.temporary and self.when is None:
            raise DefinitionError(
                f"expected `when` in the temporary rule of tag `{self.tag}`",
                code="tag.temporary",
                hint="a condition that stops holding takes it off; or use `valid`",
                found=self.tag,
            )
        odd = [day for day in self.month_days if not 1 <= day <= _MONTH]
        if odd:
            raise DefinitionError(
                f"expected days of a month from 1 to 31, found `{odd[0]}`",
                code="tag.month_day",
                found=str(odd[0]),
            )

    @property
    def name(self) -> str:
        """What the rule is called: its key, else its tag."""
        return self.key or self.tag

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What is asked: when to give, when to take off."""
        return tuple(each for each in (self.when, self.ends) if each is not None)

    def called_by(self, event: Event, state: State) -> bool:
        """Tell whether *event* is the one that gives the tag, in its slot."""
        if event.name != self.on:
            return False
        if any(event.value(name) != value for name, value in self.where):
            return False
        slot = self.hours or self.weekdays or self.month_days
        return not slot or (event.dated and self._inside(state))

    def _inside(self, state: State) -> bool:
        calendar, at = state.calendar, state.at_us
        today = date.fromordinal(calendar.day(at))
        if self.weekdays and _WEEK[today.weekday()] not in self.weekdays:
            return False
        if self.month_days and today.day not in self.month_days:
            return False
        if self.hours is None:
            return True
        clock = calendar.clock(at)
        minute = clock.hour * 60 + clock.minute
        since, until = self.hours.start, self.hours.end
        if self.hours.overnight:
            return minute >= since or minute < until
        return since <= minute < until


@frozen(kw_only=True)
class TagPolicy:
    """Give and end the tags of *groups* by *rules*, in their order.

    Whatever gives a tag, its validity is kept here, and so is that the tags of a group
    exclude each other. Conditions are looked at after each event that can move them,
    and when time alone can turn them.

    Attributes:
        groups: The tags there are.
        rules: What gives and ends them.
    """

    answers: ClassVar[EventTypes] = (Event,)
    folds: ClassVar[EventTypes] = (Event,)
    kind: ClassVar[str] = "tags"

    key: PolicyKey
    groups: tuple[TagGroup, ...] = field(validator=validators.min_len(1))
    rules: tuple[TagRule, ...] = ()
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def __attrs_post_init__(self) -> None:
        """Refuse names that stand twice, and rules of tags that there are not."""
        tags = [tag.key for group in self.groups for tag in group.tags]
        for names in (tags, [rule.name for rule in self.rules]):
            for name in names:
                if names.count(name) > 1:
                    raise DefinitionError(
                        f"expected each name of `{self.key}` once, found `{name}`"
                        " twice",
                        code="tag.twice",
                        hint="rules of one tag need a `key` each",
                        found=name,
                    )
        for rule in self.rules:
            if rule.tag not in tags:
                raise DefinitionError(
                    f"expected a tag of the groups, found `{rule.tag}`",
                    code="tag.unknown",
                    hint=nearest(rule.tag, tags),
                    found=rule.tag,
                )

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Everything that the rules measure."""
        asked = [c for rule in self.rules for c in rule.conditions]
        return tuple(dict.fromkeys(m for each in asked for m in metrics(each)))

    @property
    def words(self) -> frozenset[str]:
        """What gives tags or moves a figure, and what is said of tags."""
        called = frozenset(rule.on for rule in self.rules if rule.on)
        return called | moved_by(self.metrics) | _SAID | {"timer_fired"}

    @property
    def vocabulary(self) -> dict[str, tuple[str, ...]]:
        """The tags there are."""
        return {"tag": tuple(tag.key for group in self.groups for tag in group.tags)}

    def start(self) -> Slice:
        """Remember no crossing."""
        return {}

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Remember which conditions hold, and which were crossed by *event*."""
        if isinstance(event, TimerFired) and event.policy != self.key:
            return mine
        for rule in self.rules:
            before, times, crossed = mine.get(rule.name, _NEW)
            met = rule.when is None or holds(rule.when, state)
            fresh = rule.called_by(event, state) if rule.on else not before
            if met and fresh:
                mine[rule.name] = [True, times + 1, str(event.id)]
            elif met != before:
                mine[rule.name] = [met, times, crossed]
        return mine

    def join(self, mine: Slice, other: Slice, _: State, /) -> Slice:
        """Add up the crossings of two accounts of one person."""
        joined: Slice = {}
        for name in (*mine, *(name for name in other if name not in mine)):
            first, second = mine.get(name, _NEW), other.get(name, _NEW)
            joined[name] = [first[0] or second[0], first[1] + second[1], ""]
        return joined

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Give and end what the facts say now."""
        if isinstance(event, TimerFired) and event.policy != self.key:
            return
        given: set[str] = set()
        for rule in self.rules:
            yield from self._judge(rule, event, given, state)
        yield from self._over(state)
        if event.kind in _SETTLES:
            for group in self.groups:
                if group.exclusive:
                    yield from self._settle(group, state)
        yield from self._plan(state)

    def _judge(
        self, rule: TagRule, event: Event, given: set[str], state: State
    ) -> Iterator[Wish]:
        _, times, crossed = state.mine.get(rule.name, _NEW)
        known = self._borne(rule.tag, state)
        own = known is not None and (known.by, known.rule) == (self.key, rule.name)
        if rule.ends is not None and holds(rule.ends, state):
            if own:
                shown = self._shown(rule.ends, state)
                yield EndTag(
                    tag=rule.tag, because=because("tag.ends", *shown, tag=rule.tag)
                )
        elif crossed == event.id and self._free(rule, known, given, state):
            given |= self._rivals(rule.tag)
            until = None
            if rule.valid is not None:
                until = instant(rule.valid.after(state.now_us, state.calendar.where))
            on = event.name if rule.on else None
            shown = self._shown(rule.when, state)
            why = because("tag.given", *shown, tag=rule.tag, nth=times, on=on)
            yield GiveTag(tag=rule.tag, rule=rule.name, until=until, because=why)
        elif own and rule.temporary and not self._upheld(rule.tag, state):
            shown = self._shown(rule.when, state)
            yield EndTag(
                tag=rule.tag, because=because("tag.lost", *shown, tag=rule.tag)
            )

    def _upheld(self, tag: str, state: State) -> bool:
        """Tell whether the condition of a temporary rule of *tag* holds."""
        return any(
            rule.temporary and rule.tag == tag and state.mine.get(rule.name, _NEW)[0]
            for rule in self.rules
        )

    def _shown(self, asked: Condition | None, state: State) -> tuple[Explanation, ...]:
        """Return a condition with its figures, nothing without one."""
        return () if asked is None else verdict(asked, state).because().parts

    def _borne(self, tag: str, state: State) -> TagRecord | None:
        known = state.member.tags.get(tag)
        return known if known is not None and known.holds(state.now_us) else None

    def _rivals(self, tag: str) -> set[str]:
        """Return the tags that *tag* cannot stand beside, itself among them."""
        for group in self.groups:
            names = {each.key for each in group.tags}
            if group.exclusive and tag in names:
                return names
        return {tag}

    def _free(
        self, rule: TagRule, known: TagRecord | None, given: set[str], state: State
    ) -> bool:
        """Tell whether a crossing gives the tag: not twice, not against a person."""
        if rule.tag in given:
            return False
        for rival in self._rivals(rule.tag):
            other = self._borne(rival, state)
            if other is not None and other.origin != TagOrigin.RULE.value:
                return False
        return known is None or rule.valid is not None or known.rule != rule.name

    def _over(self, state: State) -> Iterator[Wish]:
        """End what is past its validity."""
        for group in self.groups:
            for tag in group.tags:
                known = state.member.tags.get(tag.key)
                if known is None or known.ended or known.holds(state.now_us):
                    continue
                until = instant(known.until or 0)
                why = because("tag.over", tag=tag.key, until=until)
                yield EndTag(tag=tag.key, because=why)

    def _settle(self, group: TagGroup, state: State) -> Iterator[Wish]:
        """Leave one tag of an exclusive group: a person's, else the latest."""
        borne = [self._borne(tag.key, state) for tag in group.tags]
        found = [record for record in borne if record is not None]
        if len(found) > 1:
            winner = max(found, key=lambda record: record.rank)
            for record in found:
                if record is not winner:
                    why = because("tag.replaced", tag=record.tag, by=winner.tag)
                    yield EndTag(tag=record.tag, because=why)

    def _plan(self, state: State) -> Iterator[Wish]:
        """Come back when a validity ends, or time alone may turn a condition."""
        known = [
            state.member.tags.get(tag.key)
            for group in self.groups
            for tag in group.tags
        ]
        dues = [k.until for k in known if k is not None and k.holds(state.now_us)]
        look = next_look((c for rule in self.rules for c in rule.conditions), state)
        found = [due for due in (*dues, look) if due is not None]
        planned = state.member.timers.get(f"{self.key}/look")
        if found and (planned is None or planned[0] != min(found)):
            yield SetTimer("look", instant(min(found)))
        elif not found and planned is not None:
            yield ClearTimer("look")

    def standing(self, state: State, /) -> Explanation:
        """Tell the tags that are borne, who gave them, and until when."""
        parts: list[Explanation] = []
        for group in self.groups:
            for tag in group.tags:
                known = self._borne(tag.key, state)
                if known is not None:
                    told = because(
                        "tag.borne",
                        tag=tag.key,
                        origin=known.origin,
                        since=instant(known.since),
                        until=None if known.until is None else instant(known.until),
                    )
                    parts.append(told)
        return because("tag.standing", *parts, count=len(parts))
