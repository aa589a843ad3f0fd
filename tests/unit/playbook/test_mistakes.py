"""Every mistake at once: path, what was found, what was expected, the cure."""

from collections.abc import Iterator
from typing import Any

import pytest

from community_sdk.errors import PlaybookError, Problem
from community_sdk.playbook import loads

HEAD = 'format = 1\n[community]\nkey = "c"\n'


def mistakes(text: str, **given: Any) -> tuple[Problem, ...]:
    """What is wrong with a text."""
    with pytest.raises(PlaybookError) as caught:
        loads(text, "my.toml", **given)
    assert caught.value.source == "my.toml"
    assert "my.toml" in str(caught.value)
    return caught.value.problems


def one(text: str) -> Problem:
    """The one mistake of a text whose head is sound."""
    found = mistakes(HEAD + text)
    assert len(found) == 1, found
    return found[0]


MANY = """\
format = 1
nmae = "x"
version = 2
lateness = "7 dogs"

[community]
key = "c"
zone = "Asia/Shangai"
quiet_hours = "23-7"
groups = []

[[group]]
key = "hall"
capacity = 0

[[group]]
key = "hall"
capacity = 1.9

[[role]]
name = "owner"
rank = "12"

[[tiers]]
key = "grade"
tier = [{ key = "fan" }, { key = "fan" }, { titel = {} }]

[[rule]]
code = "ads"
severity = "sever"
weight = true

[measures]
a = "b and c"
b = 'count("message", "30d") >= 20'
d = "e"
e = "d"
f = "count("

[events]
words = ["signed_in", "message"]

[approval]
needs = 0
duty = "boss"

[[policy]]
kind = "penalty_laddr"

[[policy]]
kind = "penalty_ladder"
key = "ladder"
categories = ["adz"]
immediate = { ads = { at = 1, kind = "expel" } }
steps = [
  { at = 1, kind = "remindr" },
  { at = 0, kind = "mute", duration = "ninety" },
  { at = 3, kind = "remove", duration = "3d" },
]

[[policy]]
kind = "penalty_ladder"
key = "ladder"
steps = [{ at = 2, kind = "mute" }, { at = 1, kind = "reminder" }]

[[policy]]
kind = "rule_watch"
key = "watch"
rule = "flooding"
when = 'count("mesage", "30d") >= 20 and regular and has("role", "ownr")'
mode = "propose"

[[policy]]
kind = "funnel"
key = "funnel"
steps = [
  { event = "mesage" },
  { event = "message", where = { grop = "x" } },
]

[[campaign]]
key = "x"
since = 2026-01-01T10:00:00
until = "tomorrow"
groups = ["hal"]
budget = "5 yuan"
"""

