"""Where wire and SIP meet: a capture becomes sightings.

The door of the room: `read_trace` gives the `Trace` of one capture, a list of `Sighting`, and of the media a list of
`Stream`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.trace.ahead import begin_ahead
from sipdiag.trace.alignment import WORTH_IT, aligned, apart, corrected
from sipdiag.trace.change import Change, changed_connections, changed_facts
from sipdiag.trace.clock import ClockStep
from sipdiag.trace.dissection import Engine
from sipdiag.trace.edge import Edge, mark_of
from sipdiag.trace.joining import joined_streams
from sipdiag.trace.read import NATIVE, Progress, read_trace
from sipdiag.trace.room import ROOM
from sipdiag.trace.second import all_done, may_fork, processors
from sipdiag.trace.share import is_worth_sharing, read_share, share_of
from sipdiag.trace.shortening import MOST_MARGINS, eased, fitting
from sipdiag.trace.sighting import Sighting, host, port
from sipdiag.trace.trace import CaptureFacts, Trace, has_margins

if TYPE_CHECKING:
    from sipdiag.trace.rotation import Rotation, joined

__all__ = [
    "MOST_MARGINS",
    "NATIVE",
    "ROOM",
    "WORTH_IT",
    "CaptureFacts",
    "Change",
    "ClockStep",
    "Edge",
    "Engine",
    "Progress",
    "Rotation",
    "Sighting",
    "Trace",
    "aligned",
    "all_done",
    "apart",
    "begin_ahead",
    "changed_connections",
    "changed_facts",
    "corrected",
    "eased",
    "fitting",
    "has_margins",
    "host",
    "is_worth_sharing",
    "joined",
    "joined_streams",
    "mark_of",
    "may_fork",
    "port",
    "processors",
    "read_share",
    "read_trace",
    "share_of",
]


def __getattr__(name: str) -> object:
    """The names that only several captures need, imported when first used, since they bring NumPy."""
    if name not in ("Rotation", "joined"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module("sipdiag.trace.rotation"), name)
