"""A side is heard only some time after the call was answered: its first words are lost.

Whoever accepts an offer must be ready to receive, and may send at once (RFC 3264, section 6.1; RFC 3261,
section 13.3.1).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import SECOND, Call, Trait
from sipdiag.findings import Confidence, Finding, Scene, Severity, found_heard, hearing_evidence, saves_packets
from sipdiag.media import Stream

NAME = "media-late"
SEVERITY = Severity.WARNING
NEEDS = Trait.HEARD


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Each side of the answered call whose first packet comes late, once."""
    told: set[str] = set()
    for hearing in scene.hearings(call):
        first = hearing.first
        answer = call.answer
        if first is None or answer is None or hearing.sender in told or hearing.begin > answer.time + SECOND:
            continue
        waited = first - hearing.begin
        if waited < scene.settings.media_late_s * SECOND:
            continue
        told.add(hearing.sender)
        shown = min(hearing.arriving, key=lambda each: each.stream.first_time).stream
        frame = next((gap.frame for gap in shown.gaps if gap.end == first), shown.first_frame)
        saving = saves_packets(shown) or _begins_with_a_key(shown)  # it may have had nothing to say
        yield found_heard(
            NAME,
            "late",
            Severity.NOTE if saving else SEVERITY,
            Confidence.LIKELY if saving else Confidence.CERTAIN,
            call=call,
            told=[answer],
            streams=[(shown, frame)],
            evidence=hearing_evidence(call, hearing)
            | {
                "answer_frame": answer.frame,
                "first_frame": frame,
                "source": shown.source,
                "waited_s": round(waited / SECOND, 3),
            },
        )


def _begins_with_a_key(stream: Stream) -> bool:
    """Whether its first packet tells of a key: who only dials need not speak."""
    return any(key.frame == stream.first_frame for key in stream.keys)
