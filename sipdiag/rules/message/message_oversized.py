"""A request is too large for UDP, and it, or what it is broken into, gets lost.

Within 200 bytes of the path MTU, or above 1300 bytes where nobody knows it, a request must go over a transport with
congestion control such as TCP (RFC 3261, section 18.1.1). Fragments do not pass many firewalls and NATs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from sipdiag.calls import Correlation, Transaction, begun
from sipdiag.findings import EMPTY_LINE, Confidence, Evidence, Finding, Scene, Severity, found, in_order, size_of
from sipdiag.trace import Sighting, host

NAME = "message-oversized"
SEVERITY = Severity.ERROR

Way = tuple[str, str]
"""Source host, destination host."""


class Part(msgspec.Struct):
    """Requests of one host to another."""

    large: list[Transaction] = []
    """Requests too large for UDP that went over UDP."""
    smaller: Transaction | None = None
    """The first smaller request that was answered."""


def gathered(part: Correlation, scene: Scene) -> dict[Way, Part]:
    """Large requests over UDP, and what got through of the others on the same way."""
    ways = scene.surroundings["large"]
    limit = scene.settings.message_oversized_bytes - EMPTY_LINE
    found: dict[Way, Part] = {}
    for each in part.transactions if ways else ():
        request = each.request
        if request is None or request.transport != "udp":
            continue
        way = (host(request.source), host(request.destination))
        if way not in ways:
            continue
        share = found.setdefault(way, Part())
        if size_of(request) > limit:
            share.large.append(each)
        elif share.smaller is None and each.responses:
            share.smaller = each
    return found


def told(way: Way, parts: Sequence[Part], scene: Scene) -> Iterator[Finding]:
    """Large requests over UDP, once for each sender and receiver: lost, or at least fragmented."""
    del way, scene
    large = in_order((part.large for part in parts), begun)
    smaller = [part.smaller for part in parts if part.smaller is not None]
    finding = _lost(large, min(smaller, key=begun, default=None)) or _fragmented(large)
    if finding is not None:
        yield finding


def _lost(transactions: list[Transaction], smaller: Transaction | None) -> Finding | None:
    """Requests without any response, although smaller ones to the same host were answered."""
    lost = [each for each in transactions if not each.responses and len(each.request_repeats) > 1]
    if not lost or any(each.responses for each in transactions):
        return None  # a large one that got through shows that size is not to blame
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
