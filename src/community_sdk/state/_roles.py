"""Which spans of a role hold: the latest word about each, in any order of arrival."""

from __future__ import annotations

from collections.abc import Iterable

from community_sdk.state.member import MemberState, Moment, Scoped
from community_sdk.state.records import RoleSpan

__all__ = ["end", "give", "join"]


def give(member: MemberState, span: RoleSpan) -> None:
    """Add *span*, unless a later word about the same is known."""
    member.roles = _settled((*member.roles, span), member.role_ends)


def end(member: MemberState, scope: Scoped, word: Moment) -> None:
    """End what was said of *scope* by *word*; it is kept for what is told late."""
    member.role_ends[scope] = max(word, member.role_ends.get(scope, word))
    member.roles = _settled(member.roles, member.role_ends)


def join(member: MemberState, alias: MemberState) -> None:
    """Let *member* hold what *alias* held, the later word about each."""
    for scope, word in alias.role_ends.items():
        member.role_ends[scope] = max(word, member.role_ends.get(scope, word))
    member.roles = _settled((*alias.roles, *member.roles), member.role_ends)


def _settled(
    spans: Iterable[RoleSpan], ends: dict[Scoped, Moment]
) -> tuple[RoleSpan, ...]:
    latest: dict[object, RoleSpan] = {}
    for span in spans:
        known = latest.get(span.key)
        if known is None or (known.said, known.seq) <= (span.said, span.seq):
            latest[span.key] = span
    return tuple(_cut(span, ends) for span in latest.values())


def _cut(span: RoleSpan, ends: dict[Scoped, Moment]) -> RoleSpan:
    for (role, group, stands_for), word in ends.items():
        of_it = (
            role == span.role
            and group in ("", span.group)
            and stands_for in ("", span.substitute_for)
        )
        if of_it and (span.said, span.seq) <= word:
            span = span.cut(word[0])
    return span
