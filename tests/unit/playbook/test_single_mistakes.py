"""One mistake at a time: told once, where it is, and not blamed on others."""

from typing import Any

import pytest

from community_sdk.errors import PlaybookError, Problem
from community_sdk.playbook import loads
from community_sdk.wording import say_problem

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


@pytest.mark.parametrize(
    ("text", "path", "code", "said"),
    [
        ("[[polici]]\n", "polici", "playbook.unknown_key", "unknown key `polici`"),
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
        ("[[kpi]]\nkey='x'\nmeasure=true\n", "kpi[0].measure", "playbook.text", "true"),
        ("name = 'x'\n", "community.name", "playbook.unknown_key", "`name`"),
        (
            "[measures]\na = 'b and c'\nb = 'True'\nc = 'd'\nd = 'e'\ne = 'c'\n",
            "measures.c",
            "playbook.ring",
            "`c` → `d` → `e` → `c`",
        ),
        (
            "[measures]\na = 'count(\"x\") and True'\n",
            "measures.a",
            "condition.not_compared",
            "`count",
        ),
        (
            (
                "[[campaign]]\nkey='x'\nsince=2026-01-01T00:00:00Z\n"
                "until=2026-01-02T00:00:00Z\nonline='true'\n"
            ),
            "campaign[0].online",
            "playbook.flag",
            '"true"',
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
            "playbook.whole_64",
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
        ("count('message', '1d', groupp='x') > 3", "metric.field", "24"),
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


def test_numbers_of_any_size_are_shown_short() -> None:
    """A number with seventy digits is told, not repeated."""
    problem = one(f"[community.positioning]\nyears = {'9' * 70}\n")
    assert "a number of more than 60 digits" in problem.message


def test_a_condition_that_grows_too_large_by_its_names() -> None:
    """What only shows when names are put in is told where they are used."""
    rows = ['a0 = \'tenure() >= "1d" and tenure() >= "2d"\'']
    rows += [f"a{n} = 'a{n - 1} and not a{n - 1}'" for n in range(1, 9)]
    text = "\n".join(["[measures]", *rows]) + f"\n{WATCH}when = 'a6 or a6 or a6'\n"
    assert [(p.path, p.code) for p in mistakes(HEAD + text)] == [
        ("measures.a7", "condition.large"),
        ("policy[0].when", "condition.large"),
    ]


def test_a_mistake_in_a_key_with_quotes_has_its_line() -> None:
    """Odd keys lead to their tables."""
    text = f"{HEAD}[[role]]\nname='x'\n'a\"b.c' = 1\n[parameters.\"q]\"]\ntype = 3\n"
    lines = {p.code: p.figures["file_line"] for p in mistakes(text)}
    assert lines["playbook.unknown_key"] == "6"
    assert lines["playbook.word"] == "8"


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
    """Rooms come and go without a new playbook; declared ones are looked up."""
    watch = f'{WATCH}when=\'has("group", "hal")\'\n'
    assert loads(HEAD + watch).policies
    problem = one(f"[[group]]\nkey = 'hall'\n{watch}")
    assert problem.code == "playbook.no_group"


@pytest.mark.parametrize(
    ("policy", "asked", "code"),
    [
        (
            "kind='tags'\nkey='t'\ngroups=[{key='g',tags=[{key='vip'}]}]\n",
            'has("tag", "vp")',
            "playbook.no_tag",
        ),
        (
            (
                "kind='segmentation'\nkey='s'\nrest={key='rest'}\n"
                "segments=[{key='new',when='tenure() < \"9d\"'}]\n"
            ),
            'has("segment", "nev")',
            "playbook.no_segment",
        ),
    ],
)
def test_tags_and_segments_that_are_declared_are_looked_up(
    policy: str, asked: str, code: str
) -> None:
    """Where no policy declares any, a host may have its own."""
    watch = f"{WATCH}when='{asked}'\n"
    assert loads(HEAD + watch).policies
    problem = one(f"{watch}[[policy]]\n{policy}")
    assert (problem.path, problem.code) == ("policy[0].when", code)
    assert problem.hint.startswith("did you mean `")


POINTS = "[[policy]]\nkind='points_program'\nkey='p'\nrules=[]\n"


@pytest.mark.parametrize(
    ("text", "cure", "zh"),
    [
        (
            "expiry = 90",
            "its keys are `after`, `until`, `through`",
            "应为一张表，现为 `90`；表中的键有 `after`、`until`、`through`",
        ),
        (
            "expiry = { after = '90d', zzz = 1 }",
            "known here are `after`, `until`, `through`",
            "没有 `zzz` 这个键；可用：`after`、`until`、`through`",
        ),
        (
            "rewards = [{ key = 'cup', cost = 1, name = 'x' }]",
            "did you mean `key`?",
            "没有 `name` 这个键。是否想写 `key`？",
        ),
        (
            "lateness = '1d'",
            "`lateness` stands at the top of the file, before the first `[table]`",
            "没有 `lateness` 这个键；它应写在文件开头，第一个 `[表]` 之前",
        ),
        (
            "rewards = [{ key = 'cup', cost = 1 }]\n[[group]]\nkey='g'\ntitle = '茶'",
            'write `{ zh = "…", en = "…" }`',
            '应为一张表，现为 `"茶"`。请写 `{ zh = "…", en = "…" }`',
        ),
        (
            "groups = ['a']",
            "it stands at the top of the file, as `[[group]]`",
            "没有 `groups` 这个键；它应单独写成 `[[group]]`",
        ),
    ],
)
def test_what_may_stand_in_a_table_is_told(text: str, cure: str, zh: str) -> None:
    """Where nothing is near, all that is known here, or where the key belongs."""
    problem = one(POINTS + text)
    assert problem.hint == cure
    assert say_problem(problem, "zh").partition("：")[2] == zh


def test_an_unknown_event_of_a_rule_that_earns_has_its_place() -> None:
    """Not the whole programme is blamed, but the line of the rule."""
    rule = "[[policy.rules]]\nname='b'\nevent='purchse'\nrates=[{ points = 1 }]\n"
    problem = one(POINTS.replace("rules=[]\n", "") + rule)
    assert (problem.path, problem.hint) == (
        "policy[0].rules[0].event",
        "did you mean `purchase`?",
    )
    assert problem.figures["file_line"] == "9"


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
