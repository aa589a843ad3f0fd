"""How events of the way in and out are drawn (S03 S04 S25)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from community_sdk.model import BlacklistScope, Mark, Money
from community_sdk.testing._cast import Cast

if TYPE_CHECKING:
    from community_sdk.testing._scene import Scene

__all__ = ["DOOR"]

Drawn = st.SearchStrategy[dict[str, Any]]

_BORN: Final = ("2008-02-29", "2012-05-01", "1990-01-31", "no date")


def _by_another(cast: Cast, _: Scene) -> Drawn:
    people = st.sampled_from(cast.members)
    return st.fixed_dictionaries(
        {"actor": people, "group": st.sampled_from((None, *cast.groups))}
    )


def _answered(_: Cast, __: Scene) -> Drawn:
    answers = st.fixed_dictionaries(
        {},
        optional={
            "adult": st.booleans(),
            "age": st.integers(15, 20),
            "born": st.sampled_from(_BORN),
        },
    )
    return st.fixed_dictionaries({"answers": answers})


def _consented(cast: Cast, scene: Scene) -> Drawn:
    both = st.tuples(_by_another(cast, scene), st.booleans())
    return both.map(lambda two: {**two[0], "agrees": two[1]})


def _paid(_: Cast, __: Scene) -> Drawn:
    money = st.sampled_from((-500, 500, 1_000)).map(lambda n: Money(n, "CNY"))
    return st.fixed_dictionaries({"money": money})


def _listed(cast: Cast, scene: Scene) -> Drawn:
    gaps = st.sampled_from((None, timedelta(hours=1), timedelta(days=3)))
    return st.fixed_dictionaries(
        {
            "scope": st.sampled_from(BlacklistScope),
            "of": st.sampled_from(("spring", *cast.groups)),
            "until": gaps.map(lambda gap: None if gap is None else scene.at + gap),
        }
    )


DOOR: Final[dict[str, Callable[[Cast, Any], Drawn]]] = {
    "invited": _by_another,
    "entry_answered": _answered,
    "entry_consented": _consented,
    "fee_paid": _paid,
    "step_done": lambda _, __: st.just({"what": "meet_members"}),
    "content_noticed": lambda _, __: st.fixed_dictionaries(
        {"mark": st.sampled_from(Mark)}
    ),
    "blacklisted": _listed,
    "taken_off_blacklist": lambda _, __: st.integers(0, 9).map(
        lambda nth: {"entry": f"e{nth}"}
    ),
    "erasure_requested": lambda _, __: st.just({}),
    "personal_data_erased": lambda _, __: st.just({"items": 1}),
}
"""By kind, the fields of an event, the envelope aside."""
