"""File, pipe or URL → chunks of packets, as NumPy columns over the blocks that are read.

The door of the room: `open_capture` gives a `Capture`, whose `packets()` yields `Packets`. `chosen` takes single
packets out of them as `Record`s, and `written` makes a capture of those. Wireshark stands beside it as an engine:
`dissected` gives the SIP messages that it finds, `converted` a capture of any format that it reads, `spooled` the plain
file that it needs, `Kept` the packets that it needs of what can be read once only, `private_file` a place for keys.
`plain_capture` reads a small file without NumPy. Each is loaded when it is used (PEP 562).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sipdiag.capture.kept import Kept
    from sipdiag.capture.packets import Packets, byte_rows, distinct
    from sipdiag.capture.plain import PlainCapture, plain_capture
    from sipdiag.capture.private import private_file
    from sipdiag.capture.remote import Remote, is_url, listed, without_password
    from sipdiag.capture.source import Capture, open_capture
    from sipdiag.capture.spool import spooled
    from sipdiag.capture.wireshark import converted, dissected
    from sipdiag.capture.write import Record, chosen, written

__all__ = [
    "Capture",
    "Kept",
    "Packets",
    "PlainCapture",
    "Record",
    "Remote",
    "byte_rows",
    "chosen",
    "converted",
    "dissected",
    "distinct",
    "is_url",
    "listed",
    "open_capture",
    "plain_capture",
    "private_file",
    "spooled",
    "without_password",
    "written",
]
_HOMES = {
    "Capture": "source",
    "Kept": "kept",
    "Packets": "packets",
    "PlainCapture": "plain",
    "Record": "write",
    "Remote": "remote",
    "byte_rows": "packets",
    "chosen": "write",
    "converted": "wireshark",
    "dissected": "wireshark",
    "distinct": "packets",
    "is_url": "remote",
    "listed": "remote",
    "open_capture": "source",
    "plain_capture": "plain",
    "private_file": "private",
    "spooled": "spool",
    "without_password": "remote",
    "written": "write",
}
"""Name → module."""


def __getattr__(name: str) -> object:
    """Load what is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(f"sipdiag.capture.{_HOMES[name]}"), name)
