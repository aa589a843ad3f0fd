"""Which spans of a role hold: the latest word about each, in any order of arrival."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from community_sdk.state.member import MemberState, RoleEnd
from community_sdk.state.records import RoleSpan

__all__ = ["end", "give", "join"]

_KEPT: Final = 256
"""Spans and ends that are remembered of one member; the oldest words go first."""


def give(member: MemberState, span: RoleSpan) -> None:
    """Add *span*, unless a later word about the same is known."""
    member.roles = _settled((*member.roles, span), member.role_ends)


def end(member: MemberState, word: RoleEnd) -> None:
    """End what was said of a role before *word*; it is kept for what is told late."""
    member.role_ends = _ends((*member.role_ends, word))
    member.roles = _settled(member.roles, member.role_ends)


def join(member: MemberState, alias: MemberState) -> None:
    """Let *member* hold what *alias* held, the later word about each."""
    member.role_ends = _ends((*member.role_ends, *alias.role_ends))
    member.roles = _settled((*alias.roles, *member.roles), member.role_ends)


def _ends(words: Iterable[RoleEnd]) -> tuple[RoleEnd, ...]:
    ordered = sorted(set(words), key=lambda word: (word[3:], word))
    return tuple(ordered[-_KEPT:])


def _settled(
    spans: Iterable[RoleSpan], ends: tuple[RoleEnd, ...]
) -> tuple[RoleSpan, ...]:
    latest: dict[object, RoleSpan] = {}
    for span in spans:
        known = latest.get(span.key)
        if known is None or (known.said, known.seq) <= (span.said, span.seq):
            latest[span.key] = span
    kept = sorted(latest.values(), key=lambda span: (span.said, span.seq))
    return tuple(_cut(span, ends) for span in kept[-_KEPT:])


def _cut(span: RoleSpan, ends: tuple[RoleEnd, ...]) -> RoleSpan:
    for role, group, stands_for, at, seq in ends:
        of_it = (
            role == span.role
            and group in ("", span.group)
            and stands_for in ("", span.substitute_for)
        )
        if of_it and (span.said, span.seq) <= (at, seq):
            return span.cut(at)
    return span
