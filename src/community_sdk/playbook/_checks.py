"""What the parts of a playbook say of one another: nothing may lead to nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, cast

from attrs import fields

from community_sdk.conditions import Compare, Condition, Holds, leaves
from community_sdk.decisions import DECISIONS, Mode
from community_sdk.engine import Engine
from community_sdk.errors import DefinitionError, nearest
from community_sdk.events import KINDS, Event
from community_sdk.events._fields import check_filter, holds, sort_of
from community_sdk.metrics import Metric, WindowPlan
from community_sdk.model import PERMISSIONS, Campaign
from community_sdk.playbook._layout import is_kind
from community_sdk.playbook._notes import Notes, column, inside, listed
from community_sdk.playbook._playbook import Playbook
from community_sdk.policies import Fits, Narrows, Refers
from community_sdk.policies._policy import had, vocabulary
from community_sdk.proposal import EVERY, Consent
from community_sdk.state import entries, read_metrics, shared_entries

if TYPE_CHECKING:
    from community_sdk.metrics.funnel import FieldTest
    from community_sdk.policies import Authority, Funnel, OnboardingPolicy
    from community_sdk.policies.incentive import PointsProgram

__all__ = ["check"]

Named = tuple[str, str, list[str]]
_NEVER_ASKED: Final = ("request_consent", "refuse_act")
_ENVELOPE: Final = frozenset({"id", "at", "recorded_at"})


def check(playbook: Playbook, notes: Notes) -> None:
    """Note every word in *playbook* that nothing answers to."""
    _own_events(playbook, notes)
    _rights(playbook, notes)
    for path, part in notes.parts:
        _part(path, part, playbook, notes)
    for path, text, tree in notes.conditions:
        for metric in _metrics(tree):
            _metric(metric, (path, text), playbook, notes)
    if not notes.problems:
        _whole(playbook, notes)


def _part(path: str, part: object, playbook: Playbook, notes: Notes) -> None:
    clean = not notes.problems
    try:
        if isinstance(part, Campaign):
            _groups(path, part, playbook, notes)
            return
        if isinstance(part, Refers):
            _references(path, part, playbook, notes)
        if isinstance(part, Fits):
            for where, error in part.misfits(playbook, playbook.policies):
                notes.fault(notes.at(path, where), error)
        _events(path, part, playbook, notes)
        _consent(path, part, playbook, notes)
    except Exception:
        # Of what could not be read whole, parts are missing; its mistakes are told.
        if clean:
            raise


def _metrics(tree: Condition) -> Iterator[Metric]:
    """Yield the metrics of a condition, whose names may not be put in."""
    for leaf in leaves(tree):
        sides = (leaf.metric, leaf.value) if isinstance(leaf, Compare) else ()
        held = (leaf.metric,) if isinstance(leaf, Holds) else ()
        yield from (side for side in (*sides, *held) if isinstance(side, Metric))


def _own_events(playbook: Playbook, notes: Notes) -> None:
    seen: set[str] = set()
    for place, word in enumerate(playbook.events):
        path = notes.at("events", f"words[{place}]")
        if word in KINDS:
            notes.wrong(
                path,
                f"expected a word of its own, found `{word}`, which is shipped",
                "event_shipped",
                hint="remove it: shipped events need no declaration",
                found=word,
            )
        elif word in seen:
            message = f"expected each event word once, found `{word}` a second time"
            notes.wrong(path, message, "event_twice", found=word)
        seen.add(word)


def _references(path: str, policy: Refers, playbook: Playbook, notes: Notes) -> None:
    for where, word, known in policy.problems(playbook):
        reference(notes.at(path, where), word, known, notes)


def reference(path: str, word: str, known: Iterable[str], notes: Notes) -> None:
    """Note that *word* names nothing that exists."""
    words = [str(each) for each in known]
    among = f"one of {listed(words)}" if words else "a name that the playbook declares"
    notes.wrong(
        path,
        f"expected {among}, found `{word}`",
        "reference",
        hint="" if words else "it declares none of this sort",
        near=(word, words),
        found=word,
        expected=listed(words),
    )


def _events(path: str, policy: object, playbook: Playbook, notes: Notes) -> None:
    """Check the event words of a policy, and the fields that it filters by."""
    named: list[tuple[str, str, Any]] = []
    if is_kind(policy, "funnel"):
        funnel = cast("Funnel", policy)
        named += [
            (f"steps[{i}].event", s.event, s.where) for i, s in enumerate(funnel.steps)
        ]
        named += [
            (f"exclusions[{i}].event", x.event, ())
            for i, x in enumerate(funnel.exclusions)
        ]
        named += [(f"among[{i}]", word, ()) for i, word in enumerate(funnel.among)]
        _tests(path, funnel, notes)
    elif is_kind(policy, "onboarding"):
        first_days = cast("OnboardingPolicy", policy)
        named += [
            (f"tasks[{i}].met_by", t.met_by, t.where)
            for i, t in enumerate(first_days.tasks)
        ]
        _duties(path, first_days, playbook, notes)
    elif isinstance(policy, Narrows):
        counted = {m.kind for _, _, c in notes.conditions for m in _metrics(c)}
        strange = {*policy.words} - {*KINDS, *playbook.events} - counted
        named += [(_written(policy, word), word, ()) for word in sorted(strange)]
    for where, word, filters in named:
        here = notes.at(path, where)
        if _is_event(word, here, playbook, notes):
            _filters(word, filters, (here.rpartition(".")[0], playbook), notes)


def _written(policy: object, word: str) -> str:
    """Return where in *policy* the event *word* is written, empty if not known."""
    rules = is_kind(policy, "points_program") and cast("PointsProgram", policy).rules
    found = (i for i, rule in enumerate(rules or ()) if rule.event == word)
    return next((f"rules[{i}].event" for i in found), "")


def _is_event(word: str, path: str, playbook: Playbook, notes: Notes) -> bool:
    if word in KINDS or word in playbook.events:
        return True
    known = (*KINDS, *playbook.events)
    notes.wrong(
        path,
        f"expected an event word, found `{word}`",
        "event",
        hint=nearest(word[:60], known) or "declare own words in `[events] words`",
        found=word,
    )
    return False


def _filters(
    word: str,
    filters: Iterable[tuple[str, object]],
    where: tuple[str, Playbook],
    notes: Notes,
) -> None:
    cls, (path, playbook) = KINDS.get(word), where
    if cls is None or word == "custom":
        return
    for name, value in filters:
        place = inside(f"{path}.where", name)
        if _field(word, name, place, notes):
            _can_be(cls, name, value, (place, notes))
        for _, said, known in _named(word, (name, value), playbook):
            if said and said not in known:
                reference(place, said, known, notes)


def _field(word: str, name: str, path: str, notes: Notes) -> str:
    """Return what sort of value a field of a shipped event holds, empty: unknown."""
    cls = KINDS.get(word)
    if cls is None or word == "custom":
        return ""
    known = {each.name for each in fields(cls)} - _ENVELOPE
    if name in known:
        return holds(cls, name)[0]
    notes.wrong(
        path,
        f"expected a field of `{word}`, found `{name}`",
        "event_field",
        near=(name, sorted(known)),
        found=name,
        event=word,
    )
    return ""


def _can_be(
    cls: type[Event], name: str, value: object, place: tuple[str, Notes]
) -> None:
    """Note that the field can never have the value."""
    path, notes = place
    try:
        check_filter(cls, [(name, value)])
    except DefinitionError as error:
        notes.fault(path, error)


def _tests(path: str, funnel: Funnel, notes: Notes) -> None:
    """Check what a funnel asks of the fields of its events."""
    asked = [(f"steps[{i}]", s.event, s.tests) for i, s in enumerate(funnel.steps)]
    asked += [
        (f"exclusions[{i}]", x.event, x.tests) for i, x in enumerate(funnel.exclusions)
    ]
    for where, word, tests in asked:
        for i, test in enumerate(tests):
            if test.field != "event":
                _test(word, test, f"{path}.{where}.tests[{i}]", notes)
    for i, name in enumerate(funnel.same):
        shipped = (s.event for s in funnel.steps if s.event in KINDS)
        without = (word for word in shipped if not holds(KINDS[word], name)[0])
        _field(next(without, ""), name, notes.at(path, f"same[{i}]"), notes)


def _test(word: str, test: FieldTest, path: str, notes: Notes) -> None:
    """Check that the event has the field, and that what it holds can be compared."""
    sort = _field(word, test.field, f"{path}.field", notes)
    if sort == "words" and test.op in ("=", "!="):
        _can_be(KINDS[word], test.field, test.value, (f"{path}.value", notes))
    if not sort or test.op not in ("<=", ">="):
        return
    amount = sort == "amount"
    if not amount and sort != "number":
        notes.wrong(
            f"{path}.field",
            f"expected a field of `{word}` that is a number, found `{test.field}`",
            "no_order",
            hint="compare it with `=` or `!=`",
            found=test.field,
            event=word,
        )
    elif amount != (" " in str(test.value)):
        notes.wrong(
            f"{path}.value",
            f"expected {'an amount' if amount else 'a number'} to compare"
            f" `{test.field}` with, found `{test.value}`",
            "no_amount" if amount else "no_number",
            hint="write for example `12.50 CNY`" if amount else "write a number alone",
            found=str(test.value),
            field=test.field,
        )


def _duties(
    path: str, policy: OnboardingPolicy, playbook: Playbook, notes: Notes
) -> None:
    roles = [role.name for role in playbook.roles]
    for place, task in enumerate(policy.tasks):
        if task.duty and task.duty not in roles:
            here = notes.at(path, f"tasks[{place}].duty")
            reference(here, task.duty, roles, notes)


def _metric(
    metric: Metric, place: tuple[str, str], playbook: Playbook, notes: Notes
) -> None:
    """Check what a metric counts or looks up."""
    path, text = place
    try:
        plan = WindowPlan(0)
        entries((metric,), plan, frozenset({*playbook.events, ""}))
        shared_entries((metric,), plan, frozenset({*playbook.events, ""}))
        read_metrics((metric,), plan)
    except DefinitionError as error:
        word = error.figures.get("found", "")
        at = str(column(text, word))
        figures = {**error.figures, "column": at}
        notes.fault(
            path,
            DefinitionError(
                f"{error.message} at column {at}",
                code=error.code,
                hint=error.hint,
                **figures,
            ),
        )
    for sort, word, known in _looked_up(metric, playbook):
        if not word or word in known:
            continue
        at = str(column(text, word))
        notes.wrong(
            path,
            f"expected a {sort} that the playbook has, found `{word}` at column {at}",
            f"no_{sort}",
            hint="" if known else f"it has no {sort}",
            near=(word, known),
            found=word,
            column=at,
        )


def _looked_up(metric: Metric, playbook: Playbook) -> Iterator[Named]:
    """Yield the sorts of words that a metric looks up, the words, and those known."""
    if metric.window.tiers:
        yield "tiers", metric.window.tiers, [group.key for group in playbook.tiers]
    elif metric.word == "has":
        known = had(playbook, playbook.policies)
        if metric.of in known:
            yield metric.of, metric.kind, known[metric.of]
    elif metric.word == "strikes" and metric.of:
        categories = list({r.ladder: None for r in playbook.rulebook.rules})
        yield "category", metric.of, categories
    for name, value in metric.where:
        yield from _named(metric.kind, (name, value), playbook)


def _named(kind: str, filtered: tuple[str, object], playbook: Playbook) -> list[Named]:
    """Return what a filter names, where policies declare words of that sort."""
    sort = sort_of(kind, filtered[0])
    known = vocabulary(playbook.policies).get(sort) if sort else None
    return [(sort, str(filtered[1]), list(known))] if known else []


def _groups(path: str, campaign: Campaign, playbook: Playbook, notes: Notes) -> None:
    known = [group.key for group in playbook.community.groups]
    for nth, group in enumerate(campaign.groups):
        if group not in known:
            reference(notes.at(path, f"groups[{nth}]"), group, known, notes)


def _consent(path: str, policy: object, playbook: Playbook, notes: Notes) -> None:
    """See that somebody can agree to what the policy proposes."""
    duty = playbook.approval.duty
    if _proposes(policy) and duty not in [role.name for role in playbook.roles]:
        notes.wrong(
            f"{path}.mode",
            f"expected a role `{duty}` that can agree, found none",
            "nobody_agrees",
            hint=f'add `[[role]] name = "{duty}"`, or name another in `[approval]`',
            found=duty,
        )


def _proposes(policy: object) -> bool:
    return getattr(policy, "mode", None) is Mode.PROPOSE


def _whole(playbook: Playbook, notes: Notes) -> None:
    """Begin an engine: what the parts hide, such as too many filters, shows there."""
    try:
        Engine(cast("Any", playbook))
    except DefinitionError as error:
        notes.fault("", error)


def _rights(playbook: Playbook, notes: Notes) -> None:
    """Tell of every permission, duty and kind in *playbook* that does not exist.

    Permissions are looked at where an `Authority` asks for them.
    """
    found = [p for p in playbook.policies if is_kind(p, "authority")]
    if found:
        authorities = cast("list[Authority]", found)
        own = (word for each in authorities for word in each.permissions)
        known = (*PERMISSIONS, *own)
        for place, role in enumerate(playbook.roles):
            path = notes.at("", f"role[{place}].permissions")
            for word in sorted(role.permissions - {*known}):
                reference(path, word, known, notes)
    _approvals(playbook, notes)


def _approvals(playbook: Playbook, notes: Notes) -> None:
    duties = [str(role.name) for role in playbook.roles]
    asked = [word for word in DECISIONS if word not in _NEVER_ASKED]
    kinds = (EVERY, *notes.kinds, *asked)
    duty, told = playbook.approval.duty, any(map(_proposes, playbook.policies))
    if duty not in (Consent().duty, *duties) and not told:
        reference("approval.duty", duty, duties, notes)
    for place, duty in enumerate(playbook.approval.also):
        if duty not in duties:
            reference(notes.at("approval", f"also[{place}]"), duty, duties, notes)
    for nth, rule in enumerate(playbook.approval.rules):
        path = notes.at("approval", f"rules[{nth}]")
        for place, word in enumerate(rule.of):
            if word not in kinds:
                reference(notes.at(path, f"of[{place}]"), word, kinds, notes)
        if rule.duty not in duties:
            reference(f"{path}.duty", rule.duty, duties, notes)
        for place, duty in enumerate(rule.also):
            if duty not in duties:
                reference(notes.at(path, f"also[{place}]"), duty, duties, notes)
