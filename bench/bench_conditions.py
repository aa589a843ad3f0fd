"""Conditions beside hand-written Python and the best peer.

Run as `python -m bench.bench_conditions`; the peer wants `pip install zen-engine`.
"""

import random
from collections.abc import Callable
from importlib import import_module
from operator import itemgetter
from typing import Any, cast

from bench.limits import conditions as limit
from bench.rounds import measure, ratios
from community_sdk.conditions import (
    Condition,
    Verdict,
    compile_facts,
    compile_facts_verdict,
    compile_reader,
    compile_verdict,
    evaluate,
    metrics,
    parse_condition,
)
from community_sdk.conditions import compile as compile_module
from community_sdk.metrics import Metric

TEXT = """
count("message", "30d") >= 20
and (active_days("30d") >= 10 or count("reply", "30d") >= 3)
and (strikes() <= 2 and (total("purchase", "90d") >= 10_000 or streak() >= 5))
"""
PEER = "a >= 20 and (b >= 10 or c >= 3) and (d <= 2 and (e >= 10000 or f >= 5))"
MEMBERS = 1_000
Answer = Callable[[limit.Facts], object]


def main() -> None:
    """Assert equal answers, then print the ratios."""
    condition = parse_condition(TEXT)
    members = draw_members()
    share = sum(map(limit.passes, members)) / len(members)
    print(f"## Conditions\n\n6 comparisons, nested; {share:.0%} of members pass.\n")
    answers(condition, members)
    verdicts(condition, members)
    through_readers(condition, members)
    once(condition)


def draw_members() -> list[limit.Facts]:
    """Draw figures of which about a quarter pass."""
    rng = random.Random(7)
    highest = (60, 24, 6, 4, 20_000, 8)
    return [
        cast("limit.Facts", tuple(rng.randrange(high) for high in highest))
        for _ in range(MEMBERS)
    ]


def answers(condition: Condition, members: list[limit.Facts]) -> None:
    """True or false: compiled and recursive beside hand-written, and the peer."""
    found = metrics(condition)
    as_maps = [dict(zip(found, member, strict=True)) for member in members]
    as_names = [dict(zip("abcdef", member, strict=True)) for member in members]
    compiled = compile_facts(condition)
    runs: dict[str, Callable[[], object]] = {
        "hand-written": over(limit.passes, members),
        "compiled": over(compiled, members),
        "recursive": over(lambda m: evaluate(condition, m.__getitem__), as_maps),
    }
    expected = [limit.passes(member) for member in members]
    assert [compiled(member) for member in members] == expected
    assert [evaluate(condition, m.__getitem__) for m in as_maps] == expected
    peer = peer_expression()
    if peer is not None:
        assert [peer(member) for member in as_names] == expected
        runs["zen-engine expression"] = over(peer, as_names)
    print("### True or false (bar: compiled ≤ 1.10)\n")
    ratios(runs, base="hand-written", each=MEMBERS, per="member")
    if peer is None:
        print("peer not installed: zen-engine\n")
        return
    beside = measure(
        {name: runs[name] for name in ("compiled", "zen-engine expression")},
        base="compiled",
    )[1]
    print(f"The peer takes {beside.ratio:.1f} × what `compiled` takes ", end="")
    print(f"[{beside.low:.1f} … {beside.high:.1f}] (bar: ≥ 15).\n")


def verdicts(condition: Condition, members: list[limit.Facts]) -> None:
    """A decision with an explanation that can be had, beside eager tuples."""
    judge = compile_facts_verdict(condition)
    for member in members:
        assert as_tuples(judge(member)) == limit.explained(member)
    print("### With an explanation (bar: verdict ≤ 1.00)\n")
    ratios(
        {
            "hand-written, eager tuples": over(limit.explained, members),
            "verdict": over(judge, members),
            "verdict, one in ten read": over(read_one_in(10, judge), members),
            "verdict, all rows read": over(read_one_in(1, judge), members),
        },
        base="hand-written, eager tuples",
        each=MEMBERS,
        per="member",
    )


def through_readers(condition: Condition, members: list[limit.Facts]) -> None:
    """The same where figures are read by functions, as the engine does."""
    found = metrics(condition)
    readers = tuple(itemgetter(nth) for nth in range(len(found)))
    by_metric = dict(zip(found, readers, strict=True))

    def bind(metric: Metric) -> Callable[[limit.Facts], int]:
        return by_metric[metric]

    hand = limit.by_readers(readers)
    compiled, judge = compile_reader(condition, bind), compile_verdict(condition, bind)
    for member in members:
        assert hand(member) == compiled(member) == judge(member).met
    print("### Figures read by functions\n")
    ratios(
        {
            "hand-written": over(hand, members),
            "compiled": over(compiled, members),
            "verdict (reads all six)": over(judge, members),
        },
        base="hand-written",
        each=MEMBERS,
        per="member",
    )


def once(condition: Condition) -> None:
    """What is done once per playbook."""
    assert parse_condition(str(condition)) == condition
    print("### Once per condition\n")
    ratios(
        {
            "parse": lambda: parse_condition(TEXT),
            "compile": lambda: anew(condition),
            "print": lambda: str(condition),
        },
        base="parse",
    )


def anew(condition: Condition) -> object:
    """Compile *condition* as if for the first time: equal source is remembered."""
    remembered: Any = vars(compile_module)["_code"]
    remembered.cache_clear()
    return compile_facts(condition)


def over(answer: Callable[[Any], object], members: list[Any]) -> Callable[[], object]:
    """Return a run of *answer* over all *members*."""

    def run() -> None:
        for member in members:
            answer(member)

    return run


def read_one_in(many: int, judge: Callable[[limit.Facts], Verdict]) -> Answer:
    """Return *judge* with the rows of every *many*-th verdict read."""
    asked = 0

    def answer(member: limit.Facts) -> object:
        nonlocal asked
        asked += 1
        verdict = judge(member)
        return verdict.rows if asked % many == 0 else verdict

    return answer


def as_tuples(verdict: Verdict) -> tuple[bool, tuple[limit.HandRow, ...]]:
    """Put the explanation of a verdict as the limit puts it."""
    told = verdict.because()
    rows = (part for part in told.walk() if part.key == "condition.row")
    names = ("metric", "op", "need", "have", "met")
    found = tuple(tuple(row[name] for name in names) for row in rows)
    return verdict.met, cast("tuple[limit.HandRow, ...]", found)


def peer_expression() -> Callable[[dict[str, int]], object] | None:
    """Return the peer's compiled expression, if the peer is installed."""
    try:
        zen: Any = import_module("zen")
    except ImportError:
        return None
    return cast(
        "Callable[[dict[str, int]], object]", zen.compile_expression(PEER).evaluate
    )


if __name__ == "__main__":
    main()
