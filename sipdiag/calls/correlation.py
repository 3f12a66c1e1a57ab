"""The whole of a correlation: every message in its transaction, every transaction in its call or registration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from sipdiag.calls.call import Call, calls_in
from sipdiag.calls.legs import linked, put_together
from sipdiag.calls.link import Link
from sipdiag.calls.registration import Registration, registrations_in
from sipdiag.calls.subscription import Subscription, subscriptions_in
from sipdiag.calls.transaction import Arrival, Repeat, Transaction, TransactionTable, repeat_of
from sipdiag.trace import Sighting


class Correlation(msgspec.Struct, kw_only=True):
    """What belongs to what."""

    arrivals: list[Arrival]
    """Every sighting with its place, in the order of time."""
    transactions: list[Transaction]
    """In the order of time."""
    by_call_id: dict[str, list[Transaction]]
    """The same by Call-ID."""
    calls: list[Call]
    """A call through B2BUAs is one call with several legs."""
    legs: list[Call]
    """The calls of each Call-ID by itself: duties and rules look at these."""
    registrations: list[Registration]
    subscriptions: list[Subscription]
    turns: dict[str, list[Call]] = {}
    """The calls of each Call-ID, in the order of time; filled when `call_at` is first asked."""

    def transactions_of(self, call_id: str) -> list[Transaction]:
        """The transactions of one Call-ID, in the order of time."""
        return self.by_call_id.get(call_id, [])

    def call_at(self, call_id: str, time: int) -> Call | None:
        """The call that a message of this Call-ID and time belongs to; None where it is of no call."""
        if not self.turns:
            for call in self.calls:
                for each in call.call_ids:
                    self.turns.setdefault(each, []).append(call)
        turns = self.turns.get(call_id, [])
        return next((call for call in reversed(turns) if call.opening.time <= time), turns[0] if turns else None)

    def whole_of(self, leg: Call) -> Call:
        """The call that `leg` is a leg of; itself where it is the whole."""
        whole = self.calls[leg.number - 1] if 0 < leg.number <= len(self.calls) else leg
        return whole if leg.call_id in whole.call_ids else leg


def correlate(sightings: Iterable[Sighting], *, guess: bool = True, links: Sequence[Link] | None = None) -> Correlation:
    """Tie together `sightings`, which come in the order of time; without `guess` only header fields make calls legs.

    Where `sightings` are only a part of the traffic, `links` says which of their calls are legs of one call.
    """
    table = TransactionTable()
    acks = _Acknowledgements()
    arrivals: list[Arrival] = []
    for sighting in sightings:
        arrival = table.add(sighting)
        if arrival.transaction is None:
            arrival = acks.add(sighting)
        arrivals.append(arrival)
    by_call_id: dict[str, list[Transaction]] = {}
    for transaction in table.transactions:
        by_call_id.setdefault(transaction.call_id, []).append(transaction)
    legs = calls_in(by_call_id, acks.sent)
    correlation = Correlation(
        arrivals=arrivals,
        transactions=table.transactions,
        by_call_id=by_call_id,
        calls=linked(legs, guess=guess) if links is None else put_together(legs, links),
        legs=legs,
        registrations=registrations_in(table.transactions),
        subscriptions=subscriptions_in(table.transactions),
    )
    groups: tuple[Iterable[_Numbered], ...] = (
        correlation.calls,
        correlation.registrations,
        correlation.subscriptions,
    )
    for group in groups:
        for number, member in enumerate(group, 1):
            member.number = number
    for call in correlation.calls:
        for leg in call.legs:
            leg.number = call.number
    return correlation


class _Numbered(Protocol):
    number: int


class _Acknowledgements:
    """The ACKs that belong to no transaction, because a 2xx is acknowledged end to end (section 13.2.2.4)."""

    def __init__(self) -> None:
        self.sent: list[Sighting] = []
        """Each packet once; a retransmission is a packet of its own."""
        self._copies: dict[tuple[str, ...], list[Sighting]] = {}

    def add(self, ack: Sighting) -> Arrival:
        """Place one ACK: the first of its kind at this link, a retransmission, or one packet recorded twice."""
        message = ack.message
        key = (message.call_id, str(message.cseq), message.branch, message.to_tag, ack.source, ack.destination)
        copies = self._copies.setdefault(key, [])
        repeat = repeat_of(copies, ack) if copies else Repeat.FIRST
        first = copies[0] if copies else None
        copies.append(ack)
        if repeat is not Repeat.DUPLICATE:
            self.sent.append(ack)
        return Arrival(sighting=ack, transaction=None, repeat=repeat, first=first)
