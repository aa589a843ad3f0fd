"""Accounts of one person, as a history tells of them and as the engine does."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk.engine import Engine
from community_sdk.metrics import Persons, as_persons
from community_sdk.model import MemberId
from tests.unit.desk import HOUR, START, head
from tests.unit.engine.scripts import book

NAMES = ("ann", "ben", "cat", "dan")


def link(nth: int, member: str, alias: str) -> ev.IdentityLinked:
    """A link that becomes known as the *nth*."""
    fields = head(f"l{nth}", START + nth * HOUR, member)
    return ev.IdentityLinked(**fields, alias=MemberId(alias))


@given(st.lists(st.sampled_from(list(permutations(NAMES, 2))), max_size=6))
def test_a_history_puts_together_whom_the_engine_does(
    pairs: list[tuple[str, str]],
) -> None:
    """In any order of arrival, rings and links told twice included."""
    links = [link(nth, *pair) for nth, pair in enumerate(pairs)]
    engine = Engine(book())
    for event in links:
        engine.receive(event)
    persons = Persons.of(reversed(links))
    for name in NAMES:
        assert persons.person(name) == engine.view(name).member.id
    assert set(persons.accounts) == {n for n in NAMES if persons.person(n) != n}


def test_events_are_told_of_persons() -> None:
    """Whoever is named in them; what names nobody else stays as it is."""
    fields: dict[str, Any] = {"reply": True, "reply_to": MemberId("alt")}
    post = ev.MessagePosted(**head("m", START, "ben"), **fields)
    came = ev.Joined(**head("j", START, "alt"), invited_by=MemberId("ben"))
    scan = ev.CodeScanned(**head("s", START, "cat", actor="alt"), code="x")
    other = ev.Joined(**head("k", START, "cat"))
    told = as_persons([post, came, scan, other, link(1, "ann", "alt")])
    assert [e.member for e in told] == ["ben", "ann", "cat", "cat"]
    assert told[0].value("reply_to") == "ann"
    assert told[1].value("invited_by") == "ben"
    assert told[2].actor == "ann"
    assert told[3] is other
    assert as_persons([post]) == [post]


@pytest.mark.parametrize("member", [None, "ann"])
def test_a_link_of_nobody_or_oneself_says_nothing(member: str | None) -> None:
    """No account leads anywhere by it."""
    persons = Persons()
    fields: dict[str, Any] = {**head("l", START), "member": member}
    persons.see(ev.IdentityLinked(**fields, alias=MemberId("ann")))
    assert not persons.accounts
