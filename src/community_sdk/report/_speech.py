"""Who speaks in a report: one language, with the titles of one playbook."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from attrs import define, field

from community_sdk.playbook import Playbook
from community_sdk.wording import Names, language, phrase, title, word

__all__ = ["Speech"]


class _Reported(Protocol):
    @property
    def playbook(self) -> Playbook:
        """The playbook that was replayed."""
        ...


R = TypeVar("R", bound=_Reported)


@define
class Speech(Generic[R]):
    """Phrases and words about a *subject*, in one language."""

    subject: R
    lang: str
    names: Names = field(init=False)
    zone: str = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Look up titles and zone in the playbook."""
        self.lang = language(self.lang)
        self.names = Names.of(self.subject.playbook)
        self.zone = self.subject.playbook.community.zone

    def __call__(self, key: str, /, **figures: object) -> str:
        """Return the phrase called *key*."""
        return phrase(key, self.lang, figures, zone=self.zone, names=self.names)

    def word(self, sort: str, value: object) -> str:
        """Return one word of the model."""
        return word(sort, value, self.lang, names=self.names)

    @property
    def name(self) -> str:
        """The community's title."""
        community = self.subject.playbook.community
        return title(community.title, self.lang, str(community.key))
