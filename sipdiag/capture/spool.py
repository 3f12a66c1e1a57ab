"""A capture as a plain file: what can be read once only is copied to a private one for who must read it twice."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sipdiag.capture.complaint import complaint
from sipdiag.capture.compressed import LONGEST_MAGIC, Unpacked, compression
from sipdiag.capture.octets import Begun
from sipdiag.capture.private import private_file
from sipdiag.capture.remote import Remote, is_url
from sipdiag.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sipdiag.capture.octets import Stream

PIECE = 1 << 20


@contextmanager
def spooled(path: str, stream: BinaryIO | None) -> Iterator[str]:
    """Give the path of a file with the capture, unpacked; it is gone afterwards unless it is the capture itself.

    Raises:
        CaptureError: the capture cannot be read, or no file be written.
    """
    if stream is None and path != "-" and not is_url(path) and _is_plain(path):
        yield path
        return
    try:
        with private_file() as (copy, name), _source(path, stream) as source:
            head = source.read(LONGEST_MAGIC)
            whole: Stream = Begun(source, head)
            if kind := compression(head):
                whole = Unpacked(path, whole, kind, [])
            while piece := whole.read(PIECE):
                copy.write(piece)
            copy.flush()
            yield name
    except OSError as error:
        raise CaptureError(path, complaint(error)) from error


def _is_plain(path: str) -> bool:
    """Tell whether a path names a regular file that is not compressed."""
    file = Path(path)
    try:
        if not file.is_file():
            return file.is_dir() or not file.exists()  # what cannot be read is refused by who opens it
        with file.open("rb") as opened:
            return compression(opened.read(LONGEST_MAGIC)) is None
    except (OSError, ValueError):
        return True


@contextmanager
def _source(path: str, stream: BinaryIO | None) -> Iterator[Stream]:
    """Give what is to be copied; what is opened here is closed here."""
    if stream is not None or path == "-":
        yield stream or sys.stdin.buffer
        return
    source: Stream = Remote(path) if is_url(path) else Path(path).open("rb")  # noqa: SIM115 - or the other
    try:
        yield source
    finally:
        source.close()
