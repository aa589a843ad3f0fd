"""What mappings make of rows: rules, fields, times, money, ids."""

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
from community_sdk.events import Event, MessagePosted, PurchaseMade
from community_sdk.model import Money, Severity
from tests.unit.adapters.tables.foreign import (
    HEADER,
    ROW,
    mapping,
    one_rule,
    parted,
    read,
)

AT = "2026-11-21T08:00:00Z"


def one(folder: Path, rules: Mapping, **cells: str) -> Event | Refusal:
    """Read a table of one row."""
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells.values()]
    content = ",".join(cells) + "\n" + ",".join(quoted) + "\n"
    (folder / "t.csv").write_text(content, encoding="utf-8")
    (found,) = read_table(folder / "t.csv", rules)
    return found


def refused(found: Event | Refusal) -> tuple[str, str]:
    """Return code and hint of a refusal."""
    assert isinstance(found, Refusal)
    return found.code, found.hint


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


@pytest.mark.parametrize(
    ("cell", "length"),
    [
        ("3", 3),
        ("-3", -3),
        ("+4", 4),
        ("12.0", 12),
        (" 7 ", 7),
        ("", 0),
        (str(2**63 - 1), 2**63 - 1),
    ],
)
def test_whole_numbers(tmp_path: Path, cell: str, length: int) -> None:
    """Whole is what is whole; an empty cell leaves the default."""
    found = one(tmp_path, one_rule("message", length="n"), n=cell)
    assert isinstance(found, MessagePosted)
    assert found.length == length


@pytest.mark.parametrize(
    "cell",
    ["3.5", "1e3", "three", "٣", "1,000", str(2**63), "9" * 30, "true", "0x10", "1_0"],
)
def test_what_is_no_whole_number(tmp_path: Path, cell: str) -> None:
    """Nothing is rounded or guessed; column and cell are named."""
    found = one(tmp_path, one_rule("message", length="n"), n=cell)
    assert isinstance(found, Refusal)
    assert (found.code, found.figures["column"]) == ("table.whole", "n")
    assert "column `n`" in found.message


@pytest.mark.parametrize(
    ("cell", "reply"),
    [
        ("1", True),
        ("yes", True),
        ("TRUE", True),
        ("是", True),
        ("0", False),
        ("No", False),
        ("否", False),
        ("", False),
    ],
)
def test_flags(tmp_path: Path, cell: str, *, reply: bool) -> None:
    """Flags are read in the spellings of tables."""
    found = one(tmp_path, one_rule("message", reply="f"), f=cell)
    assert isinstance(found, MessagePosted)
    assert found.reply is reply
    assert refused(one(tmp_path, one_rule("message", reply="f"), f="yess")) == (
        "table.flag",
        "did you mean `yes`?",
    )


def test_severities_are_words(tmp_path: Path) -> None:
    """Ordered words are read by name."""
    rules = one_rule("rule_broken", rule="r", severity="s", weight="w")
    found = one(tmp_path, rules, r="ads", s="Serious", w="2")
    assert isinstance(found, Event)
    assert getattr(found, "severity", None) is Severity.SERIOUS
    assert refused(one(tmp_path, rules, r="ads", s="sever", w="")) == (
        "table.word",
        "did you mean `severe`?",
    )
    assert refused(one(tmp_path, rules, r="", s="", w=""))[0] == "table.absent"
    empty = one(tmp_path, rules, r="ads", s="", w="")
    assert getattr(empty, "severity", 0) is None


@pytest.mark.parametrize(
    ("rule", "cells", "money"),
    [
        ({"column": "n", "currency": "CNY"}, {"n": "12.50"}, Money(1250, "CNY")),
        ({"column": "n", "currency": "JPY"}, {"n": "12.0"}, Money(12, "JPY")),
        (
            {"column": "n", "currency": "CNY", "minor": True},
            {"n": "1250"},
            Money(1250, "CNY"),
        ),
        (
            {"column": "n", "currency": "GBP", "absolute": True},
            {"n": "-1.5"},
            Money(150, "GBP"),
        ),
        (
            {"column": "n", "currency": {"column": "c"}},
            {"n": "1", "c": "EUR"},
            Money(100, "EUR"),
        ),
        (
            {"column": "n", "currency": {"column": "c", "default": "CNY"}},
            {"n": "1", "c": ""},
            Money(100, "CNY"),
        ),
        (
            {"column": "n", "currency": {"column": "c", "values": {"元": "CNY"}}},
            {"n": "1", "c": "元"},
            Money(100, "CNY"),
        ),
        ({"column": "n"}, {"n": "12.50 CNY"}, Money(1250, "CNY")),
    ],
)
def test_money(
    tmp_path: Path, rule: dict[str, Any], cells: dict[str, str], money: Money
) -> None:
    """Amounts keep every unit and their currency."""
    found = one(tmp_path, one_rule("purchase", money=rule), **cells)
    assert isinstance(found, PurchaseMade)
    assert found.money == money


