"""Laws of what is decided: purely, of everybody alike, once, and with its fact."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from datetime import timedelta
from typing import Any, Final, cast, get_args, get_type_hints

import attrs

from community_sdk import events as ev
from community_sdk.decisions import ApplySanction, Decision, EndSanction, Mode
from community_sdk.engine import Engine, Operable, Step
from community_sdk.events import Event
from community_sdk.model import SanctionState
from community_sdk.policies import Policy
from community_sdk.state import State
from community_sdk.testing._disguise import Disguised, Under
from community_sdk.testing._trail import (
    HORIZON,
    History,
    apart,
    decisions,
    fail,
    nameless,
    plain,
    run,
    same,
    same_state,
    swapped,
)

__all__ = [
    "answers_match_annotation",
    "decide_is_pure",
    "facts_follow_decisions",
    "ids_are_unique",
    "late_arrival_changes_no_count",
    "names_do_not_matter",
    "one_consequence",
    "sanctions_end_or_are_open",
]


def answers_match_annotation(policy: Policy, /) -> None:
    """Hold *answers* against the annotation of the *event* that `decide` takes.

    Annotated with `Event` (or `Any`) it may answer anything; annotated with classes,
    it answers exactly these.

    Raises:
        AssertionError: they differ, or the event is not annotated.
    """
    hints = get_type_hints(type(policy).decide)
    annotated = next((h for name, h in hints.items() if name != "return"), None)
    classes = set(get_args(annotated) or (annotated,))
    if classes <= {Event, Any}:
        return
    if classes != set(policy.answers):
        wanted = ", ".join(sorted(getattr(c, "__name__", str(c)) for c in classes))
        found = ", ".join(sorted(c.__name__ for c in policy.answers))
        raise AssertionError(
            f"policy `{policy.key}` answers {found}, but its `decide` takes {wanted}"
        )


class _Watched(Disguised):
    """A policy whose `decide` is asked twice and must leave everything as it was."""

    def decide(self, event: Any, state: State, /) -> list[Any]:
        """Decide, and compare what is seen before and after."""
        before = _seen(state)
        first = list(self.policy.decide(event, state))
        again = list(self.policy.decide(event, state))
        if places := list(apart(before, _seen(state))):
            raise AssertionError(
                f"policy `{self.key}` changed the state while it decided about"
                f" `{event.name}`: {places[0]}"
            )
        if places := list(apart(plain(first), plain(again), "answer")):
            raise AssertionError(
                f"policy `{self.key}`, asked twice about `{event.name}`, answered"
                f" differently: {places[0]}"
            )
        return again


def _seen(state: State) -> dict[str, Any]:
    return {
        "member": state.member.plain(),
        "actor": state.actor.plain(),
        "community": state.community.plain(),
        "mine": deepcopy(state.mine),
    }


def decide_is_pure(playbook: Operable, history: History, /) -> None:
    """`decide` changes nothing, and says the same when it is asked again.

    Raises:
        AssertionError: it does not.
    """
    watched = Under(playbook, [_Watched(policy) for policy in playbook.policies])
    try:
        run(cast("Operable", watched), history)
    except Exception as error:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, AssertionError):
            cause = cause.__cause__
        if cause is None:
            raise
        fail(str(cause), history)


_TAKEN_AS_TOLD: Final = ("identity_linked", "tier_imported", "sanction_imported")


def late_arrival_changes_no_count(playbook: Operable, history: History, /) -> None:
    """Events that come late, in any order, end in the same windows and strikes.

    What policies make of them may differ, because they judge at the present: here
    they only watch. Compared are every metric of the playbook, the strikes, the
    membership of everybody and the counts of the community. Opening facts and links
    of identities are left out: they are taken in the order in which they are told.

    Raises:
        AssertionError: they do not.
    """
    silent = [Disguised(policy, Mode.SHADOW) for policy in playbook.policies]
    shadow = cast("Operable", Under(playbook, silent))
    history = [event for event in history if event.kind not in _TAKEN_AS_TOLD]
    if not history:
        return
    in_time = [attrs.evolve(e, recorded_at=e.at) for e in history]
    in_time.sort(key=lambda e: (e.at, e.seq))
    end = max(e.recorded_at for e in history) + HORIZON
    counts: list[dict[str, Any]] = []
    for told in (in_time, history):
        engine = run(shadow, told)[1]
        engine.advance(end)
        counts.append(_counts(engine))
    what = "events that came late ended in other counts than the same in time"
    same_state(what, counts[0], counts[1], history)


def _counts(engine: Engine) -> dict[str, Any]:
    community = engine.community
    out: dict[str, Any] = {
        "members": community.members,
        "groups": {g: n for g, n in community.groups.items() if n},
    }
    for name in sorted(engine.members):
        state = engine.view(name)
        member = state.member
        out[name] = {
            "strikes": [attrs.evolve(s, recorded=0).plain() for s in member.strikes],
            "here": member.here,
            "since": member.since,
            "groups": sorted(member.groups),
            **{str(plain(m)): state.measure(m) for m in state.readers},
        }
    return out


# -- people --------------------------------------------------------------------------

_REFERENCES: Final = (
    *("member", "actor", "alias", "invited_by", "reply_to"),
    *("strike", "sanction", "proposal", "obligation", "decision"),
)


def names_do_not_matter(
    playbook: Operable, history: History, /, pair: tuple[str, str] | None = None
) -> None:
    """Swapping two members in the whole history swaps what is decided about them.

    *pair* None: the first two by name. Events that refer to a decision by its id refer
    to the swapped one.

    Raises:
        AssertionError: they were treated differently.
    """
    people = sorted({str(e.member) for e in history if e.member is not None})
    one, two = pair or (*people, "somebody", "nobody")[:2]
    names = {one: two, two: one}
    here, there = Engine(playbook), Engine(playbook)
    for nth, event in enumerate(history):
        left = here.receive(event).decisions
        right = there.receive(_mirrored(event, names)).decisions
        expected = sorted((nameless(swapped(plain(d), names)), d.id) for d in left)
        found = sorted((nameless(plain(d)), d.id) for d in right)
        what = f"`{one}` and `{two}` were treated differently at event {nth + 1}"
        same(what, [t for t, _ in expected], [t for t, _ in found], history)
        for (_, this), (_, that) in zip(expected, found, strict=True):
            names |= {str(this): str(that), f"{this}:fact": f"{that}:fact"}


def _mirrored(event: Event, names: dict[str, str]) -> Event:
    changed = {
        name: names[value]
        for name in _REFERENCES
        if isinstance(value := getattr(event, name, None), str) and value in names
    }
    return attrs.evolve(event, **cast("Any", changed))


# -- decisions -----------------------------------------------------------------------


def one_consequence(playbook: Operable, history: History, /) -> None:
    """In one round, nobody is sanctioned twice.

    Decisions in shadow do not count, nor do corrections, each of which stands for an
    earlier sanction.

    Raises:
        AssertionError: somebody is.
    """
    for step in run(playbook, history)[0]:
        rounds = _rounds(step)
        found = Counter(
            (str(d.member), rounds[str(d.id)])
            for d in step.decisions
            if isinstance(d, ApplySanction) and d.mode is not Mode.SHADOW
            if d.since is None
        )
        for (member, (root, _)), times in found.items():
            if times > 1:
                fail(f"`{root}` sanctioned `{member}` {times} times at once", history)


def _rounds(step: Step) -> dict[str, tuple[str, int]]:
    """Return, by decision, what began its rounds and which of them it belongs to."""
    out: dict[str, tuple[str, int]] = {}
    causes: dict[str, tuple[str, int]] = {}
    for decision in step.decisions:
        trigger = str(decision.trigger)
        root, depth = causes.get(trigger, (trigger, 0))
        out[str(decision.id)] = (root, depth)
        causes[f"{decision.id}:fact"] = (root, depth + 1)
    return out


def sanctions_end_or_are_open(playbook: Operable, history: History, /) -> None:
    """A sanction with an end ends once, by time or mercy; others stay.

    A correction ends it too, once, also where it was over. What takes the place of
    another may be over already when it is told.

    Raises:
        AssertionError: one never ended, or ended twice.
    """
    steps, engine = run(playbook, history)
    found = [d for d in decisions(steps) if d.mode is not Mode.SHADOW]
    imposed = [d for d in found if isinstance(d, ApplySanction)]
    last = max((d.until for d in imposed if d.until is not None), default=None)
    if last is not None:
        found += engine.advance(last + timedelta(seconds=1)).decisions
    ends = [d for d in found if isinstance(d, EndSanction)]
    ended = Counter(str(d.sanction) for d in ends)
    twice = Counter((d.sanction, d.state is SanctionState.OVERTURNED) for d in ends)
    lifted = {str(e.sanction) for e in history if isinstance(e, ev.SanctionLifted)}
    for decision in imposed:
        times = ended[str(decision.id)]
        over = decision.state in (SanctionState.EXPIRED, SanctionState.LIFTED)
        open_ended = decision.until is None or str(decision.id) in lifted or over
        again = any(twice[decision.id, wrong] > 1 for wrong in (True, False))
        if again or (not times and not open_ended):
            shown = f"`{decision.step.kind}` of `{decision.member}`"
            fail(f"{shown} until {decision.until} ended {times} times", history)


_FACTS: Final = {
    "admit": "admitted",
    "refuse_admission": "admission_refused",
    "put_on_waiting_list": "waitlisted",
    "note_first_value": "first_value_reached",
    "pause_contact": "contact_paused",
    "open_obligation": "obligation_opened",
    "report_breach": "rule_broken",
    "apply_sanction": "sanction_imposed",
    "confirm_sanction": "sanction_confirmed",
    "end_sanction": "sanction_ended",
    "overturn_strike": "strike_overturned",
    "dismiss_proposal": "proposal_dismissed",
    "change_tier": "tier_changed",
    "renew_tier": "tier_renewed",
    "start_tier_grace": "tier_grace_started",
    "end_tier_grace": "tier_grace_ended",
    "note_tier_review": "tier_reviewed",
    "record_stage": "stage_reached",
    "record_answer": "answer_given",
    "request_consent": "proposal_opened",
    "open_case": "case_opened",
    "close_case": "case_closed",
    "confirm_breach": "rule_broken",
    "amend_rulebook": "rulebook_amended",
    "close_motion": "motion_closed",
    "close_period": "period_closed",
    "post_points": "points_posted",
    "grant_reward": "reward_granted",
    "grant_badge": "badge_granted",
    "revoke_badge": "badge_revoked",
    "name_best": "best_named",
    "give_tag": "tag_given",
    "end_tag": "tag_ended",
    "assign_segment": "segment_changed",
    "change_lifecycle": "lifecycle_changed",
    "attribute_join": "join_attributed",
    "note_channel_result": "channel_result_noted",
    "reclaim_member": "follow_up_reclaimed",
}


def facts_follow_decisions(playbook: Operable, history: History, /) -> None:
    """Each decision that makes something true has its fact, and no other one has.

    Raises:
        AssertionError: a fact is missing, or nobody decided it.
    """
    for step in run(playbook, history)[0]:
        expected = [_fact(d) for d in step.decisions if d.kind in _FACTS]
        found = [
            (str(fact.id), fact.kind, fact.member)
            for fact in step.facts
            if str(fact.id).endswith(":fact")
        ]
        wanted = [fact for fact in expected if fact is not None]
        same("facts and decisions do not match", wanted, found, history)


def _fact(decision: Decision) -> tuple[str, str, str | None] | None:
    if decision.mode is Mode.SHADOW:
        return None
    return (f"{decision.id}:fact", _FACTS[decision.kind], decision.member)


def ids_are_unique(playbook: Operable, history: History, /) -> None:
    """No two decisions of a history share an id, nor do two facts.

    Raises:
        AssertionError: two do.
    """
    steps, _ = run(playbook, history)
    for what, names in (
        ("decision", [str(d.id) for step in steps for d in step.decisions]),
        ("fact", [str(f.id) for step in steps for f in step.facts]),
    ):
        twice = sorted(name for name, n in Counter(names).items() if n > 1)
        if twice:
            fail(f"{what} `{twice[0]}` was made twice", history)
