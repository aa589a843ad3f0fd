"""Figures cut into levels, and segments by level and by condition (S09)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import field, validators

from community_sdk._time import Window
from community_sdk._values import frozen
from community_sdk.conditions import Condition, holds, turns
from community_sdk.errors import DefinitionError
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import RETAIL_SEGMENTS, Metric, Unit
from community_sdk.model import Titles
from community_sdk.state import State

__all__ = ["Axis", "Segment", "rfm_axes", "rfm_segments"]

_DIGITS: Final = 9
_LIFE: Final = "lifetime"


@frozen(kw_only=True)
class Axis:
    """A figure cut into levels from 1, the lowest, to one more than there are cuts.

    Recency, frequency and money are three such axes; activity, contribution and need
    are three others.

    Attributes:
        measure: The figure. A length of time counts in whole local days: today is 0.
        cuts: Rising numbers; a figure is one level higher for each that it exceeds.
        falling: A small figure is the better one, as with the time since a purchase.
        per: The figure is a mean over this other one, such as money over the days on
            which something was bought; where that is 0 the level is 1.
    """

    key: str
    measure: Metric
    cuts: tuple[int, ...] = field(
        validator=[validators.min_len(1), validators.max_len(_DIGITS - 1)]
    )
    falling: bool = False
    per: Metric | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse cuts that do not rise."""
        if list(self.cuts) != sorted(set(self.cuts)):
            raise DefinitionError(
                f"expected rising cuts on the axis `{self.key}`",
                code="segment.cuts",
                hint="write the smallest number first, each once",
                found=self.key,
            )

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What is measured."""
        return (self.measure,) if self.per is None else (self.measure, self.per)

    def level(self, state: State) -> int:
        """Return the member's level; 1 where nothing was ever observed."""
        have, over = self.figure(state), 1
        if self.per is not None:
            over = state.measure(self.per) or 0
        if have is None or over <= 0:
            return 1
        passed = sum(1 for cut in self.cuts if have > cut * over)
        return 1 + (len(self.cuts) - passed if self.falling else passed)

    def figure(self, state: State) -> int | None:
        """Return the figure, a length of time in whole local days."""
        have = state.measure(self.measure)
        if have is None or self.measure.spec.unit is not Unit.TIME:
            return have
        day, now = state.calendar.day, state.now_us
        return day(now) - day(now - have)

    def turns(self, state: State) -> Iterator[int]:
        """Yield when time alone may next change the level."""
        if self.measure.spec.unit is Unit.TIME:
            days = self.figure(state)
            today = state.calendar.day(state.now_us)
            waits = [cut + 1 - days for cut in self.cuts] if days is not None else ()
            dues = [state.calendar.start(today + wait) for wait in waits if wait > 0]
            yield from dues[:1]
        elif self.per is None:
            yield from turns(self.measure, self.cuts, state)
        elif any(m.window.rolling and state.measure(m) for m in self.metrics):
            yield state.calendar.start(state.calendar.day(state.now_us) + 1)

    def shown(self, state: State) -> Explanation:
        """Tell the level and the figure it comes from."""
        level, of = self.level(state), len(self.cuts) + 1
        have = self.figure(state)
        over = None if self.per is None else state.measure(self.per)
        return because(
            "segment.level", axis=self.key, level=level, of=of, have=have, per=over
        )


@frozen(kw_only=True)
class Segment:
    """Members who are treated alike: who falls into it, what they get and are spared.

    Attributes:
        when: The rule.
        levels: The levels of the axes, one digit for each axis in their order, `*` for
            any, such as ``4*3``; one of them must fit. With `when` both must hold.
        keeps: A wider rule: who is in the segment stays while it holds, unless an
            earlier segment takes the member.
        gets: Actions that are recommended on entering.
        spares: Greetings (`greet`) and recommended actions that are held back here.
    """

    key: str
    title: Titles = field(factory=dict[str, str], hash=False)
    when: Condition | None = None
    levels: tuple[str, ...] = ()
    keeps: Condition | None = None
    gets: tuple[str, ...] = ()
    spares: tuple[str, ...] = ()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What is asked: to come in, to stay."""
        return tuple(each for each in (self.when, self.keeps) if each is not None)

    @property
    def ruled(self) -> bool:
        """Whether there is a rule at all; the rest has none."""
        return bool(self.levels or self.conditions)

    def fits(self, levels: Iterable[int]) -> bool:
        """Tell whether one of its patterns fits *levels*; without patterns any do."""
        digits = [str(level) for level in levels]
        return not self.levels or any(
            all(mark in ("*", digit) for mark, digit in zip(known, digits, strict=True))
            for known in self.levels
        )

    def holds(self, state: State, levels: Iterable[int]) -> bool:
        """Tell whether its rule holds."""
        return self.fits(levels) and (self.when is None or holds(self.when, state))


def rfm_axes(
    recency: tuple[int, ...],
    frequency: tuple[int, ...],
    money: tuple[int, ...],
    *,
    kind: str = "purchase",
    window: str | Window = _LIFE,
) -> tuple[Axis, Axis, Axis]:
    """Return the axes of recency, frequency and money by fixed thresholds.

    *recency*: whole local days since the last event of *kind*, today being 0;
    *frequency*: local days with one, the first counted as well; *money*: the mean
    amount of such a day, in minor units. These are the figures of
    `metrics.rfm_figures` with ``form="segment"``, and for the same thresholds the
    levels are the scores of `metrics.RfmScale`.

    Raises:
        DefinitionError: thresholds that do not rise, or a window without days.
    """
    span = Window.parse(window) if isinstance(window, str) else window
    days = Metric("active_days", kind=kind, window=span)
    since = Metric("recency", kind=kind)
    paid = Metric("total", kind=kind, window=span)
    return (
        Axis(key="recency", measure=since, cuts=recency, falling=True),
        Axis(key="frequency", measure=days, cuts=frequency),
        Axis(key="money", measure=paid, cuts=money, per=days),
    )


def rfm_segments(
    names: Mapping[str, Iterable[str]] = RETAIL_SEGMENTS,
) -> tuple[Segment, ...]:
    """Return a segment for each of *names* with the scores that belong to it.

    Keys are the names in lower case, words joined by ``_``.
    """
    return tuple(
        Segment(key=name.lower().replace(" ", "_"), levels=tuple(sorted(scores)))
        for name, scores in names.items()
    )
