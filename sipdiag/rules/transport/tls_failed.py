"""A TLS handshake with a SIP server was not completed, so nothing could be said over the connection.

A side that cannot go on sends a fatal alert and closes (RFC 8446, section 6.2; RFC 5246, section 7.2.2); SIP over TLS
needs a completed handshake before the first message (RFC 3261, sections 18.1.1 and 26.3.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sipdiag.calls import SECOND
from sipdiag.findings import (
    Confidence,
    Finding,
    Scene,
    Severity,
    found_below,
    number_of,
    refused_behind,
    seconds,
    sip_handshakes,
)
from sipdiag.trace import Trace, host
from sipdiag.transport import Handshake

NAME = "tls-failed"
SEVERITY = Severity.ERROR

PATIENCE = 5 * SECOND
"""A handshake takes a few round trips; an answer that has not come by then, in spite of TCP's repeats, is not late."""
OFTEN = 2
"""A client that tries so often wants to use SIP, and does not only look for open ports."""
MOST_FRAMES = 20
MOST_CALLS = 200

Way = tuple[str, str, str, str]
"""Client host, server endpoint, variant, alert."""


def check(trace: Trace, scene: Scene) -> Iterator[Finding]:
    """The capture, once for each client, server and way of failing."""
    handshakes = sip_handshakes(trace, scene)
    failed: dict[Way, list[Handshake]] = {}
    for each in handshakes:
        variant = _variant(each, scene)
        if variant:
            failed.setdefault((host(each.client), each.server, variant, each.alert), []).append(each)
    speakers = {host(seen.source) for seen in trace.sightings} if failed else set()
    for way, attempts in failed.items():
        client, server, _, _ = way
        done = any(
            host(each.client) == client and each.server == server and each.completed_frame is not None
            for each in handshakes
            if each.time > attempts[-1].time
        )
        yield _finding(way, attempts, trace, scene, recovered=done, known=client in speakers)


def _variant(handshake: Handshake, scene: Scene) -> str:
    """How it failed; empty where it did not, or where the capture does not show it."""
    if handshake.completed_frame is not None or not handshake.whole:
        return ""
    if handshake.fatal:
        return "alert-encrypted" if handshake.alert == "encrypted" else "alert"
    if handshake.closed_frame is not None:
        return "closed" if handshake.server_hello_frame is not None else "closed-at-once"
    return "no-answer" if scene.window.left(handshake.last_time) > PATIENCE else ""


def _finding(
    way: Way, attempts: Sequence[Handshake], trace: Trace, scene: Scene, *, recovered: bool, known: bool
) -> Finding:
    """The finding: an error for a client that means to use SIP; one that tries once may only look for servers."""
    client, server, variant, alert = way
    first = attempts[0]
    call_ids = refused_behind(client, server, [each.time for each in attempts], scene)
    meant = known or len(attempts) >= OFTEN or bool(call_ids) or any(each.protocols for each in attempts)
    severity = Severity.NOTE if recovered else SEVERITY if meant else Severity.WARNING
    confidence = Confidence.CERTAIN if variant == "alert" else Confidence.LIKELY
    if variant == "no-answer" and not any(each.server_heard for each in attempts):
        confidence = Confidence.INCONCLUSIVE
    shown = [
        frame
        for each in attempts
        for frame in (each.hello_frame, each.server_hello_frame, each.alert_frame, each.closed_frame)
        if frame is not None
    ]
    return found_below(
        NAME,
        "recovered" if recovered else variant,
        severity,
        confidence,
        capture=number_of(trace, scene),
        time=first.time,
        frames=shown[:MOST_FRAMES],
        call_id=call_ids[0] if len(call_ids) == 1 else None,
        evidence={
            "client": client,
            "server": server,
            "attempts": len(attempts),
            "over_s": seconds(attempts[-1].time - first.time),
            "hello_frame": first.hello_frame,
            "server_name": first.server_name,
            "protocols": list(first.protocols),
            "offered": list(first.offered),
            "version": first.version,
            "alert": alert,
            "alert_frame": first.alert_frame or 0,
            "alert_by": first.alert_by or "",
            "closed_frame": first.closed_frame or 0,
            "closed_by": first.closed_by or "",
            "reset": first.reset,
            "waited_s": seconds(scene.window.left(first.last_time)),
            "call_ids": call_ids[:MOST_CALLS],
        },
    )
