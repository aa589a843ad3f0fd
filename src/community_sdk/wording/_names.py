"""The titles that a playbook gives its rules, tiers, roles, groups and steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import field, frozen

from community_sdk.model import Titles
from community_sdk.policies import AdmissionPolicy, Funnel
from community_sdk.state import Definition
from community_sdk.wording._catalogue import LANGUAGES, language

__all__ = ["NO_NAMES", "Names", "title"]


def title(titles: Titles, lang: str, default: str = "") -> str:
    """Return the name in *lang*, else in another language, else *default*."""
    wanted = language(lang)
    for known in (lang, wanted, *LANGUAGES, *sorted(titles)):
        if titles.get(known):
            return titles[known]
    return default


@frozen
class Names:
    """Titles by sort (``rule``, ``tier``, ``role``, ``group``, …) and key."""

    titles: Mapping[tuple[str, str], Titles] = field(
        factory=dict[tuple[str, str], Titles], hash=False
    )

    @classmethod
    def of(cls, definition: Definition, /) -> Names:
        """Gather the titles of a playbook."""
        return cls({key: titles for key, titles in _titles(definition) if titles})

    def find(self, sort: str, word: str, lang: str) -> str:
        """Return the title of *word*, or the empty text."""
        return title(self.titles.get((sort, word), {}), lang)


NO_NAMES = Names()

_Pair = tuple[tuple[str, str], Titles]


def _titles(definition: Definition) -> Iterator[_Pair]:
    community = definition.community
    yield ("community", community.key), community.title
    for group in community.groups:
        yield ("group", group.key), group.title
    for rule in definition.rulebook.rules:
        yield ("rule", rule.code), rule.text
    for role in definition.roles:
        yield ("role", role.name), role.title
    for tiers in definition.tiers:
        for tier in tiers.tiers:
            yield ("tier", tier.key), tier.title
    yield from _of_policies(getattr(definition, "policies", ()))


def _of_policies(policies: Iterable[object]) -> Iterator[_Pair]:
    for policy in policies:
        if isinstance(policy, Funnel):
            for step in policy.steps:
                yield ("step", step.event), step.title
        elif isinstance(policy, AdmissionPolicy):
            for requirement in policy.requirements:
                yield ("answer", requirement.answer), requirement.title
