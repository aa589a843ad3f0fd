"""Tables in our own format need no mapping."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community_sdk import codec
from community_sdk.adapters.tables import Refusal, Table, read_table
from community_sdk.errors import DefinitionError, HistoryError
from community_sdk.events import DERIVED, EXOGENOUS, Custom, Event, PurchaseMade
from community_sdk.model import Money
from community_sdk.wording import say_problem
from tests.unit.adapters.tables.foreign import parted
from tests.unit.codec.plain_values import of_class


def own(folder: Path, content: str, name: str = "t.csv", **options: Any) -> Table:
    """Write a table and open it without a mapping."""
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return read_table(path, **options)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_logs_come_back(tmp_path: Path, data: st.DataObject) -> None:
    """What the codec writes line by line is read; facts of the engine are skipped."""
    classes = st.sampled_from([*EXOGENOUS, *DERIVED])
    drawn = data.draw(st.lists(classes.flatmap(of_class), max_size=6))
    table = own(tmp_path, "".join(codec.dumps(e) + "\n" for e in drawn), "t.jsonl")
    events, refusals = parted(table)
    assert refusals == []
    assert events == [e for e in drawn if isinstance(e, EXOGENOUS)]
    assert sum(table.counts.skipped.values()) == len(drawn) - len(events)


def test_columns_are_called_like_fields(tmp_path: Path) -> None:
    """Cells are read by the types of the fields, money and properties included."""
    content = (
        "kind,id,at,member,length,reply,money,order,word,properties.city,properties.n\n"
        "message,e1,2026-11-21T08:00:00Z,ann,3,yes,,,,,\n"
        "purchase,e2,2026-11-21T08:00:00+08:00,ann,,,12.50 CNY,o1,,,\n"
        "custom,e3,2026-11-21T08:00:00Z,bo,,,,,moved,上海,3\n"
        "timer_fired,e4,2026-11-21T08:00:00Z,,,,,,,,\n"
    )
    table = own(tmp_path, content, community="c")
    events, refusals = parted(table)
    assert refusals == []
    assert [(e.kind, e.id, e.community, e.source) for e in events] == [
        ("message", "e1", "c", ""),
        ("purchase", "e2", "c", ""),
        ("custom", "e3", "c", ""),
    ]
    assert isinstance(events[1], PurchaseMade)
    assert events[1].money == Money(1250, "CNY")
    assert events[1].at == datetime(2026, 11, 21, tzinfo=UTC)
    assert isinstance(events[2], Custom)
    assert events[2].properties == {"city": "上海", "n": "3"}
    assert table.counts.skipped == {"facts that the engine makes itself": 1}


def test_what_our_own_rows_lack(tmp_path: Path) -> None:
    """Stray cells, unknown kinds, missing values and ids are refused one by one."""
    content = (
        "kind,id,at,member,length,count\n"
        "left,e1,2026-11-21T08:00:00Z,ann,3,\n"
        "lefft,e2,2026-11-21T08:00:00Z,ann,,\n"
        "purchase,e3,2026-11-21T08:00:00Z,ann,,\n"
        "left,,2026-11-21T08:00:00Z,ann,,\n"
        "left,e5,,ann,,\n"
        "left,e6,2026-11-21T08:00:00,ann,,\n"
    )
    _, refusals = parted(own(tmp_path, content))
    assert [(r.line, r.code) for r in refusals] == [
        (2, "table.stray"),
        (3, "table.unmatched"),
        (4, "table.absent"),
        (5, "table.key"),
        (6, "table.absent"),
        (7, "table.naive"),
    ]
    assert refusals[1].hint == "did you mean `left`?"
    events, refusals = parted(own(tmp_path, content, zone="Asia/Tokyo"))
    assert [e.id for e in events] == ["e6"]


def test_a_word_of_the_hosts_own_is_no_kind(tmp_path: Path) -> None:
    """Without a mapping nobody can add a rule: the cure is a row of `custom`."""
    content = (
        "kind,id,at,member,word\n"
        "sign_in,e1,2026-11-21T08:00:00Z,ann,\n"
        ",e2,2026-11-21T08:00:00Z,ann,\n"
        "custom,e3,2026-11-21T08:00:00Z,ann,sign_in\n"
    )
    events, (unknown, empty) = parted(own(tmp_path, content))
    assert [e.id for e in events] == ["e3"]
    assert str(unknown) == (
        "t.csv:2: expected a kind of event in column `kind`, found `sign_in` "
        "(for an event of your own write `custom`, and its word in column `word`)"
    )
    assert (unknown.code, empty.code) == ("table.unmatched", "table.unmatched")
    assert say_problem(unknown, "zh") == (
        "t.csv:2：`kind` 列的 `sign_in` 不是事件种类；"
        "自定义的事件请写 `custom`，并在 `word` 列写上这个词"
    )


def test_rows_without_an_id_get_a_digest(tmp_path: Path) -> None:
    """The digest is that of the row, in cells and in objects."""
    content = (
        "kind,at,member\nleft,2026-11-21T08:00:00Z,ann\n"
        + "left,2026-11-21T08:00:00Z,bo\n" * 2
    )
    ids = [e.id for e in parted(own(tmp_path, content))[0]]
    assert len(set(ids)) == 2
    lines = '{"kind": "left", "at": "2026-11-21T08:00:00Z", "member": "ann"}\n'
    assert [e.id for e in parted(own(tmp_path, lines * 2, "t.jsonl"))[0]] == ids[:1] * 2


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('{"kind": "lefft", "id": "e", "at": "2026-11-21T08:00:00Z"}', "codec.kind"),
        ('{"kind": "left", "id": "e", "at": "2026-11-21T08:00:00"}', "codec.naive"),
        (
            '{"kind": "left", "id": "e", "at": "2026-11-21T08:00:00Z", "seq": 1.0}',
            "codec.whole",
        ),
        ('{"kind": "admit", "id": "e", "at": "2026-11-21T08:00:00Z"}', "codec.kind"),
        ('{"kind": "left", "id": 1, "at": true}', "codec.mistakes"),
        ("{}", "codec.missing"),
    ],
)
def test_objects_that_are_no_events(tmp_path: Path, line: str, code: str) -> None:
    """The codec says why, and the refusal where."""
    (refusal,) = own(tmp_path, line + "\n", "t.jsonl")
    assert isinstance(refusal, Refusal)
    assert (refusal.line, refusal.code) == (1, code)


def test_objects_may_be_placed_in_a_zone(tmp_path: Path) -> None:
    """The caller's zone serves local times; bad ones stay refused."""
    line = '{{"kind": "left", "id": "e", "at": "{}"}}\n'
    content = (
        line.format("2026-11-21T08:00:00")
        + line.format("soon")
        + '{"kind": "left", "id": "e", "at": 3}\n'
    )
    events, refusals = parted(own(tmp_path, content, "t.jsonl", zone="Asia/Shanghai"))
    assert [e.at.isoformat() for e in events] == ["2026-11-21T00:00:00+00:00"]
    assert [r.code for r in refusals] == ["table.time", "codec.instant"]


def test_what_is_no_table_of_ours(tmp_path: Path) -> None:
    """Without `kind` there is nothing to go by; without a zone there is none."""
    with pytest.raises(HistoryError) as caught:
        list(own(tmp_path, "at,who,knd\n"))
    assert caught.value.code == "table.no_kind"
    assert "mapping" in caught.value.hint
    with pytest.raises(DefinitionError):
        own(tmp_path, "kind\n", zone="Asia/Shangai")


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.lists(
            st.sampled_from(
                [
                    "",
                    "left",
                    "message",
                    "custom",
                    "e",
                    "7",
                    "é",
                    "1",
                    "2026-11-21T08:00:00Z",
                ]
            ),
            min_size=6,
            max_size=6,
        ),
        max_size=5,
    )
)
def test_any_cells_are_read_or_refused(tmp_path: Path, rows: list[list[str]]) -> None:
    """No cell raises anything."""
    content = "kind,id,at,member,length,properties.x\n" + "".join(
        ",".join(r) + "\n" for r in rows
    )
    found: list[Event | Refusal] = list(own(tmp_path, content))
    assert len(found) <= len(rows)
    for each in found:
        if not isinstance(each, Refusal):
            assert codec.loads(codec.dumps(each)) == each
