"""What one capture shows: its messages, its streams, and what was wrong with it."""

from __future__ import annotations

import msgspec

from sipdiag.defect import Defect
from sipdiag.media import Stream
from sipdiag.trace.clock import ClockStep
from sipdiag.trace.edge import Edge
from sipdiag.trace.sighting import Sighting
from sipdiag.transport import Connection, Handshake, PartialDatagram, SealedConnection, Undelivered


class CaptureFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What one capture is, and what was wrong with it."""

    path: str
    format: str
    link_types: list[int]
    packets: int
    bytes: int
    first_time: int | None
    """Nanoseconds since 1970-01-01 UTC of the earliest packet; None when there is none."""
    last_time: int | None
    sip_messages: int
    defects: list[Defect]


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """All that one capture shows of SIP and media."""

    facts: CaptureFacts
    sightings: list[Sighting]
    """In the order of their frames."""
    connections: list[Connection]
    clock_steps: list[ClockStep] = []
    """Where the time of the packets went back."""
    partial: list[PartialDatagram] = []
    """Datagrams of which a fragment is missing."""
    handshakes: list[Handshake] = []
    """TLS handshakes, whatever they protect."""
    sealed: list[SealedConnection] = []
    """TLS connections on SIP's port whose handshake is not in the capture."""
    streams: list[Stream] = []
    """The RTP streams, in the order in which they began."""
    undelivered: list[Undelivered] = []
    """Datagrams and segments that did not arrive, as ICMP says, media or signalling."""
    edges: list[Edge] = []
    """What is kept of TCP streams for captures before and behind this one."""
    parts: list[Connection] = []
    """TCP connections without SIP in this capture that captures before and behind it may have more of."""
    edges_left_out: int = 0
    """For how many streams there was no room to keep an edge."""
    media: bool = False
    """Whether media were read; if not, nothing is known of them."""


def has_margins(trace: Trace) -> bool:
    """Whether captures before and behind it may have a part of a stream or connection in it."""
    return bool(trace.edges or trace.edges_left_out or trace.parts or trace.connections)
