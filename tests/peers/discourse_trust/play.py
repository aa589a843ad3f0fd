"""A case on levels of trust: told to an engine, and read from its answers."""

from __future__ import annotations

from typing import Any, Final

from community_sdk import QualificationPolicy, Step
from tests.peers.discourse_trust.book import TABLES, WORDS, Book
from tests.peers.frame import Plain, Told, at, differences

LONG_AGO: Final = "2000-01-01T00:00:00Z"


def failures(case: Plain) -> list[str]:
    """Return what the library answers otherwise than *case* expects."""
    return [*differences(case["then"], _Answers(case), "then")]


class _History(Told):
    """The member of a case at a level, and an engine that was told everything."""

    def __init__(self, case: Plain, act: str, level: int | None = None) -> None:
        self.given, self.when = case["given"], case["when"]
        self.member = {"level": 0, **self.given.get("member", {})}
        self.member |= {} if level is None else {"level": level}
        self.book = Book(case, act)
        policy = self.book.playbook.policy("trust")
        assert isinstance(policy, QualificationPolicy)
        super().__init__(self.book.playbook)
        self.policy = policy
        self._tell_all()

    def _tell_all(self) -> None:
        """Tell what is known of the past; the level comes last, at `when`."""
        born, given = self.member.get("created_at", LONG_AGO), self.given
        counters, verdict = given.get("counters", {}), given.get("tl3_requirements")
        self._count("all", counters.get("all_time", {}), LONG_AGO)
        self.say({"type": "group_join", "at": born})
        for group in self.member.get("groups", ()):
            self.say({"type": "group_join", "group": group["name"], "at": born})
        if self.member.get("locked_level") is not None:
            self.say({**self.member, "type": "lock", "at": born})
        past: list[Plain] = [e for e in given.get("events", ()) if "group" not in e]
        level = {"type": "level_change", "to": self.member["level"], "at": self.when}
        if level["type"] not in [e["type"] for e in past]:
            past = [*past, {**level, "by": "import"}]
        for event in sorted(past, key=lambda event: at(event["at"])):
            self.say(event)
        for event in past:
            if event["type"] in ("silence", "suspend") and not event.get("until"):
                self.say(
                    {"type": f"un{event['type']}", "at": self.when, "by": "system"}
                )
        totals = given.get("community", {})
        self._count("window", counters.get("window", {}), self.when)
        self._count("window", WORDS.fill({"verdict": "$|verdict"}, verdict), self.when)
        self._count("total", {k.split("_")[0]: n for k, n in totals.items()}, self.when)
        self.pass_to(at(self.when))

    def _count(self, word: str, counters: Plain, when: str) -> None:
        """Tell counters as events of their own words, each with its amount."""
        for name, amount in counters.items():
            told = {"word": f"{word}:{name}", "properties": {"amount": amount}}
            self.happen({"kind": "custom", "at": when, **told})

    def say(self, event: Plain) -> Step:
        """Tell an event of the case in the words of the library."""
        kind, known = event["type"], self.view().member.sanctions
        measure = TABLES["names"]["measure"].get(kind)
        latest = [one.id for one in known if one.measure == measure][-1:]
        scope = {**event, "id": f"{kind} {len(self.steps)}", "latest": "".join(latest)}
        return self.happen(
            {"at": event["at"], **WORDS.fill(TABLES["tell"][kind], scope)}
        )

    def request(self) -> None:
        """Tell of a request with nothing done in it."""
        self._count("all", {"topics_entered": 0}, self.when)

    progress = property(lambda self: self.policy.progress(self.view()))
    level = property(lambda self: int(self.progress.tier))

    def named(self, requirements: Any) -> dict[str, Any]:
        """Return requirements by what the cases call them."""
        return {self.book.named[one.metric]: one for one in requirements}

    @property
    def reviewed(self) -> int:
        """The level after a review now, by the bars that the act looks at."""
        moves: list[Any] = [*self.policy.review_now(self.view())]
        return int(moves[-1].after if moves else self.level)


class _Answers:
    """What a case asks, a name per key of `then`."""

    def __init__(self, case: Plain) -> None:
        self._case, self._act = case, case["operation"]
        self._told, command = (
            _History(case, self._act),
            case["given"].get("command", {}),
        )
        joins = [e for e in case["given"].get("events", ()) if "group" in e]
        acts = [{**command, "type": self._act, "at": case["when"]}]
        self.level_after_each_event: list[int] = []
        for event in [*joins, *(acts if self._act in TABLES["tell"] else ())]:
            self._step = self._told.say(event)
            self.level_after_each_event.append(self._told.level)

    def _at(self, level: int) -> _History:
        return _History(self._case, "batch", level)

    @property
    def level(self) -> int:
        """The level after what the case asks for."""
        if self._act == "recalculate":
            return int(self._told.policy.reckon(self._told.view()))
        return self._told.reviewed if self._act == "daily_batch" else self._told.level

    changed = property(lambda self: self.level != self._told.member["level"])
    on_grace = property(lambda self: self._told.progress.staying)
    audit_records = property(
        lambda s: [f.kind for f in s._step.facts].count("tier_changed")
    )

    @property
    def second_review_level(self) -> int:
        """The level after one more request with nothing done."""
        self._told.request()
        return int(self._told.level)

    @property
    def locked_level(self) -> int | None:
        """The level of the lock in force."""
        found = self._told.progress.override
        return int(found.tier) if found and found.kind.value == "lock" else None

    @property
    def error(self) -> str | None:
        """Why the command was refused."""
        said = [d.because.key for d in self._step.decisions if d.kind == "refuse_act"]
        return next((TABLES["names"]["error"][key] for key in said), None)

    # -- requirements ------------------------------------------------------------------

    @property
    def unmet(self) -> set[str]:
        """What the level above still wants; of level 3 at level 2."""
        if self._act == "review":
            found = () if self.changed else self._told.progress.unmet
            return {*self._told.named(found)}
        told = self._at(2)
        return {*told.named(told.progress.unmet)}

    @property
    def lost_because(self) -> set[str]:
        """What is missing to keep level 3."""
        told = self._at(3)
        return {*told.named(told.progress.lost_because)}

    requirements_met = property(lambda self: self._at(2).progress.met)
    requirements_lost = property(lambda self: self._at(3).progress.lost)
    batch_level_from_2 = property(lambda self: self._at(2).reviewed)
    batch_level_from_3 = property(lambda self: self._at(3).reviewed)

    @property
    def _third(self) -> dict[str, Any]:
        told = self._at(2)
        gap = told.progress.to_rise
        return told.named(gap.requirements if gap else ())

    thresholds = property(lambda self: {k: r.need for k, r in self._third.items()})

    @property
    def counts(self) -> dict[str, int]:
        """What is counted, by the names of the requirements."""
        found = {name: one.have for name, one in self._third.items()}
        return {**found, "total": found["silenced"] + found["suspended"]}
