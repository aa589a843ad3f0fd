"""What a campaign gives, and from when on it takes a closer look (S19)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from attrs import field, validators

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.errors import DefinitionError
from community_sdk.model import Money

__all__ = ["ReferralBurst", "ReferralStage", "beyond", "check_terms"]


@frozen(kw_only=True)
class ReferralStage:
    """*reward* for *count* newcomers: a *form* such as ``voucher``, worth *money*."""

    count: int = field(validator=validators.ge(1))
    reward: str
    form: str = ""
    money: Money | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a reward without a name, and one that takes."""
        if not self.reward:
            raise DefinitionError(
                "expected the name of a reward, found none",
                code="referral.reward",
                hint="say what is given, as who claims it reads it",
                found=self.reward,
            )
        if self.money is not None and self.money.amount < 0:
            raise DefinitionError(
                f"expected `{self.reward}` to be worth 0 or more, found `{self.money}`",
                code="referral.money",
                hint="a reward gives; write the amount without a sign",
                found=str(self.money),
            )


@frozen(kw_only=True)
class ReferralBurst:
    """So many newcomers of one inviter within so long, the end excluded, are odd."""

    count: int = field(default=20, validator=validators.ge(2))
    within: Duration = field(factory=lambda: Duration.parse("1h"))


def check_terms(
    key: str,
    stages: Sequence[ReferralStage],
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Refuse a campaign *key* in which nobody could ever count, or rise.

    Raises:
        DefinitionError: *until* is not after *since*, or *stages* do not rise.
    """
    if since is not None and until is not None and until <= since:
        raise DefinitionError(
            f"expected `until` of `{key}` after `since`, found `{until.isoformat()}`",
            code="referral.until",
            hint="entries count from the one up to, but not at, the other",
            key=key,
            found=until.isoformat(),
        )
    counts = [stage.count for stage in stages]
    if any(a >= b for a, b in pairwise(counts)):
        raise DefinitionError(
            f"expected stages of `{key}` that rise, found `{counts}`",
            code="referral.stages",
            key=key,
            found=", ".join(map(str, counts)),
        )


def beyond(
    key: str, stages: Sequence[ReferralStage], burst: ReferralBurst | None, most: int
) -> Iterator[tuple[str, DefinitionError]]:
    """Yield what asks for more newcomers than the *most* that are remembered."""
    counts = [(f"stages[{n}].count", stage.count) for n, stage in enumerate(stages)]
    counts += [] if burst is None else [("burst.count", burst.count)]
    for where, count in counts:
        if count > most:
            error = DefinitionError(
                f"expected at most {most} newcomers, `most` of `{key}`, found {count}",
                code="referral.most",
                hint="more are not counted: raise `most`",
                key=key,
                found=str(count),
                most=str(most),
            )
            yield (where, error)
