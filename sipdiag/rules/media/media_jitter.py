"""Packets of a stream come so unevenly that a jitter buffer drops some of them, or adds delay.

The jitter is that of RFC 3550, section 6.4.1: how much the spacing of arrivals differs from that of the timestamps.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Call, Trait, told_of
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found_heard, names_of

NAME = "media-jitter"
SEVERITY = Severity.WARNING
NEEDS = Trait.HEARD

FEWEST = 50
"""Packets of which a mean says something."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Each stream of voice whose mean jitter is too high."""
    for each in scene.carriage.of(call).carried if scene.streams else ():
        stream = each.stream
        if each.line is None or each.line.call_id != call.call_id or each.line.kind != "audio":
            continue
        jitter = told_of(stream, each).jitter
        if jitter is None or jitter.count < FEWEST or jitter.mean < scene.settings.media_jitter_ms:
            continue
        sender, hearer = names_of(call, "callee" if each.toward == "caller" else "caller")
        evidence: Evidence = {
            "source": stream.source,
            "destination": stream.destination,
            "sender": sender,
            "hearer": hearer,
            "jitter_ms": round(jitter.mean, 1),
            "jitter_max_ms": round(jitter.highest, 1),
            "max_delta_ms": round(stream.max_delta / 1_000_000, 1),
            "packets": stream.packets,
            "reordered": stream.reordered,
        }
        yield found_heard(
            NAME,
            "unsteady",
            SEVERITY,
            Confidence.LIKELY,
            call=call,
            told=[call.opening],
            streams=[(stream, stream.first_frame), (stream, stream.last_frame)],
            evidence=evidence,
            time=stream.first_time,
        )
