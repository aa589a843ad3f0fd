"""Whatever is read: a playbook, or `PlaybookError` and nothing else."""

import tomllib
from copy import deepcopy
from importlib.resources import files
from typing import Any, cast

from hypothesis import example, given
from hypothesis import strategies as st

from community_sdk.errors import PlaybookError
from community_sdk.playbook import Playbook, dumps, loads
from community_sdk.playbook._write import toml
from tests.unit.playbook.test_toml import TABLES, VALUES

SHELF = files("community_sdk.playbook").joinpath("library")
SMART_HOME = SHELF.joinpath("smart_home.toml").read_text("utf-8")


def read(text: str, **given: Any) -> Playbook | None:
    """A playbook, or None where mistakes were told."""
    try:
        return loads(text, **given)
    except PlaybookError as error:
        found = error.problems
    assert found
    for problem in found:
        assert "\n" not in problem.message
        assert len(problem.message) < 600
        assert problem.code
        assert "NoneType" not in str(problem)
    return None


@given(st.text())
def test_any_text(text: str) -> None:
    """Letters at random are told to be no playbook."""
    assert read(text) is None


@given(st.binary(max_size=200))
def test_any_bytes_as_latin(raw: bytes) -> None:
    """So are bytes."""
    assert read(raw.decode("latin-1")) is None


@given(TABLES)
def test_any_toml(plain: dict[str, object]) -> None:
    """So is TOML that is about something else."""
    assert read(toml(plain)) is None


KEYS = st.sampled_from(
    sorted(
        "format name version lateness parameters community group role tiers rulebook "
        "rule sanction events measures approval policy campaign kpi".split()
    )
)


@example({"policy": [{}]})
@given(st.dictionaries(KEYS, VALUES | st.lists(TABLES, max_size=3), max_size=8))
def test_toml_with_the_right_keys(plain: dict[str, object]) -> None:
    """Right names do not make anything else right."""
    assert read(toml({"format": 1, **plain})) is None or plain


def _places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, item in cast("dict[str, object]", value).items():
            found += _places(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(cast("list[object]", value)):
            found += _places(item, (*path, place))
    return found


SOUND = tomllib.loads(SMART_HOME)
PLACES = _places(SOUND)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(PLACES),
            st.sampled_from(["set", "drop", "add", "copy"]),
            VALUES
            | st.sampled_from(["message", "{{key}}", "{{x}}", "1 month", "owner"]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_a_sound_playbook_damaged(damages: list[tuple[Any, str, object]]) -> None:
    """Values of any sort at any place: told, or still a playbook."""
    plain: Any = tomllib.loads(SMART_HOME)
    for place, how, value in damages:
        holder: Any = plain
        try:
            for step in place[:-1]:
                holder = holder[step]
            if how == "set":
                holder[place[-1]] = value
            elif how == "drop":
                del holder[place[-1]]
            elif how == "copy":
                holder[place[-1]] = deepcopy(SOUND[PLACES[len(str(value)) % 50][0]])
            else:
                holder["strange"] = value
        except (KeyError, IndexError, TypeError):
            continue
    book = read(toml(plain))
    if book is not None:
        assert loads(dumps(book)) == book


@given(st.integers(0, len(SMART_HOME)), st.integers(0, 40), st.text(max_size=3))
def test_a_sound_text_damaged(start: int, length: int, other: str) -> None:
    """Letters lost and put in anywhere."""
    read(SMART_HOME[:start] + other + SMART_HOME[start + length :])


@given(st.text(max_size=30), st.text(max_size=30))
def test_parameters_of_any_text(key: str, hours: str) -> None:
    """What is given for a parameter is told or stands as it is."""
    book = read(SMART_HOME, key=key, quiet_hours=hours)
    if book is not None:
        assert book.community.key == key
