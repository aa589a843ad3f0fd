"""Laws of what people may do: an act that is forbidden leaves no trace."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from community_sdk._time import micros
from community_sdk.decisions import Mode
from community_sdk.engine import Engine, Operable
from community_sdk.events import Event
from community_sdk.model import MemberId
from community_sdk.policies import Guards, Scope
from community_sdk.testing._trail import History, rejson, same_state, settled

__all__ = ["a_forbidden_act_changes_nothing"]


def a_forbidden_act_changes_nothing(playbook: Operable, history: History, /) -> None:
    """After an act that a policy forbids, all is as if only time had passed.

    Raises:
        AssertionError: something changed.
    """
    engine = Engine(playbook)
    for event in history:
        guarded = any(isinstance(event, guard.guards) for guard in _guards(playbook))
        calm = None
        if guarded:
            calm = Engine.restore(playbook, rejson(engine.snapshot()))
            calm.advance(event.recorded_at)
        if calm is None or not _forbidden(calm, event):
            engine.receive(event)
            continue
        engine.receive(event)
        after = Engine.restore(playbook, rejson(engine.snapshot()))
        after.advance(event.recorded_at)
        what = f"event `{event.id}` was forbidden and changed something"
        same_state(what, _kept(calm), _kept(after), history)


def _guards(playbook: Operable) -> list[Guards]:
    return [
        policy
        for policy in playbook.policies
        if isinstance(policy, Guards) and policy.mode is not Mode.SHADOW
    ]


def _forbidden(engine: Engine, event: Event) -> bool:
    """Ask the policies of *engine* as it would itself."""
    member, actor = (_person(engine, name) for name in (event.member, event.actor))
    event = evolve(event, member=member, actor=actor)
    state = engine.view(str(actor or member or ""))
    doer = state.member
    state = engine.view(str(member or ""))
    state.actor, state.at_us = doer, micros(event.at)
    for policy in engine.playbook.policies:
        if isinstance(policy, Guards) and isinstance(event, policy.guards):
            home = state.member if policy.scope is Scope.MEMBER else state.community
            state.mine = home.slices.get(str(policy.key))
            why = policy.refuse(event, state)
            if why is not None and policy.mode is not Mode.SHADOW:
                return True
    return False


def _person(engine: Engine, name: MemberId | None) -> MemberId | None:
    """Return whom an account belongs to."""
    known = None if name is None else engine.members.get(name)
    while known is not None and known.merged is not None:
        name = MemberId(known.merged)
        known = engine.members.get(name)
    return name


def _kept(engine: Engine) -> dict[str, Any]:
    """Return the state but for the ids seen, which a forbidden act is among."""
    return {k: v for k, v in settled(engine).items() if k != "recent"}
