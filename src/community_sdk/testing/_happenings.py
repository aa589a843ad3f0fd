"""How single events are drawn: kind by kind, with the fields that each one has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk.model import Money, Severity
from community_sdk.testing._cast import Cast
from community_sdk.testing._drawn import (
    CHANNELS,
    HEALTH,
    INCENTIVES,
    REFERRAL,
    SEGMENTS,
)
from community_sdk.testing._drawn.door import DOOR
from community_sdk.testing._drawn.rights import RIGHTS
from community_sdk.testing._drawn.tiers import TIERS
from community_sdk.testing._scene import Scene

__all__ = ["KINDS", "RARE", "Scene", "fields_of"]

Fields = dict[str, Any]
Drawn = st.SearchStrategy[Fields]

_LATER: Final = st.sampled_from(
    [None, timedelta(hours=1), timedelta(days=1), timedelta(days=5)]
)
_SELDOM: Final = st.sampled_from((False,) * 15 + (True,))


def _some(words: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(words)


def _group(cast: Cast) -> st.SearchStrategy[str | None]:
    return st.sampled_from((None, *cast.groups))


def _message(cast: Cast, _: Scene) -> Drawn:
    return st.fixed_dictionaries(
        {"group": _group(cast)},
        optional={"length": st.integers(0, 200), "reply": st.booleans()},
    )


def _joined(cast: Cast, _: Scene) -> Drawn:
    return st.fixed_dictionaries(
        {"group": _group(cast), "bot": _SELDOM},
        optional={
            "channel": st.sampled_from(["qr", "friend"]),
            "invited_by": _some(cast.members),
        },
    )


def _left(cast: Cast, _: Scene) -> Drawn:
    return st.fixed_dictionaries({"group": _group(cast)})


def _put_out(cast: Cast, _: Scene) -> Drawn:
    return st.fixed_dictionaries({"group": _group(cast), "actor": _some(cast.members)})


def _requested(cast: Cast, _: Scene) -> Drawn:
    answers = st.fixed_dictionaries(
        {}, optional={"adult": st.booleans(), "age": st.integers(15, 20)}
    )
    return st.fixed_dictionaries(
        {"group": _group(cast), "answers": answers},
        optional={"invited_by": _some(cast.members)},
    )


def _nickname(_: Cast, __: Scene) -> Drawn:
    return st.fixed_dictionaries({"conforms": st.booleans()})


def _reaction(cast: Cast, _: Scene) -> Drawn:
    return st.fixed_dictionaries(
        {"actor": _some(cast.members)},
        optional={"word": st.sampled_from(["like", "heart"])},
    )


def _trade(_: Cast, __: Scene) -> Drawn:
    money = st.integers(0, 300).map(lambda n: Money(n, "CNY"))
    order = st.sampled_from(["", "o1", "o2"])
    return st.fixed_dictionaries({"money": money, "order": order})


def _custom(cast: Cast, _: Scene) -> Drawn:
    properties = st.fixed_dictionaries(
        {},
        optional={"amount": st.integers(0, 9), "channel": st.sampled_from("xyz")},
    )
    return st.fixed_dictionaries({"word": _some(cast.words), "properties": properties})


def _breach(cast: Cast, _: Scene) -> Drawn:
    return st.fixed_dictionaries(
        {"rule": _some(cast.rules)},
        optional={
            "severity": st.sampled_from([None, *Severity]),
            "weight": st.sampled_from([None, 0, 1, 2, 3]),
            "actor": _some(cast.members),
        },
    )


def _linked(cast: Cast, _: Scene) -> Drawn:
    return st.fixed_dictionaries({"alias": _some(cast.members)})


def _imported(_: Cast, scene: Scene) -> Drawn:
    ago = st.sampled_from([0, 1, 40])
    return st.fixed_dictionaries(
        {"since": ago.map(lambda days: scene.at - timedelta(days=days))}
    )


def _tier(cast: Cast, scene: Scene) -> Drawn:
    pair = st.sampled_from(cast.tiers or (("grade", "fan"),))
    return pair.map(
        lambda known: {"tiers": known[0], "tier": known[1], "since": scene.at}
    )


def _sanction_imported(_: Cast, scene: Scene) -> Drawn:
    until = _LATER.map(lambda gap: None if gap is None else scene.at + gap)
    return st.fixed_dictionaries(
        {
            "sanction": st.sampled_from(["old1", "old2"]),
            "measure": st.sampled_from(["mute", "ban"]),
            "until": until,
        }
    )


def _points(_: Cast, __: Scene) -> Drawn:
    return st.fixed_dictionaries({"amount": st.integers(-5, 5)})


def _heads(_: Cast, __: Scene) -> Drawn:
    return st.fixed_dictionaries({"count": st.integers(0, 5)})


def _nothing(_: Cast, __: Scene) -> Drawn:
    return st.just({})


def _of(
    known: str, name: str, *, with_actor: bool = False
) -> Callable[[Cast, Scene], Drawn]:
    """Refer to one of the things in the list *known* of the scene, by *name*."""

    def drawn(cast: Cast, scene: Scene) -> Drawn:
        pairs = [*getattr(scene, known), ("nothing", cast.members[0])]
        found = st.sampled_from(pairs).map(lambda p: {name: p[0], "member": p[1]})
        if not with_actor:
            return found
        actor = st.sampled_from((None, *cast.members))
        return st.tuples(found, actor).map(lambda two: {**two[0], "actor": two[1]})

    return drawn


KINDS: Final[dict[str, Callable[[Cast, Scene], Drawn]]] = {
    "message": _message,
    "joined": _joined,
    "left": _left,
    "rule_broken": _breach,
    "purchase": _trade,
    "refund": _trade,
    "reaction": _reaction,
    "custom": _custom,
    "introduced": _nothing,
    "join_requested": _requested,
    "member_removed": _put_out,
    "nickname_set": _nickname,
    "survey_answered": _nothing,
    "proposal_approved": _of("proposals", "proposal", with_actor=True),
    "proposal_refused": _of("proposals", "proposal", with_actor=True),
    "obligation_met": _of("duties", "obligation"),
    "identity_linked": _linked,
    "membership_imported": _imported,
    "sanction_imported": _sanction_imported,
    "tier_imported": _tier,
    "balance_imported": _points,
    "head_counted": _heads,
    **RIGHTS,
    **DOOR,
    **INCENTIVES,
    **REFERRAL,
    **SEGMENTS,
    **HEALTH,
    **CHANNELS,
    **TIERS,
}
"""Every kind that may stand in a log, adoptions of playbooks and reports aside."""

RARE: Final = frozenset(
    {
        *DOOR,
        *INCENTIVES,
        *REFERRAL,
        *SEGMENTS,
        *HEALTH,
        *CHANNELS,
        *TIERS,
        "identity_linked",
        "membership_imported",
        "sanction_imported",
        "tier_imported",
        "balance_imported",
        "head_counted",
        "survey_answered",
        "refund",
    }
)


def fields_of(kind: str, cast: Cast, scene: Scene) -> Drawn:
    """Draw the fields of one event of *kind*, the envelope aside."""
    return KINDS[kind](cast, scene)


def make(kind: str, fields: Fields, envelope: Fields) -> ev.Event:
    """Build the event; what the fields name goes before the envelope."""
    cls: Any = ev.KINDS[kind]
    event: ev.Event = cls(**{**envelope, **fields})
    return event
