"""One decision that two playbooks do not share: what, when, and why on either side."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, Final, cast

from attrs import fields, frozen

from community_sdk._time import micros
from community_sdk.backtest._harshness import Harshness, harshness, unwrap
from community_sdk.decisions import ApplySanction, ChangeTier, Decision, Mode
from community_sdk.explanation import Explanation
from community_sdk.model import MemberId, SanctionState

__all__ = ["Difference", "Parting", "What", "differs", "label", "open_ended"]


class What(Enum):
    """How two records differ in one decision.

    Only one of them has it; or both decide, and it is another measure, another mode
    (one waits for consent, or is provisional), another end, or another time.
    """

    ONLY_ONE = "only_one"
    ONLY_OTHER = "only_other"
    MEASURE = "other_measure"
    MODE = "other_mode"
    END = "other_end"
    TIME = "other_time"


@frozen(kw_only=True)
class Parting:
    """Where the records of one member parted: the first difference about him or her."""

    at: datetime
    trigger: str
    what: What


@frozen(kw_only=True)
class Difference:
    """A decision about *member* (None: the community) that differs.

    Attributes:
        at: the earlier of the two instants.
        kind: the kind of decision; of a proposal, what is proposed.
        one, other: the decisions, None where that side decides nothing of the kind.
        why_one, why_other: their reasons. Where a side decides nothing: why it was
            dropped there, or where the member stood with its policies; None where
            nothing is known.
        after_one, after_other: the decision rests on an act that this side had made
            impossible, because it had put the member out before.
        parted: where the records of this member parted.
    """

    at: datetime
    member: MemberId | None
    kind: str
    what: What
    one: Decision | None
    other: Decision | None
    why_one: Explanation | None = None
    why_other: Explanation | None = None
    after_one: bool = False
    after_other: bool = False
    parted: Parting

    @property
    def harshness(self) -> Harshness:
        """The harsher of the two."""
        return max(harshness(d) for d in (self.one, self.other) if d is not None)


_ENVELOPE: Final = frozenset(
    {"because", "id", "policy", "playbook", "trigger", "at", "mode", "member"}
)


@cache
def _names(cls: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the fields that say what is decided, and those that say until when.

    Ids are left out: they name a record, and every playbook has its own.
    """
    told = [
        (f.name, str(f.type))
        for f in fields(cls)
        if f.name not in _ENVELOPE
        and "DecisionId" not in str(f.type)
        and "EventId" not in str(f.type)
    ]
    what = tuple(name for name, kind in told if "datetime" not in kind)
    return what, tuple(name for name, kind in told if "datetime" in kind)


def _content(decision: Decision) -> tuple[object, ...]:
    if isinstance(decision, ApplySanction):
        step, only_record = decision.step, decision.state is SanctionState.EXPIRED
        return (decision.group, step.kind, step.notice, step.level, only_record)
    cls: Any = type(decision)
    return (decision.kind, *(getattr(decision, name) for name in _names(cls)[0]))


def _certain(decision: Decision, mode: Mode) -> tuple[Mode, bool]:
    """Return whether somebody must consent first, and whether it stands."""
    state = getattr(decision, "state", None)
    return mode, state is SanctionState.PROVISIONAL


def _lasts(decision: Decision) -> list[int | None]:
    """Return how long after its beginning each instant in *decision* is."""
    start, out = _start(decision), list[int | None]()
    if isinstance(decision, ApplySanction):
        until = decision.until
        return [None if until is None else micros(until) - start]
    cls: Any = type(decision)
    for name in _names(cls)[1]:
        value = getattr(decision, name)
        several = cast("tuple[datetime | None, ...]", value)
        for each in several if isinstance(value, tuple) else (value,):
            out.append(None if each is None else micros(each) - start)
    return out


def differs(one: Decision, other: Decision) -> What | None:
    """Return how two decisions of a kind differ, None where they say the same.

    Where several things differ, the gravest names it: measure, mode, end, time. What
    ends as long after its own beginning ends at another time only.
    """
    (first, how), (second, way) = unwrap(one), unwrap(other)
    if _content(first) != _content(second):
        return What.MEASURE
    if _certain(first, how) != _certain(second, way):
        return What.MODE
    if _lasts(first) != _lasts(second):
        return What.END
    return None if _start(first) == _start(second) else What.TIME


def _start(decision: Decision) -> int:
    return 0 if decision.at is None else micros(decision.at)


def label(decision: Decision | None) -> str:
    """Return the word for what is decided: a measure, a tier, an action, or nothing."""
    if decision is None:
        return ""
    what, _ = unwrap(decision)
    if isinstance(what, ApplySanction):
        return what.step.kind.word
    if isinstance(what, ChangeTier):
        return str(what.after)
    for name in ("action", "rule", "what", "act", "template", "subject"):
        found = getattr(what, name, "")
        if found:
            return str(found)
    return ""


def open_ended(decision: Decision | None) -> bool:
    """Tell whether it is a measure that holds and never ends by itself."""
    if decision is None:
        return False
    what, _ = unwrap(decision)
    return (
        isinstance(what, ApplySanction) and what.step.kind.holds and what.until is None
    )
