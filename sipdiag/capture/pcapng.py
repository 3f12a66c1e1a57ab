"""pcapng capture files: sections, interfaces and their packets (draft-ietf-opsawg-pcapng)."""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sipdiag.capture.chain import Framing, boundary, records
from sipdiag.capture.interface import Interface, Interfaces, interface
from sipdiag.capture.packets import Packets, byte_rows
from sipdiag.capture.resuming import MOST_PLACES, PLACES, Proof, resume
from sipdiag.capture.window import ROWS, Window
from sipdiag.defect import Defect, Defects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sipdiag.capture.octets import Octets

SECTION_HEADER, INTERFACE, OBSOLETE_PACKET, SIMPLE_PACKET, ENHANCED_PACKET = 0x0A0D0D0A, 1, 2, 3, 6
SECRETS = 10
TLS_KEY_LOG = 0x544C534B
MOST_SECRETS = 64 << 20
"""Bytes of secrets that are kept."""
MOST_COMMON = 10
"""The blocks that a capture is made of have numbers up to this, but for the section header."""
BYTE_ORDER_MAGIC = 0x1A2B3C4D
BYTE_ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
SHORTEST = 12
LONGEST = 16 << 20
"""The longest block that Wireshark believes in."""
MOST_INTERFACES = 4_096
"""Interfaces of one section that are remembered."""
KEY_LOGS = f"bytes of TLS secrets in the capture, more than {MOST_SECRETS >> 20} MB"
INTERFACES = f"interfaces of a section, more than {MOST_INTERFACES}"
HEAD = 28
"""Bytes of an Enhanced Packet Block before its packet."""
SIMPLE_HEAD = 12
CHAINED = 2
"""Blocks in a row behind damage, each with its length at both ends, that show that they are blocks."""


