"""Mistakes in what makes a community grow: told where they are, with the cure."""

import pytest
from attrs import evolve

from community_sdk.errors import PlaybookError, Problem
from community_sdk.playbook import dumps, loads
from community_sdk.policies import AppraisalPolicy

HEAD = """
format = 1
[community]
key = "c"
[[group]]
key = "hall"
capacity = 3
[[group]]
key = "den"
[[role]]
name = "host"
[[tiers]]
key = "grade"
tier = [{ key = "fan" }, { key = "core" }]
"""


def policy(kind: str, key: str, *lines: str) -> str:
    """One policy of a playbook as text."""
    return "\n".join(("[[policy]]", f'kind = "{kind}"', f'key = "{key}"', *lines, ""))


def problems(*parts: str) -> tuple[Problem, ...]:
    """What is wrong with a playbook of these policies."""
    with pytest.raises(PlaybookError) as caught:
        loads(HEAD + "\n".join(parts))
    return caught.value.problems


def one(*parts: str) -> Problem:
    """The one thing that is wrong."""
    (found,) = problems(*parts)
    return found


# -- funnels ---------------------------------------------------------------------------


def funnel(*steps: str, more: str = "") -> str:
    """A funnel from joining over *steps*."""
    asked = ", ".join(f"{{ {step} }}" for step in ('event = "joined"', *steps))
    return policy("funnel", "f", 'window = "30d"', f"steps = [{asked}]", more)


LONG = 'event = "message", tests = [{ field = "%s", op = "%s", value = %s }]'


@pytest.mark.parametrize(
    ("text", "path", "code", "said"),
    [
        (
            funnel(LONG % ("size", ">=", 3)),
            "policy[0].steps[1].tests[0].field",
            "playbook.event_field",
            "`size`",
        ),
        (
            funnel(LONG % ("length", ">=", '"x"')),
            "policy[0].steps[1].tests[0]",
            "funnel.number",
            "`x`",
        ),
        (
            funnel(LONG % ("reply", ">=", 1)),
            "policy[0].steps[1].tests[0].field",
            "playbook.no_order",
            "`reply`",
        ),
        (
            funnel(
                'event = "purchase", tests = [{ field = "money", op = "<=", '
                "value = 9 }]"
            ),
            "policy[0].steps[1].tests[0].value",
            "playbook.no_amount",
            "`9`",
        ),
        (
            funnel('event = "contact_deleted", where = { side = "memer" }'),
            "policy[0].steps[1].where.side",
            "event.filter_words",
            "`memer`",
        ),
        (
            funnel(
                'event = "contact_deleted", tests = [{ field = "side", value = 1 }]'
            ),
            "policy[0].steps[1].tests[0].value",
            "event.filter_words",
            "`1`",
        ),
        (
            funnel('event = "message", where = { reply = "true" }'),
            "policy[0].steps[1].where.reply",
            "event.filter",
            "`true`",
        ),
        (
            funnel(LONG % ("length", "<=", '"9 CNY"')),
            "policy[0].steps[1].tests[0].value",
            "playbook.no_number",
            "`9 CNY`",
        ),
        (
            funnel('event = "message"', more='same = ["order_id"]'),
            "policy[0].same[0]",
            "playbook.event_field",
            "`order_id`",
        ),
        (
            funnel(
                'event = "message"',
                more='exclusions = [{ event = "left", tests = [{ field = "x", '
                "value = 1 }] }]",
            ),
            "policy[0].exclusions[0].tests[0].field",
            "playbook.event_field",
            "`x`",
        ),
        (
            funnel('event = "message"', more='among = ["reaction"]'),
            "policy[0]",
            "funnel.order",
            "`among`",
        ),
        (
            funnel(
                'event = "message"',
                more='order = "unordered"\nexclusion_scope = "user"',
            ),
            "policy[0]",
            "funnel.order",
            "`exclusion_scope`",
        ),
        (funnel('event = "timer_fired"'), "policy[0]", "funnel.timer", "`timer_fired`"),
        (
            policy(
                "funnel",
                "f",
                'window = "30d"',
                'steps = [{ event = "joined", within = "1d" }, { event = "message" }]',
            ),
            "policy[0]",
            "funnel.first",
            "`within`",
        ),
        (
            funnel(
                'event = "message", tests = [{ field = "length", op = ">=", '
                'value = 9 }, { field = "length", op = "<=", value = 3 }]'
            ),
            "policy[0].steps[1]",
            "funnel.impossible",
            "`length`",
        ),
    ],
)
def test_what_a_funnel_cannot_ask(text: str, path: str, code: str, said: str) -> None:
    """A step that nobody could do, a setting that would do nothing."""
    problem = one(text)
    assert (problem.path, problem.code) == (path, code)
    assert said in problem.message


