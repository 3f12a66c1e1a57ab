"""Classic capture files, micro- and nanoseconds, both byte orders (draft-ietf-opsawg-pcap)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sipdiag.capture.chain import Framing, boundary, records
from sipdiag.capture.header import FILE_HEADER, RECORD_HEADER, header
from sipdiag.capture.packets import Packets, byte_rows
from sipdiag.capture.window import ROWS, Window
from sipdiag.defect import Defect, Defects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sipdiag.capture.octets import Octets


class PcapReader:
    """Reads the records of one classic capture file."""

    timeless = False
    """Every packet has a time."""

    def __init__(self, octets: Octets, defects: Defects, link_types: list[int]) -> None:
        told = header(bytes(octets.data[:FILE_HEADER]))
        self._order, self._unit, self._head = told.order, told.unit, told.head
        self._longest, self._link = told.longest, told.link
        self._octets, self._defects = octets, defects
        self._frame = 1
        link_types.append(self._link)
        octets.at = FILE_HEADER

    @property
    def state(self) -> object:
        """What reading on needs to know of what was read: of this format nothing."""
        return None

    def prepare(self) -> None:
        """Learn what packets anywhere in the file need: nothing more than its header."""

    def boundary(self) -> int | None:
        """Guess where in the block a record begins."""
        return boundary(self._octets, self._framing())

    def packets(self) -> Iterator[Packets]:
        """Yield the packets in chunks, up to the end or to the first record that cannot be.

        Called again, it reads on behind a place where it was to stop.
        """
        octets, window, framing = self._octets, Window(), self._framing()
        mark = b""
        while True:
            frame = self._frame
            offsets = records(octets, window.stop(octets.at), framing, mark)
            chunk = self._chunk(offsets, frame)
            for part in range(0, len(chunk), ROWS):
                yield chunk.rows(part, min(part + ROWS, len(chunk)))
            self._frame = frame = frame + len(chunk)
            if len(chunk):
                mark = self._mark(int(chunk.offset[-1]) - self._head)
                octets.at = int(chunk.offset[-1] + chunk.captured[-1])
            if (len(chunk) < len(offsets) or not len(offsets)) and not self._goes_on(frame):
                return

    def _framing(self) -> Framing:
        return Framing(
            order=self._order,
            length_at=8,
            bias=self._head,
            mask=-1,
            shortest=self._head,
            mark_at=2 if self._order == "<" else 0,
            plausible=self._plausible,
        )

    def _mark(self, offset: int) -> bytes:
        """Give the high half of the seconds of the record at `offset`, which lasts for 18 hours."""
        at = offset + (2 if self._order == "<" else 0)
        return bytes(self._octets.data[at : at + 2])

    def _plausible(self, rows: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
        fields = rows.view(self._order + "u4")
        fraction, captured, original = fields[:, 1], fields[:, 2], fields[:, 3]
        plausible: npt.NDArray[np.bool_] = (
            (fraction < 1_000_000_000 // self._unit) & (captured <= self._longest) & (captured <= original)
        )
        return plausible

    def _chunk(self, offsets: npt.NDArray[np.int64], frame: int) -> Packets:
        """Read the records' headers, up to the first record that is too long or not all there."""
        data = self._octets.data
        fields = byte_rows(data, offsets, RECORD_HEADER).view(self._order + "u4")
        captured = fields[:, 2].astype(np.int64)
        start = offsets + self._head
        bad = np.flatnonzero((captured > self._longest) | (start + captured > len(data)))
        rows = slice(0, int(bad[0]) if len(bad) else len(offsets))
        fields = fields[rows]
        return Packets(
            data=data,
            offset=start[rows],
            captured=captured[rows],
            original=fields[:, 3].astype(np.int64),
            time=fields[:, 0].astype(np.int64) * 1_000_000_000 + fields[:, 1].astype(np.int64) * self._unit,
            link=np.full(len(fields), self._link, np.int32),
            first_frame=frame,
            position=self._octets.position,
        )

    def _goes_on(self, frame: int) -> bool:
        """Tell whether there is more behind the last whole record; note what is wrong there if not."""
        octets = self._octets
        rest = len(octets.data) - octets.at
        if rest >= self._head:
            length = struct.unpack_from(self._order + "I", octets.data.data, octets.at + 8)[0]
            if length > self._longest:
                detail = f"record of {length} bytes at byte {octets.position + octets.at}"
                self._defects.append(Defect(kind="record-damaged", detail=detail, frame=frame))
                return False
        if octets.more():
            return True
        if rest:
            detail = f"{rest} bytes of a record at byte {octets.position + octets.at}, the end of the capture"
            self._defects.append(Defect(kind="record-cut-off", detail=detail, frame=frame))
        return False
