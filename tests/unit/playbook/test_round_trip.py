"""What is written reads back as the same playbook, and equal ones are written alike."""

import os
import subprocess
import sys
import tomllib

import pytest
from attrs import evolve, fields
from hypothesis import given
from hypothesis import strategies as st

from community_sdk.conditions import figure, parse_condition
from community_sdk.model import SANCTIONS, Community, CommunityId, SanctionKind
from community_sdk.model import LadderStep
from community_sdk.playbook import Playbook, dumps, loads
from community_sdk.playbook._files import PlaybookFormat, tables
from community_sdk.policies import PenaltyLadder
from tests.unit.playbook.books import playbooks


@given(playbooks())
def test_what_is_written_reads_back(book: Playbook) -> None:
    """INVARIANT: loads(dumps(p)) == p, and the digest is the same."""
    text = dumps(book)
    again = loads(text)
    for each in fields(Playbook):
        assert getattr(again, each.name) == getattr(book, each.name), each.name
    assert again == book
    assert again.digest == book.digest
    assert dumps(again) == text


@given(playbooks(), st.randoms(use_true_random=False))
def test_the_order_of_mappings_is_not_written(book: Playbook, random: object) -> None:
    """Equal playbooks give equal texts, however their mappings were filled."""
    shuffled = []
    for policy in book.policies:
        changed = {
            each.name: dict(reversed(getattr(policy, each.name).items()))
            for each in fields(type(policy))
            if isinstance(getattr(policy, each.name), dict)
        }
        shuffled.append(evolve(policy, **changed))
    twin = evolve(book, policies=tuple(shuffled))
    assert twin == book
    assert dumps(twin) == dumps(book)
