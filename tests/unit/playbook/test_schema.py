"""The schema is the reader's own description: what one accepts the other knows."""

import json
import re
import tomllib
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given

from community_sdk import policies
from community_sdk.errors import DefinitionError, PlaybookError
from community_sdk.model import SANCTIONS
from community_sdk.playbook import Playbook, dumps, json_schema, library, loads
from community_sdk.playbook._fields import kind_word
from community_sdk.playbook._files import tables
from community_sdk.playbook._layout import SHIPPED
from community_sdk.playbook._leaves import (
    DURATION,
    MONEY,
    QUIET_HOURS,
    SPAN,
    WINDOW,
)
from tests.unit.playbook.books import playbooks
from tests.unit.playbook.schema_check import breaches

SCHEMA = json_schema()
SHELF = files("community_sdk.playbook").joinpath("library")


def sound(plain: Any) -> list[str]:
    """Where plain tables break the schema."""
    return list(breaches(plain, SCHEMA, SCHEMA))


@pytest.mark.parametrize("name", library())
def test_library_files_fit_the_schema(name: str) -> None:
    """As they stand, placeholders included: editors show no mistake."""
    text = SHELF.joinpath(f"{name}.toml").read_text("utf-8")
    assert sound(tomllib.loads(text)) == []


@given(playbooks())
def test_what_is_written_fits_the_schema(book: Playbook) -> None:
    """INVARIANT: whatever `dumps` writes fits, with and without defaults."""
    assert sound(tomllib.loads(dumps(book))) == []
    assert sound(tables(book)) == []


def test_it_is_plain_json_that_names_its_draft() -> None:
    """Editors read it; every reference leads somewhere."""
    text = json.dumps(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    for name in re.findall(r'"#/\$defs/(\w+)"', text):
        assert name in SCHEMA["$defs"]
    assert json.dumps(json_schema()) == text


def test_every_kind_of_policy_is_told_apart_by_its_word() -> None:
    """One of them, by the constant `kind`."""
    refs = SCHEMA["properties"]["policy"]["items"]["oneOf"]
    words = [ref["$ref"].rpartition("/")[2] for ref in refs]
    assert words == [*SHIPPED]
    for word, name in SHIPPED.items():
        assert kind_word(getattr(policies, name)) == word
    assert {"admission", "penalty_ladder", "qualification", "funnel"} <= {*words}
    for word in words:
        assert SCHEMA["$defs"][word]["properties"]["kind"]["const"] == word
        assert {"kind", "key"} <= set(SCHEMA["$defs"][word]["required"])


def test_every_table_says_what_it_is_for() -> None:
    """Titles and descriptions come from the classes."""
    for name, each in SCHEMA["$defs"].items():
        assert each.get("description"), name
    ladder = SCHEMA["$defs"]["penalty_ladder"]["properties"]
    assert "no older than" not in ladder["steps"].get("description", "")
    assert "not older than" in ladder["window"]["description"]


KEYS = [
    (ref["$ref"].rpartition("/")[2], key)
    for ref in SCHEMA["properties"]["policy"]["items"]["oneOf"]
    for key in SCHEMA["$defs"][ref["$ref"].rpartition("/")[2]]["properties"]
    if key != "kind"
]


@pytest.mark.parametrize(("word", "key"), KEYS)
def test_the_reader_knows_each_key_of_the_schema(word: str, key: str) -> None:
    """A wrong value of it is told as wrong, not as unknown; another key is unknown."""
    text = f"format = 1\n[community]\nkey='c'\n[[policy]]\nkind='{word}'\n"
    with pytest.raises(PlaybookError) as caught:
        loads(f"{text}{key} = 1.5\nstrange = 1\n")
    paths = {p.path: p.code for p in caught.value.problems}
    assert paths[f"policy[0].{key}"] != "playbook.unknown_key"
    assert paths["policy[0].strange"] == "playbook.unknown_key"


DAMAGES: list[dict[str, Any]] = [
    {"format": 2},
    {"lateness": "ninety"},
    {"lateness": 3},
    {"strange": 1},
    {"role": [{"rank": 1}]},
    {"role": [{"name": " x"}]},
    {"role": [{"name": "x", "rank": "1"}]},
    {"rulebook": {"version": 0}},
    {"policy": [{"kind": "strange", "key": "x"}]},
    {"policy": [{"kind": "penalty_ladder", "key": "x", "measure": "weight"}]},
    {"tiers": [{"key": "x", "tier": []}]},
    {"rule": [{"code": "x", "severity": "sever"}]},
    {"campaign": [{"key": "x"}]},
    {"community": {"key": "c", "quiet_hours": "23-7"}},
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_schema_refuses_what_the_reader_refuses(damage: dict[str, Any]) -> None:
    """An editor shows it before anything is loaded."""
    plain: dict[str, Any] = {"format": 1, "community": {"key": "c"}}
    assert sound(plain) == []
    assert sound({**plain, **damage})


@pytest.mark.parametrize(
    ("shape", "good", "bad"),
    [
        (
            DURATION,
            ["90d", "24h", "1 month", "2 years", "15 min", "1us", " 3 weeks "],
            ["", "d", "1.5d", "90", "1 fortnight", "-1d", "1m", f"{10**20}d"],
        ),
        (
            WINDOW,
            ["30d", "24h", "month", "since_join", "lifetime", "half_month", "2w"],
            ["", "1 month", "since", "30", "2 years"],
        ),
        (QUIET_HOURS, ["23:00-07:00", "00:00 - 23:59"], ["23-7", "24:00-01:00"]),
        (MONEY, ["500.00 CNY", "-3 JPY"], ["5 yuan", "CNY", "1e9 CNY", "5CNY"]),
        (SPAN, ["30d", "24h"], ["1 month", "", "30"]),
    ],
)
def test_patterns_accept_what_is_parsed(
    shape: Any, good: list[str], bad: list[str]
) -> None:
    """The pattern of a text and its parser agree on these."""
    for text in good:
        assert re.search(shape.pattern, text), text
        assert shape.parse(text)
    for text in bad:
        assert not re.search(shape.pattern, text), text
        with pytest.raises(DefinitionError):
            shape.parse(text)


def test_own_sanctions_are_allowed_beside_the_shipped_ones() -> None:
    """Any name may stand where a sanction stands; the shipped ones are offered."""
    said = json.dumps(SCHEMA["$defs"]["Sanction"])
    assert all(f'"{word}"' in said for word in SANCTIONS)
