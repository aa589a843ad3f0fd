"""Laws that every policy and playbook keeps, to be called on one's own.

A law is a function of a playbook and a history (events in order of recording) that
raises `AssertionError` with what differs and the history that shows it.
`check_playbook` asks all of them, `check_policy` draws the histories as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from community_sdk.engine import Operable
from community_sdk.model import (
    Community,
    CommunityId,
    Role,
    RoleName,
    Rule,
    Rulebook,
    RuleCode,
    Severity,
    Tier,
    TierGroup,
    TierKey,
)
from community_sdk.playbook import Playbook
from community_sdk.policies import Policy
from community_sdk.testing._laws_of_conduct import (
    answers_match_annotation,
    decide_is_pure,
    facts_follow_decisions,
    ids_are_unique,
    late_arrival_changes_no_count,
    names_do_not_matter,
    one_consequence,
    sanctions_end_or_are_open,
)
from community_sdk.testing._laws_of_ladders import (
    LADDER_LAWS,
    arrival_order_changes_no_tally,
    equal_records_earn_equal_penalties,
    more_offences_are_never_milder,
    what_was_overturned_never_counted,
)
from community_sdk.testing._laws_of_rights import a_forbidden_act_changes_nothing
from community_sdk.testing._laws_of_state import (
    chunking_changes_nothing,
    duplicates_are_no_ops,
    lazy_equals_eager,
    partial_state_suffices,
    preview_changes_nothing,
    replay_is_deterministic,
    snapshot_changes_nothing,
)
from community_sdk.testing._trail import History

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = [
    "LADDER_LAWS",
    "LAWS",
    "a_forbidden_act_changes_nothing",
    "answers_match_annotation",
    "arrival_order_changes_no_tally",
    "check_playbook",
    "check_policy",
    "chunking_changes_nothing",
    "decide_is_pure",
    "duplicates_are_no_ops",
    "equal_records_earn_equal_penalties",
    "facts_follow_decisions",
    "ids_are_unique",
    "late_arrival_changes_no_count",
    "lazy_equals_eager",
    "more_offences_are_never_milder",
    "names_do_not_matter",
    "one_consequence",
    "partial_state_suffices",
    "preview_changes_nothing",
    "replay_is_deterministic",
    "sanctions_end_or_are_open",
    "snapshot_changes_nothing",
    "what_was_overturned_never_counted",
]

LAWS: Final = (
    decide_is_pure,
    replay_is_deterministic,
    snapshot_changes_nothing,
    chunking_changes_nothing,
    partial_state_suffices,
    lazy_equals_eager,
    duplicates_are_no_ops,
    preview_changes_nothing,
    late_arrival_changes_no_count,
    names_do_not_matter,
    one_consequence,
    sanctions_end_or_are_open,
    facts_follow_decisions,
    ids_are_unique,
    a_forbidden_act_changes_nothing,
)
"""Every law of a playbook and a history."""


def check_playbook(playbook: Operable, history: History, /) -> None:
    """Ask every law of `LAWS`, and `answers_match_annotation` of each policy.

    Raises:
        AssertionError: the first law that is broken, with the history.
    """
    for policy in playbook.policies:
        answers_match_annotation(policy)
    for law in LAWS:
        law(playbook, history)


def check_policy(
    policy: Policy,
    /,
    *,
    within: Playbook | None = None,
    histories: SearchStrategy[list[Any]] | None = None,
    examples: int | None = None,
) -> None:
    """Ask every law of *policy*, over histories that Hypothesis draws and shrinks.

    Args:
        policy: what is asked.
        within: a playbook that has what the policy refers to; by default one with the
            rules ``ads`` and ``rude``, the role ``owner`` and the tiers ``fan``,
            ``core`` and ``star`` of the group ``grade``. The policy is put first.
        histories: what to draw from; by default `strategies.histories` for the
            playbook, with late events.
        examples: how many histories; by default as the Hypothesis profile says.

    Raises:
        AssertionError: a law is broken, with the smallest history that was found.
        MissingExtraError: Hypothesis is not installed.
    """
    from hypothesis import HealthCheck, given, settings

    from community_sdk.testing import strategies

    book = _around(policy, within)
    drawn = histories or strategies.histories(playbook=book, late=True)
    chosen = settings.default if examples is None else settings(max_examples=examples)

    @settings(chosen, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(drawn)
    def keeps_the_laws(history: list[Any]) -> None:
        check_playbook(book, history)

    keeps_the_laws()


def _around(policy: Policy, within: Playbook | None) -> Playbook:
    from attrs import evolve

    if within is not None:
        others = [p for p in within.policies if p.key != policy.key]
        return evolve(within, policies=(policy, *others))
    rules = (
        Rule(code=RuleCode("ads"), weight=2),
        Rule(code=RuleCode("rude"), severity=Severity.SERIOUS),
    )
    tiers = tuple(Tier(key=TierKey(key)) for key in ("fan", "core", "star"))
    return Playbook(
        community=Community(key=CommunityId("under_test")),
        roles=(Role(name=RoleName("owner"), rank=1),),
        tiers=(TierGroup(key="grade", tiers=tiers),),
        rulebook=Rulebook(rules=rules),
        policies=(policy,),
        events=("signed_in",),
    )
