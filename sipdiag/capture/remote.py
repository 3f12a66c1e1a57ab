"""Captures behind a URL, read through fsspec where its package is installed: `https`, `s3`, `gs` and what it knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sipdiag.capture.complaint import hidden, one_line
from sipdiag.errors import CaptureError

if TYPE_CHECKING:
    from typing import BinaryIO

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(?:::|://)")
"""A scheme of two letters or more, since one letter is a drive; fsspec chains them with `::`."""

GONE = (404, 410)
"""What a web server answers that does not have the file (RFC 9110, section 15.5)."""


def is_url(path: str) -> bool:
    """Tell whether a capture is named by a URL."""
    return _URL.match(path) is not None


def without_password(path: str) -> str:
    """Give a path as it may be told: of a URL without user and password."""
    return hidden(path) if is_url(path) else path


class Remote:
    """A file behind a URL; whatever goes wrong there is an `OSError` here."""

    def __init__(self, path: str) -> None:
        """Open it.

        Raises:
            CaptureError: the package is missing, or nothing is there.
        """
        try:
            import fsspec  # noqa: PLC0415 - only a URL needs it
        except ImportError as error:
            raise CaptureError(hidden(path), "is a URL: install the package fsspec to read it") from error
        try:
            self._file: BinaryIO = fsspec.open(path, "rb").open()
        except Exception as error:  # each store has errors of its own
            raise CaptureError(hidden(path), _told(error)) from error

    @property
    def size(self) -> int | None:
        """Bytes of the file, where the store tells."""
        size = getattr(self._file, "size", None)
        return size if isinstance(size, int) else None

    def read(self, size: int, /) -> bytes:
        """Give the next bytes."""
        try:
            return self._file.read(size)
        except Exception as error:  # the same
            raise OSError(_told(error)) from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _told(error: Exception) -> str:
    """Put what went wrong in one line, as the end of a sentence, without a password."""
    cause: BaseException = error
    while cause.__cause__ is not None:  # a store says that nothing is there when it could not even be reached
        cause = cause.__cause__
    if isinstance(cause, FileNotFoundError) or getattr(cause, "status", 0) in GONE:
        return "no such file or directory"
    if isinstance(cause, ImportError):
        return f"cannot be read: {one_line(error)}"
    return f"cannot be read: {type(cause).__name__}: {one_line(cause)}"
