"""What a funnel may not ask: settings without effect, steps that nobody can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from community_sdk.errors import DefinitionError
from community_sdk.events import TimerFired
from community_sdk.policies.funnel._step import FunnelStep

__all__ = ["check", "check_judged"]


_ORDERS: Final = (("among", ("strict",)), ("exclusion_scope", ("ordered", "strict")))


def check(
    key: str, order: str, asked: tuple[bool, bool], steps: Sequence[FunnelStep]
) -> None:
    """Refuse what has no effect in the *order* of the funnel, steps nobody can do.

    *asked* tells whether *among* and a scope of exclusions are given.

    Raises:
        DefinitionError: *among* without strict order; a scope of exclusions in an
            unordered funnel; a limit of the first step; a timer as a step.
    """
    for given, (setting, orders) in zip(asked, _ORDERS, strict=True):
        if given and order not in orders:
            wanted = " or ".join(f"`{word}`" for word in orders)
            raise DefinitionError(
                f"expected no `{setting}` in funnel `{key}`, whose order is `{order}`",
                code="funnel.order",
                hint=f"`{setting}` needs the order {wanted}: take one of both away",
                found=setting,
                key=key,
                order=order,
            )
    _check_steps(key, steps)


def _check_steps(key: str, steps: Sequence[FunnelStep]) -> None:
    if steps[0].within is not None:
        raise DefinitionError(
            f"expected no `within` at the first step of funnel `{key}`",
            code="funnel.first",
            hint="it follows no step: `window` limits the whole way",
            key=key,
        )
    for nth, step in enumerate(steps):
        if step.event == TimerFired.kind:
            raise DefinitionError(
                f"expected an event of members at step {nth} of funnel `{key}`, found"
                f" `{step.event}`",
                code="funnel.timer",
                hint="a timer is no event of anybody",
                found=step.event,
                key=key,
                step=str(nth),
            )


def check_judged(key: str, steps: Sequence[FunnelStep]) -> None:
    """Refuse a history alone where a step asks how the member stood.

    Raises:
        DefinitionError: a step has a condition.
    """
    for nth, step in enumerate(steps):
        if step.when is not None:
            raise DefinitionError(
                f"expected `judge` for the condition of step {nth} in funnel `{key}`",
                code="funnel.judge",
                hint="a history alone does not tell how members stood: call `analyse`"
                " of the playbook, which replays it, or hand in `judge`",
                found=str(nth),
            )