@pytest.mark.parametrize(
    ("rule", "cells", "code"),
    [
        ({"column": "n", "currency": "CNY"}, {"n": "12.505"}, "money.decimals"),
        ({"column": "n", "currency": "JPY"}, {"n": "12.5"}, "money.decimals"),
        ({"column": "n", "currency": "CNY"}, {"n": "1,250"}, "money.decimals"),
        ({"column": "n", "currency": "CNY"}, {"n": "NaN"}, "money.decimals"),
        (
            {"column": "n", "currency": "CNY", "minor": True},
            {"n": "12.5"},
            "table.whole",
        ),
        ({"column": "n", "currency": "CNY"}, {"n": ""}, "table.absent"),
        (
            {"column": "n", "currency": {"column": "c"}},
            {"n": "1", "c": ""},
            "table.currency",
        ),
        (
            {"column": "n", "currency": {"column": "c"}},
            {"n": "", "c": ""},
            "table.absent",
        ),
        (
            {"column": "n", "currency": {"column": "c"}},
            {"n": "1", "c": "yuan"},
            "money.currency",
        ),
        ({"column": "n"}, {"n": "12.50"}, "table.money"),
        ({"column": "n"}, {"n": ""}, "table.absent"),
    ],
)
def test_money_is_never_guessed(
    tmp_path: Path, rule: dict[str, Any], cells: dict[str, str], code: str
) -> None:
    """Excess decimals, missing currencies and odd numbers are refused."""
    assert refused(one(tmp_path, one_rule("purchase", money=rule), **cells))[0] == code


def test_words_that_stand_for_others(tmp_path: Path) -> None:
    """`values` translates; what it does not know is refused, or the default."""
    rule = {"column": "x", "values": {"kick": "kicked", "ban": "banned"}}
    assert (
        getattr(one(tmp_path, one_rule("custom", word=rule), x="ban"), "word", "")
        == "banned"
    )
    assert refused(one(tmp_path, one_rule("custom", word=rule), x="bann")) == (
        "table.value",
        "did you mean `ban`?",
    )
    assert (
        refused(one(tmp_path, one_rule("custom", word=rule), x=""))[0] == "table.absent"
    )
    rule["default"] = "other"
    for cell in ("bann", ""):
        assert (
            getattr(one(tmp_path, one_rule("custom", word=rule), x=cell), "word", "")
            == "other"
        )


def test_parts_of_a_cell(tmp_path: Path) -> None:
    """`split` and `part` take one piece; where there is none, the cell is empty."""
    rule = {"column": "x", "split": "/", "part": 1}
    assert (
        getattr(one(tmp_path, one_rule("custom", word=rule), x="a/b/c"), "word", "")
        == "b"
    )
    assert (
        refused(one(tmp_path, one_rule("custom", word=rule), x="a"))[0]
        == "table.absent"
    )


def test_cells_of_json(tmp_path: Path) -> None:
    """Dotted paths lead into a cell of JSON; absent keys are empty cells."""
    rules = one_rule("message", reply_to="extra.to.id", length={"json": "extra.n"})
    found = one(tmp_path, rules, extra='{"to": {"id": "bo"}, "n": 4}')
    assert isinstance(found, MessagePosted)
    assert (found.reply_to, found.length) == ("bo", 4)
    for cell in ("", "{}", "[]", '{"to": 1}', '{"to": null}'):
        assert isinstance(one(tmp_path, rules, extra=cell), MessagePosted)
    assert refused(one(tmp_path, rules, extra="{to: 1}"))[0] == "table.cell_json"
    assert refused(one(tmp_path, rules, extra='{"n": 4.5}'))[0] == "table.whole"


def test_properties_are_named_scalars(tmp_path: Path) -> None:
    """Own properties get names and kinds; empty ones are left out."""
    rule = {
        "city": "c",
        "age": {"column": "a", "kind": "whole"},
        "vip": {"column": "v", "kind": "flag"},
        "from": {"const": "shop"},
    }
    rules = one_rule("custom", word={"const": "bought"}, properties=rule)
    found = one(tmp_path, rules, c="上海", a="31", v="是")
    assert getattr(found, "properties", None) == {
        "city": "上海",
        "age": 31,
        "vip": True,
        "from": "shop",
    }
    found = one(tmp_path, rules, c="", a="", v="")
    assert getattr(found, "properties", None) == {"from": "shop"}
    assert refused(one(tmp_path, rules, c="", a="x", v=""))[0] == "table.whole"


def test_what_the_event_itself_refuses(tmp_path: Path) -> None:
    """Validators and times of the event are refusals too."""
    assert (
        refused(one(tmp_path, one_rule("head_counted", count="n"), n="-1"))[0]
        == "table.refused"
    )
    early = one_rule("left", recorded_at="r")
    assert (
        refused(one(tmp_path, early, r="2020-01-01T00:00:00Z"))[0]
        == "event.recorded_before"
    )


UTC8 = "2026-11-21T00:00:00"


