"""Where wire and SIP meet: a capture becomes sightings.

The door of the room: `read_trace` gives the `Trace` of one capture, a list of `Sighting`.
"""

from __future__ import annotations

from sipdiag.trace.clock import ClockStep
from sipdiag.trace.read import CaptureFacts, Progress, Trace, read_trace
from sipdiag.trace.sighting import Sighting, host, port

__all__ = ["CaptureFacts", "ClockStep", "Progress", "Sighting", "Trace", "host", "port", "read_trace"]
