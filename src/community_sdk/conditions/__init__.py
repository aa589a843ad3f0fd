"""Conditions over metrics: one tree, many readers (S08 S20 S29).

Text and tree (`parse_condition`, `str`), Python form (`count("message", "30d") >= 20`),
`evaluate`, compiled functions, verdicts that explain themselves, and what is missing.
"""

from community_sdk.conditions.ask import holds, shortfall, verdict
from community_sdk.conditions.compile import (
    Bind,
    Reader,
    compile_facts,
    compile_facts_verdict,
    compile_reader,
    compile_verdict,
)
from community_sdk.conditions.evaluate import Read, evaluate
from community_sdk.conditions.explain import Row, Verdict, describe, judge
from community_sdk.conditions.gap import Fades, Gap, Requirement, gap
from community_sdk.conditions.implication import implies
from community_sdk.conditions.looks import moved_by, next_look, turns
from community_sdk.conditions.terms import (
    Term,
    active_days,
    all_of,
    any_of,
    at_least,
    count,
    distinct,
    figure,
    has,
    recency,
    streak,
    strikes,
    tenure,
    total,
)
from community_sdk.conditions.text import parse_condition
from community_sdk.conditions.tree import (
    ALWAYS,
    NEVER,
    All,
    Any,
    AtLeast,
    Compare,
    Condition,
    Fixed,
    Holds,
    Named,
    Not,
    Op,
)
from community_sdk.conditions.walk import leaves, metrics, names, remeasured, resolve

__all__ = [
    "ALWAYS",
    "NEVER",
    "All",
    "Any",
    "AtLeast",
    "Bind",
    "Compare",
    "Condition",
    "Fades",
    "Fixed",
    "Gap",
    "Holds",
    "Named",
    "Not",
    "Op",
    "Read",
    "Reader",
    "Requirement",
    "Row",
    "Term",
    "Verdict",
    "active_days",
    "all_of",
    "any_of",
    "at_least",
    "compile_facts",
    "compile_facts_verdict",
    "compile_reader",
    "compile_verdict",
    "count",
    "describe",
    "distinct",
    "evaluate",
    "figure",
    "gap",
    "has",
    "holds",
    "implies",
    "judge",
    "leaves",
    "metrics",
    "moved_by",
    "names",
    "next_look",
    "parse_condition",
    "recency",
    "remeasured",
    "resolve",
    "shortfall",
    "streak",
    "strikes",
    "tenure",
    "total",
    "turns",
    "verdict",
]
