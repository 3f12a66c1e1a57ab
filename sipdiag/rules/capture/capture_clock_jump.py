"""The clock of the recorder went back: times and durations across that place mean nothing.

A record bears the wall clock of its host (draft-ietf-opsawg-pcap, section 5), which somebody, or NTP, may set; captures
joined in the wrong order look alike.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import SECOND
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found_below, number_of, seconds
from sipdiag.trace import Trace

NAME = "capture-clock-jump"
SEVERITY = Severity.NOTE

MANY = 10
"""From so many steps back on it is no clock that was set: packets of several queues or files are in the wrong order."""
MOST_FRAMES = 20


def check(trace: Trace, scene: Scene) -> Iterator[Finding]:
    """The capture, once, however often its clock went back."""
    limit = scene.settings.clock_jump_s * SECOND
    steps = [step for step in trace.clock_steps if step.back >= limit]
    if not steps:
        return
    largest = max(steps, key=lambda step: step.back)
    evidence: Evidence = {
        "path": trace.facts.path,
        "steps": len(steps),
        "first_frame": steps[0].frame,
        "largest_frame": largest.frame,
        "largest_s": seconds(largest.back),
    }
    yield found_below(
        NAME,
        "disordered" if len(steps) >= MANY else "backwards",
        SEVERITY,
        Confidence.CERTAIN,
        capture=number_of(trace, scene),
        time=steps[0].time,
        frames=[step.frame for step in steps[:MOST_FRAMES]],
        evidence=evidence,
    )
