"""Cases on leagues and the half-month ladder: who stood where, and who moved."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from attrs import evolve

from community_sdk import LeaguePolicy, Step, codec
from community_sdk.engine import WholeEngine
from community_sdk.model import MemberId, PeriodClose, Standing, TierKey
from community_sdk.policies.league import Quota, close, difference, places_of
from tests.peers import frame
from tests.peers.frame import Plain, at, moment
from tests.peers.tiers_misc.names import NAMES, TABLES, WORDS, Read, ranking

ENDS: Final = ("Bronze", "Diamond")
SECOND: Final = timedelta(seconds=1)


def _rungs(plain: Plain, given: Plain) -> list[str]:
    """Return the names of the rungs, the lowest first."""
    if "groups" in plain:
        return list(plain["groups"])
    if "divisions" in given:
        return [f"division_{n}" for n in range(len(given["divisions"]), 0, -1)]
    cohorts = [str(cohort["tier"]) for cohort in given.get("cohorts", ())]
    if "tiers" in plain or not cohorts:
        return [str(n) for n in range(1, plain.get("tiers", 3) + 1)]
    between = [name for name in cohorts if name not in ENDS]
    return [ENDS[0], *(between or ["Silver"]), ENDS[1]]


class _League:
    def __init__(self, case: Plain) -> None:
        self.case, self.given, plain = case, case["given"], case["rules"]
        rungs, order = _rungs(plain, self.given), plain.get("order", ["score desc"])
        ladder = {"lowest": rungs[0], "ladder": True} if "groups" in plain else {}
        by, counted = [ranking(text)["by"] for text in order], TABLES["figures"]
        scope = {**plain, **ladder, "rungs": rungs, "order": order, "given": self.given}
        scope["figures"] = {name: counted[name] for name in by if name in counted}
        zone = re.findall(r"time zone (\S+)", plain.get("periods", ""))
        self.zone, self.steps = ZoneInfo(zone[0] if zone else "UTC"), list[Step]()
        scope["zone"] = str(self.zone)
        book = frame.playbook(WORDS.fill(TABLES["league"], scope))
        policy = book.policy("league")
        assert isinstance(policy, LeaguePolicy)
        self.policy, self.engine = policy, book.engine()

    def span(self, inside: datetime) -> tuple[int, int, str]:
        calendar = self.engine.view("").calendar
        us = int(inside.timestamp()) * 1_000_000
        period = calendar.period(self.policy.period, us)
        return calendar.start(period.since), calendar.start(period.until), period.key

    def local(self, day: str) -> datetime:
        return datetime.fromisoformat(day).replace(tzinfo=self.zone)

    @property
    def closed(self) -> tuple[int, int, str]:
        """The period that the case speaks of: the one named, else the one before."""
        if "period" in self.given:
            return self.span(self.local(self.given["period"][0]))
        before = self.given.get("period_start")
        return self.span(at(before) if before else at(self.case["when"]) - SECOND)

    def pass_to(self, when: datetime) -> None:
        self.steps.append(WholeEngine(self.engine).advance(when))

    def tell(self, name: str, when: datetime, table: Plain, known: str = "") -> None:
        """Tell an event about a member; *known*: when it became known."""
        head = {"id": f"{len(self.steps)}", "member": name, "at": when.isoformat()}
        event = codec.event({**head, "recorded_at": known or head["at"], **table})
        self.steps.append(WholeEngine(self.engine).receive(event))

    def act(self, plain: Plain, when: datetime, known: str = "") -> None:
        """Tell the figures of a member, as far as the league counts them."""
        for name in self.policy.figures:
            if name in plain:
                told = {"word": f"case:{name}", "properties": {"amount": plain[name]}}
                self.tell(plain["id"], when, {"kind": "custom", **told}, known)

    def enter(self, plain: Plain, begin: datetime) -> None:
        """Tell who a member is; the group beside the rung is no rung."""
        extra = NAMES["extra"].get(plain.get("extra_membership"))
        groups = plain.get("groups") or [plain.get("tier", self.given.get("tier"))]
        rungs = [group for group in groups if group != extra] or groups
        for table in WORDS.fill(TABLES["member"], {**plain, "rung": rungs[0]}):
            self.tell(plain["id"], begin, table)

    def play(self, *, known: bool = False) -> None:
        """Tell the case up to the end of its period; *known*: nothing is late."""
        begin = first = moment(self.closed[0])
        for _ in range(self.given.get("skipped_periods", 0)):
            first = moment(self.span(first - SECOND)[0])
        for plain in self.given["members"]:
            self.enter(plain, first)
        for plain in self.given["members"]:
            self.act(plain, begin)
        for plain in self.given["members"]:
            if "left_at" in plain:
                self.tell(plain["id"], at(plain["left_at"]), {"kind": "left"})
        if known:
            self.late(known=True)

    def late(self, *, known: bool = False) -> None:
        for event in self.given.get("late_events", ()):
            plain = {"id": event["id"], self.policy.rules.first: event["amount"]}
            later = "" if known else event.get("received_at", "")
            self.act(plain, at(event["at"]), later)

    def found(self, kind: str) -> list[Any]:
        return [d for step in self.steps for d in step.decisions if d.kind == kind]

    def preview(self) -> PeriodClose:
        """Return the close of the running period as it would be now."""
        self.pass_to(min(moment(self.closed[1]) - SECOND, at(self.case["when"])))
        request = self.policy.request(self.engine.view(""))
        assert request is not None
        counted, rules = self.engine.standings(request), self.policy.rules
        standings, end = counted.standings, counted.until
        return close(standings, rules, period=counted.period, at=end)

    def recount(self) -> None:
        """Count the closed period once more, if it is closed."""
        request = self.policy.request(self.engine.view(""), self.closed[2])
        if request is not None:
            self.steps.append(self.engine.receive(self.engine.standings(request)))


class Answers(Read):
    """What a case on leagues asks, a name per key of `then`."""

    def __init__(self, case: Plain) -> None:
        """Tell *case* and close its period."""
        self._case, self._given, self._league = case, case["given"], _League(case)
        self._rules, self._closes = self._league.policy.rules, list[Any]()
        if "members" in self._given:
            self._close()

    def _close(self) -> None:
        league, when = self._league, at(self._case["when"])
        league.play()
        self.shown = league.preview()
        league.pass_to(min(moment(league.closed[1]), when))
        for _ in range(self._given.get("repeat_close", 1) - 1):
            league.recount()
        league.late()
        league.pass_to(when)
        league.recount()
        closes = league.found("close_period")
        self._closes = [one for one in closes if one.period == league.closed[2]]

    @property
    def moved(self) -> PeriodClose:
        """What was closed, or would be."""
        closed = self._closes[0] if self._closes else self.shown
        moves, skipped = closed.movements, closed.skipped
        return evolve(self.shown, movements=moves, skipped=skipped)

    number = staticmethod(len)
    promoted = property(lambda s: {m.member for m in s.moved.movements if m.rise})
    demoted = property(lambda s: {m.member for m in s.moved.movements if not m.rise})
    to_core = property(lambda self: set(self.moved.moved("core")))
    to_second = property(lambda self: set(self.moved.moved("second")))
    to_retention = property(lambda self: set(self.moved.moved("retention")))
    tie_broken_by = property(lambda s: NAMES["tie"].get(t := s.shown.tie["second"], t))
    mine = property(lambda self: self.shown.rank(self._given["explain"]))
    _records = property(lambda s: [m for one in s._closes for m in one.movements])
    movement_records = property(lambda self: len(self._records))
    preview_equals_close = property(
        lambda s: [*s.shown.movements] == [*s._closes[0].movements]
    )

    @property
    def selection_starts(self) -> str:
        """The first local day on which a period may end for selection."""
        begun, policy = at(self._given["started_at"]), self._league.policy
        return str(policy.selection_starts(begun, self._league.zone))

    def groups_of(self, wanted: Plain) -> dict[str, set[str]]:
        """Answer the tier held and those beside it."""
        views = {name: self._league.engine.view(name).member for name in wanted}
        return {
            name: {one.tiers["league"].tier, *(extra.tier for extra in one.extras)}
            for name, one in views.items()
        }

    def tiers(self, wanted: Plain) -> dict[str, Any]:
        """Answer the tiers afterwards."""
        held = self.groups_of(wanted).items()
        return {name: int(tier) if tier.isdigit() else tier for name, (tier,) in held}

    @property
    def _known(self) -> PeriodClose:
        league = _League(self._case)
        league.play(known=True)
        return league.preview()

    recalculated_to_core = property(lambda s: list(s._known.moved("core")))

    @property
    def recalculation_diff(self) -> Plain:
        """What a recalculation would change, where the library reports it."""
        told = bool(self._league.found("report_difference"))
        found = difference(self.moved, self._known)
        return {word: set(who) for word, who in found.items() if told or not who}

    # -- one ranking without a period --------------------------------------------------

    def _ranked(self, tier: str, members: Iterable[Plain]) -> PeriodClose:
        names = self._league.policy.figures
        standings = [
            Standing(
                member=MemberId(one["id"]),
                tier=TierKey(tier),
                figures={name: one[name] for name in names if name in one},
            )
            for one in members
        ]
        return close(standings, self._rules, period=tier)

    def _active(self, size: int) -> list[Plain]:
        """Return so many active members, the best first."""
        by, numbers = self._rules.first, range(1, size + 1)
        return [{"id": f"{n:05}", by: size + 1 - n} for n in numbers]

    def _moves(self, *, rise: bool) -> int:
        found = self._ranked(self._rules.tiers[1], self._active(self._given["active"]))
        return len([move for move in found.movements if move.rise is rise])

    promote = property(lambda self: self._moves(rise=True))
    demote = property(lambda self: self._moves(rise=False))

    def moves(self, wanted: Any) -> Any:
        """Answer cohort by cohort: who moved, or the first and the last rank."""
        found: list[Plain] = []
        for cohort in self._given["cohorts"]:
            members = cohort.get("members") or self._active(cohort["size"])
            closed = self._ranked(str(cohort["tier"]), members)
            row: dict[str, Any] = {"tier": cohort["tier"]}
            for key, word in (("promoted", "promoted"), ("demoted", "relegated")):
                ranks = [r for r in closed.ranks if r.decision == word]
                ends = [ranks[0].rank, ranks[-1].rank] if ranks else None
                row |= {key: {str(r.member) for r in ranks}, f"{key}_ranks": ends}
            found.append(row)
        return {r["tier"]: r for r in found} if isinstance(wanted, dict) else found

    def _division(self, key: str) -> list[Any]:
        members = self._given["divisions"][int(key.removeprefix("division_")) - 1]
        closed = self._ranked(key, [{"id": name} for name in members])
        named = {closed.champion: "champion"}
        return [named.get(r.member, NAMES["outcome"][r.decision]) for r in closed.ranks]

    def _places(self, key: str) -> list[int]:
        quota = Quota(formula=NAMES["formula"][key])
        one = Standing(member=MemberId("one"), tier=self._rules.tiers[0])
        return [places_of(quota, [one] * n, self._rules) for n in self._given["sizes"]]

    def __getattr__(self, key: str) -> Any:
        """Answer a division by its number, places by the name of their formula."""
        if key.startswith("division_"):
            return self._division(key)
        return (
            self._places(key) if key in NAMES["formula"] else super().__getattr__(key)
        )

    # -- the calendar ------------------------------------------------------------------

    def activity_by_period(self, _: Plain) -> dict[str, int]:
        """Answer what is counted in each period that something happened in."""
        league, found = self._league, dict[str, int]()
        times = [at(event["at"]) for event in self._given["events"]]
        league.enter({"id": "all"}, times[0])
        for event, when in zip(self._given["events"], times, strict=True):
            league.act({"id": "all", "activity": event["amount"]}, when)
        for when in times:
            since, until, name = league.span(when)
            one = league.policy.stand(league.engine.view("all"), (since, until))
            found[name] = one.figures["activity"] if one else 0
        return found

    @property
    def second_half_days(self) -> list[int]:
        """How many days the periods of the 16th have."""
        league, day = self._league, self._league.engine.view("").calendar.day
        days = [league.local(f"{month}-16") for month in self._given["months"]]
        return [day(until) - day(since) for since, until, _ in map(league.span, days)]
