"""The titles that a playbook gives its rules, tiers, roles, groups and steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from attrs import field, frozen

from community_sdk.model import Titles
from community_sdk.policies import (
    AdmissionPolicy,
    Funnel,
    Segmentation,
    TagPolicy,
)
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
    """Titles by sort (``rule``, ``tier``, ``role``, ``group``, …) and key.

    *funnels*: every funnel of the playbook, with titles or without.
    """

    titles: Mapping[tuple[str, str], Titles] = field(
        factory=dict[tuple[str, str], Titles], hash=False
    )
    funnels: frozenset[str] = frozenset()

    @classmethod
    def of(cls, definition: Definition, /) -> Names:
        """Gather the titles of a playbook."""
        policies = getattr(definition, "policies", ())
        funnels = (str(p.key) for p in policies if isinstance(p, Funnel))
        titles = {key: titles for key, titles in _titles(definition) if titles}
        return cls(titles, frozenset(funnels))

    def step(self, funnel: str, nth: object, lang: str) -> str:
        """Return the title of step *nth* (from 0) of *funnel*, or the empty text.

        Without a funnel that is known, the playbook's only one is meant.
        """
        if funnel not in self.funnels and len(self.funnels) == 1:
            funnel = next(iter(self.funnels))
        return self.find("step", f"{funnel}/{nth}", lang)

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
        yield from _listed(policy)
        if isinstance(policy, Funnel):
            for nth, step in enumerate(policy.steps):
                yield ("step", f"{policy.key}/{nth}"), step.title
        elif isinstance(policy, Segmentation):
            for segment in policy.every:
                yield ("segment", segment.key), segment.title
        elif isinstance(policy, TagPolicy):
            tags = (tag for group in policy.groups for tag in group.tags)
            yield from ((("tag", tag.key), tag.title) for tag in tags)
        elif isinstance(policy, AdmissionPolicy):
            for requirement in policy.requirements:
                yield ("answer", requirement.answer), requirement.title


def _listed(policy: object) -> Iterator[_Pair]:
    """Yield titles of what policies list, without loading the rooms of any."""
    for sort in ("kpi", "channel", "reward", "badge"):
        found: Any = getattr(policy, f"{sort}s", ())
        if not isinstance(found, tuple):  # an own policy may call anything so
            continue
        for one in cast("Iterable[Any]", found):
            titles: Titles | None = getattr(one, "title", None)
            if isinstance(titles, Mapping):
                yield (sort, str(one.key)), titles
