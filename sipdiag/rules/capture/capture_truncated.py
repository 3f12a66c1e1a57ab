"""The capture holds less than was on the wire: it breaks off within a packet, or kept only the beginning of each.

A record states how many bytes were captured and how many there were (draft-ietf-opsawg-pcap, section 5).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.findings import Confidence, Finding, Scene, Severity, found_below, moment_of, number_of
from sipdiag.trace import Sighting, Trace

NAME = "capture-truncated"
SEVERITY = Severity.NOTE

CUT_OFF = ("record-cut-off", "compression-cut-off")
MOST_FRAMES = 20


def check(trace: Trace, scene: Scene) -> Iterator[Finding]:
    """The capture, for its end and for its messages."""
    for defect in trace.facts.defects:
        if defect.kind in CUT_OFF:
            frame = defect.frame or trace.facts.packets + 1
            yield found_below(
                NAME,
                "cut-off",
                SEVERITY,
                Confidence.CERTAIN,
                capture=number_of(trace, scene),
                time=moment_of(trace, frame),
                frames=[frame],
                evidence={"path": trace.facts.path, "first_frame": frame, "detail": defect.detail},
            )
            break  # in a compressed file that is cut off, the last packet may be cut off as well
    # Over TCP a message may also be incomplete because the recording ends in it, and not by a snap length.
    cut = [seen for seen in trace.sightings if not seen.complete and seen.transport == "udp"]
    if cut:
        yield _shortened(cut, trace)


def _shortened(cut: list[Sighting], trace: Trace) -> Finding:
    return found_below(
        NAME,
        "snap-length",
        SEVERITY,
        Confidence.CERTAIN,
        capture=cut[0].capture,
        time=cut[0].time,
        frames=[seen.frame for seen in cut[:MOST_FRAMES]],
        evidence={
            "path": trace.facts.path,
            "messages_cut": len(cut),
            "sip_messages": trace.facts.sip_messages,
            "without_header_end": sum(seen.message.cut_off for seen in cut),
            "first_frame": cut[0].frame,
        },
    )
