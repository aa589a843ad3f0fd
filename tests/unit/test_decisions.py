"""The closed union of decisions: imperative, explained, identified."""

from datetime import UTC, datetime
from importlib import import_module
from pkgutil import iter_modules

import pytest

from community_sdk import decisions as de
from community_sdk.decisions import DECISIONS, Decision, Mode
from community_sdk.events import KINDS
from community_sdk.explanation import because


def test_the_union_is_closed() -> None:
    """Every decision class is found by its word, and exported."""
    rooms = [
        import_module(f"{de.__name__}.{m.name}") for m in iter_modules(de.__path__)
    ]
    classes = {
        thing
        for room in rooms
        for thing in vars(room).values()
        if isinstance(thing, type)
        and issubclass(thing, Decision)
        and thing is not Decision
    }
    assert {*DECISIONS.values()} == classes
    assert {cls.__name__ for cls in classes} <= {*dir(de)}
    assert all(cls.kind == word for word, cls in DECISIONS.items())


def test_words_tell_what_should_be_done_from_what_happened() -> None:
    """Decisions are imperative, events past tense: no word is both."""
    assert not {*DECISIONS} & {*KINDS}
    assert all(word == word.lower() and word.isidentifier() for word in DECISIONS)


def test_no_decision_without_a_reason() -> None:
    """`because` has no default; identity and circumstances are the engine's."""
    with pytest.raises(TypeError, match="because"):
        de.Greet()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    greet = de.Greet(because=because("onboarding.welcome"))
    assert (greet.id, greet.trigger, greet.playbook, greet.at) == ("", "", "", None)
    assert (greet.mode, greet.member, greet.group) == (Mode.ACT, None, None)


def test_a_timer_fires_at_its_instant_unless_said_otherwise() -> None:
    """Half-open things end before, inclusive ones after."""
    due = datetime(2026, 1, 1, tzinfo=UTC)
    assert de.SetTimer("t", due).phase == "before"
    assert de.SetTimer("t", due, "after") != de.SetTimer("t", due)
    assert de.ClearTimer("t") == de.ClearTimer("t")
