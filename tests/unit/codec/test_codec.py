"""Laws of the codec: what is written comes back, and nothing else is let in."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk import codec
from community_sdk.decisions import DECISIONS, Admit, Decision, RequestConsent
from community_sdk.events import KINDS, Custom, Event, MessagePosted
from community_sdk.explanation import Explanation, because
from tests.unit.codec.plain_values import EXPLANATIONS, of_class

EVERY: dict[str, type[Any]] = {**KINDS, **DECISIONS}
SNAPSHOT: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "kinds.json").read_text(encoding="utf-8")
)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize("kind", sorted(EVERY))
@settings(max_examples=25)
@given(data=st.data())
def test_what_is_written_comes_back(kind: str, data: st.DataObject) -> None:
    """Both load ∘ dump and loads ∘ dumps are the identity, for every class."""
    value = data.draw(of_class(EVERY[kind]))
    plain = codec.dump(value)
    assert codec.load(plain) == value
    text = codec.dumps(value)
    assert codec.loads(text) == value
    assert json.loads(text) == plain
    assert "\n" not in text
    assert codec.dumps(codec.loads(text)) == text


@given(EXPLANATIONS)
def test_explanations_come_back_exactly(value: Explanation) -> None:
    """`plain` of an explanation is read back, tuples and all."""
    assert codec.explanation(value.plain()) == value
    assert codec.dump(value) == value.plain()
    assert codec.explanation(json.loads(codec.dumps(value))) == value


def test_kinds_are_for_ever() -> None:
    """Every dump in the snapshot loads and is written as it stands there."""
    for plain in SNAPSHOT:
        assert codec.dump(codec.load(plain)) == plain


def test_the_snapshot_holds_every_kind() -> None:
    """A new class gets a line in `kinds.json`; none is ever taken away."""
    assert {plain["kind"] for plain in SNAPSHOT} == set(EVERY)


def test_defaults_are_left_out() -> None:
    """The envelope stays small."""
    event = MessagePosted(id="e1", at=NOON)  # type: ignore[arg-type]
    text = '{"kind":"message","id":"e1","at":"2026-11-21T12:00:00+00:00"}'
    assert codec.dumps(event) == text


def test_instants_are_written_in_utc() -> None:
    """Another offset is the same instant."""
    there = timezone(timedelta(hours=8))
    at = NOON.astimezone(there) + timedelta(microseconds=5)
    plain = codec.dump(MessagePosted(id="e", at=at))  # type: ignore[arg-type]
    assert plain["at"] == "2026-11-21T12:00:00.000005+00:00"


def test_the_caller_keeps_its_own_plain_value() -> None:
    """Reading changes nothing in what is read."""
    plain = {"kind": "message", "id": "e", "at": "2026-11-21T12:00:00Z"}
    before = dict(plain)
    codec.load(plain)
    assert plain == before


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from([*EVERY, "2026-11-21T12:00:00Z", "mute", "9d"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner)
    ),
    max_leaves=6,
)


def refusal(plain: object) -> codec.CodecError | None:
    """Read *plain*; answer what it is refused with."""
    try:
        codec.load(plain)
    except codec.CodecError as error:
        return error
    return None


@settings(max_examples=300)
@given(data=st.data(), plain=JSON)
def test_nothing_but_a_history_error(data: st.DataObject, plain: Any) -> None:
    """Arbitrary JSON in arbitrary keys never raises anything else."""
    kind = data.draw(st.sampled_from([*EVERY, "what"]))
    names = [f.name for f in attrs.fields(EVERY[kind])] if kind in EVERY else ["id"]
    keys = st.dictionaries(st.sampled_from([*names, "lengte"]), JSON | st.just(plain))
    for value in (plain, {"kind": kind, **data.draw(keys)}):
        error = refusal(value)
        if error is not None:
            assert error.problems
            assert error.code
            assert "\n" not in str(error)
            assert all(p.code and p.path.startswith("$") for p in error.problems)


@given(st.one_of(st.text(), st.binary()))
def test_any_text_is_read_or_refused(text: str | bytes) -> None:
    """What is no JSON of ours is refused in words."""
    with pytest.raises(codec.CodecError):
        codec.loads(text)


@settings(max_examples=200)
@given(data=st.data(), wrong=JSON)
def test_one_wrong_field_is_found_where_it_is(data: st.DataObject, wrong: Any) -> None:
    """Another type in one key is refused at that key, or is a good value of it."""
    plain = dict(data.draw(st.sampled_from(SNAPSHOT)))
    key = data.draw(st.sampled_from(sorted(set(plain) - {"kind"})))
    plain[key] = wrong
    error = refusal(plain)
    if error is None:
        value = codec.load(plain)
        assert codec.load(codec.dump(value)) == value
    else:
        inside = tuple(p.path for p in error.problems)
        assert all(path == "$" or path.startswith(f"$.{key}") for path in inside)


def test_own_words_and_own_classes() -> None:
    """Hosts add classes with a kind of their own."""

    @attrs.frozen(kw_only=True)
    class BadgeGiven(Event):
        kind = "badge_given"
        badge: str

    own = codec.converter(extra=(BadgeGiven,))
    event = BadgeGiven(id="e", at=NOON, badge="gold")  # type: ignore[arg-type]
    assert own.loads(own.dumps(event)) == event
    with pytest.raises(codec.CodecError, match="badge_given"):
        codec.loads(own.dumps(event))
    custom = Custom(id="e", at=NOON, word="badge", properties={"n": 1})  # type: ignore[arg-type]
    assert own.load(codec.dump(custom)) == custom


def test_events_and_decisions_are_told_apart() -> None:
    """`event` takes no decision and `decision` no event."""
    event = codec.dump(MessagePosted(id="e", at=NOON))  # type: ignore[arg-type]
    decision = codec.dump(Admit(because=because("a.b")))
    assert isinstance(codec.event(event), Event)
    assert isinstance(codec.decision(decision), Decision)
    with pytest.raises(codec.CodecError, match="kind of an event, found"):
        codec.event(decision)
    with pytest.raises(codec.CodecError, match="kind of a decision, found"):
        codec.decision(event)


def test_a_wish_keeps_its_kind() -> None:
    """A decision inside a request for consent is written by its own kind."""
    wish = Admit(because=because("a", because("b", n=(1, (True, None)))))
    asked = RequestConsent(wish=wish, duty="host", because=because("c"))
    plain = codec.dump(asked)
    assert plain["wish"]["kind"] == "admit"
    assert codec.load(plain) == asked


def test_figures_hold_sums_of_what_is_told() -> None:
    """Each number has 64 bits; what a decision tells of many may have more."""
    total = 9 * (2**63 - 1)
    because_of = Explanation("sum", (("total", total), ("all", (total, -total))))
    assert codec.explanation(json.loads(codec.dumps(because_of))) == because_of
    with pytest.raises(codec.CodecError):
        codec.dumps(because("sum", total=2**127))
