"""Calls: the dialogs, attempts and hops that one INVITE set off (RFC 3261, sections 12 to 15)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

import msgspec

from sipdiag.calls.attempt import Attempt, attempts_in
from sipdiag.calls.link import Link
from sipdiag.calls.transaction import Transaction, status
from sipdiag.calls.turns import turns_of
from sipdiag.trace import Sighting

CHALLENGES = frozenset({401, 402, 407})
"""Responses that tell a caller nothing, because the client comes back with credentials (RFC 6076, section 4.3)."""


class CallState(Enum):
    """How a call went."""

    ANSWERED = "answered"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNFINISHED = "unfinished"


class Call(msgspec.Struct, kw_only=True):
    """One call: every message of its Call-ID, or of the Call-IDs of its legs."""

    call_ids: list[str]
    """That of the leg nearest the caller first."""
    transactions: list[Transaction]
    """Every transaction of the call, in the order of time."""
    acks: list[Sighting]
    """The ACKs that complete no failed INVITE: those of a 2xx, or of a response not seen; retransmissions included."""
    number: int = 0
    """1-based place in the list of calls."""
    turn: int = 1
    """1-based place among the calls that use its Call-ID; a client should use a Call-ID for one call only."""

    attempts: list[Attempt] = []
    """INVITEs outside a dialog, in order: the first, then those sent after a challenge, a redirect or a failure."""
    reinvites: list[Transaction] = []
    """INVITEs inside the dialog."""
    byes: list[Transaction] = []
    """Every BYE, at every hop."""
    state: CallState = CallState.UNFINISHED
    final: Sighting | None = None
    """The final response that the caller got in the end."""
    answer: Sighting | None = None
    """The 2xx that the caller got."""
    ack: Sighting | None = None
    """The first ACK of that 2xx."""
    ending: Transaction | None = None
    """The first BYE; for a call that was cancelled the CANCEL."""
    legs: list[Call] = []
    """The call on each side of a B2BUA, each with its own Call-ID, the caller's first; empty for a call of one leg."""
    links: list[Link] = []
    """What ties each leg to the one before."""

    @property
    def path(self) -> list[Transaction]:
        """The last INVITE at every hop, leg by leg; a call that replaced another is no way onward (RFC 3891)."""
        replacing = {link.call_id for link in self.links if link.by == "replaces"}
        legs = [leg for leg in self.legs if leg.call_id not in replacing] or [self]
        return [hop for leg in legs for attempt in leg.attempts[-1:] for hop in attempt.hops]

    @property
    def call_id(self) -> str:
        """The first Call-ID."""
        return self.call_ids[0]

    @property
    def key(self) -> str:
        """What no other call has: its Call-ID, and from the second call of that Call-ID on its `turn` too."""
        return self.call_ids[0] if self.turn == 1 else f"{self.call_ids[0]}\n{self.turn}"

    @property
    def invite(self) -> Sighting | None:
        """The first INVITE; None when the call began before the capture did."""
        for attempt in self.attempts:
            for hop in attempt.hops:
                if hop.request is not None:
                    return hop.request
        return None

    @property
    def first_indication(self) -> Sighting | None:
        """The first response that told the caller something: no 100, challenge or redirect (RFC 6076, section 4.3)."""
        return first_told(self.attempts[-1].first.responses) if self.attempts else None

    @property
    def setup(self) -> int | None:
        """Nanoseconds from the first INVITE to the 2xx; None where the capture lacks one of them."""
        invite, answer = self.invite, self.answer
        return None if invite is None or answer is None else answer.time - invite.time

    @property
    def duration(self) -> int | None:
        """Nanoseconds from the 2xx to the BYE (RFC 6076, section 4.5); None where the capture lacks one of them."""
        bye = None if self.ending is None else self.ending.request
        return None if self.answer is None or bye is None else bye.time - self.answer.time

    @property
    def opening(self) -> Sighting:
        """The first message of the call that was seen."""
        first = self.transactions[0] if self.transactions else None
        if first is None:
            return self.acks[0]
        return first.responses[0] if first.request is None else first.request

    @property
    def ended_by(self) -> str | None:
        """`caller` or `callee`: who sent the BYE, by its From tag, or the CANCEL.

        None while the call has not ended, and where the capture does not show who ended or who made it.
        """
        if self.ending is None or self.ending.request is None:
            return None
        if self.ending.method == "CANCEL":
            return "caller"
        if not self.attempts:
            return None
        return "caller" if self.ending.from_tag == self.attempts[0].first.from_tag else "callee"


