"""A TCP connection to a SIP server did not come about: it was refused, or nobody answered the SYN.

A host that listens on no such port answers a SYN with RST (RFC 9293, section 3.5.2); a client that cannot connect may
try another server or transport (RFC 3261, section 18.1.1). A router or firewall may say by ICMP that it cannot.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import SECOND
from sipdiag.findings import (
    Confidence,
    Finding,
    Notice,
    Scene,
    Severity,
    found_below,
    number_of,
    refused_behind,
    seconds,
)
from sipdiag.trace import Trace, host, port
from sipdiag.transport import Connection

NAME = "tcp-refused"
SEVERITY = Severity.ERROR

PATIENCE = 3 * SECOND
"""Copies of a SYN follow after 1 s and 3 s (RFC 6298, section 2): without an answer by then, none is merely late."""
RECOVERED = {
    "refused": "refused-recovered",
    "rejected": "rejected-recovered",
    "unanswered": "unanswered-recovered",
}
"""Variant → the variant where the client was served in another way afterwards."""
MOST_FRAMES = 20
MOST_CALLS = 200

Way = tuple[str, str, str]
"""Client host, server endpoint, variant."""


def check(trace: Trace, scene: Scene) -> Iterator[Finding]:
    """The capture, once for each client and server."""
    # SIP on a connection without a SYN/ACK shows that the recorder missed it, not that it never came.
    failed = [
        each
        for each in trace.connections
        if each.syn_frame is not None and each.established_frame is None and not (each.signalling or each.continued)
    ]
    if not failed:
        return
    speakers = {endpoint for seen in trace.sightings for endpoint in (seen.source, seen.destination)}
    by_way: dict[Way, list[Connection]] = {}
    for connection in failed:
        variant = _variant(connection, trace, scene)
        if variant and (port(connection.server) in scene.settings.sip_ports or connection.server in speakers):
            by_way.setdefault((host(connection.client), connection.server, variant), []).append(connection)
    hosts = {each for pair in scene.window.directions for each in pair}
    for way, connections in by_way.items():
        yield _finding(way, connections, trace, scene, hosts)


def _notice(connection: Connection, trace: Trace, scene: Scene) -> Notice | None:
    ends = connection.client, connection.server
    return scene.notices.of_connection(number_of(trace, scene), *ends, connection.syn_time or 0)


def _variant(connection: Connection, trace: Trace, scene: Scene) -> str:
    if connection.reset_by == connection.server:
        return "refused"
    if connection.reset_by is not None or connection.syn_time is None:
        return ""  # the client gave up by itself
    if _notice(connection, trace, scene) is not None:
        return "rejected"
    return "unanswered" if connection.syn_count > 1 and scene.window.left(connection.syn_time) > PATIENCE else ""


def _finding(
    way: Way,
    connections: list[Connection],
    trace: Trace,
    scene: Scene,
    hosts: set[str],
) -> Finding:
    """The finding: an error only where the client speaks SIP and was not served in another way afterwards."""
    client, server, variant = way
    times = [connection.syn_time or 0 for connection in connections]
    recovered = scene.last_heard(server, f"{client}:0") > times[-1]
    notice = _notice(connections[0], trace, scene) if variant == "rejected" else None
    answers = variant in ("refused", "rejected") or scene.window.hears(server)
    confidence = Confidence.LIKELY if variant == "unanswered" else Confidence.CERTAIN
    call_ids = refused_behind(client, server, times, scene)
    frames = [frame for each in connections for frame in (each.syn_frame, each.reset_frame) if frame is not None]
    finding = found_below(
        NAME,
        RECOVERED[variant] if recovered else variant,
        Severity.NOTE if recovered or client not in hosts else SEVERITY,
        confidence if answers else Confidence.INCONCLUSIVE,
        capture=number_of(trace, scene),
        time=times[0],
        frames=frames[:MOST_FRAMES],
        call_id=call_ids[0] if len(call_ids) == 1 else None,
        evidence={
            "client": client,
            "server": server,
            "attempts": len(connections),
            "syns": sum(connection.syn_count for connection in connections),
            "over_s": seconds(times[-1] - times[0]),
            "syn_frame": frames[0],
            "server_heard": scene.window.hears(server),
            "client_speaks_sip": client in hosts,
            "call_ids": call_ids[:MOST_CALLS],
        },
    )
    return finding if notice is None else notice.added_to(finding)
