"""Nicknames in the form of the community, and who goes on refusing one (S04)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from attrs import field, validators

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.explanation import Explanation, because
from community_sdk.model import RuleCode

__all__ = ["NicknameFormat", "NicknameTerms"]

_DASHES: Final = re.compile(r"[‐-―－﹣−·•・]")


def _plain(text: str) -> str:
    return _DASHES.sub("-", unicodedata.normalize("NFKC", text))


@frozen(kw_only=True)
class NicknameFormat:
    """A nickname made of *parts* in order, such as interest, city and job.

    Compared after NFKC; the dashes and dots people type for a hyphen all count as
    one. Judged where the nickname is known; events only say whether it conforms.
    *empty_part_allowed*: a part may be left out between its separators.
    """

    parts: tuple[str, ...] = field(validator=validators.min_len(1))
    separator: str = field(default="-", validator=validators.min_len(1))
    empty_part_allowed: bool = False

    def check(self, nickname: str, /) -> Explanation:
        """Explain whether *nickname* conforms: ``nickname.fits`` or what is wrong."""
        given = [
            part.strip() for part in _plain(nickname).split(_plain(self.separator))
        ]
        wanted = self.separator.join(self.parts)
        if len(given) != len(self.parts):
            return because(
                "nickname.parts", wanted=wanted, count=len(self.parts), found=len(given)
            )
        for name, part in zip(self.parts, given, strict=True):
            if not part and not self.empty_part_allowed:
                return because("nickname.empty", wanted=wanted, part=name)
        return because("nickname.fits", wanted=wanted)

    def conforms(self, nickname: str, /) -> bool:
        """Tell whether *nickname* conforms."""
        return self.check(nickname).key == "nickname.fits"


@frozen(kw_only=True)
class NicknameTerms:
    """A nickname of *format* is to be set *within* a time after joining.

    *remind* says how long after to remind. Each time that it is over without one is a
    breach of *rule* (None: none), which a ladder may answer; the time then begins
    again, *at_most* times in all.
    """

    format: NicknameFormat
    within: Duration
    remind: tuple[Duration, ...] = ()
    rule: RuleCode | None = None
    at_most: int = field(default=3, validator=validators.ge(1))
