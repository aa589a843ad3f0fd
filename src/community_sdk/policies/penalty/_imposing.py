"""From a sanction that is due to a decision: its end, rivals, consent (S06)."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from community_sdk._time import instant, micros
from community_sdk.decisions import ApplySanction, Decision, RefuseAct, RequestConsent
from community_sdk.enforcement import Meeting, meet
from community_sdk.events import SanctionImposed
from community_sdk.explanation import Explanation, because
from community_sdk.model import Overlap, SanctionKind
from community_sdk.policies.penalty._settings import Approval
from community_sdk.state import State

__all__ = ["ANY", "impose", "meeting"]

ANY = "*"
"""Stands for every kind of sanction that is not named."""


def meeting(
    wish: ApplySanction, state: State, overlap: Mapping[str, Overlap]
) -> Meeting:
    """Return how *wish* meets what is in force of its kind."""
    kind = wish.step.kind
    end = None if wish.until is None else micros(wish.until)
    if wish.step.duration is not None:
        end = wish.step.duration.after(state.now_us, state.calendar.where)
    rule = overlap.get(kind.word, overlap.get(ANY, Overlap.LONGEST))
    records = state.member.sanctions
    return meet(rule, (kind, end, wish.issuer), records, state.now_us)


def impose(
    wish: ApplySanction,
    state: State,
    overlap: Mapping[str, Overlap],
    approval: Mapping[str, Approval],
) -> Decision:
    """Return the decision: *wish* with its end, a request for consent, or a refusal."""
    met, kind = meeting(wish, state, overlap), wish.step.kind
    if met.refused is not None:
        why = already_active(kind, met)
        act = SanctionImposed.kind
        return RefuseAct(member=wish.member, group=wish.group, act=act, because=why)
    because_of = wish.because
    part = _beside(kind, met)
    if part is not None:
        because_of = evolve(because_of, parts=(*because_of.parts, part))
    wish = evolve(wish, because=because_of, **met.stamps)
    needed = approval.get(kind.word, approval.get(ANY))
    return wish if needed is None else _request(wish, needed, state)


def _request(wish: ApplySanction, needed: Approval, state: State) -> RequestConsent:
    deadline = None
    if needed.within is not None:
        deadline = instant(needed.within.after(state.now_us, state.calendar.where))
    return RequestConsent(
        member=wish.member,
        group=wish.group,
        wish=wish,
        duty=needed.duty,
        needs=needed.needs,
        deadline=deadline,
        because=because(
            "penalty.approval",
            wish.because,
            measure=wish.step.kind,
            duty=needed.duty,
            needs=needed.needs,
            until=deadline,
        ),
    )


def already_active(kind: SanctionKind, met: Meeting) -> Explanation:
    """Explain that one of the kind is in force, and stands against another."""
    until = None
    if met.refused is not None and met.refused.until is not None:
        until = instant(met.refused.until)
    return because("sanction.already_active", measure=kind, until=until)


def _beside(kind: SanctionKind, met: Meeting) -> Explanation | None:
    """Explain what becomes of one of the kind in force, None without one."""
    if met.replaces:
        return because("sanction.replaces", measure=kind)
    if met.alone is not None:
        until = None if met.until is None else instant(met.until)
        return because(
            "sanction.longer", measure=kind, until=until, alone=instant(met.alone)
        )
    return None
