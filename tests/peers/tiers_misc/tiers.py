"""Cases on tiers, points, badges and reputation: told to an engine, and read from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from community_sdk import Step, codec
from community_sdk.conditions import shortfall
from community_sdk.model import Ledger
from community_sdk.playbook import Playbook
from tests.peers import frame
from tests.peers.frame import Plain, at, differences
from tests.peers.tiers_misc.names import NAMES, WORDS, figure, major, minor

LONG_AGO: Final = "2000-01-01T00:00:00Z"
NONE: Final = "none"
TABLES: Final[dict[str, Any]] = WORDS.tables


def failures(case: Plain) -> list[str]:
    """Return what the library answers otherwise than *case* expects."""
    return [*differences(case["then"], _Answers(case), "then")]


class _Book:
    """The rules of a case as a playbook, and what its rungs are called."""

    def __init__(self, case: Plain, key: str = "tiers") -> None:
        self.rules, self.given = case["rules"], case["given"]
        plain = any(isinstance(row, str) for row in self.rules.get(key, ()))
        self.shown: dict[str, Any] = (
            {} if plain else {NONE: self.rules.get("initial_level")}
        )
        self.bars = {key: self._bar(key, row) for key, row in self._rungs(key)}
        scope = {**self.rules, "bars": self.bars or None, "rungs": [*self.shown]}
        scope |= {"timing": self._timing(), "term": self._term()}
        scope["earning"] = [*self._earning(key)]
        weights, exempt = (
            self.rules.get("weights", {}),
            self.rules.get("cap_exempt", ()),
        )
        votes = [(name, f"case:{name}", weights[name]) for name in weights]
        scope["voting"] = [
            {"name": n, "event": e, "points": w, "capped": n not in exempt}
            for n, e, w in votes
        ]
        scope["honours"] = [
            self._badge(badge) for badge in self.rules.get("badges", ())
        ]
        tables = WORDS.fill(TABLES["book"], scope)
        tables["policy"] += [
            {
                "kind": "points_program",
                "key": name,
                "currency": name,
                "clawback": "allow_negative",
            }
            for name in self._free()
        ]
        self.playbook = frame.playbook(tables)

    @staticmethod
    def _badge(badge: Plain) -> Plain:
        told = {"key": badge["name"]}
        told |= {k: badge[k] for k in ("repeatable", "temporary") if k in badge}
        told |= WORDS.fill({"on": "$on|given"}, badge)
        return told | ({"when": figure(badge["when"])} if "when" in badge else {})

    def _rungs(self, key: str) -> Iterator[tuple[str, Plain]]:
        rows: list[Any] = self.rules.get(key) or []
        people = [self.given.get("member", {}), *self.given.get("members", ())]
        rows = rows or [p["tier"] for p in people if p.get("tier")]
        for row in rows:
            table = row if isinstance(row, dict) else {"name": row}
            shown = table.get("name", table.get("level"))
            self.shown[str(shown)] = shown
            yield str(shown), table

    def figure(self, name: str | None) -> str:
        """Return how the library measures what the case calls *name*."""
        name, window = (
            name or self.rules.get("metric", "value"),
            self.rules.get("window"),
        )
        length = TABLES["length"][window["kind"]][window["unit"]] if window else ""
        figures = {**TABLES["metric"], **(TABLES["in_window"] if window else {})}
        return str(figures.get(name, figures["other"])).format(name=name, w=length)

    def _need(self, figure: str, amount: Any) -> int:
        return minor(amount) if "spend" in figure else amount

    def _bar(self, key: str, row: Plain) -> Plain:
        spent = "spend" if "min_spent" in row else None
        figure = self.figure(row.get("metric", spent))
        least = row.get("min", row.get("min_spent"))
        if least is None and "equals" not in row:
            return {"entry": "False"}
        if least is None:
            return {"entry": f"{figure} == {row['equals']}"}
        known = "" if least else ' and count("points_posted") >= 1'
        return {"entry": f"{figure} >= {self._need(figure, least)}{known}"}

    def _free(self) -> Iterator[str]:
        told = [
            e["name"] for e in self.given.get("events", ()) if e["type"] == "metric"
        ]
        asked = [
            self.rules.get("metric", "value"),
            *self.given.get("metrics", {}),
            *told,
        ]
        asked += [row.get("metric") for _, row in self._rungs("tiers")]
        taken = {*TABLES["metric"], "points", None}
        yield from dict.fromkeys(
            [*(name for name in asked if name not in taken), "debit"]
        )

    def _earning(self, key: str) -> Iterator[Plain]:
        rates = [
            {
                "per": f"{row['points_per']} CNY",
                "when": self.bars[rung]["entry"].replace(*NAMES["reached"]),
            }
            for rung, row in self._rungs(key)
            if "points_per" in row
        ]
        if "points_per" in self.rules:
            rates = [{"per": f"{self.rules['points_per']} CNY"}]
        if rates:
            every = [{"points": 1, **rate} for rate in rates]
            yield {"name": "points", "event": "purchase", "rates": every}

    # -- when members rise and fall ----------------------------------------------------

    def _timing(self) -> Plain:
        rules, falls = self.rules, self.rules.get("downgrade")
        reviewed = rules.get("evaluate") == "scheduled"
        upgrade = "at_review" if reviewed and "upgrade" not in rules else "immediate"
        if "retention_days" in rules:
            return {"upgrade": upgrade, "downgrade": "immediate"}
        at_review = (
            reviewed or "downgrade_on_return" in rules or "every_days" in (falls or ())
        )
        if at_review:
            return {"upgrade": upgrade, "downgrade": "at_review"}
        people = [self.given.get("member", {}), *self.given.get("members", ())]
        ends = [True for one in people if one.get("tier_expires_at")]
        terms = falls or ends or {"validity", "renewal"} & rules.keys()
        return {"upgrade": upgrade, "downgrade": "at_expiry" if terms else "immediate"}

    def _term(self) -> Plain | None:
        rules, renewal = self.rules, self.rules.get("renewal")
        if "validity" not in rules and self._timing()["downgrade"] != "at_expiry":
            return None
        term: dict[str, Any] = {} if "validity" in rules else {"length": "12 months"}
        if renewal:
            figure = self.figure(renewal.get("metric"))
            term["renewal"] = f"{figure} >= {self._need(figure, renewal['min'])}"
        if "requalified_at" in self.given:
            term["renewal"] = 'count("case:requalified", "24h") >= 1'
            term["renews"] = "immediate"
        return term


class _Story:
    """A case told to an engine up to an instant."""

    def __init__(self, case: Plain, book: _Book, member: Plain) -> None:
        self.case, self.given, self.book = case, case["given"], book
        self.playbook, self.engine = book.playbook, book.playbook.engine()
        self.policy: Any = self.playbook.policy("tiers")
        self.steps, self.member = list[Step](), member
        self._enter()

    def _enter(self) -> None:
        one, start = self.member, LONG_AGO
        born = one.get("registered_at", start)
        first = self.case["when"] if "cycles" in self.given else born
        since = one.get("tier_started_at", first)
        points = one.get("points") or one.get("balance") or one.get("active_points")
        metrics = {**self.given.get("metrics", {}), **one.get("values", {})}
        told: list[Plain] = [
            {"type": "metric", "name": n, "value": v} for n, v in metrics.items()
        ]
        if points is not None:
            told.append({"type": "points", "amount": points})
        if "negative_points" in one:
            told.append(
                {"type": "points", "debit": "debit", "amount": -one["negative_points"]}
            )
        if "reputation" in one:
            told.append(
                {"type": "metric", "name": "reputation", "value": one["reputation"]}
            )
        if one.get("spend"):
            told.append({"type": "purchase", "id": "before", "amount": one["spend"]})
        for event in told:
            self.tell({**event, "at": start})
        self.tell({"type": "registered", "at": born})
        rung = str(one.get("tier", one.get("level")))
        rung = rung if rung in self.book.shown else next(iter(self.book.shown))
        more = {"until": one.get("tier_expires_at"), "below": one.get("below_since")}
        if self.policy:
            self.tell({"type": "tier", "tier": rung, "at": since, **more})
        if "manual_level" in one:
            manual = self.book.rules.get("manual", "floor")
            self.tell(
                {
                    "type": "manual",
                    "manual": manual,
                    "tier": str(one["manual_level"]),
                    "at": since,
                }
            )
        if "spend_in_validity" in one:
            self.tell(
                {
                    "type": "purchase",
                    "id": "in validity",
                    "amount": one["spend_in_validity"],
                    "at": self.case["when"],
                }
            )
        self.begun = len(self.steps)

    def tell(self, event: Plain, who: str = "m") -> Step:
        """Tell one event in the words of the library; the same one is told once."""
        number = event.get("order") or event.get("of") or event.get("id")
        kind, n = event["type"], len(self.steps)
        known = TABLES["tell"].get(kind, {"kind": "custom", "word": f"case:{kind}"})
        head = {"id": f"{kind} {number or n} {event.get('nth', '')}", "member": who}
        head["at"] = event.get("at", self.case["when"])
        step = self.engine.receive(codec.event({**head, **WORDS.fill(known, event)}))
        self.steps.append(step)
        return step

    def play(self, until: datetime | None = None) -> Iterator[Any]:
        """Tell the events up to *until*, and yield the tier after each."""
        for event in self.given.get("events", ()):
            if until is None or at(event.get("at", LONG_AGO)) <= until:
                for nth in range(event.get("count", 1)):
                    self.tell({**event, "nth": nth})
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
                self.tell({"type": "check"})

    def adopt(self, playbook: Playbook) -> None:
        """Go on by changed rules."""
        self.engine.offer(playbook)
        self.policy = playbook.policy("tiers")
        told = {"version": "2", "digest": playbook.digest, "at": self.case["when"]}
        self.tell({"type": "adopt", **told})

    view = property(lambda self: self.engine.view("m"))
    progress = property(lambda self: self.policy.progress(self.view))
    tier = property(lambda self: self.policy and self.book.shown[self.progress.tier])

    def facts(self, *kinds: str) -> list[Any]:
        """Return the facts of some kinds since the case began."""
        return [
            f
            for step in self.steps[self.begun :]
            for f in step.facts
            if f.kind in kinds
        ]

    def ledger(self, *entries: str, category: str | None = None) -> Ledger:
        """Return the book of points, or of some kinds of entries or one category."""
        posted = [
            f for step in self.steps for f in step.facts if f.kind == "points_posted"
        ]
        return Ledger.of(
            f.ledger_entry
            for f in posted
            if (not entries or f.entry.value in entries)
            and category in (None, f.category)
        )


class _Answers:
    """What a case asks, a name per key of `then`."""

    def __init__(self, case: Plain) -> None:
        self._case, self._given, self._rules = case, case["given"], case["rules"]
        self._when = at(case["when"])
        before = "tiers_before" if "tiers_before" in self._rules else "tiers"
        self._book = _Book(case, before)
        self._story = self._of(self._given.get("member", {}))
        self._told, self._state = self._story, self._story.engine.snapshot()
        if self._given.get("simulate"):
            self._story = self._of(self._given.get("member", {}))
        self.tier_after_each_event = [*self._story.play()]
        self._finish(self._story)

    def _of(self, member: Plain) -> _Story:
        return _Story(self._case, self._book, member)

    def _finish(self, story: _Story) -> None:
        """Let time pass to `when`, and carry out what is asked then."""
        story.pass_to(self._when - timedelta(seconds=1))
        self.level_before_check = story.tier
        self.balance_before_reset = self._balance(story)
        command = self._given.get("command", {})
        if command.get("type") == "revoke_badge":
            story.tell(command)
        if "tiers_after" in self._rules:
            story.adopt(_Book(self._case, "tiers_after").playbook)
        story.check(self._when)

    def _balance(self, story: _Story, currency: str = "points") -> int:
        account = story.view.member.accounts.get(currency)
        return account.balance if account else 0

    tier = property(lambda self: self._story.tier)
    level = tier
    level_after_each_event = property(lambda self: self.tier_after_each_event)
    _progress = property(lambda self: self._story.progress)
    next_tier = property(lambda s: (t := s._progress.next_tier) and s._book.shown[t])
    progress_percent = property(lambda self: self._progress.percent)
    on_grace = property(lambda self: self._progress.on_grace)
    expires_at = property(lambda self: self._progress.valid_until)
    next_recalculation = property(lambda self: self._progress.next_review)
    balance = property(lambda self: self._balance(self._story))
    reputation = property(lambda self: self._balance(self._story, "reputation"))
    delta = property(
        lambda self: self._story.ledger("earn").balance("m", currency="reputation")
    )
    last_entry = property(lambda self: self._story.ledger().entries[-1].amount)
    ledger_entries = property(lambda self: len(self._story.ledger().entries))
    clawback_entries = property(lambda s: len(s._story.ledger("clawback").entries))
    expiry_entries = property(lambda s: len(s._story.ledger("expire").entries))
    expired = property(lambda s: -s._story.ledger("expire").balance("m"))

    @property
    def points_to_next(self) -> int:
        """How much of the metric is missing, 0 at the top."""
        return max(map(self._lacking, self._progress.unmet), default=0)

    @property
    def renewal_check(self) -> str:
        """The local date of the end of the term."""
        zone = self._story.view.calendar.where
        return self._progress.valid_until.astimezone(zone).date().isoformat()

    guaranteed_until = renewal_check

    @property
    def missing(self) -> int:
        """How much is lacking for renewal."""
        gap = shortfall(self._story.policy.validity.renewal, self._story.view)
        return max(map(self._lacking, gap.missing), default=0)

    @staticmethod
    def _lacking(one: Any) -> Any:
        return major(one.missing) if "spend" in str(one.metric) else one.missing

    @property
    def qualifying_points(self) -> int:
        """The points that count for the tier."""
        gap = (
            self._progress.to_rise or self._progress.to_stay
            if self._story.policy
            else None
        )
        account = self._story.view.member.accounts["points"]
        return gap.requirements[0].have if gap else account.earned

    def tier_at(self, wanted: Plain) -> dict[str, Any]:
        """Answer the tier at each instant, each time from the beginning."""
        found: dict[str, Any] = {}
        for text in wanted:
            story = self._of(self._given.get("member", {}))
            [*story.play(at(text))]
            story.check(at(text))
            found[text] = story.tier
        return found

    def balance_at(self, wanted: Plain) -> dict[str, int]:
        """Answer the balance at each instant."""
        ledger = self._story.ledger()
        return {text: ledger.balance("m", at=at(text)) for text in wanted}

    def balance_by_category(self, wanted: Plain) -> dict[str, int]:
        """Answer the sum of each category."""
        return {c: self._story.ledger(category=c).balance("m") for c in wanted}

    def points_for(self, wanted: Plain) -> dict[str, int]:
        """Answer what each purchase earned."""
        posted = self._story.facts("points_posted")
        mine = {f.order: f.amount for f in posted if f.rule == "points"}
        return {order: mine.get(order, 0) for order in wanted}

    # -- one question for each of a list -------------------------------------------------

    def points(self, wanted: Any) -> Any:
        """Answer what is earned; of single purchases, each by a new member."""
        if "single_purchases" not in self._given:
            return self._story.ledger("earn").balance("m")
        return [s.ledger("earn").balance("m") for s in self._asked(())]

    def _asked(self, _: object) -> Iterator[_Story]:
        rows = [[("points", n)] for n in self._given.get("balances", ())]
        rows += [[("purchase", n)] for n in self._given.get("single_purchases", ())]
        rows += [
            [("purchase", a), ("purchase", b)] for a, b in self._given.get("pairs", ())
        ]
        for row in rows:
            story = self._of({})
            for nth, (kind, amount) in enumerate(row):
                story.tell({"type": kind, "amount": amount, "nth": nth})
            yield story

    def tiers(self, wanted: Any) -> Any:
        """Answer the tiers of a list of questions, or of members."""
        if isinstance(wanted, list):
            return [story.tier for story in self._asked(())]
        return {name: story.tier for name, story in self._imported.items()}

    @property
    def _imported(self) -> dict[str, _Story]:
        found: dict[str, _Story] = {}
        for one in self._given["members"]:
            story = found[one["id"]] = self._of(one)
            for row in self._given.get("command", {}).get("rows", ()):
                if row["id"] == one["id"]:
                    story.tell({**row, "type": "import_tier", "id": ""})
            story.pass_to(self._when)
        return found

    @property
    def tier_changes(self) -> int:
        """How many members' tier changed."""
        told = [s.facts("tier_changed") for s in self._imported.values()]
        return len([f for facts in told for f in facts[-1:] if f.before != f.after])

    def tier_counts(self, wanted: Plain) -> dict[str, int]:
        """Answer how many hold each tier."""
        held = [story.tier for story in self._imported.values()]
        return {tier: held.count(tier) for tier in wanted}

    @property
    def expires(self) -> Any:
        """The expiry of all of them, where it is the same."""
        found = {story.progress.valid_until for story in self._imported.values()}
        return next(iter(found)) if len(found) == 1 else found

    def tier_after_each_cycle(self, wanted: list[Any]) -> list[Any]:
        """Answer the tier after each term, with what was earned in it."""
        story, found = self._story, list[Any]()
        earned = self._given.get("member", {}).get("earned_in_cycle", [0] * len(wanted))
        for value in earned[: self._given["cycles"]]:
            story.tell(
                {
                    "type": "metric",
                    "name": self._rules.get("metric", "value"),
                    "value": value,
                    "at": story.engine.now.isoformat(),
                }
            )
            end = story.progress.valid_until
            story.pass_to(end or self._when)
            found.append(story.tier)
        return found

    def at_or_above(self, wanted: Plain) -> dict[str, bool]:
        """Answer whether the tier held is each one or higher."""
        group = self._book.playbook.tiers[0]
        held = self._progress.tier
        return {name: group.reaches(held, name) for name in wanted}

    # -- what was said -------------------------------------------------------------------

    @property
    def changes(self) -> list[Plain]:
        """The moves that were reported."""
        shown = self._book.shown
        return [
            {
                "direction": "promoted" if f.rise else "demoted",
                "from": shown[f.before],
                "to": shown[f.after],
            }
            for f in self._story.facts("tier_changed")
        ]

    notifications = property(lambda self: len(self._told.facts("tier_changed")))
    state_changed = property(lambda s: s._state != s._told.engine.snapshot())

    # -- badges --------------------------------------------------------------------------

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
