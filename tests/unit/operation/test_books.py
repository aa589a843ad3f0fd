"""A community goes on under the playbooks it ran, own policies and all."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import ClassVar

import pytest
from attrs import evolve, frozen

from community_sdk import Operation, Playbook
from community_sdk import events as ev
from community_sdk.adapters.stores.memory import MemoryStore
from community_sdk.decisions import Mode, Recommend, Wish
from community_sdk.errors import DefinitionError
from community_sdk.explanation import because
from community_sdk.model import PolicyKey
from community_sdk.policies import Scope
from community_sdk.state import State
from community_sdk.testing.fakes import FakeClock
from tests.unit.operation.test_operation import NOON, a_playbook, breach, joined

OWN = PolicyKey("own")


def recommend(word: str) -> Recommend:
    """Advise to do *word*."""
    return Recommend(action=word, because=because("test.own"))


@frozen(kw_only=True)
class Worded:
    """An own policy that a file can hold."""

    answers: ClassVar[ev.EventTypes] = (ev.Joined,)

    word: str = "wave"
    key: PolicyKey = OWN
    scope: Scope = Scope.MEMBER
    mode: Mode = Mode.ACT

    def decide(self, _: ev.Joined, __: State, /) -> Iterable[Wish]:
        """Advise."""
        return (recommend(self.word),)


@frozen(kw_only=True)
class Called:
    """An own policy with a function, which no file can hold."""

    answers: ClassVar[ev.EventTypes] = (ev.Joined,)

    call: Callable[[], str]
    key: PolicyKey = OWN
    scope: Scope = Scope.MEMBER
    mode: Mode = Mode.ACT

    def decide(self, _: ev.Joined, __: State, /) -> Iterable[Wish]:
        """Advise."""
        return (recommend(self.call()),)


def with_own(policy: Worded | Called, version: str) -> Playbook:
    """The playbook of the other tests, and one policy of our own."""
    book = a_playbook(version)
    return evolve(book, policies=(*book.policies, policy))


def clock() -> FakeClock:
    """A clock long after everything."""
    return FakeClock(NOON + timedelta(days=30))


def advice(operation: Operation, number: int, name: str) -> list[str]:
    """Let somebody join; return what the own policy advises."""
    step = operation.record(joined(number, name))
    return [d.action for d in step if isinstance(d, Recommend) and d.policy == OWN]


def test_own_policies_of_earlier_versions_are_read_back() -> None:
    """Three versions on one store, each judged by the classes of the last."""
    store = MemoryStore()
    words = ("wave", "smile", "sing")
    books = [with_own(Worded(word=w), str(n)) for n, w in enumerate(words)]
    for number, (word, book) in enumerate(zip(words, books, strict=True)):
        operation = Operation.open(book, store, clock=clock(), adopt=True)
        assert advice(operation, number, f"m{number}") == [word]
    again = Operation.open(books[-1], store, clock=clock())
    assert again.record(joined(0, "m0")).duplicate
    assert advice(again, 9, "m9") == ["sing"]


def test_what_no_file_can_hold_is_run_and_must_be_given_again() -> None:
    """The store says so; nothing else is asked of the host."""
    store = MemoryStore()
    first = with_own(Called(call=lambda: "hop"), "1")
    operation = Operation.open(first, store, clock=clock())
    assert advice(operation, 1, "ann") == ["hop"]
    assert advice(Operation.open(first, store, clock=clock()), 2, "bo") == ["hop"]
    second = with_own(Called(call=lambda: "skip"), "2")
    with pytest.raises(DefinitionError) as caught:
        Operation.open(second, store, clock=clock(), adopt=True)
    assert caught.value.code == "operation.earlier"
    later = Operation.open(second, store, clock=clock(), adopt=True, earlier=[first])
    assert advice(later, 3, "carl") == ["skip"]
    assert later.record(breach(1, "ann")).decisions
