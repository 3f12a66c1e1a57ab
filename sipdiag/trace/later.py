"""The later part of a large capture, read by a second process while the first one reads what is before it.

The second process begins at an offset where a record seems to begin. What it reads counts only if the first one arrives
at exactly that offset; otherwise the first one reads on as if there were no other. The second one leaves aside packets
that need the packets before them (fragments, TCP, SCTP); the first one takes those in their turn.
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
"""The one defect of a file that does not spoil the second process's work: others depend on defects before them."""

COLUMNS = ("offset", "captured", "original", "time", "link")


class Later(msgspec.Struct, kw_only=True):
    """What was read of the later part; its frames are numbered from 1."""

    place: int
    """The offset in the file where it begins."""
    state: object
    """How the file is to be read, as its beginning says; the first process must arrive with the same state."""
    packets: int = 0
    clock: Clock = msgspec.field(default_factory=Clock)
    rows: bytes = b""
    """The messages that came in datagrams of their own, packed."""
    copied: bool = False
    """Whether some of them came as copies in HEP, which have the times of their originals."""
    aside: list[tuple[int, int, int, dict[str, Any]]] = []
    """Packets that need those before them, chunk by chunk: first frame, position and size of the block, columns."""
    media: MediaLane | None = None
    """The media of the later part; None where media are not read."""
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
    """Read a capture from the offset `place` on; None where that needs too much of what is before it."""
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
