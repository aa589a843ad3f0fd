"""Nobody is judged by origin, region, sex, occupation, faith or schooling (S03 S29).

A closed list of attributes, each with its words in Chinese and English, against what
requirements, conditions and questions of a playbook ask. A waiver with its reason
turns the finding about the door into a note.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import attrs
from attrs import evolve, frozen

from community_sdk._time import instant
from community_sdk.analysis._finding import Contrast, Finding, Gravity
from community_sdk.conditions import Condition, metrics
from community_sdk.events import JoinRequested
from community_sdk.metrics import Metric
from community_sdk.model import EventId, GroupId, MemberId
from community_sdk.playbook import Playbook
from community_sdk.policies import (
    AdmissionPolicy,
    EntryRequirement,
    NicknameFormat,
    SurveyField,
)

__all__ = ["PROTECTED", "check_fairness"]

PROTECTED: Final[Mapping[str, tuple[str, ...]]] = {
    "ethnicity": (
        *("ethnicity", "ethnic", "ethnic group", "race", "racial", "nationality"),
        *("民族", "种族", "族裔", "血统", "国籍", "汉族", "少数民族"),
    ),
    "region": (
        *("region", "regional", "province", "city", "hometown", "birthplace"),
        *("residence", "residency", "district", "county", "native place", "hukou"),
        *("地区", "地域", "省份", "城市", "籍贯", "户籍", "户口", "家乡", "老家"),
        *("出生地", "所在地", "居住地", "现居"),
    ),
    "sex": (
        *("sex", "gender", "male", "female", "man", "woman", "men", "women"),
        *("性别", "男女", "男性", "女性", "男士", "女士", "男生", "女生"),
    ),
    "occupation": (
        *("occupation", "profession", "professional", "job", "employer", "employment"),
        *("job title", "职业", "工作单位", "岗位", "职务", "职位", "就业"),
    ),
    "religion": (
        *("religion", "religious", "faith", "church", "denomination"),
        *("宗教", "信仰", "教派", "信教"),
    ),
    "education": (
        *("education", "educational", "degree", "diploma", "schooling", "university"),
        *("college", "graduate", "学历", "学位", "教育程度", "文化程度", "毕业院校"),
        *("毕业学校", "文凭"),
    ),
}
"""What must not decide, with its words; matched as whole words (English) or as part of
a text (Chinese), after NFKC, whatever the case."""

_AT: Final = instant(1_767_225_600_000_000)
_LATIN: Final = re.compile(r"[a-z]+")


def check_fairness(playbook: Playbook, /) -> tuple[Finding, ...]:
    """Find where *playbook* lets a protected attribute decide, or asks for it.

    A requirement or a condition that refers to one is an error, with two requests that
    differ in it alone where the door treats them differently; a required question is a
    warning, a part of the nickname a note. In the order of the playbook.
    """
    found: list[Finding] = []
    for place, policy in enumerate(playbook.policies):
        door = policy if isinstance(policy, AdmissionPolicy) else None
        waived: Mapping[str, str] = {} if door is None else door.waived
        for use in _uses(policy, f"policy[{place}]"):
            finding = _weigh(use, waived)
            if use.sort == "requirement" and door is not None:
                finding = evolve(finding, counterexample=_contrast(use, playbook))
            found.append(finding)
    return tuple(found)


@frozen
class _Use:
    """A place that refers to a protected attribute."""

    path: str
    attribute: str
    word: str
    sort: str
    rule: EntryRequirement | None = None
    group: GroupId | None = None


def _attributes(*texts: str) -> Iterator[tuple[str, str]]:
    """Yield the attributes that *texts* refer to, each with the word that says so."""
    seen: set[str] = set()
    for text in texts:
        plain = unicodedata.normalize("NFKC", text).casefold()
        words = _LATIN.findall(plain)
        line = f" {' '.join(words)} "
        for attribute, names in PROTECTED.items():
            hit = next((n for n in names if _says(n, plain, line)), None)
            if hit is not None and attribute not in seen:
                seen.add(attribute)
                yield attribute, hit


def _says(name: str, plain: str, line: str) -> bool:
    return f" {name} " in line if name.isascii() else name in plain


def _uses(value: Any, path: str, group: GroupId | None = None) -> Iterator[_Use]:
    """Yield every use inside *value*, depth first, in the order of the fields."""
    if isinstance(value, Condition):
        texts = [text for metric in metrics(value) for text in _texts(metric)]
        for attribute, word in _attributes(*texts):
            yield _Use(path, attribute, word, "condition")
    elif isinstance(value, EntryRequirement):
        texts = [value.answer, *value.title.values()]
        texts += [value.value] if isinstance(value.value, str) else []
        for attribute, word in _attributes(*texts):
            yield _Use(path, attribute, word, "requirement", value, group)
    elif isinstance(value, SurveyField):
        for attribute, word in _attributes(value.name, *value.title.values()):
            if value.required:
                yield _Use(path, attribute, word, "question")
    elif isinstance(value, NicknameFormat):
        for attribute, word in _attributes(*value.parts):
            yield _Use(f"{path}.parts", attribute, word, "nickname")
    else:
        yield from _inside(value, path, group)


def _inside(value: Any, path: str, group: GroupId | None) -> Iterator[_Use]:
    cls = cast("type[attrs.AttrsInstance]", type(value))
    if isinstance(value, (tuple, list)):
        for place, each in enumerate(cast("tuple[Any, ...]", value)):
            yield from _uses(each, f"{path}[{place}]", group)
    elif isinstance(value, Mapping):
        for key, each in cast("Mapping[str, Any]", value).items():
            yield from _uses(each, f"{path}.{key}", group)
    elif attrs.has(cls):
        own = getattr(value, "group", group)
        for each in attrs.fields(cls):
            yield from _uses(getattr(value, each.name), f"{path}.{each.name}", own)


def _texts(metric: Metric) -> Iterator[str]:
    yield from (metric.kind, metric.of)
    for name, wanted in metric.where:
        yield name
        if isinstance(wanted, str):
            yield wanted


_SAID: Final = {
    "requirement": ("fairness.requirement", Gravity.ERROR, "a requirement"),
    "condition": ("fairness.condition", Gravity.ERROR, "a condition"),
    "question": ("fairness.question", Gravity.WARNING, "a required question"),
    "nickname": ("fairness.nickname", Gravity.NOTE, "a part of the nickname"),
}
_CURES: Final = {
    "requirement": "remove it, or write `waived` with the reason",
    "condition": "remove it",
    "question": "let it be answered freely: write `required = false`",
    "nickname": "let members choose what they show of themselves",
}


def _weigh(use: _Use, waived: Mapping[str, str]) -> Finding:
    reason = waived.get(use.attribute)
    figures = {"attribute": use.attribute, "found": use.word}
    if reason is not None and reason.strip():
        return Finding(
            code="fairness.waived",
            severity=Gravity.NOTE,
            path=use.path,
            message=f"refers to `{use.attribute}` by `{use.word}`, waived: {reason}",
            figures={**figures, "reason": reason},
        )
    code, severity, what = _SAID[use.sort]
    if reason is not None:
        code, what = "fairness.no_reason", f"{what} that is waived without a reason"
    return Finding(
        code=code,
        severity=severity,
        path=use.path,
        message=f"expected nobody to be judged by `{use.attribute}`, found {what}"
        f" with `{use.word}`",
        hint=_CURES[use.sort],
        figures=figures,
    )


def _contrast(use: _Use, playbook: Playbook) -> Contrast | None:
    """Return two requests that differ in the answer alone and fare differently."""
    rule = use.rule
    doors = [p for p in playbook.policies if isinstance(p, AdmissionPolicy)]
    asked = [r for door in doors for r in door.requirements]
    asked += [r for door in doors for g in door.groups for r in g.requirements]
    first: dict[str, str | int | bool] = {each.answer: _met(each) for each in asked}
    for door in doors:
        if door.minimum_age is not None:
            born = _AT.replace(year=_AT.year - door.minimum_age.years - 1)
            first[door.minimum_age.answer] = born.date().isoformat()
    if rule is None or rule.answer not in first:
        return None
    second = {**first, rule.answer: _unmet(rule)}
    before = _verdict(first, use.group, playbook)
    after = _verdict(second, use.group, playbook)
    return None if before == after else Contrast(first, second, (before, after))


def _met(rule: EntryRequirement) -> str | int | bool:
    return _other(rule) if rule.op == "!=" else rule.value


def _unmet(rule: EntryRequirement) -> str | int | bool:
    if rule.op == "!=":
        return rule.value
    if rule.op == "==":
        return _other(rule)
    return int(rule.value) + (-1 if rule.op == ">=" else 1)


def _other(rule: EntryRequirement) -> str | int | bool:
    if isinstance(rule.value, bool):
        return not rule.value
    return f"not {rule.value}" if isinstance(rule.value, str) else rule.value + 1


def _verdict(
    answers: Mapping[str, str | int | bool], group: GroupId | None, playbook: Playbook
) -> str:
    """Return what the playbook decides about a stranger who answers so."""
    request = JoinRequested(
        id=EventId("request"),
        at=_AT,
        member=MemberId("somebody"),
        group=group,
        answers=answers,
        invited_by=MemberId("somebody_else"),
    )
    step = playbook.engine().receive(request)
    return "+".join(sorted({d.kind for d in step.decisions}))
