"""Settings of ladders that are dead, or say the opposite of what they seem to (S06).

Such a playbook runs: these are warnings, and a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator

from community_sdk.analysis._finding import Finding, warning
from community_sdk.model import LadderStep
from community_sdk.playbook import Playbook
from community_sdk.policies import PenaltyLadder
from community_sdk.proposal import EVERY

__all__ = ["check_order"]


def check_order(playbook: Playbook, /) -> tuple[Finding, ...]:
    """Find steps that are shorter than one before, and settings that nothing meets.

    A measure that lasts shorter at a later breach is milder than at an earlier one.
    What a ladder says of kinds that it never imposes, and of categories that it does
    not answer, has no effect.
    """
    return tuple(
        finding
        for place, policy in enumerate(playbook.policies)
        if isinstance(policy, PenaltyLadder)
        for finding in (
            *_shorter(policy, f"policy[{place}]"),
            *_never_imposed(policy, f"policy[{place}]", playbook),
            *_not_answered(policy, f"policy[{place}]"),
        )
    )


def _shorter(ladder: PenaltyLadder, path: str) -> Iterator[Finding]:
    """Yield steps that last shorter than an earlier one of the kind."""
    longest: dict[str, LadderStep] = {}
    for nth, step in enumerate(ladder.steps):
        before = longest.setdefault(step.kind.word, step)
        if not _lasts_longer(before, step):
            longest[step.kind.word] = step
            continue
        lasts = "" if before.duration is None else str(before.duration)
        yield warning(
            "order.shorter",
            f"{path}.steps[{nth}].duration",
            f"`{step.kind}` at {step.at} lasts `{step.duration}`, shorter than"
            f" at {before.at} ({lasts or 'without end'})",
            hint="let later steps last at least as long",
            found=str(step.duration),
            kind=step.kind.word,
            at=str(step.at),
            before=str(before.at),
            lasts=lasts,
        )


def _lasts_longer(one: LadderStep, other: LadderStep) -> bool:
    if not (one.kind.holds or one.kind.lasts) or other.duration is None:
        return False
    return one.duration is None or one.duration.exceeds(other.duration)


def _never_imposed(
    ladder: PenaltyLadder, path: str, playbook: Playbook
) -> Iterator[Finding]:
    """Yield what is said of kinds that the ladder never imposes."""
    imposed = {EVERY, *(kind.word for kind in ladder.imposes(playbook))}
    for name in ("overlap", "approval"):
        for word in getattr(ladder, name):
            if word not in imposed:
                yield warning(
                    "order.never_imposed",
                    f"{path}.{name}.{word}",
                    f"ladder `{ladder.key}` never imposes `{word}`",
                    hint="remove it, or add a step of that kind",
                    found=word,
                    key=str(ladder.key),
                )


def _not_answered(ladder: PenaltyLadder, path: str) -> Iterator[Finding]:
    """Yield what is said of categories that the ladder does not answer."""
    if not ladder.categories:
        return
    first = ladder.first_offence
    named = (
        *(("immediate", word) for word in ladder.immediate),
        *(("enter_at", word) for word in ladder.enter_at),
        *(("first_offence.severe", w) for w in (() if first is None else first.severe)),
    )
    for name, word in named:
        if {word, ladder.groups.get(word, word)}.isdisjoint(ladder.categories):
            yield warning(
                "order.not_answered",
                f"{path}.{name}",
                f"ladder `{ladder.key}` does not answer the category `{word}`",
                hint="add it to `categories`, or remove it here",
                found=word,
                key=str(ladder.key),
            )
