"""The later part of a large capture, which a second process begins to read while this one still imports modules."""

from __future__ import annotations

import atexit
import os
import stat
from typing import TYPE_CHECKING

from sipdiag.trace.second import Second, may_fork

if TYPE_CHECKING:
    from sipdiag.capture import Capture
    from sipdiag.trace.later import Later

LARGE = 32 << 20
"""Bytes from which on a file is read in two parts."""
FIRST_PART = 0.25
"""Share of a large file in its first part: less than half, since the process that reads it has other work too."""
FIRST_PART_WITH_MEDIA = 0.44
"""The same where media are followed: that takes so long that the other work matters less."""

_BEGUN: dict[tuple[str, bool], Second[Later | None]] = {}
"""(path, whether with media) → the process that has begun to read it."""


def stop_in(source: Capture, *, media: bool) -> int | None:
    """Let a capture stop behind its first part, where a record seems to begin; give that offset, if there is one."""
    return source.stop_before(int(source.bytes * (FIRST_PART_WITH_MEDIA if media else FIRST_PART)))


def begin_ahead(path: str, *, media: bool) -> None:
    """Let a second process read the later part of the file at `path`, if it is large, with `media` if wanted."""
    try:
        status = os.stat(path)  # noqa: PTH116  (a Path raises on a name that is too long)
    except (OSError, ValueError):
        return
    if not stat.S_ISREG(status.st_mode) or status.st_size < LARGE or not may_fork():
        return
    second = _BEGUN[path, media] = Second(lambda: _later_part(path, media=media))
    atexit.register(second.end)


def begun(path: str, *, media: bool) -> Second[Later | None] | None:
    """The process that has begun to read the file at `path`; it is given out once."""
    return _BEGUN.pop((path, media), None)


def _later_part(path: str, *, media: bool) -> Later | None:
    import gc  # noqa: PLC0415  (this process ends before garbage matters)

    from sipdiag.capture import open_capture  # noqa: PLC0415 - NumPy is behind it
    from sipdiag.trace.later import later_part  # noqa: PLC0415

    gc.disable()
    with open_capture(path) as source:
        if not source.divisible:
            return None
        place = stop_in(source, media=media)
        return None if place is None else later_part(source, place, media=media)
