"""The duty to answer an offer: in the response to it, or in the ACK or PRACK when the offer was late.

An offer in an INVITE is answered in a reliable response, at the latest in the 2xx (RFC 3261, section 13.2.1), an offer
in a 2xx in the ACK (section 13.2.2.4), an offer in an UPDATE or PRACK in its 2xx (RFC 3311, section 5.2; RFC 3262,
section 5).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from sipdiag.calls.call import Call
from sipdiag.calls.ledger.duty import Duty, Outcome
from sipdiag.calls.reference import meant_by
from sipdiag.calls.session import Exchange, is_bodiless, is_reliable, names_100rel, sdp_in
from sipdiag.calls.transaction import status


def answers(exchanges: Sequence[Exchange], call: Call) -> Iterator[Duty]:
    """The duty of every offer of `call`, once for all its hops: at the last hop where it is not done, if there is one.

    `exchanges` come with the hop nearest to the side that owed the answer first.
    """
    entries: dict[tuple[str, int, str, str], Duty] = {}
    for exchange in exchanges:
        known = entries.get(exchange.key)
        if known is None or known.outcome in (Outcome.DONE, Outcome.LATE):
            entry = _for_offer(exchange, call)
            if known is None or entry.outcome not in (Outcome.DONE, Outcome.LATE):
                entries[exchange.key] = entry
    yield from entries.values()


def _for_offer(exchange: Exchange, call: Call) -> Duty:
    offer, closing, answer = exchange.offer, exchange.closing, exchange.answer
    duty = Duty(
        kind="answer-in-ack" if exchange.late else "answer",
        trigger=offer,
        debtor=offer.destination,
        outcome=Outcome.DONE,
        fulfilled_by=answer,
        followed_by=closing,
        exchange=exchange,
    )
    if closing is None:
        return replace(duty, outcome=Outcome.UNKNOWN, reason="open")
    if exchange.refused:
        return replace(duty, reason="refused")
    if answer is closing:
        late = exchange.late and any(copy.time <= closing.time for copy in exchange.transaction.repeats_of(offer))
        return replace(duty, outcome=Outcome.LATE if late else Outcome.DONE)
    if answer is not None and is_reliable(answer):
        return duty
    if not is_bodiless(closing):
        return replace(duty, outcome=Outcome.UNKNOWN, reason="unreadable")  # cut off, or no session description
    return _without(duty, exchange, call)


def _without(duty: Duty, exchange: Exchange, call: Call) -> Duty:
    """The message that had to bring the answer came without one."""
    if exchange.answer is not None:
        return replace(duty, outcome=Outcome.WRONG, reason="early")
    if exchange.late:
        return replace(duty, outcome=Outcome.UNDONE, reason="offer-in-response")
    if _is_seen_elsewhere(exchange, call):
        return replace(duty, outcome=Outcome.DONE, reason="seen-elsewhere")
    # Where responses may be reliable, the recorder may have missed one that held the answer.
    unseen = may_be_reliable(exchange) and _confirms_unseen(exchange, call)
    return replace(duty, outcome=Outcome.UNKNOWN if unseen else Outcome.UNDONE, reason="offer-in-request")


def _is_seen_elsewhere(exchange: Exchange, call: Call) -> bool:
    """Whether a reliable provisional response with the answer was seen at another hop: here the recorder missed it."""
    invite, closing = exchange.transaction, exchange.closing
    if invite.method != "INVITE" or closing is None:
        return False
    ends = (invite.cseq, invite.from_tag, closing.message.to_tag)
    return any(
        (seen.message.cseq, seen.message.from_tag, seen.message.to_tag) == ends
        and status(seen) < 200
        and is_reliable(seen)
        and bool(sdp_in(seen.message))
        for each in call.transactions
        if each is not invite and each.method == "INVITE"
        for seen in each.responses
    )


def may_be_reliable(exchange: Exchange) -> bool:
    """Whether a provisional response may hold the answer to the offer of an INVITE."""
    return exchange.transaction.method == "INVITE" and names_100rel(exchange.offer, "supported", "require")


def _confirms_unseen(exchange: Exchange, call: Call) -> bool:
    """Whether a PRACK confirms a response to this INVITE that the capture lacks, and that may hold the answer."""
    invite = exchange.transaction
    pracks = (each for each in call.transactions if each.method == "PRACK" and each.from_tag == invite.from_tag)
    return any(each.request is None or meant_by(each.request, call.transactions) is None for each in pracks)
