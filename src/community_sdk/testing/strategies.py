"""Hypothesis strategies: instants, events, whole histories, conditions, playbooks.

Everything that is drawn is valid: an engine takes it in. Instants lie around clock
changes and midnights, thresholds are small, and there are few members, so that things
happen. Import it as ``from community_sdk.testing import strategies as cst``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from community_sdk.errors import MissingExtraError

try:
    from hypothesis import strategies as st
except ImportError:  # pragma: no cover - where Hypothesis is missing
    raise MissingExtraError(
        "`community_sdk.testing.strategies`", extra="testing"
    ) from None

from community_sdk import events as ev
from community_sdk.decisions import ApplySanction, OpenObligation, RequestConsent
from community_sdk.engine import Engine, Operable, Step
from community_sdk.model import MemberId
from community_sdk.testing._cast import (
    FROM,
    MEMBERS,
    UNTIL,
    ZONES,
    Cast,
    changes,
    midnights,
)
from community_sdk.testing._drawn.ladders import ladders
from community_sdk.testing._happenings import (
    KINDS,
    RARE,
    Fields,
    Scene,
    fields_of,
    make,
)
from community_sdk.testing._playbooks import (
    conditions,
    durations,
    funnels,
    metrics,
    playbooks,
    qualifications,
)

__all__ = [
    "KINDS",
    "breaches",
    "conditions",
    "customs",
    "durations",
    "events",
    "funnels",
    "histories",
    "instants",
    "joins",
    "ladders",
    "members",
    "messages",
    "metrics",
    "playbooks",
    "purchases",
    "qualifications",
    "zones",
]

_US: Final = timedelta(microseconds=1)
_NEAR: Final = (
    -timedelta(days=1),
    -timedelta(hours=1),
    -_US,
    timedelta(0),
    _US,
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(days=1),
)
_GAPS: Final = (
    timedelta(0),
    _US,
    timedelta(seconds=20),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=25),
    timedelta(days=3),
    timedelta(days=8),
    timedelta(days=17),
)
_EARLY: Final = timedelta(days=120)


def zones() -> st.SearchStrategy[str]:
    """Draw IANA zones whose days have 23, 24 and 25 hours, or odd offsets."""
    return st.sampled_from(ZONES)


def instants(zone: str = "America/New_York") -> st.SearchStrategy[datetime]:
    """Draw instants of 2025 and 2026 (UTC), often near what is special in *zone*.

    Special are its clock changes and its local midnights, to the microsecond.
    """
    where = ZoneInfo(zone)
    plain = st.integers(0, int((UNTIL - FROM).total_seconds()) - 1).map(
        lambda seconds: FROM + timedelta(seconds=seconds)
    )
    edges = plain.map(lambda at: midnights(at, where)[1])
    special = [st.sampled_from(found)] if (found := changes(zone)) else []
    near = st.one_of(*special, edges)
    moved = st.tuples(near, st.sampled_from(_NEAR)).map(lambda two: two[0] + two[1])
    return st.one_of(moved, plain)


def members(names: Sequence[str] = MEMBERS) -> st.SearchStrategy[MemberId]:
    """Draw one of a few members."""
    return st.sampled_from([MemberId(name) for name in names])


@st.composite
def events(
    draw: st.DrawFn,
    kinds: Iterable[str] = tuple(KINDS),
    *,
    zone: str = "America/New_York",
    names: Sequence[str] = MEMBERS,
) -> ev.Event:
    """Draw single events of *kinds* with ids of their own, at any `instants`."""
    scene = Scene(at=draw(instants(zone)))
    people = Cast(members=tuple(names), zone=zone)
    kind = draw(st.sampled_from(tuple(kinds)))
    number = draw(st.integers(0, 2**40))
    envelope = {
        "id": f"{kind}-{number}",
        "at": scene.at,
        "member": draw(st.sampled_from(people.members)),
    }
    return make(kind, draw(fields_of(kind, people, scene)), envelope)


def messages(**given: Any) -> st.SearchStrategy[ev.MessagePosted]:
    """Draw messages; keywords as for `events`."""
    return cast("st.SearchStrategy[Any]", events(["message"], **given))


def joins(**given: Any) -> st.SearchStrategy[ev.Joined]:
    """Draw joins, now and then of a bot; keywords as for `events`."""
    return cast("st.SearchStrategy[Any]", events(["joined"], **given))


def breaches(**given: Any) -> st.SearchStrategy[ev.RuleBroken]:
    """Draw breaches of any severity and weight; keywords as for `events`."""
    return cast("st.SearchStrategy[Any]", events(["rule_broken"], **given))


def purchases(**given: Any) -> st.SearchStrategy[ev.PurchaseMade]:
    """Draw purchases of small amounts; keywords as for `events`."""
    return cast("st.SearchStrategy[Any]", events(["purchase"], **given))


def customs(**given: Any) -> st.SearchStrategy[ev.Custom]:
    """Draw events of a host's own word ``signed_in``; keywords as for `events`."""
    return cast("st.SearchStrategy[Any]", events(["custom"], **given))


