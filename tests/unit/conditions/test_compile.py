"""Generated source answers as the recursive reader does, and reads no more."""

import linecache
from collections.abc import Callable
from types import CodeType

import pytest
from hypothesis import given

from community_sdk.conditions import (
    AtLeast,
    Compare,
    Condition,
    Named,
    Not,
    compile_facts,
    compile_facts_verdict,
    compile_reader,
    compile_verdict,
    evaluate,
    judge,
    metrics,
    parse_condition,
)
from community_sdk.conditions import compile as module
from community_sdk.errors import DefinitionError
from community_sdk.metrics import Metric
from tests.unit.conditions import trees
from tests.unit.conditions.trees import Counted, Figures

TALK = Metric("count", kind="message")


def bind(metric: Metric) -> Callable[[Counted], int | None]:
    """Read *metric* from who is asked."""
    return lambda counted: counted(metric)


@given(trees.asked())
def test_compiled_is_recursive(asked: tuple[Condition, Figures]) -> None:
    """INVARIANT: all compiled forms answer as the recursive reader."""
    condition, figures = asked
    expected = evaluate(condition, figures.__getitem__)
    facts = tuple(figures[metric] for metric in metrics(condition))
    assert compile_facts(condition)(facts) is expected
    assert compile_facts(condition)(list(facts)) is expected
    assert compile_reader(condition, bind)(Counted(figures)) is expected
    verdict = judge(condition, figures.__getitem__)
    assert verdict.met is expected
    assert verdict.actuals == facts
    assert compile_verdict(condition, bind)(Counted(figures)) == verdict
    assert compile_facts_verdict(condition)(facts) == verdict
    assert compile_facts_verdict(condition)(list(facts)) == verdict


@given(trees.asked())
def test_only_what_is_needed_is_read(asked: tuple[Condition, Figures]) -> None:
    """The same metrics as the recursive reader asks for, or fewer, in its order."""
    condition, figures = asked
    oracle, lazy = Counted(figures), Counted(figures)
    evaluate(condition, oracle)
    compile_reader(condition, bind)(lazy)
    needed = iter(oracle.asked)
    assert all(metric in needed for metric in lazy.asked)


@given(trees.asked())
def test_a_verdict_reads_everything_once(asked: tuple[Condition, Figures]) -> None:
    """What is explained later is what was seen at that moment."""
    condition, figures = asked
    counted = Counted(figures)
    compile_verdict(condition, bind)(counted)
    assert tuple(counted.asked) == metrics(condition)


def test_a_figure_in_two_parts_is_read_once() -> None:
    """A range asks its reader once; a part that may be skipped is not relied upon."""
    figures: Figures = {TALK: 7, Metric("strikes"): 0}
    counted = Counted(figures)
    assert compile_reader(parse_condition('5 <= count("message") <= 9'), bind)(counted)
    assert counted.asked == [TALK]
    split = '(strikes() > 0 and count("message") > 1) or count("message") > 2'
    counted = Counted(figures)
    assert compile_reader(parse_condition(split), bind)(counted)
    assert counted.asked == [Metric("strikes"), TALK]


def test_no_text_of_a_person_reaches_the_source(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """INVARIANT: words of users are bound as values, never written as source."""
    seen: list[str] = []
    code = module._code

    def watched(source: str) -> CodeType:
        seen.append(source)
        return code(source)

    monkeypatch.setattr(module, "_code", watched)
    evil = "__import__('os').system('echo')"
    text = f'count("{evil}", "30d", channel="{evil}") >= 7 and has("role", "{evil}")'
    condition = parse_condition(text)
    assert compile_facts(condition)((7, 1))
    assert (
        compile_reader(condition, bind)(Counted(dict.fromkeys(metrics(condition), 7)))
        is False
    )
    assert compile_facts_verdict(condition)((7, 1))
    assert "import" not in "".join(seen)
    assert len(seen) == 3
    assert ">= 7" in seen[0]
    assert "s[1] == 1" in seen[0]


def test_generated_functions_have_no_builtins() -> None:
    """Nothing but what was bound can be called from inside."""
    test = compile_facts(parse_condition('count("message") > 1'))
    assert getattr(test, "__globals__", {})["__builtins__"] == {}


def test_equal_forms_share_their_code() -> None:
    """Source is compiled once, under a name that tracebacks can show."""
    first = compile_facts(parse_condition('count("a") > 1'))
    second = compile_facts(parse_condition('count("b") > 1'))
    assert getattr(first, "__code__", 1) is getattr(second, "__code__", 2)
    name = getattr(first, "__code__").co_filename  # noqa: B009 - no attribute of Callable
    assert name.startswith("<condition ")
    assert linecache.getline(name, 1) == ""


def test_the_largest_trees_compile() -> None:
    """400 nodes side by side and 32 levels of the widest words."""
    part = Compare(TALK, ">", 1)
    wide = AtLeast(200, [part] * 399)
    assert compile_facts(wide)((2,)) is True
    deep = AtLeast(1, [part])
    while deep.depth < 32:
        deep = AtLeast(1, [deep, part])
    for condition in (deep, Not(deep.parts[0])):
        expected = evaluate(condition, lambda _: 0)
        assert compile_facts(condition)((0,)) is expected
        assert compile_reader(condition, bind)(Counted({TALK: 0})) is expected


@pytest.mark.parametrize("text", ["True", "not False", "at_least(1, False, True)"])
def test_conditions_without_figures(text: str) -> None:
    """Fixed words compile to an answer and a verdict without rows."""
    condition = parse_condition(text)
    assert compile_facts(condition)(()) is True
    assert compile_reader(condition, bind)(Counted({})) is True
    assert compile_verdict(condition, bind)(Counted({})).actuals == ()


def test_names_do_not_compile() -> None:
    """A name that was not put in is refused when it is compiled, not when it is run."""
    for build in (compile_facts, compile_facts_verdict):
        with pytest.raises(DefinitionError, match="found `a`"):
            build(Named("a"))
