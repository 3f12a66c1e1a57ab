"""A SIP message was sent in IP fragments, and not all of them are there.

A datagram that lacks a fragment is thrown away as a whole (RFC 791, section 3.2); so a request near the path MTU
belongs on TCP (RFC 3261, section 18.1.1). Firewalls and NATs like to drop all fragments but the first, which alone has
the ports.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import SECOND
from sipdiag.findings import Confidence, Finding, Scene, Severity, found_below, number_of, seconds
from sipdiag.sip import Request, Response, parse
from sipdiag.trace import Trace, host
from sipdiag.transport import PartialDatagram

NAME = "fragment-lost"
SEVERITY = Severity.ERROR

UNDER_WAY = SECOND
"""The other fragments of a datagram this close to the end of the capture may have been on their way."""
MANY = 2
"""So many copies that all lost a fragment were not lost by chance."""
MOST_FRAMES = 20

Message = Request | Response
Kind = tuple[str, int, str, str, str]
"""Call-ID, CSeq, start line, source, destination: messages that share them are copies of one."""


def check(trace: Trace, scene: Scene) -> Iterator[Finding]:
    """Every message of the capture that lacks a fragment, with its repeats."""
    if not trace.partial:
        return
    found: dict[Kind, list[tuple[Message, PartialDatagram]]] = {}
    for partial in trace.partial:
        message = parse(partial.payload) if partial.payload else None
        if message is not None and scene.window.left(partial.time) > UNDER_WAY:
            kind = (message.call_id, message.cseq, message.start_line, partial.source, partial.destination)
            found.setdefault(kind, []).append((message, partial))
    for copies in found.values():
        yield _finding(copies[0][0], [partial for _, partial in copies], trace, scene)


def _finding(message: Message, copies: list[PartialDatagram], trace: Trace, scene: Scene) -> Finding:
    first = copies[0]
    arrived = _reaction(message, first, scene)
    heard = scene.window.hears(first.destination)
    if arrived is not None:
        variant, severity, confidence = "arrived", Severity.NOTE, Confidence.LIKELY
    elif not heard:
        variant, severity, confidence = "one-sided", SEVERITY, Confidence.INCONCLUSIVE
    else:
        severity = SEVERITY if len(copies) >= MANY else Severity.WARNING
        variant, confidence = "lost", Confidence.LIKELY
    return found_below(
        NAME,
        variant,
        severity,
        confidence,
        capture=number_of(trace, scene),
        time=first.time,
        frames=[frame for copy in copies for frame in copy.frames][:MOST_FRAMES],
        call_id=message.call_id,
        evidence={
            "what": message.start_line,
            "call_id": message.call_id,
            "source": first.source,
            "destination": first.destination,
            "copies": len(copies),
            "received": first.received,
            "length": first.length or 0,
            "first_frame": first.frames[0],
            "over_s": seconds(copies[-1].time - first.time),
            "reaction_frame": arrived or 0,
        },
    )


def _reaction(message: Message, partial: PartialDatagram, scene: Scene) -> int | None:
    """The frame of a message that the receiver sends only after it got this one, in whatever way."""
    receiver = host(partial.destination)
    for transaction in scene.correlation.transactions_of(message.call_id):
        if transaction.cseq == message.cseq:
            for seen in (*transaction.responses, *transaction.acks):
                if host(seen.source) == receiver and seen.time >= partial.time:
                    return seen.frame
    calls = (call for call in scene.correlation.calls if message.call_id in call.call_ids)
    acks = (ack for call in calls for ack in call.acks if ack.message.cseq == message.cseq)
    return next((ack.frame for ack in acks if host(ack.source) == receiver and ack.time >= partial.time), None)
