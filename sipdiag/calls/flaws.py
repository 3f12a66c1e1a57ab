"""Flaws: what is wrong with messages by themselves, and who sent them (RFC 3261, sections 7, 8.1.1 and 18.3).

A load test has hundreds of thousands of messages and a handful of shapes. Only a message of a new shape is looked at;
a shape is the sender, the method, the status code, and the header fields with all letters and digits taken out. Of what
one endpoint sends many hundred times without harm, only samples are looked at. The Call-ID decides which messages are
samples, so that they are the same ones however the traffic is divided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final
from zlib import crc32

import msgspec

from sipdiag.calls.transaction import RELIABLE, Arrival, Repeat, status
from sipdiag.sip import Request, Response, defects
from sipdiag.trace import Sighting, host

_ALPHANUMERIC: Final = bytes([*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B)])
"""ASCII digits and letters: what is taken out of a header to get its shape."""
_BY_DETAIL: Final = frozenset({"header-missing", "header-omitted"})
"""Kinds of defect that make a flaw for each header field that their detail names."""
_OF_THE_BODY: Final = frozenset({"content-length-too-large", "content-length-too-small"})
"""Kinds of defect that a shape does not show, so that every message is asked for them."""
REFUSALS: Final = frozenset({400, 416, 505, 513})
"""What a server answers to a message that it cannot read (RFC 3261, section 21)."""
_FILLING: Final = b"\0\r\n\t "
"""Bytes behind a body that mean nothing: keep-alives, padding."""
_ENOUGH: Final = 500
"""Where one endpoint sent more messages of one method and status code than this, only samples are looked at."""
_ONE_OF: Final = 16
"""One Call-ID in so many is a sample; of a kind with fewer messages about `_ENOUGH` are."""
_LARGEST_CSEQ: Final = 2**31 - 1
"""RFC 3261, section 8.1.1.5."""


class Flaw(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of defect in what one host sends."""

    sender: str
    """The address of the host."""
    kind: str
    """A `Defect.kind` of `sipdiag.sip`."""
    detail: str
    """The value that shows it, in the first message."""
    named: str
    """The header field, where each one makes a flaw of its own; else empty."""
    arrivals: list[Arrival]
    """Every message with the flaw, without retransmissions, in the order of time."""


class Harm(msgspec.Struct, frozen=True, kw_only=True):
    """What a flaw led to."""

    kind: str
    """`refused`: the request was answered with 400 or the like; `ignored`: the receiver acted as if it had not got the
    message; `accepted`: nothing;
    `unseen`: nothing that the capture shows."""
    arrival: Arrival
    """The message that shows it."""
    shown_by: list[Sighting]
    """That message, and those that show what it led to."""


def harm_of(flaw: Flaw) -> Harm:
    """The worst that a message with the flaw led to."""
    ignored = accepted = None
    for arrival in flaw.arrivals:
        final = None if arrival.transaction is None else arrival.transaction.final
        if final is not None and not status(arrival.sighting) and status(final) in REFUSALS:
            return Harm(kind="refused", arrival=arrival, shown_by=[arrival.sighting, final])
        repeats = _vain(arrival) if ignored is None else []
        if len(repeats) > 1:
            ignored = Harm(kind="ignored", arrival=arrival, shown_by=[arrival.sighting, *repeats])
        if accepted is None and _went_on(arrival):
            accepted = Harm(kind="accepted", arrival=arrival, shown_by=[arrival.sighting])
    first = flaw.arrivals[0]
    return ignored or accepted or Harm(kind="unseen", arrival=first, shown_by=[first.sighting])


def _went_on(arrival: Arrival) -> bool:
    """Whether the capture shows what came of a message: a request was answered, a response had asked for it.

    An ACK is answered by nothing: that the 200 comes no more is all there is to see.
    """
    transaction = arrival.transaction
    if status(arrival.sighting):
        return transaction is not None and transaction.request is not None
    return arrival.sighting.message.cseq_method == "ACK" or (transaction is not None and bool(transaction.responses))


def _vain(arrival: Arrival) -> list[Sighting]:
    """The retransmissions of a request that show that the message of `arrival` was ignored.

    Of a request those it got no response to; of a response those that came after it.
    """
    transaction, seen = arrival.transaction, arrival.sighting
    if transaction is None:
        return []
    if not status(seen):
        return [] if transaction.responses or transaction.request is not seen else transaction.request_repeats
    return [each for each in transaction.request_repeats if each.time > seen.time]


Kind = tuple[str, int, str]
"""Who sent a message, its status code (0 for a request), its method."""


def kinds_of(arrivals: Iterable[Arrival]) -> dict[Kind, int]:
    """How many messages of each kind there are."""
    seen = (arrival.sighting for arrival in arrivals)
    return Counter((each.source, each.message.status, each.message.cseq_method) for each in seen)


