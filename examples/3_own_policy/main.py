"""A policy written outside the library."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import ClassVar

from attrs import frozen

from community_sdk import Community, Mode, Playbook, because, say
from community_sdk.decisions import Recommend
from community_sdk.events import EventTypes, MessagePosted
from community_sdk.model import CommunityId, EventId, MemberId, PolicyKey
from community_sdk.policies import Scope
from community_sdk.state import State


@frozen(kw_only=True)
class ThankNightOwls:
    """Thank whoever answers somebody after *hour* o'clock, local time."""

    answers: ClassVar[EventTypes] = (MessagePosted,)

    key: PolicyKey
    hour: int = 22
    mode: Mode = Mode.ACT
    scope: Scope = Scope.MEMBER

    def decide(self, event: MessagePosted, state: State, /) -> Iterator[Recommend]:
        """Suggest a thank-you."""
        clock = state.calendar.clock(state.at_us)
        if event.reply and clock.hour >= self.hour:
            why = because("owls.thanks", clock=f"{clock:%H:%M}")
            yield Recommend(action="thank", because=why)


def run() -> list[str]:
    """Return what is suggested for an answer at half past ten in Shanghai."""
    playbook = Playbook(
        community=Community(key=CommunityId("night"), zone="Asia/Shanghai"),
        policies=(ThankNightOwls(key=PolicyKey("owls")),),
    )
    answer = MessagePosted(
        id=EventId("m-1"),
        at=datetime(2026, 11, 16, 14, 30, tzinfo=UTC),
        member=MemberId("ann"),
        reply=True,
    )
    return [say(d.because, "en") for d in playbook.engine().receive(answer)]


if __name__ == "__main__":
    print(*run(), sep="\n")
