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
from tests.peers.tiers_misc.names import NAMES, WORDS, Read, ranking

ENDS: Final = ("Bronze", "Diamond")


def _rungs(case: Plain) -> list[str]:
    """Return the names of the rungs, the lowest first."""
    plain, given = case["rules"], case["given"]
    if "groups" in plain:
        return list(plain["groups"])
    if "divisions" in given:
        return [f"division_{n}" for n in range(len(given["divisions"]), 0, -1)]
    cohorts = [str(cohort["tier"]) for cohort in given.get("cohorts", ())]
    if "tiers" in plain or not cohorts:
        return [str(n) for n in range(1, plain.get("tiers", 3) + 1)]
    between = [name for name in cohorts if name not in ENDS]
    return [ENDS[0], *(between or ["Silver"]), ENDS[1]]


class League:
    """The league of a case, and an engine that is told what happened."""

    def __init__(self, case: Plain) -> None:
        """Write the playbook of *case*."""
        self.case, self.given, plain = case, case["given"], case["rules"]
        rungs = _rungs(case)
        ladder = {"lowest": rungs[0], "ladder": True} if "groups" in plain else {}
        order = plain.get("order", ["score desc"])
        counted = WORDS.tables["figures"]
        by = [ranking(text)["by"] for text in order]
        scope = {**plain, **ladder, "rungs": rungs, "order": order, "given": self.given}
        scope["figures"] = {name: counted[name] for name in by if name in counted}
        zone = re.findall(r"time zone (\S+)", plain.get("periods", ""))
        scope["zone"] = str(zone[0] if zone else "UTC")
        self.zone, self.steps = ZoneInfo(scope["zone"]), list[Step]()
        self.book = frame.playbook(WORDS.fill(WORDS.tables["league"], scope))
        policy = self.book.policy("league")
        assert isinstance(policy, LeaguePolicy)
        self.policy, self.engine = policy, self.book.engine()

    # -- time --------------------------------------------------------------------------

    def span(self, inside: datetime) -> tuple[int, int, str]:
        """Return the period that holds an instant, and its name."""
        calendar = self.engine.view("").calendar
        us = int(inside.timestamp()) * 1_000_000
        period = calendar.period(self.policy.period, us)
        return calendar.start(period.since), calendar.start(period.until), period.key

    def local(self, day: str) -> datetime:
        """Return the beginning of a local day."""
        return datetime.fromisoformat(day).replace(tzinfo=self.zone)

    @property
    def closed(self) -> tuple[int, int, str]:
        """The period that the case speaks of: the one named, else the one before."""
        if "period" in self.given:
            return self.span(self.local(self.given["period"][0]))
        if "period_start" in self.given:
            return self.span(at(self.given["period_start"]))
        return self.span(at(self.case["when"]) - timedelta(seconds=1))

    # -- what is told ------------------------------------------------------------------

    def pass_to(self, when: datetime) -> None:
        """Let time pass; the engine closes what is over."""
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
        for table in WORDS.fill(WORDS.tables["member"], {**plain, "rung": rungs[0]}):
            self.tell(plain["id"], begin, table)

    def play(self) -> None:
        """Tell the case up to the end of its period."""
        begin = first = moment(self.closed[0])
        for _ in range(self.given.get("skipped_periods", 0)):
            first = moment(self.span(first - timedelta(seconds=1))[0])
        for plain in self.given["members"]:
            self.enter(plain, first)
        for plain in self.given["members"]:
            self.act(plain, begin)
        for plain in self.given["members"]:
            if "left_at" in plain:
                self.tell(plain["id"], at(plain["left_at"]), {"kind": "left"})

    def late(self, *, known: bool = False) -> None:
        """Tell what happened late or became known late; *known*: at its own time."""
        for event in self.given.get("late_events", ()):
            plain = {"id": event["id"], self.policy.rules.first: event["amount"]}
            later = "" if known else event.get("received_at", "")
            self.act(plain, at(event["at"]), later)

    def found(self, kind: str) -> list[Any]:
        """Return the decisions of a kind."""
        return [d for step in self.steps for d in step.decisions if d.kind == kind]

    def standings(self) -> PeriodClose:
        """Return the close of the running period as it would be now, a preview."""
        request = self.policy.request(self.engine.view(""))
        assert request is not None
        counted = self.engine.standings(request)
        standings, end = counted.standings, counted.until
        return close(standings, self.policy.rules, period=counted.period, at=end)

    def recount(self) -> None:
        """Count the closed period once more, if it is closed."""
        request = self.policy.request(self.engine.view(""), self.closed[2])
        if request is not None:
            self.steps.append(self.engine.receive(self.engine.standings(request)))