class PcapngReader:
    """Reads the blocks of one pcapng file."""

    def __init__(self, octets: Octets, defects: Defects, link_types: list[int]) -> None:
        self._octets, self._defects, self._link_types = octets, defects, link_types
        self._order = BYTE_ORDERS[bytes(octets.data[8:12])]
        self.secrets: list[bytes] = []
        """TLS key logs of Decryption Secrets Blocks (section 4.7)."""
        self._kept = 0
        """Bytes of them."""
        self._window = Window()
        self._places = 0
        self._interfaces: list[Interface] = []
        self._links: set[int] = set()
        self._frame = 1
        self._time: int | None = None
        self.timeless = False
        """Whether a packet without a time came before any that has one."""

    @property
    def state(self) -> object:
        """What reading on needs to know of what was read."""
        return self._order, tuple(self._interfaces)

    def prepare(self) -> None:
        """Learn what packets anywhere in the file need, as far as its beginning tells."""
        for _ in self.packets():
            break
        self._frame, self._time = 1, None
        self._defects.clear()
        self.secrets.clear()
        self._kept = 0

    def boundary(self) -> int | None:
        """Guess where in the block a record begins."""
        return boundary(self._octets, self._framing())

    def packets(self) -> Iterator[Packets]:
        """Yield the packets in chunks, up to the end or to the first block that cannot be.

        Called again, it reads on behind a place where it was to stop.
        """
        octets = self._octets
        self._window.restart()
        while True:
            framing = self._framing()
            mark = struct.pack(self._order + "I", ENHANCED_PACKET)
            offsets = records(octets, self._window.stop(octets.at), framing, mark)
            heads = byte_rows(octets.data, offsets, HEAD).view(self._order + "u4")
            end = offsets + (heads[:, 1].astype(np.int64) + 3 & ~3)
            whole = self._whole(heads, end)
            yield from self._sections(offsets[:whole], heads[:whole])
            if whole:
                octets.at = int(end[whole - 1])
            if (whole < len(offsets) or not whole) and not self._goes_on():
                return

    def _framing(self) -> Framing:
        return Framing(
            order=self._order,
            length_at=4,
            bias=3,
            mask=~3,
            shortest=SHORTEST,
            mark_at=0,
            plausible=self._plausible,
        )

    def _plausible(self, rows: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
        fields = rows.view(self._order + "u4")
        kind, length = fields[:, 0], fields[:, 1]
        plausible: npt.NDArray[np.bool_] = (
            ((kind <= MOST_COMMON) | (kind == SECTION_HEADER))
            & (length >= SHORTEST)
            & (length <= LONGEST)
            & (length % 4 == 0)
        )
        return plausible

    def _whole(self, heads: npt.NDArray[np.uint32], end: npt.NDArray[np.int64]) -> int:
        """Count the blocks before the first that is cut off, cannot be, or turns the byte order."""
        length = heads[:, 1]
        bad = (length < SHORTEST) | (length > LONGEST) | (end > len(self._octets.data))
        bad |= (heads[:, 0] == SECTION_HEADER) & (heads[:, 2] != BYTE_ORDER_MAGIC)
        # Every block ends with its length again.
        last = byte_rows(self._octets.data, np.where(bad, 0, end - 4), 4).view(self._order + "u4")[:, 0]
        bad |= last != length
        return int(bad.argmax()) if bad.any() else len(bad)

    def _sections(self, offsets: npt.NDArray[np.int64], heads: npt.NDArray[np.uint32]) -> Iterator[Packets]:
        openings = np.flatnonzero(heads[:, 0] == SECTION_HEADER).tolist()
        for start, stop in pairwise([0, *openings, len(offsets)]):
            if start == stop:
                continue
            if heads[start, 0] == SECTION_HEADER:
                self._interfaces = []
            yield from self._blocks(offsets[start:stop], heads[start:stop])

    def _blocks(self, offsets: npt.NDArray[np.int64], heads: npt.NDArray[np.uint32]) -> Iterator[Packets]:
        """Yield the packets of blocks of one section."""
        kind = heads[:, 0]
        for row in np.flatnonzero(kind == INTERFACE).tolist():
            self._describe(int(offsets[row]), int(heads[row, 1]))
        for row in np.flatnonzero((kind == SECRETS) & (heads[:, 2] == TLS_KEY_LOG)).tolist():
            self._keep_secrets(int(offsets[row]), int(heads[row, 1]), int(heads[row, 3]))
        packet = (kind == ENHANCED_PACKET) | (kind == SIMPLE_PACKET) | (kind == OBSOLETE_PACKET)
        if not packet.any():
            return
        which = slice(None) if packet.all() else packet
        chunk = self._chunk(offsets[which], heads[which])
        self._frame += len(chunk)
        self._time = int(chunk.time[-1])
        for part in range(0, len(chunk), ROWS):
            yield chunk.rows(part, min(part + ROWS, len(chunk)))

    def _describe(self, offset: int, length: int) -> None:
        """Read an interface description."""
        if len(self._interfaces) >= MOST_INTERFACES:
            self._defects.reach(INTERFACES, self._frame)
        else:
            body = self._octets.data[offset + 8 : offset + length - 4].tobytes()
            described = interface(self._order, body)
            self._interfaces.append(described)
            if described.link not in self._links:
                self._links.add(described.link)
                self._link_types.append(described.link)

    def _keep_secrets(self, offset: int, length: int, size: int) -> None:
        if size > length - 20:
            return  # it states more than it holds
        if self._kept + size > MOST_SECRETS:
            self._defects.reach(KEY_LOGS, self._frame)
            return
        self._kept += size
        self.secrets.append(self._octets.data[offset + 16 : offset + 16 + size].tobytes())

    def _chunk(self, offsets: npt.NDArray[np.int64], heads: npt.NDArray[np.uint32]) -> Packets:
        """Read packet blocks of any kind; each has its fields at other places (sections 4.3, 4.4 and A)."""
        kind = heads[:, 0]
        length, number, captured, original = (heads[:, word].astype(np.int64) for word in (1, 2, 5, 6))
        simple = kind == SIMPLE_PACKET
        head: int | npt.NDArray[np.int64] = HEAD
        known = Interfaces(self._interfaces)
        if (kind != ENHANCED_PACKET).any():
            short = number & 0xFFFF if self._order == "<" else number >> 16  # the other 16 bits count drops
            number = np.where(simple, 0, np.where(kind == OBSOLETE_PACKET, short, number))
            original = np.where(simple, heads[:, 2], original)
            head = np.where(simple, SIMPLE_HEAD, HEAD)
            kept = np.minimum(np.minimum(original, known.snap_length[0]), length - (SIMPLE_HEAD + 4))
            captured = np.where(simple, kept, captured)
        number = known.checked(number)
        room = length - (head + 4)
        self._note("interface-unknown", number == len(self._interfaces))
        self._note("packet-damaged", captured > room, "a block that states more bytes of a packet than it holds")
        return Packets(
            data=self._octets.data,
            offset=offsets + head,
            captured=np.clip(captured, 0, np.maximum(room, 0)),
            original=original,
            time=self._times(known.times(number, heads), simple),
            link=known.link[number],
            first_frame=self._frame,
            position=self._octets.position,
        )

    def _times(self, time: npt.NDArray[np.int64], simple: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """Give a Simple Packet, which has no time, that of the packet before it."""
        if not simple.any():
            return time
        latest = np.maximum.accumulate(np.where(simple, -1, np.arange(len(time))))
        self.timeless |= self._time is None and bool((latest < 0).any())
        filled: npt.NDArray[np.int64] = np.where(latest < 0, self._time or 0, time[latest])
        return filled

    def _note(self, kind: str, bad: npt.NDArray[np.bool_], detail: str = "") -> None:
        """Note the first packet with a defect of that kind."""
        if bad.any() and not any(defect.kind == kind for defect in self._defects):
            self._defects.append(Defect(kind=kind, detail=detail, frame=self._frame + int(bad.argmax())))

    def _sound(
        self, data: npt.NDArray[np.uint8], at: npt.NDArray[np.int64], _: npt.NDArray[np.int64] | None
    ) -> npt.NDArray[np.bool_]:
        """Tell which places may be blocks: common ones, packets of an interface that is known."""
        heads = byte_rows(data, at, HEAD).view(self._order + "u4")
        kind, length = heads[:, 0], heads[:, 1]
        good = self._plausible(heads.view(np.uint8)) & (kind > 0)
        good &= (kind != SECTION_HEADER) | (heads[:, 2] == BYTE_ORDER_MAGIC)
        packet = (heads[:, 2] < max(1, len(self._interfaces))) & (heads[:, 5] <= length)
        good &= (kind != ENHANCED_PACKET) | packet
        return good

    def _goes_on(self) -> bool:
        """Tell whether there is more behind the last whole block; note what is wrong there."""
        octets = self._octets
        head = octets.data[octets.at : octets.at + SHORTEST].tobytes()
        place, rest = octets.position + octets.at, len(octets.data) - octets.at
        if len(head) == SHORTEST:
            if (
                struct.unpack("<I", head[:4])[0] == SECTION_HEADER
                and BYTE_ORDERS.get(head[8:], self._order) != self._order
            ):
                self._order = BYTE_ORDERS[head[8:]]
                self._window.restart()
                return True
            length = struct.unpack(self._order + "I", head[4:8])[0]
            if not SHORTEST <= length <= LONGEST or length <= rest:
                return self._resumed(place) or self._ended("record-damaged", f"block of {length} bytes at byte {place}")
        if octets.more():
            return True
        if not rest:
            return False
        return self._resumed(place) or self._ended(
            "record-cut-off", f"{rest} bytes of a block at byte {place}, the end of the capture"
        )

    def _ended(self, kind: str, detail: str) -> bool:
        self._defects.append(Defect(kind=kind, detail=detail, frame=self._frame))
        return False

    def _resumed(self, place: int) -> bool:
        """Go on behind the damage at that byte of the capture."""
        octets = self._octets
        if self._places >= MOST_PLACES:
            self._defects.reach(PLACES, self._frame)
            return False
        octets.at += 1
        if not resume(octets, Proof(framing=self._framing(), records=CHAINED, sound=self._sound, repeated=True)):
            return False
        self._places += 1
        self._window.restart()
        told = f"{octets.position + octets.at - place} bytes skipped, from byte {place} on"
        self._defects.append(Defect(kind="record-skipped", detail=told, frame=self._frame))
        return True
