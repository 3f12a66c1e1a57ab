"""File or pipe → chunks of packets, as NumPy columns over the mapped file.

The door of the room: `open_capture` gives a `Capture`, whose `packets()` yields `Packets`. `chosen` takes single
packets out of them as `Record`s, and `written` makes a capture of those; both are loaded when they are used (PEP 562).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.capture.packets import Packets, byte_rows
from sipdiag.capture.remote import is_url
from sipdiag.capture.source import Capture, open_capture

if TYPE_CHECKING:
    from sipdiag.capture.write import Record, chosen, written

__all__ = ["Capture", "Packets", "Record", "byte_rows", "chosen", "is_url", "open_capture", "written"]


def __getattr__(name: str) -> object:
    """What only those need who write captures."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from sipdiag.capture import write  # noqa: PLC0415

    return getattr(write, name)
