"""Money: whole minor units and an ISO 4217 code, never a float (S17)."""

from __future__ import annotations

import re
from typing import Final

from community_sdk._values import frozen
from community_sdk.errors import DefinitionError

__all__ = ["AMOUNT_LIMIT", "Money"]

_NO_MINOR: Final = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split()
)
_THOUSANDTHS: Final = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
AMOUNT_LIMIT: Final = 10**15
"""The greatest amount: thousands of them together stay within 64 bits."""
_AMOUNT: Final = re.compile(r"\s*([+-]?)(\d{0,18})(?:\.(\d{0,18}))?\s*", re.ASCII)


def _places(currency: str) -> int:
    if currency in _NO_MINOR:
        return 0
    return 3 if currency in _THOUSANDTHS else 2


@frozen
class Money:
    """An amount of one currency: *amount* in its smallest unit (fen, cent, yen).

    Raises:
        DefinitionError: what is no currency code, or more than 10¹⁵ units.
    """

    amount: int
    currency: str

    def __attrs_post_init__(self) -> None:
        """Refuse what is no currency code and amounts beyond 10¹⁵ units."""
        code = self.currency
        letters = code.isascii() and code.isalpha() and code.isupper()
        if len(code) != 3 or not letters:  # noqa: PLR2004 - of ISO 4217
            raise DefinitionError(
                f"expected a currency code such as `CNY`, found `{code}`",
                code="money.currency",
                hint="use three capital letters of ISO 4217",
                found=code,
            )
        if abs(self.amount) > AMOUNT_LIMIT:
            raise DefinitionError(
                f"expected an amount of at most 10^15 units, found `{self.amount}`",
                code="money.amount",
                found=str(self.amount),
            )

    @classmethod
    def of(cls, text: str, currency: str) -> Money:
        """Read a decimal *text* such as ``12.50``.

        Raises:
            DefinitionError: no number, or more decimals than *currency* has.
        """
        places, match = _places(currency), _AMOUNT.fullmatch(text)
        sign, whole, part = ("", "", "") if match is None else match.groups("")
        if not whole + part or len(part.rstrip("0")) > places:
            raise DefinitionError(
                f"expected an amount with at most {places} decimals, found `{text}`",
                code="money.decimals",
                hint=f"`{currency}` has {places} decimals",
                found=text,
                currency=currency,
                places=str(places),
            )
        units = int(whole + part.rstrip("0").ljust(places, "0") or "0")
        return cls(-units if sign == "-" else units, currency)

    def __str__(self) -> str:
        """Print the amount with its decimals, ``12.50 CNY``."""
        places = _places(self.currency)
        whole, part = divmod(abs(self.amount), 10**places)
        sign = "-" if self.amount < 0 else ""
        shown = f".{part:0{places}}" if places else ""
        return f"{sign}{whole}{shown} {self.currency}"
