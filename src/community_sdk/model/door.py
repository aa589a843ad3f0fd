"""Words of the door: where somebody stays out, what is worth a look (S03 S25)."""

from __future__ import annotations

from enum import Enum

__all__ = ["BlacklistScope", "Mark"]


class BlacklistScope(Enum):
    """Where an entry of a blacklist holds."""

    GROUP = "group"
    OWNER = "owner"
    CAMPAIGN = "campaign"
    COMMUNITY = "community"
    NETWORK = "network"


class Mark(Enum):
    """What a message or a nickname bears that may be worth a look; no breach."""

    LINK = "link"
    QR_CODE = "qr_code"
    CARD = "card"
    MINI_PROGRAM = "mini_program"
    FILE = "file"
    LONG_TEXT = "long_text"
    NICKNAME = "nickname"
