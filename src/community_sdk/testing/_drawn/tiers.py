"""How events about tiers that people decide are drawn (S08)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from community_sdk.model import OverrideKind, TierLook
from community_sdk.testing._cast import Cast

if TYPE_CHECKING:
    from community_sdk.testing._scene import Scene

__all__ = ["TIERS", "ends_later"]

Drawn = st.SearchStrategy[dict[str, Any]]
_GAPS: Final = st.sampled_from((None, timedelta(hours=1), timedelta(days=4)))


def _known(cast: Cast) -> Drawn:
    pairs = st.sampled_from(cast.tiers or (("grade", "fan"),))
    return pairs.map(lambda known: {"tiers": known[0], "tier": known[1]})


def _until(scene: Scene) -> Drawn:
    return _GAPS.map(lambda gap: {"until": None if gap is None else scene.at + gap})


def _joined(*parts: Drawn) -> Drawn:
    """Draw all *parts* into one."""
    return st.tuples(*parts).map(
        lambda found: {name: value for each in found for name, value in each.items()}
    )


def _set(cast: Cast, scene: Scene) -> Drawn:
    who = st.sampled_from((None, *cast.members)).map(lambda actor: {"actor": actor})
    return _joined(_known(cast), _until(scene), who)


def _overridden(cast: Cast, scene: Scene) -> Drawn:
    kinds = st.sampled_from(OverrideKind).map(lambda kind: {"override": kind})
    begins = _GAPS.map(
        lambda gap: {"since": None if gap is None else scene.at + gap / 2}
    )
    return _joined(_set(cast, scene), kinds, begins).filter(ends_later)


def ends_later(fields: dict[str, Any]) -> bool:
    """Tell whether there is an instant between a beginning and an end that are set."""
    since, until = fields.get("since"), fields.get("until")
    return since is None or until is None or since < until


def _override_ended(cast: Cast, _: Scene) -> Drawn:
    kinds = st.sampled_from(OverrideKind).map(lambda kind: {"override": kind})
    group = _known(cast).map(lambda known: {"tiers": known["tiers"]})
    return _joined(group, kinds)


def _excused(_: Cast, scene: Scene) -> Drawn:
    words = st.sampled_from(("leave", "mood"))
    return words.map(lambda cause: {"cause": cause, "until": scene.at + _WEEK})


def _asked(_: Cast, __: Scene) -> Drawn:
    return st.sampled_from(TierLook).map(lambda how: {"how": how})


def _extra(cast: Cast, scene: Scene) -> Drawn:
    return _joined(_known(cast), _until(scene))


def _extra_ended(cast: Cast, _: Scene) -> Drawn:
    return _known(cast)


_WEEK: Final = timedelta(days=7)

TIERS: Final[dict[str, Callable[[Cast, Any], Drawn]]] = {
    "tier_set": _set,
    "tier_overridden": _overridden,
    "tier_override_ended": _override_ended,
    "tier_excused": _excused,
    "tier_review_requested": _asked,
    "extra_tier_granted": _extra,
    "extra_tier_ended": _extra_ended,
}
"""What people decide about tiers, by kind."""
