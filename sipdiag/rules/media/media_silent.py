"""A stream that holds nothing but silence: its packets arrive, and nobody hears anything.

PCMU and PCMA have a few values for silence (ITU-T G.711; RFC 3551, section 4.5.14). A microphone hears at least the
room; a stream of exact silence comes from a muted phone, or from a bridge or transcoder that has no source.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import CALLEE, SECOND, Call, Trait
from sipdiag.findings import Confidence, Finding, Scene, Severity, found_heard, hearing_evidence

NAME = "media-silent"
SEVERITY = Severity.WARNING
NEEDS = Trait.HEARD

SAMPLES = 5
"""Packets that must have been looked at."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Each side that is to be heard, and sends packets of silence only."""
    told: set[int] = set()
    for hearing in scene.hearings(call):
        for each in hearing.arriving:
            stream = each.stream
            if each.number in told or stream.sampled < SAMPLES or stream.silent < stream.sampled:
                continue
            begin, end = max(stream.first_time, hearing.begin), min(stream.last_time, hearing.end)
            if end - begin < scene.settings.media_silent_s * SECOND:
                continue
            told.add(each.number)
            yield found_heard(
                NAME,
                "silent",
                SEVERITY if hearing.sender == CALLEE else Severity.NOTE,  # callers mute themselves in conferences
                Confidence.LIKELY,
                call=call,
                told=[hearing.wanted.told],
                time=begin,
                streams=[(stream, stream.first_frame), (stream, stream.last_frame)],
                evidence=hearing_evidence(call, hearing)
                | {
                    "source": stream.source,
                    "destination": stream.destination,
                    "packets": stream.packets,
                    "sampled": stream.sampled,
                    "seconds": round((end - begin) / SECOND, 3),
                },
            )
