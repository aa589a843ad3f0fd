"""The catalogues know every key, code and word of the source, and nothing else."""

import re
import tomllib
from importlib import resources
from typing import Any

import attrs
import pytest

from community_sdk.decisions import DECISIONS, Mode
from community_sdk.events import KINDS
from community_sdk.events._fields import NAMING
from community_sdk.metrics import METRICS
from community_sdk.model import SANCTIONS, MemberStatus, SanctionState, Severity
from community_sdk.playbook import ParameterType
from community_sdk.wording._catalogue import LANGUAGES, catalogue
from community_sdk.wording._forms import FORMS
from community_sdk.wording._template import Entry, Plain, Slot, parse
from tests.unit.wording.source_words import calls, codes, dotted, playbook_codes

_STRIKE = {"rule", "occurred", "weight"}
_LATER = {"strike", "sanction", "measure", "since", "would_be", "duration"}
_ROW = {"metric", "op", "need", "have", "met", "than"}
_TIER = {"tiers", "before", "after"}
_STEP = {
    *{"rule", "category", "version", "occurred", "counts"},
    *{"total", "measure", "duration", "window"},
}
_FUNNEL = {
    *{"funnel", "step", "of", "name", "missing"},
    *{"opened", "closes", "open", "broken"},
}
_CONFLICT = {"by", "winner"}

# Keys that are computed, by the place that computes them: key → figures.
COMPUTED: dict[str, dict[str, set[str]]] = {
    "cli/_speech.py": {},  # sentences of the command line: see `test_cli`
    "conditions/explain.py": {
        "condition": {"text", "met"},
        **{key: {"met"} for key in ("condition.all", "condition.any")},
        "condition.not": {"met"},
        "condition.at_least": {"k", "of", "met"},
        "condition.fixed": {"met"},
        "condition.row": _ROW,
        "condition.name": {"name"},
    },
    "conditions/gap.py": {
        "gap": {"met", "possible", "missing"},
        "gap.requirement": {*_ROW, "missing", "until"},
    },
    "metrics/funnel/_analysis.py": {
        "funnel.done": _FUNNEL,
        "funnel.standing": _FUNNEL,
    },
    "policies/funnel/_funnel.py": {
        "funnel.done": _FUNNEL,
        "funnel.standing": _FUNNEL,
        "funnel.stuck": {"step", "of", "name", "missing", "opened", "closed"},
    },
    "engine/_conflicts.py": {
        f"conflict.{word}": _CONFLICT
        for word in ("refused", "expelled", "harsher", "first", "same")
    },
    "playbook/_diff.py": {
        f"playbook.{word}": {"path", "before", "after"}
        for word in ("added", "removed", "changed", "moved")
    },
    "policies/admission/_terms.py": {
        f"admission.requirement_{word}": {"answer", "op", "value", "given"}
        for word in ("met", "unmet", "unknown")
    },
    "policies/league/_telling.py": {
        **{
            f"league.{word}": {*_TIER, "period", "rank", "of"}
            for word in ("rise", "fall")
        },
        **{
            f"league.{word}": {"period"}
            for word in ("community_too_young", "counted_too_late")
        },
    },
    "policies/governance/_motion.py": {
        key: {"version", "effective"}
        for key in ("petition.adopted", "council.ordered", "vote.passed")
    }
    | {
        f"amendment.{word}": {"rule", "category", "severity", "weight"}
        for word in ("added", "changed")
    },
    "policies/governance/petition.py": {
        f"petition.{word}": {"signed", "found", "needed"}
        for word in ("adopted", "failed")
    },
    "policies/governance/vote.py": {
        f"vote.{word}": {"yes", "no", "abstain", "quorum", "threshold", "edge"}
        for word in ("passed", "failed", "no_quorum")
    },
    "policies/reminders.py": {
        "review.due": {"version", "breaches"},
        **{
            f"reminder.{word}": {"version", "rules", "breaches", "window"}
            for word in ("planned", "tightened")
        },
    },
    "policies/emergency.py": {
        f"emergency.{word}": {"by", "ground", "at", "due"}
        for word in ("acted", "report", "ratified", "rejected", "lapsed")
    },
    "policies/funnel.py": {"funnel.done": _FUNNEL, "funnel.standing": _FUNNEL},
    "policies/penalty/_telling.py": {
        "penalty.counted": {*_STRIKE, "counts"},
        "penalty.counted_in_part": {*_STRIKE, "counts", "worth"},
        "penalty.left_out": {*_STRIKE, "reason"},
        "penalty.points_counted": {"occurred", "weight"},
        "penalty.points_left_out": {"occurred", "weight", "reason"},
        "penalty.step": _STEP,
        "penalty.soft": {*_STEP, "action"},
        "penalty.immediate": _STEP,
        "penalty.zero_tolerance": _STEP,
    },
    "policies/penalty/_reversal.py": {
        f"penalty.{word}": _LATER
        for word in ("recomputed", "rests_on_overturned", "told_late")
    },
    "policies/penalty/_ladder.py": {
        "penalty.in_force": {"measure", "until"},
        "penalty.of_category": {"name", "counts", "counted"},
        "penalty.of_rule": {"name", "counts", "counted"},
    },
    "policies/penalty/manual.py": {
        f"sanction.{word}": {"measure", "least", "most"}
        for word in ("under_limit", "over_limit")
    },
    "policies/response/_telling.py": {
        f"response.{word}": {"asker", "asked", "answered", "due", "duty"}
        for word in ("in_time", "late")
    }
    | {
        f"response.{word}": {"asker", "asked", "due", "until", "duty", "people"}
        for word in ("open", "overdue", "still_open")
    },
    "policies/incentive/_earning.py": {
        f"points.{word}": {"points", "rule", "capped", "order", "until"}
        for word in ("earned", "lost")
    },
    "policies/incentive/_taking_back.py": {
        **{
            f"points.{word}": {"points", "due", "short", "order", "since"}
            for word in ("refunded", "cancelled", "reversed")
        },
        **{
            f"points.{word}": {"points", "order", "by", "until"}
            for word in ("given", "deducted")
        },
    },
    "policies/incentive/_badges.py": {
        f"badge.{word}": {"badge", "nth", "on"} for word in ("held", "missing")
    },
    "policies/referral/_campaign.py": {
        f"referral.{word}": {"inviter"}
        for word in ("self", "loop", "second", "known", "full", "deadline")
    },
    "policies/tier/_moves.py": {"tier.rise": _TIER, "tier.fall": _TIER},
    "proposal.py": {
        "consent.closed": {"by", "proposal"},
        "consent.self": {"by", "proposal", "duty"},
        "consent.not_holder": {"by", "proposal", "duty"},
        "consent.twice": {"by", "proposal"},
    },
}
# Codes that are put together: bounds, values with a text, what metrics look up.
COMPUTED_CODES = {
    f"playbook.{code}"
    for code in (
        *("number_most", "number_least", "length_most", "length_least"),
        *("duration", "window", "quiet_hours", "money", "zone", "measure", "metric"),
        *("hours", "dates", "schedule", "fraction"),
        *("no_file", "folder"),
        *(
            "no_role",
            "no_tier",
            "no_tiers",
            "no_group",
            "no_category",
            "no_tag",
            "no_segment",
        ),
        *(f"no_{sort}" for sort, _ in NAMING.values() if sort != "tag"),
        *(f"parameter_{t.value}" for t in ParameterType),
    )
}
_GIVEN_BY_ALL = {"source", "parts"}


