"""Growth from the door to the report: ten weeks of a real community, and one code.

Two things are not in the data: that who came by themselves scanned a code, and what the
web page cost.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from importlib.resources import as_file, files
from pathlib import Path
from zoneinfo import ZoneInfo

from community_sdk import Engine, Playbook, load
from community_sdk.adapters.tables import Refusal, read_table
from community_sdk.decisions import Decision, Recommend, Route, TellReferralStage
from community_sdk.events import ChannelSpent, CodeScanned, Event, Joined
from community_sdk.metrics import Retention, RetentionMatrix, Selection, nearest
from community_sdk.model import EventId, MemberId, Money
from community_sdk.report.period import Chronicle, PeriodReport, html, text
from community_sdk.wording import Names, say_decision

HERE = Path(__file__).parent
CREDIT = "dd2030 / digitaldemocracy2030 slack-logs, CC BY 4.0"
TOKYO = ZoneInfo("Asia/Tokyo")
APRIL = date(2025, 4, 30)


def history() -> list[Event]:
    """Return what happened; whoever came by themselves scans the code first."""
    with as_file(files("community_sdk.cli") / "demo_data") as folder:
        table = read_table(folder / "dd2030_slack.csv.gz", "dd2030_slack")
        told = [each for each in table if not isinstance(each, Refusal)]
    spent = ChannelSpent(
        id=EventId("poster"),
        at=datetime(2025, 4, 1, 3, tzinfo=UTC),
        channel="page",
        money=Money(60_000, "JPY"),
    )
    return sorted([*_scans(told), *told, spent], key=lambda e: (e.at, e.seq))


def _scans(told: list[Event]) -> Iterator[Event]:
    known: set[MemberId | None] = set()
    for event in told:
        if event.member in known:
            continue
        known.add(event.member)
        if isinstance(event, Joined) and not event.bot and event.invited_by is None:
            yield CodeScanned(
                id=EventId(f"scan {event.id}"),
                at=event.at,
                seq=event.seq - 1,
                member=event.member,
                code="poster",
            )


class Community:
    """The host: it tells what happened, and does what is decided."""

    def __init__(self, playbook: Playbook) -> None:
        """Begin with an empty community."""
        self.engine = Engine(playbook)
        self.chronicle = Chronicle(playbook, source="dd2030_slack", credit=CREDIT)
        self.decisions: list[Decision] = []

    def tell(self, event: Event) -> None:
        """Tell an event; whoever is led into a hall enters it."""
        step = self.engine.receive(event)
        self.chronicle.see(event, step)
        self.decisions += step.decisions
        for decision in step.decisions:
            if isinstance(decision, Route):
                self.tell(_entered(decision, event))

    def close(self) -> None:
        """Let what is due by the end of the history happen."""
        if self.engine.now is not None:
            step = self.engine.advance(self.engine.now)
            self.chronicle.see(None, step)
            self.decisions += step.decisions
        self.chronicle.finish(self.engine)


def _entered(route: Route, scan: Event) -> Event:
    return Joined(
        id=EventId(f"entry {route.id}"),
        at=scan.at,
        seq=scan.seq,
        member=route.person,
        group=route.group,
    )


def run() -> Community:
    """Tell the whole history."""
    community = Community(load(HERE / "circle.toml"))
    for event in history():
        community.tell(event)
    community.close()
    return community


def retention(told: Sequence[Event]) -> RetentionMatrix:
    """Return who wrote again, by the month of the first message."""
    wrote = Selection("message")
    monthly = Retention(
        target=wrote, returning=wrote, period="month", zone="Asia/Tokyo"
    )
    march = datetime(2025, 3, 1, tzinfo=TOKYO)
    return monthly.matrix(told, start=march, intervals=3, until=told[-1].at)


def show(community: Community, lang: str) -> PeriodReport:
    """Print one decision of each sort and the report of April; return the report."""
    playbook, decisions = community.chronicle.playbook, community.decisions
    names = Names.of(playbook)
    for kind in (Route, Recommend, TellReferralStage):
        found = [d for d in decisions if isinstance(d, kind)]
        said = say_decision(found[0], lang, zone="Asia/Tokyo", names=names)
        print(f"{len(found)} × {said}")
    report = community.chronicle.report("month", on=APRIL)
    print(text.render(report, lang))
    return report


if __name__ == "__main__":
    language = sys.argv[1] if len(sys.argv) > 1 else "en"
    whole = run()
    table = retention(whole.chronicle.told)
    for nth, month in enumerate(table.starts):
        rates = (table.rate(nth, k) for k in range(3))
        shown = ["–" if r is None else f"{nearest(r * 100)}%" for r in rates]
        print(f"{month.astimezone(TOKYO):%Y-%m}", table.size(nth), *shown)
    page = html.render(show(whole, language), language)
    Path("growth.html").write_text(page, encoding="utf-8")
    print("growth.html")