class Answers(Read):
    """What a case on leagues asks, a name per key of `then`."""

    def __init__(self, case: Plain) -> None:
        """Tell *case* and close its period."""
        self.case, self.given, self.league = case, case["given"], League(case)
        self.rules, self.closes = self.league.policy.rules, list[Any]()
        if "members" in self.given:
            self._close()

    def _close(self) -> None:
        league, when = self.league, at(self.case["when"])
        league.play()
        end = moment(league.closed[1])
        league.pass_to(min(end - timedelta(seconds=1), when))
        self.shown = league.standings()
        league.pass_to(min(end, when))
        for _ in range(self.given.get("repeat_close", 1) - 1):
            league.recount()
        league.late()
        league.pass_to(when)
        league.recount()
        closes = league.found("close_period")
        self.closes = [one for one in closes if one.period == league.closed[2]]

    @property
    def _moves(self) -> PeriodClose:
        """What was closed, or would be."""
        closed = self.closes[0] if self.closes else self.shown
        moves, skipped = closed.movements, closed.skipped
        return evolve(self.shown, movements=moves, skipped=skipped)

    promoted = property(lambda s: {m.member for m in s._moves.movements if m.rise})
    demoted = property(lambda s: {m.member for m in s._moves.movements if not m.rise})
    to_core = property(lambda self: set(self._moves.moved("core")))
    to_second = property(lambda self: set(self._moves.moved("second")))
    to_retention = property(lambda self: set(self._moves.moved("retention")))
    stayed = property(lambda self: len(self.shown.stayed))
    skipped = property(lambda self: self._moves.skipped)
    tie_broken_by = property(lambda s: NAMES["tie"].get(t := s.shown.tie["second"], t))
    _mine = property(lambda self: self.shown.rank(self.given["explain"]))
    rank = property(lambda self: self._mine.rank)
    decision = property(lambda self: self._mine.decision)
    places_to_promotion = property(lambda self: self._mine.places)
    activity_gap = property(lambda self: self._mine.gap)
    places_above_relegation = property(lambda self: self._mine.above)
    movement_records = property(
        lambda s: len([m for c in s.closes for m in c.movements])
    )
    preview_equals_close = property(
        lambda s: bool(s.closes) and s.shown.movements == s.closes[0].movements
    )

    @property
    def selection_starts(self) -> str:
        """Answer the first local day on which a period may end for selection."""
        begun = at(self.given["started_at"])
        policy = self.league.policy
        return policy.selection_starts(begun, self.league.zone).isoformat()

    def groups_of(self, wanted: Plain) -> dict[str, set[str]]:
        """Answer the tier held and those beside it."""
        views = {name: self.league.engine.view(name).member for name in wanted}
        return {
            name: {one.tiers["league"].tier, *(extra.tier for extra in one.extras)}
            for name, one in views.items()
        }

    def tiers(self, wanted: Plain) -> dict[str, Any]:
        """Answer the tiers afterwards."""
        held = self.groups_of(wanted).items()
        return {name: int(tier) if tier.isdigit() else tier for name, (tier,) in held}

    # -- recalculation -----------------------------------------------------------------

    @property
    def _known(self) -> PeriodClose:
        league = League(self.case)
        league.play()
        league.late(known=True)
        league.pass_to(moment(league.closed[1]) - timedelta(seconds=1))
        return league.standings()

    recalculated_to_core = property(lambda s: list(s._known.moved("core")))

    @property
    def recalculation_diff(self) -> Plain:
        """Answer what a recalculation would change, where the library reports it."""
        told = bool(self.league.found("report_difference"))
        found = difference(self._moves, self._known)
        return {word: set(who) for word, who in found.items() if told or not who}

    # -- one ranking without a period --------------------------------------------------

    def _ranked(self, members: Iterable[Plain], tier: str) -> PeriodClose:
        names = self.league.policy.figures
        standings = [
            Standing(
                member=MemberId(one["id"]),
                tier=TierKey(tier),
                figures={name: one[name] for name in names if name in one},
            )
            for one in members
        ]
        return close(standings, self.rules, period=tier)

    def _active(self, size: int, tier: str) -> PeriodClose:
        """Rank so many active members, the best first."""
        numbers = range(1, size + 1)
        rows = [{"id": f"{n:05}", self.rules.first: size + 1 - n} for n in numbers]
        return self._ranked(rows, tier)

    def _directions(self) -> list[int]:
        moves = self._active(self.given["active"], self.rules.tiers[1]).movements
        return [len([m for m in moves if m.rise is rise]) for rise in (True, False)]

    promote = property(lambda self: self._directions()[0])
    demote = property(lambda self: self._directions()[1])

    def moves(self, wanted: Any) -> Any:
        """Answer cohort by cohort: who moved, or the first and the last rank."""
        found: list[Plain] = []
        for cohort in self.given["cohorts"]:
            tier, members = str(cohort["tier"]), cohort.get("members")
            size = cohort.get("size", 0)
            closed = (
                self._ranked(members, tier) if members else self._active(size, tier)
            )
            row: dict[str, Any] = {"tier": cohort["tier"]}
            for key, word in (("promoted", "promoted"), ("demoted", "relegated")):
                ranks = [r for r in closed.ranks if r.decision == word]
                ends = [ranks[0].rank, ranks[-1].rank] if ranks else None
                row |= {key: {str(r.member) for r in ranks}, f"{key}_ranks": ends}
            found.append(row)
        return {r["tier"]: r for r in found} if isinstance(wanted, dict) else found

    def _division(self, nth: int) -> list[str]:
        names = [{"id": name} for name in self.given["divisions"][nth - 1]]
        closed = self._ranked(names, f"division_{nth}")
        named = {closed.champion: "champion"}
        return [named.get(r.member, NAMES["outcome"][r.decision]) for r in closed.ranks]

    def _places(self, key: str) -> list[int]:
        quota = Quota(formula=NAMES["formula"][key])
        one = Standing(member=MemberId("one"), tier=self.rules.tiers[0])
        return [places_of(quota, [one] * n, self.rules) for n in self.given["sizes"]]

    # -- the calendar ------------------------------------------------------------------

    def activity_by_period(self, _: Plain) -> dict[str, int]:
        """Answer what is counted in each period that something happened in."""
        league, found = self.league, dict[str, int]()
        times = [at(event["at"]) for event in self.given["events"]]
        league.enter({"id": "all"}, times[0])
        for event, when in zip(self.given["events"], times, strict=True):
            league.act({"id": "all", "activity": event["amount"]}, when)
        for when in times:
            since, until, name = league.span(when)
            one = league.policy.stand(league.engine.view("all"), (since, until))
            found[name] = one.figures["activity"] if one else 0
        return found

    @property
    def second_half_days(self) -> list[int]:
        """Answer how many days the periods of the 16th have."""
        calendar = self.league.engine.view("").calendar
        days = [self.league.local(f"{month}-16") for month in self.given["months"]]
        ends = [self.league.span(day) for day in days]
        return [calendar.day(end) - calendar.day(since) for since, end, _ in ends]

    def __getattr__(self, key: str) -> Any:
        """Answer a division by its number, places by the name of their formula."""
        if key.startswith("division_"):
            return self._division(int(key.removeprefix("division_")))
        if key in NAMES["formula"]:
            return self._places(key)
        raise AttributeError(key)
