"""A large capture with media, dealt to two processes: both read it, and each does a half of what is long.

Each follows half of the RTP streams, which have nothing to do with each other, and parses the messages of every other
chunk. What hangs together, fragments and TCP, the first process does alone. So each figure comes about exactly as with
one process.
"""

from __future__ import annotations

import msgspec

from sipdiag.capture import Capture
from sipdiag.sip import begins_message
from sipdiag.trace.media import Half, MediaLane
from sipdiag.trace.packed import Rows
from sipdiag.transport import Demultiplexer

FIRST, SECOND = 0, 1
"""Which process."""


class Dealt(msgspec.Struct, frozen=True, kw_only=True):
    """What the second process did."""

    rows: bytes
    """The messages, packed."""
    copied: bool
    """Whether some of them are copies of what was sent elsewhere."""
    media: Half


def is_dealt_to(process: int, chunk: int) -> bool:
    """Whether the process parses the messages of a chunk."""
    return chunk % 2 == process


def dealt(source: Capture, capture: int) -> Dealt | None:
    """Do the second process's half; nothing when its messages are too many for two processes to hold."""
    wire, lane = Demultiplexer(begins_message, media=True), MediaLane(share=SECOND)
    rows = Rows()
    for chunk, packets in enumerate(source.packets()):
        traffic = wire.alone(packets, datagrams=is_dealt_to(SECOND, chunk))
        if not rows.take(traffic.signalling):
            return None
        lane.feed(traffic.media)
    return Dealt(rows=rows.packed, copied=wire.copied, media=lane.half(capture))
