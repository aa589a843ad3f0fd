"""What the platform itself allows: scans a day, life of a code, size of a group."""

from __future__ import annotations

from typing import Final

from attrs import field, validators

from community_sdk._time import Duration, Window, WindowKind, instant, micros
from community_sdk._values import frozen
from community_sdk.events import JoinRequested
from community_sdk.explanation import Explanation, because
from community_sdk.metrics import Metric
from community_sdk.state import State

__all__ = ["PlatformLimits"]

_TODAY: Final = Window(WindowKind.DAY)


@frozen(kw_only=True)
class PlatformLimits:
    """Limits of the platform; None: it sets none.

    An account may scan itself into *joins_a_day* groups on one local day (its own
    entries so far count, through one of *scan_channels*; none named: through any). A
    code is good for *code_valid_for* from when it was made, its end excluded. No group
    holds more than *group_cap*, whatever its own capacity.
    """

    joins_a_day: int | None = field(
        default=None, validator=validators.optional(validators.ge(1))
    )
    scan_channels: tuple[str, ...] = ()
    code_valid_for: Duration | None = None
    group_cap: int | None = field(
        default=None, validator=validators.optional(validators.ge(1))
    )

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Today's entries of the member."""
        if self.joins_a_day is None:
            return ()
        if not self.scan_channels:
            return (Metric("count", "joined", _TODAY),)
        return tuple(
            Metric("count", "joined", _TODAY, where=(("channel", channel),))
            for channel in dict.fromkeys(self.scan_channels)
        )

    def against(
        self, event: JoinRequested, held: int, state: State
    ) -> Explanation | None:
        """Explain which limit *event* is beyond; *held* were granted, not used yet."""
        valid = self.code_valid_for
        if event.code_issued is not None and valid is not None:
            ends = valid.after(micros(event.code_issued), state.calendar.where)
            if state.at_us >= ends:
                return because(
                    "admission.code_expired",
                    issued=event.code_issued,
                    until=instant(ends),
                )
        scanned = not self.scan_channels or event.channel in self.scan_channels
        if self.joins_a_day is None or not scanned:
            return None
        used = held + sum(state.measure(metric) or 0 for metric in self.metrics)
        if used < self.joins_a_day:
            return None
        calendar = state.calendar
        midnight = calendar.start(calendar.day(state.now_us) + 1)
        return because(
            "admission.day_limit",
            used=used,
            limit=self.joins_a_day,
            until=instant(midnight),
        )

    def room(self, capacity: int | None) -> int | None:
        """Return how many a group of *capacity* may hold on the platform."""
        caps = [cap for cap in (capacity, self.group_cap) if cap is not None]
        return min(caps, default=None)
