"""Cases on tiers, points, badges and reputation, told to an engine and read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Final

from community_sdk import Step, codec
from community_sdk.conditions import shortfall
from community_sdk.model import Ledger
from community_sdk.playbook import Playbook
from tests.peers.frame import Plain, at
from tests.peers.tiers_misc.book import Book
from tests.peers.tiers_misc.names import TABLES, WORDS, Read, minor

LONG_AGO: Final = "2000-01-01T00:00:00Z"


class _Story:
    """A case told to an engine."""

    def __init__(self, case: Plain, book: Book, member: Plain) -> None:
        self.case, self.given, self.book = case, case["given"], book
        self.engine, self.steps = book.playbook.engine(), list[Step]()
        self.policy: Any = book.playbook.policy("tiers")
        born = member.get("registered_at", LONG_AGO)
        since = case["when"] if "cycles" in self.given else born
        rung = str(member.get("tier", member.get("level")))
        ends = [*book.shown][:: -1 if "tier_started_at" in member else 1]
        rung = rung if rung in book.shown else ends[0]
        figures = [
            {"name": n, "value": v} for n, v in self.given.get("metrics", {}).items()
        ]
        scope = {**member, "figures": figures, "born": born, "when": case["when"]}
        scope["since"] = since = member.get("tier_started_at", since)
        scope["soon"] = (at(since) + timedelta(seconds=1)).isoformat()
        scope |= {"rung": rung if self.policy else None}
        scope["manual"] = book.rules.get("manual", "floor")
        told: list[Any] = WORDS.fill(TABLES["enter"], scope)
        rows: list[list[Any]] = [o if isinstance(o, list) else [o] for o in told]
        for table in chain.from_iterable(rows):
            self._receive({"at": LONG_AGO, **table})
        self.begun = len(self.steps)

    def _receive(self, table: Plain) -> Step:
        head = {"id": f"event {len(self.steps)}", "member": "m"}
        self.steps.append(self.engine.receive(codec.event({**head, **table})))
        return self.steps[-1]

    def tell(self, event: Plain, nth: int = 0) -> Step:
        """Tell one event in the words of the library; of one number only once."""
        kind, number = (
            event["type"],
            event.get("order") or event.get("of") or event.get("id"),
        )
        known = TABLES["tell"].get(kind, {"kind": "custom", "word": f"case:{kind}"})
        debit = (
            self.book.rules.get("metric") == "points_active"
            and event.get("amount", 0) < 0
        )
        now = self.progress if self.policy else None
        more = {"debit": "debit" if debit else None}
        more["above"] = now and (now.next_tier or now.tier)
        table = WORDS.fill(known, {**event, **more})
        name = {"id": f"{kind} {number} {nth}"} if number else {}
        return self._receive(
            {"at": event.get("at", self.case["when"]), **name, **table}
        )

    def play(self, until: datetime | None = None) -> Iterator[Any]:
        """Tell the events up to *until*, and yield the tier after each."""
        for event in self.given.get("events", ()):
            if until is None or at(event.get("at", LONG_AGO)) <= until:
                for nth in range(event.get("count", 1)):
                    self.tell(event, nth)
                yield self.tier
        if "requalified_at" in self.given:
            self.tell({"type": "requalified", "at": self.given["requalified_at"]})

    def pass_to(self, when: datetime) -> None:
        """Let time pass."""
        self.steps.append(self.engine.advance(when))

    def check(self, when: datetime) -> None:
        """Let time pass, and look at the tier where the rules have a check then."""
        self.pass_to(when)
        if self.policy and (
            "evaluate" in self.book.rules or self.policy.downgrade == "immediate"
        ):
            for _ in range(self.given.get("repeat", 1)):
                self.tell({"type": "check", "at": when.isoformat()})

    def adopt(self, playbook: Playbook) -> None:
        """Go on by changed rules."""
        self.engine.offer(playbook)
        self.policy = playbook.policy("tiers")
        told = {"version": "2", "digest": playbook.digest, "at": self.case["when"]}
        self.tell({"type": "adopt", **told})

    view = property(lambda self: self.engine.view("m"))
    progress = property(lambda self: self.policy.progress(self.view))
    tier = property(lambda self: self.policy and self.book.shown[self.progress.tier])

    @property
    def now(self) -> datetime:
        """The latest instant told."""
        assert self.engine.now is not None
        return self.engine.now

    def facts(self, *kinds: str) -> list[Any]:
        """Return the facts of some kinds since the case began."""
        steps = self.steps[self.begun :]
        return [f for step in steps for f in step.facts if f.kind in kinds]

    def ledger(
        self, *entries: str, currency: str = "points", category: str | None = None
    ) -> Ledger:
        """Return the book of a currency, or of some kinds of entries or a category."""
        posted: list[Any] = [f for step in self.steps for f in step.facts]
        return Ledger.of(
            f.ledger_entry
            for f in posted
            if f.kind == "points_posted"
            and f.currency == currency
            and (not entries or f.entry.value in entries)
            and category in (None, f.category)
        )

    def balance(self, *currencies: str) -> int:
        """Return what the accounts hold together."""
        accounts = self.view.member.accounts
        return sum(accounts[name].balance for name in currencies if name in accounts)


class Answers(Read):
    """What a case asks, a name per key of `then`."""

    def __init__(self, case: Plain) -> None:
        """Tell *case* up to `when`, and carry out what is asked then."""
        self._case, self._given, rules = case, case["given"], case["rules"]
        self._book = Book(case, "tiers_before" if "tiers_before" in rules else "tiers")
        self._told = self._of(self._given.get("member", {}))
        self._state, story = self._told.engine.snapshot(), self._told
        if self._given.get("simulate"):
            story = self._of(self._given.get("member", {}))
        self._story, when = story, at(case["when"])
        self.tier_after_each_event = [*story.play()]
        story.pass_to(when - timedelta(seconds=1))
        self.level_before_check = story.tier
        self.balance_before_reset = story.balance("points")
        if self._given.get("command", {}).get("type") == "revoke_badge":
            story.tell(self._given["command"])
        if "tiers_after" in rules:
            story.adopt(Book(case, "tiers_after").playbook)
        story.check(when)

    def _of(self, member: Plain) -> _Story:
        return _Story(self._case, self._book, member)

    def shown(self, rung: str | None) -> Any:
        """Return what the case calls a rung."""
        return rung and self._book.shown[rung]

    tier = property(lambda self: self._story.tier)
    progress = property(lambda self: self._story.progress)
    balance = property(lambda self: self._story.balance("points", "debit"))
    reputation = property(lambda self: self._story.balance("reputation"))
    _votes = property(lambda self: self._story.ledger("earn", currency="reputation"))
    delta = property(lambda self: self._votes.balance("m", currency="reputation"))
    _earned = property(lambda self: self._story.ledger("earn"))
    last_entry = property(lambda self: self._story.ledger().entries[-1].amount)
    ledger_entries = property(lambda self: len(self._story.ledger().entries))
    clawback_entries = property(lambda s: len(s._story.ledger("clawback").entries))
    expiry_entries = property(lambda s: len(s._story.ledger("expire").entries))
    expired = property(lambda s: -s._story.ledger("expire").balance("m"))
    points_to_next = property(lambda self: self._lacking(self.progress.unmet))
    notifications = property(lambda self: len(self._told.facts("tier_changed")))
    state_changed = property(lambda s: s._state != s._told.engine.snapshot())

    @staticmethod
    def _lacking(missing: Any) -> Any:
        """Return how much is missing, of money in its own unit."""
        found = next((one for one in missing if one.missing), None)
        unit = minor(1) if found and "spend" in str(found.metric) else 1
        return found.missing / unit if found else 0

    @property
    def missing(self) -> Any:
        """How much is lacking for renewal."""
        story = self._story
        return self._lacking(
            shortfall(story.policy.validity.renewal, story.view).missing
        )

    @property
    def renewal_check(self) -> str:
        """The local date of the end of the term."""
        zone = self._story.view.calendar.where
        return str(self.progress.valid_until.astimezone(zone).date())

    @property
    def qualifying_points(self) -> Any:
        """The points that count for the tier."""
        if self._story.policy is None:
            return self._story.view.member.accounts["points"].earned
        gap = self.progress.to_rise or self.progress.to_stay
        one = gap.requirements[0]
        return one.have / minor(1) if "spend" in str(one.metric) else one.have

    def tier_at(self, wanted: Plain) -> dict[str, Any]:
        """Answer the tier at each instant, each time from the beginning."""
        found: dict[str, Any] = {}
        for text in wanted:
            story = self._of(self._given.get("member", {}))
            _ = [*story.play(at(text))]
            story.check(at(text))
            found[text] = story.tier
        return found

    def balance_at(self, wanted: Plain) -> dict[str, int]:
        """Answer the balance at each instant."""
        return {t: self._story.ledger().balance("m", at=at(t)) for t in wanted}

    def balance_by_category(self, wanted: Plain) -> dict[str, int]:
        """Answer the sum of each category."""
        return {c: self._story.ledger(category=c).balance("m") for c in wanted}

    def points_for(self, wanted: Plain) -> dict[str, int]:
        """Answer what each purchase earned."""
        posted = self._story.facts("points_posted")
        mine = {f.order: f.amount for f in posted if f.rule == "points"}
        return {order: mine.get(order, 0) for order in wanted}

    def points(self, _: Any) -> Any:
        """Answer what is earned; of single purchases, each by a new member."""
        each = [story.ledger("earn").balance("m") for story in self._asked()]
        return each or self._earned.balance("m")

    def _asked(self) -> Iterator[_Story]:
        """Yield a new member for each question of a list."""
        rows = [[("points", n)] for n in self._given.get("balances", ())]
        rows += [[("purchase", n)] for n in self._given.get("single_purchases", ())]
        for pair in self._given.get("pairs", ()):
            rows.append([("purchase", amount) for amount in pair])
        for row in rows:
            story = self._of({})
            for kind, amount in row:
                story.tell({"type": kind, "amount": amount})
            yield story

    def tiers(self, wanted: Any) -> Any:
        """Answer the tiers of a list of questions, or of members."""
        if isinstance(wanted, list):
            return [story.tier for story in self._asked()]
        return {name: story.tier for name, story in self._members.items()}

    @property
    def _members(self) -> dict[str, _Story]:
        found = {one["id"]: self._of(one) for one in self._given["members"]}
        for row in self._given.get("command", {}).get("rows", ()):
            found[row["id"]].tell({**row, "type": "import_tier", "id": None})
        for story in found.values():
            story.pass_to(at(self._case["when"]))
        return found

    @property
    def tier_changes(self) -> int:
        """How many members' tier changed."""
        told = [story.facts("tier_changed") for story in self._members.values()]
        return len([one for one in told if any(f.before != f.after for f in one)])

    def tier_counts(self, wanted: Plain) -> dict[str, int]:
        """Answer how many hold each tier."""
        held = [story.tier for story in self._members.values()]
        return {tier: held.count(tier) for tier in wanted}

    @property
    def expires(self) -> Any:
        """The expiry of all of them, where it is the same."""
        found = {story.progress.valid_until for story in self._members.values()}
        return found.pop() if len(found) == 1 else sorted(map(str, found))

    def tier_after_each_cycle(self, wanted: list[Any]) -> list[Any]:
        """Answer the tier after each term, with what was earned in it."""
        story, name = self._story, self._book.rules.get("metric", "value")
        earned = self._given.get("member", {}).get("earned_in_cycle", [0] * len(wanted))
        found: list[Any] = []
        for value in earned[: self._given["cycles"]]:
            told = {"type": "metric", "name": name, "value": value}
            story.tell({**told, "at": story.now.isoformat()})
            story.pass_to(story.progress.valid_until or story.now)
            found.append(story.tier)
        return found

    def at_or_above(self, wanted: Plain) -> dict[str, bool]:
        """Answer whether the tier held is each one or higher."""
        group, held = self._book.playbook.tiers[0], self.progress.tier
        return {name: group.reaches(held, name) for name in wanted}

    @property
    def changes(self) -> list[Plain]:
        """The moves that were reported."""
        words = {True: "promoted", False: "demoted"}
        return [
            {
                "direction": words[f.rise],
                "from": self.shown(f.before),
                "to": self.shown(f.after),
            }
            for f in self._story.facts("tier_changed")
        ]

    @property
    def badges(self) -> set[str]:
        """The badges held."""
        parts = self._story.engine.standing("m").walk()
        return {str(part["badge"]) for part in parts if part.key == "badge.held"}

    def badge_counts(self, wanted: Plain) -> dict[str, int]:
        """Answer how often each badge was granted."""
        given = [f.badge for f in self._story.facts("badge_granted")]
        return {name: given.count(name) for name in wanted}

    @property
    def badge_history(self) -> list[str]:
        """What was granted and revoked, in order."""
        words = {"badge_granted": "granted", "badge_revoked": "revoked"}
        return [f"{words[f.kind]} {f.badge}" for f in self._story.facts(*words)]
