"""Instants, windows, durations, periods: all arithmetic on time, half-open (S05 S08).

Instants are aware datetimes; inside, integers of microseconds since 1970 (UTC). Days,
half-months, weeks and months are cut in the time zone of the community.
"""

from community_sdk._time.calendar import Calendar, Period, PeriodUnit
from community_sdk._time.dates import Dates, Hours
from community_sdk._time.instants import (
    DAY,
    EPOCH,
    SECOND,
    instant,
    micros,
    stamp,
    zone,
)
from community_sdk._time.lengths import Duration, Window, WindowKind
from community_sdk._time.quiet import QuietHours
from community_sdk._time.schedule import Schedule

__all__ = [
    "DAY",
    "EPOCH",
    "SECOND",
    "Calendar",
    "Dates",
    "Duration",
    "Hours",
    "Period",
    "PeriodUnit",
    "QuietHours",
    "Schedule",
    "Window",
    "WindowKind",
    "instant",
    "micros",
    "stamp",
    "zone",
]