def first_told(responses: Iterable[Sighting]) -> Sighting | None:
    """The first of `responses` that is no 100, challenge or redirect (RFC 6076, section 4.3)."""
    for each in responses:
        code = each.message.status
        if code > 100 and code not in CHALLENGES and not 300 <= code < 400:
            return each
    return None


def opening_requests(call: Call) -> list[Sighting]:
    """The INVITEs that opened a call, at each hop once."""
    hops = (hop for attempt in call.attempts for hop in attempt.hops)
    return [hop.request for hop in hops if hop.request is not None and hop.origin is None]


def calls_in(by_call_id: dict[str, list[Transaction]], acks: list[Sighting]) -> list[Call]:
    """The calls among transactions given by Call-ID, in the order they began: each has an INVITE or a BYE."""
    acks_by_call_id: dict[str, list[Sighting]] = {}
    for ack in acks:
        acks_by_call_id.setdefault(ack.message.call_id, []).append(ack)
    calls = [
        _concluded(Call(call_ids=[call_id], transactions=turn.transactions, acks=turn.acks, turn=number))
        for call_id, transactions in by_call_id.items()
        if any(transaction.method in ("INVITE", "BYE") for transaction in transactions)
        for number, turn in enumerate(turns_of(transactions, acks_by_call_id.get(call_id, [])), 1)
    ]
    if any(call.turn > 1 for call in calls):
        calls.sort(key=lambda call: (call.opening.time, call.opening.capture, call.opening.frame))
    return calls


def _concluded(call: Call) -> Call:
    """`call` with its attempts told apart and its outcome worked out."""
    call.attempts, call.reinvites = attempts_in(call.transactions, call.acks)
    for attempt in call.attempts:
        final = attempt.final
        if final is not None and status(final) < 300:
            call.answer = final
            break
    call.final = call.answer or (call.attempts[-1].final if call.attempts else None)
    call.ack = _ack_of(call, call.answer)
    byes = _byes_of(call)
    cancels = [transaction for transaction in call.transactions if transaction.method == "CANCEL"]
    if call.answer is not None or not call.attempts:
        call.state = CallState.ANSWERED if call.answer is not None or byes else CallState.UNFINISHED
        call.ending = byes[0] if byes else None
    elif cancels and _cancels_the_caller(call, cancels):
        call.state = CallState.CANCELLED
        call.ending = cancels[0]
    elif call.final is not None:
        call.state = CallState.CANCELLED if status(call.final) == 487 else CallState.FAILED
    return call


def _byes_of(call: Call) -> list[Transaction]:
    """Every BYE; first those of the answered dialog, as each surplus answer of a fork gets a BYE of its own."""
    byes = call.byes = [transaction for transaction in call.transactions if transaction.method == "BYE"]
    if call.answer is None or len(byes) < 2:
        return byes
    ends = {call.answer.message.from_tag, call.answer.message.to_tag}
    return sorted(byes, key=lambda bye: {bye.from_tag, bye.to_tag} != ends)


def _cancels_the_caller(call: Call, cancels: list[Transaction]) -> bool:
    """Whether the caller gave up: a CANCEL at the hop nearest the caller, not one from a proxy to a branch."""
    nearest = call.attempts[-1].first
    return any(cancel.branch == nearest.branch or cancel.source == nearest.source for cancel in cancels)


def _ack_of(call: Call, answer: Sighting | None) -> Sighting | None:
    """The first ACK that belongs to the 2xx: same dialog, same CSeq number (section 13.2.2.4)."""
    if answer is None:
        return None
    return next((ack for ack in call.acks if acknowledges(ack, answer)), None)


def acknowledges(ack: Sighting, answer: Sighting) -> bool:
    """Whether `ack` is for the 2xx `answer`: Call-ID, both tags and the CSeq number agree (section 13.2.2.4)."""
    one, other = ack.message, answer.message
    return (
        one.cseq == other.cseq
        and one.to_tag == other.to_tag
        and one.from_tag == other.from_tag
        and one.call_id == other.call_id
    )
