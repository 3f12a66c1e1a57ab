"""Sessions: who offered what, and what was answered (RFC 3264; RFC 3261, section 13.2.1; RFC 3262, 3311, 6337).

An offer stands in an INVITE, an UPDATE or a PRACK and is answered by the response; or in a reliable response to an
INVITE that made none, and is answered by the PRACK or by the ACK. An exchange is told at each hop where it was seen,
because elements on the way change session descriptions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from sipdiag.calls.call import Call, acknowledges
from sipdiag.calls.reference import meant_by
from sipdiag.calls.transaction import Transaction, status
from sipdiag.media import Description, Media, parse_sdp
from sipdiag.sip import Message
from sipdiag.trace import Sighting

OFFERING = frozenset({"INVITE", "UPDATE", "PRACK"})
"""Requests that may hold an offer."""
# m=<media> <port> <proto> <fmt> ..., RFC 8866, section 5.14
_MEDIA = re.compile(rb"\nm=(\S+) (\d+) (\S+) ([^\r\n]*)")
# The part of a multipart body that is a session description (RFC 5621).
_PART = re.compile(rb"(?i)\ncontent-type[ \t]*:[ \t]*application/sdp\b.*?\r?\n\r?\n(.*?)(?=\r?\n--|\Z)", re.DOTALL)


_COMMON_CODECS = frozenset({b"0", b"3", b"8", b"9", b"18"})
"""Static payload types of voice (RFC 3551, section 6): PCMU, GSM, PCMA, G722, G729."""

NOT_ACCEPTABLE = frozenset({415, 488, 606})
"""Refusals of what an offer holds (RFC 3261, sections 21.4.13, 21.4.26 and 21.6.4)."""
INCOMPATIBLE_TRANSPORT = ("302", "304")
"""Warning codes: incompatible transport protocol; media type not available (RFC 3261, section 20.43)."""


class Exchange(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One offer at one hop, with what became of it."""

    transaction: Transaction
    """The INVITE, UPDATE or PRACK at this hop."""
    offer: Sighting
    closing: Sighting | None = None
    """The message that holds the answer, or should, or a failure that refuses the offer; None while there is none."""
    answer: Sighting | None = None
    """The message that holds the answer: `closing`, or a provisional response before it."""
    plain: bool = False
    """Whether a cheap look shows every stream accepted as offered, in clear, with a codec of `_COMMON_CODECS`."""

    @property
    def key(self) -> tuple[str, int, str, str]:
        """What one exchange has in common at all its hops."""
        seen = self.closing or self.offer
        return self.transaction.method, self.transaction.cseq, seen.message.from_tag, seen.message.to_tag

    @property
    def refused(self) -> bool:
        """Whether a failure response ended it."""
        return self.closing is not None and status(self.closing) >= 300

    @property
    def late(self) -> bool:
        """Whether the offer came in a response."""
        return status(self.offer) > 0

    @property
    def within(self) -> bool:
        """Whether it changes a session that is there already."""
        request = self.transaction.request
        return request is not None and bool(request.message.to_tag)


def sdp_in(message: Message) -> bytes:
    """The session description that `message` carries, in a multipart body too; empty when it has none."""
    body = message.body
    if not body or body[:2] == b"v=":
        return body
    if b"application/sdp" in body[:65536].lower():
        found = _PART.search(b"\n" + body)
        return b"" if found is None else found[1]
    return body.lstrip() if body.lstrip()[:2] == b"v=" else b""


def description_in(sighting: Sighting) -> Description:
    """The session description that a message carries; one without streams when it has none."""
    return parse_sdp(sdp_in(sighting.message))


def encryption_refused(offer: Sighting, refusal: Sighting) -> str:
    """How a refusal shows that it is about encryption; empty where it does not.

    `contrary`: the session description in the refusal wants encryption where none was offered, or the other way round.
    `warned`: an encrypted stream was offered, and Warning 302 or 304 blames its transport protocol or kind of media.
    """
    offered, wanted = audio_in(offer), audio_in(refusal)
    ways = {stream.secure for stream in offered}
    if len(ways) != 1:
        return ""
    if wanted and {stream.secure for stream in wanted}.isdisjoint(ways):
        return "contrary"
    warned = any(value.lstrip()[:3] in INCOMPATIBLE_TRANSPORT for value in refusal.message.fields("warning"))
    return "warned" if warned and True in ways else ""


def audio_in(sighting: Sighting) -> list[Media]:
    """The audio streams of the session description in a message."""
    return [stream for stream in description_in(sighting).media if stream.kind == "audio"]


def streams_of(exchange: Exchange) -> list[tuple[Media, Media]]:
    """Each offered stream with its answer: they match by their order (RFC 3264, section 6)."""
    if exchange.answer is None:
        return []
    return list(zip(description_in(exchange.offer).media, description_in(exchange.answer).media, strict=False))