# Line, path, what is said, part of the cure ("" where there is none).
EXPECTED = [
    (2, "nmae", "unknown key `nmae`", "did you mean `name`?"),
    (3, "version", "expected a text, found `2`", "put it in quotes"),
    (
        4,
        "lateness",
        "expected a duration such as `90d`, `24h` or `1 month`, found `7 dogs`",
        "",
    ),
    (
        8,
        "community.zone",
        "expected an IANA time zone such as `Asia/Shanghai`, found `Asia/Shangai`",
        "did you mean `Asia/Shanghai`?",
    ),
    (
        9,
        "community.quiet_hours",
        "expected quiet hours such as `23:00-07:00`, found `23-7`",
        "",
    ),
    (
        10,
        "community.groups",
        "unknown key `groups`",
        "it stands at the top of the file, as `[[group]]`",
    ),
    (14, "group[0].capacity", "expected at least 1, found `0`", ""),
    (
        17,
        "group[1].key",
        "expected each `key` once, found `hall` a second time",
        "the first is `group[0]`",
    ),
    (18, "group[1].capacity", "expected a whole number, found `1.9`", ""),
    (
        22,
        "role[0].rank",
        'expected a whole number, found `"12"`',
        "remove the quotes",
    ),
    (
        26,
        "tiers[0].tier[1].key",
        "expected each `key` once, found `fan` a second time",
        "the first is `tiers[0].tier[0]`",
    ),
    (26, "tiers[0].tier[2].titel", "unknown key `titel`", "did you mean `title`?"),
    (26, "tiers[0].tier[2]", "expected the key `key`", ""),
    (
        30,
        "rule[0].severity",
        "expected one of `minor`, `serious`, `severe`, found `sever`",
        "did you mean `severe`?",
    ),
    (31, "rule[0].weight", "expected a whole number, found `true`", ""),
    (
        34,
        "measures.a",
        "expected a name that `measures` defines, found `c` at column 7",
        "",
    ),
    (
        36,
        "measures.d",
        "expected measures that end in figures, found a ring: `d` → `e` → `d`",
        "",
    ),
    (
        38,
        "measures.f",
        "expected a condition, found the end at column 7",
        "",
    ),
    (
        41,
        "events.words[1]",
        "expected a word of its own, found `message`, which is shipped",
        "remove it: shipped events need no declaration",
    ),
    (44, "approval.needs", "expected at least 1, found `0`", ""),
    (
        48,
        "policy[0].kind",
        "expected a kind of policy, found `penalty_laddr`",
        "did you mean `penalty_ladder`?",
    ),
    (
        53,
        "policy[1].categories",
        "expected one of `ads`, found `adz`",
        "did you mean `ads`?",
    ),
    (
        54,
        "policy[1].immediate.ads.kind",
        (
            "expected one of `reminder`, `delete_content`, `education`, `phone_call`,"
            " `warning`, `mute`, `suspend`, `remove`, `ban`, found `expel`"
        ),
        "",
    ),
    (
        56,
        "policy[1].steps[0].kind",
        (
            "expected one of `reminder`, `delete_content`, `education`, `phone_call`,"
            " `warning`, `mute`, `suspend`, `remove`, `ban`, found `remindr`"
        ),
        "did you mean `reminder`?",
    ),
    (57, "policy[1].steps[1].at", "expected at least 1, found `0`", ""),
    (
        57,
        "policy[1].steps[1].duration",
        "expected a duration such as `90d`, `24h` or `1 month`, found `ninety`",
        "",
    ),
    (
        58,
        "policy[1].steps[2]",
        "expected no duration on `remove`, which is done at once",
        "remove `duration`, or choose mute, suspend or ban",
    ),
    (
        61,
        "policy[2]",
        (
            "expected steps of ladder `ladder` to rise, found `reminder` at 1 after"
            " `mute` at 2"
        ),
        "order steps by number; a later one is never milder",
    ),
    (
        63,
        "policy[2].key",
        "expected each `key` once, found `ladder` a second time",
        "the first is `policy[1]`",
    ),
    (69, "policy[3].rule", "expected one of `ads`, found `flooding`", ""),
    (
        70,
        "policy[3].when",
        "expected a name that `measures` defines, found `regular` at column 34",
        "",
    ),
    (
        70,
        "policy[3].when",
        "expected an event kind, found `mesage` at column 8",
        "did you mean `message`?",
    ),
    (
        70,
        "policy[3].when",
        "expected a role that the playbook has, found `ownr` at column 59",
        "did you mean `owner`?",
    ),
    (
        71,
        "policy[3].mode",
        "expected a role `boss` that can agree, found none",
        'add `[[role]] name = "boss"`, or name another in `[approval]`',
    ),
    (73, "policy[4]", "expected the key `window`", ""),
    (
        77,
        "policy[4].steps[0].event",
        "expected an event word, found `mesage`",
        "did you mean `message`?",
    ),
    (
        78,
        "policy[4].steps[1].where.grop",
        "expected a field of `message`, found `grop`",
        "did you mean `group`?",
    ),
    (
        83,
        "campaign[0].since",
        "expected an instant with its offset, found `2026-01-01T10:00:00`",
        "write `2026-01-01T10:00:00+08:00`, or the offset of the place",
    ),
    (
        84,
        "campaign[0].until",
        (
            "expected an instant such as `2026-11-21T20:00:00+08:00`, without quotes,"
            ' found `"tomorrow"`'
        ),
        "",
    ),
    (
        85,
        "campaign[0].groups[0]",
        "expected one of `hall`, found `hal`",
        "did you mean `hall`?",
    ),
    (
        86,
        "campaign[0].budget",
        "expected an amount such as `500.00 CNY`, found `5 yuan`",
        "write the amount, a space and the three letters of the currency",
    ),
]


def test_forty_mistakes_are_told_at_once() -> None:
    """Each has its line, path, expectation and cure; they stand in file order."""
    found = [
        (int(p.figures["file_line"]), p.path, p.message, p.hint) for p in mistakes(MANY)
    ]
    assert found == EXPECTED
    assert len(found) > 40


