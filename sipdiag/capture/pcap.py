"""Classic capture files, micro- and nanoseconds, both byte orders (draft-ietf-opsawg-pcap)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sipdiag.capture.chain import Framing, boundary, records
from sipdiag.capture.header import FILE_HEADER, LONGEST_EVER, RECORD_HEADER, begins_file, header
from sipdiag.capture.packets import Packets, byte_rows
from sipdiag.capture.resuming import MOST_PLACES, PLACES, Proof, resume
from sipdiag.capture.window import ROWS, Window
from sipdiag.defect import Defect, Defects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sipdiag.capture.octets import Octets

RECORD_HEADERS = {
    b"\xd4\xc3\xb2\xa1": (16, 24, 20),
    b"\xa1\xb2\xc3\xd4": (16, 24, 20),
    b"\x34\xcd\xb2\xa1": (24, 28),
    b"\xa1\xb2\xcd\x34": (24, 28),
}
"""Magic number → bytes that a record header may have. Nothing in the file tells which: those of Kuznetzov's tcpdump and
its variants in Red Hat Linux 6.1 (24) and SuSE Linux 6.3 (28) also name interface and protocol, those of Nokia's
firewalls (20) end with four bytes of their own."""
CAPTURED_AT, ORIGINAL_AT = 8, 12
SWAPPED_BEFORE, EITHER = (2, 3), (2, 3)
"""Up to this version of the format the two lengths were written the other way round, in this one either way."""
ENOUGH = 8
"""Records that show which header they have."""
CHAINED = 5
"""Records in a row behind damage that show that they are records."""
SECOND = 1_000_000_000
DAY = 86_400
NEAR = 400 * DAY
"""Seconds from the other packets within which a packet behind damage is believed."""


class PcapReader:
    """Reads the records of one classic capture file."""

    timeless = False
    """Every packet has a time."""

    def __init__(self, octets: Octets, defects: Defects, link_types: list[int]) -> None:
        self._octets, self._defects, self._link_types = octets, defects, link_types
        self._frame = 1
        self._known: list[int] = []
        """Seconds of a packet at the beginning, and of the last one."""
        self._last = 0
        """Where the header of the last record lies that has a likely time."""
        self._places = 0
        self._begin()

    def _begin(self) -> None:
        """Read the header of a file, which begins here."""
        octets = self._octets
        data = octets.data[octets.at : octets.at + FILE_HEADER].tobytes()
        told = header(data)
        self._magic, self._order, self._unit = data[:4], told.order, told.unit
        self._longest, self._link = told.longest, told.link
        version = struct.unpack_from(self._order + "HH", data, 4)
        octets.at += FILE_HEADER
        if self._link not in self._link_types:
            self._link_types.append(self._link)
        places = [ORIGINAL_AT] if version < SWAPPED_BEFORE else [CAPTURED_AT]
        places += [ORIGINAL_AT] if version == EITHER else []
        kinds = [(head, at) for at in places for head in RECORD_HEADERS.get(self._magic, (RECORD_HEADER,))]
        self._head, self._captured_at = max(kinds, key=self._fit)  # of equals the first

    def _fit(self, kind: tuple[int, int]) -> int:
        """Tell how well the first records chain, if that is how their headers are: 0 for not at all."""
        self._head, self._captured_at = kind
        data, at = self._octets.data, self._octets.at
        first: int | None = None
        for _ in range(ENOUGH):
            if at + self._head > len(data):
                return 2 if at == len(data) else 1
            row = data[at : at + RECORD_HEADER].reshape(1, -1)
            fields = row.view(self._order + "u4")[0].tolist()
            first = fields[0] if first is None else first
            if not self._plausible(row)[0] or abs(fields[0] - first) > NEAR:
                return 0
            at += self._head + fields[self._captured_at // 4]
        return 2

    @property
    def state(self) -> object:
        """What reading on needs to know of what was read."""
        return self._order, self._unit, self._head, self._captured_at, self._link

    def prepare(self) -> None:
        """Learn what packets anywhere in the file need: nothing more than its header."""

    def boundary(self) -> int | None:
        """Guess where in the block a record begins."""
        return boundary(self._octets, self._framing())

    def packets(self) -> Iterator[Packets]:
        """Yield the packets in chunks, up to the end, or to damage behind which nothing looks like a record.

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
            self._frame = frame + len(chunk)
            if len(chunk):
                mark = self._mark(int(chunk.offset[-1]) - self._head)
                octets.at = int(chunk.offset[-1] + chunk.captured[-1])
                self._remember(chunk)
            if len(chunk) == len(offsets) > 0:
                continue
            places = self._places
            if not self._goes_on():
                return
            if self._places > places:  # another file may have begun
                window, framing, mark = Window(), self._framing(), b""

    def _framing(self) -> Framing:
        return Framing(
            order=self._order,
            length_at=self._captured_at,
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

    def _lengths(self, fields: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
        """Give the captured and the original lengths of records."""
        words = (2, 3) if self._captured_at == CAPTURED_AT else (3, 2)
        return fields[:, words[0]], fields[:, words[1]]

    def _plausible(self, rows: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
        fields = rows.view(self._order + "u4")
        captured, original = self._lengths(fields)
        plausible: npt.NDArray[np.bool_] = (
            (fields[:, 1] < SECOND // self._unit) & (captured <= self._longest) & (captured <= original)
        )
        return plausible

    def _chunk(self, offsets: npt.NDArray[np.int64], frame: int) -> Packets:
        """Read the records' headers, up to the first record that is too long or not all there."""
        data = self._octets.data
        fields = byte_rows(data, offsets, RECORD_HEADER).view(self._order + "u4")
        captured = self._lengths(fields)[0].astype(np.int64)
        start = offsets + self._head
        bad = np.flatnonzero((captured > self._longest) | (start + captured > len(data)))
        rows = slice(0, self._sane(fields, int(bad[0])) if len(bad) else len(offsets))
        fields = fields[rows]
        return Packets(
            data=data,
            offset=start[rows],
            captured=captured[rows],
            original=self._lengths(fields)[1].astype(np.int64),
            time=fields[:, 0].astype(np.int64) * SECOND + fields[:, 1].astype(np.int64) * self._unit,
            link=np.full(len(fields), self._link, np.int32),
            first_frame=frame,
            position=self._octets.position,
        )

    # Damage

    def _remember(self, chunk: Packets) -> None:
        """Keep what tells, should there be damage, where it may begin and which times are likely."""
        self._known = self._known or [int(chunk.time[0]) // SECOND]
        last = len(chunk) - 1
        if not self._is_near(chunk.time[last:] // SECOND)[0]:
            near = np.flatnonzero(self._is_near(chunk.time // SECOND))
            if not len(near):
                return
            last = int(near[-1])
        self._last = chunk.position + int(chunk.offset[last]) - self._head
        self._known = [self._known[0], int(chunk.time[last]) // SECOND]

    def _sane(self, fields: npt.NDArray[np.uint32], bad: int) -> int:
        """Count the records before the one that cannot be, but for the last of them that led there out of nowhere."""
        if self._lengths(fields)[0][bad] <= self._longest:
            return bad  # it goes on in the next block
        self._known = self._known or [int(fields[0, 0])]
        sane = (fields[:bad, 1] < SECOND // self._unit) & self._is_near(fields[:bad, 0].astype(np.int64))
        return int(np.flatnonzero(sane)[-1]) + 1 if sane.any() else bad

    def _is_near(self, seconds: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Tell which times are near to those of other packets, as far as there are any."""
        near = np.full(len(seconds), not self._known)
        for known in self._known:
            near |= np.abs(seconds - known) < NEAR
        return near

    def _sound(
        self, data: npt.NDArray[np.uint8], at: npt.NDArray[np.int64], before: npt.NDArray[np.int64] | None
    ) -> npt.NDArray[np.bool_]:
        """Tell which places may be records: like the others in time, and like those before them in theirs."""
        fields = byte_rows(data, at, RECORD_HEADER).view(self._order + "u4")
        seconds = fields[:, 0].astype(np.int64)
        good = self._plausible(fields.view(np.uint8)) & (self._lengths(fields)[1] <= LONGEST_EVER)
        if before is None:
            return good & self._is_near(seconds)
        earlier = byte_rows(data, before, 4).view(self._order + "u4")[:, 0].astype(np.int64)
        good &= np.abs(seconds - earlier) <= DAY
        return good

    def _goes_on(self) -> bool:
        """Tell whether there is more behind the last whole record; note what is wrong there."""
        octets = self._octets
        rest = len(octets.data) - octets.at
        if rest < FILE_HEADER and octets.more():
            return True
        place = octets.position + octets.at
        if begins_file(octets.data[octets.at : octets.at + FILE_HEADER].tobytes()):
            self._places += 1
            self._defects.append(Defect(kind="capture-joined", detail=f"at byte {place}", frame=self._frame))
            self._begin()
            return True
        if rest >= self._head:
            length = struct.unpack_from(self._order + "I", octets.data.data, octets.at + self._captured_at)[0]
            if length > self._longest:
                detail = f"record of {length} bytes at byte {place}"
                return self._resumed(place) or self._ended("record-damaged", detail)
        if octets.more():
            return True
        if not rest:
            return False
        return self._resumed(place) or self._ended(
            "record-cut-off", f"{rest} bytes of a record at byte {place}, the end of the capture"
        )

    def _ended(self, kind: str, detail: str) -> bool:
        self._defects.append(Defect(kind=kind, detail=detail, frame=self._frame))
        return False

    def _resumed(self, place: int) -> bool:
        """Go on behind the damage at that byte of the capture, which may be in the length of the record before it."""
        octets = self._octets
        if self._places >= MOST_PLACES:
            self._defects.reach(PLACES, self._frame)
            return False
        at = max(self._last + self._head - octets.position, 0) if self._last else octets.at
        octets.at = min(at, octets.at) + 1
        if not resume(octets, Proof(framing=self._framing(), records=CHAINED, sound=self._sound)):
            return False
        self._places += 1
        found = octets.position + octets.at
        told = f"{max(0, found - place)} bytes skipped, from byte {min(found, place)} on"
        self._defects.append(Defect(kind="record-skipped", detail=told, frame=self._frame))
        return True
