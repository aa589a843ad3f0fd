"""What the codec refuses, and in which words."""

import json
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from community_sdk import codec
from community_sdk.decisions import Admit, RequestConsent
from community_sdk.errors import DefinitionError, HistoryError
from community_sdk.events import Event, HeadCounted, MessagePosted
from community_sdk.explanation import Explanation, because

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HEAD: dict[str, Any] = {"id": "e", "at": "2026-11-21T12:00:00Z"}


def refused(plain: object) -> codec.CodecError:
    """Return the error that *plain* is refused with."""
    with pytest.raises(codec.CodecError) as caught:
        codec.load(plain)
    assert isinstance(caught.value, HistoryError)
    return caught.value


@pytest.mark.parametrize(
    ("key", "wrong", "code"),
    [
        ("length", 1.9, "codec.whole"),
        ("length", "12", "codec.whole"),
        ("length", True, "codec.whole"),
        ("length", 2**63, "codec.whole"),
        ("length", None, "codec.whole"),
        ("length", float("nan"), "codec.whole"),
        ("id", None, "codec.text"),
        ("id", 7, "codec.text"),
        ("id", "a\0b", "codec.text"),
        ("id", "\ud800", "codec.text"),
        ("id", "x" * 65_537, "codec.long"),
        ("member", 7, "codec.text"),
        ("member", "\udfff", "codec.text"),
        ("reply", "no", "codec.flag"),
        ("reply", 1, "codec.flag"),
        ("reply", None, "codec.flag"),
        ("at", "2026-11-21T12:00:00", "codec.naive"),
        ("at", "2026-11-21", "codec.instant"),
        ("at", "20261121T120000Z", "codec.instant"),
        ("at", "2026-11-21T24:00:00Z", "codec.instant"),
        ("at", "2026-02-30T12:00:00Z", "codec.instant"),
        ("at", "2026-11-21T12:00:00.1234567Z", "codec.instant"),
        ("at", "0001-01-01T00:00:00+08:00", "codec.instant"),
        ("at", 1_763_726_400, "codec.instant"),
    ],
)
def test_nothing_is_coerced(key: str, wrong: object, code: str) -> None:
    """A value of another type is refused at its path."""
    error = refused({"kind": "message", **HEAD, key: wrong})
    assert [(p.path, p.code) for p in error.problems] == [(f"$.{key}", code)]
    assert error.code == code
    assert error.figures["path"] == f"$.{key}"


def test_the_longest_text_is_let_in() -> None:
    """The bound itself is allowed."""
    event = codec.load({"kind": "message", **HEAD, "source": "é" * 65_536})
    assert codec.loads(codec.dumps(event)) == event


def test_all_mistakes_at_once() -> None:
    """Missing, unknown and wrong keys are named together, nested ones included."""
    error = refused(
        {
            "kind": "purchase",
            "at": "yesterday",
            "lengte": 3,
            "money": {"amount": 1.5, "currency": "CNY", "currenzy": "CNY"},
        }
    )
    assert {(p.path, p.code) for p in error.problems} == {
        ("$", "codec.missing"),
        ("$.at", "codec.instant"),
        ("$.money.amount", "codec.whole"),
        ("$.money", "codec.unknown_key"),
        ("$", "codec.unknown_key"),
    }
    assert "did you mean `currency`?" in str(error)
    assert error.code == "codec.mistakes"
    assert error.figures["count"] == "5"


def test_many_mistakes_are_cut_in_the_text_only() -> None:
    """The text names eight, the attribute holds all."""
    error = refused({"kind": "message", **HEAD, **{f"x{n}": 0 for n in range(30)}})
    assert str(error).endswith("; and 12 more")
    assert len(error.problems) == 20


def test_an_unknown_kind_gets_the_nearest_word() -> None:
    """A misspelt kind is answered with the right one."""
    error = refused({"kind": "messagee", **HEAD})
    assert error.code == "codec.kind"
    assert error.hint == "did you mean `message`?"
    assert refused({"kind": ["message"], **HEAD}).code == "codec.kind"
    assert refused(HEAD).code == "codec.missing"
    assert refused([]).code == "codec.object"


