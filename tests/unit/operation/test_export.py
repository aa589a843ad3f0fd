"""Subject access: everything about one person, in two languages, nobody else (S29)."""

from __future__ import annotations

import json
import re
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk import Operation
from community_sdk.adapters.stores.memory import MemoryStore
from community_sdk.errors import HistoryError
from community_sdk.operation import MemberExport, export_member
from community_sdk.testing import strategies as cst
from tests.unit.operation.persons import ANN, BO, KIM, OTHERS, PHONE, beside, running


def export(name: str = ANN, **more: Any) -> MemberExport:
    """Export one member of the circle."""
    return export_member(running(MemoryStore()), name, **more)


def rows(found: MemberExport, sort: str) -> list[dict[str, Any]]:
    """One list of what was exported."""
    return cast("list[dict[str, Any]]", found.content[sort])


def test_every_sort_of_record_is_there() -> None:
    """Membership, record, role, duty, blacklist, events, acts, decisions, profile."""
    found = export(beside=beside())
    assert found.content["accounts"] == [ANN, PHONE]
    assert found.content["member"] == ANN
    assert found.content["community"] == "circle"
    assert found.content["groups"] == {"hall": "2026-05-01T02:00:00+00:00"}
    counts = {
        sort: len(rows(found, sort))
        for sort in ("strikes", "sanctions", "duties", "roles", "blacklists")
    }
    assert set(counts.values()) == {1}, counts
    kinds = [row["kind"] for row in rows(found, "events")]
    assert kinds.count("message") == 2
    assert {"join_requested", "blacklisted", "sanction_imposed"} <= {*kinds}
    assert [row["kind"] for row in rows(found, "acts")] == [
        "join_requested",
        "rule_broken",
    ]
    assert {row["kind"] for row in rows(found, "decisions")} >= {
        "admit",
        "apply_sanction",
    }
    assert found.content["beside"] == {
        "profiles": {name: {"name": f"name of {name}"} for name in (ANN, PHONE)},
        "texts": {"t-ann": "words of ann", "t-phone": "words of phone"},
    }


@pytest.mark.parametrize("name", [ANN, BO, KIM])
def test_nobody_else_is_in_it(name: str) -> None:
    """Neither in the data nor in the words; what others answered neither."""
    found = export(name, beside=beside())
    told = json.dumps(found.content, ensure_ascii=False)
    for text in (told, found.text("zh"), found.text("en")):
        assert name in text
        assert not any(other in text for other in {ANN, BO, KIM, "lin-5b"} - {name})
    assert ("of bo" in told) is (name == BO)


def test_an_account_is_its_person() -> None:
    """Whichever account asks, the answer is the same."""
    assert export(PHONE).content == export().content


@pytest.mark.parametrize(
    ("lang", "parts"),
    [
        ("zh", ("全部记录", "禁发广告", "禁言", "活动黑名单（spring）", "自我介绍")),
        ("en", ("All that is on record", "mute", "“spring”", "introduce yourself")),
    ],
)
def test_it_can_be_read(lang: str, parts: tuple[str, ...]) -> None:
    """The record and each decision with its reason, in words and local time."""
    text = export().text(lang)
    for part in parts:
        assert part in text
    assert "{" not in text
    assert ("2026年5月1日" in text) is (lang == "zh")


def test_what_is_exported_can_be_kept_as_json() -> None:
    """Only builtins, equal after a round trip; instants are texts."""
    content = export(beside=beside()).content
    assert json.loads(json.dumps(content)) == content
    assert rows(export(), "strikes")[0]["occurred"] == "2026-05-01T11:00:00+00:00"


def test_nothing_is_known_of_a_stranger() -> None:
    """A mistake with its cure."""
    with pytest.raises(HistoryError, match="nothing is known of member `nobody`"):
        export("nobody")


@st.composite
def runs(draw: st.DrawFn) -> tuple[Any, list[Any]]:
    """Draw a playbook and a history that moves it."""
    book = draw(cst.playbooks())
    return book, draw(cst.histories(playbook=book, max_size=20))


@given(runs())
@settings(max_examples=25)
def test_no_other_pseudonym_is_ever_exported(run: tuple[Any, list[Any]]) -> None:
    """INVARIANT: whatever happened, an export names its own accounts alone."""
    book, events = run
    operation = Operation.open(book, MemoryStore())
    list(operation.record_all(events))
    people = {str(e.member) for e in operation.history() if e.member is not None}
    for person in sorted(people):
        found = export_member(operation, person)
        values = {*_leaves(found.content)}
        told = found.text("en")
        for other in people - {*cast("list[str]", found.content["accounts"])}:
            assert other not in values
            assert not re.search(rf"\b{re.escape(other)}\b", told)


def _leaves(value: Any) -> Any:
    if isinstance(value, dict):
        for name, each in cast("dict[str, Any]", value).items():
            yield name
            yield from _leaves(each)
    elif isinstance(value, (list, tuple)):
        for each in cast("list[Any]", value):
            yield from _leaves(each)
    else:
        yield value


def test_others_are_counted_in_the_fixture() -> None:
    """The circle names others in events about ann, so that there is what to hide."""
    told = [e for e in running(MemoryStore()).history() if e.member == ANN]
    assert {str(e.actor) for e in told} & {*OTHERS}
