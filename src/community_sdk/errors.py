"""Every exception, split by who must act, and `Problem`, a mistake as a value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NoReturn

from attrs import field

from community_sdk._values import frozen

__all__ = [
    "CommunityError",
    "ConflictError",
    "DefinitionError",
    "HistoryError",
    "MissingExtraError",
    "PlatformError",
    "PlaybookError",
    "PolicyError",
    "Problem",
    "StoreError",
    "TooLate",
    "WorldError",
    "closest",
    "nearest",
]

# What breaks a line, hides or turns letters, or cannot be written at all.
_HIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_LONGEST: Final = 1_000


def _line(text: str) -> str:
    """Return *text* as one line that any screen can show, cut where huge."""
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}…"
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def nearest(word: str, known: Iterable[str]) -> str:
    """Offer the known word that *word* was probably meant to be, or nothing.

    Returns:
        A hint such as ``did you mean `fade`?``, or the empty text.
    """
    close = closest(word, known)
    return f"did you mean `{close}`?" if close else ""


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is nearest to *word*, None where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 - where a word is wrong

    words = sorted(known)
    close = get_close_matches(word, words, n=1, cutoff=0.6)
    if not close:
        low = {w.lower(): w for w in words}
        close = [low[w] for w in get_close_matches(word.lower(), low, n=1)]
    return close[0] if close else None


@frozen
class Problem:
    """One mistake in something that was written: where, what, and the cure.

    *message* and *hint* are English; *code* and *figures* carry the same facts for
    other languages (`community_sdk.wording`).
    """

    path: str
    message: str
    hint: str = ""
    code: str = ""
    figures: Mapping[str, str] = field(factory=dict[str, str], hash=False)

    def __str__(self) -> str:
        """Give the problem as one line."""
        where = f" @ {self.path}" if self.path else ""
        hint = f" ({self.hint})" if self.hint else ""
        return _line(f"{self.message}{where}{hint}")


class CommunityError(Exception):
    """Root of all errors of this library; never raised itself.

    Attributes:
        message: one line in English, lower case, without a final stop; what cannot
            be shown is escaped, what is too long is cut.
        hint: the cure, where one is known.
        code: a stable word for the kind of mistake, for other languages.
        figures: the facts that the message was made from.
    """

    def __init__(
        self, message: str, *, code: str = "", hint: str = "", **figures: str
    ) -> None:
        """Build the error from its facts."""
        if type(self) is CommunityError:
            _refuse_root()
        self.message = _line(message)
        self.code = code
        self.hint = _line(hint)
        self.figures = figures
        super().__init__(f"{self.message} ({self.hint})" if hint else self.message)

    def __reduce__(self) -> tuple[Any, ...]:
        """Let errors pass between processes with all their facts."""
        return _revive, (type(self), self.args, self.__dict__)

    def problem(self, path: str = "") -> Problem:
        """Return the same mistake as a value that names its place."""
        return Problem(path, self.message, self.hint, self.code, self.figures)


def _revive(
    kind: type[CommunityError], args: tuple[Any, ...], facts: dict[str, Any]
) -> CommunityError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(facts)
    return error


def _refuse_root() -> NoReturn:
    msg = "`CommunityError` is only a root: raise one of its kinds"
    raise TypeError(msg)


class DefinitionError(CommunityError, ValueError):
    """You wrote it wrong: a policy, playbook, condition or duration."""


class PlaybookError(DefinitionError):
    """A playbook has mistakes: all of them, each with its path.

    Attributes:
        problems: every mistake found, in the order of the file.
        source: the name of the file or template.
    """

    def __init__(self, problems: Iterable[Problem], *, source: str = "") -> None:
        """Gather *problems* into one error."""
        self.problems = tuple(problems)
        self.source = source
        count = len(self.problems)
        noun = "mistake" if count == 1 else "mistakes"
        name = f" in `{source}`" if source else ""
        super().__init__(f"{count} {noun}{name}", code="playbook.mistakes")

    def __str__(self) -> str:
        """Give the count, then one line per problem."""
        return "\n  ".join([self.message, *map(str, self.problems)])


class PolicyError(DefinitionError):
    """A policy broke while it was asked; the step was not done.

    Attributes:
        policy: the key of the policy.
    """

    def __init__(
        self, message: str, *, policy: str, code: str = "policy.broke"
    ) -> None:
        """Name the policy that broke."""
        self.policy = policy
        super().__init__(message, code=code, policy=policy)


class HistoryError(CommunityError, ValueError):
    """You fed it wrong: an event that no history can hold. Nothing was changed."""


class TooLate(HistoryError):  # noqa: N818 - a refusal by its domain name
    """An event is older than the lateness that the playbook allows."""


class WorldError(CommunityError):
    """They failed: a store, a disk, a platform.

    Attributes:
        retryable: whether the same call may succeed later.
        retry_after: seconds to wait, where the other side named them.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        hint: str = "",
        retryable: bool = False,
        retry_after: int | None = None,
        **figures: str,
    ) -> None:
        """Build the error from its facts."""
        self.retryable = retryable
        self.retry_after = retry_after
        super().__init__(message, code=code, hint=hint, **figures)


class ConflictError(WorldError):
    """Somebody else wrote first: load again and repeat."""


class StoreError(WorldError):
    """A store could not read or write."""


class PlatformError(WorldError):
    """A chat platform did not do what was asked."""


class MissingExtraError(CommunityError, ImportError):
    """An optional dependency is not installed.

    Attributes:
        extra: the name of the extra that brings it.
    """

    def __init__(self, what: str, *, extra: str) -> None:
        """Name what needs *extra* and the command that installs it."""
        self.extra = extra
        cure = f'pip install "community-sdk[{extra}]"'
        super().__init__(
            f"{what} needs the extra `{extra}`",
            code="missing_extra",
            hint=cure,
            what=what,
            extra=extra,
        )
