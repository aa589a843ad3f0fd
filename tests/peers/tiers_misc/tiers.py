"""Cases on tiers, points, badges and reputation, told to an engine and read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any, Final

from community_sdk import Money, Step
from community_sdk.conditions import Requirement, shortfall
from community_sdk.events import PointsPosted
from community_sdk.model import EntryKind, Ledger
from tests.peers.frame import Plain, Read, Told, at, just_before
from tests.peers.tiers_misc.book import COIN, NAMES, TABLES, WORDS, Book

LONG_AGO: Final = "2000-01-01T00:00:00Z"
VOTES: Final = "reputation"
HELD: Final = "badge.held"


class Story(Told):
    """A case told to an engine, about one member."""

    def __init__(self, case: Plain, book: Book, member: Plain) -> None:
        """Tell what *member* is before the events."""
        super().__init__(book.playbook)
        self.case, self.given, self.rules = case, case["given"], case["rules"]
        self.shown, self.group = book.shown, book.playbook.tiers[0]
        self.policy: Any = book.playbook.policy("tiers")
        born = member.get("registered_at", LONG_AGO)
        since = case["when"] if "cycles" in self.given else born
        rung = str(member.get("tier", member.get("level")))
        ends = [*book.shown][:: -1 if "tier_started_at" in member else 1]
        figures = self.given.get("metrics", {}).items()
        scope = {**member, "born": born, "manual": self.rules.get("manual", "floor")}
        scope["figures"] = [{"name": name, "value": value} for name, value in figures]
        scope["since"] = member.get("tier_started_at", since)
        if self.policy:
            scope["rung"] = rung if rung in book.shown else ends[0]
        told: list[Any] = WORDS.fill(TABLES["enter"], scope)
        rows: list[list[Any]] = [o if isinstance(o, list) else [o] for o in told]
        for table in chain.from_iterable(rows):
            self.happen({"at": LONG_AGO, **table})
        self.entered, self.steps = self.steps, []

    def tell(self, event: Plain, nth: int = 0) -> Step:
        """Tell one event in the words of the library; of one number only once."""
        kind = event["type"]
        number = event.get("order") or event.get("of") or event.get("id")
        known = TABLES["tell"].get(kind, {"kind": "custom", "word": f"case:{kind}"})
        active = self.rules.get("metric") == "points_active"
        now = self.progress if self.policy else None
        scope = {"at": self.case["when"], **event}
        scope["above"] = now and (now.next_tier or now.tier)
        scope["debit"] = "debit" if active and event.get("amount", 0) < 0 else None
        name = {"id": f"{kind} {number} {nth}"} if number else {}
        return self.happen({"at": scope["at"], **name, **WORDS.fill(known, scope)})

    def play(self, until: datetime | None = None) -> Iterator[Any]:
        """Tell the events up to *until*, and yield the tier after each."""
        for event in self.given.get("events", ()):
            if until is None or at(event.get("at", LONG_AGO)) <= until:
                for nth in range(event.get("count", 1)):
                    self.tell(event, nth)
                yield self.tier
        if "requalified_at" in self.given:
            self.tell({"type": "requalified", "at": self.given["requalified_at"]})

    def check(self, when: datetime) -> None:
        """Let time pass, and look at the tier where the rules have a check then."""
        self.pass_to(when)
        asked = "evaluate" in self.rules
        if self.policy and (asked or self.policy.downgrade == "immediate"):
            for _ in range(self.given.get("repeat", 1)):
                self.tell({"type": "check", "at": when.isoformat()})

    def reach(self, when: datetime) -> Any:
        """Return the tier at *when*, after everything up to then."""
        _ = [*self.play(when)]
        self.check(when)
        return self.tier

    def adopt(self, book: Book) -> None:
        """Go on by changed rules."""
        self.engine.offer(book.playbook)
        self.policy = book.playbook.policy("tiers")
        self.tell({"type": "adopt", "digest": book.playbook.digest})

    progress = property(lambda self: self.policy and self.policy.progress(self.view()))
    tier = property(lambda self: self.policy and self.shown[self.progress.tier])
    rung = property(lambda self: self.progress.tier)
    renewal = property(lambda s: shortfall(s.policy.validity.renewal, s.view()))
    moves = property(lambda self: self.found("tier_changed"))
    changes = property(lambda self: [m for m in self.moves if m.before != m.after])
    granted = property(lambda self: self.found("badge_granted"))
    awards = property(lambda self: self.found("badge_granted", "badge_revoked"))
    posted = property(lambda self: self.found("points_posted"))
    orders = property(
        lambda s: {p.order: p.amount for p in s.posted if p.rule == "points"}
    )
    parts = property(lambda self: self.engine.standing("m").walk())
    held = property(lambda s: (*(p["badge"] for p in s.parts if p.key == HELD),))

    @property
    def whole(self) -> Ledger:
        """Everything booked, of all currencies."""
        entered = [one for step in self.entered for one in step.facts]
        posted = (
            *(one for one in entered if isinstance(one, PointsPosted)),
            *self.posted,
        )
        return Ledger.of(one.ledger_entry for one in posted)

    book = property(lambda self: self.whole.only())
    booked = property(lambda self: {k.value: self.whole.only(k) for k in EntryKind})
    qualifying = property(lambda self: self.whole.qualifying("m"))
    expired = property(lambda self: self.booked["expire"].balance("m"))
    categories = property(lambda self: self.book.by_category("m"))
    debt = property(lambda self: self.whole.balance("m", currency="debit"))
    balance = property(lambda self: self.book.balance("m") + self.debt)
    reputation = property(lambda self: self.whole.balance("m", currency=VOTES))
    earned = property(lambda self: self.whole.only(EntryKind.EARN, currency=VOTES))
    votes = property(lambda self: self.earned.balance("m", currency=VOTES))

    reached = property(lambda s: {t: s.group.reaches(s.rung, t) for t in s.group.keys})


def _figure(asked: Iterable[Requirement], key: str) -> Any:
    """Return a figure of what is asked for first, money as money."""
    one = next(iter(asked), None)
    number = getattr(one, key, 0)
    return Money(number, COIN) if one and "spend" in str(one.metric) else number


class Answers(Read):
    """What a case asks, a name per key of `then`."""

    places = TABLES["read"]

    def __init__(self, case: Plain) -> None:
        """Tell *case* up to `when`, and carry out what is asked then."""
        self.case, self.given, rules = case, case["given"], case["rules"]
        self._book = Book(case, "tiers_before" if "tiers_before" in rules else "tiers")
        self.told, when = self._member(), at(case["when"])
        self._state = self.told.engine.snapshot()
        self.story = story = self._member() if self.given.get("simulate") else self.told
        self.words = WORDS.also(
            shown=self._book.shown.get,
            day=lambda t: str(t.astimezone(story.view().calendar.where).date()),
            have=lambda asked: _figure(asked, "have"),
            lacking=lambda unmet: _figure((r for r in unmet if r.missing), "missing"),
        )
        self.tier_after_each_event = [*story.play()]
        story.pass_to(just_before(when))
        self.level_before_check = story.tier
        self.balance_before_reset = story.balance
        if self.given.get("command", {}).get("type") == "revoke_badge":
            story.tell(self.given["command"])
        if "tiers_after" in rules:
            story.adopt(Book(case, "tiers_after"))
        story.check(when)

    def _member(self, member: Plain | None = None) -> Story:
        told = self.given.get("member", {}) if member is None else member
        return Story(self.case, self._book, told)

    state_changed = property(lambda s: s._state != s.told.engine.snapshot())
    last_entry = property(lambda self: self.story.book.entries[-1].amount)
    tier_changes = property(lambda self: [one for one in self.people if one.changes])
    people = property(lambda self: [*self._members().values()])

    @property
    def expires(self) -> Any:
        """The expiry of all of them, where it is the same."""
        one, *others = {story.progress.valid_until for story in self.people}
        return None if others else one

    def tier_at(self, wanted: Plain) -> dict[str, Any]:
        """Answer the tier at each instant, each time from the beginning."""
        return {text: self._member().reach(at(text)) for text in wanted}

    def balance_at(self, wanted: Plain) -> dict[str, int]:
        """Answer the balance at each instant."""
        return {t: self.story.book.balance("m", at=at(t)) for t in wanted}

    def points(self, wanted: Any) -> Any:
        """Answer what is earned; of single purchases, each by a new member."""
        asked = self._asked() if isinstance(wanted, list) else [self.story]
        found = [story.booked["earn"].balance("m") for story in asked]
        return found if isinstance(wanted, list) else found[0]

    def tiers(self, wanted: Any) -> Any:
        """Answer the tiers of a list of questions, or of members."""
        if isinstance(wanted, list):
            return [story.tier for story in self._asked()]
        return {name: story.tier for name, story in self._members().items()}

    def _asked(self) -> Iterator[Story]:
        """Yield a new member for each question of a list."""
        for key, kind in NAMES["asked"].items():
            for asked in self.given.get(key, ()):
                story = self._member({})
                amounts: list[Any] = asked if key == "pairs" else [asked]
                for amount in amounts:
                    story.tell({"type": kind, "amount": amount})
                yield story

    def _members(self) -> dict[str, Story]:
        found = {one["id"]: self._member(one) for one in self.given["members"]}
        for row in self.given.get("command", {}).get("rows", ()):
            found[row["id"]].tell({**row, "type": "import_tier", "id": None})
        for story in found.values():
            story.pass_to(at(self.case["when"]))
        return found

    @property
    def tier_after_each_cycle(self) -> list[Any]:
        """The tier after each term, with what was earned in it."""
        story, found = self.story, list[Any]()
        cycles, name = self.given["cycles"], self.case["rules"].get("metric", "value")
        earned = self.given.get("member", {}).get("earned_in_cycle", [0] * cycles)
        for value in earned[:cycles]:
            told = {"type": "metric", "name": name, "value": value}
            story.tell({**told, "at": story.now.isoformat()})
            story.pass_to(story.progress.valid_until or story.now)
            found.append(story.tier)
        return found