def flaws_of(arrivals: Iterable[Arrival], kinds: Mapping[Kind, int]) -> list[Flaw]:
    """What is wrong with the messages of `arrivals`, once for each sender and kind, at the sender where it arose.

    Messages that were cut off are left out. `kinds` counts the messages of all the traffic of which these are a part.
    """
    book = _Book(kinds)
    for arrival in arrivals:
        seen = arrival.sighting
        if arrival.repeat is Repeat.FIRST and seen.complete and book.is_wanted(arrival) and not _is_copy(arrival):
            book.note(arrival, seen, seen.message)
    return list(book.flaws.values())


def _is_copy(arrival: Arrival) -> bool:
    """Whether it is the same traffic as was seen on another link before."""
    return arrival.transaction is not None and arrival.transaction.origin is not None


def _did_harm(arrival: Arrival) -> bool:
    """Whether its request got a refusal, or no response at all."""
    transaction = arrival.transaction
    if transaction is None:
        return False
    return not transaction.responses or status(transaction.responses[-1]) in REFUSALS


class _Book:
    """Notes flaws; remembers the shapes seen, and who was the first to send each flaw under a Call-ID."""

    def __init__(self, kinds: Mapping[Kind, int]) -> None:
        self.flaws: dict[tuple[str, str, str], Flaw] = {}
        self._many = {kind: count for kind, count in kinds.items() if count > _ENOUGH}
        self._shapes: dict[tuple[str, int, str, bytes, bool, bool], tuple[tuple[str, str], ...]] = {}
        """Shape → kind and detail of the defects that a message of it has."""
        self._born: dict[tuple[str, str, str], str] = {}
        """(kind, header field, Call-ID) → the first sender."""

    def is_wanted(self, arrival: Arrival) -> bool:
        """Whether the message is to be looked at: one of few, one that did harm, or a sample.

        A response only if its request is looked at too, since a response repeats header fields of its request.
        """
        if not self._many:
            return True
        seen = arrival.sighting
        if not seen.message.status:
            return self._is_sample(seen) or _did_harm(arrival)
        if not self._is_sample(seen):
            return False
        request = None if arrival.transaction is None else arrival.transaction.request
        return request is None or _did_harm(arrival) or self._is_sample(request)

    def _is_sample(self, seen: Sighting) -> bool:
        message = seen.message
        count = self._many.get((seen.source, message.status, message.cseq_method))
        if count is None:
            return True
        chance = crc32(message.call_id.encode("utf-8", "surrogateescape"))
        return not chance % _ONE_OF or chance % count < _ENOUGH

    def note(self, arrival: Arrival, seen: Sighting, message: Request | Response) -> None:
        """Take one message."""
        sender = host(seen.source)
        for kind, detail in self._of_shape(sender, seen, message):
            self._add(kind, detail, sender, arrival)
        if not message.head.endswith("Content-Length: 0") or message.body:
            for kind, detail in _of_body(message):
                self._add(kind, detail, sender, arrival)

    def _of_shape(self, sender: str, seen: Sighting, message: Request | Response) -> tuple[tuple[str, str], ...]:
        over_stream = seen.transport in RELIABLE
        shape = (
            sender,
            status(seen),
            message.cseq_method,
            message.head.encode("utf-8", "surrogatepass").translate(None, _ALPHANUMERIC),
            over_stream,
            message.cseq > _LARGEST_CSEQ,
        )
        found = self._shapes.get(shape)
        if found is None:
            told = ((each.kind, each.detail) for each in defects(message, stream=over_stream))
            found = self._shapes[shape] = tuple(each for each in told if each[0] not in _OF_THE_BODY)
        return found

    def _add(self, kind: str, detail: str, sender: str, arrival: Arrival) -> None:
        named = detail if kind in _BY_DETAIL else ""
        if self._born.setdefault((kind, named, arrival.sighting.message.call_id), sender) != sender:
            return  # an element on the way passed it on, or a response repeats what the request said
        key = (sender, kind, named)
        flaw = self.flaws.get(key)
        if flaw is None:
            self.flaws[key] = Flaw(sender=sender, kind=kind, detail=detail, named=named, arrivals=[arrival])
        else:
            flaw.arrivals.append(arrival)


def _of_body(message: Request | Response) -> list[tuple[str, str]]:
    """What Content-Length says against the bytes that are there; `_FILLING` behind the body does not count."""
    stated, there = message.content_length, len(message.body)
    if stated is None or stated == there or message.cut_off:
        return []
    if stated < there and not message.body[stated:].strip(_FILLING):
        return []
    kind = "content-length-too-large" if stated > there else "content-length-too-small"
    return [(kind, f"{stated}, {there} bytes there")]
