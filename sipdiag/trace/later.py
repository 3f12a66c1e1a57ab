"""The later part of a large capture, read by a second process while the first one reads what is before it.

The second process begins at a place where a record seems to begin. What it found counts only if the first one arrives
at exactly that place; otherwise the first one reads on as if there had been no other. The second one leaves aside what
needs the packets before it: fragments, TCP, SCTP; the first one takes those in their turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from sipdiag.capture import Capture, Packets
from sipdiag.defect import Defect
from sipdiag.sip import begins_message
from sipdiag.trace.clock import Clock
from sipdiag.trace.packed import Rows
from sipdiag.transport import Demultiplexer

if TYPE_CHECKING:
    from sipdiag.trace.media import MediaLane

HARMLESS = "record-cut-off"
"""The one defect of a file with which the second reader's work counts: the others depend on what was noted before."""

COLUMNS = ("offset", "captured", "original", "time", "link")


class Later(msgspec.Struct, kw_only=True):
    """What was read behind a place; frames are numbered from there."""

    place: int
    """Where it begins in the file."""
    state: object
    """What the file's beginning said of how to read it; the same must hold at the place."""
    packets: int = 0
    clock: Clock = msgspec.field(default_factory=Clock)
    rows: bytes = b""
    """The messages that came in datagrams of their own, packed."""
    copied: bool = False
    """Whether some of them are copies of what was sent elsewhere."""
    aside: list[tuple[int, int, int, dict[str, Any]]] = []
    """Packets that need those before them, chunk by chunk: first frame, position and size of the block, columns."""
    media: MediaLane | None = None
    """What was followed of media, where it was looked at."""
    defects: list[Defect] = []
    link_types: list[int] = []

    def packets_aside(self, source: Capture, shift: int) -> Iterator[Packets]:
        """The packets that need those before them."""
        for first_frame, position, size, columns in self.aside:
            yield Packets(
                data=source.block(position, size),
                first_frame=first_frame + shift,
                position=position,
                numbers=columns["row"] + (first_frame + shift),
                **{name: column for name, column in columns.items() if name != "row"},
            )


def later_part(source: Capture, place: int, *, media: bool = False) -> Later | None:
    """Read a capture from a place on; nothing when that tells too little without what is before it."""
    source.skip_to(place)
    found = Later(place=place, state=source.state)
    wire = Demultiplexer(begins_message, media=media)
    found.media = lane = _media_lane() if media else None
    rows = Rows()
    for packets in source.packets():
        found.packets += len(packets)
        found.clock.follow(packets)
        traffic, dependent = wire.independent(packets)
        if not rows.take(traffic.signalling):
            return None
        if lane is not None:
            lane.feed(traffic.media)
        if len(dependent):
            columns = {name: getattr(packets, name)[dependent] for name in COLUMNS} | {"row": dependent}
            found.aside.append((packets.first_frame, packets.position, len(packets.data), columns))
    found.rows, found.copied = rows.packed, wire.copied
    found.defects, found.link_types = source.defects, source.link_types
    harmless = all(defect.kind == HARMLESS for defect in source.defects)
    odd = source.timeless or source.secrets or (media and wire.media_in_fragments)
    return found if harmless and not odd else None


def _media_lane() -> MediaLane:
    from sipdiag.trace.media import MediaLane  # noqa: PLC0415 - signalling alone does without

    return MediaLane(later=True)
