"""A part of the capture could not be read, so that what it held is missing from every other result.

A record whose length cannot be ends the reading (draft-ietf-opsawg-pcap, section 5); packets of an unknown link type
are passed over; TCP data that the receiver acknowledged and the recorder missed leaves a gap (RFC 9293, section 3.4).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.defect import Defect
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found_below, moment_of, number_of
from sipdiag.trace import Trace

NAME = "capture-damaged"
SEVERITY = Severity.WARNING

VARIANTS = {
    "record-damaged": ("record-damaged", Severity.WARNING),
    "record-skipped": ("record-skipped", Severity.WARNING),
    "packet-damaged": ("record-skipped", Severity.WARNING),
    "compression-damaged": ("record-damaged", Severity.WARNING),
    "decompression-limit": ("limit-reached", Severity.WARNING),
    "limit-reached": ("limit-reached", Severity.WARNING),
    "messages-too-many": ("messages-too-many", Severity.WARNING),
    "link-type-unknown": ("link-type-unknown", Severity.WARNING),
    "stream-gap": ("stream-gap", Severity.NOTE),
}
"""Kind of defect → variant and severity; a gap is a few messages at most, the others a whole stretch."""
DIFFERENT = frozenset({"limit-reached", "link-type-unknown"})
"""Variants where the detail of each place is named, because it may be another each time."""
MOST_FRAMES, MOST_TOLD = 20, 5


def check(trace: Trace, scene: Scene) -> Iterator[Finding]:
    """The capture, once for each kind of damage."""
    if not trace.facts.defects:
        return
    by_variant: dict[tuple[str, Severity], list[Defect]] = {}
    for defect in trace.facts.defects:
        if defect.kind in VARIANTS:
            by_variant.setdefault(VARIANTS[defect.kind], []).append(defect)
    for (variant, severity), defects in by_variant.items():
        if variant == "link-type-unknown" and trace.sightings:
            severity = Severity.NOTE  # noqa: PLW2901 - one interface of several, and SIP was found on the others
        frames = [defect.frame for defect in defects if defect.frame is not None]
        most = MOST_TOLD if variant in DIFFERENT else 1
        first = frames[0] if frames else trace.facts.packets + 1  # what is compressed has no frames
        evidence: Evidence = {
            "path": trace.facts.path,
            "places": len(defects),
            "first_frame": first,
            "detail": "; ".join(dict.fromkeys(each.detail for each in defects[:most])),
            "sip_messages": trace.facts.sip_messages,
        }
        yield found_below(
            NAME,
            variant,
            severity,
            Confidence.CERTAIN,
            capture=number_of(trace, scene),
            time=moment_of(trace, first),
            frames=frames[:MOST_FRAMES],
            evidence=evidence,
        )
