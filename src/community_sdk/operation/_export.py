"""Subject access: all that is held about one member, and nothing about others (S29)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from attrs import AttrsInstance, fields, frozen

from community_sdk import codec
from community_sdk._time import instant
from community_sdk.decisions import Decision
from community_sdk.events import Event
from community_sdk.explanation import Explanation, because
from community_sdk.operation._operation import Operation
from community_sdk.operation._personal import Person, identify
from community_sdk.playbook import Playbook
from community_sdk.ports import PersonalStore, Plain
from community_sdk.state import Listing

__all__ = ["MemberExport", "export_member"]

SOMEBODY: Final = "~"
"""What stands for another person."""
_INSTANTS: Final = frozenset(
    {"since", "until", "occurred", "recorded", "opened", "due", "deadline", "ended"}
)
_PLUMBING: Final = frozenset({"trigger", "community", "recorded_at", "seq", "source"})
_FORMAT: Final = 1


@frozen
class MemberExport:
    """What is held about *member*: *content* as builtins, `text` to be read.

    *told* and *decisions* are what the text is made of; other people stand as ``~``.
    """

    member: str
    content: Mapping[str, object]
    told: Explanation
    decisions: tuple[Decision, ...]
    playbook: Playbook

    def text(self, lang: str) -> str:
        """Put everything into words, in Chinese (``zh``) or English (``en``)."""
        from community_sdk.wording import (  # noqa: PLC0415 - words only where asked
            Names,
            say,
            say_decision,
        )

        zone, names = self.playbook.community.zone, Names.of(self.playbook)
        lines = [say(self.told, lang, zone=zone, names=names, style="lines")]
        for decision in self.decisions:
            when = because("export.decided", at=decision.at)
            dated = say(when, lang, zone=zone, names=names)
            said = say_decision(decision, lang, zone=zone, names=names)
            lines.append(f"{dated} {said}")
        return "\n".join(lines)


def export_member(
    operation: Operation, member: str, /, *, beside: PersonalStore | None = None
) -> MemberExport:
    """Gather everything that is held about *member*, under all accounts.

    Membership, roles, tiers, the record, duties, blacklists, each event about the
    member, what the member did (without to whom), each decision with its reasons, and
    what the side store *beside* holds. Other people are not named.

    Raises:
        HistoryError: nothing is known of *member*.
    """
    person = identify(operation, member)
    mask = _Mask.of(operation, person)
    standing = operation.standing(member)
    decisions = tuple(
        cast("Decision", codec.load(mask.plain(_slim(codec.dump(each)))))
        for account in person.accounts
        for each in operation.decisions(account)
    )
    told = mask.explanation(_told(person, standing))
    content: dict[str, object] = {
        "format": _FORMAT,
        "member": str(person.state.id),
        "accounts": list(person.accounts),
        "community": str(operation.playbook.community.key),
        "as_of": None if operation.now is None else operation.now.isoformat(),
        **mask.plain(_record(person)),
        "standing": told.plain(),
        "events": [mask.plain(_slim(codec.dump(e))) for e in _about(person)],
        "acts": [_act(e) for e in _acts(person)],
        "decisions": [_slim(codec.dump(each)) for each in decisions],
    }
    if beside is not None:
        content["beside"] = beside.held(person.accounts, person.contents)
    return MemberExport(
        str(person.state.id), content, told, decisions, operation.playbook
    )


@frozen
class _Mask:
    """Takes other people's names out of what is said about one."""

    others: frozenset[str]

    @classmethod
    def of(cls, operation: Operation, person: Person) -> _Mask:
        key = str(operation.playbook.community.key)
        known = {row.key for row in operation.store.partitions(key)}
        for event in person.events:
            known |= {*_named(event)}
        return cls(frozenset(known - {"", *person.accounts}))

    def plain(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Return *value* without others; `kind` words stay."""
        return {
            str(self._any(name)): each if name in ("kind", "key") else self._any(each)
            for name, each in value.items()
        }

    def _any(self, value: Any) -> Any:
        if isinstance(value, str):
            return SOMEBODY if value in self.others else value
        if isinstance(value, Mapping):
            return self.plain(cast("Mapping[str, Any]", value))
        if isinstance(value, (list, tuple)):
            return [self._any(each) for each in cast("list[Any]", value)]
        return value

    def explanation(self, why: Explanation) -> Explanation:
        """Return *why* without others."""
        return codec.explanation(self.plain(why.plain()))


def _named(event: Event) -> Iterator[str]:
    """Yield whom *event* names."""
    for field in fields(type(event)):
        if "MemberId" in str(field.type):
            found: Any = getattr(event, field.name)
            if isinstance(found, tuple):
                yield from cast("tuple[str, ...]", found)
            elif found:
                yield str(found)


def _slim(plain: Plain) -> dict[str, Any]:
    """Leave out what belongs to the machinery."""
    return {name: each for name, each in plain.items() if name not in _PLUMBING}


def _about(person: Person) -> Iterator[Event]:
    return (e for e in person.events if e.member in person.accounts)


def _acts(person: Person) -> Iterator[Event]:
    """Yield what the member did about others."""
    return (e for e in person.events if e.member not in person.accounts)


def _act(event: Event) -> dict[str, object]:
    where = {} if event.group is None else {"group": str(event.group)}
    return {"kind": event.name, "at": event.at.isoformat(), **where}


def _record(person: Person) -> dict[str, Any]:
    """Return what the partition keeps, by sort, with instants as text."""
    state = person.state
    rows: dict[str, Any] = {
        name: [_row(each) for each in getattr(state, name)]
        for name in ("strikes", "sanctions", "duties", "roles")
    }
    rows["tiers"] = {g: _row(held) for g, held in sorted(state.tiers.items())}
    rows["groups"] = {
        g: instant(since).isoformat() for g, since in sorted(state.groups.items())
    }
    rows["blacklists"] = [_row(each) for each in state.passage.listings]
    rows["proposals"] = [
        _row(each, leave=("wish", "votes", "also")) for each in state.consents
    ]
    rows["membership"] = {
        "status": state.status.value,
        "stays": state.stays,
        **{
            name: instant(us).isoformat()
            for name in ("since", "first", "left", "removed")
            if (us := getattr(state, name)) is not None
        },
    }
    return rows


def _row(record: Any, leave: tuple[str, ...] = ()) -> dict[str, Any]:
    out: dict[str, Any] = {}
    cls = cast("type[AttrsInstance]", type(record))
    for field in fields(cls):
        value: Any = getattr(record, field.name)
        if field.name in _INSTANTS and value is not None:
            value = instant(value).isoformat()
        if field.name not in leave:
            many = isinstance(value, tuple)
            out[field.name] = list(cast("tuple[Any, ...]", value)) if many else value
    return out


def _told(person: Person, standing: Explanation) -> Explanation:
    """Explain the record, to be said in any language."""
    state, parts = person.state, [standing]
    parts += [
        because(
            "export.strike",
            rule=each.rule or None,
            occurred=instant(each.occurred),
            weight=each.weight,
            counts=not (each.overturned or each.forgiven),
        )
        for each in state.strikes
    ]
    parts += [
        because(
            "export.sanction",
            measure=each.measure,
            since=instant(each.since),
            until=None if each.until is None else instant(each.until),
            state=each.state,
        )
        for each in state.sanctions
    ]
    parts += [
        because("export.duty", what=each.what, due=instant(each.due))
        for each in state.duties
    ]
    parts += [_listed(each) for each in state.passage.listings]
    counts: dict[str, int] = {}
    for event in person.events:
        counts[event.name] = counts.get(event.name, 0) + 1
    parts += [
        because("export.events", event=name, count=count)
        for name, count in sorted(counts.items())
    ]
    return because("export.title", *parts, member=state.id, accounts=person.accounts)


def _listed(entry: Listing) -> Explanation:
    return because(
        "export.listing",
        scope=entry.scope,
        of=entry.of or None,
        since=instant(entry.since),
        until=None if entry.until is None else instant(entry.until),
        ended=None if entry.ended is None else instant(entry.ended),
    )
