"""Opens a capture: tells by its first bytes what it is and hands it to the reader of that format."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING, BinaryIO, Self

import numpy as np

from sipdiag.capture.complaint import complaint
from sipdiag.capture.compressed import LONGEST_MAGIC, Unpacked, compression
from sipdiag.capture.header import FILE_HEADER, ORDERS
from sipdiag.capture.octets import Begun, FileBlocks, Octets, PipedBlocks, Stream
from sipdiag.capture.pcap import PcapReader
from sipdiag.capture.pcapng import BYTE_ORDERS, PcapngReader
from sipdiag.capture.plain import STANDARD_INPUT
from sipdiag.capture.remote import Remote, is_url, without_password
from sipdiag.defect import Defects
from sipdiag.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from sipdiag.capture.packets import Packets

PCAPNG_MAGIC = b"\n\r\r\n"
OTHERS = {
    b"snoop\0": "a snoop capture",
    b"GMBU": "a Network Monitor capture",
    b"RTSS": "a Network Monitor capture",
    b"TRSNIFF data": "a Sniffer capture",
    b"XCP\0": "a NetXRay capture",
    b"\x05VNF": "a Visual Networks capture",
    b"\xaa\xaa\xaa\xaa": "a 5View capture",
    b"\x1c\0\x01\xac": "an Ixia capture",
    b"\x1c\0\x01\xab": "an Ixia capture",
}
"""First bytes → what it is, of formats that are not read here."""
EMPTY = "is empty"


class Capture:
    """An open capture; close it, or use it in a `with` statement."""

    def __init__(self, path: str, octets: Octets, size: int | None, defects: Defects) -> None:
        self.path = path
        self.defects = defects
        """What was wrong with the file, in the order found; complete when `packets()` is."""
        self.link_types: list[int] = []
        """LINKTYPEs, in the order in which the file names them."""
        self.secrets: list[bytes] = []
        """TLS key logs that the file itself holds; complete when `packets()` is."""
        self._octets, self._size = octets, size
        self.format, reader = _format(path, octets.data[:FILE_HEADER].tobytes(), defects)
        """`pcap` or `pcapng`."""
        self._reader = reader(octets, self.defects, self.link_types)
        if isinstance(self._reader, PcapngReader):
            self.secrets = self._reader.secrets

    @property
    def bytes(self) -> int:
        """Size of the file; of a pipe the bytes read so far."""
        return self.progress if self._size is None else self._size

    @property
    def progress(self) -> int:
        """Bytes read so far, for a progress bar."""
        return self._octets.progress

    def packets(self) -> Iterator[Packets]:
        """Yield the packets in chunks of some ten thousand, once, up to the end or to where it is to stop.

        Raises:
            CaptureError: the system fails to read on.
        """
        try:
            yield from self._reader.packets()
        except OSError as error:
            raise CaptureError(self.path, complaint(error)) from error

    # Parts of a file

    @property
    def divisible(self) -> bool:
        """Whether it is a regular file, of which any part can be read."""
        return isinstance(self._octets, FileBlocks)

    def stop_before(self, near: int) -> int | None:
        """Let `packets` stop at a place behind byte `near` where a record seems to begin; give the place.

        Nothing when there is none, or when this is no regular file. Whether a record does begin there is known once
        the packets before it are read: then `stopped` tells.
        """
        octets = self._octets
        if not isinstance(octets, FileBlocks):
            return None
        began = octets.data, octets.position, octets.at
        octets.skip_to(near)
        place = self._reader.boundary()
        octets.data, octets.position, octets.at = began
        if place is None or near + place <= octets.position + octets.at:
            return None
        octets.stop_at(near + place)
        return near + place

    @property
    def stopped(self) -> bool:
        """Whether all records up to the place to stop at were read, the last of which ends exactly there."""
        return isinstance(self._octets, FileBlocks) and self._octets.stopped

    def skip_to(self, place: int) -> None:
        """Begin `packets` at that byte of a file, where a record is taken to begin, with frame 1."""
        self._reader.prepare()
        self.go_on(place)

    def go_on(self, place: int) -> None:
        """Read on at the place where `packets` stopped."""
        if isinstance(self._octets, FileBlocks):
            self._octets.skip_to(place)

    @property
    def state(self) -> object:
        """What packets mean depends on the file's beginning, as far as this tells."""
        return self._reader.state

    @property
    def timeless(self) -> bool:
        """Whether packets took their time from one before those that were read."""
        return self._reader.timeless

    def block(self, position: int, size: int) -> npt.NDArray[np.uint8]:
        """Give bytes of a file once more."""
        data = np.empty(size, np.uint8)
        if isinstance(self._octets, FileBlocks):
            data = data[: self._octets.read_at(position, data)]
        return data

    def close(self) -> None:
        """Let go of the file; chunks handed out stay valid."""
        self._octets.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_capture(path: str, *, stream: BinaryIO | None = None) -> Capture:
    """Open the capture at `path`; `-` is standard input, and `stream` is read instead of either.

    Raises:
        CaptureError: it is missing, a directory, empty, forbidden, or not a capture.
    """
    defects = Defects()
    octets, size = _opened(path, stream, defects)
    try:
        return Capture(without_password(path), octets, size, defects)
    except CaptureError:
        octets.close()
        raise