def test_the_model_may_refuse() -> None:
    """What the classes themselves refuse keeps its own code and gets a path."""
    money = {"amount": 1, "currency": "cny"}
    error = refused({"kind": "purchase", **HEAD, "money": money})
    assert (error.code, error.problems[0].path) == ("money.currency", "$.money")
    early = {"recorded_at": "2020-01-01T00:00:00Z"}
    assert refused({"kind": "message", **HEAD, **early}).code == "event.recorded_before"
    error = refused({"kind": "head_counted", **HEAD, "count": -1})
    assert (error.code, error.figures["found"]) == ("event.negative", "-1")
    low = {"at": 0, "kind": "warning"}
    error = refused({"kind": "apply_sanction", "because": {"key": "p"}, "step": low})
    assert error.code == "codec.refused"
    assert "`at` must be >= 1" in str(error)


SANCTION: dict[str, Any] = {"kind": "apply_sanction", "because": {"key": "p.s"}}


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ({"at": 1, "kind": "mut"}, {("$.step.kind", "codec.word")}),
        ({"at": 1, "kind": 7}, {("$.step.kind", "codec.object")}),
        ({"at": 1, "kind": {"word": "x"}}, {("$.step.kind", "codec.missing")}),
        (
            {"at": 1, "kind": {"word": 1, "order": "2", "hold": True}},
            {
                ("$.step.kind.word", "codec.text"),
                ("$.step.kind.order", "codec.whole"),
                ("$.step.kind", "codec.unknown_key"),
            },
        ),
        ([], {("$.step", "codec.object")}),
        (
            {"at": 1, "kind": "mute", "notice": "PRIVATE"},
            {("$.step.notice", "codec.word")},
        ),
        (
            {"at": 1, "kind": "mute", "duration": "9 moons"},
            {("$.step.duration", "time.duration")},
        ),
        (
            {"at": 1, "kind": "mute", "duration": 9},
            {("$.step.duration", "codec.parsed")},
        ),
    ],
)
def test_steps_of_a_ladder(step: object, found: set[tuple[str, str]]) -> None:
    """Mistakes inside a step are found where they stand."""
    error = refused({**SANCTION, "step": step})
    assert {(p.path, p.code) for p in error.problems} == found


WHY = "$.because"


@pytest.mark.parametrize(
    ("why", "found"),
    [
        (None, {(WHY, "codec.object")}),
        (
            {"figures": []},
            {(WHY, "codec.missing"), (f"{WHY}.figures", "codec.object")},
        ),
        (
            {"key": "a", "figures": {"x": 1.5, "y": {}}},
            {(f"{WHY}.figures.{name}", "codec.scalar") for name in "xy"},
        ),
        ({"key": "a", "parts": {}}, {(f"{WHY}.parts", "codec.list")}),
        (
            {"key": "a", "parts": [{"key": "b"}, {"kee": "c"}, 3]},
            {
                (f"{WHY}.parts[1]", "codec.missing"),
                (f"{WHY}.parts[1]", "codec.unknown_key"),
                (f"{WHY}.parts[2]", "codec.object"),
            },
        ),
    ],
)
def test_explanations(why: object, found: set[tuple[str, str]]) -> None:
    """Mistakes inside an explanation are found where they stand."""
    error = refused({"kind": "admit", "because": why})
    assert {(p.path, p.code) for p in error.problems} == found


def test_properties_are_scalars() -> None:
    """Own properties hold texts, whole numbers and flags, at most 1,000 of them."""
    plain = {"kind": "custom", **HEAD, "word": "w", "properties": {"a": 0.5, "b": None}}
    error = refused(plain)
    assert {p.path for p in error.problems} == {"$.properties.a", "$.properties.b"}
    many = {f"k{n}": n for n in range(1_001)}
    assert refused({**plain, "properties": many}).code == "codec.entries"


def test_lists_are_bounded() -> None:
    """A list has at most 10,000 entries."""
    step = {"at": 1, "kind": "mute"}
    strikes = ["s"] * 10_001
    error = refused({**SANCTION, "step": step, "strikes": strikes})
    assert error.code == "codec.entries"
    error = refused({**SANCTION, "step": step, "strikes": ["s", 1, "t", None]})
    assert [p.path for p in error.problems] == ["$.strikes[1]", "$.strikes[3]"]


def nested(depth: int) -> dict[str, Any]:
    """An explanation of *depth* levels."""
    why: dict[str, Any] = {"key": "k"}
    for _ in range(depth - 1):
        why = {"key": "k", "parts": [why]}
    return why


