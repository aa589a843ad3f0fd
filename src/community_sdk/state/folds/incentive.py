"""How entries of the ledger change a member's accounts (S17)."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from community_sdk import events as ev
from community_sdk._time import micros
from community_sdk.model import Account, Earning, EntryKind, Lot
from community_sdk.state.context import Fold, FoldContext
from community_sdk.state.member import MemberState

__all__ = ["FOLDS"]

_NEW: Final = Account()


def _posted(event: ev.PointsPosted, member: MemberState, _: FoldContext) -> None:
    account = member.accounts.get(event.currency, _NEW)
    amount, kind = event.amount, event.entry
    if kind is EntryKind.EXPIRE:
        account = account.expire(event.of)
    elif kind is EntryKind.REDEEM:
        account = account.redeem(-amount, event.external)
    elif kind is EntryKind.GIVE_BACK:
        account = account.give_back(event.points, event.of, micros(event.recorded_at))
        withheld = event.points - amount
        if withheld:
            account = account.take_back(withheld)
            account = evolve(account, forgiven=account.forgiven - withheld)
    elif amount < 0 or kind is EntryKind.CLAWBACK:
        account = account.take_back(-amount, event.order)
        short = event.points + amount if kind is EntryKind.CLAWBACK else 0
        account = evolve(account, forgiven=account.forgiven + short)
    elif amount:
        account = account.earn(_lot(event))
    if event.qualifying:
        account = evolve(account, earned=account.earned + event.qualifying)
    member.accounts[event.currency] = _noted(event, account)


def _noted(event: ev.PointsPosted, account: Account) -> Account:
    """Remember what brought points, and what was taken back of it."""
    key = event.external if event.entry is not EntryKind.CLAWBACK else event.of
    known = account.earnings.get(key)
    if not event.order:
        return account
    if event.entry is EntryKind.CLAWBACK and known is not None:
        taken, untaken = known.taken + event.points, known.untaken - event.qualifying
        return account.note(key, evolve(known, taken=taken, untaken=untaken))
    if event.entry in (EntryKind.EARN, EntryKind.ADJUST) and known is None:
        earning = Earning(
            order=event.order,
            at=micros(event.at),
            amount=event.amount,
            qualifying=event.qualifying,
            basis=event.basis,
            points=event.points,
            per=event.per,
        )
        return account.note(key, earning)
    return account


def _lot(event: ev.PointsPosted) -> Lot:
    return Lot(
        key=event.id,
        earned=micros(event.at),
        left=event.amount,
        expires=None if event.expires_at is None else micros(event.expires_at),
        order=event.order,
    )


def _opened(event: ev.BalanceImported, member: MemberState, _: FoldContext) -> None:
    """Take over a balance; what is below zero is a debt."""
    account = member.accounts.get(event.currency, _NEW)
    at = micros(event.at)
    over = None if event.expires_at is None else micros(event.expires_at)
    if event.amount < 0:
        account = account.take_back(-event.amount)
    elif event.amount:
        account = account.earn(Lot(event.id, at, event.amount, over))
    gained = event.amount if event.qualifying is None else event.qualifying
    member.accounts[event.currency] = evolve(account, earned=account.earned + gained)


FOLDS: Final[dict[str, Fold]] = {
    "points_posted": _posted,
    "balance_imported": _opened,
}
