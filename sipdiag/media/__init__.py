"""Bytes → session descriptions, sans-IO (RFC 8866).

The door of the room: `parse_sdp` gives the `Description` in a body.
"""

from __future__ import annotations

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

__all__ = ["Candidate", "Codec", "Connection", "Crypto", "Description", "Fingerprint", "Media", "parse_sdp"]