def exchanges_of(call: Call) -> list[Exchange]:
    """The exchanges of `call`; of one seen at several hops, the hop nearest to the side that answered comes first."""
    found = [
        exchange
        for each in call.transactions
        if each.method in OFFERING and each.origin is None
        for exchange in _exchanges(each, call)
    ]
    found.sort(key=lambda each: (each.closing or each.offer).time)
    return found


def _exchanges(transaction: Transaction, call: Call) -> Iterator[Exchange]:
    request = transaction.request
    if request is None:
        return  # nobody can tell whether it made an offer
    if transaction.method == "INVITE" and is_bodiless(request):
        yield from _late(transaction, call)
    elif sdp_in(request.message) and not (transaction.method == "PRACK" and _may_answer(transaction, request, call)):
        yield from _early(transaction, request)


def _early(transaction: Transaction, request: Sighting) -> Iterator[Exchange]:
    """The offer in a request: each 2xx closes it for its own dialog, a failure for all."""
    accepting = transaction.answers
    for accepted in accepting:
        tag = accepted.message.to_tag
        told = [each for each in transaction.responses if each.message.to_tag == tag and 100 < status(each) < 300]
        described = [each for each in told if sdp_in(each.message)]
        answer = described[0] if described else None
        if len(described) > 1:
            answer = next((each for each in described if is_reliable(each)), answer)
        plain = answer is not None and _is_plain(request, answer)
        yield Exchange(transaction=transaction, offer=request, closing=accepted, answer=answer, plain=plain)
    if not accepting:
        yield Exchange(transaction=transaction, offer=request, closing=transaction.final)


def _is_plain(offer: Sighting, answer: Sighting) -> bool:
    """Whether both describe the same streams over RTP/AVP, and the answer prefers a registered codec of the offer."""
    return _describe_the_same(offer.message.body, answer.message.body)


@lru_cache(maxsize=1024)  # an offer and its answer pass every hop
def _describe_the_same(offer: bytes, answer: bytes) -> bool:
    offered, answered = _MEDIA.findall(offer), _MEDIA.findall(answer)
    if not offered or len(offered) != len(answered):
        return False
    for one, other in zip(offered, answered, strict=True):
        formats = other[3].split()
        if one[0] != other[0] or not one[2] == other[2] == b"RTP/AVP" or b"0" in (one[1], other[1]) or not formats:
            return False
        if formats[0] not in _COMMON_CODECS or formats[0] not in one[3].split():
            return False
    return True


def _late(transaction: Transaction, call: Call) -> Iterator[Exchange]:
    """The offer in the first reliable response of each dialog, answered by PRACK or ACK."""
    offered: set[str] = set()
    for response in transaction.responses:
        tag = response.message.to_tag
        if not is_reliable(response) or tag in offered or not sdp_in(response.message):
            continue
        offered.add(tag)
        closing = _closing_of(response, call)
        answered = closing is not None and bool(sdp_in(closing.message))
        yield Exchange(transaction=transaction, offer=response, closing=closing, answer=closing if answered else None)


def is_bodiless(sighting: Sighting) -> bool:
    """Whether the message surely came without a body: of one that was cut off nobody can tell."""
    message = sighting.message
    return sighting.complete and not message.cut_off and not message.body and not message.content_length


def is_reliable(response: Sighting) -> bool:
    """Whether the client must confirm the response, so that a session description in it counts (RFC 3262)."""
    code = status(response)
    return code // 100 == 2 or (100 < code < 200 and response.message.field("rseq") is not None)


def names_100rel(sighting: Sighting, *names: str) -> bool:
    """Whether one of the header fields `names` lists the option tag `100rel` (RFC 3262), in whatever case."""
    return any(tag.lower() == "100rel" for name in names for tag in sighting.message.values(name))


def _closing_of(offer: Sighting, call: Call) -> Sighting | None:
    """The ACK or PRACK of a response; of several, one with a session description."""
    if status(offer) < 200:
        pracks = [each.request for each in call.transactions if each.method == "PRACK" and each.request is not None]
        found = [each for each in pracks if meant_by(each, call.transactions) is offer]
    else:
        found = [each for each in call.acks if acknowledges(each, offer)]
    return next((each for each in found if sdp_in(each.message)), found[0] if found else None)


def _may_answer(transaction: Transaction, prack: Sighting, call: Call) -> bool:
    """Whether the session description of `prack` answers an offer in the response it confirms (RFC 3262, section 5).

    Where the recorder missed that response, or the INVITE that may have made the offer, it counts as an answer unless a
    2xx to the PRACK has a session description too: that one shows that the PRACK made an offer.
    """
    meant = meant_by(prack, call.transactions)
    if meant is not None and not sdp_in(meant.message):
        return False
    for each in call.transactions:
        if meant is not None and each.method == "INVITE" and meant in each.responses and each.request is not None:
            return not sdp_in(each.request.message)
    return not any(sdp_in(accepted.message) for accepted in transaction.answers)
