"""The INVITEs of a call: those that open a dialog, with all their hops, and those inside one (RFC 3261, section 14)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from sipdiag.calls.transaction import Transaction, status
from sipdiag.trace import Sighting, host

LATEST = 8
"""How many of the newest hops to a host are searched for one that is still open."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One INVITE outside a dialog, by From tag and CSeq, at every hop and on every branch where it was seen."""

    hops: list[Transaction]
    """In the order they were first seen: the one nearest the caller first."""

    @property
    def first(self) -> Transaction:
        """The hop nearest the caller: what happened there is what the caller got."""
        return self.hops[0]

    @property
    def final(self) -> Sighting | None:
        """The response that ended the attempt for the caller.

        A branch that failed behind a proxy ends nothing while the proxy may try others: it counts only where the
        capture shows no response at all to the hop nearest the caller.
        """
        if self.first.final is not None:
            return self._reached.final
        finals = [final for hop in self.hops if (final := hop.final) is not None]
        answered = next((final for final in finals if status(final) < 300), None)
        if answered is not None or self.first.responses:
            return answered
        return finals[-1] if finals else None

    @property
    def _reached(self) -> Transaction:
        """The hop that decides the attempt, of all on which the sender of the first hop sent the INVITE.

        A sender tries the next address of a target under a new branch (RFC 3263, section 4.3), and a forking proxy
        tries all targets at once. An answered hop decides; without one, a hop that is still open leaves the attempt
        undecided; else the hop that ended last decides.
        """
        first = self.first
        if len(self.hops) == 1:
            return first
        own = [hop for hop in self.hops if hop.origin is None and host(hop.source) == host(first.source)]
        own = [hop for hop in own if _vias(hop) == _vias(first)] or [first]
        undecided = (hop for hop in own if hop.final is None)
        return next((hop for hop in own if hop.answers), None) or next(undecided, max(own, key=_decided))


def _decided(hop: Transaction) -> int:
    """When the hop got its final response; 0 without one."""
    return 0 if hop.final is None else hop.final.time


def _vias(hop: Transaction) -> int:
    """How many elements the INVITE had passed when it was seen here: each adds a Via, and the responses repeat them."""
    return len((hop.request or hop.responses[0]).message.vias)


def attempts_in(
    transactions: Sequence[Transaction], acks: Sequence[Sighting]
) -> tuple[list[Attempt], list[Transaction]]:
    """The attempts among `transactions`, which come in the order of time, and the re-INVITEs."""
    invites = [transaction for transaction in transactions if transaction.method == "INVITE"]
    if len(invites) == 1 and (request := invites[0].request) is not None:
        return ([], invites) if request.message.to_tag else ([Attempt(hops=invites)], [])
    so_far = _Invites(transactions, acks)
    reinvites = []
    for transaction in invites:
        if so_far.is_inside(transaction):
            reinvites.append(transaction)
        else:
            so_far.add(transaction)
    return so_far.attempts, reinvites


class _Invites:
    """What the INVITEs so far say of the next one."""

    def __init__(self, transactions: Sequence[Transaction], acks: Sequence[Sighting]) -> None:
        self.attempts: list[Attempt] = []
        self._transactions = transactions
        self._acks = acks
        self._acked: dict[tuple[str, str], int] | None = None
        self._by_key: dict[tuple[str, int], Attempt] = {}
        self._callers: set[str] = set()
        """The From tags of the INVITEs taken so far."""
        self._confirmed: set[str] = set()
        """The To tags of every 2xx."""
        self._received: dict[str, list[tuple[Transaction, Attempt]]] = {}
        """Host → the INVITEs that it was sent, each with its attempt, in the order of time."""

    def add(self, transaction: Transaction) -> None:
        """Take an INVITE outside a dialog, at whichever hop it was seen."""
        key = (transaction.from_tag, transaction.cseq)
        attempt = self._by_key.get(key)
        if attempt is None:
            # A B2BUA that keeps the Call-ID has tags and numbers of its own on its far side.
            attempt = self._passed_on(transaction)
            if attempt is None:
                attempt = Attempt(hops=[])
                self.attempts.append(attempt)
            self._by_key[key] = attempt
        attempt.hops.append(transaction)
        self._callers.add(transaction.from_tag)
        self._confirmed.update(answer.message.to_tag for answer in transaction.answers)
        if transaction.request is not None and host(transaction.source) != host(transaction.destination):
            self._received.setdefault(host(transaction.destination), []).append((transaction, attempt))

    def is_inside(self, transaction: Transaction) -> bool:
        """Whether an INVITE belongs to a dialog that was there already."""
        request = transaction.request
        if request is None:  # the recorder missed the request: the tags of its responses have to tell
            to_tag = transaction.responses[0].message.to_tag
            again = to_tag in self._confirmed and (transaction.from_tag, transaction.cseq) not in self._by_key
            return again or to_tag in self._callers or (not self._by_key and self._goes_on(transaction))
        to_tag, from_tag = request.message.to_tag, request.message.from_tag
        # Some clients leave the To tag of a 401 in place when they try again: only a tag of a 2xx makes a dialog.
        if to_tag and (to_tag in self._confirmed or to_tag in self._callers or not self._by_key):
            return True
        if from_tag in self._confirmed:
            return True  # the callee's side of the dialog
        return bool(to_tag) and self._was_acknowledged(from_tag, to_tag, request.time)

    def _was_acknowledged(self, from_tag: str, to_tag: str, before: int) -> bool:
        """Whether an ACK `before` this time shows that a 2xx, which the recorder missed, had made the dialog."""
        if self._acked is None:
            self._acked = {}
            for ack in self._acks:
                self._acked.setdefault((ack.message.from_tag, ack.message.to_tag), ack.time)
        return self._acked.get((from_tag, to_tag), before) < before

    def _passed_on(self, transaction: Transaction) -> Attempt | None:
        """The attempt that this INVITE passes on: one still open at the host that sent it, at the time it did."""
        received = self._received.get(host(transaction.source), []) if transaction.request is not None else []
        for hop, attempt in reversed(received[-LATEST:]):
            if hop.final is None or hop.final.time > transaction.time:
                return attempt
        return None

    def _goes_on(self, transaction: Transaction) -> bool:
        """Whether the dialog of this failed INVITE was in use afterwards: then the INVITE was a re-INVITE."""
        final = transaction.final
        if final is None or status(final) < 300:
            return False
        tags = {final.message.from_tag, final.message.to_tag}
        later = (each.request for each in self._transactions if each.method not in ("INVITE", "CANCEL"))
        return any(
            each is not None and each.time > final.time and {each.message.from_tag, each.message.to_tag} == tags
            for each in later
        )
