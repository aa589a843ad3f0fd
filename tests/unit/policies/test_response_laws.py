"""Laws of response time, against a reader of histories that keeps no state."""

import json
from datetime import timedelta
from typing import Any

from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from community_sdk import events as ev
from community_sdk._time import SECOND, Duration, micros
from community_sdk.decisions import Decision, RecordAnswer
from community_sdk.engine import Engine
from community_sdk.model import MemberId, RoleName
from community_sdk.playbook import Playbook, dumps, loads
from community_sdk.policies import ResponseFigures
from tests.unit.desk import Desk, head
from tests.unit.policies.chats import (
    CALENDAR,
    OFFICE,
    ROLES,
    ROSTER,
    STAFF,
    Row,
    desk,
    on,
    policy,
)

HOUR = 3_600 * SECOND
END = "12 00:00"
WHO = st.sampled_from(["ann", "bo", "sue", "sam"])
ROWS = st.lists(
    st.builds(
        Row,
        st.integers(0, 5 * 24 * 60),
        WHO,
        st.sampled_from(["hall", "shop", None]),
        st.none() | WHO,
    ),
    max_size=14,
).map(lambda rows: sorted(rows, key=lambda row: row.minute))
TERMS = st.fixed_dictionaries(
    {
        "again": st.sampled_from(["keep", "move"]),
        "outside": st.sampled_from(["next_shift", "ignore"]),
        "unaddressed": st.sampled_from(["all", "newest", "none"]),
        "lapse": st.just(Duration.parse("30d")),
    }
)


@frozen
class Waiting:
    """A question of the slow reader."""

    first: int
    base: int


