"""The laws of the kit hold for points, badges, gifts and the best (S17)."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk.decisions import Mode
from community_sdk.events import Event
from community_sdk.playbook import Playbook
from community_sdk.testing import laws
from community_sdk.testing import strategies as cst
from tests.laws.effort import one_in

FAMILIES = ("points", "badges", "gifts", "credit", "best", "tier")
KINDS = (
    *("message", "purchase", "refund", "reaction", "balance_imported"),
    *("points_adjusted", "points_reversed", "order_cancelled", "introduced"),
    *("redemption_requested", "redemption_requested", "redemption_returned"),
    *("gift_sent", "gift_returned", "badge_withdrawn", "identity_linked"),
)
Run = tuple[Playbook, list[Event]]


@st.composite
def runs(draw: st.DrawFn, *, late: bool = True) -> Run:
    """Incentives and what they answer."""
    modes = (Mode.ACT,) if not late else (Mode.ACT, Mode.ACT, Mode.SHADOW, Mode.PROPOSE)
    book = draw(cst.playbooks(FAMILIES, modes=modes))
    told = late and draw(st.booleans())
    return book, draw(cst.histories(playbook=book, kinds=KINDS, late=told, min_size=4))


@given(run=runs())
@settings(one_in(10))
def test_every_law_holds(run: Run) -> None:
    """Whatever the programme and the history."""
    laws.check_playbook(*run)


@given(run=runs(late=False), data=st.data())
@settings(one_in(10))
def test_what_is_over_is_over_late_as_in_time(run: Run, data: st.DataObject) -> None:
    """Lazy expiry equals eager expiry."""
    book, history = run
    gaps = (timedelta(0), timedelta(microseconds=1), timedelta(hours=30))
    instants = [e.recorded_at + gap for e in history for gap in gaps]
    pauses = data.draw(st.lists(st.sampled_from(instants), max_size=3))
    laws.lazy_equals_eager(book, history, pauses)
