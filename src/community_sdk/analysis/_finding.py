"""What a look at a playbook found: where, how grave, what to do, and the proof."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from attrs import field, frozen

__all__ = ["Contrast", "Finding", "Gravity", "warning"]


class Gravity(IntEnum):
    """How grave a finding is; only an error keeps a playbook from passing."""

    NOTE = 1
    WARNING = 2
    ERROR = 3


@frozen
class Contrast:
    """Two requests that differ in one answer, and what the playbook makes of each.

    *first* and *second* are the answers given; *verdicts* the kinds of the decisions.
    """

    first: Mapping[str, str | int | bool] = field(hash=False)
    second: Mapping[str, str | int | bool] = field(hash=False)
    verdicts: tuple[str, str]


@frozen(kw_only=True)
class Finding:
    """One thing that is wrong, or that somebody should know; never raised.

    *message* and *hint* are English; *code* and *figures* carry the same facts for
    other languages (`community_sdk.wording.say_problem`). *counterexample* is a
    history in which it shows, where one was found.
    """

    code: str
    severity: Gravity
    path: str
    message: str
    hint: str = ""
    figures: Mapping[str, str] = field(factory=dict[str, str], hash=False)
    counterexample: Contrast | None = None


def warning(
    code: str, path: str, message: str, *, hint: str, **figures: str
) -> Finding:
    """Return what somebody should know of a playbook that runs all the same."""
    return Finding(
        code=code,
        severity=Gravity.WARNING,
        path=path,
        message=message,
        hint=hint,
        figures=figures,
    )