@pytest.mark.parametrize(
    ("style", "cell", "at"),
    [
        ("iso", "2026-11-21T08:00:00+08:00", UTC8),
        ("iso", "2026-11-21 08:00", UTC8),
        ("iso", "2026-11-21", "2026-11-20T16:00:00"),
        ("iso", "2026-11-21T00:00:00.1234567Z", UTC8 + ".123456"),
        ("epoch", "1795219200", UTC8),
        ("epoch", "1795219200.5", UTC8 + ".500000"),
        ("epoch_ms", "1795219200250", UTC8 + ".250000"),
        ("epoch_us", "-1", "1969-12-31T23:59:59.999999"),
        ("%d/%m/%Y %H:%M", "21/11/2026 08:00", UTC8),
        ("%Y年%m月%d日 %H:%M", "2026年11月21日 08:00", UTC8),
        ("%d/%m/%Y %H:%M %z", "21/11/2026 08:00 +0800", UTC8),
    ],
)
def test_times(tmp_path: Path, style: str, cell: str, at: str) -> None:
    """Every way to write a time ends in the same instants."""
    rules = mapping(
        zone="Asia/Shanghai",
        fields={"at": {"column": "t", "format": style}},
        event=[{"kind": "left"}],
    )
    found = one(tmp_path, rules, t=cell)
    assert isinstance(found, Event), found
    assert found.at.tzinfo is UTC
    assert found.at.isoformat() == at + "+00:00"


NO_TIMES = (
    "21.11.2026 2026-02-30 2026-11-21T24:00Z 20261121 2026-W47-6 1795219200 "
    "0001-01-01T00:00:00+09:00"
).split()


@pytest.mark.parametrize(
    ("style", "cell"),
    [
        *[("iso", cell) for cell in NO_TIMES],
        ("epoch", "soon"),
        ("epoch", "9" * 20),
        ("epoch", "1e9"),
        ("epoch_ms", "99999999999999999999"),
        ("%d/%m/%Y", "2026-11-21"),
    ],
)
def test_what_is_no_time(tmp_path: Path, style: str, cell: str) -> None:
    """Other texts are refused with what was expected."""
    rules = mapping(
        fields={"at": {"column": "t", "format": style}}, event=[{"kind": "left"}]
    )
    found = one(tmp_path, rules, t=cell)
    assert isinstance(found, Refusal)
    assert (found.code, found.figures["format"]) == ("table.time", style)


def test_local_times_want_a_zone(tmp_path: Path) -> None:
    """Without one they are refused; the caller's zone comes before the mapping's."""
    row = HEADER + "2026-11-21T08:00:00,ann,leave,\n"
    code = read(tmp_path, row)[1][0]
    assert (code.code, "zone" in code.hint) == ("table.naive", True)
    (event,) = read(tmp_path, row, zone="Asia/Tokyo", mapping=mapping(zone="UTC"))[0]
    assert event.at == datetime(2026, 11, 20, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fold", "cell", "expected"),
    [
        ("earlier", "2025-10-26T01:30:00", "2025-10-26T00:30:00+00:00"),
        ("later", "2025-10-26T01:30:00", "2025-10-26T01:30:00+00:00"),
        ("refuse", "2025-10-26T01:30:00", "table.twice_time"),
        ("earlier", "2025-10-26T02:00:00", "2025-10-26T02:00:00+00:00"),
        ("earlier", "2025-03-30T01:30:00", "table.skipped_time"),
        ("later", "2025-03-30T01:30:00", "table.skipped_time"),
        ("refuse", "2025-03-30T02:00:00", "2025-03-30T01:00:00+00:00"),
    ],
)
def test_hours_that_clocks_repeat_or_skip(
    tmp_path: Path, fold: str, cell: str, expected: str
) -> None:
    """Equal local times follow the rule that is stated, skipped ones are refused."""
    rules = mapping(
        zone="Europe/London", fold=fold, fields={"at": "t"}, event=[{"kind": "left"}]
    )
    found = one(tmp_path, rules, t=cell)
    shown = found.code if isinstance(found, Refusal) else found.at.isoformat()
    assert shown == expected


LOCAL = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 - local times
    datetime(2037, 1, 1),  # noqa: DTZ001
)


@given(LOCAL, st.sampled_from(["earlier", "later"]))
def test_local_times_come_back(local: datetime, fold: Any) -> None:
    """A local time that was read is that time on the clocks of its zone."""
    from zoneinfo import ZoneInfo

    from community_sdk.adapters.tables.mapping._times import times
    from community_sdk.errors import HistoryError

    zone = ZoneInfo("America/New_York")
    exists = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    read_in = times("iso", zone, fold)
    if exists.replace(tzinfo=None) != local:
        with pytest.raises(HistoryError, match="skipped"):
            read_in(local.isoformat())
        return
    at = read_in(local.isoformat())
    assert at is not None
    assert at.astimezone(zone).replace(tzinfo=None) == local


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
