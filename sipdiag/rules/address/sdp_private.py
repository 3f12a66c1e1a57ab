"""A session description gives a private address to a side that cannot reach it: media sent there are lost.

Media go to the address in c= (RFC 8866, section 5.7; RFC 3264, section 6.1). A server that sends media to the source of
what it receives (comedia; symmetric RTP, RFC 4961) helps one side behind a NAT, but not two that face each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from sipdiag.calls import Call, Exchange, crosses, description_in, is_private
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found
from sipdiag.media import Media
from sipdiag.trace import Sighting, host

NAME = "sdp-private"
SEVERITY = Severity.WARNING

_LOOKS_PRIVATE = re.compile(
    rb"\nc=IN[ \t]+IP(?:4[ \t]+(?:10\.|127\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\."
    rb"|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)|6[ \t]+(?i:f[cde]|::1))"
)
"""A cheap look before a session description is read."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """The first offer and answer of the call, if what reaches the other side in the end is a private address."""
    if not call.answer:
        return
    exchanges = [each for each in scene.exchanges(call) if each.answer is not None and not each.within]
    told = [each for each in exchanges if _suspect(each)]
    if not told or _improved(call, scene, told[0]):
        return
    # What counts is what arrives at the far ends: an element on the way may put in its own address.
    last_offer = max((each.offer for each in exchanges), key=lambda each: each.time)
    last_answer = max((each.answer for each in exchanges if each.answer is not None), key=lambda each: each.time)
    given = [each for each in (_private(last_offer), _private(last_answer)) if each is not None]
    if len(given) > 1:
        yield _finding("both", SEVERITY, given)
    elif given:
        yield _finding("offer" if given[0][0] is last_offer else "answer", Severity.NOTE, given)


Given = tuple[Sighting, Media]
"""A message, and the stream in it that has a private address."""


@lru_cache(maxsize=1024)  # one session description passes every hop
def _looks_private(description: bytes) -> bool:
    return _LOOKS_PRIVATE.search(description) is not None


def _suspect(exchange: Exchange) -> bool:
    return any(
        each is not None and crosses(each) and _looks_private(each.message.body)
        for each in (exchange.offer, exchange.answer)
    )


def _private(sighting: Sighting) -> Given | None:
    """The first stream of the message that the other side cannot reach; ICE finds a way by itself."""
    if not crosses(sighting) or not _looks_private(sighting.message.body):
        return None
    for stream in description_in(sighting).media:
        connection = stream.connection
        if (
            not stream.port
            or stream.direction == "inactive"
            or connection is None
            or not is_private(connection.address)
        ):
            continue
        outside = any(not is_private(each.address) for each in stream.candidates)
        if not outside and connection.address != host(sighting.destination):
            return sighting, stream
    return None


def _improved(call: Call, scene: Scene, first: Exchange) -> bool:
    """Whether a later offer and answer in the dialog replaced the addresses."""
    later = [each for each in scene.exchanges(call) if each.within and each.answer is not None]
    return bool(later) and not _suspect(later[-1]) and later[-1].offer.time > first.offer.time


def _finding(variant: str, severity: Severity, given: list[Given]) -> Finding:
    evidence: Evidence = {
        "addresses": [_address(stream) for _, stream in given],
        "sdp_frames": [sighting.frame for sighting, _ in given],
        "sources": [sighting.source for sighting, _ in given],
        "destinations": [sighting.destination for sighting, _ in given],
    }
    shown_by = [sighting for sighting, _ in given]
    return found(NAME, variant, severity, Confidence.LIKELY, shown_by, evidence)


def _address(stream: Media) -> str:
    address = "" if stream.connection is None else stream.connection.address
    return f"[{address}]:{stream.port}" if ":" in address else f"{address}:{stream.port}"
