"""`community-sdk backtest`: real files, plain words; and a real history."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from pathlib import Path

import pytest
from attrs import evolve

from community_sdk import load
from community_sdk.adapters.tables import Refusal, read_table
from community_sdk.backtest import AS_ACTED, Difference, Treatment, What, backtest
from community_sdk.decisions import ApplySanction
from community_sdk.events import Event
from community_sdk.model import CommunityId
from tests.e2e.command import english, said

EXAMPLES = Path(__file__).parents[2] / "examples"
CIRCLE = str(EXAMPLES / "7_backtest" / "circle.toml")
HISTORY = str(EXAMPLES / "7_backtest" / "history.csv")
LADDER = EXAMPLES / "7_backtest" / "ladder.toml"
MAPPING = EXAMPLES / "mappings" / "raku_irc_moderation.toml"
CALL = ("backtest", "--playbook", CIRCLE, "--against", CIRCLE)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, in English."""
    return english(tmp_path, monkeypatch)


def test_two_playbooks_of_one_name_are_called_by_what_tells_them_apart(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By their settings, else by their files; in Chinese no blank stays beside them."""
    more = ("--events", HISTORY, "--set-against", "fading=30d")
    _, out, _ = said(capsys, *CALL, *more, "--lang", "en")
    assert ": circle and circle (fading=30d)" in out
    _, out, _ = said(capsys, *CALL, *more, "--lang", "zh")
    assert "按“circle（fading=30d）”更轻" in out
    text = Path(CIRCLE).read_text("utf-8")
    for name in ("now.toml", "new.toml"):
        (here / name).write_text(text, "utf-8")
    call = ("backtest", "--playbook", "now.toml", "--against", "new.toml")
    _, out, _ = said(capsys, *call, *more, "--lang", "en")
    assert ": circle (now.toml) and circle (new.toml)" in out


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_two_settings(
    here: Path, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    """Text, a page, and every difference as a row."""
    more = ("--set-against", "fading=30d", "--report", "r.html", "--out", "d.csv")
    code, out, err = said(capsys, *CALL, "--events", HISTORY, *more, "--lang", lang)
    assert (code, err) == (0, "")
    assert ("2 of 4 members" in out) is (lang == "en")
    assert ("4 名成员中，有 2 人" in out) is (lang == "zh")
    assert "<svg" in (here / "r.html").read_text("utf-8")
    with (here / "d.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 5
    assert {row["member"] for row in rows} == {"bo", "cy"}
    assert all(row["why_first"] and row["why_second"] for row in rows)
    assert rows[-1]["parted_at"] == "2026-04-10T01:00:00+00:00"


def test_the_operators_may_stand_on_either_side(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Not on both."""
    words = ("backtest", "--playbook", CIRCLE, "--against", "operators")
    code, out, _ = said(capsys, *words, "--events", HISTORY)
    assert code == 0
    assert "the operators, as they acted" in out
    both = ("backtest", "--playbook", "operators", "--against", "operators")
    code, _, err = said(capsys, *both, "--events", HISTORY)
    assert (code, "expected a playbook to compare" in err) == (1, True)


def test_a_zone_for_both(capsys: pytest.CaptureFixture[str]) -> None:
    """Days are cut in it."""
    code, out, _ = said(capsys, *CALL, "--events", HISTORY, "--zone", "Europe/Paris")
    assert (code, "Time zone Europe/Paris" in out) == (0, True)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--events", "no.csv"), 1, "no.csv"),
        (("--events", HISTORY, "--zone", "Mars/One"), 1, "Mars/One"),
        (("--events", HISTORY, "--set", "fading"), 1, "--set NAME=VALUE"),
        (("--events", HISTORY, "--set-against", "fade=1d"), 1, "fade"),
        (("--events", HISTORY, "--mapping", "no.toml"), 1, "no.toml"),
        (("--events", HISTORY, "--out", HISTORY), 1, "same file"),
        (("--events", HISTORY, "--out", "no/d.csv"), 1, "mkdir"),
        (("--events", HISTORY, "--report", "d", "--out", "d"), 1, "same file"),
        ((), 2, "--events"),
    ],
)
def test_wrong_calls_are_explained(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, told: str
) -> None:
    """In one line, before any work."""
    found, out, err = said(capsys, *CALL, *words)
    assert (found, told in err) == (code, True)
    assert not out


