"""Cases on leagues and the half-month ladder: who stood where, and who moved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from attrs import evolve

from community_sdk.model import MemberId, PeriodClose, Standing
from community_sdk.policies.league import Quota, close, difference, places_of
from tests.peers import frame
from tests.peers.frame import Plain, Read, Told, at, just_before, micros
from tests.peers.tiers_misc.book import NAMES, TABLES, WORDS


def _rungs(plain: Plain, given: Plain) -> list[str]:
    """Return the names of the rungs, the lowest first."""
    if "groups" in plain:
        return list(plain["groups"])
    if "divisions" in given:
        numbers = enumerate(given["divisions"], 1)
        return [f"division_{n}" for n, _ in numbers][::-1]
    if "tiers" in plain or "cohorts" not in given:
        return [str(n) for n in range(1, plain.get("tiers", 3) + 1)]
    lowest, between, highest = TABLES["named"]["rungs"]
    named = [str(cohort["tier"]) for cohort in given["cohorts"]]
    others = [name for name in named if name not in (lowest, highest)]
    return [lowest, *(others or [between]), highest]


class Season(Told):
    """A league told to an engine, up to the end of one period."""

    def __init__(self, case: Plain) -> None:
        """Write the rules of *case*."""
        self.given, self.when, plain = case["given"], at(case["when"]), case["rules"]
        rungs = _rungs(plain, self.given)
        scope = {"order": ["score desc"], **plain, "rungs": rungs, "given": self.given}
        scope["together"] = "groups" in plain
        scope["lowest"] = rungs[0] if "groups" in plain else None
        by = [WORDS.fill("$|ranking", text)["by"] for text in scope["order"]]
        known = TABLES["figures"].items()
        scope["figures"] = {name: count for name, count in known if name in by}
        book = frame.playbook(WORDS.fill(TABLES["league"], scope))
        super().__init__(book)
        self.policy: Any = book.policy("league")
        self.where = self.view("").calendar.where
        day, start = self.given.get("period"), self.given.get("period_start")
        inside = at(start) if start else just_before(self.when)
        self.asked = self.asking(frame.local(day[0], self.where) if day else inside)

    def asking(self, inside: datetime) -> Any:
        """Return what asks for the period that holds *inside*."""
        return self.policy.request(self.view(""), at=inside)

    def act(self, plain: Plain, when: str, known: str | None = None) -> None:
        """Tell the figures of a member, as far as the league counts them."""
        for name in self.policy.figures:
            scope = {"name": name, "amount": plain.get(name), "known": known or when}
            for table in WORDS.fill(TABLES["figure"], scope):
                self.happen({"member": plain["id"], "at": when, **table})

    def enter(self, plain: Plain, begin: str) -> None:
        """Tell who a member is; the group beside the rung is no rung."""
        extra = NAMES["extra"].get(plain.get("extra_membership"))
        groups = plain.get("groups") or [plain.get("tier", self.given.get("tier"))]
        rung = next((group for group in groups if group != extra), groups[0])
        for table in WORDS.fill(TABLES["member"], {**plain, "rung": rung}):
            self.happen({"member": plain["id"], "at": begin, **table})

    def play(self, *, known: bool = False) -> PeriodClose:
        """Tell the case, return its close so far; *known*: nothing is late."""
        first, members = self.asked, self.given["members"]
        for _ in range(self.given.get("skipped_periods", 0)):
            first = self.asking(just_before(first.since))
        for plain in members:
            self.enter(plain, first.since.isoformat())
        for plain in members:
            self.act(plain, self.asked.since.isoformat())
        for plain in members:
            for table in WORDS.fill(TABLES["leave"], plain):
                self.happen({"member": plain["id"], **table})
        if known:
            self.late("at")
        self.pass_to(min(just_before(self.asked.until), self.when))
        counted, found = self.engine.standings(self.asked), self.policy.closes
        closed: PeriodClose = found(counted, self.view(""))
        return closed

    def late(self, known: str = "received_at") -> None:
        """Tell what became known late, or at once."""
        for event in self.given.get("late_events", ()):
            plain = {"id": event["id"], self.policy.rules.first: event["amount"]}
            self.act(plain, event["at"], event.get(known))

    def recount(self) -> None:
        """Count the closed period once more, if it is closed."""
        request = self.policy.request(self.view(""), self.asked.period)
        if request is not None:
            self.steps.append(self.engine.receive(self.engine.standings(request)))

    def finish(self) -> list[Any]:
        """Return the closes: as often as the case says, and after what comes late."""
        self.pass_to(min(self.asked.until, self.when))
        for _ in range(self.given.get("repeat_close", 1) - 1):
            self.recount()
        self.late()
        self.pass_to(self.when)
        self.recount()
        found = self.found("close_period")
        return [one for one in found if one.period == self.asked.period]


class Answers(Read):
    """What a case on leagues asks, a name per key of `then`."""

    words, places = WORDS, TABLES["places"]

    def __init__(self, case: Plain) -> None:
        """Tell *case* and close its period."""
        self.given, self.season = case["given"], Season(case)
        self.case, self.policy = case, self.season.policy
        self.rules = self.policy.rules
        self.closes: list[Any] = []
        if "members" in self.given:
            self.shown = self.moved = self.season.play()
            self.closes = self.season.finish()
        for one in self.closes[:1]:
            moves, skipped = one.movements, one.skipped
            self.moved = evolve(self.shown, movements=moves, skipped=skipped)

    to = property(lambda self: {t: self.moved.moved(t) for t in self.rules.tiers})
    mine = property(lambda self: self.shown.rank(self.given["explain"]))
    records = property(lambda self: [m for c in self.closes for m in c.movements])
    same = property(lambda self: self.shown.movements == self.closes[0].movements)
    known = property(lambda self: Season(self.case).play(known=True))
    again = property(lambda self: [*self.known.moved("core")])
    active = property(lambda self: self._active(self.given["active"]))
    ranked = property(lambda self: self._close(self.rules.tiers[1], self.active))
    begun = property(lambda self: at(self.given["started_at"]))
    starts = property(lambda s: s.policy.selection_starts(s.begun, s.season.where))
    held = property(lambda s: s.season.engine.standings(s.season.asked).standings)
    groups_of = property(lambda s: {h.member: {h.tier, *h.extra} for h in s.held})
    tiers = property(lambda self: {h.member: _number(h.tier) for h in self.held})

    @property
    def recalculation_diff(self) -> Plain:
        """What a recalculation would change, where the library reports it."""
        told = bool(self.season.found("report_difference"))
        found = difference(self.moved, self.known)
        return {word: who for word, who in found.items() if told or not who}

    # -- one ranking without a period --------------------------------------------------

    def _close(self, tier: Any, members: Iterable[Plain]) -> PeriodClose:
        rows: list[Standing] = []
        for one in members:
            figures = {name: one[name] for name in self.policy.figures if name in one}
            rows.append(Standing(member=one["id"], tier=tier, figures=figures))
        return close(rows, self.rules, period=str(tier))

    def _active(self, size: int) -> list[Plain]:
        """Return so many active members, the best first."""
        numbers = range(size, 0, -1)
        return [{"id": f"{size - n:05}", self.rules.first: n} for n in numbers]

    def moves(self, wanted: Any) -> Any:
        """Answer cohort by cohort: who moved, or the first and the last rank."""
        found: list[Plain] = []
        for cohort in self.given["cohorts"]:
            members = cohort.get("members") or self._active(cohort["size"])
            closed = self._close(str(cohort["tier"]), members)
            row = {"tier": cohort["tier"]}
            told = {"promoted": closed.promoted, "demoted": closed.relegated}
            for key, who in told.items():
                ends: list[Any] = [closed.rank(m) for m in (*who[:1], *who[-1:])]
                row |= {key: who, f"{key}_ranks": [one.rank for one in ends] or None}
            found.append(row)
        return {r["tier"]: r for r in found} if isinstance(wanted, dict) else found

    def __getattr__(self, key: str) -> Any:
        """Answer a division by its number, places by the name of their formula."""
        if key.startswith("division_"):
            return self._division(key)
        known = key in NAMES["formula"]
        return self._places(key) if known else super().__getattr__(key)

    def _division(self, key: str) -> list[Any]:
        members = self.given["divisions"][int(key.removeprefix("division_")) - 1]
        closed = self._close(key, [{"id": name} for name in members])
        first, words = {closed.champion: "champion"}, NAMES["outcome"]
        return [first.get(r.member, words[r.decision]) for r in closed.ranks]

    def _places(self, key: str) -> list[int]:
        quota = Quota(formula=NAMES["formula"][key])
        one = Standing(member=MemberId("one"), tier=self.rules.tiers[0])
        return [places_of(quota, [one] * n, self.rules) for n in self.given["sizes"]]

    # -- the calendar ------------------------------------------------------------------

    @property
    def activity_by_period(self) -> dict[str, int]:
        """What is counted in each period that something happened in."""
        season, events = self.season, self.given["events"]
        season.enter({"id": "all"}, events[0]["at"])
        for event in events:
            season.act({"id": "all", "activity": event["amount"]}, event["at"])
        asked = [season.asking(at(event["at"])) for event in events]
        counted = [(one.period, season.engine.standings(one)) for one in asked]
        return {name: one.standings[0].figures["activity"] for name, one in counted}

    @property
    def second_half_days(self) -> list[int]:
        """How many days the periods of the 16th have."""
        calendar, unit = self.season.view("").calendar, self.policy.period
        days = [frame.local(f"{m}-16", self.season.where) for m in self.given["months"]]
        return [calendar.period(unit, micros(day)).days for day in days]


def _number(tier: str) -> Any:
    return int(tier) if tier.isdigit() else tier
