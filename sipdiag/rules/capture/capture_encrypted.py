"""SIP is there and was not read, because it is encrypted and nobody gave the keys.

Without the secrets of a session its records are opaque (RFC 8446, section 5.2); hellos and most alerts are in clear.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.findings import (
    Confidence,
    Evidence,
    Finding,
    Scene,
    Severity,
    found_below,
    moment_of,
    number_of,
    possible_handshakes,
    sip_handshakes,
)
from sipdiag.trace import Trace

NAME = "capture-encrypted"
SEVERITY = Severity.NOTE

READ = frozenset({"tls", "wss"})
MOST_FRAMES = 20
MOST_NAMED = 3

Ends = tuple[str, str]


def check(trace: Trace, scene: Scene) -> Iterator[Finding]:
    """The capture, once for what keys could open and once for what they could not."""
    if not trace.handshakes and not trace.sealed:
        return
    read = {
        ends for seen in trace.sightings if seen.transport in READ for ends in _both_ways(seen.source, seen.destination)
    }
    shakes = [each for each in sip_handshakes(trace, scene) if (each.client, each.server) not in read]
    complete = [each for each in shakes if each.completed_frame is not None]
    if complete:
        alerts = sorted({each.alert for each in shakes if each.alert and each.completed_frame is None})
        evidence: Evidence = {
            "path": trace.facts.path,
            "connections": len(shakes),
            "completed": len(complete),
            "alerts": ", ".join(alerts) or "–",
            "between": _named([(each.client, each.server) for each in complete]),
            "first_frame": complete[0].hello_frame,
            "sealed": sum(each.sealed for each in complete),
        }
        yield _finding("unread", [each.hello_frame for each in complete], evidence, trace, scene)
    if not shakes:
        yield from _possible(trace, scene)
    begun = [each for each in trace.sealed if (each.client, each.server) not in read]
    if begun:
        evidence = {
            "path": trace.facts.path,
            "connections": len(begun),
            "between": _named([(each.client, each.server) for each in begun]),
            "first_frame": begun[0].frame,
            "sealed": sum(each.segments for each in begun),
        }
        yield _finding("begun-before", [each.frame for each in begun], evidence, trace, scene)


def _possible(trace: Trace, scene: Scene) -> Iterator[Finding]:
    """TLS on other ports, where nothing else is in the capture that could be the SIP which is looked for."""
    possible = possible_handshakes(trace)
    if possible:
        evidence: Evidence = {
            "path": trace.facts.path,
            "connections": len(possible),
            "between": _named([(each.client, each.server) for each in possible]),
            "first_frame": possible[0].hello_frame,
            "sealed": sum(each.sealed for each in possible),
        }
        yield _finding("possible", [each.hello_frame for each in possible], evidence, trace, scene)


def _finding(variant: str, frames: list[int], evidence: Evidence, trace: Trace, scene: Scene) -> Finding:
    return found_below(
        NAME,
        variant,
        SEVERITY,
        Confidence.INCONCLUSIVE if variant == "possible" else Confidence.CERTAIN,
        capture=number_of(trace, scene),
        time=moment_of(trace, frames[0]),
        frames=frames[:MOST_FRAMES],
        evidence=evidence,
    )


def _both_ways(source: str, destination: str) -> tuple[Ends, Ends]:
    return (source, destination), (destination, source)


def _named(pairs: list[Ends]) -> str:
    """The first few of them, each once."""
    each = [f"{client} → {server}" for client, server in dict.fromkeys(pairs)]
    return "; ".join(each[:MOST_NAMED] + ["…"] * (len(each) > MOST_NAMED))
