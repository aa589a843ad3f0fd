"""The laws of the kit hold for referral: campaigns, the watch of the spread (S19)."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from community_sdk.decisions import Mode
from community_sdk.events import Event
from community_sdk.playbook import Playbook, dumps, loads
from community_sdk.testing import laws
from community_sdk.testing import strategies as cst
from tests.laws.effort import one_in

FAMILIES = ("bring", "spread")
KINDS = (
    *(
        "joined",
        "joined",
        "joined",
        "joined",
        "left",
        "member_removed",
        "identity_linked",
    ),
    *("purchase", "refund", "referral_claimed", "referral_claimed"),
    *("referral_judged", "invitation_sent"),
)
Run = tuple[Playbook, list[Event]]


@st.composite
def runs(draw: st.DrawFn, *, late: bool = True) -> Run:
    """Policies of referral and what they answer."""
    modes = (Mode.ACT,) if not late else (Mode.ACT, Mode.ACT, Mode.SHADOW, Mode.PROPOSE)
    book = draw(cst.playbooks(FAMILIES, modes=modes))
    told = late and draw(st.booleans())
    return book, draw(cst.histories(playbook=book, kinds=KINDS, late=told, min_size=4))


@given(run=runs())
@settings(one_in(10))
def test_every_law_holds(run: Run) -> None:
    """Whatever the policies and the history."""
    laws.check_playbook(*run)


@given(run=runs(late=False), data=st.data())
@settings(one_in(10))
def test_nothing_depends_on_when_time_is_advanced(
    run: Run, data: st.DataObject
) -> None:
    """Lazy days, weeks and ends equal eager ones."""
    book, history = run
    gaps = (timedelta(0), timedelta(microseconds=1), timedelta(hours=30))
    instants = [e.recorded_at + gap for e in history for gap in gaps]
    pauses = data.draw(st.lists(st.sampled_from(instants), max_size=3))
    laws.lazy_equals_eager(book, history, pauses)


@given(book=cst.playbooks(FAMILIES))
@settings(one_in(4))
def test_a_file_holds_every_policy(book: Playbook) -> None:
    """Written and read back it is the same playbook."""
    assert loads(dumps(book)) == book
