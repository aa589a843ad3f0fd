"""Segments and tags that depend on their own absence: nothing would ever settle (S09).

INVARIANT: where nothing is found, no member makes segments and tags change without end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from community_sdk.analysis._finding import Finding, Gravity
from community_sdk.conditions import All, Any, AtLeast, Condition, Holds, Not
from community_sdk.playbook import Playbook
from community_sdk.policies import Segmentation, TagPolicy, TagRule

__all__ = ["check_dependence"]

Result = tuple[str, str]
"""What a policy gives a member: ``segment`` or ``tag``, and the word."""


@frozen
class _Link:
    """*result*, given by *policy*, asks at *path* for *asked*, or for its absence."""

    result: Result
    asked: Result
    absent: bool
    path: str
    policy: str


def check_dependence(playbook: Playbook, /) -> tuple[Finding, ...]:
    """Find conditions by which a segment or a tag hangs on not being given itself.

    A later segment hangs on the absence of the earlier ones. What only makes a segment
    last is no fault: its own `keeps`, or its own word in its own rule.
    """
    links = [link for n, p in enumerate(playbook.policies) for link in _links(p, n)]
    after: dict[Result, list[_Link]] = {}
    for link in links:
        after.setdefault(link.result, []).append(link)
    found: dict[str, Finding] = {}
    for link in links:
        ring = _ring(link, after) if link.absent else []
        if ring and link.path not in found:
            found[link.path] = _finding(ring)
    return tuple(found.values())


def _links(policy: object, place: int) -> Iterator[_Link]:
    """Yield what the results of *policy* ask for."""
    path = f"policy[{place}]"
    if isinstance(policy, Segmentation):
        yield from _of_segments(policy, path)
    elif isinstance(policy, TagPolicy):
        for nth, rule in enumerate(policy.rules):
            if rule.temporary or rule.ends is not None:
                yield from _of_rule(rule, f"{path}.rules[{nth}]", policy.key)


def _of_rule(rule: TagRule, path: str, policy: str) -> Iterator[_Link]:
    """Yield what a tag asks for that can go and come."""
    given = ("tag", rule.tag)
    for word, absent in _asked(rule.when):
        yield _Link(given, word, absent, f"{path}.when", policy)
    for word, absent in _asked(rule.ends):
        yield _Link(given, word, not absent, f"{path}.ends", policy)


def _of_segments(policy: Segmentation, path: str) -> Iterator[_Link]:
    before: list[tuple[Result, bool, str]] = []
    for nth, segment in enumerate(policy.every):
        given = ("segment", segment.key)
        own = [
            (word, absent, f"{path}.segments[{nth}].{name}")
            for name in ("when", "keeps")
            for word, absent in _asked(getattr(segment, name))
        ]
        for word, absent, where in own:
            yield _Link(given, word, absent, where, policy.key)
        for word, absent, where in before:
            yield _Link(given, word, not absent, where, policy.key)
        before += own


def _asked(condition: Condition | None) -> Iterator[tuple[Result, bool]]:
    """Yield the segments and tags that *condition* asks for; True: their absence."""
    rest = [] if condition is None else [(condition, False)]
    while rest:
        node, absent = rest.pop()
        if isinstance(node, Not):
            rest.append((node.part, not absent))
        elif isinstance(node, (All, Any, AtLeast)):
            rest += [(part, absent) for part in node.parts]
        elif isinstance(node, Holds) and node.metric.of in ("segment", "tag"):
            yield (node.metric.of, node.metric.kind), absent


def _ring(first: _Link, after: Mapping[Result, Iterable[_Link]]) -> list[_Link]:
    """Return the shortest way from *first* back to its result, empty without one."""
    ways, seen = [[first]], {first.asked}
    for way in ways:
        if way[-1].asked == first.result:
            return way
        for link in after.get(way[-1].asked, ()):
            if link.asked not in seen or link.asked == first.result:
                seen.add(link.asked)
                ways.append([*way, link])
    return []


def _finding(ring: list[_Link]) -> Finding:
    first = ring[0]
    policies = ", ".join(dict.fromkeys(f"`{link.policy}`" for link in ring))
    words = [f"`{'not ' * link.absent}{link.asked[1]}`" for link in ring]
    trail = " → ".join((f"`{first.result[1]}`", *words))
    return Finding(
        code="policy.own_absence",
        severity=Gravity.ERROR,
        path=first.path,
        message=f"expected `{first.result[1]}` not to hang on its own absence, found"
        f" {trail} in {policies}",
        hint="ask for figures; `keeps` makes a segment last",
        figures={"found": first.result[1], "trail": trail, "policies": policies},
    )
