"""A request is too large for UDP, and it, or what it is broken into, gets lost.

Within 200 bytes of the path MTU, or above 1300 bytes where nobody knows it, a request must go over a transport with
congestion control such as TCP (RFC 3261, section 18.1.1). Fragments do not pass many firewalls and NATs.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Arrival, Correlation, Repeat, Transaction, status
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found
from sipdiag.trace import Sighting, host

NAME = "message-oversized"
SEVERITY = Severity.ERROR

EMPTY_LINE = 4
"""Bytes that end the header and stand neither in it nor in the body."""
Way = tuple[str, str]


def check(seen: Correlation, scene: Scene) -> Iterator[Finding]:
    """Large requests over UDP, once for each sender and receiver: lost, or at least fragmented."""
    limit = scene.settings.message_oversized_bytes - EMPTY_LINE
    large: dict[Way, list[Transaction]] = {}
    for arrival in seen.arrivals:
        sighting = arrival.sighting
        size = len(sighting.message.head) + len(sighting.message.body)
        if size > limit and _is_request(arrival) and arrival.transaction is not None:
            way = (host(sighting.source), host(sighting.destination))
            large.setdefault(way, []).append(arrival.transaction)
    for way, transactions in large.items():
        finding = _lost(way, transactions, seen, limit) or _fragmented(transactions)
        if finding is not None:
            yield finding


def _is_request(arrival: Arrival) -> bool:
    seen = arrival.sighting
    return arrival.repeat is Repeat.FIRST and seen.transport == "udp" and not status(seen)


def _lost(way: Way, transactions: list[Transaction], seen: Correlation, limit: int) -> Finding | None:
    """Requests without any response, although smaller ones to the same host were answered."""
    lost = [each for each in transactions if not each.responses and len(each.request_repeats) > 1]
    if not lost or any(each.responses for each in transactions):
        return None  # a large one that got through shows that size is not to blame
    smaller = next((each for each in seen.transactions if each.responses and _is_smaller(each, way, limit)), None)
    request = lost[0].request
    if smaller is None or smaller.request is None or request is None:
        return None
    evidence = _evidence(request, lost)
    evidence |= {
        "answered_frame": smaller.request.frame,
        "answered_method": smaller.method,
        "answered_bytes": _size(smaller.request),
        "repeats": len(lost[0].request_repeats),
    }
    shown_by = [smaller.request, request, *lost[0].request_repeats]
    return found(NAME, "lost", SEVERITY, Confidence.LIKELY, shown_by, evidence)


def _fragmented(transactions: list[Transaction]) -> Finding | None:
    """Requests that came in fragments and were answered: it works here."""
    broken = [each for each in transactions if each.request is not None and len(each.request.frames) > 1]
    request = broken[0].request if broken else None
    if request is None:
        return None
    evidence = _evidence(request, broken) | {"fragments": len(request.frames)}
    return found(NAME, "fragmented", Severity.NOTE, Confidence.CERTAIN, [request], evidence)


def _is_smaller(transaction: Transaction, way: Way, limit: int) -> bool:
    request = transaction.request
    if request is None or request.transport != "udp" or (host(request.source), host(request.destination)) != way:
        return False
    return len(request.message.head) + len(request.message.body) <= limit


def _evidence(request: Sighting, transactions: list[Transaction]) -> Evidence:
    return {
        "request_frame": request.frame,
        "method": request.message.cseq_method,
        "bytes": _size(request),
        "requests": len(transactions),
        "sender": request.source,
        "receiver": request.destination,
    }


def _size(sighting: Sighting) -> int:
    message = sighting.message
    return len(message.head.encode("utf-8", "surrogateescape")) + EMPTY_LINE + len(message.body)
