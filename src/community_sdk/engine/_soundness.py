"""What the engine says of a policy that breaks or yields what is no decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from community_sdk._time import PeriodUnit
from community_sdk.decisions import Decision
from community_sdk.engine._version import Asked
from community_sdk.errors import DefinitionError, PolicyError
from community_sdk.events import Event
from community_sdk.explanation import Explanation
from community_sdk.policies._policy import Policy

__all__ = ["broke", "check_heirs", "endless", "sound"]


def broke(one: Asked, event: Event, error: Exception) -> PolicyError:
    """Return the error that names the policy and the event it broke on."""
    return PolicyError(
        f"policy `{one.key}` broke on event `{event.id}`:"
        f" {type(error).__name__}: {error}",
        policy=one.key,
    )


def check_heirs(before: Iterable[Policy], after: Iterable[Policy]) -> None:
    """Refuse policies *after* that cannot go on with what others of their keys kept.

    Raises:
        DefinitionError: a key names another kind of policy, or another period.
    """
    fresh = {str(policy.key): policy for policy in after}
    for old in before:
        heir = fresh.get(str(old.key), old)
        if type(heir) is not type(old):
            raise DefinitionError(
                f"policy `{old.key}` was one kind of policy and is now another",
                code="playbook.incompatible",
                hint="give the new policy a key of its own",
                found=str(old.key),
            )
        was, now = (getattr(policy, "period", None) for policy in (old, heir))
        if isinstance(was, PeriodUnit) and isinstance(now, PeriodUnit) and was != now:
            raise DefinitionError(
                f"expected policy `{old.key}` by the {was.value}, as it was, found"
                f" `{now.value}`",
                code="playbook.period",
                hint="what it counted is of the running period: give the policy with"
                " another period a key of its own",
                found=now.value,
                key=str(old.key),
                was=was.value,
            )


def sound(one: Asked, wish: object) -> None:
    """Refuse what is no decision, or one without an explanation."""
    why: object = getattr(wish, "because", None)
    if isinstance(wish, Decision) and isinstance(why, Explanation):
        return
    raise PolicyError(
        f"policy `{one.key}` yielded a `{type(wish).__name__}` where a decision with"
        " its explanation was expected",
        policy=one.key,
        code="policy.wish",
    )


def endless(trail: Sequence[Event]) -> DefinitionError:
    """Return the error that names the policies whose facts cause one another.

    *trail*: what began it, and one fact of each round since.
    """
    words = " → ".join(event.name for event in trail)
    made = (event.source.removeprefix("policy:") for event in trail[1:])
    policies = ", ".join(f"`{key}`" for key in sorted({*made}))
    return DefinitionError(
        f"facts cause facts without end: {words}, in {policies}",
        code="engine.cycle",
        hint="a condition depends on what it decides: `check` says where",
        trail=words,
        policies=policies,
    )
