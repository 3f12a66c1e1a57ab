"""Where in the captures a thing below SIP stands: the number of a capture, the time of a frame."""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sipdiag.findings.scene import Scene
    from sipdiag.trace import Trace


def number_of(trace: Trace, scene: Scene) -> int:
    """Give the number of a capture of `scene`, from 0."""
    if trace.sightings:
        return trace.sightings[0].capture
    return next((number for number, each in enumerate(scene.traces) if each is trace), 0)


def moment_of(trace: Trace, frame: int) -> int:
    """Give the time of the last SIP message up to `frame`, else of the first packet: only sightings bear times."""
    at = bisect_right(trace.sightings, frame, key=attrgetter("frame"))
    return trace.sightings[at - 1].time if at else trace.facts.first_time or 0
