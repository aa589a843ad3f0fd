"""What members say in surveys and wishes, and what was done about it (S31)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from community_sdk._time import micros
from community_sdk.decisions import SumUpSurvey
from community_sdk.events import RatingGiven, SurveyOpened, WishAnswered, WishMade
from community_sdk.policies import SurveyDesk
from community_sdk.report.period._frame import Frame
from community_sdk.report.period.rows import AnswerRow, Stretch, SurveyRow, WishRow

__all__ = ["answers", "surveys", "wishes"]


def surveys(frame: Frame) -> Iterator[SurveyRow]:
    """Yield surveys that were summed up in the period, then those still open."""
    begun, over = frame.bounds(frame.now)
    latest: dict[tuple[str, str], int] = {}
    for at, summed in frame.kept.noted:
        if not isinstance(summed, SumUpSurvey) or micros(at) > over:
            continue
        name = (summed.survey, summed.scale.value)
        if micros(at) > begun:
            yield SurveyRow(
                survey=summed.survey,
                scale=summed.scale.value,
                open=False,
                until=at,
                invited=summed.invited or None,
                answered=summed.answered,
                figure=summed.figure,
                before=latest.get(name),
                ratings=tuple((int(word), int(n)) for word, n in summed.ratings),
            )
        if summed.figure is not None:
            latest[name] = summed.figure
    yield from _running(frame, latest)


def _running(frame: Frame, latest: dict[tuple[str, str], int]) -> Iterator[SurveyRow]:
    policies = frame.kept.playbook.policies
    if not any(isinstance(policy, SurveyDesk) for policy in policies):
        return
    end = min(frame.bounds(frame.now)[1], micros(frame.kept.known) + 1)
    opened: dict[str, SurveyOpened] = {}
    for event in frame.kept.told:
        if not isinstance(event, SurveyOpened):
            continue
        if micros(event.at) < end <= micros(event.until):
            opened.setdefault(event.survey, event)
    for name, event in sorted(opened.items()):
        yield SurveyRow(
            survey=name,
            scale=event.scale.value,
            open=True,
            until=event.until,
            invited=event.invited or None,
            answered=len(_rated(frame, event, end)),
            figure=None,
            before=latest.get((name, event.scale.value)),
        )


def _rated(frame: Frame, survey: SurveyOpened, end: int) -> set[str]:
    """Return who answered so far."""
    since, scale = micros(survey.at), survey.scale
    return {
        str(event.member)
        for event in frame.people.told
        if isinstance(event, RatingGiven)
        and event.survey == survey.survey
        and since <= micros(event.at) < end
        and scale.least <= event.rating <= scale.most
    }


def wishes(frame: Frame) -> Iterator[WishRow]:
    """Yield what members wished for by topic, the most wished for first."""
    made = _made(frame)
    answered = {e.wish for e in _answered(frame, made) if _by(frame, e)}
    topics = sorted({each.topic for each in made.values() if _by(frame, each)})
    now, past = (_topics(made, frame, span) for span in (frame.now, frame.before))
    for topic in sorted(topics, key=lambda topic: -now[topic]):
        waiting = sum(
            one.topic == topic and str(one.id) not in answered and _by(frame, one)
            for one in made.values()
        )
        if now[topic] or past[topic] or waiting:
            yield WishRow(
                topic=topic,
                made=now[topic],
                before=past[topic] if frame.before.observed else None,
                open=waiting,
            )


def answers(frame: Frame) -> Iterator[AnswerRow]:
    """Yield what was done about wishes, by outcome."""
    told = _answered(frame, _made(frame))
    now = [e for e in told if _within(frame, e, frame.now)]
    past = Counter(e.outcome for e in told if _within(frame, e, frame.before))
    counts = Counter(e.outcome for e in now)
    for outcome in sorted(counts | past, key=lambda word: (-counts[word], word)):
        named = (e.reference for e in now if e.outcome == outcome and e.reference)
        yield AnswerRow(
            outcome=outcome,
            count=counts[outcome],
            before=past[outcome] if frame.before.observed else None,
            references=tuple(dict.fromkeys(named)),
        )


def _made(frame: Frame) -> dict[str, WishMade]:
    told = frame.people.told
    return {str(event.id): event for event in told if isinstance(event, WishMade)}


def _answered(frame: Frame, made: dict[str, WishMade]) -> list[WishAnswered]:
    """Return the first answer to each wish; an answer to none is none."""
    found: dict[str, WishAnswered] = {}
    for event in frame.kept.told:
        if isinstance(event, WishAnswered) and event.wish in made:
            found.setdefault(str(event.wish), event)
    return list(found.values())


def _topics(made: dict[str, WishMade], frame: Frame, span: Stretch) -> Counter[str]:
    return Counter(one.topic for one in made.values() if _within(frame, one, span))


def _within(frame: Frame, event: WishMade | WishAnswered, span: Stretch) -> bool:
    lo, hi = frame.bounds(span)
    return lo <= micros(event.at) < hi


def _by(frame: Frame, event: WishMade | WishAnswered) -> bool:
    """Tell whether it had happened at the end of the period."""
    return micros(event.at) < frame.bounds(frame.now)[1]
