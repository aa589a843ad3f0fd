"""Words and ids of permits that there are not: refused, with the nearest word."""

from __future__ import annotations

from typing import Any

import pytest

from community_sdk import events as ev
from community_sdk.errors import DefinitionError
from community_sdk.model import EventId, MemberId, PolicyKey, RuleCode
from community_sdk.policies import PermitPolicy
from community_sdk.wording import say
from tests.unit.desk import HOUR, START, Desk

BOSS = MemberId("boss")


def permits(what: Any) -> PermitPolicy:
    """What everybody may permit."""
    return PermitPolicy(key=PolicyKey(f"{what}s"), rule=RuleCode("flood"), what=what)


def test_a_permit_of_another_policy_may_be_withdrawn() -> None:
    """One that no policy knows of the member is refused, once."""
    both = Desk(permits("ad"), permits("link"))
    both.tell(ev.PermitGranted, START, id="p1", actor=BOSS, what="link")
    for key, said in (("p1", []), ("p9", ["permit.none"])):
        take = {"permit": EventId(key), "actor": BOSS}
        step = both.tell(ev.PermitWithdrawn, START + HOUR, "ann", **take)
        assert [d.because.key for d in step] == said
        assert all(key in say(d.because, lang) for d in step for lang in ("en", "zh"))


def test_what_nobody_does_needs_no_permit() -> None:
    """The nearest of what there is, is named."""
    with pytest.raises(DefinitionError) as caught:
        permits("links")
    assert (caught.value.code, caught.value.hint) == (
        "permit.what",
        "did you mean `link`?",
    )


def test_nobody_asks_for_what_no_policy_permits() -> None:
    """It is answered with what there is."""
    step = Desk(permits("ad")).tell(ev.PermitRequested, START, what="link")
    assert [say(d.because, "en") for d in step] == [
        "There is no permit “link”, only ad."
    ]
