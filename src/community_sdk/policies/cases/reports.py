"""Reports merged into cases, and the measure that enough of them lead to (S07).

Laws: one open case per content; a report counts once per reporter and content; nobody
reports what is his or her own; reports are claims, and no strikes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, TypedDict, cast

from attrs import field, validators

from community_sdk._time import Duration, instant
from community_sdk._values import frozen
from community_sdk.decisions import ApplySanction, Mode, Wish
from community_sdk.errors import DefinitionError
from community_sdk.events import (
    CaseClosed,
    ContentReported,
    Event,
    EventTypes,
    IdentityLinked,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import (
    Case,
    CaseOutcome,
    CaseStage,
    LadderStep,
    Notice,
    PolicyKey,
    RoleName,
    SanctionKind,
    StageLimit,
    TierKey,
)
from community_sdk.policies._policy import Reference, Scope, role_names, unknown
from community_sdk.policies.cases import _course, _docket, _handling
from community_sdk.policies.cases._docket import Docket, File
from community_sdk.policies.cases._handling import HANDLED, Acts
from community_sdk.policies.cases._terms import AppealTerms
from community_sdk.state import Definition, State

__all__ = ["ReportDesk", "ReportThreshold"]


@frozen(kw_only=True)
class ReportDesk:
    """Open a case for content that is reported, and put further reports on its file.

    A second report of one person on one open case is refused (``case.duplicate``), as
    is one of one's own content (``case.own_content``). A report of content whose case
    was decided opens a new one. Reporters are told the outcome.

    Attributes:
        decide_within: the time for the decision, from the first report; the last
            instant is in time. None: no limit.
        duties: who handles cases, upward: a missed deadline hands the case one duty
            up. Empty: whoever is no party may decide.
        tell_author: the author is told, too, where the report was upheld.
        appeals: on which terms reporters may appeal a dismissal; None: not at all.
        keep: how long a closed case stays readable.
    """

    answers: ClassVar[EventTypes] = (
        ContentReported,
        *HANDLED,
        IdentityLinked,
        TimerFired,
    )
    folds: ClassVar[EventTypes] = answers
    guards: ClassVar[EventTypes] = (ContentReported, *HANDLED)

    key: PolicyKey
    decide_within: Duration | None = None
    duties: tuple[RoleName, ...] = ()
    tell_author: bool = False
    appeals: AppealTerms | None = None
    keep: Duration = field(factory=lambda: Duration.parse("180d"))
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    @property
    def about(self) -> str:
        """What its cases begin with."""
        return "report"

    @property
    def limits(self) -> Sequence[StageLimit]:
        """The one stage that a report has."""
        within = self.decide_within
        if within is None:
            return ()
        return (StageLimit(stage=CaseStage.RESOLUTION, within=within),)

    def tells(self, subject: str, outcome: CaseOutcome, /) -> Sequence[str]:
        """Return the author, where he or she is to know."""
        known = subject and self.tell_author and outcome is CaseOutcome.UPHELD
        return (subject,) if known else ()

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name duties that the playbook does not have."""
        return _handling.references(self, definition)

    def start(self) -> Docket:
        """Open no file."""
        return {"last": 0, "files": {}, "filed": []}

    def refuse(
        self, event: ContentReported | Acts, state: State, /
    ) -> Explanation | None:
        """Return why a report or an act about a case does not count."""
        mine = cast("Docket", state.mine or self.start())
        if not isinstance(event, ContentReported):
            return _handling.refuse(self, mine, event, state)
        by, author = str(event.actor or ""), str(event.member or "")
        if not by or by == author:
            return because("case.own_content", by=by or author)
        _, file = _open(mine, event.content)
        if file is None:
            return None
        if author != file["subject"]:
            return because("case.other_author", content=event.content)
        if by in file["voices"]:
            return because("case.duplicate", by=by, content=event.content)
        return None

    def fold(self, mine: Docket, event: Event, state: State, /) -> Docket:
        """Keep the files; a report that does not count is on none."""
        if not isinstance(event, ContentReported):
            _handling.keep(self, mine, event, state)
            return mine
        state.mine = mine
        if self.refuse(event, state) is not None:
            return mine
        _, file = _open(mine, event.content)
        if file is None:
            for case in tuple(_docket.dropped(mine, self.keep, state)):
                del mine["files"][case]
            file = _docket.begin(mine, self.key, event, state, self.limits)
            file["topic"], file["content"] = event.category, event.content
            file["level"] = _docket.floor(self.duties, state)
        else:
            file["voices"].append(str(event.actor))
        return mine

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Open, decide, escalate; tell whom it concerns."""
        mine = cast("Docket", state.mine)
        if not isinstance(event, ContentReported):
            yield from _course.follow(self, mine, event, state)
            return
        case, file = _open(mine, event.content)
        if file is not None and file["event"] == event.id:
            why = because(
                "case.reported", case=case, category=event.category, reported=event.at
            )
            yield from _course.opened(self, case, file, why)

    def case(self, state: State, case: str, /) -> Case | None:
        """Return the case called *case* as it stands, None where none is kept."""
        mine = cast("Docket", state.community.slices.get(self.key) or self.start())
        file = mine["files"].get(case)
        if file is None:
            return None
        return _docket.shown(self.key, case, file, self.duties)

    def open_case(self, state: State, content: str, /) -> Case | None:
        """Return the open case about *content*, None where there is none."""
        mine = cast("Docket", state.community.slices.get(self.key) or self.start())
        case, file = _open(mine, content)
        return None if file is None else self.case(state, case)


def _open(mine: Docket, content: str) -> tuple[str, File | None]:
    for case, file in reversed(mine["files"].items()):
        if file["content"] == content and not file["outcome"]:
            return case, file
    return "", None


class _Tally(TypedDict):
    """Reporter, content, instant, whether a measure rests on it; what fires now."""

    reports: list[list[str | int]]
    fires: str


@frozen(kw_only=True)
class ReportThreshold:
    """Take *measure* once reports about a member reach a score, without a person.

    Reports of different contents add up; each counts once per reporter and content,
    and those that led to a measure are used up. Those of a case that was dismissed
    stop counting. No strike comes of it, and it can be appealed like any sanction.

    Attributes:
        categories: only reports of these count; empty: all.
        score: what a report counts, in hundredths; *needs_score*: what must be
            reached, in hundredths; *needs_reporters*: by how many different people.
        duration: of the measure; None: without end, or done at once.
        window: only reports not older count, one exactly that old included; None: all.
        spares: holders of these duties are never measured automatically.
        tiers: the tier group that *most* is of; whoever stands above *most* there is
            never measured automatically. Nobody is where *most* is None.
    """

    answers: ClassVar[EventTypes] = (ContentReported, CaseClosed)
    folds: ClassVar[EventTypes] = (ContentReported, CaseClosed)

    key: PolicyKey
    measure: SanctionKind
    duration: Duration | None = None
    notice: Notice = Notice.PRIVATE
    categories: tuple[str, ...] = ()
    score: int = field(default=100, validator=validators.ge(0))
    needs_score: int = field(default=100, validator=validators.ge(1))
    needs_reporters: int = field(default=1, validator=validators.ge(1))
    window: Duration | None = None
    spares: tuple[RoleName, ...] = ()
    tiers: str = ""
    most: TierKey | None = None
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def __attrs_post_init__(self) -> None:
        """Refuse a duration on a measure that is done at once, half a trust level."""
        self._step()
        if (self.most is None) != (not self.tiers):
            raise DefinitionError(
                f"expected `tiers` and `most` in threshold `{self.key}`, or neither",
                code="reports.trust",
                hint="name the tier group and the highest tier that it applies to",
                found=self.key,
            )

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name duties and tiers that the playbook does not have."""
        yield from unknown("spares", self.spares, role_names(definition))
        if self.most is None:
            return
        groups = {str(group.key): group for group in definition.tiers}
        if self.tiers not in groups:
            yield ("tiers", self.tiers, tuple(groups))
            return
        tiers = tuple(str(tier.key) for tier in groups[self.tiers].tiers)
        yield from unknown("most", self.most, tiers)

    def start(self) -> _Tally:
        """Count nothing."""
        return {"reports": [], "fires": ""}

    def fold(
        self, mine: _Tally, event: ContentReported | CaseClosed, state: State, /
    ) -> _Tally:
        """Count a report; drop those of a dismissed case and those used up."""
        mine["fires"] = ""
        if isinstance(event, CaseClosed):
            if event.outcome is CaseOutcome.DISMISSED and event.content:
                rest = [row for row in mine["reports"] if row[1] != event.content]
                mine["reports"] = rest
            return mine
        if not self._counts(event, mine):
            return mine
        row: list[str | int] = [str(event.actor), event.content, state.at_us, 0]
        mine["reports"] = [*self._recent(mine, state), row]
        fresh = self._unused(mine)
        if self._reached(fresh) and self._applies(state) and not _endless(self, state):
            for used in fresh:
                used[3] = 1
            mine["fires"] = str(event.id)
        return mine

    def join(self, mine: _Tally, other: _Tally, _: State, /) -> _Tally:
        """Count the reports about both accounts, in the order of their instants."""
        rows = sorted((*other["reports"], *mine["reports"]), key=lambda row: row[2])
        return {"reports": rows, "fires": ""}

    def decide(
        self, event: ContentReported | CaseClosed, state: State, /
    ) -> Iterator[Wish]:
        """Take the measure that the report completes."""
        mine = cast("_Tally", state.mine)
        if mine["fires"] != event.id:
            return
        step = self._step()
        until = None
        if self.duration is not None:
            end = self.duration.after(state.now_us, state.calendar.where)
            until = instant(max([end, *_ends(self, state)]))
        yield ApplySanction(
            member=event.member,
            group=event.group,
            step=step,
            until=until,
            because=self._why(mine, state),
        )

    def tally(self, state: State, /) -> tuple[int, int, int]:
        """Return how many reports count so far, their score, and from how many people.

        Those that a measure rests on are counted as well; the score is in hundredths.
        """
        mine = cast("_Tally", state.member.slices.get(self.key) or self.start())
        rows = self._recent(mine, state)
        people = {row[0] for row in rows}
        return len(rows), len(rows) * self.score, len(people)

    def standing(self, state: State, /) -> Explanation:
        """Explain how many reports count, and what they would lead to."""
        count, score, people = self.tally(state)
        return because(
            "reports.standing",
            reports=count,
            reporters=people,
            score=_decimal(score),
            needs_score=_decimal(self.needs_score),
            needs_reporters=self.needs_reporters,
            measure=self.measure,
        )

    def _step(self) -> LadderStep:
        return LadderStep(
            at=1, kind=self.measure, duration=self.duration, notice=self.notice
        )

    def _counts(self, event: ContentReported, mine: _Tally) -> bool:
        if self.categories and event.category not in self.categories:
            return False
        if event.actor is None or event.actor == event.member:
            return False
        pair = [str(event.actor), str(event.content)]
        return all(row[:2] != pair for row in mine["reports"])

    def _recent(self, mine: _Tally, state: State) -> list[list[str | int]]:
        if self.window is None:
            return mine["reports"]
        since = self.window.after(state.now_us, state.calendar.where, times=-1)
        return [row for row in mine["reports"] if int(row[2]) >= since]

    def _unused(self, mine: _Tally) -> list[list[str | int]]:
        return [row for row in mine["reports"] if not row[3]]

    def _reached(self, rows: Sequence[Sequence[str | int]]) -> bool:
        people = {row[0] for row in rows}
        enough = len(rows) * self.score >= self.needs_score
        return enough and len(people) >= self.needs_reporters

    def _applies(self, state: State) -> bool:
        """Tell whether the member may be measured automatically."""
        if any(state.member.serves(duty, state.now_us) for duty in self.spares):
            return False
        if self.most is None:
            return True
        held = state.member.tiers.get(self.tiers)
        order = [tier.key for tier in state.ladders[self.tiers].tiers]
        return held is None or order.index(TierKey(held.tier)) <= order.index(self.most)

    def _why(self, mine: _Tally, state: State) -> Explanation:
        last = max(int(row[2]) for row in mine["reports"])
        rows = [row for row in self._recent(mine, state) if row[3]]
        return because(
            "reports.reached",
            reports=len(rows),
            reporters=len({row[0] for row in rows}),
            score=_decimal(len(rows) * self.score),
            needs_score=_decimal(self.needs_score),
            needs_reporters=self.needs_reporters,
            measure=self.measure,
            duration=self.duration,
            last=instant(last),
        )


def _running(one: ReportThreshold, state: State) -> list[int | None]:
    """Return the ends of the member's sanctions of this kind in force."""
    return [
        record.until
        for record in state.member.sanctions
        if record.measure == one.measure.word and record.in_force(state.now_us)
    ]


def _endless(one: ReportThreshold, state: State) -> bool:
    return None in _running(one, state)


def _ends(one: ReportThreshold, state: State) -> list[int]:
    return [end for end in _running(one, state) if end is not None]


def _decimal(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"