@st.composite
def histories(
    draw: st.DrawFn,
    *,
    playbook: Operable | None = None,
    min_size: int = 0,
    max_size: int = 20,
    late: bool = False,
    ties: bool = True,
    undated: bool = True,
    names: Sequence[str] = MEMBERS,
    kinds: Iterable[str] | None = None,
    zone: str | None = None,
) -> list[ev.Event]:
    """Draw valid histories in the order of recording.

    Args:
        draw: given by Hypothesis.
        playbook: use its zone, rules, roles, groups and words, prefer the events
            that its policies answer, and answer what it decides: proposals are
            approved and refused, sanctions lifted, strikes overturned.
        min_size: at least so many events.
        max_size: at most so many events.
        late: some events are recorded after they happened, inside the lateness of
            the playbook (a week without one).
        ties: several events may share an instant.
        undated: now and then an event has no time of its own (`Event.dated`).
        names: the members.
        kinds: only events of these kinds.
        zone: look for clock changes and midnights in this IANA zone.
    """
    people = Cast(members=tuple(names)) if playbook is None else None
    people = people or Cast.of(cast("Operable", playbook), names)
    where = zone or people.zone
    times = draw(_schedules(min_size, max_size, where, ties=ties))
    spans = [people.lateness if late else timedelta(0)] * len(times)
    known = sorted(
        (at + draw(_delays(span)), nth, at)
        for nth, (at, span) in enumerate(zip(times, spans, strict=True))
    )
    engine = None if playbook is None else Engine(playbook)
    wanted = tuple(kinds) if kinds is not None else _weighted(people)
    scene = Scene(at=FROM)
    out: list[ev.Event] = []
    for nth, (recorded, _, at) in enumerate(known):
        scene.at = at
        envelope = {"id": f"e{nth}", "at": at, "recorded_at": recorded, "seq": nth}
        event = draw(_happening(wanted, people, scene, envelope, undated=undated))
        out.append(event)
        _note(event, None if engine is None else engine.receive(event), scene)
    return out


def _weighted(people: Cast) -> tuple[str, ...]:
    """Return kinds as often as they shall be drawn."""
    plain = tuple(kind for kind in KINDS if kind not in RARE)
    answered = tuple(kind for kind in people.kinds if kind in KINDS)
    return (*("message",) * 6, *plain, *KINDS, *answered * 2)


@st.composite
def _schedules(
    draw: st.DrawFn, least: int, most: int, zone: str, *, ties: bool
) -> list[datetime]:
    where = ZoneInfo(zone)
    count = draw(st.integers(least, most))
    at = draw(instants(zone)) - draw(st.sampled_from((timedelta(0), _EARLY)))
    gaps = st.sampled_from(_GAPS if ties else _GAPS[1:])
    times: list[datetime] = []
    for _ in range(count):
        times.append(at)
        step = draw(st.one_of(gaps, st.sampled_from(("midnight", "before"))))
        if isinstance(step, timedelta):
            at += step
        else:
            at = max(at, midnights(at, where)[1] - _US * (step == "before"))
            at += _US * (not ties)
    return times


def _delays(span: timedelta) -> st.SearchStrategy[timedelta]:
    if not span:
        return st.just(span)
    short = (timedelta(0), _US, timedelta(hours=1), timedelta(days=2))
    return st.sampled_from([*(gap for gap in short if gap < span), span])


@st.composite
def _happening(
    draw: st.DrawFn,
    kinds: Sequence[str],
    people: Cast,
    scene: Scene,
    envelope: Fields,
    *,
    undated: bool,
) -> ev.Event:
    kind = draw(st.sampled_from(kinds))
    envelope = {**envelope, "member": draw(st.sampled_from(people.members))}
    if kind == "head_counted":
        envelope["member"] = None
    if undated and kind in ("message", "reaction", "custom"):
        envelope["dated"] = draw(st.integers(0, 7)) < 7  # noqa: PLR2004 - one in eight
    return make(kind, draw(fields_of(kind, people, scene)), envelope)


def _note(event: ev.Event, step: Step | None, scene: Scene) -> None:
    """Remember what later events may refer to."""
    about = str(event.member)
    facts = () if step is None else step.facts
    for made in (event, *facts):
        if isinstance(made, ev.RuleBroken):
            scene.strikes.append((str(made.id), str(made.member)))
    if isinstance(event, ev.EmergencyActed):
        scene.strikes.append((str(event.id), about))
        scene.emergencies.append((str(event.id), about))
    if isinstance(event, ev.SanctionImported):
        scene.sanctions.append((str(event.sanction), about))
    for decision in () if step is None else step.decisions:
        pair = (str(decision.id), str(decision.member))
        if isinstance(decision, ApplySanction):
            scene.sanctions.append(pair)
        elif isinstance(decision, RequestConsent):
            scene.proposals.append(pair)
        elif isinstance(decision, OpenObligation):
            scene.duties.append(pair)