def test_other_communities_and_other_files(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Playbooks of two communities, and one that is none."""
    words = ("backtest", "--playbook", CIRCLE, "--against", "smart_home")
    code, _, err = said(capsys, *words, "--events", HISTORY)
    assert (code, "playbooks of one community" in err) == (1, True)
    (here / "bad.toml").write_text("format = 1\n", "utf-8")
    words = ("backtest", "--playbook", CIRCLE, "--against", "bad.toml")
    assert said(capsys, *words, "--events", HISTORY)[0] == 1


def test_disorder_has_its_cure(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--sort` puts it right; an empty history has none."""
    head, *rows = Path(HISTORY).read_text("utf-8").splitlines()
    (here / "h.csv").write_text("\n".join([head, *rows[::-1]]) + "\n", "utf-8")
    code, _, err = said(capsys, *CALL, "--events", "h.csv")
    assert (code, "--sort" in err) == (1, True)
    assert said(capsys, *CALL, "--events", "h.csv", "--sort")[0] == 0
    (here / "e.csv").write_text(head + "\n", "utf-8")
    code, _, err = said(capsys, *CALL, "--events", "e.csv")
    assert (code, "expected events from outside" in err) == (1, True)


def test_refused_rows_are_written_down(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unreadable ones, future ones, those of others; the rest is compared."""
    text = Path(HISTORY).read_text("utf-8")
    more = "a,message,soon,bo,,1\nb,message,2999-01-01T00:00:00Z,bo,,1\n"
    (here / "h.csv").write_text(text + more, "utf-8")
    code, out, _ = said(capsys, *CALL, "--events", "h.csv", "--refused", "bad.jsonl")
    assert (code, "2 rows refused" in out) == (3, True)
    lines = (here / "bad.jsonl").read_text("utf-8").splitlines()
    codes = [json.loads(line)["code"] for line in lines]
    assert codes == ["table.time", "event.future"]


# -- a real history --------------------------------------------------------------------


def moderation(folder: Path) -> tuple[list[Event], dict[str, int]]:
    """Read 21 years of moderation; return events in order, and skips by reason."""
    path = folder / "raku_irc" / "moderation_2005_2026.csv.gz"
    table = read_table(path, MAPPING, community="raku")
    events: list[Event] = []
    for each in table:
        assert not isinstance(each, Refusal), str(each)
        events.append(each)
    events.sort(key=lambda e: (e.recorded_at, e.at, e.seq))
    return events, table.counts.skipped


@pytest.mark.data
def test_every_class_of_moderation_is_counted_twice(data_folder: Path) -> None:
    """By the mapping, and by plain reading: no row is lost or mistaken."""
    events, skipped = moderation(data_folder)
    path = data_folder / "raku_irc" / "moderation_2005_2026.csv.gz"
    plain: Counter[str] = Counter()
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            plain[_class(row)] += 1
    told: Counter[str] = Counter(
        f"{e.name} {getattr(e, 'measure', '')} {e.member is not None}" for e in events
    )
    assert told == {
        "sanction_ordered remove True": plain["kick"],
        "sanction_ordered ban True": plain["ban named"] + plain["ban inferred"],
        "sanction_ordered mute True": plain["mute named"] + plain["mute inferred"],
        "mask_banned  False": plain["ban mask"],
        "mask_muted  False": plain["mute mask"],
        "ban_lifted  True": plain["unban named"],
        "ban_lifted  False": plain["unban mask"],
        "mute_lifted  True": plain["unmute named"],
        "mute_lifted  False": plain["unmute mask"],
        "left  True": plain["self"],
        "role_assigned  True": plain["op"],
        "role_ended  True": plain["deop"],
    }
    assert skipped == {
        "what was done to bots": plain["bot"],
        "bans that a server applied again": plain["server"],
        "modes of channels": plain["channel"],
    }
    assert plain["server"] == 97
    assert sum(plain.values()) == 3929


def _class(row: dict[str, str]) -> str:
    extra = json.loads(row["extra"] or "{}")
    kind = row["kind"]
    if row["is_bot"] == "1":
        return "bot"
    if kind.startswith("channel"):
        return "channel"
    if kind in ("op", "deop"):
        return kind
    if kind == "kick":
        return "self" if extra.get("self") else "kick"
    if extra.get("by_server"):
        return "server"
    if row["member"]:
        return f"{kind} named"
    return f"{kind} {'inferred' if extra.get('inferred') else 'mask'}"


@pytest.mark.data
@pytest.mark.parametrize("name", ["standard_regulation", "smart_home"])
def test_21_years_fold_without_an_error(data_folder: Path, name: str) -> None:
    """Under playbooks that were not made for them, too."""
    events, _ = moderation(data_folder)
    book = load(name, key="raku") if name == "standard_regulation" else load(name)
    engine = book.engine()
    events = [e for e in events if e.name in book.words or e.kind != "custom"]
    if name == "smart_home":
        events = [evolve(e, community=CommunityId("")) for e in events]
    steps = list(engine.replay(events))
    assert sum(step.duplicate for step in steps) == 1
    assert len(engine.members) == 335


@pytest.mark.data
def test_what_a_ladder_would_have_done_differently(data_folder: Path) -> None:
    """The figures of the page about it, with reasons on both sides."""
    events, _ = moderation(data_folder)
    told: list[Difference] = []
    found = backtest(events, AS_ACTED, load(LADDER), on_difference=told.append)
    rows = {(r.what, r.one, r.open_one, r.other): r.count for r in found.differences}
    measure, only = What.MEASURE, What.ONLY_ONE
    assert rows == {
        (measure, "remove", False, "warning"): 117,
        (measure, "ban", True, "warning"): 85,
        (measure, "ban", True, "mute"): 8,
        (measure, "mute", True, "warning"): 1,
        (only, "remove", False, ""): 61,
        (only, "ban", True, ""): 46,
        (only, "mute", True, ""): 2,
    }
    assert found.members == {
        Treatment.WORSE: 0,
        Treatment.BETTER: 198,
        Treatment.DIFFERENT: 0,
        Treatment.SAME: 137,
    }
    assert (found.same, found.different) == (1, 320)
    assert all(d.why_one is not None and d.why_other is not None for d in told)
    first = {d.member: d for d in reversed(told)}
    out = [d for d in first.values() if isinstance(d.one, ApplySanction)]
    assert len(out) == 198
