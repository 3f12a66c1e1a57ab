"""Bytes → session descriptions, columns of datagrams → RTP streams, both sans-IO (RFC 8866, RFC 3550).

The door of the room: `parse_sdp` gives the `Description` in a body; `RtpStreams` is fed columns and gives each
`Stream`.
"""

from __future__ import annotations

from sipdiag.media.joining import merged, whole_streams
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
from sipdiag.media.stream import Format, Gap, Jitter, Key, Stream
from sipdiag.media.streams import MOST_STREAMS, RtpStreams
from sipdiag.media.timeline import Step

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
    "Stream",
    "estimated_mos",
    "merged",
    "parse_sdp",
    "whole_streams",
]
