"""Complaints from intake to improvement, with patience on all sides (S07 S29).

Laws: neither accused nor complainant handles the case; while it is open nobody acts
alone; whoever is concerned is told the outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, Literal, cast

from attrs import field

from community_sdk._time import Duration
from community_sdk._values import frozen
from community_sdk.decisions import Mode, Recommend, Wish
from community_sdk.errors import DefinitionError
from community_sdk.events import (
    CompensationGiven,
    ComplaintFiled,
    Event,
    EventTypes,
    IdentityLinked,
    RuleBroken,
    SanctionOrdered,
    TimerFired,
)
from community_sdk.explanation import Explanation, because
from community_sdk.model import (
    Case,
    CaseOutcome,
    CaseStage,
    MemberId,
    PolicyKey,
    RoleName,
    StageLimit,
)
from community_sdk.policies._policy import Reference, Scope
from community_sdk.policies.cases import _course, _docket, _handling
from community_sdk.policies.cases._docket import Docket, File
from community_sdk.policies.cases._handling import HANDLED, Acts
from community_sdk.policies.cases._terms import AppealTerms
from community_sdk.state import Definition, State

__all__ = ["ComplaintDesk", "ComplaintFigures"]


def _stages() -> tuple[StageLimit, ...]:
    day, week = Duration.parse("1d"), Duration.parse("7d")
    return (
        StageLimit(stage=CaseStage.RESPONSE, within=day),
        StageLimit(stage=CaseStage.RESOLUTION, within=week),
    )


@frozen(kw_only=True)
class ComplaintFigures:
    """What a desk has to do, and how often people complain.

    *recent*: complaints filed within the window of the rate; *members*: running
    memberships; *upheld*, *dismissed*, *overdue*: of the cases still kept.
    """

    open: int
    upheld: int
    dismissed: int
    overdue: int
    recent: int
    members: int

    @property
    def rate(self) -> Fraction | None:
        """Recent complaints per member; None where there is nobody."""
        return Fraction(self.recent, self.members) if self.members else None


@frozen(kw_only=True)
class ComplaintDesk:
    """Open a case for each complaint and see it through its stages.

    Who complains is `actor`, who is complained about `member`; nobody in particular
    may be meant. Complainant and accused never handle the case; where the accused
    holds one of *duties*, a duty above it does, or at the top another holder. Both are
    told the outcome, and neither who the other is.

    Attributes:
        stages: by when each is to be done, counted from the filing, in the order of
            the stages; the last instant is in time. A missed one hands the case one
            duty up.
        duties: who handles complaints, upward. Empty: whoever is no party.
        patience: whose acts against accused or complainant are refused while the case
            is open: ``parties`` may not go for each other, ``all`` lets nobody act on
            their breaches by hand, ``none`` refuses nothing. What a policy finds and
            acts in an emergency are never refused.
        phone_only: topics that are talked over by phone, never in chat. Where somebody
            is then given another compensation than was given last on that topic, it is
            flagged: silence must not hide unequal treatment.
        appeals: on which terms the outcome may be appealed; None: not at all.
        rate_window: the window of the complaint rate; exactly that old counts.
        keep: how long a closed case stays readable.
    """

    answers: ClassVar[EventTypes] = (
        ComplaintFiled,
        *HANDLED,
        IdentityLinked,
        TimerFired,
    )
    folds: ClassVar[EventTypes] = answers
    guards: ClassVar[EventTypes] = (
        ComplaintFiled,
        *HANDLED,
        RuleBroken,
        SanctionOrdered,
    )

    key: PolicyKey
    stages: tuple[StageLimit, ...] = field(factory=_stages)
    duties: tuple[RoleName, ...] = ()
    patience: Literal["none", "parties", "all"] = "parties"
    phone_only: tuple[str, ...] = ()
    appeals: AppealTerms | None = None
    rate_window: Duration = field(factory=lambda: Duration.parse("30d"))
    keep: Duration = field(factory=lambda: Duration.parse("180d"))
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def __attrs_post_init__(self) -> None:
        """Refuse stages out of order, or without the decision."""
        order = [limit.stage for limit in self.stages]
        if order != sorted(set(order)) or CaseStage.RESOLUTION not in order:
            raise DefinitionError(
                f"expected the stages of `{self.key}` once each and in order, the"
                " resolution among them",
                code="complaints.stages",
                hint="intake, response, resolution, root_cause, improvement",
                found=self.key,
            )
        for before, after in pairwise(self.stages):
            if before.within.exceeds(after.within):
                raise DefinitionError(
                    f"expected `{after.stage.name.lower()}` of `{self.key}` not due"
                    f" before `{before.stage.name.lower()}`"
                    f" (`{before.within}`), found `{after.within}`",
                    code="complaints.deadlines",
                    hint="all are counted from the filing: give the later one longer",
                    stage=after.stage.name.lower(),
                    before=before.stage.name.lower(),
                    limit=str(before.within),
                    found=str(after.within),
                )

    @property
    def about(self) -> str:
        """What its cases begin with."""
        return "complaint"

    @property
    def limits(self) -> Sequence[StageLimit]:
        """Its stages with their times."""
        return self.stages

    def tells(self, subject: str, _: CaseOutcome, /) -> Sequence[str]:
        """Return the accused, who is told beside the complainant."""
        return (subject,) if subject else ()

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name duties that the playbook does not have."""
        return _handling.references(self, definition)

    def start(self) -> Docket:
        """Open no file."""
        return {"last": 0, "files": {}, "filed": []}

    def refuse(
        self,
        event: ComplaintFiled | Acts | RuleBroken | SanctionOrdered,
        state: State,
        /,
    ) -> Explanation | None:
        """Return why a complaint, or an act about or around a case, does not count."""
        mine = cast("Docket", state.mine or self.start())
        if isinstance(event, (RuleBroken, SanctionOrdered)):
            return self._patience(mine, event)
        if not isinstance(event, ComplaintFiled):
            return _handling.refuse(self, mine, event, state)
        if event.actor is None:
            return because("case.nobody", topic=event.topic)
        if event.actor == event.member:
            return because("case.against_oneself", by=event.actor)
        return None

    def _patience(
        self, mine: Docket, event: RuleBroken | SanctionOrdered
    ) -> Explanation | None:
        by, whom = str(event.actor or ""), str(event.member or "")
        found_by_policy = isinstance(event, RuleBroken) and event.automatic
        if self.patience == "none" or not by or found_by_policy:
            return None
        for case, file in mine["files"].items():
            parties = (file["subject"], *file["voices"])
            if file["outcome"] or whom not in parties:
                continue
            if self.patience == "all" or by in parties:
                return because("case.patience", case=case, by=by)
        return None

    def fold(self, mine: Docket, event: Event, state: State, /) -> Docket:
        """Keep the files and what was given."""
        if not isinstance(event, ComplaintFiled):
            _handling.keep(self, mine, event, state)
            return mine
        state.mine = mine
        if self.refuse(event, state) is not None:
            return mine
        for case in tuple(_docket.dropped(mine, self.keep, state)):
            del mine["files"][case]
        file = _docket.begin(mine, self.key, event, state, self.stages)
        file["topic"], file["content"] = event.topic, event.content or ""
        file["phone"] = event.topic in self.phone_only
        file["level"] = _docket.floor(self.duties, state)
        mine["filed"] = [*self._recent(mine, state), state.at_us]
        return mine

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Open, call, decide, compensate; tell whom it concerns."""
        mine = cast("Docket", state.mine)
        if isinstance(event, ComplaintFiled):
            case = f"{self.key}-{mine['last']}"
            file = mine["files"].get(case)
            if file is not None and file["event"] == event.id:
                yield from _course.opened(self, case, file, _filed(case, file, event))
        elif isinstance(event, CompensationGiven):
            yield from self._given(mine, event)
        else:
            yield from _course.follow(self, mine, event, state)

    def _given(self, mine: Docket, event: CompensationGiven) -> Iterator[Wish]:
        """Have it handed over as a reward; flag what phone-only would hide."""
        file = mine["files"].get(str(event.case))
        if file is None:
            return
        worth = {} if event.money is None else {"worth": str(event.money)}
        why = because(
            "case.compensation", case=event.case, form=event.form, money=event.money
        )
        for who in file["voices"]:
            yield Recommend(
                member=MemberId(who),
                action="give_as_reward",
                properties={"case": str(event.case), "form": event.form, **worth},
                because=why,
            )
        before = _before(mine, str(event.case), file["topic"])
        if file["phone"] and before is not None and before != file["given"][-1]:
            yield Recommend(
                action="review_fairness",
                properties={"case": str(event.case), "topic": file["topic"]},
                because=because(
                    "case.unequal", why, case=event.case, topic=file["topic"]
                ),
            )

    def _recent(self, mine: Docket, state: State) -> list[int]:
        where, now = state.calendar.where, state.now_us
        since = self.rate_window.after(now, where, times=-1)
        return [at for at in mine["filed"] if at >= since]

    def case(self, state: State, case: str, /) -> Case | None:
        """Return the case called *case* as it stands, None where none is kept."""
        mine = self._mine(state)
        file = mine["files"].get(case)
        if file is None:
            return None
        return _docket.shown(self.key, case, file, self.duties)

    def figures(self, state: State, /) -> ComplaintFigures:
        """Return what is to do and how often people complain, as of the state's now."""
        mine = self._mine(state)
        cases = [
            _docket.shown(self.key, case, file, self.duties)
            for case, file in mine["files"].items()
        ]
        outcomes = [case.outcome for case in cases]
        return ComplaintFigures(
            open=outcomes.count(None),
            upheld=outcomes.count(CaseOutcome.UPHELD),
            dismissed=outcomes.count(CaseOutcome.DISMISSED),
            overdue=sum(case.overdue(state.now) for case in cases),
            recent=len(self._recent(mine, state)),
            members=state.community.members,
        )

    def _mine(self, state: State) -> Docket:
        return cast("Docket", state.community.slices.get(self.key) or self.start())


def _filed(case: str, file: File, event: ComplaintFiled) -> Explanation:
    parts = (because("case.phone_only", topic=event.topic),) if file["phone"] else ()
    if file["level"]:
        parts = (*parts, because("case.manager", case=case))
    return because(
        "case.complaint", *parts, case=case, topic=event.topic, filed=event.at
    )


def _before(mine: Docket, case: str, topic: str) -> object:
    """Return what was given last on *topic*, before the latest in *case*."""
    others = [
        file
        for name, file in mine["files"].items()
        if file["topic"] == topic and name != case and file["given"]
    ]
    latest = max(others, key=lambda file: file["number"], default=None)
    return None if latest is None else latest["given"][-1]
