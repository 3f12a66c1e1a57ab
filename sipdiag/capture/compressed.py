"""Compressed captures, unpacked as they are read, with a limit on how much may come out of how little.

gzip (RFC 1952), xz and bzip2 come with Python; zstd (RFC 8878) and lz4 need their packages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sipdiag.defect import Defect
from sipdiag.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipdiag.capture.octets import Stream

COMPRESSIONS = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zXZ\0": "xz",
    b"\x04\x22\x4d\x18": "lz4",
    b"BZh": "bzip2",
}
"""First bytes → name."""
PACKAGES = {"zstd": "zstandard", "lz4": "lz4"}
"""Name → the package that unpacks it, where Python itself does not."""
LONGEST_MAGIC = 6
INPUT = 256 << 10
"""Compressed bytes read at a time."""
FREE = 32 << 20
"""Bytes that may come out whatever went in."""
RATIO = 100
"""Bytes that may come out for each that went in: a load test's signalling, the best case, packs about 1 to 60."""
MOST_MEMORY = 128 << 20
"""Bytes of window that a stream may ask for."""
ZSTD_STEP = 1 << 10
"""Bytes fed to zstd at a time: at the very most 256 blocks of 128 kB come out of them."""


class Decompressor(Protocol):
    """One compressed stream, with the interface of `bz2` and `lzma`."""

    @property
    def eof(self) -> bool:
        """The end of the stream was reached."""

    @property
    def needs_input(self) -> bool:
        """Nothing more comes out before more goes in."""

    @property
    def unused_data(self) -> bytes | None:
        """What was fed from beyond the end of the stream."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Give up to `max_length` bytes of what is fed now or was before."""


def compression(head: bytes) -> str | None:
    """Name the compression of a file that begins so, if it is compressed."""
    return next((name for magic, name in COMPRESSIONS.items() if head.startswith(magic)), None)


class Unpacked:
    """A compressed stream, read like the file that was compressed; never raises on content."""

    def __init__(self, path: str, stream: Stream, kind: str, defects: list[Defect]) -> None:
        self._stream, self._kind, self._defects = stream, kind, defects
        self._fresh = _maker(path, kind)
        self._open: Decompressor | None = None
        self._fed = b""
        """What was read and not yet fed."""
        self._last = False
        """All was read."""
        self._stopped = False
        self.consumed = self.produced = 0

    def read(self, size: int) -> bytes:
        """Give `size` bytes, fewer only at the end."""
        parts = []
        while size > 0 and (part := self._some(min(size, self._allowance()))):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Close what is below."""
        self._stream.close()

    def _allowance(self) -> int:
        """How much may still come out for what went in; nothing more comes after a stop."""
        left = FREE + RATIO * self.consumed - self.produced
        if left <= 0 and not self._stopped:
            self._stop("decompression-limit", f"{self.produced} bytes from {self.consumed} bytes of {self._kind}")
        return 0 if self._stopped else left

    def _some(self, most: int) -> bytes:
        """Give what comes out next; nothing at the end."""
        while not self._stopped and most > 0:
            if self._open is None and not self._begun():
                return b""
            part = self._pushed(most)
            if part:
                self.produced += len(part)
                return part
        return b""

    def _begun(self) -> bool:
        """Begin the next of the streams that were joined to one file; what follows the last one and is none is left."""
        self._fill(LONGEST_MAGIC)
        if compression(self._fed) != self._kind:
            self._stopped = True
            return False
        self._open = self._fresh()
        return True

    def _pushed(self, most: int) -> bytes:
        stream = self._open
        assert stream is not None  # noqa: S101 - both callers have seen to it
        if stream.needs_input:
            self._fill(1)
            if not self._fed:
                self._stop("compression-cut-off", f"the {self._kind} stream ends too early")
                return b""
        data, self._fed = (self._fed, b"") if stream.needs_input else (b"", self._fed)
        try:
            part = stream.decompress(data, most)
        except Exception as error:  # noqa: BLE001 - each package has errors of its own, and none may leave here
            self._stop("compression-damaged", f"{self._kind}: {error}")
            return b""
        if stream.eof:
            self._fed, self._open = (stream.unused_data or b"") + self._fed, None
        return part

    def _fill(self, least: int) -> None:
        while len(self._fed) < least and not self._last:
            fresh = self._stream.read(INPUT)
            self._last = not fresh
            self.consumed += len(fresh)
            self._fed += fresh

    def _stop(self, kind: str, detail: str) -> None:
        self._stopped = True
        self._defects.append(Defect(kind=kind, detail=detail))


def _maker(path: str, kind: str) -> Callable[[], Decompressor]:
    """Give what makes a decompressor; only the package that is needed is imported."""
    try:
        if kind == "gzip":
            return _Gzip
        if kind == "bzip2":
            from bz2 import BZ2Decompressor  # noqa: PLC0415 - few captures are compressed

            return BZ2Decompressor
        if kind == "xz":
            from lzma import FORMAT_XZ, LZMADecompressor  # noqa: PLC0415

            return lambda: LZMADecompressor(FORMAT_XZ, MOST_MEMORY)
        if kind == "lz4":
            from lz4.frame import LZ4FrameDecompressor  # noqa: PLC0415

            return LZ4FrameDecompressor  # type: ignore[no-any-return]
        import zstandard  # noqa: PLC0415, F401
    except ImportError as error:
        reason = f"is compressed with {kind}: install the package {PACKAGES.get(kind, kind)} to read it"
        raise CaptureError(path, reason) from error
    return _Zstd


class _Gzip:
    """zlib with the interface of `bz2`."""

    def __init__(self) -> None:
        from zlib import MAX_WBITS, decompressobj  # noqa: PLC0415

        self._stream = decompressobj(MAX_WBITS | 16)
        self._full = False
        """The last call gave all that it was allowed to: more may come out without more going in."""

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def needs_input(self) -> bool:
        return not self._full and not self._stream.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        part = self._stream.decompress(self._stream.unconsumed_tail + data, max_length)
        self._full = len(part) == max_length
        return part


class _Zstd:
    """zstandard with the interface of `bz2`."""

    def __init__(self) -> None:
        from zstandard import ZstdDecompressor  # noqa: PLC0415

        self._stream = ZstdDecompressor(max_window_size=MOST_MEMORY).decompressobj()
        self._fed, self._at = b"", 0
        self._ready, self._given = b"", 0

    @property
    def eof(self) -> bool:
        return self._stream.eof and self._given >= len(self._ready)

    @property
    def needs_input(self) -> bool:
        return self._given >= len(self._ready) and self._at >= len(self._fed)

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data + self._fed[self._at :]

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        if data:
            self._fed, self._at = self._fed[self._at :] + data, 0
        if self._given >= len(self._ready):
            # This package cannot stop in the middle: so much goes in at a time that what comes out is bounded.
            step = self._fed[self._at : self._at + ZSTD_STEP]
            self._at += len(step)
            self._ready, self._given = self._stream.decompress(step), 0
        part = self._ready[self._given : self._given + max_length]
        self._given += len(part)
        return part
