"""Who speaks: a language, a time zone, and the titles of one playbook."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, cast

from attrs import frozen

from community_sdk import _time
from community_sdk.wording._catalogue import Catalogue, catalogue, language
from community_sdk.wording._names import NO_NAMES, Names
from community_sdk.wording._template import clean, fill

__all__ = ["Voice", "voice"]

_CHAINS: Final = {
    "step": ("event",),
    "duty": ("role",),
    "lifter": ("role",),
    "category": ("rule",),
}
# Rules longer than this (UTF-8; 16 Chinese characters) are texts: where a short name
# is known, it is easier to read inside a sentence.
_LONGEST_RULE: Final = 48
_PART: Final = re.compile(r"(\d{1,18})\s*([a-z]+)")
_LENGTH: Final = re.compile(r"-?\s*(?:\d{1,18}\s*[a-z]+\s*)+")
_FULL: Final = 3
"""More units than anybody sets: such a length was measured."""
_SHORT: Final = {"months": "month", "years": "year", "w": "week"}


@frozen
class Voice:
    """Words, dates and lengths of time in one language.

    *named*: the zone was asked for, and need not be said with each instant.
    """

    lang: str
    zone: tzinfo = UTC
    named: bool = False
    names: Names = NO_NAMES

    @property
    def catalogue(self) -> Catalogue:
        """The words of the language."""
        return catalogue(self.lang)

    def form(self, name: str) -> Any:
        """Return what the catalogue says of the form called *name*."""
        return self.catalogue.form[name]

    def word(self, sort: str, value: object) -> str:
        """Return *value* in words: the playbook's title, else the catalogue's word."""
        key = str(value)
        for kind in (sort, *_CHAINS.get(sort, ())):
            title = self.names.find(kind, key, self.lang).rstrip("。. ")
            known = self._known(kind, key)
            found = title or known
            if kind == "rule" and known and len(title.encode()) > _LONGEST_RULE:
                found = known
            if found:
                return clean(found)
        return clean(key)

    def _known(self, sort: str, key: str) -> str:
        if sort == "event":
            return self.catalogue.events.get(key, {}).get("noun", "")
        return self.catalogue.words.get(sort, {}).get(key, "")

    def date(self, value: object, after: datetime | None = None) -> str:
        """Return an instant (ISO 8601) as a local date and time to the minute.

        What it shares with the instant *after* which it is said, day or year, is left
        out.
        """
        at = self.local(value)
        if at is None:
            return clean(value)
        form = self.form("date")
        name = "full"
        if after is not None and after.date() == at.date():
            name = "clock"
        elif after is not None and after.year == at.year:
            name = "short"
        text = fill(form[name], _parts(at, self.form("months")))
        return text if self.named else f"{text}{self.form('utc')}"

    def day(self, value: object) -> str:
        """Return the local day of an instant, or a date that is one already."""
        at = self.local(value)
        if at is None:
            return clean(value)
        return fill(self.form("date")["day"], _parts(at, self.form("months")))

    def local(self, value: object) -> datetime | None:
        """Return an instant in the zone, None where *value* is none."""
        try:
            at = datetime.fromisoformat(str(value))
            return at if at.tzinfo is None else at.astimezone(self.zone)
        except (ValueError, OverflowError):
            return None

    def length(self, value: object) -> str:
        """Return a length of time (``24h``, ``2d 3h``, ``1 month``) in words.

        One that was measured to the microsecond is cut to what people say of it.
        """
        text = str(value).strip()
        parts = cast("list[tuple[str, str]]", _PART.findall(text))
        units = cast("dict[str, str]", self.form("units"))
        known = [(int(n), _SHORT.get(unit, unit)) for n, unit in parts]
        if not _LENGTH.fullmatch(text) or any(unit not in units for _, unit in known):
            return clean(value)
        if len(known) > 1 and known[-1][1] == "us":
            known = known[:-1]
        if len(known) > _FULL:
            known = known[:2]
        words = [self.counted(n, units[unit]) for n, unit in known]
        return ("−" if text.startswith("-") else "") + " ".join(words)

    def counted(self, number: object, forms: str) -> str:
        """Return *number* with its noun: *forms* is one form, or ``one/many``."""
        one, _, many = forms.partition("/")
        noun = one if number in (1, -1) or not many else many
        return f"{self.number(number)} {noun}"

    def number(self, value: object) -> str:
        """Return a number with its thousands apart."""
        whole = isinstance(value, int) and not isinstance(value, bool)
        return f"{value:,}".replace("-", "−") if whole else clean(value)

    def plain(self, value: object) -> str:
        """Return any figure as it is, truths and lists in words."""
        if value is None:
            return str(self.form("none"))
        if isinstance(value, bool):
            return str(self.form("yes" if value else "no"))
        if isinstance(value, tuple):
            listed = cast("tuple[object, ...]", value)
            return str(self.form("comma")).join(map(self.plain, listed))
        return clean(value)


def _parts(at: datetime, months: list[str]) -> dict[str, Any]:
    return {
        "year": at.year,
        "month": months[at.month - 1],
        "day": at.day,
        "clock": f"{at:%H:%M}",
    }


def voice(lang: str, zone: str | tzinfo | None, names: Names | None) -> Voice:
    """Return the voice that a caller asked for.

    Raises:
        DefinitionError: no such zone.
    """
    where = _time.zone(zone) if isinstance(zone, str) else zone
    return Voice(
        language(lang), where or UTC, named=where is not None, names=names or NO_NAMES
    )
