"""Penalty ladders: equal histories lead to equal sanctions (S06)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain, pairwise
from typing import Any, ClassVar, Final, Literal

from attrs import field, fields

from community_sdk._time import Duration, instant
from community_sdk._values import frozen
from community_sdk.decisions import ApplySanction, Decision, Mode, Recommend
from community_sdk.errors import DefinitionError
from community_sdk.events import EventTypes, RuleBroken, StrikeOverturned
from community_sdk.explanation import Explanation, because
from community_sdk.model import (
    SANCTIONS,
    EventId,
    LadderStep,
    LaterSanctions,
    Overlap,
    PolicyKey,
    RoleName,
    SanctionKind,
    Severity,
    Whereabouts,
)
from community_sdk.policies._policy import Reference, Scope, role_names
from community_sdk.policies.penalty._counting import Counting, Record, Tally
from community_sdk.policies.penalty._imposing import (
    impose,
    strange_duties,
    strange_kinds,
)
from community_sdk.policies.penalty._judging import Judgement, Judging
from community_sdk.policies.penalty._reversal import (
    Reversal,
    ending,
    released,
    wished,
    withdrawn,
)
from community_sdk.policies.penalty._settings import (
    Decay,
    FirstOffence,
    Rung,
    SoftStep,
    Trigger,
    from_one,
)
from community_sdk.policies.penalty._telling import Redress, record_parts, unproved, why
from community_sdk.proposal import Terms
from community_sdk.state import Definition, State, Strike

__all__ = ["PenaltyLadder"]

_OUT: Final = (Whereabouts.BANNED, Whereabouts.REMOVED)


@frozen(kw_only=True)
class PenaltyLadder:
    """Answer a breach with the step that the member's record has reached.

    Attributes:
        steps: from which number on which sanction; numbers rise, later ones are never
            milder. Empty: it only counts.
        soft: what is suggested before the first step is reached.
        measure: ``count`` strikes, add up their ``points``, or count the ``sanctions``
            imposed on the member for any cause.
        per: what strikes must share to be counted together: ``category``, ``rule``, or
            only the ``member``.
        categories: the categories that it answers; empty: all.
        groups: category → the category on whose ladder its breaches count.
        window: only strikes not older than this count, measured back from now to the
            instant of the breach; None: for ever. Months are calendar months.
        window_edge: whether something exactly one window old still counts
            (``inclusive``) or not (``exclusive``).
        window_from: ``now``, or ``latest_strike``: the chain of strikes is kept while
            every gap between two of them is within the window.
        active_only: count this ladder's sanctions that are still in force; one without
            an end is, until it is lifted.
        running_always_counts: with measure ``sanctions``, one in force counts also
            where it began outside the window.
        reversed_strikes_count: an overturned strike still moves the ladder.
        consume_on_trigger: strikes that led to a sanction are used up; one that is
            overturned sets them free again.
        decay: how strikes fade; None: they do not.
        first_offence: how first strikes weigh less, on ladders of points.
        trigger: whether a step is taken at ``each_strike`` or ``on_crossing`` only.
        between: between two steps the lower one holds (``use_lower``), or nothing is
            done (``none``).
        after_last: beyond the last step it is taken again (``repeat``), or not
            (``none``).
        immediate: category → the step that a breach gets whatever the record.
        enter_at: category → the number that a breach lifts the record to at least; the
            next one counts on from there.
        zero_tolerance: from this severity on, a breach gets the last step.
        overlap: kind of sanction, or ``*`` → what becomes of a new one while another
            is in force; ``longest`` where nothing is said.
        approval: kind of sanction, or ``*`` → who must agree before it begins.
        later: what becomes of later sanctions that rested on an overturned strike.
        below_threshold: after a strike was overturned, ``lift`` what is in force above
            the number that the record fell to; ``stand``: only what the strike itself
            led to is overturned.
        undone_by: the roles that may lift a sanction; said to the member.
        appeal_within: how long a sanction may be appealed; said to the member.

    One event, one sanction: the highest step reached. Who is removed or banned is not
    sanctioned again: later strikes are recorded only.
    """

    answers: ClassVar[EventTypes] = (RuleBroken, StrikeOverturned)

    key: PolicyKey
    steps: tuple[LadderStep, ...]
    soft: tuple[SoftStep, ...] = ()
    measure: Literal["count", "points", "sanctions"] = "count"
    per: Literal["category", "rule", "member"] = "category"
    categories: tuple[str, ...] = ()
    groups: Mapping[str, str] = field(factory=dict[str, str], hash=False)
    window: Duration | None = None
    window_edge: Literal["inclusive", "exclusive"] = "inclusive"
    window_from: Literal["now", "latest_strike"] = "now"
    active_only: bool = False
    running_always_counts: bool = False
    reversed_strikes_count: bool = False
    consume_on_trigger: bool = False
    decay: Decay | None = None
    first_offence: FirstOffence | None = None
    trigger: Trigger = Trigger.EACH_STRIKE
    between: Literal["use_lower", "none"] = "use_lower"
    after_last: Literal["repeat", "none"] = "repeat"
    immediate: Mapping[str, LadderStep] = field(
        factory=dict[str, LadderStep], hash=False
    )
    enter_at: Mapping[str, int] = field(
        factory=dict[str, int], hash=False, validator=from_one
    )
    zero_tolerance: Severity | None = None
    overlap: Mapping[str, Overlap] = field(factory=dict[str, Overlap], hash=False)
    approval: Mapping[str, Terms] = field(factory=dict[str, Terms], hash=False)
    later: LaterSanctions = LaterSanctions.STAND_AND_FLAG
    below_threshold: Literal["stand", "lift"] = "stand"
    undone_by: tuple[RoleName, ...] = ()
    appeal_within: Duration | None = None
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def __attrs_post_init__(self) -> None:
        """Refuse a ladder that does not rise, or whose settings contradict."""
        rungs: tuple[Rung, ...] = (*self.soft, *self.steps)
        for low, high in pairwise(rungs):
            milder = (
                isinstance(low, LadderStep)
                and isinstance(high, LadderStep)
                and high.kind.order < low.kind.order
            )
            if high.at <= low.at or milder:
                raise DefinitionError(
                    f"expected steps of ladder `{self.key}` to rise, found"
                    f" `{_named(high)}` at {high.at} after `{_named(low)}` at {low.at}",
                    code="ladder.order",
                    hint="order steps by number; a later one is never milder",
                    found=self.key,
                )
        if self.zero_tolerance is not None and not self.steps:
            raise DefinitionError(
                f"expected at least one step in ladder `{self.key}`",
                code="ladder.empty",
                found=self.key,
            )
        for one, other in _contradictions(self):
            raise DefinitionError(
                f"expected `{one}` of ladder `{self.key}` not beside `{other}`",
                code="ladder.contradiction",
                hint=f"remove `{one}`, or change `{other}`",
                found=self.key,
                one=one,
                other=other,
            )

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name categories that no rule has, and duties that nobody can hold."""
        known = tuple(dict.fromkeys(r.ladder for r in definition.rulebook.rules))
        grouped = (*known, *self.groups.values())
        lost = (name for name in self.categories if name not in grouped)
        yield from (("categories", name, known) for name in lost)
        severe = self.first_offence.severe if self.first_offence else ()
        for where, names in (
            *(("groups", self.groups), ("immediate", self.immediate)),
            *(("enter_at", self.enter_at), ("first_offence.severe", severe)),
        ):
            yield from ((where, name, known) for name in names if name not in known)
        roles = (*role_names(definition), "owner")
        words = (*SANCTIONS, *(kind.word for kind in self.imposes(definition)))
        yield from strange_kinds("overlap", self.overlap, words)
        yield from strange_kinds("approval", self.approval, words)
        yield from strange_duties(self.approval, definition)
        strange = (role for role in self.undone_by if role not in roles)
        yield from (("undone_by", role, roles) for role in strange)

    def imposes(self, definition: Definition, /) -> tuple[SanctionKind, ...]:
        """Return the kinds of sanction that it may ever impose."""
        steps = (*self.steps, *self.immediate.values())
        rules = (r.immediate for r in definition.rulebook.rules)
        kinds = (*(step.kind for step in steps), *(k for k in rules if k is not None))
        return tuple(dict.fromkeys(kinds))

    def decide(
        self, event: RuleBroken | StrikeOverturned, state: State, /
    ) -> Iterator[Decision]:
        """Impose the step earned, or undo what an overturned strike led to."""
        if isinstance(event, StrikeOverturned):
            yield from self._reversal(state).undo(event, state)
            yield from self._ask_again(event, state)
            return
        strike = state.member.strike(event.id)
        if strike is None or strike.overturned or not self._sees(strike):
            return
        if state.member.whereabouts(state.now_us) in _OUT:
            return
        found = self._judging.judge(strike, _record(state), _at_once(strike, state))
        if found.step is not None:
            yield self._answer(event, strike, found, state)

    def _ask_again(self, event: StrikeOverturned, state: State) -> Iterator[Decision]:
        """Withdraw what waits on other grounds; answer its breach, if that stands."""
        member = state.member
        causes = {c.id: wished(c)[:1] for c in member.consents}
        out = member.whereabouts(state.now_us) in _OUT
        for dismissal in withdrawn(event, self.key, state):
            yield dismissal
            (cause,) = causes[str(dismissal.proposal)]
            strike = member.strike(cause)
            if strike is None or strike.overturned or out:
                continue
            record = released(event, _record(state))
            found = self._judging.judge(strike, record, _at_once(strike, state))
            if found.step is not None:
                yield self._answer(event, strike, found, state)

    def tally(
        self, state: State, /, category: str | None = None, rule: str | None = None
    ) -> Tally:
        """Count what the member's record amounts to now.

        On a ladder per category or rule: of *category* or *rule*; without one, of the
        latest strike's.
        """
        mine = [s for s in state.member.strikes if s.rule and self._sees(s)]
        last = mine[-1] if mine else None
        own = category or ("" if last is None else last.category)
        code = rule or ("" if last is None else last.rule)
        counting = self._judging.counting
        return counting.tally(_record(state), (counting.group(own), code))

    def standing(self, state: State, /) -> Explanation:
        """Explain which strikes count now, and which sanctions are in force."""
        counting = self._judging.counting
        likes: dict[str, tuple[str, str]] = {}
        for strike in state.member.strikes:
            if self._sees(strike):
                category = counting.group(strike.category)
                named = {"category": category, "rule": strike.rule}
                likes.setdefault(named.get(self.per, ""), (category, strike.rule))
        record = _record(state)
        tallies = {name: counting.tally(record, like) for name, like in likes.items()}
        parts = [*chain.from_iterable(self._scopes(tallies))]
        for sanction in state.member.in_force(state.now_us):
            if sanction.policy == self.key:
                until = None if sanction.until is None else instant(sanction.until)
                measure = sanction.measure
                parts.append(because("penalty.in_force", measure=measure, until=until))
        counted = sum(tally.total for tally in tallies.values())
        return because(
            "penalty.standing",
            *parts,
            ladder=self.key,
            counts=self._counts,
            counted=counted,
        )

    def _scopes(self, tallies: Mapping[str, Tally]) -> Iterator[list[Explanation]]:
        """Yield the parts of each scope, under a heading where there are several."""
        for name, tally in tallies.items():
            own = [
                part
                for part in record_parts(tally)
                if part.key != "penalty.left_out"
                or not str(part["reason"]).startswith("other_")
            ]
            if len(tallies) > 1:
                kind = (
                    "penalty.of_rule" if self.per == "rule" else "penalty.of_category"
                )
                counts, counted = self._counts, tally.total
                own = [because(kind, *own, name=name, counts=counts, counted=counted)]
            yield own

    @property
    def _counts(self) -> str:
        return "active" if self.active_only else self.measure

    @property
    def _judging(self) -> Judging:
        counting = Counting(**_settings(self, Counting))
        return Judging(counting=counting, **_settings(self, Judging))

    def _reversal(self, state: State) -> Reversal:
        return Reversal(
            judging=self._judging,
            at_once=lambda strike: _at_once(strike, state),
            later=self.later,
            below=self.below_threshold,
            consumes=self.consume_on_trigger,
        )

    def _sees(self, strike: Strike) -> bool:
        group = self.groups.get(strike.category, strike.category)
        named = (strike.category, group)
        return not self.categories or any(name in self.categories for name in named)

    def _answer(
        self,
        event: RuleBroken | StrikeOverturned,
        strike: Strike,
        found: Judgement,
        state: State,
    ) -> Decision:
        step = found.step
        rest = [*unproved(event, state)]
        if strike.recorded > strike.occurred:
            rest += self._reversal(state).told_late(strike, state)
        if isinstance(step, LadderStep):
            told = Redress(undone_by=self.undone_by, appeal_within=self.appeal_within)
            rest += told.parts(state)
        figures = {"counts": self._counts, "window": self.window}
        harder = self._judging.next_step(found.tally)
        said = why(strike, found, *rest, figures=figures, harder=harder)
        if not isinstance(step, LadderStep):
            action = "" if step is None else step.action
            return Recommend(
                member=event.member, group=event.group, action=action, because=said
            )
        wish = ApplySanction(
            member=event.member,
            group=event.group,
            step=step,
            strikes=tuple(EventId(s.id) for s in found.rests),
            issuer=strike.by,
            case=strike.case,
            consumes=self.consume_on_trigger,
            because=said,
        )
        over: Collection[str] = ()
        if isinstance(event, StrikeOverturned):
            over = ending(event, state.member.sanctions)
        return impose(wish, state, self.overlap, self.approval, over)


