"""Looking at a league before its period is over, and again when it is closed (S08)."""

from __future__ import annotations

from community_sdk.engine import Step
from community_sdk.errors import DefinitionError
from community_sdk.events import StandingsCounted
from community_sdk.model import PeriodClose
from community_sdk.operation._operation import Operation
from community_sdk.policies import LeaguePolicy

__all__ = ["preview_close", "recalculate"]


def preview_close(operation: Operation, policy: str, /) -> PeriodClose:
    """Return how the running period of the league *policy* would close now.

    It is the same function that closes it; nothing is changed.

    Raises:
        DefinitionError: the playbook has no such league.
    """
    league = _league(operation, policy)
    counted = _counted(operation, league, "")
    return league.closes(counted, operation.view(""))


def recalculate(
    operation: Operation, policy: str, period: str, /, *, apply: bool = False
) -> Step:
    """Count the closed *period* again and report what would differ.

    The close stands. With *apply* the difference is carried out as new moves that name
    the close they correct, for everybody who still is where the close left them.

    Raises:
        DefinitionError: the playbook has no such league, or remembers no such close.
    """
    from attrs import evolve  # noqa: PLC0415 - rarely asked

    counted = _counted(operation, _league(operation, policy), period)
    return operation.record(evolve(counted, apply=apply))


def _league(operation: Operation, key: str) -> LeaguePolicy:
    found = operation.playbook.policy(key)
    if isinstance(found, LeaguePolicy):
        return found
    known = [p.key for p in operation.playbook.policies if isinstance(p, LeaguePolicy)]
    raise DefinitionError(
        f"expected the key of a league, found `{key}`",
        code="operation.no_league",
        hint=f"known: {', '.join(known)}" if known else "the playbook has none",
        found=key,
    )


def _counted(
    operation: Operation, league: LeaguePolicy, period: str
) -> StandingsCounted:
    request = league.request(operation.view(""), period)
    if request is None:
        raise DefinitionError(
            f"expected a period that is closed and remembered, found `{period}`",
            code="operation.no_close",
            hint="a league remembers its last closes: see `remember`",
            found=period,
        )
    return operation.standings(request)
