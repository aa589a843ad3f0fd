"""Fields of every sort in an own policy, and classes that no file can hold."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar, Literal

import pytest
from attrs import Factory, field, frozen, validators

from community_sdk._time import Duration, QuietHours, Window
from community_sdk.conditions import count
from community_sdk.decisions import Mode, Recommend
from community_sdk.errors import DefinitionError, PlaybookError
from community_sdk.events import EventTypes
from community_sdk.metrics import Metric
from community_sdk.model import PolicyKey, Severity, Titles
from community_sdk.playbook import Playbook, converter, dumps, loads
from community_sdk.policies import Scope
from community_sdk.state import Definition, State

BARE = "format = 1\n[community]\nkey = 'c'\n"

WINDOW = Window.parse("30d")


@frozen(kw_only=True)
class Everything:
    """A policy with a field of every sort that a file can hold.

    Attributes:
        share: how much of it, one to nine.
    """

    kind: ClassVar[str] = "all_of_it"
    answers: ClassVar[EventTypes] = ()

    key: PolicyKey
    window: Window = WINDOW
    span: timedelta = timedelta(days=3)
    each: Duration | None = None
    metric: Metric | None = None
    hours: QuietHours | None = None
    sort: Literal["a", "b"] = "a"
    severity: Severity = Severity.MINOR
    either: str | int = 0
    share: int = field(
        default=1, validator=validators.and_(validators.ge(1), validators.le(9))
    )
    titles: Titles = field(factory=dict[str, str], hash=False)
    table: dict[Severity, int] = field(factory=dict[Severity, int], hash=False)
    set_: frozenset[Severity] = frozenset()
    pairs: tuple[tuple[str, int], ...] = ()
    lists: tuple[tuple[str, ...], ...] = ()
    _hidden: int = field(default=3, alias="hidden")
    needed: int | None = field(validator=validators.optional(validators.le(9)))
    made: int = field(init=False, default=7)
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def decide(self, event: Any, state: State, /) -> Iterable[Recommend]:
        """Decide nothing."""
        return ()


def test_fields_of_every_sort() -> None:
    """What is written reads back, own kind word and private names included."""
    whole = Everything(
        key=PolicyKey("x"),
        window=Window.parse("since_tier"),
        span=timedelta(hours=5),
        each=Duration.parse("1 month"),
        metric=count("message", "7d").metric,  # type: ignore[arg-type]
        hours=QuietHours.parse("22:00-06:00"),
        sort="b",
        severity=Severity.SEVERE,
        either="text",
        titles={"en": "x"},
        table={Severity.SEVERE: 2, Severity.MINOR: 1},
        set_=frozenset({Severity.SEVERE, Severity.MINOR}),
        pairs=(("b", 1), ("a", 2)),
        lists=(("a", "b"), ()),
        hidden=5,
        needed=None,
    )
    book = loads(
        f"{BARE}[[policy]]\nkind = 'all_of_it'\nkey = 'y'\n", extra=[Everything]
    )
    assert book.policies == (Everything(key=PolicyKey("y"), needed=None),)
    text = dumps(Playbook(community=book.community, policies=(whole,)))
    assert 'kind = "all_of_it"' in text
    assert "hidden = 5" in text
    assert "made" not in text
    assert loads(text, extra=[Everything]).policies == (whole,)


def test_a_bound_of_an_own_field_is_kept() -> None:
    """Validators of attrs are words of the reader."""
    head = f"{BARE}[[policy]]\nkind = 'all_of_it'\nkey = 'y'\n"
    with pytest.raises(PlaybookError) as caught:
        loads(
            f"{head}needed = 10\nshare = 0\nspan = '1 month'\nmetric = 'True'\n",
            extra=[Everything],
        )
    assert [(p.path, p.code) for p in caught.value.problems] == [
        ("policy[0].needed", "playbook.number_most"),
        ("policy[0].share", "playbook.number_least"),
        ("policy[0].span", "playbook.exact_duration"),
        ("policy[0].metric", "playbook.metric"),
    ]


def test_a_class_may_describe_its_fields_one_by_one() -> None:
    """Both ways of writing docstrings reach the schema."""
    schema = converter(extra=[Everything]).json_schema()
    share = schema["$defs"]["all_of_it"]["properties"]["share"]
    assert share["description"] == "how much of it, one to nine."


@frozen(kw_only=True)
class Picky:
    """A policy that refuses in its own words."""

    answers: ClassVar[EventTypes] = ()
    key: PolicyKey
    word: str = field(default="a", validator=validators.in_(["a", "b"]))
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def decide(self, event: Any, state: State, /) -> Iterable[Recommend]:
        """Decide nothing."""
        return ()

    def __attrs_post_init__(self) -> None:
        """Refuse one key."""
        if self.key == "no":
            raise DefinitionError("expected another key, found `no`", code="picky.key")


@frozen(kw_only=True)
class Clumsy:
    """A policy whose own look-up breaks."""

    answers: ClassVar[EventTypes] = ()
    key: PolicyKey
    role: str
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def problems(self, definition: Definition, /) -> Iterable[tuple[str, str, Any]]:
        """Look up a role, and trip over one that is not there."""
        names = [role.name for role in definition.roles]
        yield ("role", names[["owner"].index(self.role)], names)

    def decide(self, event: Any, state: State, /) -> Iterable[Recommend]:
        """Decide nothing."""
        return ()


def test_a_look_up_that_breaks_is_the_fault_of_its_class() -> None:
    """It is shown as it is, unless the file has mistakes that may have caused it."""
    head = f"{BARE}[[policy]]\nkind = 'clumsy'\nkey = 'x'\n"
    with pytest.raises(ValueError, match="not in list"):
        loads(f"{head}role = 'boss'\n", extra=[Clumsy])
    with pytest.raises(PlaybookError) as caught:
        loads(f"{head}role = 3\n", extra=[Clumsy])
    assert [p.path for p in caught.value.problems] == ["policy[0].role"]


@pytest.mark.parametrize(
    ("rest", "code"),
    [("key = 'no'", "picky.key"), ("key = 'x'\nword = 'c'", "playbook.refused")],
)
def test_what_an_own_class_refuses_is_a_mistake_of_the_file(
    rest: str, code: str
) -> None:
    """Its words are kept, its place is named."""
    head = "format = 1\n[community]\nkey = 'c'\n[[policy]]\nkind = 'picky'\n"
    with pytest.raises(PlaybookError) as caught:
        loads(f"{head}{rest}\n", extra=[Picky])
    (problem,) = caught.value.problems
    assert (problem.path, problem.code) == ("policy[0]", code)
    assert "\n" not in problem.message


@frozen(kw_only=True)
class WithFunction:
    """No file can hold a function."""

    key: PolicyKey
    then: Any


@frozen(kw_only=True)
class WithNoneRefused:
    """None where something else is the default cannot be said in TOML."""

    key: PolicyKey
    within: int | None = 3


@frozen(kw_only=True)
class WithoutDecide:
    """Nobody could ask it anything."""

    answers: ClassVar[EventTypes] = ()
    key: PolicyKey
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER


@frozen(kw_only=True)
class Funnel:
    """Takes the word of a shipped policy."""

    key: PolicyKey


@frozen(kw_only=True)
class WithKind:
    """The word of a kind is no field."""

    key: PolicyKey
    kind: str = "x"


@frozen(kw_only=True)
class WithMadeDefault:
    """A default that depends on the rest is nothing that a file can leave out."""

    key: PolicyKey
    name: str = field(default=Factory(lambda self: self.key, takes_self=True))


@frozen(kw_only=True)
class WithLostType:
    """A type that nobody can look up."""

    key: "Lost"  # type: ignore[name-defined] # noqa: F821


@pytest.mark.parametrize(
    "cls",
    [
        WithFunction,
        WithNoneRefused,
        WithKind,
        WithMadeDefault,
        WithLostType,
        WithoutDecide,
        Funnel,
        str,
    ],
)
def test_classes_that_no_file_can_hold_are_refused_at_once(cls: type) -> None:
    """When the reader is made, not when a file is read."""
    with pytest.raises(DefinitionError) as caught:
        converter(extra=[cls])
    assert caught.value.hint
    assert caught.value.code.startswith("playbook.")