def test_each_mistake_has_a_code_and_figures_for_other_languages() -> None:
    """What the English sentence holds is there as data too."""
    for problem in mistakes(MANY):
        assert "." in problem.code
        assert all(isinstance(value, str) for value in problem.figures.values())
        if "found `" in problem.message:
            assert problem.figures["found"].strip('"') in problem.message


def _lines(text: str) -> Iterator[str]:
    for problem in mistakes(text):
        yield from (problem.message, problem.hint)


def test_every_message_is_one_line_in_the_form_of_the_house() -> None:
    """Lower case, no final stop, no names of classes, nothing of Python's own."""
    for line in _lines(MANY):
        assert "\n" not in line
        assert not line.endswith((".", "!"))
        assert line[:1] == line[:1].lower()
        for word in ("None", "NoneType", "dict", "Mapping", "Error", "<"):
            assert word not in line


@pytest.mark.parametrize(
    ("text", "path", "code", "said"),
    [
        ("[[polcy]]\n", "polcy", "playbook.unknown_key", "unknown key `polcy`"),
        ("[group]\nkey = 'x'\n", "group", "playbook.list", "found a table"),
        ("[rulebook]\nversion = 0\n", "rulebook.version", "playbook.number_least", "0"),
        (
            "[[tiers]]\nkey = 'x'\ntier = []\n",
            "tiers[0].tier",
            "playbook.length_least",
            "0",
        ),
        ("[[role]]\nname = ' x'\n", "role[0].name", "playbook.name", '" x"'),
        (
            "[[role]]\nname = 'x'\npermissions = ['a', 'a']\n",
            "role[0].permissions[1]",
            "playbook.entry_twice",
            '"a"',
        ),
        (
            "[events]\nwords = ['a', 'a']\n",
            "events.words[1]",
            "playbook.event_twice",
            "`a`",
        ),
        ("[events]\nwords = 'a'\n", "events.words", "playbook.list", '"a"'),
        (
            "[[sanction]]\nword = 'mute'\norder = 1\n",
            "sanction[0].word",
            "playbook.sanction_twice",
            "`mute`",
        ),
        (
            "[measures]\ncount = 'True'\n",
            "measures.count",
            "condition.word_as_name",
            "`count`",
        ),
        ("[measures]\na = 3\n", "measures.a", "playbook.measure", "`3`"),
        (
            "[measures]\na = 'b >= 3'\nb = 'True'\n",
            "measures.a",
            "condition.name_is_condition",
            "`b`",
        ),
        (
            "[[policy]]\nkey = 'x'\n",
            "policy[0]",
            "playbook.no_kind",
            "expected the key",
        ),
        ("[[policy]]\nkind = 3\n", "policy[0].kind", "playbook.kind", "`3`"),
        ("policy = [3]\n", "community.policy", "playbook.unknown_key", "policy"),
        (
            "[community.positioning]\nyears = 1979-05-27\n",
            "community.positioning.years",
            "playbook.whole",
            "`1979-05-27`",
        ),
        (
            "[community.positioning]\ngoals = [1]\n",
            "community.positioning.goals[0]",
            "playbook.text",
            "`1`",
        ),
        (
            "[community.positioning]\nyears = 99999999999999999999\n",
            "community.positioning.years",
            "playbook.whole",
            "9999",
        ),
        (
            (
                "[[campaign]]\nkey='x'\nsince=2026-01-02T00:00:00Z\n"
                "until=2026-01-01T00:00:00Z\n"
            ),
            "campaign[0]",
            "campaign.until",
            "expected `until` after `since`",
        ),
        (
            (
                "[[campaign]]\nkey='x'\nsince=0001-01-01T00:00:00+23:00\n"
                "until=2026-01-01T00:00:00Z\n"
            ),
            "campaign[0].since",
            "playbook.instant",
            "0001",
        ),
        (
            (
                "[[policy]]\nkind='onboarding'\nkey='x'\n[[policy.tasks]]\nwhat='a'\n"
                "met_by='message'\nwithin='1d'\nduty='boss'\n"
            ),
            "policy[0].tasks[0].duty",
            "playbook.reference",
            "`boss`",
        ),
        (
            "[[policy]]\nkind='admission'\nkey='x'\nrequirements=[{answer='a',value=1.5}]\n",
            "policy[0].requirements[0].value",
            "playbook.scalar",
            "`1.5`",
        ),
        (
            (
                "[[policy]]\nkind='admission'\nkey='x'\nrequirements=[{answer='a',op='>=',"
                "value='x'}]\n"
            ),
            "policy[0].requirements[0]",
            "admission.order",
            "`x`",
        ),
        (
            (
                "[[policy]]\nkind='funnel'\nkey='x'\nwindow='1d'\nsteps=[{event='message',"
                "where=3}]\n"
            ),
            "policy[0].steps[0].where",
            "playbook.table",
            "`3`",
        ),
        (
            (
                "[[policy]]\nkind='qualification'\nkey='x'\ntiers='y'\n[policy.bars]\n"
                "a = {entry='True'}\n"
            ),
            "policy[0].tiers",
            "playbook.reference",
            "`y`",
        ),
    ],
)
def test_one_mistake_is_told_once(text: str, path: str, code: str, said: str) -> None:
    """The path leads to it, the message shows it."""
    problem = one(text)
    assert (problem.path, problem.code) == (path, code)
    assert said in problem.message


