"""An INVITE bears no Identity header field where the other side wants one, or where its neighbours have one.

A verifier that insists answers 428 (RFC 8224, section 6.2.2). Without a 428 a missing header field is reported only
where the capture shows that the network signs its calls: most INVITEs on the same link have it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from sipdiag.calls import Correlation, Transaction, number_in, status
from sipdiag.findings import (
    Confidence,
    Finding,
    Scene,
    Severity,
    first_of_each_capture,
    found,
    found_below,
    frames_of,
    may_go_on,
)
from sipdiag.sip import parse_name_addr
from sipdiag.trace import Sighting, host

NAME = "identity-missing"
SEVERITY = Severity.ERROR

MANY = 5
"""So many signed INVITEs show that calls on a link are signed."""
MOSTLY = 0.5
"""More than this part of the INVITEs on the link must be signed."""
MOST_FRAMES = 20

Link = tuple[str, str]


class Part(msgspec.Struct):
    """INVITEs on one link."""

    signed: int = 0
    unsigned: int = 0
    bare: list[Sighting] = []
    """Unsigned INVITEs whose caller has a number; no more than a finding names."""
    bare_count: int = 0
    """How many of those there are."""
    said: list[Finding] = []
    """Findings that a single call is enough for."""


def gathered(part: Correlation, scene: Scene) -> dict[Link, Part]:
    """Every refusal with 428, and the INVITEs of the links on which calls are signed."""
    signed = scene.surroundings["signed"]
    found: dict[Link, Part] = {}
    for call in part.legs:
        for hop in (hop for attempt in call.attempts for hop in attempt.hops):
            request, final = hop.request, hop.final
            if request is None or hop.origin is not None:
                continue
            link = (host(request.source), host(request.destination))
            if final is not None and status(final) == 428 and not may_go_on(final, scene.window):
                found.setdefault(link, Part()).said.append(_demanded(hop, request, final))
            if link in signed:
                _count(found.setdefault(link, Part()), request)
    for share in found.values():
        share.bare = first_of_each_capture(share.bare, MOST_FRAMES)
    return found


def _count(share: Part, request: Sighting) -> None:
    if request.message.field("identity"):
        share.signed += 1
        return
    share.unsigned += 1
    if _has_number(request):
        share.bare_count += 1
        share.bare.append(request)


def told(link: Link, parts: Sequence[Part], scene: Scene) -> Iterator[Finding]:
    """Each refusal with 428, and a link on which most calls are signed, and some are not."""
    del scene
    for part in parts:
        yield from part.said
    signed, unsigned = sum(part.signed for part in parts), sum(part.unsigned for part in parts)
    bare = first_of_each_capture((seen for part in parts for seen in part.bare), MOST_FRAMES)
    if signed >= MANY and bare and signed > MOSTLY * (signed + unsigned):
        yield _unsigned(link, signed, sum(part.bare_count for part in parts), bare)


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


def _unsigned(pair: Link, signed: int, unsigned: int, bare: list[Sighting]) -> Finding:
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
            "unsigned": unsigned,
            "request_frame": bare[0].frame,
            "from": bare[0].message.field("from") or "",
        },
    )
