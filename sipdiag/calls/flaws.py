"""Flaws: what is wrong with messages by themselves, by who sent them (RFC 3261, sections 7, 8.1.1 and 18.3).

A load test has hundred thousands of messages and a handful of shapes. A message is looked at only if its shape is new:
who sent it, which method and code, and its header with all letters and digits taken out. Of what one endpoint sends
many hundred times without harm, only samples are looked at: which, its Call-ID decides, so that the same are looked at
however the traffic is divided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final
from zlib import crc32

import msgspec

from sipdiag.calls.transaction import Arrival, Repeat, status
from sipdiag.sip import Request, Response, defects
from sipdiag.trace import Sighting, host

_LETTERS: Final = bytes([*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B)])
_BY_DETAIL: Final = frozenset({"header-missing", "header-omitted"})
"""Kinds of which each detail, the name of a header field, is a flaw of its own."""
_STREAMS: Final = frozenset({"tcp", "tls", "ws", "wss", "sctp"})
_OF_THE_BODY: Final = frozenset({"content-length-too-large", "content-length-too-small"})
"""What the header alone does not show."""
REFUSALS: Final = frozenset({400, 416, 505, 513})
"""What a server answers to a message that it cannot read (RFC 3261, section 21)."""
_FILLING: Final = b"\0\r\n\t "
"""Bytes behind a body that mean nothing: keep-alives, padding."""
_ENOUGH: Final = 500
"""Messages of one method and code that one endpoint sent: of more than these only samples are looked at."""
_ONE_OF: Final = 16
_LARGEST_CSEQ: Final = 2**31 - 1


class Flaw(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of defect in what one host sends."""

    sender: str
    """Its address."""
    kind: str
    """A `Defect.kind` of `sipdiag.sip`."""
    detail: str
    """The value that shows it, in the first message."""
    named: str
    """The header field, where each makes a flaw of its own; else empty."""
    arrivals: list[Arrival]
    """Every message that has it, no repeats, in the order of time."""


class Harm(msgspec.Struct, frozen=True, kw_only=True):
    """What a flaw led to."""

    kind: str
    """`refused`: the request was answered with 400 or the like; `ignored`: the message might not have been sent at all,
    its receiver went on waiting; `accepted`: nothing."""
    arrival: Arrival
    """The message that shows it."""
    shown_by: list[Sighting]
    """The message, and what came of it."""


def harm_of(flaw: Flaw) -> Harm:
    """The worst that a message with the flaw led to."""
    ignored = None
    for arrival in flaw.arrivals:
        final = None if arrival.transaction is None else arrival.transaction.final
        if final is not None and not status(arrival.sighting) and status(final) in REFUSALS:
            return Harm(kind="refused", arrival=arrival, shown_by=[arrival.sighting, final])
        repeats = _vain(arrival) if ignored is None else []
        if len(repeats) > 1:
            ignored = Harm(kind="ignored", arrival=arrival, shown_by=[arrival.sighting, *repeats])
    first = flaw.arrivals[0]
    return ignored or Harm(kind="accepted", arrival=first, shown_by=[first.sighting])


def _vain(arrival: Arrival) -> list[Sighting]:
    """The repeats of a request without any response, or that came although the response had been sent."""
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
    """What is wrong with `arrivals`, once for each sender and kind, where it arose; nothing that was cut off.

    `kinds` counts the messages of all the traffic of which `arrivals` are a part.
    """
    book = _Book(kinds)
    for arrival in arrivals:
        seen = arrival.sighting
        if arrival.repeat is Repeat.FIRST and seen.complete and book.is_wanted(arrival) and not _is_copy(arrival):
            book.note(arrival, seen, seen.message)
    return list(book.flaws.values())


def _is_copy(arrival: Arrival) -> bool:
    """Whether it is traffic that was seen on another link before."""
    return arrival.transaction is not None and arrival.transaction.origin is not None


def _did_harm(arrival: Arrival) -> bool:
    """Whether a request was refused, or got nothing."""
    transaction = arrival.transaction
    if transaction is None:
        return False
    return not transaction.responses or status(transaction.responses[-1]) in REFUSALS


class _Book:
    """Notes flaws; remembers shapes, and which message had a flaw first."""

    def __init__(self, kinds: Mapping[Kind, int]) -> None:
        self.flaws: dict[tuple[str, str, str], Flaw] = {}
        self._many = {kind: count for kind, count in kinds.items() if count > _ENOUGH}
        self._shapes: dict[tuple[str, int, str, bytes, bool], tuple[tuple[str, str], ...]] = {}
        self._born: dict[tuple[str, str, str], str] = {}

    def is_wanted(self, arrival: Arrival) -> bool:
        """Whether the message is to be looked at: one of few, one that did harm, or a sample.

        A response is only where its request is, which may be to blame for what it repeats.
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
        over_stream = seen.transport in _STREAMS
        shape = (
            sender,
            status(seen),
            message.cseq_method,
            message.head.encode("utf-8", "surrogatepass").translate(None, _LETTERS),
            over_stream or message.cseq > _LARGEST_CSEQ,
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
    """Content-Length against what is there, but for bytes that mean nothing."""
    stated, there = message.content_length, len(message.body)
    if stated is None or stated == there or message.cut_off:
        return []
    if stated < there and not message.body[stated:].strip(_FILLING):
        return []
    kind = "content-length-too-large" if stated > there else "content-length-too-small"
    return [(kind, f"{stated}, {there} bytes there")]
