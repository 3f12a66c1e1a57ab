"""File, pipe or URL → chunks of packets, as NumPy columns over the blocks that are read.

The door of the room: `open_capture` gives a `Capture`, whose `packets()` yields `Packets`. `chosen` takes single
packets out of them as `Record`s, and `written` makes a capture of those. Wireshark stands beside it as an engine:
`dissected` gives the SIP messages that it finds, `converted` a capture of any format that it reads, `spooled` the plain
file that it needs. All but the first are loaded when they are used (PEP 562).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.capture.packets import Packets, byte_rows
from sipdiag.capture.remote import is_url
from sipdiag.capture.source import Capture, open_capture

if TYPE_CHECKING:
    from sipdiag.capture.spool import spooled
    from sipdiag.capture.wireshark import converted, dissected
    from sipdiag.capture.write import Record, chosen, written

__all__ = [
    "Capture",
    "Packets",
    "Record",
    "byte_rows",
    "chosen",
    "converted",
    "dissected",
    "is_url",
    "open_capture",
    "spooled",
    "written",
]
_HOMES = {"converted": "wireshark", "dissected": "wireshark", "spooled": "spool"}
"""Name → module, of what is not in `write`."""


def __getattr__(name: str) -> object:
    """What only those need who write captures or ask Wireshark."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(f"sipdiag.capture.{_HOMES.get(name, 'write')}"), name)
