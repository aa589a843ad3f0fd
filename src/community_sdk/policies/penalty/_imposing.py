"""From a sanction that is due to a decision: its end, rivals, consent (S06)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from attrs import evolve

from community_sdk._time import instant, micros
from community_sdk.decisions import ApplySanction, Decision, RequestConsent
from community_sdk.enforcement import Meeting, beside, meet, refusal
from community_sdk.explanation import because
from community_sdk.model import MemberId, Overlap, SanctionKind
from community_sdk.policies._policy import Reference, role_names, unknown
from community_sdk.proposal import EVERY, Terms
from community_sdk.state import Definition, State

__all__ = ["impose", "meeting", "strange_duties", "strange_kinds"]


def meeting(
    wish: ApplySanction,
    state: State,
    overlap: Mapping[str, Overlap],
    over: Collection[str] = (),
) -> Meeting:
    """Return how *wish* meets what is in force of its kind, what is *over* aside."""
    kind = wish.step.kind
    end = None if wish.until is None else micros(wish.until)
    if wish.step.duration is not None:
        end = wish.step.duration.after(state.now_us, state.calendar.where)
    rule = _rule(kind, overlap)
    records = [s for s in state.member.sanctions if s.id not in over]
    return meet(rule, (kind, end, wish.issuer), records, state.now_us)


def impose(
    wish: ApplySanction,
    state: State,
    overlap: Mapping[str, Overlap],
    approval: Mapping[str, Terms],
    over: Collection[str] = (),
) -> Decision:
    """Return the decision: *wish* with its end, a request for consent, or a refusal.

    *over*: sanctions that end in the same step, and stand against nothing.
    """
    met, kind = meeting(wish, state, overlap, over), wish.step.kind
    if met.refused is not None:
        return refusal(wish, met.refused)
    rule = _rule(kind, overlap)
    kept = None if rule is Overlap.LONGEST else rule
    wish = evolve(beside(wish, met), overlap=kept, **met.stamps)
    needed = approval.get(kind.word, approval.get(EVERY))
    return wish if needed is None else _agreed(wish, needed, state)


def _agreed(wish: ApplySanction, terms: Terms, state: State) -> Decision:
    """Return *wish* where who imposes it is voice enough, else a request for consent.

    Whoever is asked: the effect begins when the last of them agrees.
    """
    actor, now = state.actor, state.now_us
    voices: tuple[MemberId, ...] = ()
    speaks = terms.proposer == "first_voice" and actor.id != state.member.id
    if speaks and actor.known_as(wish.issuer):
        held = (actor.holds(duty, now, wish.group) for duty in terms.duties)
        voices = (actor.id,) if any(held) else ()
    if len(voices) >= terms.needs:
        return evolve(wish, approvers=voices)
    deadline = instant(terms.within.after(now, state.calendar.where))
    why = because(
        "penalty.approval",
        wish.because,
        measure=wish.step.kind,
        duty=terms.duty,
        needs=terms.needs,
        until=deadline,
    )
    return RequestConsent(
        member=wish.member,
        group=wish.group,
        wish=wish,
        duty=terms.duty,
        also=terms.also,
        needs=terms.needs,
        deadline=deadline,
        proposer=MemberId(wish.issuer) if wish.issuer else None,
        excluded=terms.proposer == "excluded",
        voices=voices,
        because=why,
    )


def _rule(kind: SanctionKind, overlap: Mapping[str, Overlap]) -> Overlap:
    return overlap.get(kind.word, overlap.get(EVERY, Overlap.LONGEST))


def strange_duties(
    approval: Mapping[str, Terms], definition: Definition
) -> Iterator[Reference]:
    """Yield the duties of *approval* that nobody can hold."""
    known = tuple(dict.fromkeys((*role_names(definition), "owner")))
    for kind, terms in approval.items():
        path = "approval." + (f'"{kind}"' if kind == EVERY else kind)
        yield from unknown(f"{path}.duty", terms.duty, known)
        yield from unknown(f"{path}.also", terms.also, known)


def strange_kinds(
    table: str, kinds: Iterable[str], known: Iterable[str]
) -> Iterator[Reference]:
    """Yield what of *kinds*, keys of *table*, is no *known* kind of sanction."""
    words = tuple(dict.fromkeys(known))
    yield from ((table, kind, words) for kind in kinds if kind not in (*words, EVERY))
