"""All acts of order in random sequence, beside plain lists (S05 S06 S07)."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from community_sdk import events as ev
from community_sdk._time import instant, micros
from community_sdk.decisions import ApplySanction, Recommend, RequestConsent
from community_sdk.engine import Step
from community_sdk.model import (
    AppealOutcome,
    DecisionId,
    EventId,
    LadderStep,
    LaterSanctions,
    MemberId,
    Whereabouts,
)
from community_sdk.policies import (
    rolled_back,
)
from tests.laws.effort import one_in
from tests.laws.order_model import Breach, Penalty, Wish, length
from tests.laws.order_scene import (
    ADMIN,
    DAY,
    MEMBERS,
    RULES,
    STAFF,
    OrderScene,
)


class OrderBesideLists(OrderScene):
    """The engine, and lists that are searched from the beginning each time."""

    # -- taking back -------------------------------------------------------------------

    @rule(who=st.sampled_from(MEMBERS), data=st.data())
    def lift(self, who: str, data: st.DataObject) -> None:
        """Show mercy: the sanction ends, its breach counts on."""
        lists = self.lists[who]
        if not lists.penalties:
            return
        one = data.draw(st.sampled_from(lists.penalties))
        step = self.tell(ev.SanctionLifted, who, sanction=DecisionId(one.key))
        if not one.runs(self.now):
            assert self.refused(step) == ["sanction.not_active"]
        else:
            assert not self.refused(step)
            one.state = "lifted"

    @rule(who=st.sampled_from(MEMBERS), data=st.data())
    def overturn(self, who: str, data: st.DataObject) -> None:
        """Say that a breach was a mistake, perhaps before it is told."""
        lists = self.lists[who]
        known = [b.key for b in lists.breaches]
        causes = [p.rests[0] for p in lists.penalties if p.rests]
        coming = f"e{len(self.told) + 1:03}"
        key = data.draw(st.sampled_from([*known, *causes, coming]))
        step = self.tell(ev.StrikeOverturned, who, strike=EventId(key))
        one = lists.breach(key)
        gone = key in lists.voided if one is None else one.gone
        if gone:
            assert self.refused(step) == ["sanction.already_overturned"]
        else:
            # What is asked anew may meet something that stands against it.
            assert set(self.refused(step)) <= {"sanction.already_active"}
            self.gone(step, who, [key])

    @rule(who=st.sampled_from(MEMBERS), data=st.data(), granted=st.booleans())
    def appeal(self, who: str, data: st.DataObject, *, granted: bool) -> None:
        """Appeal a sanction; somebody without an interest decides."""
        lists = self.lists[who]
        open_to = [
            p for p in lists.penalties if p.state != "overturned" and not p.appealed
        ]
        if not open_to:
            return
        one = data.draw(st.sampled_from(open_to))
        one.appealed = True
        appeal = EventId(self.next_key())
        filed = self.tell(ev.AppealFiled, who, sanction=DecisionId(one.key))
        assert not self.refused(filed)
        outcome = AppealOutcome.GRANTED if granted else AppealOutcome.DENIED
        self.tell(ev.RoleAssigned, "zoe", role=ADMIN)
        step = self.tell(
            ev.AppealDecided,
            who,
            actor=MemberId("zoe"),
            appeal=appeal,
            outcome=outcome,
        )
        assert set(self.refused(step)) <= {"sanction.already_active"}
        if granted and one.rests:
            self.gone(step, who, one.rests[:1])
        elif granted:
            lists.undo(one)

    @rule(by=st.sampled_from(STAFF), days=st.sampled_from([1, 3, 30]))
    def roll_back(self, by: str, days: int) -> None:
        """Take back all that one person did in some days."""
        since = self.now - days * DAY
        order = ev.ActsRolledBack(
            id=EventId(self.next_key()),
            at=self.now,
            issuer=MemberId(by),
            since=since,
            until=self.now,
        )
        people = [self.engine.members[name] for name in MEMBERS]
        made = {str(e.member): e for e in rolled_back(order, people)}
        for who, lists in self.lists.items():
            mine = {b.key for b in lists.breaches if not b.gone and b.by == by}
            known = {b.key: b.known for b in lists.breaches}
            known |= {
                p.rests[0]: p.since for p in lists.penalties if not p.ladder and p.rests
            }
            mine |= {
                p.rests[0]
                for p in lists.penalties
                if not p.ladder and p.by == by and p.state != "overturned"
            }
            keys = [k for k in mine if since <= known[k] < self.now]
            assert (who in made) is bool(keys)
            if keys:
                self.gone(self.receive(made[who]), who, keys)

    def gone(self, step: Step, who: str, keys: list[str]) -> None:
        """Breaches were mistakes: what they led to, and what rested on them."""
        lists = self.lists[who]
        before = {b.key for b in lists.breaches if b.gone}
        for key in keys:
            known = lists.breach(key)
            if known is None:
                lists.voided.append(key)
            else:
                known.gone = True
        withdrawn = [w for w in lists.wishes if {*w.rests} & {*keys}]
        lists.wishes = [w for w in lists.wishes if w not in withdrawn]
        stale: list[tuple[Penalty, LadderStep | None]] = []
        for one in lists.penalties:
            if one.state == "overturned" or not {*one.rests} & {*keys}:
                continue
            was = lists.would_be(one, before)
            now = lists.would_be(one, before | {*keys})
            if one.rests[0] in keys:
                stale.append((one, None))
            elif shape(was) != shape(now):
                stale.append((one, now))
        for mistake in (p for p, _ in stale if p.rests[0] in keys):
            lists.undo(mistake)
        self.asked_again(step, who, withdrawn)
        self.taken_back(step, who, keys, stale)

    def asked_again(self, step: Step, who: str, withdrawn: list[Wish]) -> None:
        """What waited on other grounds is answered anew, the harshest at once."""
        lists, now = self.lists[who], self.now
        found: list[tuple[Breach, LadderStep, list[str]]] = []
        for wish in withdrawn:
            new = lists.breach(wish.cause)
            if new is None or new.gone:
                continue
            counted = lists.counted(new.category, now)
            due = lists.step(new, counted)
            if due is not None and lists.meets(due.kind.word, new.by, now):
                rests = [new.key, *(b.key for b in counted if b is not new)]
                found.append((new, due, rests))
        asked = [d for d in step if isinstance(d, RequestConsent)]
        bans = [one for one in found if one[1].kind.word == "ban"]
        for made, (new, due, rests) in zip(asked, bans, strict=True):
            wish = Wish(str(made.id), new.key, rests, due, new.by, now, now + 3 * DAY)
            lists.wishes.append(wish)
        rest = [one for one in found if one not in bans]
        if rest:
            new, due, rests = max(rest, key=lambda one: harsh(one[1]))
            self.imposed(step, who, rests, due, by=new.by)

    def taken_back(
        self,
        step: Step,
        who: str,
        keys: list[str],
        stale: list[tuple[Penalty, LadderStep | None]],
    ) -> None:
        """Hold what becomes of the sanctions *stale* against the lists."""
        later = [(one, due) for one, due in stale if one.rests[0] not in keys]
        flags = {
            (str(d.properties["sanction"]), str(d.properties["would_be"]))
            for d in step
            if isinstance(d, Recommend) and d.action == "review_sanction"
        }
        made = [d for d in step if isinstance(d, ApplySanction) and d.since]
        if self.ladder.later is LaterSanctions.STAND_AND_FLAG:
            wanted = {(p.key, due.kind.word if due else "") for p, due in later}
            assert (flags, made) == (wanted, [])
            return
        assert not flags
        assert len(made) == sum(due is not None for _, due in later)
        for one, due in later:
            self.counted_again(made, who, one, due)

    def counted_again(
        self, made: list[ApplySanction], who: str, one: Penalty, due: LadderStep | None
    ) -> None:
        """A sanction becomes the step that it had been, from when it began."""
        lists, state, was = self.lists[who], one.state, one.replaced
        lists.undo(one)
        if due is None:
            return
        rests = [k for k in one.rests if not getattr(lists.breach(k), "gone", True)]
        (new,) = (d for d in made if d.strikes[0] == one.rests[0])
        assert [*new.strikes] == rests
        assert new.since == one.since
        lasts = length(due)
        until = None if lasts is None else one.since + lasts
        over = until is not None and until <= self.now
        state = "lifted" if state == "lifted" else "expired" if over else "active"
        word = due.kind.word
        next_one = Penalty(
            str(new.id),
            word,
            one.since,
            until,
            one.by,
            rests,
            ladder=True,
            state=state,
            replaced=was,
        )
        lists.penalties.append(next_one)
        lists.use(next_one)

    # -- consent -----------------------------------------------------------------------

    @rule(
        who=st.sampled_from(MEMBERS),
        data=st.data(),
        by=st.sampled_from([*STAFF, "dan"]),
        agrees=st.sampled_from([True, True, True, False]),
    )
    def vote(self, who: str, data: st.DataObject, by: str, *, agrees: bool) -> None:
        """Agree to a ban, or refuse it."""
        lists = self.lists[who]
        if not lists.wishes:
            return
        wish = data.draw(st.sampled_from(lists.wishes))
        make = ev.ProposalApproved if agrees else ev.ProposalRefused
        step = self.tell(make, who, actor=MemberId(by), proposal=DecisionId(wish.key))
        refused = {
            "consent.self": by == who,
            "consent.proposer": by == wish.by,
            "consent.not_holder": by not in STAFF,
            "consent.twice": by in wish.voices,
        }
        reasons = [key for key, holds in refused.items() if holds]
        if reasons:
            assert self.refused(step) == reasons[:1]
        elif not agrees:
            lists.wishes.remove(wish)
        elif wish.voices:
            lists.wishes.remove(wish)
            self.imposed(step, who, wish.rests, wish.step, by=wish.by)
        else:
            wish.voices.append(by)

    # -- what must hold ----------------------------------------------------------------

    @invariant()
    def records_agree(self) -> None:
        """Strikes and sanctions stand as in the lists; what is open says so."""
        for who, lists in self.lists.items():
            member = self.engine.members[who]
            strikes = {
                s.id: (s.overturned, s.forgiven, s.consumed) for s in member.strikes
            }
            assert strikes == {
                b.key: (b.gone, b.forgiven, b.used) for b in lists.breaches
            }
            sanctions = {
                r.id: (r.measure, r.state, r.replaced) for r in member.sanctions
            }
            assert sanctions == {
                p.key: (p.word, p.state, p.replaced) for p in lists.penalties
            }
            for record in member.sanctions:
                over = record.until is not None and record.until <= micros(self.now)
                assert not (over and record.state == "active")
            assert {c.id for c in member.consents} == {w.key for w in lists.wishes}

    @invariant()
    def what_holds_agrees(self) -> None:
        """So does what holds the member, until when, and where that leaves them."""
        for who, lists in self.lists.items():
            member, us = self.engine.members[who], micros(self.now)
            held: dict[str, datetime | None] = {}
            for record in member.in_force(us):
                until = None if record.until is None else instant(record.until)
                ends = (until, held.get(record.measure, until))
                held[record.measure] = (
                    None if None in ends else max(e for e in ends if e)
                )
            assert held == lists.held(self.now)
            out = member.whereabouts(us) in (Whereabouts.BANNED, Whereabouts.REMOVED)
            assert out is lists.out(self.now)

    @invariant()
    def counts_agree(self) -> None:
        """What counts is what the lists count, and the rest is left out for cause."""
        for who, lists in self.lists.items():
            view = self.engine.view(who)
            for category in RULES:
                tally = self.ladder.tally(view, category, category)
                found = lists.counted(category, self.now)
                assert [s.id for s in tally.counted] == [b.key for b in found]
                assert tally.total == tally.stands == lists.total(found)
                assert {out.strike.id: out.reason for out in tally.left_out} == {
                    b.key: reason
                    for b in lists.breaches
                    if (reason := lists.reason(b, category, self.now))
                }


def harsh(step: LadderStep) -> tuple[int, timedelta]:
    """Return by what steps are compared."""
    return (step.kind.order, length(step) or DAY)


def shape(step: LadderStep | None) -> object:
    """Return what two steps share that come to the same."""
    return None if step is None else (step.kind, step.duration)


TestOrder = OrderBesideLists.TestCase
TestOrder.settings = one_in(2)
