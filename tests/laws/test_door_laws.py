"""The laws of every playbook, for doors, first days, exits and what they answer."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk.events import Event
from community_sdk.playbook import Playbook, dumps, loads
from community_sdk.testing import laws
from community_sdk.testing import strategies as cst
from community_sdk.testing._drawn.door import DOOR
from community_sdk.testing._drawn.door_policies import DOORS
from tests.laws.effort import one_in

Run = tuple[Playbook, list[Event]]

KINDS = (
    *DOOR,
    *("join_requested", "join_requested", "joined", "left", "member_removed"),
    *("message", "role_assigned", "rule_broken", "identity_linked", "introduced"),
    *("sanction_imported", "nickname_set", "survey_answered", "invited"),
)


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """A playbook of these families, and a history that moves it."""
    book = draw(cst.playbooks((*DOORS, "ladder")))
    late = draw(st.booleans())
    kinds = draw(st.sampled_from([KINDS, None]))
    return book, draw(cst.histories(playbook=book, late=late, kinds=kinds, max_size=15))


@given(run=runs())
@settings(one_in(2))
def test_every_law_holds(run: Run) -> None:
    """Whatever the playbook and the history."""
    laws.check_playbook(*run)


@given(book=cst.playbooks(tuple(DOORS)))
@settings(one_in(2))
def test_they_stand_in_a_file(book: Playbook) -> None:
    """A playbook written to a file and read again is the same."""
    assert loads(dumps(book)) == book