WATCH = "[[rule]]\ncode='r'\n[[policy]]\nkind='rule_watch'\nkey='w'\nrule='r'\n"


@pytest.mark.parametrize(
    ("when", "code", "column"),
    [
        ("count('message' '1d') > 3", "condition.order", "17"),
        ("count('message', '1d', grup='x') > 3", "metric.field", "24"),
        ("strikes('1d', 'r2') == 0", "playbook.no_category", "16"),
        ("has('tier', 'gold')", "playbook.no_tier", "14"),
        ("has('status', 'activ')", "metric.status", "16"),
        ("xyz", "playbook.unknown_measure", "1"),
        ("count('xyz') > 1 and xyz", "playbook.unknown_measure", "22"),
    ],
)
def test_mistakes_in_conditions_name_the_column(
    when: str, code: str, column: str
) -> None:
    """Inside a condition the column is told, from 1."""
    problem = next(
        p for p in mistakes(f'{HEAD}{WATCH}when="{when}"\n') if p.code == code
    )
    assert problem.path == "policy[0].when"
    assert problem.figures["column"] == column
    assert f"column {column}" in problem.message


def test_a_broken_part_is_not_blamed_on_what_refers_to_it() -> None:
    """Names of parts that exist, however wrong, are known."""
    text = HEAD + (
        "[[rule]]\ncode='r'\nweight='x'\n"
        "[[sanction]]\nword='fine'\norder='x'\n"
        "[measures]\na = 'count('\nb = 'a'\n"
        "[[policy]]\nkind='rule_watch'\nkey='w'\nrule='r'\nwhen='b'\n"
        "[[policy]]\nkind='penalty_ladder'\nkey='l'\nsteps=[{at=1,kind='fine'}]\n"
    )
    assert [p.path for p in mistakes(text)] == [
        "rule[0].weight",
        "sanction[0].order",
        "measures.a",
    ]


def test_groups_need_not_be_declared_to_be_asked_for() -> None:
    """Rooms come and go without a new playbook; of declared ones the name is checked."""
    watch = f'{WATCH}when=\'has("group", "hal")\'\n'
    assert loads(HEAD + watch).policies
    problem = one(f"[[group]]\nkey = 'hall'\n{watch}")
    assert problem.code == "playbook.no_group"


def test_too_many_mistakes_are_counted() -> None:
    """After two hundred the rest is a number."""
    rows = "".join(f"[[role]]\nname = {n}\n" for n in range(300))
    found = mistakes(HEAD + rows)
    assert len(found) == 201
    assert {p.code for p in found} == {"playbook.text", "playbook.more"}
    more = next(p for p in found if p.code == "playbook.more")
    assert more.figures["count"] == "100"


def test_twenty_unknown_keys_of_one_table_are_enough() -> None:
    """The nearest word is not looked up ten thousand times."""
    rows = "".join(f"k{n} = 1\n" for n in range(300))
    assert len(mistakes(HEAD + rows)) == 20


def test_what_the_engine_cannot_run_is_no_playbook() -> None:
    """What no single part shows, such as too many filters, shows in the end."""
    rows = "".join(
        f"[[policy]]\nkind='rule_watch'\nkey='w{n}'\nrule='r'\n"
        f'when=\'count("message", "1d", length={n}) > 1\'\n'
        for n in range(257)
    )
    problem = one(f"[[rule]]\ncode='r'\n{rows}")
    assert problem.code == "metric.too_many"
