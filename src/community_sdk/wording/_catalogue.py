"""The words of one language, read from its file at first use."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

from attrs import field, frozen

from community_sdk.wording._template import Entry

__all__ = ["LANGUAGES", "Catalogue", "catalogue", "language"]

LANGUAGES: Final = ("zh", "en")


@frozen
class Catalogue:
    """One language: sentences by key, words by sort, and how figures look.

    Attributes:
        lang: ``zh`` or ``en``.
        says: explanation keys. *problems*: codes of mistakes. *decisions*: kinds.
        phrases: what reports and tools say of themselves.
        events: by kind, as verb, noun, one and many.
        words: by sort (``sanction``, ``role``, …) and word.
        metrics: by metric and use.
        form: dates, joiners, comparisons.
    """

    lang: str
    says: Mapping[str, Entry] = field(repr=False)
    problems: Mapping[str, Entry] = field(repr=False)
    decisions: Mapping[str, Entry] = field(repr=False)
    phrases: Mapping[str, Entry] = field(repr=False)
    events: Mapping[str, Mapping[str, str]] = field(repr=False)
    words: Mapping[str, Mapping[str, str]] = field(repr=False)
    metrics: Mapping[str, Mapping[str, str]] = field(repr=False)
    form: Mapping[str, Any] = field(repr=False)


def language(lang: str) -> str:
    """Return the language that *lang* (``zh-CN``, ``en_GB.UTF-8``) is served in.

    Whatever is not Chinese is answered in English.
    """
    return "zh" if lang.lower().startswith("zh") else "en"


@cache
def catalogue(lang: str) -> Catalogue:
    """Return the catalogue of *lang*, one of `LANGUAGES`."""
    files = resources.files("community_sdk.wording")
    plain = tomllib.loads(files.joinpath(f"{lang}.toml").read_text("utf-8"))
    return Catalogue(
        lang,
        says=_entries(plain["says"]),
        problems=_entries(plain["problems"]),
        decisions=_entries(plain["decisions"]),
        phrases=_entries(plain["phrases"]),
        events=plain["events"],
        words=plain["words"],
        metrics=plain["metrics"],
        form=plain["form"],
    )


def _entries(plain: Mapping[str, Any]) -> dict[str, Entry]:
    return {key: Entry.read(value) for key, value in plain.items()}
