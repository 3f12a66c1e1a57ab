"""Where wire and SIP meet: a capture becomes sightings.

The door of the room: `read_trace` gives the `Trace` of one capture, a list of `Sighting`, and of the media a list of
`Stream`.
"""

from __future__ import annotations

from sipdiag.trace.ahead import begin_ahead
from sipdiag.trace.alignment import WORTH_IT, aligned, apart, corrected
from sipdiag.trace.clock import ClockStep
from sipdiag.trace.dissection import Engine
from sipdiag.trace.joining import joined_streams
from sipdiag.trace.read import NATIVE, Progress, read_trace
from sipdiag.trace.room import ROOM
from sipdiag.trace.second import all_done, may_fork
from sipdiag.trace.share import is_worth_sharing, read_share, share_of
from sipdiag.trace.shortening import fitting
from sipdiag.trace.sighting import Sighting, host, port
from sipdiag.trace.trace import CaptureFacts, Trace

__all__ = [
    "NATIVE",
    "ROOM",
    "WORTH_IT",
    "CaptureFacts",
    "ClockStep",
    "Engine",
    "Progress",
    "Sighting",
    "Trace",
    "aligned",
    "all_done",
    "apart",
    "begin_ahead",
    "corrected",
    "fitting",
    "host",
    "is_worth_sharing",
    "joined_streams",
    "may_fork",
    "port",
    "read_share",
    "read_trace",
    "share_of",
]
