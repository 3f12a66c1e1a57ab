"""File or pipe → chunks of packets, as NumPy columns over the mapped file.

The door of the room: `open_capture` gives a `Capture`, whose `packets()` yields `Packets`.
"""

from __future__ import annotations

from sipdiag.capture.packets import Packets, byte_rows
from sipdiag.capture.source import Capture, open_capture

__all__ = ["Capture", "Packets", "byte_rows", "open_capture"]
