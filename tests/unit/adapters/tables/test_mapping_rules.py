"""What mappings make of rows: rules, skips, ids."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk.adapters.tables import (
    EventRule,
    FieldRule,
    Mapping,
    Refusal,
    SkipRule,
    When,
    mapping_of,
    read_table,
)
from community_sdk.events import Event, MessagePosted
from tests.unit.adapters.tables.foreign import (
    AT,
    HEADER,
    ROW,
    mapping,
    one,
    parted,
    read,
    refused,
)


def test_rows_become_events(tmp_path: Path) -> None:
    """Every field lands where the mapping says, with source and community."""
    events, _, _ = read(tmp_path, HEADER + ROW, community="c")
    (event,) = events
    assert isinstance(event, MessagePosted)
    assert event.length == 3
    assert (event.member, event.source, event.community) == ("ann", "s", "c")
    assert event.at == datetime(2026, 11, 21, 8, tzinfo=UTC)
    assert event.id.startswith("s:")


def test_skips_are_counted_by_reason(tmp_path: Path) -> None:
    """Rows that are no events are neither delivered nor refused."""
    rules = mapping(skip=[{"reason": "bots", "when": {"who": ["bo", "cy"]}}])
    content = HEADER + ROW + ROW.replace("ann", "bo") * 2 + ROW.replace("ann", "cy")
    events, refusals, table = read(tmp_path, content, mapping=rules)
    assert (len(events), refusals) == (1, [])
    assert table.counts.skipped == {"bots": 3}
    assert table.counts.rows == 4


def test_the_first_rule_wins_unless_it_says_also(tmp_path: Path) -> None:
    """With `also`, one row is several events with ids of their own."""
    also = {"kind": "introduced", "when": {"who": "ann"}}
    message = {"kind": "message", "when": {"kind": "message"}}
    for again, kinds in ((True, ["introduced", "message"]), (False, ["introduced"])):
        rules = mapping(event=[{**also, "also": again}, message], key="kind")
        events, refusals, table = read(tmp_path, HEADER + ROW, mapping=rules)
        assert [event.kind for event in events] == kinds
        assert refusals == []
        assert [e.id for e in events] == ["s:message", "s:message/message"][
            : len(kinds)
        ]
        assert table.counts.events == len(kinds)
    rules = mapping(event=[message, {**also, "also": True}])
    assert [e.kind for e in read(tmp_path, HEADER + ROW, mapping=rules)[0]] == [
        "message"
    ]


def test_a_later_event_may_be_refused_alone(tmp_path: Path) -> None:
    """What one rule made of a row stands, whatever a later one refuses."""
    rules = mapping(
        event=[
            {"kind": "introduced", "also": True},
            {"kind": "message", "fields": {"length": "who"}},
        ]
    )
    events, refusals, table = read(tmp_path, HEADER + ROW, mapping=rules)
    assert [e.kind for e in events] == ["introduced"]
    assert [r.code for r in refusals] == ["table.whole"]
    assert (table.counts.rows, table.counts.events, table.counts.refused) == (1, 1, 1)


@pytest.mark.parametrize(
    ("test", "cell", "passes"),
    [
        ("a", "a", True),
        ("a", " a ", True),
        ("a", "b", False),
        (["a", "b"], "b", True),
        ({"not": "a"}, "a", False),
        ({"not": ["a", "b"]}, "c", True),
        ({"not": "a"}, "", True),
        ({"empty": True}, " ", True),
        ({"empty": True}, "x", False),
        ({"empty": False}, "x", True),
        ({"empty": False}, "", False),
        ("", "", True),
        ({"not": ""}, "", False),
        (True, "1", True),
        (True, "是", True),
        (True, "no", False),
        (True, "maybe", False),
        (False, "0", True),
        (False, "", False),
        ({"not": True}, "", True),
        (7, "7", True),
    ],
)
def test_tests_of_a_cell(tmp_path: Path, test: Any, cell: str, *, passes: bool) -> None:
    """Equal, one of, not, empty, and flags in every spelling."""
    rules = mapping(
        fields={"at": {"const": AT}}, event=[{"kind": "left", "when": {"x": test}}]
    )
    assert isinstance(one(tmp_path, rules, x=cell), Event) is passes


def test_a_row_without_a_rule_is_refused_with_the_nearest_word(tmp_path: Path) -> None:
    """The word that no rule knows is named."""
    code, hint = refused(
        one(tmp_path, mapping(), at=AT, who="a", kind="leav", length="")
    )
    assert (code, hint) == ("table.unmatched", "did you mean `leave`?")
    two = mapping(event=[{"kind": "left", "when": {"kind": {"not": "x"}}}])
    code, hint = refused(one(tmp_path, two, at=AT, who="a", kind="x"))
    assert (code, hint) == ("table.unmatched", "add a rule, or skip such rows")


@given(
    words=st.lists(st.sampled_from("abcd"), min_size=1, max_size=6),
    cell=st.sampled_from("abcdé"),
)
def test_the_index_of_rules_changes_nothing(words: list[str], cell: str) -> None:
    """Rules are found as if they were tried one by one."""
    from community_sdk.adapters._rows import Counts, Row
    from community_sdk.adapters.tables.mapping import bind

    rules = [
        EventRule(
            kind="custom",
            when=(When(column="x", words=(word,)),),
            fields={"at": FieldRule(const=AT), "word": FieldRule(const=str(n))},
        )
        for n, word in enumerate(words)
    ]
    rules.insert(
        2,
        EventRule(
            kind="custom",
            when=(When(column="y"),),
            fields={"at": FieldRule(const=AT), "word": FieldRule(const="free")},
        ),
    )
    rules = rules[: len(words)]
    table = Mapping(source="s", events=tuple(rules))
    (found,) = bind(table, ("x", "y"), source="t").translate(
        Row(1, {"x": cell, "y": None}), Counts()
    )
    fits = [r for r in rules if r.when[0].column == "y" or cell in r.when[0].words]
    if fits:
        assert getattr(found, "word", None) == fits[0].fields["word"].const
    else:
        assert isinstance(found, Refusal)


def test_ids_come_from_the_key(tmp_path: Path) -> None:
    """Key columns make the id; a long key is digested, an empty one refused."""
    content = (
        HEADER
        + ROW
        + ROW.replace("ann", "k" * 300)
        + "2026-11-21T08:00:00Z,,message,3\n"
    )
    events, refusals, _ = read(tmp_path, content, mapping=mapping(key=["who"]))
    assert events[0].id == "s:ann"
    assert len(events[1].id) < 40
    assert [(r.line, r.code) for r in refusals] == [(4, "table.key")]
    (event,) = read(tmp_path, HEADER + ROW, mapping=mapping(key=["who", "kind"]))[0]
    assert event.id == "s:ann|message"


def test_without_key_equal_rows_are_one_event_or_numbered(tmp_path: Path) -> None:
    """By default the same row is the same event, whatever stands around it."""
    content = HEADER + ROW * 3 + ROW.replace("ann", "bo")
    same = [e.id for e in read(tmp_path, content)[0]]
    assert len(set(same)) == 2
    wider = content.replace("length", "length,more").replace(",3\n", ",3,\n")
    assert [e.id for e in read(tmp_path, wider)[0]] == same
    own = [
        e.id for e in read(tmp_path, content, mapping=mapping(duplicates="distinct"))[0]
    ]
    assert len(set(own)) == 4
    assert own[:3] == [same[0], f"{same[0]}#2", f"{same[0]}#3"]


def test_mappings_may_be_built_in_python(tmp_path: Path) -> None:
    """The values of a file and those of Python are the same."""
    built = Mapping(
        source="s",
        events=(EventRule(kind="left", when=(When(column="kind", words=("leave",)),)),),
        skips=(SkipRule(reason="rest", when=(When(column="kind", negated=True),)),),
        fields={
            "at": FieldRule(column="at"),
            "member": FieldRule(column="who", required=True),
        },
    )
    read_in = mapping_of(
        {
            "format": 1,
            "source": "s",
            "skip": [{"reason": "rest", "when": {"kind": {"empty": False}}}],
            "event": [{"kind": "left", "when": {"kind": "leave"}}],
            "fields": {"at": "at", "member": {"column": "who", "required": True}},
        }
    )
    assert built == read_in
    _, refusals, table = read(
        tmp_path, HEADER + ROW + "2026-11-21T08:00:00Z,,,\n", mapping=built
    )
    assert table.counts.skipped == {"rest": 1}
    assert [r.code for r in refusals] == ["table.unmatched"]


def test_rows_of_objects_need_no_columns(tmp_path: Path) -> None:
    """In JSON Lines each row has its own keys; dots lead inside."""
    wanted = {"type": "m", "user.bot": False}
    rules = mapping(
        fields={"at": {"const": AT}, "member": "user.id"},
        event=[{"kind": "message", "when": wanted, "fields": {"length": "n"}}],
    )
    lines: list[dict[str, Any]] = [
        {"type": "m", "user": {"id": "ann", "bot": False}, "n": 3},
        {"type": "m", "user.id": "bo", "user.bot": 0},
        {"type": "m", "user": {"id": "cy", "bot": True}},
        {"type": "m", "user": {"id": "di", "bot": False}, "n": True},
    ]
    path = tmp_path / "t.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    events, refusals = parted(read_table(path, rules))
    assert [event.member for event in events] == ["ann", "bo"]
    assert [(r.line, r.code) for r in refusals] == [
        (3, "table.unmatched"),
        (4, "table.whole"),
    ]
