"""Traits of a call: what gives a rule reason to look at the call at all.

Most calls of a busy server go by the book, and most rules are about calls that do not. Whether a call does is found out
once, by cheap looks; a rule declares which traits a call must have for the rule to have anything to say.
"""

from __future__ import annotations

from enum import IntFlag, auto

from sipdiag.calls.call import Call
from sipdiag.calls.transaction import Transaction


class Trait(IntFlag):
    """What a leg of a call may have."""

    TROUBLED = auto()
    """Anything but an INVITE that was answered, its ACK, and a BYE that was answered, or not yet sent: each once, at
    one hop."""
    TIMED = auto()
    """A session timer was agreed on (RFC 4028), or it is troubled."""
    ROUTED = auto()
    """Proxies stay in its path (RFC 3261, section 16.6), or it is troubled."""
    SIGNED = auto()
    """Its INVITE bears an Identity (RFC 8224) or the mark of a verifier, or it is troubled."""
    HEARD = auto()
    """Media were seen, of whatever call."""


_OF_TROUBLE = int(Trait.TROUBLED | Trait.TIMED | Trait.ROUTED | Trait.SIGNED)
_TIMED, _ROUTED, _SIGNED = int(Trait.TIMED), int(Trait.ROUTED), int(Trait.SIGNED)


def traits_of(leg: Call) -> int:
    """The traits that the messages of `leg` give it, as the bits of `Trait`."""
    answer = leg.answer
    if answer is None or not _went_by_the_book(leg):
        return _OF_TROUBLE
    request, traits = leg.transactions[0].request, 0
    if "session-expires" in answer.message.names:
        traits |= _TIMED
    if "record-route" in answer.message.names:
        traits |= _ROUTED
    if request is None or "identity" in request.message.names or "verstat=" in request.message.head:
        traits |= _SIGNED
    return traits


def _went_by_the_book(leg: Call) -> bool:
    """Whether there is nothing in `leg` but INVITE, 1xx, 2xx, ACK, BYE and 200: what each asked for came, once.

    A call that has not ended is no worse, as long as that is all there is.
    """
    invite, byes = leg.transactions[0], leg.transactions[1:]
    if len(byes) > 1 or len(leg.acks) != 1 or leg.reinvites or invite.method != "INVITE" or not _is_seen_once(invite):
        return False
    if any(bye.method != "BYE" or len(bye.responses) != 1 or not _is_seen_once(bye) for bye in byes):
        return False
    answer, ack = invite.responses[-1], leg.acks[0]
    if invite.final is not answer or leg.answer is not answer or leg.ack is not ack:
        return False
    if ack.destination != answer.source:
        return False
    return not any("rseq" in each.message.names for each in invite.responses)


def _is_seen_once(transaction: Transaction) -> bool:
    """Whether a request and one 2xx were seen at one link, and neither again."""
    return (
        transaction.request is not None
        and len(transaction.answers) == 1
        and transaction.origin is None
        and not (transaction.request_repeats or transaction.response_repeats or transaction.acks)
    )
