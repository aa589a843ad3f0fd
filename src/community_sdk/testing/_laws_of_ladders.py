"""Laws of penalties: equal records, more offences, mistakes, arrival (S06)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, cast

import attrs

from community_sdk.decisions import (
    ApplySanction,
    DismissProposal,
    EndSanction,
    Mode,
    Recommend,
    RequestConsent,
)
from community_sdk.engine import Engine, Operable, Step
from community_sdk.events import Event, RuleBroken, StrikeOverturned
from community_sdk.model import EventId, Whereabouts
from community_sdk.policies import PenaltyLadder, Trigger
from community_sdk.testing._disguise import Disguised, Under
from community_sdk.testing._trail import HORIZON, History, fail, same, same_state

__all__ = [
    "LADDER_LAWS",
    "arrival_order_changes_no_tally",
    "equal_records_earn_equal_penalties",
    "more_offences_are_never_milder",
    "what_was_overturned_never_counted",
]

_NOTHING: Final = (-1, 0)
_OUT: Final = (Whereabouts.BANNED, Whereabouts.REMOVED)
_PLAIN: Final = ("use_lower", "repeat", "now")
_PEOPLE: Final = ("member", "actor", "alias", "invited_by", "reply_to")
_THINGS: Final = ("strike", "sanction", "proposal", "obligation", "decision")
_TWIN: Final = "-twin"


def _ladders(playbook: Operable) -> list[PenaltyLadder]:
    return [p for p in playbook.policies if isinstance(p, PenaltyLadder)]


# -- equal records -------------------------------------------------------------------


def equal_records_earn_equal_penalties(playbook: Operable, history: History, /) -> None:
    """Beside everybody a twin does the same at the same time, and is treated the same.

    Compared are sanctions: which, from when, until when, for how many strikes.

    Raises:
        AssertionError: a twin was treated differently.
    """
    engine = Engine(playbook)
    names: dict[str, str] = {}
    for nth, event in enumerate(history):
        found = engine.receive(event)
        twin = engine.receive(_twin(event, names))
        one, two = _penalties(found), _penalties(twin)
        what = f"with the same record a twin was treated differently at event {nth + 1}"
        same(what, map(_told, one), map(_told, two), history)
        for mine, other in zip(one, two, strict=True):
            names |= {str(mine.id): str(other.id)}


def _twin(event: Event, names: dict[str, str]) -> Event:
    """Return *event* as it happens to the twins of those whom it is about."""
    changed: dict[str, Any] = {"id": EventId(f"{event.id}{_TWIN}")}
    for name in (*_PEOPLE, *_THINGS):
        value = getattr(event, name, None)
        if isinstance(value, str) and value:
            changed[name] = names.get(value, f"{value}{_TWIN}")
    return attrs.evolve(event, **changed)


def _penalties(step: Step) -> list[Any]:
    kinds = (ApplySanction, EndSanction, RequestConsent)
    found = [d for d in step.decisions if isinstance(d, kinds)]
    return [d for d in found if d.member is not None and d.mode is not Mode.SHADOW]


def _told(decision: Any) -> tuple[Any, ...]:
    wish = decision.wish if isinstance(decision, RequestConsent) else decision
    if isinstance(wish, ApplySanction):
        spans = (wish.since, wish.until, wish.alone, wish.state.value)
        return (decision.kind, str(wish.step), *map(str, spans), len(wish.strikes))
    state = wish.state.value if isinstance(wish, EndSanction) else ""
    return (decision.kind, wish.kind, state)


# -- more offences -------------------------------------------------------------------


def more_offences_are_never_milder(playbook: Operable, history: History, /) -> None:
    """Without one of the breaches, no other one earns a harsher step.

    Asked of ladders that answer each strike and add up what is never used up,
    discounted or frozen, in a window that ends now, without steps that hold only at
    their own number. What is not answered, because the member is out or another
    sanction stands against it, is not compared.

    Raises:
        AssertionError: more offences led to a milder step.
    """
    keys = {str(ladder.key) for ladder in _ladders(playbook) if _adds_up(ladder)}
    if not keys:
        return
    whole = dict(_earned(playbook, history, keys))
    for left in history:
        if not isinstance(left, RuleBroken):
            continue
        rest = [event for event in history if event is not left]
        for breach, due in _earned(playbook, rest, keys):
            if breach in whole and whole[breach] < due:
                word = f"`{breach[0]}` earned a milder step because of `{left.id}`"
                fail(word, history, f"{due} without it, {whole[breach]} with it")


def _adds_up(ladder: PenaltyLadder) -> bool:
    frozen = ladder.decay is not None and ladder.decay.frozen_by
    sums = ladder.measure == "sanctions" or ladder.active_only
    plain = (ladder.between, ladder.after_last, ladder.window_from) == _PLAIN
    spends = ladder.consume_on_trigger or ladder.first_offence is not None
    each = ladder.trigger is Trigger.EACH_STRIKE
    return each and plain and not (frozen or sums or spends)


def _earned(
    playbook: Operable, history: History, keys: set[str]
) -> Iterator[tuple[tuple[str, str], tuple[int, int]]]:
    """Yield, by breach and ladder, how harsh the step is that it earned."""
    engine = Engine(playbook)
    for event in history:
        held = _held(engine, event)
        step = engine.receive(event)
        if not isinstance(event, RuleBroken) or held or step.suppressed:
            continue
        found = {
            str(d.policy): _harsh(d)
            for d in step.decisions
            if d.trigger == event.id and d.policy in keys
        }
        if None not in found.values():
            for key in sorted(keys):
                yield (str(event.id), key), found.get(key) or _NOTHING


def _held(engine: Engine, event: Event) -> bool:
    """Tell whether anything holds the member, or waits, so that answers differ."""
    view = engine.view(str(event.member))
    return view.member.whereabouts(view.now_us) in _OUT


def _harsh(decision: Any) -> tuple[int, int] | None:
    """Return how harsh an answer is; None where it cannot be compared."""
    wish = decision.wish if isinstance(decision, RequestConsent) else decision
    if isinstance(wish, ApplySanction):
        return (wish.step.kind.order, wish.step.at)
    return (0, 0) if isinstance(wish, Recommend) else None


# -- mistakes ------------------------------------------------------------------------


def what_was_overturned_never_counted(playbook: Operable, history: History, /) -> None:
    """A breach that is overturned at once leaves the rest as if it had never been.

    Compared are all later sanctions, the strikes that stand, and what is in force; not
    asked where a ladder lets overturned strikes count or what the count supports stand,
    nor of breaches that opened or closed a proposal.

    Raises:
        AssertionError: something is left of it.
    """
    if any(
        ladder.reversed_strikes_count or ladder.below_threshold == "lift"
        for ladder in _ladders(playbook)
    ):
        return
    for nth, event in enumerate(history):
        if not isinstance(event, RuleBroken) or event.member is None:
            continue
        never, without = Engine(playbook), Engine(playbook)
        for past in history[:nth]:
            never.receive(past)
            without.receive(past)
        never.advance(event.recorded_at)
        without.advance(event.recorded_at)
        found = without.receive(event)
        without.receive(_mistake(event))
        kinds = (DismissProposal, RequestConsent)
        if any(isinstance(d, kinds) for d in found):
            continue
        what = f"something is left of `{event.id}`, which was overturned at once"
        for later in history[nth + 1 :]:
            one, two = never.receive(later), without.receive(later)
            expected, told = map(_told, _penalties(one)), map(_told, _penalties(two))
            same(what, expected, told, history)
        same_state(what, _left(never, event), _left(without, event), history)


def _mistake(event: RuleBroken) -> StrikeOverturned:
    return StrikeOverturned(
        id=EventId(f"{event.id}-mistake"),
        at=event.recorded_at,
        member=event.member,
        strike=event.id,
        seq=event.seq,
    )


def _left(engine: Engine, gone: Event) -> dict[str, Any]:
    """Return what is on record and in force, without what is *gone*."""
    view = engine.view(str(gone.member))
    member = view.member
    return {
        "strikes": [
            attrs.evolve(s, consumed="used" * bool(s.consumed)).plain()
            for s in member.strikes
            if s.id != gone.id
        ],
        "in force": sorted(
            (s.measure, s.since, s.until or 0) for s in member.in_force(view.now_us)
        ),
    }


# -- arrival -------------------------------------------------------------------------


def arrival_order_changes_no_tally(playbook: Operable, history: History, /) -> None:
    """Breaches told late, in any order, are counted as if they had been told in time.

    The ladders only watch: what was answered, and when, may differ. Not asked where two
    breaches of a member share an instant, which the time of recording tells apart.

    Raises:
        AssertionError: a ladder counts them differently.
    """
    breaches = [e for e in history if isinstance(e, RuleBroken)]
    if len({(e.member, e.at) for e in breaches}) < len(breaches) or not breaches:
        return
    silent = [Disguised(policy, Mode.SHADOW) for policy in playbook.policies]
    shadow = cast("Operable", Under(playbook, silent))
    in_time = sorted(
        (attrs.evolve(e, recorded_at=e.at) for e in history),
        key=lambda e: (e.at, e.seq),
    )
    end = max(e.recorded_at for e in history) + HORIZON
    counts: list[Any] = []
    for told in (in_time, history):
        engine = Engine(shadow)
        for event in told:
            engine.receive(event)
        engine.advance(end)
        counts.append(_tallies(engine, _ladders(playbook), breaches))
    what = "breaches that came late are counted otherwise than the same in time"
    same_state(what, counts[0], counts[1], history)


def _tallies(
    engine: Engine, ladders: Sequence[PenaltyLadder], breaches: Sequence[RuleBroken]
) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for ladder in ladders:
        for breach in breaches:
            view = engine.view(str(breach.member))
            strike = view.member.strike(breach.id)
            if strike is not None:
                tally = ladder.tally(view, strike.category, strike.rule)
                ids = [s.id for s in tally.counted]
                out[f"{ladder.key}/{breach.id}"] = [tally.total, tally.stands, ids]
    return out


LADDER_LAWS: Final = (
    equal_records_earn_equal_penalties,
    more_offences_are_never_milder,
    what_was_overturned_never_counted,
    arrival_order_changes_no_tally,
)
"""Every law of penalties."""