def _figures() -> dict[str, set[str]]:
    """Every key of the source with the figures that the code gives."""
    found: dict[str, set[str]] = {}
    for call in calls():
        for key in call.keys:
            found.setdefault(key, set()).update(call.figures)
    for keys in COMPUTED.values():
        for key, figures in keys.items():
            found.setdefault(key, set()).update(figures)
    return found


def _plain(lang: str) -> dict[str, Any]:
    text = resources.files("community_sdk.wording").joinpath(f"{lang}.toml")
    return tomllib.loads(text.read_text("utf-8"))


def _templates(entry: Entry) -> list[tuple[Slot, ...]]:
    pieces = [v.template for v in entry.variants]
    return [tuple(p for p in piece if isinstance(p, Slot)) for piece in pieces]


def test_every_computed_key_is_listed() -> None:
    """A new place that computes its key must be told to this test."""
    places = {c.place.split(":")[0] for c in calls() if not c.keys or not c.exact}
    assert places <= set(COMPUTED)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_key_has_words(lang: str) -> None:
    """No explanation of the library is left to the plain rendering."""
    assert set(_figures()) <= set(catalogue(lang).says)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_words_for_what_is_not_there(lang: str) -> None:
    """A key that the source no longer uses leaves the catalogues."""
    used = {text for text, _ in dotted()}
    said = {k for k in catalogue(lang).says if not k.startswith("cli.")}
    assert said <= set(_figures()) | used


