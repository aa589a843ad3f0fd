"""Where a member stands, whoever decided it."""

from community_sdk import events as ev
from community_sdk.model import DecisionId
from tests.unit.desk import DAY, START, Desk


def test_a_ban_that_no_policy_knows_is_told() -> None:
    """Taken over from another system: it stands in the answer while it holds."""
    desk = Desk()
    desk.tell(ev.Joined, START, "ann")
    more = {"sanction": DecisionId("old"), "measure": "ban", "until": START + 3 * DAY}
    desk.tell(ev.SanctionImported, START + DAY, "ann", **more)
    (told,) = desk.engine.standing("ann").parts
    assert told.key == "penalty.in_force"
    assert told["measure"] == "ban"
    assert told["until"] == (START + 3 * DAY).isoformat()
    desk.tell(ev.Joined, START + 4 * DAY, "bo")
    assert desk.engine.standing("ann").parts == ()