def _opened(path: str, stream: BinaryIO | None, defects: Defects) -> tuple[Octets, int | None]:
    """Give the first bytes, and the size if it is known."""
    try:
        if stream is not None or path == STANDARD_INPUT:
            return _streamed(path, stream or sys.stdin.buffer, defects, owned=False), None
        if is_url(path):
            return _behind(path, defects)
        file = open(path, "rb", buffering=0)  # noqa: PTH123, SIM115 - may be /dev/fd/63; closed with the capture
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            return _streamed(path, file, defects, owned=True), None
        if compression(file.read(LONGEST_MAGIC)) is None:
            return FileBlocks(file, status.st_size), status.st_size
        file.seek(0)
        return _streamed(path, file, defects, owned=True), status.st_size
    except (OSError, ValueError) as error:
        raise CaptureError(path, complaint(error)) from error


def _behind(path: str, defects: Defects) -> tuple[Octets, int | None]:
    """Give the same of what is behind a URL."""
    remote = Remote(path)
    try:
        return _streamed(path, remote, defects, owned=True), remote.size
    except (OSError, ValueError):
        remote.close()
        raise


def _streamed(path: str, stream: Stream, defects: Defects, *, owned: bool) -> Octets:
    """Give the first bytes of what can be read once only, unpacked if it is compressed."""
    head = _first(stream)
    whole = Begun(stream, head)
    kind = compression(head)
    if kind is None:
        return PipedBlocks(whole, owned=owned)
    try:
        unpacked = Unpacked(path, whole, kind, defects)
    except CaptureError:
        if owned:
            stream.close()
        raise
    return PipedBlocks(unpacked, owned=owned, packed=lambda: unpacked.consumed)


def _first(stream: Stream) -> bytes:
    """Read so much that a compression can be told."""
    head = b""
    while len(head) < LONGEST_MAGIC and (fresh := stream.read(LONGEST_MAGIC - len(head))):
        head += fresh
    return head


def _format(path: str, head: bytes, defects: Defects) -> tuple[str, type[PcapReader | PcapngReader]]:
    """Tell the format by the first bytes of the capture."""
    if head[:4] in ORDERS and len(head) == FILE_HEADER:
        return "pcap", PcapReader
    if head[:4] == PCAPNG_MAGIC and head[8:12] in BYTE_ORDERS:
        return "pcapng", PcapngReader
    raise CaptureError(path, f"cannot be unpacked: {defects[0].detail}" if defects else _reason(head))


def _reason(head: bytes) -> str:
    """Say why a file that begins so is no capture."""
    if not head:
        return EMPTY
    if head[:4] in ORDERS or head[:4] == PCAPNG_MAGIC:
        return "ends within the header of the capture"
    if name := compression(head):
        return f"is compressed with {name} once more, inside; decompress it first"
    for magic, kind in OTHERS.items():
        if head.startswith(magic):
            return f"is {kind}, which only Wireshark reads: --engine wireshark"
    if all(octet >= 0x20 or octet in b"\t\r\n" for octet in head):
        return "is a text file, not a packet capture"
    return f"is not a packet capture: it begins with {head[:4].hex(' ')}"
