"""What has happened so far in a drawn history."""

from __future__ import annotations

from datetime import datetime

from attrs import define, field

__all__ = ["Scene"]


@define
class Scene:
    """What has happened so far, for events that refer to earlier ones.

    Each list holds pairs of an id and the member whom it is about.
    """

    at: datetime
    strikes: list[tuple[str, str]] = field(factory=list[tuple[str, str]])
    sanctions: list[tuple[str, str]] = field(factory=list[tuple[str, str]])
    proposals: list[tuple[str, str]] = field(factory=list[tuple[str, str]])
    duties: list[tuple[str, str]] = field(factory=list[tuple[str, str]])
    emergencies: list[tuple[str, str]] = field(factory=list[tuple[str, str]])
