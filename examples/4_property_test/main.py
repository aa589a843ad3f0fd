"""Two policies that look alike, and what tells them apart."""

from collections.abc import Iterator
from typing import ClassVar

from attrs import frozen
from hypothesis import given, settings

from community_sdk import Community, Mode, Playbook, because
from community_sdk.decisions import Recommend
from community_sdk.events import Event, EventTypes, PurchaseMade
from community_sdk.model import CommunityId, PolicyKey
from community_sdk.policies import Scope
from community_sdk.state import State
from community_sdk.testing import laws
from community_sdk.testing import strategies as cst

PURCHASES = cst.histories(kinds=("purchase",), max_size=8, late=True)


@frozen(kw_only=True)
class EveryThird:
    """Give a present at every third purchase."""

    answers: ClassVar[EventTypes] = (PurchaseMade,)
    folds: ClassVar[EventTypes] = (PurchaseMade,)

    key: PolicyKey
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def start(self) -> int:
        """Nothing bought yet."""
        return 0

    def fold(self, mine: int, _: PurchaseMade, __: State, /) -> int:
        """One more."""
        return mine + 1

    def decide(self, event: PurchaseMade, state: State, /) -> Iterator[Recommend]:
        """Suggest the present."""
        if state.mine % self.patience(event) == 0:
            why = because("shop.present", purchases=state.mine)
            yield Recommend(action="present", because=why)

    def patience(self, _: PurchaseMade, /) -> int:
        """Return how many purchases it takes."""
        return 3


@frozen(kw_only=True)
class EveryThirdOrSo(EveryThird):
    """The same, but for those whose names come first."""

    def patience(self, event: PurchaseMade, /) -> int:
        """Return how many purchases it takes, fewer for some."""
        return 2 if str(event.member) < "b" else 3


def shop(policy: EveryThird) -> Playbook:
    """Return a playbook with that policy alone."""
    return Playbook(community=Community(key=CommunityId("shop")), policies=(policy,))


def find(policy: EveryThird) -> str:
    """Return the smallest history in which *policy* looks at names, or nothing."""
    playbook = shop(policy)

    @settings(max_examples=100, deadline=None, database=None)
    @given(PURCHASES)
    def is_fair(history: list[Event]) -> None:
        laws.names_do_not_matter(playbook, history)

    try:
        is_fair()
    except AssertionError as found:
        return str(found)
    return ""


if __name__ == "__main__":
    print("every third:", find(EveryThird(key=PolicyKey("fair"))) or "fair")
    print("every third or so:", find(EveryThirdOrSo(key=PolicyKey("unfair"))))
