"""The rules of a community, with severity and weight (S05)."""

from __future__ import annotations

from enum import IntEnum

from attrs import field, frozen, validators

from community_sdk.errors import DefinitionError
from community_sdk.model.community import Titles
from community_sdk.model.ids import RuleCode

__all__ = ["Rule", "Rulebook", "Severity"]


class Severity(IntEnum):
    """How bad a breach is."""

    MINOR = 1
    SERIOUS = 2
    SEVERE = 3


@frozen(kw_only=True)
class Rule:
    """One rule: what is asked, how bad a breach is and how much it weighs.

    A breach without a category of its own counts under the rule's code.
    """

    code: RuleCode
    text: Titles = field(factory=dict[str, str], hash=False)
    category: str = ""
    severity: Severity = Severity.MINOR
    weight: int = field(default=1, validator=validators.ge(0))

    @property
    def ladder(self) -> str:
        """The category that breaches are counted under."""
        return self.category or self.code


@frozen(kw_only=True)
class Rulebook:
    """The rules in force, with the version that breaches are judged by."""

    version: int = field(default=1, validator=validators.ge(1))
    rules: tuple[Rule, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse a rule code used twice."""
        codes = [r.code for r in self.rules]
        for code in codes:
            if codes.count(code) > 1:
                raise DefinitionError(
                    f"expected each rule once, found `{code}` twice",
                    code="rulebook.twice",
                    found=code,
                )

    def rule(self, code: str) -> Rule | None:
        """Return the rule called *code*, or None where the rulebook is silent."""
        return next((r for r in self.rules if r.code == code), None)
