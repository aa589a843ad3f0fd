"""Feedback: surveys are summed up, wishes get an answer, all is told of (S31).

Laws: each person rates once, the latest rating counts; no figure from fewer answers
than asked for; a survey and a wish are told of without naming anybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, ClassVar, Final, cast

from attrs import field, validators

from community_sdk._time import Duration, PeriodUnit, instant, micros
from community_sdk._values import frozen
from community_sdk.decisions import (
    Mode,
    Recommend,
    SetTimer,
    SumUpSurvey,
    SumUpWishes,
    Wish,
)
from community_sdk.errors import closest
from community_sdk.events import (
    Event,
    EventTypes,
    IdentityLinked,
    RatingGiven,
    SurveyOpened,
    TimerFired,
    WishAnswered,
    WishMade,
)
from community_sdk.explanation import Explanation, because
from community_sdk.metrics.rates import nearest, share
from community_sdk.model import EventId, PolicyKey, RoleName, SurveyScale
from community_sdk.policies._policy import Reference, Scope, role_names, unknown
from community_sdk.state import Definition, State

__all__ = ["SurveyDesk", "WishDesk", "rated"]

Slice = dict[str, Any]
_CLOSE: Final = "close"
_HUNDRED: Final = 100
_PROMOTER, _DETRACTOR, _CONTENT = 9, 6, 4


def rated(scale: SurveyScale, ratings: Mapping[int, int], /) -> Fraction | None:
    """Return the figure of a survey, in percent; None where nobody rated.

    *ratings* is how often each rating was given. Net promoter score: the share of 9
    and 10 less that of 0 to 6, from -100 to 100. Satisfaction: the share of 4 and 5.
    """
    whole = sum(ratings.values())
    if scale is SurveyScale.CSAT:
        good = sum(n for rating, n in ratings.items() if rating >= _CONTENT)
    else:
        good = sum(n for rating, n in ratings.items() if rating >= _PROMOTER)
        good -= sum(n for rating, n in ratings.items() if rating <= _DETRACTOR)
    found = share(good, whole)
    return None if found is None else found * _HUNDRED


@frozen(kw_only=True)
class SurveyDesk:
    """Take ratings while a survey is open, and sum it up when it is over.

    One survey of a name may be open at a time. A rating counts by its own instant; one
    that is told when the survey is summed up comes too late.

    Attributes:
        least: From so many answers on there is a figure; below nobody could be sure
            that it says anything, nor that nobody is recognised.

    Where more people answer than were invited that is told at once, and in the sum,
    which then has no rate; who was invited is not known, so all of them count.
    """

    answers: ClassVar[EventTypes] = (
        SurveyOpened,
        RatingGiven,
        IdentityLinked,
        TimerFired,
    )
    folds: ClassVar[EventTypes] = answers
    guards: ClassVar[EventTypes] = (SurveyOpened, RatingGiven)

    key: PolicyKey
    least: int = field(default=5, validator=validators.ge(1))
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def start(self) -> Slice:
        """Remember no survey."""
        return {"open": {}, "done": [], "beyond": []}

    def refuse(
        self, event: SurveyOpened | RatingGiven, state: State, /
    ) -> Explanation | None:
        """Refuse a rating without an open survey, or beyond its scale."""
        mine: Slice = state.mine or self.start()
        survey = mine["open"].get(event.survey)
        if isinstance(event, SurveyOpened):
            if survey is None:
                return None
            return because("feedback.open_already", survey=event.survey)
        if survey is None or not survey["since"] <= state.at_us < survey["until"]:
            near = None if survey else closest(event.survey, mine["open"])
            return because("feedback.not_open", survey=event.survey, nearest=near)
        if event.member is None:
            return because("feedback.nobody", survey=event.survey)
        scale = SurveyScale(survey["scale"])
        if scale.least <= event.rating <= scale.most:
            return None
        return because(
            "feedback.off_scale",
            rating=event.rating,
            least=scale.least,
            most=scale.most,
        )

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Keep the latest rating of each person while the survey is open."""
        mine["done"], mine["beyond"] = [], []
        if isinstance(event, SurveyOpened):
            mine["open"].setdefault(event.survey, _survey(event))
        elif isinstance(event, RatingGiven):
            survey = mine["open"].get(event.survey)
            if survey and event.member is not None and not state.member.bot:
                before = len(survey["ratings"])
                _rate(survey, str(event.member), [state.at_us, event.rating])
                if 0 < survey["invited"] == before < len(survey["ratings"]):
                    mine["beyond"] = [event.survey, before + 1, before]
        elif isinstance(event, IdentityLinked):
            for survey in mine["open"].values():
                known = survey["ratings"].pop(str(event.alias), None)
                if known is not None:
                    _rate(survey, str(event.member), known)
        else:
            survey = mine["open"].pop(cast("TimerFired", event).timer, None)
            mine["done"] = [] if survey is None else [survey]
        return mine

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Wait for the end of a survey, and sum it up; tell answers of strangers."""
        mine: Slice = state.mine or self.start()
        if mine["beyond"]:
            name, answered, invited = mine["beyond"]
            yield Recommend(
                action="check_invited",
                properties={"survey": name, "invited": invited},
                because=_beyond(name, answered, invited),
            )
        if isinstance(event, SurveyOpened):
            yield SetTimer(event.survey, event.until)
        elif isinstance(event, TimerFired):
            for survey in mine["done"]:
                yield self._sum(event.timer, survey)

    def _sum(self, name: str, survey: Slice) -> SumUpSurvey:
        scale = SurveyScale(survey["scale"])
        ratings = Counter(rating for _, rating in survey["ratings"].values())
        answered, invited = ratings.total(), survey["invited"]
        found = rated(scale, ratings) if answered >= self.least else None
        figure = None if found is None else int(nearest(found))
        beyond = answered > invited > 0
        rate = None if beyond else share(answered, invited)
        why = because(
            "feedback.survey",
            *([_beyond(name, answered, invited)] if beyond else ()),
            survey=name,
            scale=scale,
            answered=answered,
            invited=invited,
            rate=None if rate is None else int(nearest(rate * _HUNDRED)),
            figure=figure,
            least=self.least,
        )
        told = ratings if figure is not None else Counter[int]()
        return SumUpSurvey(
            survey=name,
            scale=scale,
            invited=invited,
            answered=answered,
            figure=figure,
            ratings=tuple((str(rating), n) for rating, n in sorted(told.items())),
            because=why,
        )


def _beyond(name: str, answered: int, invited: int) -> Explanation:
    """Tell that more people answered than were invited: one of the two is wrong."""
    return because("feedback.beyond", survey=name, answered=answered, invited=invited)


def _survey(event: SurveyOpened) -> Slice:
    return {
        "since": micros(event.at),
        "until": micros(event.until),
        "scale": event.scale.value,
        "invited": event.invited,
        "ratings": {},
    }


def _rate(survey: Slice, who: str, rating: list[int]) -> None:
    """Let the later of two ratings stand; of one instant the higher."""
    known = survey["ratings"].get(who, rating)
    survey["ratings"][who] = max(known, rating)


@frozen(kw_only=True)
class WishDesk:
    """See to it that each wish is answered, and tell what was done about all of them.

    What bots wish for does not count.

    Attributes:
        duty: The role whose holders answer wishes.
        within: After so long without an answer they are called, once; that long is
            still in time.
        period: After which time the wishes are summed up, by topic and by outcome.
        kept: So many open wishes are remembered; the oldest is dropped without an
            answer when there are more, and counted as open no more.
    """

    answers: ClassVar[EventTypes] = (WishMade, WishAnswered, TimerFired)
    folds: ClassVar[EventTypes] = answers
    guards: ClassVar[EventTypes] = (WishAnswered,)

    key: PolicyKey
    duty: RoleName
    within: Duration = field(factory=lambda: Duration.parse("14d"))
    period: PeriodUnit = PeriodUnit.MONTH
    kept: int = field(default=1_000, validator=validators.ge(1))
    mode: Mode = Mode.ACT
    scope: Scope = Scope.COMMUNITY

    def problems(self, definition: Definition, /) -> Iterable[Reference]:
        """Name a role that the playbook does not have."""
        yield from unknown("duty", self.duty, role_names(definition))

    def start(self) -> Slice:
        """Remember no wish."""
        return {"open": {}, "made": {}, "answered": {}, "over": []}

    def refuse(self, event: WishAnswered, state: State, /) -> Explanation | None:
        """Refuse an answer to what is no open wish."""
        mine: Slice = state.mine or self.start()
        if event.wish in mine["open"]:
            return None
        return because("feedback.no_wish", wish=event.wish)

    def fold(self, mine: Slice, event: Event, state: State, /) -> Slice:
        """Keep wishes until they are answered; count both in the running period."""
        mine["over"] = []
        if isinstance(event, WishMade):
            if state.member.bot:
                return mine
            mine["open"][str(event.id)] = [state.at_us, event.topic]
            _add(mine["made"], event.topic)
            if len(mine["open"]) > self.kept:
                oldest = min(mine["open"], key=lambda k: (mine["open"][k][0], k))
                del mine["open"][oldest]
        elif isinstance(event, WishAnswered):
            if mine["open"].pop(event.wish, None) is not None:
                _add(mine["answered"], event.outcome)
        elif isinstance(event, TimerFired) and event.timer == _CLOSE:
            mine["over"] = [sorted(mine["made"].items())]
            mine["over"].append(sorted(mine["answered"].items()))
            mine["made"], mine["answered"] = {}, {}
        return mine

    def decide(self, event: Event, state: State, /) -> Iterator[Wish]:
        """Call who must answer; sum up a period that is over."""
        mine: Slice = state.mine or self.start()
        fired = isinstance(event, TimerFired)
        if isinstance(event, WishMade) and str(event.id) in mine["open"]:
            due = self.within.after(state.at_us, state.calendar.where)
            yield SetTimer(f"wish/{event.id}", instant(max(due, state.now_us)), "after")
        elif isinstance(event, TimerFired) and event.timer != _CLOSE:
            yield from self._call(event.timer.removeprefix("wish/"), mine)
            return
        elif mine["over"]:
            yield self._sum(mine, state)
        if fired or f"{self.key}/{_CLOSE}" not in state.community.timers:
            running = state.calendar.period(self.period, state.now_us)
            yield SetTimer(_CLOSE, instant(state.calendar.start(running.until)))

    def _call(self, wish: str, mine: Slice) -> Iterator[Recommend]:
        if wish not in mine["open"]:
            return
        at, topic = mine["open"][wish]
        made = instant(at)
        why = because("feedback.wish", topic=topic, made=made, within=self.within)
        properties = {"duty": str(self.duty), "wish": wish, "topic": topic}
        yield Recommend(action="answer_wish", properties=properties, because=why)

    def _sum(self, mine: Slice, state: State) -> SumUpWishes:
        made, answered = (tuple((w, n) for w, n in rows) for rows in mine["over"])
        over = state.calendar.period(self.period, state.now_us - 1)
        parts = [because("feedback.outcome", outcome=w, times=n) for w, n in answered]
        why = because(
            "feedback.wishes",
            *parts,
            period=over.key,
            made=sum(n for _, n in made),
            answered=sum(n for _, n in answered),
            open=len(mine["open"]),
        )
        return SumUpWishes(
            period=over.key,
            since=instant(state.calendar.start(over.since)),
            until=instant(state.calendar.start(over.until)),
            made=made,
            answered=answered,
            open=len(mine["open"]),
            because=why,
        )

    def waiting(self, state: State, /) -> tuple[EventId, ...]:
        """Return the wishes without an answer, the oldest first."""
        mine: Slice = state.community.slices.get(self.key) or self.start()
        found: dict[str, list[Any]] = mine["open"]
        return tuple(EventId(k) for k in sorted(found, key=lambda k: (found[k][0], k)))


def _add(counts: dict[str, int], word: str) -> None:
    counts[word] = counts.get(word, 0) + 1
