"""Packets → datagrams and stream data: link layers, IP, fragments, UDP, TCP.

The door of the room: a `Demultiplexer` is fed chunks of `Packets` and gives `Traffic` for each: objects for what may be
signalling, columns for the rest. `frames_at` and `frames_between` choose packets; they are loaded when they are used
(PEP 562).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.transport.columns import MediaColumns
from sipdiag.transport.delivery import Connection, Datagram, PartialDatagram, SealedConnection, StreamData
from sipdiag.transport.demultiplexer import Demultiplexer, Traffic
from sipdiag.transport.tls import Handshake

if TYPE_CHECKING:
    from sipdiag.transport.chosen import Place, frames_at, frames_between

__all__ = [
    "Connection",
    "Datagram",
    "Demultiplexer",
    "Handshake",
    "MediaColumns",
    "PartialDatagram",
    "Place",
    "SealedConnection",
    "StreamData",
    "Traffic",
    "frames_at",
    "frames_between",
]


def __getattr__(name: str) -> object:
    """What only those need who look for the media of one call."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from sipdiag.transport import chosen  # noqa: PLC0415

    return getattr(chosen, name)