def test_both_languages_say_the_same_things() -> None:
    """What one catalogue knows, the other knows."""
    zh, en = _plain("zh"), _plain("en")
    for section in ("says", "decisions", "phrases", "events", "metrics"):
        assert set(zh[section]) == set(en[section]), section
    for sort in ("decision", "sanction", "state", "status", "mode", "reason", "policy"):
        assert set(zh["words"][sort]) == set(en["words"][sort]), sort
    assert set(zh["form"]) == set(en["form"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_slot_is_a_figure_of_the_code(lang: str) -> None:
    """A sentence asks for nothing that the explanation does not carry."""
    known = _figures()
    for key, entry in catalogue(lang).says.items():
        if key.startswith("cli."):
            continue
        allowed = known[key] | _GIVEN_BY_ALL
        for variant in entry.variants:
            assert variant.slots | set(variant.when) <= allowed, key
        if entry.together is not None:
            together = {*allowed, "items", "count"}
            for template in (entry.together.item, entry.together.template):
                names = {p.name for p in template if isinstance(p, Slot)}
                assert names | set(entry.together.by) <= together, key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_form_exists(lang: str) -> None:
    """A slot asks for a form that is there, or for a joiner of parts."""
    words = catalogue(lang)
    joiners = set(words.form) | {"asked"}
    for section in (words.says, words.decisions, words.problems, words.phrases):
        for key, entry in section.items():
            for slot in (s for slots in _templates(entry) for s in slots):
                known = joiners if slot.name == "parts" else set(FORMS)
                assert not slot.form or slot.form in known, key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_brace_is_left_over(lang: str) -> None:
    """Every brace in a catalogue belongs to a slot."""

    def texts(value: Plain) -> list[str]:
        if isinstance(value, str):
            return [value]
        inner: list[Any] = [*value.values()] if isinstance(value, dict) else value
        return [t for each in inner if each not in (True, False) for t in texts(each)]

    for text in texts(_plain(lang)):
        rest = re.sub(r"｛{2,4}(name｝｝)?", "", text)  # plain braces, spoken of
        rest = "".join(p for p in parse(rest) if isinstance(p, str))
        assert not re.search("[{}｛｝]", rest), text


def test_every_code_has_a_chinese_sentence() -> None:
    """No mistake is told to a Chinese operator in English."""
    known = set(catalogue("zh").problems)
    dotless = {"missing_extra"}
    found = {c for c, _ in codes() if "." in c or c in dotless}
    found |= {*playbook_codes(), *COMPUTED_CODES}
    assert {c for c in found if not c.endswith("_")} <= known


def test_no_sentence_for_a_mistake_that_nobody_makes() -> None:
    """A code that the source no longer uses leaves the catalogue."""
    used = {c for c, _ in codes()} | {text for text, _ in dotted()}
    used |= {*playbook_codes(), *COMPUTED_CODES}
    assert set(catalogue("zh").problems) <= used


def test_every_dotted_word_is_known() -> None:
    """Keys and codes that stand in tables of the source have words as well."""
    zh = catalogue("zh")
    known = {*zh.says, *zh.problems, *zh.phrases}
    families = {key.split(".")[0] for key in known if "." in key}
    unknown = {
        (text, place)
        for text, place in dotted()
        if text.split(".")[0] in families
        and text not in known
        and not text.endswith(("_", ".css"))
    }
    assert not unknown


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_of_the_model_is_named(lang: str) -> None:
    """Kinds, measures, states and modes have a word in both languages."""
    words = catalogue(lang).words
    assert set(words["decision"]) == set(DECISIONS) == set(catalogue(lang).decisions)
    assert set(words["sanction"]) == set(SANCTIONS)
    assert set(words["state"]) == {s.value for s in SanctionState}
    assert set(words["status"]) == {s.value for s in MemberStatus}
    assert set(words["mode"]) == {m.value for m in Mode}
    assert set(words["severity"]) == {s.name.lower() for s in Severity}
    assert set(catalogue(lang).events) == set(KINDS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_metric_is_named(lang: str) -> None:
    """Each metric can be said with a figure and by name."""
    metrics = catalogue(lang).metrics
    plain = set(METRICS) - {"has"}
    special = {"has_role", "has_tier", "has_group", "has_status", "has_sanction"}
    assert plain | special <= set(metrics)
    assert all({"phrase", "noun", "unit"} == set(m) for m in metrics.values())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_decisions_ask_for_their_own_fields(lang: str) -> None:
    """A sentence about a decision names only what the decision carries."""
    for kind, entry in catalogue(lang).decisions.items():
        own = {f.name for f in attrs.fields(DECISIONS[kind])} | {"measure", "holds"}
        for variant in entry.variants:
            assert variant.slots | set(variant.when) <= own | {"duration"}, kind
