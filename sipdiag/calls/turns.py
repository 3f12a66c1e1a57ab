"""Turns: calls that use one Call-ID one after the other, although each should have its own (RFC 3261, section 8.1.1.4).

A client that tries again after a challenge, a redirect or a failure keeps the Call-ID too (section 8.1.3.5). An INVITE
begins a new call only where the call before was over: ended by a BYE, or failed and not tried again for a while.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import msgspec

from sipdiag.calls.transaction import SECOND, TIMEOUT, Transaction, status
from sipdiag.trace import Sighting, host

TRY_AGAIN = frozenset(
    {401, 402, 407, 413, 415, 416, 420, 421, 422, 423, 428, 429, 436, 437, 438, 484, 488, 491, 494, 503, 580, 606}
)
"""Refusals after which a client tries again with something changed, as it does after all redirects."""
REDIAL = 2 * SECOND
"""A person takes longer than this to call again, a client that tries its next server does not."""


class Turn(msgspec.Struct, kw_only=True):
    """The messages of one call of a Call-ID."""

    transactions: list[Transaction] = []
    acks: list[Sighting] = []


def turns_of(transactions: Sequence[Transaction], acks: Sequence[Sighting]) -> list[Turn]:
    """The turns of one Call-ID; most have one."""
    if sum(map(_opens, transactions)) < 2:
        return [Turn(transactions=list(transactions), acks=list(acks))]
    starts: list[int] = []
    going = _Going()
    for transaction in transactions:
        if going.is_over_for(transaction):
            starts.append(transaction.time)
            going = _Going()
        going.take(transaction)
    return _sorted_out(transactions, acks, starts)


def _opens(transaction: Transaction) -> bool:
    """Whether it is an INVITE outside a dialog."""
    request = transaction.request
    return transaction.method == "INVITE" and request is not None and not request.message.to_tag


class _Going:
    """The call that is going on, as far as it was seen: it tells whether another INVITE belongs to it."""

    def __init__(self) -> None:
        self._caller = ""
        self._tags: set[str] = set()
        self._last: Transaction | None = None
        """The last INVITE of the caller's host."""
        self._answered: int | None = None
        self._bye: int | None = None
        self._active = 0

    def take(self, transaction: Transaction) -> None:
        """Add a transaction of the call."""
        self._active = max(self._active, transaction.last_time)
        if transaction.method == "BYE":
            self._bye = transaction.time
        if not _opens(transaction):
            return
        self._tags.add(transaction.from_tag)
        self._caller = self._caller or host(transaction.source)
        if host(transaction.source) == self._caller:
            self._last = transaction
            for answer in transaction.answers:
                self._answered = answer.time if self._answered is None else min(self._answered, answer.time)

    def is_over_for(self, invite: Transaction) -> bool:
        """Whether the call was over when this INVITE came from its caller, so that a new call begins."""
        if self._last is None or not _opens(invite) or host(invite.source) != self._caller:
            return False
        now = invite.time
        if self._answered is not None and self._answered < now:
            if self._bye is not None:
                return self._bye < now
            return now - self._active > 2 * TIMEOUT and invite.from_tag not in self._tags
        final = self._last.final
        if final is None or final.time >= now or 300 <= status(final) < 400 or status(final) in TRY_AGAIN:
            return False
        return now - final.time > (TIMEOUT if invite.from_tag in self._tags else REDIAL)


def _sorted_out(transactions: Sequence[Transaction], acks: Sequence[Sighting], starts: list[int]) -> list[Turn]:
    """The turns: a new one begins at each of `starts`. A straggler of an earlier call goes where its tags belong."""
    turns = [Turn() for _ in range(len(starts) + 1)]
    dialogs: dict[frozenset[str], int] = {}

    def place(time: int, from_tag: str, to_tag: str) -> Turn:
        on = bisect_right(starts, time)
        return turns[min(dialogs.get(frozenset((from_tag, to_tag)), on), on) if to_tag else on]

    for transaction in transactions:
        turn = place(transaction.time, transaction.from_tag, transaction.to_tag)
        turn.transactions.append(transaction)
        if transaction.method == "INVITE":
            number = bisect_right(starts, transaction.time)
            for answer in transaction.answers:
                dialogs[frozenset((answer.message.from_tag, answer.message.to_tag))] = number
    for ack in acks:
        place(ack.time, ack.message.from_tag, ack.message.to_tag).acks.append(ack)
    return turns