def _record(state: State) -> Record:
    member = state.member
    where = state.calendar.where
    return Record(member.strikes, member.sanctions, state.now_us, where)


def _at_once(strike: Strike, state: State) -> LadderStep | None:
    """Return what the rulebook of its time says of a breach, whatever the record."""
    rule = state.rulebook.rule_at(strike.rule, instant(strike.occurred))
    kind = None if rule is None else rule.immediate
    return None if kind is None else LadderStep(at=1, kind=kind)


def _settings(ladder: PenaltyLadder, cls: type[Any]) -> dict[str, Any]:
    names = (each.name for each in fields(cls))
    return {name: getattr(ladder, name) for name in names if hasattr(ladder, name)}


def _named(step: Rung) -> str:
    return step.action if isinstance(step, SoftStep) else str(step.kind)


def _contradictions(ladder: PenaltyLadder) -> Iterator[tuple[str, str]]:
    """Yield pairs of settings that cannot hold together."""
    if ladder.window_from == "latest_strike" and ladder.window is None:
        yield ("window_from", "no window")
    if ladder.first_offence is not None and ladder.measure != "points":
        yield ("first_offence", f"measure = {ladder.measure}")
    if ladder.active_only and ladder.measure != "count":
        yield ("active_only", f"measure = {ladder.measure}")
    if ladder.running_always_counts and ladder.measure != "sanctions":
        yield ("running_always_counts", f"measure = {ladder.measure}")
    if ladder.measure == "points" and any(step.grows > 1 for step in ladder.steps):
        yield ("grows", "measure = points")
    sums = ladder.measure == "sanctions" or ladder.active_only
    if ladder.decay is not None and sums:
        yield ("decay", "a count of sanctions")
    if ladder.consume_on_trigger and sums:
        yield ("consume_on_trigger", "a count of sanctions")
