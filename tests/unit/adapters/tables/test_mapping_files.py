"""Mapping files: read whole, with every mistake at once."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk.adapters.tables import MappingError, load_mapping, mapping_of
from community_sdk.errors import DefinitionError, WorldError
from community_sdk.wording import say_problem
from tests.unit.adapters.tables.foreign import PLAIN, mapping

SAMPLES = Path(__file__).parents[4] / "examples" / "mappings"

TWENTY = """
format = 2
sourcce = "x"
key = [1]
zone = "Asia/Shangai"
fold = "earliest"
duplicates = 3

[fields]
at = { column = "at", format = "isoo" }
length = "n"

[[skip]]
when = { kind = 1.5 }
[[skip]]
reason = "all"

[[event]]
kind = "messagee"
[[event]]
kind = "sanction_imposed"
[[event]]
kind = "message"
also = "yes"
wen = { kind = "x" }
[event.fields]
reply = { column = "a", const = true }
link = { const = "perhaps" }
[[event]]
kind = "purchase"
when = { kind = { noot = "x" }, also = { not = "x", empty = true } }
fields = { seq = { column = "s", part = -1, default = 1.5 } }
"""


def mistakes(plain: dict[str, Any]) -> dict[str, str]:
    """Return the codes of what is wrong, by path."""
    with pytest.raises(MappingError) as caught:
        mapping_of(plain)
    assert isinstance(caught.value, DefinitionError)
    return {p.path: p.code for p in caught.value.problems}


def test_all_mistakes_at_once() -> None:
    """Every mistake is told with path, found word and nearest known word."""
    with pytest.raises(MappingError) as caught:
        mapping_of(tomllib.loads(TWENTY), name="m.toml")
    error = caught.value
    found = {p.path: p for p in error.problems}
    assert set(found) >= {
        "format", "sourcce", "source", "key", "fold", "duplicates",
        "fields.at.format", "fields.length", "skip[0].reason", "skip[0].when.kind",
        "skip[1].when", "event[0].kind", "event[1].kind", "event[2].also",
        "event[2].wen", "event[2].fields.reply", "event[3].when.kind.noot",
        "event[3].when.also", "event[3].fields.seq.part",
        "event[3].fields.seq.default",
    }  # fmt: skip
    assert found["sourcce"].hint == "did you mean `source`?"
    assert found["fold"].hint == "did you mean `earlier`?"
    assert found["event[0].kind"].hint == "did you mean `message`?"
    assert found["event[1].kind"].hint == "the engine makes it itself"
    assert found["fields.at.format"].hint == "did you mean `iso`?"
    assert str(error).startswith(f"{len(error.problems)} mistakes in `m.toml`\n")
    assert error.figures["count"] == str(len(error.problems))


def test_mistakes_in_fields() -> None:
    """Fields are checked against the class of the event."""
    rule = {
        "kind": "rule_broken",
        "fields": {
            "lengte": "n",
            "id": "i",
            "severity": {"const": "sever"},
            "weight": {"column": "w", "default": "two"},
            "automatic": {"column": "a", "values": {"x": "perhaps"}},
        },
    }
    found = mistakes({"format": 1, "source": "s", "event": [rule]})
    assert found == {
        "event[0].fields.lengte": "mapping.field",
        "event[0].fields.id": "mapping.field",
        "event[0].fields.severity": "table.word",
        "event[0].fields.weight": "table.whole",
        "event[0].fields.automatic": "table.flag",
        "event[0].fields": "mapping.needed",
    }
    found = mistakes({**PLAIN, "zone": "Asia/Shangai"})
    assert found == {"zone": "time.zone"}
    rule = {"kind": "custom", "fields": {"word": "w", "properties": "p"}}
    assert mistakes({**PLAIN, "event": [rule]}) == {
        "event[0].fields.properties": "mapping.field_kind"
    }


def test_tables_where_tables_belong() -> None:
    """Other values in the place of tables are named, not tripped over."""
    assert set(mistakes({"format": 1, "source": 7, "event": {}})) == {"source", "event"}
    found = mistakes({"format": 1, "source": "s", "event": [3], "fields": 3, "skip": 1})
    assert set(found) == {"event[0]", "event[0].kind", "fields", "skip"}
    found = mistakes(
        {
            "format": 1,
            "source": "s",
            "event": [
                {"kind": "left", "when": 1, "fields": {"at": 1.5, "seq": {"column": 7}}}
            ],
        }
    )
    assert set(found) == {
        "event[0].when",
        "event[0].fields.at",
        "event[0].fields.seq.column",
    }


@settings(max_examples=200)
@given(
    st.recursive(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(),
            st.floats(),
            st.text(max_size=5),
            st.sampled_from(["message", "at", "custom"]),
        ),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "kind",
                        "when",
                        "fields",
                        "column",
                        "const",
                        "not",
                        "values",
                        "event",
                        "skip",
                        "at",
                        "format",
                        "x",
                        "currency",
                        "default",
                        "properties",
                        "word",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_a_file_holds(plain: Any) -> None:
    """A mapping comes out, or mistakes with codes; nothing else is raised."""
    content = {
        "format": 1,
        "source": "s",
        **(plain if isinstance(plain, dict) else {"event": plain}),
    }
    error = None
    try:
        mapping_of(content)
    except MappingError as caught:
        error = caught
    wrong = () if error is None else error.problems
    assert error is None or wrong
    assert all(p.code and p.message for p in wrong)


def test_files(tmp_path: Path) -> None:
    """A file is read by path, marked or not; mistakes name it."""
    path = tmp_path / "m.toml"
    path.write_text("﻿" + (SAMPLES / "online_retail.toml").read_text("utf-8"), "utf-8")
    assert load_mapping(path).source == "online_retail"
    path.write_text("format = = 1", "utf-8")
    with pytest.raises(
        MappingError, match=r"expected TOML.*line 1 column 10"
    ) as caught:
        load_mapping(path)
    assert caught.value.source == "m.toml"
    assert say_problem(caught.value, "zh") == (
        "1 处错误（m.toml）：\n  （文件第 1 行）：不是合格的 TOML："
        "值写得不对；文字要加引号，数字和 `true`、`false` 不加（第 10 列）"
    )
    for content, code in (
        (b"\xff\xfe", "mapping.encoding"),
        (b"#" * (2**20 + 1), "mapping.large"),
        (b"a = " + b"[" * 5_000, "mapping.deep"),
    ):
        path.write_bytes(content)
        with pytest.raises(MappingError) as refused:
            load_mapping(str(path))
        assert [p.code for p in refused.value.problems] == [code]
    for missing in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(WorldError):
            load_mapping(missing)


@pytest.mark.parametrize("name", ["dd2030_slack", *sorted(SAMPLES.glob("*.toml"))])
def test_the_mappings_that_we_give_are_right(name: str | Path) -> None:
    """Shipped mappings and samples load."""
    found = load_mapping(name)
    assert found.source
    assert found.events


def test_a_mapping_is_a_value() -> None:
    """Equal files are equal mappings."""
    assert mapping() == mapping()
    assert mapping() != mapping(zone="UTC")
