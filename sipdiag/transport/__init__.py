"""Packets → datagrams and stream data: link layers, IP, fragments, UDP, TCP.

The door of the room: a `Demultiplexer` is fed chunks of `Packets` and gives `Traffic` for each: objects for what may be
signalling, columns for the rest.
"""

from __future__ import annotations

from sipdiag.transport.columns import MediaColumns
from sipdiag.transport.delivery import Connection, Datagram, PartialDatagram, StreamData
from sipdiag.transport.demultiplexer import Demultiplexer, Traffic
from sipdiag.transport.tls import Handshake

__all__ = [
    "Connection",
    "Datagram",
    "Demultiplexer",
    "Handshake",
    "MediaColumns",
    "PartialDatagram",
    "StreamData",
    "Traffic",
]
