"""An INVITE bears no Identity header field where the other side wants one, or where its neighbours have one.

A verifier that insists answers 428 (RFC 8224, section 6.2.2). Elsewhere it is told only where the capture shows that
the network signs its calls: most INVITEs on the same link have the header field.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Correlation, Transaction, number_in, status
from sipdiag.findings import Confidence, Finding, Scene, Severity, found, found_below, frames_of
from sipdiag.sip import parse_name_addr
from sipdiag.trace import Sighting, host

NAME = "identity-missing"
SEVERITY = Severity.ERROR

MANY = 5
"""Signed calls that show that a link is used for them."""
MOSTLY = 0.5
MOST_FRAMES = 20

Link = tuple[str, str]


def check(correlation: Correlation, scene: Scene) -> Iterator[Finding]:
    """Every refusal with 428, and every link on which some calls are unsigned."""
    signs = False
    for call in correlation.calls:
        signs = signs or bool(scene.claims(call))
        for attempt in call.attempts:
            for hop in attempt.hops:
                final = hop.final
                if final is not None and status(final) == 428 and hop.request is not None and hop.origin is None:
                    yield _demanded(hop, hop.request, final)
    if signs:
        yield from _unsigned_links(correlation)


def _unsigned_links(correlation: Correlation) -> Iterator[Finding]:
    """The links on which most calls are signed, and some are not."""
    links: dict[Link, tuple[list[Sighting], list[Sighting]]] = {}
    for call in correlation.calls:
        for hop in (hop for attempt in call.attempts for hop in attempt.hops):
            if hop.request is not None and hop.origin is None:
                pair = (host(hop.request.source), host(hop.request.destination))
                signed, unsigned = links.setdefault(pair, ([], []))
                (signed if hop.request.message.field("identity") else unsigned).append(hop.request)
    for pair, (signed, unsigned) in links.items():
        if len(signed) >= MANY and unsigned and len(signed) > MOSTLY * (len(signed) + len(unsigned)):
            bare = [request for request in unsigned if _has_number(request)]
            if bare:
                yield _unsigned(pair, len(signed), bare)


def _has_number(request: Sighting) -> bool:
    """Whether the caller has a number: anonymous and internal calls are not signed."""
    return bool(number_in(parse_name_addr(request.message.field("from") or "").uri.user))


def _demanded(hop: Transaction, request: Sighting, final: Sighting) -> Finding:
    return found(
        NAME,
        "demanded",
        SEVERITY,
        Confidence.CERTAIN,
        [request, final],
        {
            "request_frame": request.frame,
            "response_frame": final.frame,
            "client": hop.source,
            "server": hop.destination,
            "has_identity": bool(request.message.field("identity")),
        },
    )


def _unsigned(pair: Link, signed: int, bare: list[Sighting]) -> Finding:
    return found_below(
        NAME,
        "unsigned",
        Severity.NOTE,
        Confidence.LIKELY,
        capture=bare[0].capture,
        time=bare[0].time,
        frames=frames_of(bare)[:MOST_FRAMES],
        evidence={
            "client": pair[0],
            "server": pair[1],
            "signed": signed,
            "unsigned": len(bare),
            "request_frame": bare[0].frame,
            "from": bare[0].message.field("from") or "",
        },
    )
