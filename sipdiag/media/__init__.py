"""Bytes → session descriptions, columns of datagrams → RTP streams and faxes, all sans-IO (RFC 8866, RFC 3550, T.38).

The door of the room: `parse_sdp` gives the `Description` in a body; `RtpStreams` and `UdptlStreams` are fed columns and
give each `Stream`. What reckons with columns is loaded when it is used (PEP 562): signalling alone does without NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.media.payload import STATIC
from sipdiag.media.quality import estimated_mos
from sipdiag.media.rtcp import Report
from sipdiag.media.sdp import (
    Candidate,
    Codec,
    Connection,
    Crypto,
    Description,
    Fingerprint,
    Media,
    parse_sdp,
)
from sipdiag.media.stream import Format, Gap, Jitter, Key, Step, Steps, Stream

if TYPE_CHECKING:
    from sipdiag.media.joining import merged, whole_streams
    from sipdiag.media.streams import MOST_STREAMS, RtpStreams
    from sipdiag.media.udptl import UdptlStreams

__all__ = [
    "MOST_STREAMS",
    "STATIC",
    "Candidate",
    "Codec",
    "Connection",
    "Crypto",
    "Description",
    "Fingerprint",
    "Format",
    "Gap",
    "Jitter",
    "Key",
    "Media",
    "Report",
    "RtpStreams",
    "Step",
    "Steps",
    "Stream",
    "UdptlStreams",
    "estimated_mos",
    "merged",
    "parse_sdp",
    "whole_streams",
]
_HOMES = {
    "MOST_STREAMS": "streams",
    "RtpStreams": "streams",
    "UdptlStreams": "udptl",
    "merged": "joining",
    "whole_streams": "joining",
}
"""Name → module, of what is not loaded yet."""


def __getattr__(name: str) -> object:
    """What only those need who follow or join streams."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(f"sipdiag.media.{_HOMES[name]}"), name)
