"""How acts of people are drawn: roles, what they impose and undo, emergencies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from community_sdk._time import Duration
from community_sdk.testing._cast import Cast
from community_sdk.testing._drawn.tiers import ends_later

if TYPE_CHECKING:
    from community_sdk.testing._scene import Scene

__all__ = ["RIGHTS"]

Drawn = st.SearchStrategy[dict[str, Any]]

_LATER: Final = st.sampled_from([None, timedelta(hours=1), timedelta(days=5)])
_LENGTHS: Final = st.sampled_from([None, "1h", "24h", "3d"]).map(
    lambda text: None if text is None else Duration.parse(text)
)


def _actor(cast: Cast) -> st.SearchStrategy[str | None]:
    return st.sampled_from((None, *cast.members))


def _group(cast: Cast) -> st.SearchStrategy[str | None]:
    return st.sampled_from((None, None, *cast.groups))


def _assigned(cast: Cast, scene: Scene) -> Drawn:
    later = _LATER.map(lambda gap: None if gap is None else scene.at + gap)
    return st.fixed_dictionaries(
        {"role": st.sampled_from(cast.roles)},
        optional={
            "until": later,
            "since": later,
            "group": _group(cast),
            "substitute_for": st.sampled_from(cast.members),
            "actor": _actor(cast),
        },
    ).filter(ends_later)


def _role_ended(cast: Cast, _: Scene) -> Drawn:
    return st.fixed_dictionaries(
        {"role": st.sampled_from(cast.roles)},
        optional={"group": _group(cast), "actor": _actor(cast)},
    )


def _emergency(cast: Cast, _: Scene) -> Drawn:
    return st.fixed_dictionaries(
        {
            "ground": st.sampled_from([*cast.grounds, cast.rules[0]]),
            "measure": st.sampled_from(["mute", "remove"]),
            "duration": _LENGTHS,
            "actor": _actor(cast),
        }
    )


def _about(known: str, name: str) -> Callable[[Cast, Scene], Drawn]:
    """Refer to one of the things in the list *known* of the scene, by *name*."""

    def drawn(cast: Cast, scene: Scene) -> Drawn:
        pairs = [*getattr(scene, known), ("nothing", cast.members[0])]
        return st.tuples(st.sampled_from(pairs), _actor(cast)).map(
            lambda two: {name: two[0][0], "member": two[0][1], "actor": two[1]}
        )

    return drawn


RIGHTS: Final[dict[str, Callable[[Cast, Scene], Drawn]]] = {
    "role_assigned": _assigned,
    "role_ended": _role_ended,
    "strike_overturned": _about("strikes", "strike"),
    "sanction_lifted": _about("sanctions", "sanction"),
    "emergency_acted": _emergency,
    "emergency_reported": _about("emergencies", "emergency"),
    "emergency_ratified": _about("emergencies", "emergency"),
    "emergency_rejected": _about("emergencies", "emergency"),
}
"""Acts of people by kind; those that refer to earlier ones name them."""
