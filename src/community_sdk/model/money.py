"""Money: whole minor units and an ISO 4217 code, never a float (S17)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from attrs import frozen

from community_sdk.errors import DefinitionError

__all__ = ["Money"]

_NO_MINOR: Final = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
_THOUSANDTHS: Final = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
_LIMIT: Final = 10**15


def _places(currency: str) -> int:
    if currency in _NO_MINOR:
        return 0
    return 3 if currency in _THOUSANDTHS else 2


@frozen
class Money:
    """An amount of one currency: *amount* in its smallest unit (fen, cent, yen)."""

    amount: int
    currency: str

    def __attrs_post_init__(self) -> None:
        """Refuse what is no currency code and amounts beyond 10¹⁵ units."""
        code = self.currency
        if len(code) != 3 or not (code.isascii() and code.isupper()):  # noqa: PLR2004
            raise DefinitionError(
                f"expected a currency code such as `CNY`, found `{code}`",
                code="money.currency",
                hint="use three capital letters of ISO 4217",
                found=code,
            )
        if abs(self.amount) > _LIMIT:
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
        try:
            units = Decimal(text.strip()).scaleb(_places(currency))
        except InvalidOperation:
            units = None
        if units is None or not units.is_finite() or units != units.to_integral_value():
            places = _places(currency)
            raise DefinitionError(
                f"expected an amount with at most {places} decimals, found `{text}`",
                code="money.decimals",
                hint=f"`{currency}` has {places} decimals",
                found=text,
                currency=currency,
                places=str(places),
            )
        return cls(int(units), currency)

    def __str__(self) -> str:
        """Print the amount with its decimals, ``12.50 CNY``."""
        places = _places(self.currency)
        shown = Decimal(self.amount).scaleb(-places)
        return f"{shown:.{places}f} {self.currency}"
