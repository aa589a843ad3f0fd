"""The tables of a playbook file, and how they make a playbook (format 1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any, Final, cast

from attrs import evolve, fields, frozen

from community_sdk import policies
from community_sdk.errors import DefinitionError
from community_sdk.model import (
    KPI,
    SANCTIONS,
    Campaign,
    Community,
    CommunityId,
    Group,
    Role,
    Rule,
    Rulebook,
    SanctionKind,
    TierGroup,
)
from community_sdk.playbook._fields import (
    default_of,
    kind_word,
    list_of,
    policy_table,
    table_of,
)
from community_sdk.playbook._leaves import DURATION
from community_sdk.playbook._lists import Choice, ListOf
from community_sdk.playbook._measures import Measures
from community_sdk.playbook._notes import BROKEN, Notes, entry, inside
from community_sdk.playbook._parts import OwnEvents, Parts
from community_sdk.playbook._shapes import Shape, Text
from community_sdk.playbook._tables import Slot, Table
from community_sdk.playbook._template import escape
from community_sdk.playbook._write import toml
from community_sdk.proposal import Consent

__all__ = [
    "ORDER",
    "OUTSIDE",
    "SHIPPED",
    "Layout",
    "is_kind",
    "is_shipped",
    "mark",
    "shipped",
]

SHIPPED: Final = {
    "admission": "AdmissionPolicy",
    "entry_screening": "EntryScreening",
    "onboarding": "OnboardingPolicy",
    "rule_watch": "RuleWatch",
    "penalty_ladder": "PenaltyLadder",
    "manual_sanctions": "ManualSanctions",
    "qualification": "QualificationPolicy",
    "trust_levels": "TrustLevels",
    "league": "LeaguePolicy",
    "funnel": "Funnel",
    "authority": "Authority",
    "emergency_acts": "EmergencyActs",
    "report_desk": "ReportDesk",
    "report_threshold": "ReportThreshold",
    "complaint_desk": "ComplaintDesk",
    "appeal": "AppealPolicy",
    "permit": "PermitPolicy",
    "petition": "Petition",
    "council_order": "CouncilOrder",
    "rule_vote": "RuleVote",
    "manager_dispute": "ManagerDispute",
    "rule_reminder": "RuleReminder",
    "case_summary": "CaseSummary",
    "rule_review": "RuleReview",
    "response_time": "ResponseTime",
    "first_value": "FirstValuePolicy",
    "double_membership": "DoubleMembership",
    "alert": "AlertPolicy",
    "contact_cool_down": "ContactCoolDown",
    "exit": "ExitPolicy",
    "staffing_plan": "StaffingPlan",
    "duty_rota": "DutyRota",
    "staff_conduct": "StaffConduct",
    "staff_care": "StaffCare",
    "talent_watch": "TalentWatch",
    "supporter_watch": "SupporterWatch",
    "points_program": "PointsProgram",
    "badge": "BadgePolicy",
    "actor_credit": "ActorCredit",
    "gift_caps": "GiftCaps",
    "best_contributors": "BestContributors",
    "tags": "TagPolicy",
    "segmentation": "Segmentation",
    "atmosphere": "AtmospherePolicy",
    "centre_watch": "CentreWatch",
    "lifecycle": "LifecyclePolicy",
    "zombie_watch": "ZombieWatch",
    "appraisal": "AppraisalPolicy",
    "survey_desk": "SurveyDesk",
    "wish_desk": "WishDesk",
    "referral_campaign": "ReferralCampaign",
    "referral_watch": "ReferralWatch",
    "join_codes": "JoinCodes",
    "channel_attribution": "ChannelAttribution",
    "channel_tally": "ChannelTally",
    "contact_watch": "ContactWatch",
    "follow_up": "FollowUp",
    "staff_routing": "StaffRouting",
}
"""The kind words of files, for ever, and the class behind each."""

OUTSIDE: Final = ("format", "parameters")
"""Keys of a file that are gone before its parts are read."""

ORDER: Final = (
    "format", "name", "version", "lateness", "community", "group", "role", "tiers",
    "rulebook", "rule", "sanction", "events", "measures", "approval", "policy",
    "campaign", "kpi",
)  # fmt: skip
_WHOLE: Final = "A playbook: one operation."
_NO_GROUPS: Final = frozenset({"groups"})
_NO_RULES: Final = frozenset({"rules"})


@frozen(eq=False, repr=False)
class _Declared:
    """The list `[[sanction]]`: kinds with words of their own."""

    inner: ListOf
    stand_in: object = ()

    def read(self, value: object, path: str, notes: Notes, /) -> Any:
        """Read the kinds and make them known."""
        found = self.inner.read(value, path, notes)
        if not isinstance(found, tuple):
            return found
        for place, kind in enumerate(cast("tuple[SanctionKind, ...]", found)):
            if kind.word in SANCTIONS:
                notes.wrong(
                    inside(entry(path, place), "word"),
                    f"expected a word of its own, found `{kind.word}`, which exists",
                    "sanction_twice",
                    hint="choose another word",
                    found=kind.word,
                )
            notes.kinds.setdefault(kind.word, kind)
        return cast("tuple[SanctionKind, ...]", found)

    def write(self, value: Any, path: str, notes: Notes, /) -> object:
        """Give the kinds."""
        return self.inner.write(value, path, notes)

    def schema(self, defs: dict[str, Any], /) -> dict[str, Any]:
        """Describe the list."""
        return self.inner.schema(defs)


@frozen(eq=False, repr=False)
class _Figures:
    """The list `[[kpi]]`: key figures that policies name by their keys."""

    inner: ListOf
    stand_in: object = ()

    def read(self, value: object, path: str, notes: Notes, /) -> Any:
        """Read the figures and make them known, those with mistakes as broken."""
        if type(value) is not list:
            return self.inner.read(value, path, notes)
        for row in cast("list[object]", value):
            plain = cast("dict[str, object]", row) if isinstance(row, dict) else {}
            notes.figures[str(plain.get("key"))] = BROKEN
        found: Any = self.inner.read(cast("object", value), path, notes)
        notes.figures.update({kpi.key: kpi for kpi in found})
        return found

    def write(self, value: Any, path: str, notes: Notes, /) -> object:
        """Give the figures, and make them known to what is written later."""
        notes.figures.update({kpi.key: kpi for kpi in value})
        return self.inner.write(value, path, notes)

    def schema(self, defs: dict[str, Any], /) -> dict[str, Any]:
        """Describe the list."""
        return self.inner.schema(defs)


def is_shipped(cls: type, /) -> bool:
    """Tell whether every file may use *cls*."""
    name = SHIPPED.get(kind_word(cls), "")
    return name == cls.__name__ and getattr(policies, name) is cls


def is_kind(policy: object, word: str, /) -> bool:
    """Tell whether *policy* is of the shipped kind *word*; nothing is loaded."""
    cls = type(policy)
    return cls.__name__ == SHIPPED[word] and is_shipped(cls)


class _Kinds(Mapping[str, Table]):
    """The tables of the shipped policies and of *own* ones, by kind word."""

    def __init__(self) -> None:
        """Know what is shipped."""
        self._own: dict[str, Table] = {}

    def add(self, cls: Any) -> Table:
        """Let files use *cls* as well; return its table.

        Raises:
            DefinitionError: it cannot stand in a file, or its word is taken.
        """
        word, table = policy_table(cls)
        if self.get(word, table) is not table:
            raise DefinitionError(
                f"expected policies with kind words of their own, found `{word}`"
                " a second time",
                code="playbook.kind_twice",
                hint=f'give `{cls.__name__}` a `kind: ClassVar[str] = "…"`',
                found=word,
            )
        self._own[word] = table
        return table

    def __getitem__(self, word: str) -> Table:
        if word in self._own:
            return self._own[word]
        return policy_table(getattr(policies, SHIPPED[word]))[1]

    def __iter__(self) -> Iterator[str]:
        return iter({**SHIPPED, **self._own})

    def __len__(self) -> int:
        return len({**SHIPPED, **self._own})


class Layout:
    """The tables of format 1, with the policy classes that a file may use."""

    def __init__(self, extra: Iterable[type] = ()) -> None:
        """Allow the shipped policies and *extra* ones.

        Raises:
            DefinitionError: a class of *extra* cannot stand in a file.
        """
        known = _Kinds()
        for cls in extra:
            if not is_shipped(cls):
                _ = known.add(cls).slots  # what no file can hold shows now, not later
                _check_policy(cls)
        choice = Choice("policy", known, policy_table)
        self.root = Table(
            "Playbook", Parts, partial(_slots, choice), partial(str, _WHOLE)
        )

    def read(self, plain: dict[str, object], notes: Notes) -> Parts:
        """Read what can be read; the mistakes are in *notes*."""
        return cast("Parts", self.root.read(plain, "", notes, beside=OUTSIDE))

    def write(self, playbook: Any, notes: Notes) -> dict[str, object]:
        """Return *playbook* as the plain tables of a file."""
        parts = Parts(
            name=playbook.name,
            version=playbook.version,
            lateness=playbook.lateness,
            community=playbook.community,
            group=playbook.community.groups,
            role=playbook.roles,
            tiers=playbook.tiers,
            rulebook=playbook.rulebook,
            rule=playbook.rulebook.rules,
            events=OwnEvents(words=playbook.events),
            measures=playbook.measures,
            approval=playbook.approval,
            policy=playbook.policies,
            campaign=playbook.campaigns,
            kpi=playbook.kpis,
        )
        out = {"format": 1, **self.root.write(parts, "", notes)}
        own = sorted(notes.own_kinds.values(), key=lambda kind: (kind.order, kind.word))
        if own:
            table = list_of_kinds()
            out["sanction"] = table.write(tuple(own), "sanction", notes)
        for key in ("rulebook", "approval", "events"):
            if out.get(key) == {}:
                del out[key]
        return _escaped({key: out[key] for key in ORDER if key in out})


def _escaped(value: dict[str, object]) -> dict[str, object]:
    """Return plain tables in which no text looks like a placeholder."""

    def walk(item: Any) -> Any:
        if isinstance(item, str):
            return escape(item)
        if isinstance(item, dict):
            table = cast("dict[str, object]", item)
            return {key: walk(each) for key, each in table.items()}
        if isinstance(item, list):
            return [walk(each) for each in cast("list[object]", item)]
        return item

    return {key: walk(each) for key, each in value.items()}


@lru_cache(maxsize=1)
def shipped() -> Layout:
    """Return the layout without own policies."""
    return Layout()


def mark(playbook: Any) -> str:
    """Return a text that is equal for equal playbooks, whatever they hold.

    It is what a file would hold; what no file can hold is told by its class.
    """
    return toml(shipped().write(playbook, Notes(lenient=True)))


def _check_policy(cls: Any) -> None:
    """Refuse a class that the engine could not ask."""
    own = {each.name for each in fields(cls)}
    for word in ("answers", "key", "scope", "mode", "decide"):
        if word not in own and not hasattr(cls, word):
            raise DefinitionError(
                f"expected a policy with `{word}`, found `{cls.__name__}` without",
                code="playbook.no_policy",
                hint="a policy has `answers`, `key`, `scope`, `mode` and `decide`",
                found=cls.__name__,
                key=word,
            )


def list_of_kinds() -> ListOf:
    """Return the shape of declared sanctions."""
    return ListOf(table_of(SanctionKind), "word")


def _slots(choice: Choice) -> tuple[Slot, ...]:
    """Return the keys of a file in the order in which they are read.

    Sanctions, measures and key figures come first: what follows names them.
    """
    community = evolve(
        table_of(Community, skip=_NO_GROUPS),
        stand_in=Community(key=CommunityId("community")),
    )
    found: list[tuple[str, Shape, str]] = [
        ("sanction", _Declared(list_of_kinds()), "Sanctions beside the shipped ones."),
        ("measures", Measures(), "Conditions and figures that others use by name."),
        ("kpi", _Figures(ListOf(table_of(KPI), "key")), "The key figures."),
        ("name", Text(name=True), "The name of the playbook."),
        ("version", Text(name=True), "The version that stands beside each decision."),
        ("lateness", DURATION, "How late an event may come in."),
        ("community", community, "Whom the playbook is for."),
        ("group", list_of(Group), "The chat rooms of the community."),
        ("role", list_of(Role), "The duties that members may hold."),
        ("tiers", list_of(TierGroup), "Groups of tiers, each from lowest to highest."),
        ("rulebook", table_of(Rulebook, skip=_NO_RULES), "The version of the rules."),
        ("rule", list_of(Rule), "The rules."),
        ("events", table_of(OwnEvents), "Event words beside the shipped ones."),
        ("approval", table_of(Consent), "Who confirms what policies propose."),
        ("policy", ListOf(choice, "key"), "The policies, in the order of asking."),
        ("campaign", list_of(Campaign), "The activities."),
    ]
    return tuple(
        Slot(
            key=key,
            name=key,
            shape=shape,
            tell=partial(str, doc),
            **default_of(Parts, key),
        )
        for key, shape, doc in found
    )
