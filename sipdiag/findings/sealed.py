"""TLS that may carry SIP: its handshakes, and the requests that were refused because no connection came about."""

from __future__ import annotations

from collections.abc import Iterable

from sipdiag.calls import status
from sipdiag.findings.scene import Scene
from sipdiag.trace import Trace, host, port
from sipdiag.transport import Handshake

UNREACHED = frozenset({408, 480, 500, 502, 503, 504})
"""Responses of an element that could not reach the next one (RFC 3261, sections 8.1.3.1 and 16.9)."""
WEB = frozenset({443, 8443, 8080, 80})
"""Ports of web pages, which SIP servers have too; SIP over WebSocket uses them as well and cannot be told apart."""
WEB_PROTOCOLS = frozenset({"http/1.0", "http/1.1", "h2", "h3"})
"""ALPN protocol IDs of the web (RFC 7301)."""


def sip_handshakes(trace: Trace, scene: Scene) -> list[Handshake]:
    """The TLS handshakes of a capture that were for SIP, by the port, by ALPN, or by the server's host."""
    if not trace.handshakes:
        return []
    speakers = {host(end) for seen in trace.sightings for end in (seen.source, seen.destination)}
    return [each for each in trace.handshakes if _is_for_sip(each, scene, speakers)]


def _is_for_sip(handshake: Handshake, scene: Scene, speakers: set[str]) -> bool:
    # "sip/2" is what IANA's list of ALPN protocol IDs has for SIP (RFC 7301, section 6).
    if any(each.lower().startswith("sip") for each in handshake.protocols):
        return True
    if WEB_PROTOCOLS.intersection(handshake.protocols):
        return False
    if port(handshake.server) in scene.settings.sip_ports:
        return True
    return host(handshake.server) in speakers and port(handshake.server) not in WEB


def possible_handshakes(trace: Trace) -> list[Handshake]:
    """In a capture without any SIP, the complete handshakes that may hide it: neither port nor ALPN say a web page."""
    if trace.sightings:
        return []
    return [
        each
        for each in trace.handshakes
        if each.completed_frame is not None
        and port(each.server) not in WEB
        and not WEB_PROTOCOLS.intersection(each.protocols)
    ]


def refused_behind(client: str, server: str, moments: Iterable[int], scene: Scene) -> list[str]:
    """The Call-IDs of requests that the host `client` refused because no connection to `server` came about.

    It got them before one of `moments`, when it tried to connect, and refused them after it without sending them on.
    """
    tried = list(moments)
    found: dict[str, None] = {}
    for each in scene.correlation.transactions:
        final = each.final
        if each.request is None or final is None or status(final) not in UNREACHED:
            continue
        if host(each.destination) != client or host(each.source) == host(server):
            continue
        onward = scene.correlation.transactions_of(each.call_id)
        sent_on = any(other.method == each.method and host(other.source) == client for other in onward)
        if not sent_on and any(each.time <= time <= final.time for time in tried):
            found[each.call_id] = None
    return list(found)