def walk(rows: list[Row], terms: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """Read a history told in order: what was answered, and what stays open."""
    waiting: dict[tuple[str, str], Waiting] = {}
    done: list[Any] = []
    for row in rows:
        at, group = micros(row.when), row.group or ""
        if row.who in ("sue", "sam"):
            for key in answered(waiting, row, terms["unaddressed"]):
                mine = waiting.pop(key)
                due = ROSTER.due(STAFF, mine.base, HOUR, CALENDAR)
                done.append((row.who, key, mine.first, due, at > (due or at)))
            continue
        if terms["outside"] == "ignore" and not ROSTER.at_work(STAFF, at, CALENDAR):
            continue
        known = waiting.get((group, row.who))
        if known is None:
            waiting[group, row.who] = Waiting(at, at)
            continue
        due = ROSTER.due(STAFF, known.base, HOUR, CALENDAR) or at
        moves = terms["again"] == "move" and at <= due
        waiting[group, row.who] = Waiting(known.first, at if moves else known.base)
    open_ones = [
        (key, one.first, ROSTER.due(STAFF, one.base, HOUR, CALENDAR))
        for key, one in waiting.items()
    ]
    return done, open_ones


def answered(
    waiting: dict[tuple[str, str], Waiting], row: Row, unaddressed: str
) -> list[tuple[str, str]]:
    """Which questions a message of the staff answers."""
    if row.to is not None:
        return [
            key
            for key in waiting
            if key[1] == row.to and row.group in (None, key[0] or None)
        ]
    found = [key for key in waiting if row.group and key[0] == row.group]
    if unaddressed == "newest":
        order = sorted(
            found, key=lambda k: (waiting[k].first, f"{len(k[0])}:{''.join(k)}")
        )
        return order[-1:]
    return found if unaddressed == "all" else []


def tell(engine: Engine, nth: int, row: Row, **more: Any) -> list[Decision]:
    """Tell one row."""
    to = None if row.to is None else MemberId(row.to)
    fields = head(f"r{nth}", row.when, row.who, **more)
    event = ev.MessagePosted(**fields, group=row.group, reply_to=to)  # type: ignore[arg-type]
    return list(engine.receive(event).decisions)


def slice_of(one: Desk) -> Any:
    """What the policy remembers."""
    return one.engine.community.slices.get("answer") or policy().start()


@given(ROWS, TERMS)
def test_it_is_what_a_slow_reader_finds(rows: list[Row], terms: dict[str, Any]) -> None:
    """Who answered what, in time or not; what is open, and overdue since when."""
    one = desk(**terms, escalation=())
    found: list[Decision] = []
    for nth, row in enumerate(rows):
        found += tell(one.engine, nth, row)
    found += one.advance(on(END)).decisions
    done, waiting = walk(rows, terms)
    answers = sorted(
        (str(d.member), (d.group or "", str(d.asker)), micros(d.asked), d.late)
        for d in found
        if isinstance(d, RecordAnswer)
    )
    assert answers == sorted(
        (who, key, first, late) for who, key, first, _, late in done
    )
    overdue = sorted(
        (micros(d.at), d.group or "", str(d.member))
        for d in found
        if d.kind == "escalate" and d.at is not None
    )
    late = [(due, *key) for _, key, _, due, late in done if late]
    still = [(due, *key) for key, _, due in waiting if due and due < micros(on(END))]
    assert overdue == sorted(late + still)
    kept = slice_of(one)["open"].values()
    assert sorted((c["group"], c["who"], c["first"]) for c in kept) == sorted(
        (*key, first) for key, first, _ in waiting
    )


@given(ROWS, TERMS)
def test_no_question_is_lost(rows: list[Row], terms: dict[str, Any]) -> None:
    """INVARIANT: opened = answered + lapsed + open, in all periods together."""
    one = desk(**{**terms, "lapse": Duration.parse("2d")})
    found: list[Decision] = []
    for nth, row in enumerate(rows):
        found += tell(one.engine, nth, row)
    found += one.advance(on("20 00:00")).decisions
    told = [
        getattr(d, "properties", {})
        for d in found
        if getattr(d, "action", "") == "review_response_times"
    ]
    running = [vars_of(f) for f in policy().figures(slice_of(one)).values()]
    total = {
        name: sum(int(figures.get(name, 0)) for figures in (*told, *running))
        for name in ("chats", "answered", "lapsed", "overdue", "in_time")
    }
    assert total["chats"] == total["answered"] + total["lapsed"]
    assert slice_of(one)["open"] == {}
    assert total["in_time"] <= total["answered"]
    timers = {t for t in one.engine.community.timers if not t.endswith("/close")}
    assert timers == set()


def vars_of(figures: ResponseFigures) -> dict[str, int]:
    """Figures by name."""
    names = ("chats", "answered", "in_time", "overdue", "lapsed", "waited", "worked")
    return {name: getattr(figures, name) for name in names}


@given(ROWS, TERMS, st.sets(st.integers(0, 5 * 24), max_size=5))
def test_lazy_is_eager(rows: list[Row], terms: dict[str, Any], hours: set[int]) -> None:
    """INVARIANT: it does not matter how often time is let pass, nor a stop between."""
    lazy, eager = desk(**terms), desk(**terms)
    found: tuple[list[Decision], list[Decision]] = ([], [])
    ticks = [on("05 08:00") + timedelta(hours=hour) for hour in sorted(hours)]
    for nth, row in enumerate(rows):
        while ticks and ticks[0] <= row.when:
            found[1].extend(eager.advance(ticks.pop(0)).decisions)
        plain = json.loads(json.dumps(eager.engine.snapshot()))
        eager.engine = Engine.restore(eager.engine.playbook, plain)
        found[0].extend(tell(lazy.engine, nth, row))
        found[1].extend(tell(eager.engine, nth, row))
    found[0].extend(lazy.advance(on(END)).decisions)
    found[1].extend(eager.advance(on(END)).decisions)
    assert found[0] == found[1]
    assert json.loads(json.dumps(lazy.engine.snapshot())) == json.loads(
        json.dumps(eager.engine.snapshot())
    )


@given(ROWS, st.permutations(range(14)), st.integers(0, 50))
def test_what_is_told_late_is_judged_by_its_own_instant(
    rows: list[Row], order: list[int], later: int
) -> None:
    """Told in any order within the memory, each question is answered or open alike."""
    last = on("11 00:00") + timedelta(minutes=later)
    calm, mixed = desk(), desk(recall=Duration.parse("30d"))
    asks = [row for row in rows if row.who in ("ann", "bo")]
    for nth, row in enumerate(asks):
        tell(calm.engine, nth, row)
    for nth in [n for n in order if n < len(asks)]:
        tell(mixed.engine, nth, asks[nth], recorded_at=last)
    calm.advance(last)
    kept = [
        sorted((c["who"], c["group"], c["first"], c["due"]) for c in each)
        for each in (slice_of(calm)["open"].values(), slice_of(mixed)["open"].values())
    ]
    assert kept[0] == kept[1]


def test_a_file_holds_it() -> None:
    """INVARIANT: what is written is read back, the roster of the community too."""
    book = Playbook(
        community=OFFICE,
        roles=ROLES,
        policies=(
            policy(
                again="move",
                unaddressed="newest",
                remind=(Duration.parse("10 min"),),
                where=(("mentions", 1),),
                closers=(RoleName("owner"),),
            ),
        ),
    )
    assert loads(dumps(book)) == book
