"""Packages that load their rooms at first use tell the same as their rooms."""

import ast
import inspect
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import pytest

from community_sdk import decisions, engine, events, metrics, model, playbook, policies
from community_sdk.metrics import funnel
from community_sdk.policies import admission, onboarding, penalty, tier

LOW = (decisions, events, metrics, funnel, model)
LAZY = (*LOW, engine, playbook, policies, admission, onboarding, penalty, tier)


def told(package: ModuleType) -> dict[str, set[str]]:
    """The names that type checkers read of *package*, by room."""
    rooms: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(inspect.getsource(package))):
        home, _, room = (getattr(node, "module", None) or "").rpartition(".")
        if isinstance(node, ast.ImportFrom) and home == package.__name__:
            module: Any = import_module(f"{home}.{room}")
            for each in node.names:
                assert each.name in ("*", each.asname)
                names = {*module.__all__} if each.name == "*" else {each.name}
                rooms.setdefault(room, set()).update(names)
    return rooms


@pytest.mark.parametrize("package", LAZY, ids=lambda each: each.__name__)
def test_type_checkers_and_the_interpreter_see_the_same_names(
    package: Any,
) -> None:
    """One list is read by the one, one by the other."""
    assert len({*package.__all__}) == len(package.__all__)
    assert set().union(*told(package).values()) == {*package.__all__} <= {*dir(package)}


@pytest.mark.parametrize("package", LAZY, ids=lambda each: each.__name__)
def test_every_name_is_found(package: Any) -> None:
    """In its room, from then on without asking again."""
    for name in package.__all__:
        value = getattr(package, name)
        assert vars(package)[name] is value


@pytest.mark.parametrize("package", LAZY, ids=lambda each: each.__name__)
def test_rooms_are_found_and_hide_no_name(package: Any) -> None:
    """A module that is loaded becomes an attribute of its package."""
    for room in told(package):
        assert room not in package.__all__
        found = package.__getattr__(room)
        assert found is import_module(f"{package.__name__}.{room}")


@pytest.mark.parametrize("package", LAZY, ids=lambda each: each.__name__)
def test_a_name_that_is_not_there(package: Any) -> None:
    """It is told as Python tells it, so that the nearest one is offered."""
    with pytest.raises(AttributeError, match="has no attribute `nowhere`") as caught:
        _ = package.nowhere
    assert (caught.value.name, caught.value.obj) == ("nowhere", package)


@pytest.mark.parametrize("package", LOW, ids=lambda each: each.__name__)
def test_rooms_do_not_come_in_by_the_front_door(package: Any) -> None:
    """`from community_sdk import …` leads type checkers round in a ring.

    Names that are told by `*` are then not known yet where unions are made of them.
    """
    for room in iter_modules(package.__path__):
        module = import_module(f"{package.__name__}.{room.name}")
        assert "from community_sdk import" not in inspect.getsource(module)