def test_what_a_funnel_can_ask() -> None:
    """The word of an event, an amount, own words with own fields, what is derived."""
    text = funnel(
        LONG % ("event", "=", '"message"'),
        'event = "purchase", tests = [{ field = "money", op = ">=", value = "9 CNY" }]',
        'event = "poured", tests = [{ field = "cups", op = ">=", value = 2 }]',
        'event = "tier_changed", where = { after = "core" }',
        more='same = ["member"]',
    )
    book = loads(HEAD + text + '[events]\nwords = ["poured"]\n')
    assert book.policy("f") is not None


# -- key figures -----------------------------------------------------------------------

KPIS = """
[[kpi]]
key = "messages"
measure = "messages"
target = 40
period = "week"
[[kpi]]
key = "complaints"
measure = "complaints"
period = "month"
"""
FIGURES = "figures = { messages = 'count(\"message\")' }"


def test_an_appraisal_names_key_figures_of_the_playbook() -> None:
    """A file holds them once; what differs is written out."""
    book = loads(HEAD + KPIS + policy("appraisal", "a", FIGURES, 'kpis = ["messages"]'))
    appraisal = book.policy("a")
    assert isinstance(appraisal, AppraisalPolicy)
    assert appraisal.kpis == book.kpis[:1]
    text = dumps(book)
    assert 'kpis = ["messages"]' in text
    assert loads(text) == book
    other = evolve(appraisal, kpis=(evolve(book.kpis[0], target=50),))
    changed = evolve(book, policies=(other,))
    assert loads(dumps(changed)) == changed


@pytest.mark.parametrize(
    ("kpis", "path", "code", "said", "cure"),
    [
        ('["mesage"]', ".kpis[0]", "playbook.no_figure", "`mesage`", "`messages`"),
        ('["messages", "messages"]', ".kpis[1]", "playbook.twice", "`messages`", ""),
        (
            '["messages", { key = "messages", measure = "x" }]',
            ".kpis[1].key",
            "playbook.twice",
            "`messages`",
            "",
        ),
        ('["messages", "complaints"]', "", "appraisal.period", "`month`", ""),
        ("[3]", ".kpis[0]", "playbook.table", "`3`", ""),
    ],
)
def test_key_figures_that_are_not_there(
    kpis: str, path: str, code: str, said: str, cure: str
) -> None:
    """The nearest one is offered; each is scored once."""
    problem = one(KPIS, policy("appraisal", "a", FIGURES, f"kpis = {kpis}"))
    assert (problem.path, problem.code) == (f"policy[0]{path}", code)
    assert said in problem.message
    assert cure in problem.hint


def test_a_key_figure_with_a_mistake_is_told_once() -> None:
    """And whoever names it is not to blame."""
    wrong = KPIS.replace("target = 40", 'target = "40"')
    problem = one(wrong, policy("appraisal", "a", FIGURES, 'kpis = ["messages"]'))
    assert problem.path == "kpi[0].target"


# -- ways in ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (
            policy("staff_routing", "s", "desks = [{ shifts = [{ staff = [] }] }]"),
            "policy[0].desks[0].shifts[0].staff",
        ),
        (
            policy("follow_up", "w", 'rules = [{ after = "5d", stages = [] }]'),
            "policy[0].rules[0].stages",
        ),
        (
            policy(
                "centre_watch",
                "m",
                'duty = "host"\nroles = ["host"]\nopen_below = 1\ncentral_from = 0',
            ),
            "policy[0].central_from",
        ),
    ],
)
def test_what_would_never_do_anything(text: str, path: str) -> None:
    """Nobody at the desk, no stage that fits, a border that nothing is below."""
    assert one(text).path == path


@pytest.mark.parametrize("remind", ["5d", "7d"])
def test_a_reminder_comes_before_the_end(remind: str) -> None:
    """Else the member is gone when the staff is reminded."""
    rule = f'rules = [{{ after = "5d", remind = "{remind}" }}]'
    problem = one(policy("follow_up", "w", rule))
    assert (problem.path, problem.code) == ("policy[0].rules[0]", "follow_up.remind")
