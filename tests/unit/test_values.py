"""What classes share is what attrs would have written for each."""

from typing import Any

import attrs
import pytest
from attrs import field
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import _values


def build(frozen: Any) -> Any:
    """A class with fields of every sort, made by *frozen*."""

    @frozen(kw_only=True)
    class Thing:
        name: str
        size: int = 0
        notes: dict[str, int] = field(factory=dict[str, int], hash=False)
        secret: str = field(default="", repr=False)
        beside: int = field(default=0, eq=False)
        counted: int = field(default=0, eq=False, hash=True)

    return Thing


def derive(frozen: Any, base: Any) -> Any:
    """A class with one more field, made by *frozen*."""

    @frozen
    class More(base):  # type: ignore[misc]
        extra: tuple[Any, ...] = ()

    return More


ATTRS, OURS = build(attrs.frozen), build(_values.frozen)
MORE = {ATTRS: derive(attrs.frozen, ATTRS), OURS: derive(_values.frozen, OURS)}
SMALL = st.integers(0, 1)
DRAWN = st.fixed_dictionaries(
    {
        "name": st.sampled_from("ab"),
        "size": SMALL,
        "notes": st.dictionaries(st.just("k"), SMALL),
        "secret": st.sampled_from(["", "s"]),
        "beside": SMALL,
    }
)


@given(DRAWN, DRAWN)
def test_equal_where_attrs_says_so(one: Any, other: Any) -> None:
    """INVARIANT: the same pairs are equal, and equal ones have one hash."""
    for theirs, ours in ((ATTRS, OURS), (MORE[ATTRS], MORE[OURS])):
        same = ours(**one) == ours(**other)
        assert same is (theirs(**one) == theirs(**other))
        assert (ours(**one) != ours(**other)) is not same
        if same:
            assert hash(ours(**one)) == hash(ours(**other))


@given(DRAWN)
def test_shown_as_attrs_shows(fields: Any) -> None:
    """Class and fields, those left out that are not to be shown."""
    assert repr(OURS(**fields)) == repr(ATTRS(**fields))
    assert repr(MORE[OURS](**fields)) == repr(MORE[ATTRS](**fields))


def test_classes_are_told_apart() -> None:
    """A value is no value of another class, nor of one that goes beyond its own."""
    one, more = OURS(name="a"), MORE[OURS](name="a")
    assert one != more
    assert more != one
    assert one != "a"
    assert hash(one) != hash(more)
    assert len({one, more, OURS(name="a")}) == 2


def test_fields_say_what_goes_into_the_hash() -> None:
    """A field may count without being compared, or be compared without counting."""
    assert hash(OURS(name="a")) != hash(OURS(name="a", counted=1))
    assert hash(OURS(name="a")) == hash(OURS(name="a", notes={"k": 1}))


def test_a_value_stays_frozen_and_without_a_dict() -> None:
    """All else is the work of attrs."""
    one = OURS(name="a")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        one.size = 2
    assert not hasattr(one, "__dict__")
    assert attrs.evolve(one, size=2) == OURS(name="a", size=2)


def test_what_a_class_defines_itself_stays() -> None:
    """Such as a text of its own."""

    @_values.frozen
    class Own:
        size: int = 0

        def __repr__(self) -> str:
            """Say it shorter."""
            return "own"

    assert repr(Own()) == "own"
    assert Own() == Own()


def test_a_class_that_keeps_its_hash_has_it_written_for_it() -> None:
    """It is compared often; it is shown as the others are."""

    @_values.frozen(cache_hash=True)
    class Often:
        size: int = 0

    assert (Often(), repr(Often())) == (Often(0), "Often(size=0)")
    assert hash(Often(1)) == hash(Often(1))
    assert vars(Often)["__eq__"] is not vars(OURS)["__eq__"]


def test_a_value_that_is_not_whole_yet_can_be_shown() -> None:
    """In a traceback of its own making."""
    assert "name=NOTHING" in repr(object.__new__(OURS))
