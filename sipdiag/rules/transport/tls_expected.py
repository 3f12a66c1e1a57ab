"""A request that was to be encrypted went in clear: a SIPS URI, or a URI that asks for TLS.

Every hop to a SIPS URI must be secured with TLS (RFC 3261, section 26.2.2; RFC 5630, section 4); `transport=tls` in
the URI of the next hop says how it is to be reached (RFC 3261, section 19.1.1; RFC 3263, section 4.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from sipdiag.calls import Correlation, moment
from sipdiag.findings import Confidence, Finding, Scene, Severity, found_below, frames_of, in_order
from sipdiag.sip import Request, Uri, parse_name_addr, parse_uri
from sipdiag.trace import Sighting, host

NAME = "tls-expected"
SEVERITY = Severity.WARNING

IN_CLEAR = frozenset({"udp", "tcp", "sctp", "ws"})
SEALED_VIAS = ("SIP/2.0/TLS", "SIP/2.0/WSS", "SIP/2.0/TLS-SCTP")
"""A request with such a Via did go over TLS: the recorder got it decrypted, or inside the server."""
LOOPBACK = ("127.", "::1")
"""Between processes of one host nothing needs to be encrypted."""
MOST_FRAMES = 20

Way = tuple[str, str, str]
"""Source host, destination host, variant."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request in clear, and the URI that asked for TLS."""

    request: Sighting
    uri: str


def gathered(part: Correlation, scene: Scene) -> dict[Way, list[Asked]]:
    """The requests in clear that were to be encrypted, by sender, receiver and variant."""
    del scene
    found: dict[Way, list[Asked]] = {}
    for transaction in part.transactions:
        request = transaction.request
        if request is None or not isinstance(request.message, Request) or not _may_ask(request.message):
            continue
        if not _is_in_clear(request):
            continue
        asked = _asked_for_tls(request.message)
        if asked is not None:
            way = host(request.source), host(request.destination), "sips" if asked.scheme == "sips" else "transport"
            found.setdefault(way, []).append(Asked(request=request, uri=asked.text))
    return found


def told(way: Way, parts: Sequence[Sequence[Asked]], scene: Scene) -> Iterator[Finding]:
    """One finding for each sender, receiver and variant."""
    del scene
    seen = in_order(parts, lambda each: moment(each.request))
    yield _finding(way[2], seen)


def _may_ask(message: Request) -> bool:
    """Whether a URI in it may ask for TLS: a cheap look, since most requests have no Route."""
    uri = message.uri.lower()
    return "sips" in uri or "tls" in uri or "route" in message.names


def _is_in_clear(request: Sighting) -> bool:
    """Whether it crossed a network unencrypted."""
    head = request.message.head
    if "sips:" not in head and "tls" not in head and "TLS" not in head and "SIPS:" not in head:
        return False
    if request.transport not in IN_CLEAR or host(request.source).startswith(LOOPBACK):
        return False
    top = next(iter(request.message.vias), "")
    return not top.upper().replace(" ", "").startswith(SEALED_VIAS)


def _asked_for_tls(message: Request) -> Uri | None:
    """The URI that asks for TLS: the Request-URI by its scheme, else that of the next hop by its transport."""
    target = parse_uri(message.uri)
    if target.scheme == "sips":
        return target
    routes = message.values("route")
    following = parse_name_addr(routes[0]).uri if routes else target
    if following.scheme == "sips" or following.parameters.get("transport", "").lower() == "tls":
        return following
    return None


def _finding(variant: str, seen: Sequence[Asked]) -> Finding:
    requests = [each.request for each in seen]
    first = requests[0]
    call_ids = list(dict.fromkeys(each.message.call_id for each in requests))
    return found_below(
        NAME,
        variant,
        SEVERITY,
        # A SIPS URI binds every hop; a transport parameter may be overruled by an outbound proxy.
        Confidence.CERTAIN if variant == "sips" else Confidence.LIKELY,
        capture=first.capture,
        time=first.time,
        frames=frames_of(requests)[:MOST_FRAMES],
        call_id=call_ids[0] if len(call_ids) == 1 else None,
        evidence={
            "method": first.message.cseq_method,
            "request_frame": first.frame,
            "uri": seen[0].uri,
            "transport": first.transport,
            "client": first.source,
            "server": first.destination,
            "requests": len(seen),
            "calls": len(call_ids),
        },
    )
