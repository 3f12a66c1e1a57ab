"""TLS as far as SIP may be behind it: which handshakes, and which requests were refused for want of a connection."""

from __future__ import annotations

from collections.abc import Iterable

from sipdiag.calls import status
from sipdiag.findings.scene import Scene
from sipdiag.trace import Trace, host, port
from sipdiag.transport import Handshake

UNREACHED = frozenset({408, 480, 500, 502, 503, 504})
"""What an element says that could not reach the next one (RFC 3261, sections 8.1.3.1 and 16.9)."""
WEB = frozenset({443, 8443, 8080, 80})
"""Ports where a SIP server has its web pages; SIP over WebSocket too, which cannot be told from them."""
WEB_PROTOCOLS = frozenset({"http/1.0", "http/1.1", "h2", "h3"})


def sip_handshakes(trace: Trace, scene: Scene) -> list[Handshake]:
    """The TLS handshakes of a capture that SIP is behind, or was to be: by port, by ALPN, or by whom they are with."""
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
    """The complete handshakes of a capture without any SIP, behind which it may be: no web page, by port or by ALPN."""
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
    """The Call-IDs of what the host `client` had taken on, and refused without sending it on, at these moments.

    It is what it could not deliver to `server` because the connection to it did not come about.
    """
    knocked = list(moments)
    found: dict[str, None] = {}
    for each in scene.correlation.transactions:
        final = each.final
        if each.request is None or final is None or status(final) not in UNREACHED:
            continue
        if host(each.destination) != client or host(each.source) == host(server):
            continue
        onward = scene.correlation.transactions_of(each.call_id)
        sent_on = any(other.method == each.method and host(other.source) == client for other in onward)
        if not sent_on and any(each.time <= time <= final.time for time in knocked):
            found[each.call_id] = None
    return list(found)
