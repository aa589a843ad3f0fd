"""A policy written outside the package: from a file, run, explained, written back."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from attrs import evolve, field, frozen, validators

from community_sdk.conditions import Condition, count, holds, metrics, verdict
from community_sdk.decisions import Mode, Recommend
from community_sdk.errors import PlaybookError
from community_sdk.events import EventTypes, MessagePosted
from community_sdk.explanation import because
from community_sdk.metrics import Metric
from community_sdk.model import EventId, MemberId, Money, PolicyKey
from community_sdk.playbook import converter, dumps, load, loads, restore
from community_sdk.policies import Scope
from community_sdk.state import Definition, State


@frozen(kw_only=True)
class Gift:
    """What is given: *thing*, worth *worth*."""

    thing: str
    worth: Money | None = None


@frozen(kw_only=True)
class ThankHelpers:
    """Suggest a gift for who answers others often.

    *when* says who deserves it. *gifts* are what may be given, at least one.
    """

    answers: ClassVar[EventTypes] = (MessagePosted,)

    key: PolicyKey
    when: Condition
    gifts: tuple[Gift, ...] = field(validator=validators.min_len(1))
    duty: str = ""
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What *when* measures."""
        return metrics(self.when)

    def problems(
        self, definition: Definition, /
    ) -> Iterable[tuple[str, str, tuple[str, ...]]]:
        """Name a duty that no role has."""
        known = tuple(role.name for role in definition.roles)
        if self.duty and self.duty not in known:
            yield ("duty", self.duty, known)

    def decide(self, event: MessagePosted, state: State, /) -> Iterator[Recommend]:
        """Recommend the first gift."""
        if event.reply and holds(self.when, state):
            why = because("thanks.helper", verdict(self.when, state).because())
            yield Recommend(member=event.member, action="thank", because=why)


TEXT = """\
format = 1
name = "thanks"

[community]
key = "c"

[[role]]
name = "host"

[measures]
helper = 'count("message", "7d", reply=True) >= 2'

[[policy]]
kind = "thank_helpers"
key = "thanks"
when = "helper"
gifts = [{ thing = "mug", worth = "30.00 CNY" }]
duty = "host"
"""
OWN = (ThankHelpers,)
BARE = "format = 1\n[community]\nkey = 'c'\n"


def test_it_is_read_by_the_name_of_its_class() -> None:
    """`ThankHelpers` is `thank_helpers`; its fields are its keys."""
    book = loads(TEXT, extra=OWN)
    assert book.policies == (
        ThankHelpers(
            key=PolicyKey("thanks"),
            when=count("message", "7d", reply=True) >= 2,
            gifts=(Gift(thing="mug", worth=Money(3000, "CNY")),),
            duty="host",
        ),
    )


def test_it_runs_and_explains_itself() -> None:
    """The engine treats it as one of its own."""
    engine = loads(TEXT, extra=OWN).engine()
    found: list[Any] = []
    for n in range(3):
        event = MessagePosted(
            id=EventId(str(n)),
            at=datetime(2026, 11, 21, 10, n, tzinfo=UTC),
            member=MemberId("ann"),
            reply=True,
        )
        found += engine.receive(event).decisions
    assert [(d.action, d.policy, d.playbook) for d in found] == [
        ("thank", "thanks", "1")
    ] * 2
    assert found[0].because.key == "thanks.helper"
    assert any(part.key.startswith("condition") for part in found[0].because.walk())


def test_it_is_written_and_read_back(tmp_path: Any) -> None:
    """Writing asks for no list of classes, reading does."""
    book = loads(TEXT, extra=OWN)
    assert loads(dumps(book), extra=OWN) == book
    assert loads(dumps(book), extra=OWN).digest == book.digest
    path = tmp_path / "thanks.toml"
    path.write_text(dumps(book), "utf-8")
    assert load(path, extra=OWN) == book
    with pytest.raises(PlaybookError) as caught:
        load(path)
    assert caught.value.problems[0].path == "policy[0].kind"


def test_a_store_reads_it_without_a_list_of_classes() -> None:
    """The classes of the running playbook are enough, and nothing is looked up."""
    book = loads(TEXT, extra=OWN)
    assert restore(dumps(book), book) == book
    odd = evolve(book, roles=())
    assert restore(dumps(odd), book) == odd
    with pytest.raises(PlaybookError):
        loads(dumps(odd), extra=OWN)
    with pytest.raises(PlaybookError, match="the store"):
        restore("format = 1", book, source="the store")


def test_its_mistakes_are_told_like_those_of_any_other() -> None:
    """Keys, types, lengths, conditions and what it refers to."""
    text = TEXT.replace('"helper"', '"helpr"').replace("thing", "thin")
    text = text.replace('duty = "host"', 'duty = "hst"\nmood = 1')
    with pytest.raises(PlaybookError) as caught:
        loads(text, extra=OWN)
    assert [(p.path, p.hint) for p in caught.value.problems] == [
        ("policy[0].when", "did you mean `helper`?"),
        ("policy[0].gifts[0].thin", "did you mean `thing`?"),
        ("policy[0].gifts[0]", "what is given: `thing`, worth `worth`"),
        ("policy[0].duty", "did you mean `host`?"),
        ("policy[0].mood", "did you mean `mode`?"),
    ]


def test_its_schema_stands_beside_the_shipped_ones() -> None:
    """An editor knows the own kind too."""
    schema = converter(extra=OWN).json_schema()
    own = schema["$defs"]["thank_helpers"]
    assert own["description"].startswith("Suggest a gift")
    assert own["properties"]["gifts"]["minItems"] == 1
    assert own["required"] == ["kind", "key", "when", "gifts"]
