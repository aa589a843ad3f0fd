"""Settings of tiers that make no sense are refused, with what was found."""

from collections.abc import Callable

import pytest

from community_sdk._time import Duration
from community_sdk.errors import DefinitionError, PlaybookError
from community_sdk.playbook import dumps, load, loads
from community_sdk.policies import ReviewPlan, Validity
from tests.unit.policies.terraces import policy

YEAR = Duration.parse("1 year")


def test_validities_and_plans_that_make_no_sense_are_refused() -> None:
    """An end is needed, and only one; dates are dates."""
    for given in ({}, {"length": YEAR, "until": "01-01"}):
        with pytest.raises(DefinitionError) as caught:
            Validity(**given)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        assert caught.value.code == "tier.term"
    for make in (
        lambda: Validity(until="31-01"),
        lambda: ReviewPlan(every=YEAR, anchor="date", date="soon"),
    ):
        with pytest.raises(DefinitionError) as caught:
            make()
        assert caught.value.code == "tier.date"
    with pytest.raises(DefinitionError) as caught:
        policy(downgrade="at_expiry")
    assert caught.value.code == "tier.no_validity"


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda: Validity(length=Duration.parse("1s")), {"found": "1s"}),
        (lambda: ReviewPlan(every=Duration.parse("23h")), {"found": "23h"}),
    ],
)
def test_a_term_and_a_plan_last_a_day_at_least(
    make: Callable[[], object], found: dict[str, str]
) -> None:
    """Shorter ones would come round thousands of times; the message says the bound."""
    with pytest.raises(DefinitionError, match="of at least one day") as caught:
        make()
    assert caught.value.code == "tier.short"
    assert found.items() <= caught.value.figures.items()


def test_a_day_is_enough() -> None:
    """And what is passed over is a number of days."""
    day = Duration.parse("1d")
    assert Validity(length=day).length == ReviewPlan(every=day).every
    with pytest.raises(ValueError, match="min_days"):
        Validity(length=day, min_days=-1)


def test_a_file_tells_where_a_term_is_too_short() -> None:
    """With the path of the validity."""
    text = dumps(load("vip_tracks"))
    assert 'length = "12 months"' in text
    text = text.replace('length = "12 months"', 'length = "1s"')
    with pytest.raises(PlaybookError) as caught:
        loads(text)
    (problem,) = caught.value.problems
    assert problem.path.endswith(".validity")
    assert "expected `length` of at least one day, found `1s`" in problem.message
