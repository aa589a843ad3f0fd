"""The policy of a case as a playbook: words of the case to words of the library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from community_sdk import (
    SANCTIONS,
    Community,
    Duration,
    LadderStep,
    PenaltyLadder,
    Playbook,
    Role,
    Rule,
    Rulebook,
)
from community_sdk.model import CommunityId, Notice, PolicyKey, RoleName, RuleCode
from community_sdk.policies import Policy, Trigger
from tests.peers.frame import Plain, length, written

LADDER: Final = PolicyKey("ladder")
TRIGGERS: Final = {
    "every_time": Trigger.EACH_STRIKE,
    "on_crossing": Trigger.ON_CROSSING,
}
MEASURES: Final = {"strikes": "count", "points": "points", "sanctions": "sanctions"}
MANY_YEARS: Final = Duration(months=1_200)


def playbook(case: Plain) -> Playbook:
    """Return the playbook that runs the community of *case*."""
    policy = case["policy"]
    return written(
        Playbook(
            name=case["id"],
            community=Community(key=CommunityId("peers")),
            roles=tuple(roles(case)),
            rulebook=Rulebook(rules=tuple(rules(case))),
            policies=tuple(one for make in POLICIES for one in make(policy)),
            lateness=MANY_YEARS,
        )
    )


def rank_role(rank: int) -> RoleName:
    """Return the role that carries *rank*: in the cases it is the person who has it."""
    return RoleName(f"rank {rank}")


def roles(case: Plain) -> Iterator[Role]:
    """Yield the roles by name, and the ranks."""
    actors = case["actors"].values()
    for name in dict.fromkeys(a["role"] for a in actors if "role" in a):
        yield Role(name=RoleName(name))
    for rank in dict.fromkeys(a["rank"] for a in actors if "rank" in a):
        yield Role(name=rank_role(rank), rank=rank)


def rules(case: Plain) -> Iterator[Rule]:
    """Yield every category as a rule of its own, with its weight and its ladder."""
    policy = case["policy"]
    weights, groups = (
        policy.get("category_points", {}),
        policy.get("category_group", {}),
    )
    told = (s["event"].get("category") for s in case["steps"])
    found = [*weights, *groups, *groups.values(), *policy.get("immediate", {})]
    found += [*policy.get("enter_at", {}), *(name for name in told if name)]
    for name in dict.fromkeys(found):
        group = groups.get(name, "")
        yield Rule(code=RuleCode(name), category=group, weight=weights.get(name, 1))


def sanction(do: Plain, start: int = 1) -> LadderStep:
    """Return the measure of *do*, from the number *start* on."""
    notice = {"notice": Notice(do["notice"])} if "notice" in do else {}
    return LadderStep(
        at=start,
        kind=SANCTIONS[do["kind"]],
        duration=length(do.get("duration")),
        **notice,
    )


def ladder(policy: Plain) -> Iterator[Policy]:
    """Yield the ladder, where something is counted."""
    if "counting" not in policy:
        return
    counting = policy["counting"]
    more: dict[str, Any] = {}
    if "window_edge" in counting:
        more["window_edge"] = counting["window_edge"]
    if "trigger" in policy:
        more["trigger"] = TRIGGERS[policy["trigger"]]
    immediate = policy.get("immediate", {})
    yield PenaltyLadder(
        key=LADDER,
        measure=MEASURES[counting["what"]],  # type: ignore[arg-type]
        per=counting["per"],
        window=length(counting.get("window")),
        steps=tuple(sanction(s["do"], s["at"]) for s in policy["steps"]),
        immediate={name: sanction(do) for name, do in immediate.items()},
        enter_at=policy.get("enter_at", {}),
        **more,
    )


POLICIES: Final[tuple[Callable[[Plain], Iterator[Policy]], ...]] = (ladder,)
