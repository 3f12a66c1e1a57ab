"""Packets → datagrams and stream data: link layers, IP, fragments, UDP, TCP.

The door of the room: a `Demultiplexer` is fed chunks of `Packets` and gives `Traffic` for each: objects for what may be
signalling, columns for the rest. `frames_at` and `frames_between` choose packets. Modules that work on columns are
imported when they are first used (PEP 562): not every capture needs NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.transport.delivery import (
    Connection,
    Datagram,
    PartialDatagram,
    Report,
    SealedConnection,
    StreamData,
    Undelivered,
)
from sipdiag.transport.tls import Handshake

if TYPE_CHECKING:
    from sipdiag.transport.chosen import Place, frames_at, frames_between
    from sipdiag.transport.columns import MediaColumns
    from sipdiag.transport.demultiplexer import Demultiplexer, Traffic
    from sipdiag.transport.plain import plain_datagrams
    from sipdiag.transport.segments import Segment
    from sipdiag.transport.stream import Hoard, Stream

__all__ = [
    "Connection",
    "Datagram",
    "Demultiplexer",
    "Handshake",
    "Hoard",
    "MediaColumns",
    "PartialDatagram",
    "Place",
    "Report",
    "SealedConnection",
    "Segment",
    "Stream",
    "StreamData",
    "Traffic",
    "Undelivered",
    "frames_at",
    "frames_between",
    "plain_datagrams",
]
_HOMES = {
    "Demultiplexer": "demultiplexer",
    "Hoard": "stream",
    "MediaColumns": "columns",
    "Place": "chosen",
    "Segment": "segments",
    "Stream": "stream",
    "Traffic": "demultiplexer",
    "frames_at": "chosen",
    "frames_between": "chosen",
    "plain_datagrams": "plain",
}
"""Name → module, for the names that are imported when first used."""


def __getattr__(name: str) -> object:
    """The names that work on columns, imported when first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(f"sipdiag.transport.{_HOMES[name]}"), name)
