"""One Call-ID used for one call after the other, although each should have one of its own (RFC 3261, section 8.1.1.4).

A client that comes back after a challenge, a redirect or a failure keeps the Call-ID too (section 8.1.3.5). What tells
a new call is that the one before was over: ended by a BYE, or failed for good and given up for a while.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from sipdiag.calls.transaction import SECOND, TIMEOUT, Transaction, status
from sipdiag.trace import Sighting, host

TRY_AGAIN = frozenset(
    {401, 402, 407, 413, 415, 416, 420, 421, 422, 423, 428, 429, 436, 437, 438, 484, 488, 491, 494, 503, 580, 606}
)
"""Refusals that a client is meant to come back after, with something changed; all redirects besides."""
REDIAL = 2 * SECOND
"""A person takes longer to call again, a client that tries its next server does not."""


class Turn(msgspec.Struct, kw_only=True):
    """What belongs to one call of a Call-ID."""

    transactions: list[Transaction] = []
    acks: list[Sighting] = []


def turns_of(transactions: Sequence[Transaction], acks: Sequence[Sighting]) -> list[Turn]:
    """The calls of one Call-ID, which most often is one."""
    openings = [each for each in transactions if _opens(each)]
    if len(openings) < 2:
        return [Turn(transactions=list(transactions), acks=list(acks))]
    starts = _starts(transactions)
    turns = [Turn() for _ in range(len(starts) + 1)]
    for transaction in transactions:
        turns[_place(transaction.time, transaction.from_tag, transaction.to_tag, starts, turns)].transactions.append(
            transaction
        )
    for ack in acks:
        message = ack.message
        turns[_place(ack.time, message.from_tag, message.to_tag, starts, turns)].acks.append(ack)
    return turns


def _opens(transaction: Transaction) -> bool:
    """Whether it is an INVITE outside a dialog."""
    request = transaction.request
    return transaction.method == "INVITE" and request is not None and not request.message.to_tag


def _starts(transactions: Sequence[Transaction]) -> list[int]:
    """When each call after the first began."""
    starts: list[int] = []
    current: list[Transaction] = []
    for transaction in transactions:
        if _opens(transaction) and _begins_anew(transaction, current):
            starts.append(transaction.time)
            current = []
        current.append(transaction)
    return starts


def _begins_anew(invite: Transaction, earlier: list[Transaction]) -> bool:
    """Whether the call of the transactions before it was over when this INVITE came from the same caller."""
    openings = [each for each in earlier if _opens(each)]
    if not openings or host(invite.source) != host(openings[0].source):
        return False
    over = _over(openings, earlier, invite.time)
    if over is None:
        return False
    other_tag = all(each.from_tag != invite.from_tag for each in openings)
    ended, gap = over
    return gap >= 0 if ended else gap > (REDIAL if other_tag else TIMEOUT)


def _over(openings: list[Transaction], earlier: list[Transaction], now: int) -> tuple[bool, int] | None:
    """Whether it was ended in due form, and how long ago; None while it may still go on, or come back."""
    source = host(openings[0].source)
    nearest = [each for each in openings if host(each.source) == source]
    last = nearest[-1]
    if any(answer.time < now for each in nearest for answer in each.answers):
        byes = [each for each in earlier if each.method == "BYE" and each.time < now]
        quiet = max(each.last_time for each in earlier if each.time < now)
        if byes:
            return True, now - byes[-1].time
        return (False, now - quiet - TIMEOUT) if now - quiet > TIMEOUT else None
    final = last.final
    if final is None or final.time >= now or 300 <= status(final) < 400 or status(final) in TRY_AGAIN:
        return None
    return False, now - final.time


def _place(time: int, from_tag: str, to_tag: str, starts: list[int], turns: list[Turn]) -> int:
    """Which turn a message is of: the one that was on, but a straggler goes to the one whose tags it bears."""
    on = sum(start <= time for start in starts)
    tags = {from_tag, to_tag} - {""}
    if on and to_tag and not _knows(turns[on], tags):
        return next((index for index in reversed(range(on)) if _knows(turns[index], tags)), on)
    return on


def _knows(turn: Turn, tags: set[str]) -> bool:
    """Whether both tags are of a dialog of the turn."""
    return any(
        tags == {answer.message.from_tag, answer.message.to_tag}
        for each in turn.transactions
        if each.method == "INVITE"
        for answer in each.answers
    )
