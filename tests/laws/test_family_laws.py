"""The laws of the kit hold for every family: in any order, lazily, from files."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk.playbook import dumps, loads
from community_sdk.testing import laws
from community_sdk.testing import strategies as cst
from tests.laws.effort import one_in
from tests.laws.families import FAMILIES, runs

GAPS = (timedelta(0), timedelta(microseconds=1), timedelta(hours=30))
each = pytest.mark.parametrize("name", FAMILIES)


@each
@given(data=st.data())
@settings(one_in(8))
def test_every_law_holds(name: str, data: st.DataObject) -> None:
    """Whatever the policies and the history."""
    laws.check_playbook(*data.draw(runs(FAMILIES[name])))


@each
@given(data=st.data())
@settings(one_in(8))
def test_nothing_depends_on_when_time_is_advanced(
    name: str, data: st.DataObject
) -> None:
    """Lazy days, ends, looks and expiry equal eager ones."""
    book, history = data.draw(runs(FAMILIES[name], late=False))
    instants = [e.recorded_at + gap for e in history for gap in GAPS]
    pauses = data.draw(st.lists(st.sampled_from(instants), max_size=3))
    laws.lazy_equals_eager(book, history, pauses)


@each
@given(data=st.data())
@settings(one_in(4))
def test_a_file_holds_every_policy(name: str, data: st.DataObject) -> None:
    """Written and read back it is the same playbook."""
    book = data.draw(cst.playbooks(FAMILIES[name].policies))
    assert loads(dumps(book)) == book
