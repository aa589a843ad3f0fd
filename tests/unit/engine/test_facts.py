"""What decisions make true: a fact for each kind that has one, at the right instant."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk.decisions import DECISIONS
from community_sdk.engine._facts import _FACTS, Made, fact_of
from community_sdk.engine._lawful import GUARDED
from community_sdk.engine._run import _NOTES
from community_sdk.events import DERIVED, EXOGENOUS, RuleBroken, StrikeOverturned
from community_sdk.testing._laws_of_conduct import _FACTS as TOLD
from tests.unit.codec.plain_values import of_class

CAUSED, NOW = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 2, tzinfo=UTC)


@pytest.mark.parametrize("kind", sorted(DECISIONS))
@settings(max_examples=5)
@given(data=st.data())
def test_a_fact_is_about_whom_the_decision_is(kind: str, data: st.DataObject) -> None:
    """It is what the laws expect, bears the id of its decision and is known now."""
    decision = data.draw(of_class(DECISIONS[kind]))
    fact = fact_of(decision, Made(CAUSED, NOW))
    assert (fact and fact.kind) == TOLD.get(kind)
    if fact is None:
        return
    assert isinstance(fact, (*DERIVED, RuleBroken, StrikeOverturned))
    assert (fact.id, fact.member) == (f"{decision.id}:fact", decision.member)
    assert fact.recorded_at == max(fact.at, NOW)


def test_kinds_are_called_by_words_that_exist() -> None:
    """A word of no decision would make nothing true."""
    assert {*_FACTS, *_NOTES} <= {*DECISIONS}
    assert {*GUARDED} <= {event.kind for event in EXOGENOUS}
