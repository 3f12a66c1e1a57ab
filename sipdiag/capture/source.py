"""Opens a capture: tells by its first bytes what it is and hands it to the reader of that format."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING, BinaryIO, Self

from sipdiag.capture.octets import FileBlocks, Octets, PipedBlocks
from sipdiag.capture.pcap import FILE_HEADER, ORDERS, PcapReader
from sipdiag.capture.pcapng import BYTE_ORDERS, PcapngReader
from sipdiag.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sipdiag.capture.packets import Packets
    from sipdiag.defect import Defect

STANDARD_INPUT = "-"
PCAPNG_MAGIC = b"\n\r\r\n"
COMPRESSIONS = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zXZ\0": "xz",
    b"\x04\x22\x4d\x18": "lz4",
    b"BZh": "bzip2",
}
"""First bytes → name; each will get its reader beside `PipedBlocks`."""


EMPTY = "is empty"


class Capture:
    """An open capture; close it, or use it in a `with` statement."""

    def __init__(self, path: str, octets: Octets, size: int | None) -> None:
        self.path = path
        self.defects: list[Defect] = []
        """What was wrong with the file, in the order found; complete when `packets()` is."""
        self.link_types: list[int] = []
        """LINKTYPEs, in the order in which the file names them."""
        self._octets, self._size = octets, size
        self.format, reader = _format(path, octets.data[:FILE_HEADER].tobytes())
        """`pcap` or `pcapng`."""
        self._reader = reader(octets, self.defects, self.link_types)

    @property
    def bytes(self) -> int:
        """Size of the file; of a pipe the bytes read so far."""
        return self.progress if self._size is None else self._size

    @property
    def progress(self) -> int:
        """Bytes read so far, for a progress bar."""
        return self._octets.position + self._octets.at

    def packets(self) -> Iterator[Packets]:
        """Yield the packets in chunks of some ten thousand, once.

        Raises:
            CaptureError: the system fails to read on.
        """
        try:
            yield from self._reader.packets()
        except OSError as error:
            raise CaptureError(self.path, _complaint(error)) from error

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
    octets, size = _opened(path, stream)
    try:
        return Capture(path, octets, size)
    except CaptureError:
        octets.close()
        raise


def _opened(path: str, stream: BinaryIO | None) -> tuple[Octets, int | None]:
    """Give the first bytes, and the size if it is known."""
    if stream is not None or path == STANDARD_INPUT:
        return PipedBlocks(stream or sys.stdin.buffer, owned=False), None
    try:
        file = open(path, "rb", buffering=0)  # noqa: PTH123, SIM115 - may be /dev/fd/63; closed with the capture
        status = os.fstat(file.fileno())
        if stat.S_ISREG(status.st_mode):
            return FileBlocks(file, status.st_size), status.st_size
        return PipedBlocks(file, owned=True), None
    except (OSError, ValueError) as error:
        raise CaptureError(path, _complaint(error)) from error


def _complaint(error: OSError | ValueError) -> str:
    """Give the system's words for what went wrong, as the end of a sentence."""
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return reason[:1].lower() + reason[1:]


def _format(path: str, head: bytes) -> tuple[str, type[PcapReader | PcapngReader]]:
    """Tell the format by the first bytes of the capture."""
    if head[:4] in ORDERS and len(head) == FILE_HEADER:
        return "pcap", PcapReader
    if head[:4] == PCAPNG_MAGIC and head[8:12] in BYTE_ORDERS:
        return "pcapng", PcapngReader
    raise CaptureError(path, _reason(head))


def _reason(head: bytes) -> str:
    """Say why a file that begins so is no capture."""
    if not head:
        return EMPTY
    if head[:4] in ORDERS or head[:4] == PCAPNG_MAGIC:
        return "ends within the header of the capture"
    for magic, name in COMPRESSIONS.items():
        if head.startswith(magic):
            return f"is compressed with {name}; decompress it first"
    if all(octet >= 0x20 or octet in b"\t\r\n" for octet in head):
        return "is a text file, not a packet capture"
    return f"is not a packet capture: it begins with {head[:4].hex(' ')}"
