"""Who may not come in for what is on the record, and on what terms one comes back.

Leaving and coming back clear nothing; whoever helps around the record answers for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, Protocol

from community_sdk._time import Duration, instant
from community_sdk.decisions import (
    Decision,
    Recommend,
    RefuseAdmission,
    ReportBreach,
)
from community_sdk.events import Blacklisted, Event, Joined
from community_sdk.explanation import Explanation, because
from community_sdk.model import GroupId, RoleName, RuleCode, SanctionState
from community_sdk.policies.admission._blacklist import Blacklists
from community_sdk.state import MemberState, State

__all__ = ["Ways", "banned", "came_in", "on_record", "put_out", "strike_off"]

_STANDS: Final = frozenset(
    state.value
    for state in (
        SanctionState.ACTIVE,
        SanctionState.PROVISIONAL,
        SanctionState.EXPIRED,
    )
)


class Ways(Protocol):
    """On what terms somebody comes back."""

    @property
    def reentry_after(self) -> Duration | None:
        """How long after a removal."""
        ...

    @property
    def reentry_consent(self) -> tuple[RoleName, ...]:
        """Whose holders may let a removed member in again."""
        ...

    @property
    def readmit_rule(self) -> RuleCode | None:
        """The rule that whoever helps around it breaks."""
        ...

    @property
    def blacklists(self) -> Blacklists:
        """How blacklists are read."""
        ...


def banned(state: State) -> Explanation | None:
    """Explain which sanction keeps the member out now: a ban, or a suspension."""
    for record in state.member.sanctions:
        if record.expels and record.in_force(state.now_us):
            until = None if record.until is None else instant(record.until)
            return because("admission.banned", measure=record.measure, until=until)
    return None


def put_out(member: MemberState) -> int | None:
    """Return when the member was removed, None where the door let him in since.

    A removal that was lifted or overturned is none. An exit by force with which the
    platform carried out a sanction is no removal of its own: a ban ends by itself.
    """
    settled = -1 if member.passage.admitted is None else member.passage.admitted
    marks = [
        record.since
        for record in member.sanctions
        if record.expels and not record.holds and record.state in _STANDS
    ]
    if member.removed is not None and not _carried_out(member, member.removed):
        marks.append(member.removed)
    return max((mark for mark in marks if mark > settled), default=None)


def _carried_out(member: MemberState, out: int) -> bool:
    """Tell whether the exit at *out* did what a sanction of that stay said."""
    begun = -1 if member.since is None or member.since > out else member.since
    return any(
        record.expels and begun <= record.since <= out for record in member.sanctions
    )


def on_record(ways: Ways, state: State, agreed: Iterable[str]) -> Explanation | None:
    """Explain which sanction or removal is in the way; *agreed*: roles that consent."""
    ban = banned(state)
    out = put_out(state.member)
    if ban is not None or out is None:
        return ban
    if ways.reentry_after is not None:
        back = ways.reentry_after.after(out, state.calendar.where)
        if state.now_us < back:
            return because("admission.removed", until=instant(back))
    if ways.reentry_consent and not {*agreed} & {*ways.reentry_consent}:
        return because(
            "admission.needs_owner_consent",
            removed=instant(out),
            roles=ways.reentry_consent,
        )
    return None


def came_in(
    event: Joined, ways: Ways, agreed: Iterable[str], state: State
) -> Iterator[Decision]:
    """Notice who came in against the record, and who brought the member in."""
    helper = None if event.actor == event.member else event.actor
    bar = on_record(ways, state, agreed) or ways.blacklists.against(
        event.group or "", event.channel, state
    )
    if bar is None:
        return
    why = because("admission.came_back", bar, by=helper)
    yield Recommend(
        member=event.member, group=event.group, action="take_out", because=why
    )
    if helper is not None and ways.readmit_rule is not None:
        why = because("admission.brought_back", bar, rule=ways.readmit_rule)
        yield ReportBreach(member=helper, rule=ways.readmit_rule, because=why)


def strike_off(event: Event, ways: Ways, mine: Any, state: State) -> Iterator[Decision]:
    """Refuse what is open of somebody who may no longer come in; put out who is in."""
    name, bar = str(event.member), on_record(ways, state, ())
    if isinstance(event, Blacklisted):
        yield from _listed(event, ways, state)
    places = [group for group, who, _ in state.community.waiting if who == name]
    places += [*mine["open"].get(name, {}), *mine["granted"].get(name, {})]
    for group in sorted({*places}):
        why = bar or ways.blacklists.against(group, "", state)
        if why is not None:
            yield RefuseAdmission(
                member=event.member,
                group=GroupId(group) if group else None,
                because=because("admission.refused", why),
            )


def _listed(event: Blacklisted, ways: Ways, state: State) -> Iterator[Decision]:
    entries = state.member.passage.listings
    entry = next(each for each in entries if each.id == event.id)
    if not entry.in_force(state.now_us):
        return
    for group in ways.blacklists.inside(entry, state):
        why = ways.blacklists.why(entry, state)
        yield Recommend(
            member=event.member, group=group, action="take_out", because=why
        )