def test_nesting_is_bounded() -> None:
    """Neither explanations nor wishes nor texts may be nested without end."""
    assert codec.decision({"kind": "admit", "because": nested(20)}).kind == "admit"
    assert refused({"kind": "admit", "because": nested(60)}).code == "codec.depth"
    wish: dict[str, Any] = {"kind": "admit", "because": {"key": "k"}}
    for _ in range(60):
        asked = {"kind": "request_consent", "duty": "d", "because": {"key": "k"}}
        wish = {**asked, "wish": wish}
    assert refused(wish).code == "codec.depth"
    for _ in range(5_000):
        wish = {"kind": "request_consent", "wish": wish}
    assert "codec.depth" in {p.code for p in refused(wish).problems}
    figure: object = 1
    for _ in range(5_000):
        figure = [figure]
    why = {"key": "k", "figures": {"f": figure}}
    assert refused({"kind": "admit", "because": why}).code == "codec.depth"
    with pytest.raises(codec.CodecError) as caught:
        codec.loads("[" * 200_000)
    assert caught.value.code in ("codec.nested", "codec.json")


@pytest.mark.parametrize(
    "text", ["", "{", b"\xff", '{"kind": nope}', "9" * 5_000, b"\xd8\x00\x00", "1.5"]
)
def test_what_is_no_json(text: str | bytes) -> None:
    """A mistake in the text is told with its place."""
    with pytest.raises(codec.CodecError) as caught:
        codec.loads(text)
    assert caught.value.code in ("codec.json", "codec.object")
    assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [
        HeadCounted(id="e", at=NOON, count=True),  # type: ignore[arg-type]
        MessagePosted(id="e", at=NOON, length=1.5),  # type: ignore[arg-type]
        MessagePosted(id=7, at=NOON),  # type: ignore[arg-type]
        MessagePosted(id="\ud800", at=NOON),  # type: ignore[arg-type]
        Admit(because=Explanation("k", (("a", 1), ("a", 2)))),
        Admit(because=Explanation("k", (("a", 1.5),))),  # type: ignore[arg-type]
    ],
)
def test_what_could_not_be_read_back_is_not_written(value: Any) -> None:
    """Writing is as strict as reading."""
    with pytest.raises(codec.CodecError):
        codec.dumps(value)


def test_wishes_nested_too_deep_are_not_written() -> None:
    """The bound of reading holds for writing."""
    wish: Any = Admit(because=because("k"))
    for _ in range(60):
        wish = RequestConsent(wish=wish, duty="d", because=because("k"))
    with pytest.raises(codec.CodecError) as caught:
        codec.dumps(wish)
    assert caught.value.code == "codec.depth"


def test_only_known_classes_are_written() -> None:
    """A class of nobody's is refused with the cure."""

    @attrs.frozen(kw_only=True)
    class Own(Event):
        kind = "own"

    for value in (Own(id="e", at=NOON), 7):  # type: ignore[arg-type]
        with pytest.raises(DefinitionError, match="converter"):
            codec.dump(value)  # type: ignore[arg-type]


def test_own_classes_must_be_writable() -> None:
    """A kind that is missing, taken or lossy is refused when it is handed over."""

    @attrs.frozen(kw_only=True)
    class NoKind(Event):
        pass

    @attrs.frozen(kw_only=True)
    class Taken(Event):
        kind = "message"

    @attrs.frozen(kw_only=True)
    class Lossy(Event):
        kind = "lossy"
        share: float

    codes = {NoKind: "codec.extra", Taken: "codec.kind_twice", Lossy: "codec.type"}
    for cls, code in codes.items():
        with pytest.raises(DefinitionError) as caught:
            codec.converter(extra=(cls,))
        assert caught.value.code == code
    with pytest.raises(DefinitionError, match="event or decision class"):
        codec.converter(extra=(int,))


def test_pictures_of_values_are_short_and_harmless() -> None:
    """Control characters, long texts and numbers do not reach a message."""
    error = refused({"kind": "\x1b[31m" + "y" * 1_000, **HEAD})
    assert "\x1b" not in str(error)
    assert len(str(error)) < 300
    error = refused({"kind": "message", **HEAD, "length": 10**5_000})
    assert "more than 60 digits" in str(error)
    error = refused({"kind": "message", **HEAD, "z" * 10_000: 1, "length": {}})
    assert len(str(error)) < 300
    assert json.dumps(error.problems[0].figures)


def test_an_explanation_alone_is_refused_in_words() -> None:
    """`explanation` words its mistakes like the rest."""
    with pytest.raises(codec.CodecError) as caught:
        codec.explanation({"key": 1, "parts": [{"key": "a", "source": 2}]})
    paths = {p.path for p in caught.value.problems}
    assert paths == {"$.key", "$.parts[0].source"}
